"""A session with Graph keeps its token to one server, and believes no answer that is none."""

from __future__ import annotations

import gc
import gzip
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from aipol.remote import Clock, InDoubt, Refused, Unusable, WrongPlace
from aipol.secret import Secret
from aipol_targets.common import http
from aipol_targets.common.microsoft.address import address
from aipol_targets.common.microsoft.batch import read_many
from aipol_targets.common.microsoft.graph import Gone, Graph, Needs
from aipol_targets.common.microsoft.tokens import Given
from aipol_targets.common.microsoft.transport import SdkTransport, Timeouts
from aipol_targets.standins.server import Request, Response, Running, json_response, serving


@dataclass
class Scripted:
    """A server that answers as a test says, and keeps what it was asked."""

    script: Callable[[Request], Response]
    asked: list[Request] = field(default_factory=list[Request])

    def answer(self, request: Request) -> Response:
        """The next answer."""
        self.asked.append(request)
        return self.script(request)


def _asleep(_: float) -> None:
    """No time passes."""


@contextmanager
def _session(script: Callable[[Request], Response]) -> Iterator[tuple[Graph, Scripted, Running]]:
    scripted = Scripted(script)
    with serving(scripted) as running:
        transport = SdkTransport(Timeouts(), proxies=False)
        tokens, clock = Given(Secret("canary-token")), Clock(lambda: 0.0, _asleep)
        graph = Graph(address(running.url), tokens, transport, clock, Needs("Read", "Write"))
        yield graph, scripted, running
        transport.close()


def test_no_redirect_is_followed() -> None:
    """A token that was sent here is not sent there."""

    def moved(_: Request) -> Response:
        return Response(302, b"", {"Location": "https://evil.example/"})

    with _session(moved) as (graph, scripted, _):
        with pytest.raises(Refused, match="302"):
            graph.get("v1.0/organization")
        with pytest.raises(Refused, match="302"):
            graph.write("POST", "beta/x", {})
        assert len(scripted.asked) == 2


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_without_end_is_none(packed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """It fills no memory, also where it is small on its way."""
    monkeypatch.setattr(http, "MOST_BYTES", 10_000)
    body = b'{"value": "' + b" " * 20_000 + b'"}'

    def long(_: Request) -> Response:
        headers = {"Content-Encoding": "gzip"} if packed else {}
        return Response(200, gzip.compress(body) if packed else body, headers)

    with _session(long) as (graph, *_):
        with pytest.raises(InDoubt, match="more than 10000 bytes"):
            graph.get("v1.0/x")
        with pytest.raises(InDoubt, match="more than 10000 bytes"):
            graph.write("POST", "beta/x", {})
        monkeypatch.setattr(http, "MOST_BYTES", 30_000)
        assert graph.get("v1.0/x")["value"].isspace()


def test_a_list_that_goes_on_elsewhere_is_not_followed() -> None:
    """Whoever answers for Graph cannot have the token sent to another server."""

    def elsewhere(_: Request) -> Response:
        return json_response(200, {"value": [1], "@odata.nextLink": "https://evil.example/next"})

    with _session(elsewhere) as (graph, scripted, _):
        with pytest.raises(WrongPlace):
            graph.pages("v1.0/x")
        assert len(scripted.asked) == 1


def test_a_list_that_begins_again_is_no_list() -> None:
    """It is not asked for ten thousand times."""

    def around(request: Request) -> Response:
        link = f"http://{request.headers['host']}/v1.0/x?$skiptoken=1"
        return json_response(200, {"value": [1], "@odata.nextLink": link})

    with _session(around) as (graph, scripted, _):
        with pytest.raises(InDoubt, match="does not end"):
            graph.pages("v1.0/x")
        assert len(scripted.asked) == 2


def test_a_list_is_read_to_its_end() -> None:
    """Its links are followed as they stand."""

    def pages(request: Request) -> Response:
        page = int(request.asked("$skiptoken") or 0)
        link = f"http://{request.headers['host']}/v1.0/x?$skiptoken={page + 1}&a=%20b"
        return json_response(
            200, {"value": [page]} | ({"@odata.nextLink": link} if page < 3 else {})
        )

    with _session(pages) as (graph, scripted, _):
        assert graph.pages("v1.0/x") == [0, 1, 2, 3]
        assert scripted.asked[-1].asked("a") == " b"


@pytest.mark.parametrize("body", [b"", b"{", b"<html>the proxy</html>"])
def test_an_answer_that_is_cut_off_is_asked_for_again(body: bytes) -> None:
    """In the end nobody knows."""
    with _session(lambda _: Response(200, body)) as (graph, scripted, _):
        with pytest.raises(InDoubt, match="no JSON"):
            graph.get("v1.0/x")
        assert len(scripted.asked) > 3


def test_a_batch_that_leaves_an_item_out_has_not_read_it() -> None:
    """What was not answered is asked for again, not taken for absent."""
    import json

    def forgetful(request: Request) -> Response:
        items = json.loads(request.body)["requests"]
        found = [{"id": each["id"], "status": 200, "body": {"url": each["url"]}} for each in items]
        return json_response(200, {"responses": found[:7][::-1]})

    with _session(forgetful) as (graph, scripted, _):
        paths = [f"x/{number}" for number in range(45)]
        found = read_many(graph, "beta", paths)
        assert found == {path: {"url": f"/{path}"} for path in paths}
        assert {each.path for each in scripted.asked} == {"/beta/$batch"}


def test_each_request_bears_the_token_and_says_that_it_is_json() -> None:
    """And is what was asked, with non-ASCII text as it is."""
    with _session(lambda _: Response(204)) as (graph, scripted, _):
        graph.write("PATCH", "beta/x", {"name": "Ω"})
        (asked,) = scripted.asked
        assert (asked.method, asked.path, asked.token) == ("PATCH", "/beta/x", "canary-token")
        assert asked.headers["content-type"] == "application/json"
        assert asked.body == '{"name":"Ω"}'.encode()


def test_no_proxy_is_between_us_and_a_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would see the token, which goes without TLS here."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with _session(lambda _: json_response(200, {"a": 1})) as (graph, _, _):
        assert graph.get("v1.0/x") == {"a": 1}


def test_many_threads_share_one_session() -> None:
    """Each gets its own answer."""
    with _session(lambda request: json_response(200, {"path": request.path})) as (graph, _, _):
        found: list[Any] = []
        threads = [
            threading.Thread(target=lambda n=n: found.append((n, graph.get(f"v1.0/{n}")["path"])))
            for n in range(12)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert sorted(found) == [(n, f"/v1.0/{n}") for n in range(12)]


def test_a_session_that_nobody_holds_ends_by_itself() -> None:
    """Its thread does not keep a process alive, nor its connections open."""
    with serving(Scripted(lambda _: json_response(200, {}))) as running:
        transport = SdkTransport(Timeouts(), proxies=False)
        clock = Clock(lambda: 0.0, _asleep)
        Graph(address(running.url), Given(Secret("x")), transport, clock, Needs("", "")).get(
            "v1.0/x"
        )
        del transport
        gc.collect()
        threads = [each.name for each in threading.enumerate() if each.name == "graph"]
        assert not threads


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiling needs none of it."""
    monkeypatch.setitem(sys.modules, "msgraph.graph_request_adapter", None)
    before = threading.active_count()
    with pytest.raises(Unusable, match=r"pip install '\.\[microsoft\]'"):
        SdkTransport(Timeouts(), proxies=False)
    assert threading.active_count() == before


def test_a_list_that_goes_away_while_it_is_read_is_said_to_be_gone() -> None:
    """Somebody deleted what it belongs to."""
    with _session(lambda _: Response(404)) as (graph, _, running), pytest.raises(Gone):
        list(graph.items({"value": [1], "@odata.nextLink": f"{running.url}/v1.0/x?$skiptoken=1"}))
