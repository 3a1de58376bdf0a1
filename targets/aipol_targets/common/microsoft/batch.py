"""Read many documents with few requests: twenty in one `$batch`, each answered for itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aipol.remote import InDoubt
from aipol_targets.common.microsoft.answers import THROTTLED, UNAVAILING, Answer
from aipol_targets.common.microsoft.graph import Graph
from aipol_targets.common.microsoft.waiting import Patience

# microsoftgraph/microsoft-graph-docs-contrib json-batching.md, read 2026-11-23: twenty at most, one
# version in a batch, and what is throttled is for the client to ask again.
AT_ONCE = 20


def read_many(graph: Graph, version: str, paths: Iterable[str]) -> dict[str, Any]:
    """Documents by their paths below a version, None where there is none. Raises RemoteError."""
    waiting, found = list(dict.fromkeys(paths)), dict[str, Any]()
    patience = Patience(graph.clock)
    while waiting:
        again, wait = list[str](), None
        for start in range(0, len(waiting), AT_ONCE):
            part = waiting[start : start + AT_ONCE]
            for path, answer in _batch(graph, version, part).items():
                if answer.status in UNAVAILING | {THROTTLED}:
                    again.append(path)
                    wait = _longer(wait, answer.wait(graph.clock.now()))
                else:
                    found[path] = graph.item(f"GET /{version}/{path.partition('?')[0]}", answer)
        if again and not patience.wait(wait):
            raise InDoubt(f"{len(again)} of the reads in a batch still failed when asked again")
        waiting = again
    return found


def _longer(one: float | None, other: float | None) -> float | None:
    return one if other is None else max(one or 0.0, other)


def _batch(graph: Graph, version: str, paths: Sequence[str]) -> dict[str, Answer]:
    requests = [
        {"id": str(number), "method": "GET", "url": f"/{path}"} for number, path in enumerate(paths)
    ]
    given = graph.asks(f"{version}/$batch", {"requests": requests})
    answers = {str(each.get("id")): _answer(each) for each in given.get("responses", ())}
    # Microsoft answers them in any order; what is missing was not read.
    return {path: answers.get(str(number), Answer(503)) for number, path in enumerate(paths)}


def _answer(item: Mapping[str, Any]) -> Answer:
    headers = {str(k).lower(): str(v) for k, v in (item.get("headers") or {}).items()}
    return Answer(int(item["status"]), headers, json.dumps(item.get("body")).encode())
