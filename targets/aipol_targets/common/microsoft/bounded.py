"""A client of HTTP that takes no more of an answer than it can hold; imported where it is used."""

from __future__ import annotations

from typing import Any

import httpx

from aipol_targets.common import http
from aipol_targets.common.microsoft.answers import NoAnswer

# What an answer says of its bytes as they were sent, which are not those that are given.
_AS_SENT = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class Bounded(httpx.AsyncClient):
    """Reads answers whole, and ends those that are too long, also where they were packed small."""

    async def send(self, request: httpx.Request, **how: Any) -> httpx.Response:
        """One request, once. Raises NoAnswer where the answer is too long."""
        # Whoever asks says how; as one mapping, a checker would take each value for each of these.
        asked: dict[str, Any] = {**how, "stream": True}
        answer = await super().send(request, **asked)
        try:
            content = await _content(answer)
        finally:
            await answer.aclose()
        return httpx.Response(
            answer.status_code,
            headers=[each for each in answer.headers.multi_items() if each[0] not in _AS_SENT],
            content=content,
            request=request,
            extensions=answer.extensions,
        )


async def _content(answer: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > http.MOST_BYTES:
            raise NoAnswer(f"more than {http.MOST_BYTES} bytes", sent=True)
    return bytes(content)
