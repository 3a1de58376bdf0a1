"""The server that every stand-in is served by, and the faults it lets happen."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from aipol_targets.standins import faults
from aipol_targets.standins.faults import Fault, Faults
from aipol_targets.standins.server import (
    CUT,
    Request,
    Response,
    Running,
    Seen,
    Ways,
    json_response,
    serving,
)


@dataclass
class Counter:
    """Counts what it was asked to change."""

    done: list[str] = field(default_factory=list)
    seen: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        """Do it."""
        self.seen.append(request)
        if request.method != "GET":
            self.done.append(request.path)
        return Response(204) if request.method == "DELETE" else json_response(200, {"n": 1})


@dataclass
class Particular(Counter):
    """Has ways of its own."""

    watched: list[str] = field(default_factory=list)

    @property
    def ways(self) -> Ways:
        """An open door, and errors in its own form."""
        return Ways(
            refusal=lambda status, _: json_response(status, {"no": status}),
            is_open=lambda request: request.path == "/token",
            is_write=lambda request: request.path == "/write",
            during=self._watch,
        )

    @contextmanager
    def _watch(self, request: Request) -> Iterator[None]:
        self.watched.append(f"{request.path} begins")
        yield
        self.watched.append(f"{request.path} ends after {len(self.seen)}")


def _ask(
    running: Running,
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    body: str = "",
) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection(urlsplit(running.url).netloc, timeout=2)
    given = {"Authorization": "Bearer t"} if headers is None else dict(headers)
    try:
        connection.request(method, path, body or None, given)
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    finally:
        connection.close()


def test_requests_arrive_as_sent_and_are_recorded() -> None:
    """Path, query and body reach the stand-in; the record has the method and the status."""
    with serving(standin := Counter()) as running:
        status, body, _ = _ask(running, "POST", "/a/b%2Fc?x=1&x=2&%24top=5&e=", body="{}")
    request = standin.seen[0]
    assert (status, body) == (200, b'{"n": 1}')
    assert (request.segments, request.body) == (("a", "b/c"), b"{}")
    assert (request.query["x"], request.asked("$top"), request.asked("e")) == (("1", "2"), "5", "")
    assert request.asked("absent") is None
    assert running.requests == [Seen("POST", "/a/b%2Fc", 200)] == running.writes


def test_a_connection_may_be_kept_alive() -> None:
    """Several requests go over one connection, one with no content between them."""
    with serving(Counter()) as running:
        connection = http.client.HTTPConnection(urlsplit(running.url).netloc, timeout=2)
        for method in ("GET", "DELETE", "HEAD", "GET"):
            connection.request(method, "/", headers={"Authorization": "Bearer t"})
            connection.getresponse().read()
        connection.close()
    assert [each.status for each in running.requests] == [200, 204, 200, 200]
    assert [each.method for each in running.writes] == ["DELETE"]


@pytest.mark.parametrize("header", [None, "", "Basic eA==", "Bearer "])
def test_a_request_without_a_token_is_refused(header: str | None) -> None:
    """Nothing is asked of the stand-in without a bearer token."""
    given = {} if header is None else {"Authorization": header}
    with serving(standin := Counter()) as running:
        assert _ask(running, "GET", "/", given)[0] == 401
    assert standin.seen == []


def test_a_standin_may_have_ways_of_its_own() -> None:
    """An open door needs no token, errors have the vendor's form; the vendor says what writes."""
    schedule = Faults(at_write={1: faults.conflict()})
    with serving(Particular(), schedule) as running:
        assert _ask(running, "POST", "/token", {})[:1] == (200,)
        assert _ask(running, "POST", "/other", {})[:2] == (401, b'{"no": 401}')
        assert _ask(running, "GET", "/write")[:2] == (409, b'{"no": 409}')


def test_what_the_vendor_calls_no_write_is_none() -> None:
    """To ask for a token changes nothing, whatever the method."""
    with serving(Particular()) as running:
        _ask(running, "POST", "/token", {})
        _ask(running, "POST", "/write")
    assert [each.path for each in running.writes] == ["/write"]


def test_a_standin_may_watch_requests_while_they_are_open() -> None:
    """From their arrival until they are answered, so that it sees which overlap."""
    with serving(standin := Particular()) as running:
        _ask(running, "POST", "/token", {})
    assert standin.watched == ["/token begins", "/token ends after 1"]


@pytest.mark.parametrize(
    ("fault", "status", "retry_after", "done"),
    [
        (faults.throttled(7), 429, "7", False),
        (faults.throttled(None), 429, None, False),
        (faults.unavailable(), 503, "1", False),
        (faults.unavailable(None), 503, None, False),
        (faults.broken(), 500, None, False),
        (faults.broken_after(), 500, None, True),
        (faults.expired(), 401, None, False),
        (faults.conflict(), 409, None, False),
        (faults.precondition_failed(), 412, None, False),
    ],
)
def test_a_fault_is_answered(
    fault: Fault, status: int, retry_after: str | None, done: bool
) -> None:
    """The second write meets the fault, and the ones around it do not."""
    schedule = Faults(at_write={2: fault})
    with serving(standin := Counter(), schedule) as running:
        answers = [
            _ask(running, method, f"/{n}") for n, method in enumerate(("PUT", "GET", "PUT", "PUT"))
        ]
    assert [each[0] for each in answers] == [200, 200, status, 200]
    assert answers[2][2].get("Retry-After") == retry_after
    assert standin.done == (["/0", "/2", "/3"] if done else ["/0", "/3"])
    assert schedule.struck == [fault]


@pytest.mark.parametrize(("fault", "done"), [(faults.cut(), []), (faults.cut_after(), ["/1"])])
def test_a_connection_is_cut_before_or_after_it_was_done(fault: Fault, done: list[str]) -> None:
    """The client sees nothing, whatever happened."""
    with serving(standin := Counter(), Faults(at_request={1: fault})) as running:
        with pytest.raises((ConnectionError, http.client.BadStatusLine)):
            _ask(running, "POST", "/1")
        assert _ask(running, "GET", "/2")[0] == 200
    assert standin.done == done
    assert [each.status for each in running.requests] == [CUT, 200]


def test_an_answer_may_come_too_late() -> None:
    """It was done at once, others are answered meanwhile, and the client gave up."""
    with serving(standin := Counter(), Faults(at_write={1: faults.late(60)})) as running:
        connection = http.client.HTTPConnection(urlsplit(running.url).netloc, timeout=0.2)
        connection.request("POST", "/1", headers={"Authorization": "Bearer t"})
        with pytest.raises(TimeoutError):
            connection.getresponse()
        assert _ask(running, "GET", "/2")[0] == 200
        connection.close()
    assert standin.done == ["/1"]


def test_a_fault_of_an_item_is_left_to_the_standin() -> None:
    """Only the stand-in knows what an item of a batch is."""
    fault = faults.failed_item(3, 503, 2)
    with serving(standin := Counter(), Faults(at_request={1: fault})) as running:
        assert _ask(running, "POST", "/batch")[0] == 200
    assert standin.seen[0].fault is fault


def test_the_writes_of_a_batch_are_counted_one_by_one() -> None:
    """A batch of reads writes nothing."""
    read, write = Seen("GET", "/a", 200), Seen("PATCH", "/b", 200)
    assert Seen("POST", "/$batch", 200, (read,)).writes == ()
    assert Seen("POST", "/$batch", 200, (read, write)).writes == (write,)
