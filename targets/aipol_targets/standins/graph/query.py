"""Answer OData's query options as far as Intune's collections are asked with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from aipol_targets.standins.graph.errors import Refused

Item = dict[str, Any]
Test = Callable[[Item], bool]

_KNOWN = frozenset({"$select", "$expand", "$filter", "$top", "$skip", "$skiptoken", "$count"})
_COMPARED = re.compile(r"\s*(\w+)\s+(eq|ne)\s+'((?:[^']|'')*)'\s*$", re.IGNORECASE)
_CALLED = re.compile(r"\s*(startswith|contains)\((\w+)\s*,\s*'((?:[^']|'')*)'\)\s*$", re.IGNORECASE)
_AND, _OR = (re.compile(rf"\s+{word}\s+(?=(?:[^']*'[^']*')*[^']*$)") for word in ("and", "or"))


@dataclass(frozen=True, slots=True)
class Options:
    """What a request asks of a collection or an object."""

    select: frozenset[str] = frozenset()
    expand: Mapping[str, str] = field(default_factory=dict)  # each with what is asked of it
    matches: Test | None = None
    compared: frozenset[str] = frozenset()  # the properties a filter looks at, in lower case
    top: int | None = None
    start: int = 0
    count: bool = False
    sent: Mapping[str, str] = field(default_factory=dict)


def options(query: Mapping[str, tuple[str, ...]]) -> Options:
    """Read the options of a request."""
    sent = {name: values[0] for name, values in query.items()}
    unknown = sorted(name for name in sent if name.startswith("$") and name not in _KNOWN)
    if unknown:
        raise Refused(400, f"The query option '{unknown[0]}' is not allowed.")
    return Options(
        select=frozenset(filter(None, sent.get("$select", "").replace(" ", "").split(","))),
        expand=expansions(sent.get("$expand", "")),
        matches=_condition(sent["$filter"]) if "$filter" in sent else None,
        compared=_compared(sent.get("$filter", "")),
        top=_number(sent, "$top"),
        start=_number(sent, "$skiptoken") or _number(sent, "$skip") or 0,
        count=sent.get("$count", "").lower() == "true",
        sent=sent,
    )


def expansions(text: str) -> dict[str, str]:
    """Split `a,b($expand=c)` into what is expanded and what is asked of it."""
    found: dict[str, str] = {}
    for part in re.findall(r"[^,(]+(?:\([^)]*\))?", text):
        name, _, inner = part.strip().partition("(")
        found[name] = inner.rstrip(")").partition("=")[2]
    return found


def _condition(text: str) -> Test:
    """Read a filter: comparisons with `and` and `or`, no parentheses around them."""
    either = [[_comparison(each) for each in _AND.split(part)] for part in _OR.split(text)]
    return lambda item: any(all(test(item) for test in tests) for tests in either)


def _comparison(text: str) -> Test:
    called = _CALLED.match(text)
    if called:
        function, name, value = called[1].lower(), called[2], _unquoted(called[3])
        if function == "contains":
            return lambda item: value in _text(item, name)
        return lambda item: _text(item, name).startswith(value)
    compared = _COMPARED.match(text)
    if compared is None:
        raise Refused(400, f"Invalid filter clause: {text.strip()}")
    name, wanted, value = compared[1], compared[2].lower() == "eq", _unquoted(compared[3])
    return lambda item: (_text(item, name) == value) is wanted


def _compared(text: str) -> frozenset[str]:
    found: set[str] = set()
    for each in (each for part in _OR.split(text) for each in _AND.split(part)):
        if called := _CALLED.match(each):
            found.add(called[2].lower())
        elif compared := _COMPARED.match(each):
            found.add(compared[1].lower())
    return frozenset(found)


def _text(item: Item, name: str) -> str:
    """Give a property's text; of neither does case matter."""
    value = next((each for key, each in item.items() if key.lower() == name.lower()), None)
    return str(value or "").lower()


def _unquoted(text: str) -> str:
    return text.replace("''", "'").lower()


def _number(sent: Mapping[str, str], name: str) -> int | None:
    if name not in sent:
        return None
    if not sent[name].isdigit():
        raise Refused(400, f"Invalid value '{sent[name]}' for {name} query option found.")
    return int(sent[name])


def page(
    found: Sequence[Item | Callable[[], Item]], asked: Options, url: str, context: str, size: int
) -> Item:
    """Give a part of a collection, and where the next one is; clients follow that as it stands.

    An item that takes work to show may be given as what shows it.
    """
    if asked.matches is not None:
        found = [item for each in found if asked.matches(item := _shown(each))]
    end = asked.start + min(asked.top or size, size)
    answer: Item = {"@odata.context": context}
    if asked.count:
        answer["@odata.count"] = len(found)
    if end < len(found):
        sent = {**asked.sent, "$skiptoken": str(end)}
        pairs = "&".join(f"{name}={quote(value)}" for name, value in sent.items())
        answer["@odata.nextLink"] = f"{url}?{pairs}"
    answer["value"] = [selected(_shown(each), asked) for each in found[asked.start : end]]
    return answer


def _shown(item: Item | Callable[[], Item]) -> Item:
    return item() if callable(item) else item


def selected(item: Item, asked: Options) -> Item:
    """Keep what was asked for; the id and the type come along."""
    if not asked.select:
        return item
    kept = {"id", "@odata.type", *asked.select, *asked.expand}
    return {name: value for name, value in item.items() if name in kept}
