"""Serve a stand-in over HTTP on loopback, record what was asked of it, and let faults happen."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, cast, runtime_checkable
from urllib.parse import parse_qs, unquote, urlsplit

from aipol_targets.standins.faults import Fault, Faults

LOOPBACK = "127.0.0.1"
READS = frozenset({"GET", "HEAD", "OPTIONS"})
CUT = 0  # the status of an answer that was never sent
_BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Request:
    """One request: the path as sent, the query decoded, names of headers in lower case."""

    method: str
    path: str
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fault: Fault | None = None  # one that only the stand-in can let happen: an item of a batch

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path, decoded."""
        return tuple(unquote(each) for each in self.path.strip("/").split("/"))

    def asked(self, name: str) -> str | None:
        """The first value of a parameter of the query."""
        values = self.query.get(name, ())
        return values[0] if values else None

    @property
    def token(self) -> str:
        """The bearer token, or nothing."""
        value = self.headers.get("authorization", "")
        return value[len(_BEARER) :].strip() if value.lower().startswith(_BEARER) else ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as recorded; the parts are those of a batch."""

    method: str
    path: str
    status: int
    parts: tuple[Seen, ...] = ()
    # The vendor's way to change nothing with a method that writes, such as to ask for a token.
    harmless: bool = field(default=False, compare=False)

    @property
    def writes(self) -> tuple[Seen, ...]:
        """What in it asked for a change."""
        if self.parts:
            return tuple(each for part in self.parts for each in part.writes)
        return () if self.harmless or self.method in READS else (self,)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer; the parts of a batch say what was asked inside it."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Seen, ...] = ()


def json_response(status: int, value: object, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a JSON document."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(status, body, {"Content-Type": "application/json", **(headers or {})})


class Standin(Protocol):
    """What answers as a vendor does."""

    def answer(self, request: Request) -> Response:
        """Answer one request; never called twice at a time."""
        ...


def _plain(status: int, reason: str) -> Response:
    return Response(status, f"{status} {reason}\n".encode(), {"Content-Type": "text/plain"})


def _no_open_door(_: Request) -> bool:
    return False


def _is_write(request: Request) -> bool:
    return request.method not in READS


def _unwatched(_: Request) -> AbstractContextManager[object]:
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Ways:
    """What the server has to do in the vendor's own way; the defaults do for a simple API."""

    refusal: Callable[[int, str], Response] = _plain  # the form of an error
    is_open: Callable[[Request], bool] = _no_open_door  # asked without a bearer token
    is_write: Callable[[Request], bool] = _is_write  # counts in a schedule of faults
    during: Callable[[Request], AbstractContextManager[object]] = _unwatched  # until it is answered


@runtime_checkable
class HasWays(Protocol):
    """A stand-in that has ways of its own."""

    @property
    def ways(self) -> Ways:
        """Those ways."""
        ...


@dataclass(frozen=True, slots=True)
class Running:
    """A stand-in that is being served."""

    url: str
    requests: list[Seen]

    @property
    def writes(self) -> list[Seen]:
        """Every request so far that asked for a change, those inside batches too."""
        return [each for seen in self.requests for each in seen.writes]


_REASONS = {
    401: "the access token is missing or has expired",
    409: "the object is being changed by somebody else",
    412: "the object is not what was asked for",
    429: "too many requests",
    500: "internal server error",
    503: "the service is unavailable",
}


class _Desk:
    """Where requests become answers: one at a time, counted, recorded."""

    def __init__(self, standin: Standin, faults: Faults | None) -> None:
        self._standin = standin
        self._ways = standin.ways if isinstance(standin, HasWays) else Ways()
        self._faults = faults or Faults()
        self._lock = threading.Lock()
        self.requests: list[Seen] = []
        self.stopping = threading.Event()

    def handle(self, request: Request) -> Response | None:
        """Answer a request, or do not: then the connection is closed."""
        with self._ways.during(request), self._lock:
            writes = self._ways.is_write(request)
            fault = self._faults.next(write=writes)
            response = self._answer(request, fault)
            self._record(request, response, harmless=not writes)
        if fault is not None and fault.delay:
            self.stopping.wait(fault.delay)
        return response

    def _record(self, request: Request, response: Response | None, *, harmless: bool) -> None:
        status = response.status if response else CUT
        parts = response.parts if response else ()
        self.requests.append(Seen(request.method, request.path, status, parts, harmless))

    def _answer(self, request: Request, fault: Fault | None) -> Response | None:
        if not request.token and not self._ways.is_open(request):
            return self._ways.refusal(401, _REASONS[401])
        if fault is None:
            return self._standin.answer(request)
        if fault.item is not None:
            return self._standin.answer(replace(request, fault=fault))
        acted = self._standin.answer(request) if fault.acts else None
        if fault.status:
            refused = self._ways.refusal(fault.status, _REASONS.get(fault.status, "failed"))
            headers = {**refused.headers, **fault.headers}
            return replace(refused, headers=headers, parts=acted.parts if acted else ())
        return acted if fault.delay else None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, desk: _Desk) -> None:
        self.desk = desk
        self._open: set[socket.socket] = set()
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://{LOOPBACK}:{self.server_port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that stopping ends those that are kept alive."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that has ended."""
        self._open.discard(request)
        super().shutdown_request(request)

    def stop(self) -> None:
        """End what waits and what is kept alive."""
        self.desk.stopping.set()
        self.server_close()
        for each in tuple(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; a fault of the stand-in's own is."""
        import sys

        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "standin"
    sys_version = ""
    disable_nagle_algorithm = True  # or an answer in two writes waits for the client's system
    wbufsize = -1  # an answer leaves in one piece: two would wait for each other's receipt

    def _read(self) -> Request:
        length = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        return Request(
            method=self.command,
            path=parts.path,
            query={name: tuple(values) for name, values in query.items()},
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length) if length else b"",
        )

    def _serve(self) -> None:
        if self.headers.get("Transfer-Encoding"):
            self.send_error(411)
            return
        response = cast("_Server", self.server).desk.handle(self._read())
        if response is None:
            self._cut()
            return
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 204:  # noqa: PLR2004 - no content, and no length of it
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD" and response.status != 204:  # noqa: PLR2004 - the same
            self.wfile.write(response.body)

    def _cut(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Requests are recorded, not printed."""


@contextmanager
def serving(standin: Standin, faults: Faults | None = None, port: int = 0) -> Iterator[Running]:
    """Serve a stand-in on a free port of loopback until the block ends."""
    desk = _Desk(standin, faults)
    server = _Server(port, desk)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Running(server.url, desk.requests)
    finally:
        server.shutdown()
        thread.join()
        server.stop()
