"""Send one request through the Microsoft Graph SDK's adapter, and give what was answered.

The adapter gets a plain client: the SDK's own repeats a POST after 503, which makes duplicates, and
its models drop what is not in them (enums of several flags). It gets no token provider either, so
that a token goes only where `Graph` sends it.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from dataclasses import dataclass, field
from typing import Any, Protocol

from aipol.remote import Unusable
from aipol.secret import Secret
from aipol_targets.common.microsoft.answers import Answer, NoAnswer

EXTRA = "this needs the extra `microsoft`: in a clone of aipol, pip install '.[microsoft]'"


@dataclass(frozen=True, slots=True)
class Request:
    """One request; the URL is whole, and the body JSON."""

    method: str
    url: str
    token: Secret
    body: bytes = field(default=b"", repr=False)


class Transport(Protocol):
    """What carries requests."""

    def send(self, request: Request) -> Answer:
        """One request, once. Raises NoAnswer."""
        ...

    def close(self) -> None:
        """End its connections."""
        ...


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds until a connection, or an answer, is given up."""

    connect: float = 10.0
    answer: float = 60.0


class SdkTransport:
    """The SDK's adapter on an event loop of its own, which any thread may use."""

    def __init__(self, timeouts: Timeouts, *, proxies: bool) -> None:
        """`proxies` lets the environment name one, which must not be between us and a stand-in."""
        client, self._adapter = _adapter(timeouts, proxies=proxies)
        self._loop = asyncio.new_event_loop()
        thread = threading.Thread(target=self._loop.run_forever, name="graph", daemon=True)
        thread.start()
        self._end = weakref.finalize(self, _stop, self._loop, thread, client)

    def send(self, request: Request) -> Answer:
        """One request, once. Raises NoAnswer."""
        return asyncio.run_coroutine_threadsafe(self._send(request), self._loop).result()

    def close(self) -> None:
        """End its connections; also done when nobody holds it any more."""
        self._end()

    async def _send(self, request: Request) -> Answer:
        import httpx

        try:
            found = await self._adapter.send_primitive_async(_information(request), "bytes", {})
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NoAnswer(type(error).__name__, sent=False) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswer(type(error).__name__, sent=True) from None
        headers = {name.lower(): value for name, value in found.headers.items()}
        return Answer(found.status_code, headers, found.content)


def _adapter(timeouts: Timeouts, *, proxies: bool) -> tuple[Any, Any]:
    try:
        import httpx
        from kiota_abstractions.authentication import AnonymousAuthenticationProvider
        from msgraph.graph_request_adapter import GraphRequestAdapter

        from aipol_targets.common.microsoft.bounded import Bounded
    except ImportError:
        raise Unusable(EXTRA) from None
    client = Bounded(
        timeout=httpx.Timeout(timeouts.answer, connect=timeouts.connect),
        follow_redirects=False,
        trust_env=proxies,
    )
    return client, GraphRequestAdapter(AnonymousAuthenticationProvider(), client)


def _information(request: Request) -> Any:
    from kiota_abstractions.method import Method
    from kiota_abstractions.native_response_handler import NativeResponseHandler
    from kiota_abstractions.request_information import RequestInformation
    from kiota_http.middleware.options import ResponseHandlerOption

    made = RequestInformation()
    made.http_method = Method(request.method)
    made.url = request.url
    made.headers.add("Accept", "application/json")
    if request.body:
        made.set_stream_content(request.body, "application/json")
    made.headers.add("Authorization", f"Bearer {request.token.reveal()}")
    # The answer itself, not what the SDK makes of it: an error's words are in its body.
    made.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
    return made


def _stop(loop: asyncio.AbstractEventLoop, thread: threading.Thread, client: Any) -> None:
    closing = asyncio.run_coroutine_threadsafe(client.aclose(), loop)
    try:
        closing.result(timeout=2)
    except TimeoutError:
        closing.cancel()
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=2)
    if not thread.is_alive():
        loop.close()
