"""Answer $batch: up to twenty requests in one, each with a status of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aipol_targets.standins.faults import Fault
from aipol_targets.standins.graph.errors import Refused
from aipol_targets.standins.server import Seen

# GDOC json-batching.md (2025-02-21): at most 20, ids unique whatever their case, relative URLs, a
# Content-Type where there is a body, 424 after a failed dependency, answers in any order.
MOST = 20
READS = frozenset({"GET", "HEAD"})
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Item:
    """One request of a batch."""

    id: str
    method: str
    url: str
    body: Any
    after: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where it goes, without options."""
        return self.url.partition("?")[0]


Result = tuple[int, dict[str, str], dict[str, Any] | None]  # status, headers, body
Act = Callable[[Item], Result]


def items(document: object) -> list[Item]:
    """Read a batch, or refuse it as a whole."""
    sent = document.get("requests") if isinstance(document, dict) else None
    if not isinstance(sent, list) or not sent:
        raise Refused(400, "A batch needs 'requests'.")
    if len(sent) > MOST:
        raise Refused(400, f"Number of batch request steps exceeds the maximum value of {MOST}.")
    found = [_item(each) for each in sent]
    if len({each.id.lower() for each in found}) != len(found):
        raise Refused(400, "The ids of a batch's requests have to be unique.")
    return found


def _item(sent: object) -> Item:
    if not isinstance(sent, dict):
        raise Refused(400, "A batch's request has to be an object.")
    for name in ("id", "method", "url"):
        if not isinstance(sent.get(name), str) or not sent[name]:
            raise Refused(400, f"A batch's request needs '{name}'.")
    given, after = sent.get("headers") or {}, sent.get("dependsOn") or []
    if not isinstance(given, dict) or not isinstance(after, list):
        raise Refused(400, f"Request {sent['id']}: 'headers' or 'dependsOn' is not understood.")
    headers = {str(name).lower(): str(each) for name, each in given.items()}
    body = sent.get("body")
    if body is not None and not headers.get("content-type", "").lower().startswith(JSON):
        raise Refused(400, f"Request {sent['id']}: a body needs the Content-Type header.")
    earlier = tuple(str(each) for each in after)
    return Item(sent["id"], sent["method"].upper(), sent["url"], body, earlier)


def writes(document: object) -> bool:
    """Whether any request of a batch asks for a change."""
    sent = document.get("requests") if isinstance(document, dict) else None
    if not isinstance(sent, list):
        return False
    return any(
        isinstance(each, dict) and str(each.get("method", "")).upper() not in READS for each in sent
    )


@dataclass(frozen=True, slots=True)
class Hands:
    """What a batch acts with: on an item, in the form of an error, and with what goes wrong."""

    act: Act
    refusal: Callable[[Refused], dict[str, Any]]
    fault: Fault | None


def answered(found: list[Item], hands: Hands) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Act on each request in turn; give the answers, last first, and the status of each."""
    statuses: dict[str, int] = {}
    responses: list[dict[str, Any]] = []
    for number, item in enumerate(found):
        status, headers, body = _result(item, number, statuses, hands)
        statuses[item.id] = status
        response: dict[str, Any] = {"id": item.id, "status": status, "headers": headers}
        if body is not None:
            headers["Content-Type"] = JSON
            response["body"] = body
        responses.append(response)
    return responses[::-1], statuses


def _result(item: Item, number: int, statuses: dict[str, int], hands: Hands) -> Result:
    if any(statuses.get(each, 0) // 100 != 2 for each in item.after):  # noqa: PLR2004 - success
        return 424, {}, hands.refusal(Refused(424, "A request this one depends on has failed."))
    fault = hands.fault
    if fault is not None and fault.item == number:
        refused = Refused(fault.status, "The request failed.")
        return fault.status, dict(fault.headers), hands.refusal(refused)
    return hands.act(item)


def seen(version: str, found: list[Item], statuses: dict[str, int]) -> tuple[Seen, ...]:
    """Record what was asked inside a batch."""
    return tuple(
        Seen(each.method, f"/{version}/{each.path.lstrip('/')}", statuses[each.id])
        for each in found
    )
