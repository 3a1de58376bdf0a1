"""Turns objects of Netskope into requests, and into tables for what the API does not make."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from aipol.target import Artifact
from aipol_targets.netskope.model import POLICIES, REQUESTS, Netskope, UrlList, location_file

_API = "/api/v2/policy/urllist"
_COLUMNS = ("order", "policy", "source_networks", "category", "url_lists", "action")


def render(model: Netskope) -> tuple[Artifact, ...]:
    """Requests for lists, addresses of network locations, and the policies in their order."""
    lists = [each for _, made in model.lists for each in made]
    files = [
        Artifact(REQUESTS, _json(list(_requests(lists)))),
        Artifact(POLICIES, _table((_COLUMNS, *_policies(model)))),
    ]
    for location in model.locations:
        rows = [(network,) for network in location.networks]
        files.append(Artifact(location_file(location.name), _table(rows)))
    return tuple(sorted(files, key=lambda artifact: artifact.path))


def _requests(lists: Iterable[UrlList]) -> Iterator[dict[str, Any]]:
    for each in lists:
        body = {"name": each.name, "data": {"urls": list(each.urls), "type": "exact"}}
        yield {"method": "POST", "path": _API, "body": body}
    yield {"method": "POST", "path": f"{_API}/deploy"}


def _policies(model: Netskope) -> Iterator[tuple[str, ...]]:
    lists = dict(model.lists)
    for order, policy in enumerate(model.policies, start=1):
        yield (
            str(order),
            policy.name,
            " ".join(policy.sources),
            policy.category,
            " ".join(each.name for each in lists[policy.category]),
            "Block" if policy.blocks else "Allow",
        )


def _json(value: Any) -> bytes:
    return f"{json.dumps(value, allow_nan=False, ensure_ascii=True, indent=1)}\n".encode()


def _table(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("ascii")
