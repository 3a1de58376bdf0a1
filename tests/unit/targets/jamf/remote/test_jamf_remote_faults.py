"""What becomes of a request to Jamf Pro that fails, is late or gets a hostile answer."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from aipol.ir import Ir
from aipol.remote import (
    InDoubt,
    Live,
    Mark,
    Refused,
    RemoteError,
    Surroundings,
    Unusable,
    Write,
)
from aipol_targets.common import http
from aipol_targets.jamf import remote_http
from aipol_targets.jamf.remote import open_remote
from aipol_targets.jamf.target import Settings
from aipol_targets.standins import faults
from aipol_targets.standins.faults import Fault, Faults
from aipol_targets.standins.jamf import resources
from aipol_targets.standins.jamf.standin import DEMO
from aipol_targets.standins.jamf.tokens import ApiClient
from aipol_targets.standins.server import Request, Response, Ways, json_response

SiteOf = Callable[..., Any]
PolicyOf = Callable[..., Ir]
FilesOf = Callable[..., dict[str, bytes]]

KEY = "com.acme/restricted-software/Chat.app+(rest)"


@pytest.fixture
def record(policy: PolicyOf, files: FilesOf, site: SiteOf) -> Write:
    """One Restricted Software record that a policy wants."""
    wanted = site().remote.wanted(files(policy([])))
    (found,) = (each for each in wanted if each.key == KEY)
    return Write(found.kind, found.body, Mark(found.key))


def records(jamf: Any) -> int:
    """How many there are at the server."""
    return len(jamf.standin.records(resources.RESTRICTIONS))


@pytest.mark.parametrize(
    ("fault", "waits"),
    [(faults.throttled(7), [7.0]), (faults.throttled(None), [1.0])],
    ids=lambda each: each.name if isinstance(each, Fault) else "",
)
def test_a_server_that_has_no_time_is_waited_for(
    served: SiteOf, record: Write, fault: Fault, waits: list[float]
) -> None:
    """429 did nothing: after as long as it says, or a second, the write is sent again."""
    jamf = served(Faults(at_write={1: fault}))
    assert jamf.remote.create(record) == "restricted-software/1"
    assert jamf.hand.slept == waits
    assert records(jamf) == 1


def test_a_server_that_never_has_time_ends_in_a_refusal(served: SiteOf, record: Write) -> None:
    """Waiting is bounded, and nothing was done."""
    jamf = served(Faults(at_write=dict.fromkeys(range(1, 100), faults.throttled(None))))
    with pytest.raises(Refused, match="429"):
        jamf.remote.create(record)
    assert sum(jamf.hand.slept) <= remote_http.PATIENCE.most
    assert records(jamf) == 0


@pytest.mark.parametrize(
    ("fault", "made"),
    [
        (faults.unavailable(5), 0),
        (faults.unavailable(None), 0),
        (faults.broken(), 0),
        (faults.broken_after(), 1),
        (Fault(name="timeout", status=408, acts=True), 1),
        (faults.cut(), 0),
        (faults.cut_after(), 1),
        (faults.late(5.0), 1),
    ],
    ids=lambda each: each.name if isinstance(each, Fault) else "",
)
def test_a_write_without_a_clear_answer_is_in_doubt_and_sent_once(
    served: SiteOf,
    record: Write,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    made: int,
) -> None:
    """Whoever asks finds out by the key, at once."""
    monkeypatch.setattr(http, "ANSWER_SECONDS", 0.3)
    jamf = served(Faults(at_write={1: fault}))
    with pytest.raises(InDoubt):
        jamf.remote.create(record)
    assert len(jamf.written()) == 1
    assert records(jamf) == made
    assert len(jamf.remote.seek(record.kind, KEY)) == made


@pytest.mark.parametrize(
    "fault",
    [
        faults.unavailable(5),
        faults.unavailable(None),
        faults.broken(),
        faults.cut(),
        faults.cut_after(),
        faults.late(5.0),
        faults.throttled(3),
    ],
    ids=lambda fault: fault.name,
)
def test_a_read_is_repeated_until_it_is_answered(
    served: SiteOf, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    """Reading twice does no harm."""
    monkeypatch.setattr(http, "ANSWER_SECONDS", 0.3)
    jamf = served(Faults(at_request={2: fault, 3: fault, 5: fault}))
    assert len(jamf.remote.observe().objects) == 3
    assert jamf.hand.slept
    assert jamf.written() == []


def test_a_read_that_is_never_answered_says_so(served: SiteOf) -> None:
    """A plan ends with the server's name and its status."""
    jamf = served(Faults(at_request=dict.fromkeys(range(2, 100), faults.broken())))
    with pytest.raises(InDoubt, match=r"list computergroups: http://.* answers 500.*, 5 times"):
        jamf.remote.observe()


def test_a_token_that_ended_is_renewed_and_the_write_sent_again(
    served: SiteOf, record: Write
) -> None:
    """401 did nothing."""
    jamf = served(Faults(at_write={1: faults.expired()}))
    assert jamf.remote.create(record) == "restricted-software/1"
    assert sum("token" in each for each in jamf.asked()) == 2


def test_a_token_that_is_never_taken_ends_in_a_refusal(served: SiteOf, record: Write) -> None:
    """One new token is asked for, not more."""
    jamf = served(Faults(at_write={1: faults.expired(), 2: faults.expired()}))
    with pytest.raises(Refused, match="401"):
        jamf.remote.create(record)
    assert sum("token" in each for each in jamf.asked()) == 2


def test_tokens_are_renewed_before_they_end(site: SiteOf, record: Write) -> None:
    """No request of a long run meets a token of 60 seconds that has ended."""
    jamf = site(token_seconds=60)
    refused = []
    answer = jamf.standin.answer

    def watched(request: Request) -> Response:
        given: Response = answer(request)
        refused.append(given.status == 401)
        jamf.hand.now += 4
        return given

    jamf.standin.answer = watched
    for _ in range(40):
        jamf.remote.seek(record.kind, KEY)
    assert not any(refused)
    assert sum("token" in each for each in jamf.asked()) == 4


def test_a_conflict_is_refused_in_the_servers_words(served: SiteOf, record: Write) -> None:
    """A second record of one name is none."""
    jamf = served()
    jamf.remote.create(record)
    with pytest.raises(Refused, match=r"create Restricted Software record .* Duplicate name"):
        jamf.remote.create(record)


def test_a_privilege_that_is_missing_is_named(served: SiteOf, record: Write) -> None:
    """By the name that an API role has it."""
    reader = ApiClient(DEMO.id, DEMO.secret, writes=False)
    jamf = served(clients=(reader,))
    with pytest.raises(Refused, match="needs the privilege `Create Restricted Software`"):
        jamf.remote.create(record)
    jamf.standin.seed(resources.RESTRICTIONS, _RECORD)
    with pytest.raises(Refused, match="needs the privilege `Update Restricted Software`"):
        jamf.remote.update(Live(record.kind, f"{record.kind}/1", "x", None), record)
    with pytest.raises(Refused, match="needs the privilege `Delete Restricted Software`"):
        jamf.remote.delete(Live(record.kind, f"{record.kind}/1", "x", None))


_RECORD = (
    b"<restricted_software><general><name>x</name><process_name>X</process_name></general>"
    b"</restricted_software>"
)


def test_a_plan_tells_which_privileges_applying_it_takes(served: SiteOf) -> None:
    """Where the server tells what the client may do; a list that is not understood says nothing."""
    (note,) = (
        served(clients=(ApiClient(DEMO.id, DEMO.secret, writes=False),)).remote.observe().notes
    )
    assert "lacks `Create Smart Computer Groups`, `Update Smart Computer Groups`" in note
    assert "Read" not in note
    assert served().remote.observe().notes == ()


@pytest.mark.parametrize(
    "said",
    [
        Response(404),
        Response(500),
        Response(200, b"<html>"),
        json_response(200, []),
        json_response(200, {"account": {"privilegesBySite": None}}),
        json_response(200, {"account": {"privilegesBySite": {"-1": ["Read Policies", 7], "2": 1}}}),
    ],
)
def test_what_the_client_may_do_is_not_guessed(served: SiteOf, said: Response) -> None:
    """A plan is made all the same."""
    jamf = served()
    answer = jamf.standin.answer

    def told(request: Request) -> Response:
        return said if request.path == "/api/v1/auth" else answer(request)

    jamf.standin.answer = told
    assert jamf.remote.observe().notes == ()
    assert len(jamf.remote.observe().objects) == 3


def test_reads_come_at_most_five_at_once_and_writes_one(served: SiteOf) -> None:
    """As Jamf asks of clients."""
    jamf = served(pace=0.005)
    for number in range(12):
        name = f"aipol com.acme {number}".encode()
        jamf.standin.seed(resources.RESTRICTIONS, _RECORD.replace(b">x<", b">" + name + b"<"))
    assert len(jamf.remote.observe().objects) == 15
    assert jamf.standin.conduct.faults == []
    assert 2 <= jamf.standin.conduct.most <= 5
    assert jamf.remote.concurrency == 1


# --- servers that are none -----------------------------------------------------------------------


@dataclass
class Hostile:
    """Gives a token, and one answer to everything else."""

    status: int
    body: bytes
    location: str = ""
    token: str = "t0ken"
    ways: Ways = field(default_factory=lambda: Ways(is_open=lambda _: True))

    def answer(self, request: Request) -> Response:
        """Answer."""
        if "token" in request.path:
            return json_response(200, {"access_token": self.token, "expires_in": 60})
        headers = {"Location": self.location} if self.location else {}
        return Response(self.status, self.body, headers)


_BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>
<computer_groups><size>&c;</size></computer_groups>"""


@pytest.mark.parametrize(
    "body",
    [
        _BOMB,
        _BOMB.decode().encode("utf-16"),
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<!-- <![CDATA[ --><!DOCTYPE a><!-- ]]> --><a/>",
        b"<a>" * 200 + b"</a>" * 200,
        b"<a>" * 100_000 + b"</a>" * 100_000,
        b"<computer_groups>",
        b"",
        b"{}",
        b"\xff\xfe",
    ],
    ids=range(10),
)
def test_an_answer_that_is_no_plain_xml_is_not_read(served: SiteOf, body: bytes) -> None:
    """No entities, nothing from outside, no endless nesting."""
    with pytest.raises(InDoubt, match="is unreadable"):
        served(standin=Hostile(200, body)).remote.observe()


def test_an_answer_that_does_not_end_is_not_read(
    served: SiteOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is a bound."""
    monkeypatch.setattr(http, "MOST_BYTES", 1000)
    with pytest.raises(InDoubt, match="more than 1000 bytes"):
        served(standin=Hostile(200, b" " * 2000)).remote.observe()


def test_a_redirect_is_not_followed(served: SiteOf) -> None:
    """The token would go to whoever it names."""
    jamf = served(standin=Hostile(302, b"", location="http://127.0.0.1:9/"))
    with pytest.raises(Refused, match="redirects are not followed"):
        jamf.remote.observe()


def test_a_write_that_is_answered_with_nothing_is_in_doubt(
    served: SiteOf, record: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the number of what was made it may be there."""
    jamf = served(standin=Hostile(201, b"<restricted_software/>"))
    monkeypatch.setattr(type(jamf.remote._server), "require", lambda *_: None)
    with pytest.raises(InDoubt, match="names no number"):
        jamf.remote.create(record)


@pytest.mark.parametrize("token", ["", "with\nline", "ünïcode", None, 7])
def test_a_token_that_is_none_is_not_sent(served: SiteOf, token: Any) -> None:
    """Whatever it is, it is no header."""
    with pytest.raises(Refused, match="no token"):
        served(standin=Hostile(200, b"", token=token)).remote.observe()


def test_nothing_tells_a_secret(served: SiteOf, record: Write) -> None:
    """Not what is raised, with all of its trace, nor what is printed; if the server does, too."""
    page = f"<p>Error: t0ken and {DEMO.secret} are wrong</p>".encode()
    for status in (400, 401, 403, 409, 500, 503):
        jamf = served(standin=Hostile(status, page))
        for ask in (jamf.remote.observe, partial(jamf.remote.create, record)):
            with pytest.raises(RemoteError) as told:
                ask()
            text = "".join(traceback.format_exception(told.value)) + str(told.value)
            assert "t0ken" not in text
            assert DEMO.secret not in text
        assert DEMO.secret not in repr(jamf.remote.session)
        assert "t0ken" not in repr(jamf.remote.session)


def test_no_part_of_a_secret_is_shown_where_words_are_cut(served: SiteOf, record: Write) -> None:
    """Wherever it stands in what the server says."""
    page = f"<p>Error: {'x' * 295} {DEMO.secret}</p>".encode()
    with pytest.raises(Refused) as told:
        served(standin=Hostile(400, page)).remote.create(record)
    assert DEMO.secret[:3] not in str(told.value)


# --- what is needed to ask ------------------------------------------------------------------------

GIVEN = {"JAMF_CLIENT_ID": "id", "JAMF_CLIENT_SECRET": "a-secret"}


@pytest.mark.parametrize(
    ("url", "variables", "says"),
    [
        ("", GIVEN, "set `targets.jamf.url`"),
        ("https://acme.jamfcloud.example", {}, "set JAMF_CLIENT_ID and JAMF_CLIENT_SECRET"),
        ("https://acme.jamfcloud.example", {"JAMF_CLIENT_ID": "id"}, "JAMF_CLIENT_SECRET"),
        *(
            ("https://acme.jamfcloud.example", {**GIVEN, "JAMF_URL": variable}, "on this machine")
            for variable in (
                "http://acme.example",
                "https://acme.example",
                "http://127.0.0.1@acme.example",
                "http://127.0.0.1.acme.example/",
                "http://127.0.0.1:8080/path",
                "http://u:p@127.0.0.1",
                "ftp://127.0.0.1",
                "http://[::1",
                "http://127.0.0.1:port",
                "127.0.0.1:80",
            )
        ),
    ],
)
def test_what_is_missing_is_told_with_what_to_do(
    url: str, variables: dict[str, str], says: str
) -> None:
    """Nothing is asked of any server."""
    with pytest.raises(Unusable, match=says):
        open_remote(Settings(url=url), Surroundings("com.acme", variables))


@pytest.mark.parametrize(
    ("url", "variable", "place"),
    [
        ("https://acme.jamfcloud.example/", "", "https://acme.jamfcloud.example"),
        ("https://acme.jamfcloud.example", "http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("", "http://localhost:8080", "http://localhost:8080"),
        ("", "http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_a_place_is_the_servers_address(url: str, variable: str, place: str) -> None:
    """The policy's, or that of a stand-in on this machine."""
    remote = open_remote(
        Settings(url=url), Surroundings("com.acme", {**GIVEN, "JAMF_URL": variable})
    )
    assert remote.place == place
    remote.session.client.close()


def test_an_address_in_the_clear_is_refused() -> None:
    """Whoever makes the settings."""
    with pytest.raises(Unusable, match="has to begin with https"):
        open_remote(
            Settings.model_construct(url="http://acme.example"), Surroundings("com.acme", GIVEN)
        )


def test_without_the_extra_the_way_to_get_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiling does not need it."""
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(Unusable, match=r"pip install '\.\[jamf\]'"):
        open_remote(Settings(url="https://acme.jamfcloud.example"), Surroundings("com.acme", GIVEN))


def test_what_is_for_this_machine_goes_through_no_proxy(
    served: SiteOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes in the clear."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert len(served().remote.observe().objects) == 3


def test_wrong_credentials_are_told(served: SiteOf) -> None:
    """By the names of the variables that hold them."""
    jamf = served(clients=(ApiClient(DEMO.id, "another"),))
    with pytest.raises(Refused, match="does not take JAMF_CLIENT_ID with JAMF_CLIENT_SECRET"):
        jamf.remote.observe()


def test_nobody_there_is_told_and_nothing_done(served: SiteOf, record: Write) -> None:
    """A write that could not even be sent is no doubt."""
    jamf = served()
    jamf.remote.session.url = "http://127.0.0.1:9"
    with pytest.raises(Refused, match="cannot be reached"):
        jamf.remote.create(record)
