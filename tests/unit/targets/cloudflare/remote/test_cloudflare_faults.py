"""Whatever goes wrong between aipol and Cloudflare: no second object, nothing lost, no secret."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from aipol.apply.events import Outcome
from aipol.plan.model import Action
from aipol.remote import InDoubt, Mark, Refused, Write
from aipol_targets.cloudflare import remote_http
from aipol_targets.standins.cloudflare.envelope import failure
from aipol_targets.standins.cloudflare.standin import TOKEN
from aipol_targets.standins.faults import (
    Fault,
    Faults,
    broken,
    broken_after,
    conflict,
    cut,
    cut_after,
    expired,
    precondition_failed,
    throttled,
    unavailable,
)

Files = dict[str, bytes]
WRITES = 6
PASSING: tuple[Fault, ...] = (
    throttled(),
    throttled(None),
    unavailable(),
    unavailable(None),
    broken(),
    broken_after(),
    cut(),
    cut_after(),
)
ENDING: tuple[Fault, ...] = (expired(), conflict(), precondition_failed())


def names(here: Any) -> list[str]:
    """Every list and policy there is."""
    return sorted(each.name for each in (*here.standin.lists, *here.standin.rules))


@pytest.mark.parametrize("at", range(1, WRITES + 1))
@pytest.mark.parametrize("fault", PASSING, ids=lambda each: each.name)
def test_a_fault_at_a_write_leaves_one_of_each(
    site: Any, files: Files, fault: Fault, at: int
) -> None:
    """It is waited for, or looked for by its mark before it is made again."""
    here = site(Faults(at_write={at: fault}))
    assert {each.action for each in here.settle(files).changes} == {Action.NO_OP}
    assert len(names(here)) == len(set(names(here))) == WRITES


@pytest.mark.parametrize("at", range(1, WRITES + 1))
@pytest.mark.parametrize("fault", ENDING, ids=lambda each: each.name)
def test_what_is_refused_is_told_and_made_by_the_next_apply(
    site: Any, files: Files, fault: Fault, at: int
) -> None:
    """What needs it is left out; the rest is done."""
    here = site(Faults(at_write={at: fault}))
    results = here.carry(here.plan(files))
    refused = [each.why for each in results if each.outcome is Outcome.FAILED]
    assert len(refused) == 1
    assert str(fault.status) in refused[0]
    assert {each.action for each in here.settle(files).changes} == {Action.NO_OP}
    assert len(names(here)) == len(set(names(here))) == WRITES


@pytest.mark.parametrize("at", range(1, 6))
@pytest.mark.parametrize("fault", PASSING, ids=lambda each: each.name)
def test_a_fault_at_a_read_is_asked_again(site: Any, files: Files, fault: Fault, at: int) -> None:
    """A plan is the same for it."""
    here = site(Faults(at_request={at: fault}))
    assert [each.action for each in here.plan(files).changes] == [Action.CREATE] * WRITES


@pytest.mark.parametrize("fault", [broken_after(), cut_after()], ids=lambda each: each.name)
@pytest.mark.parametrize("unseen", [0, 2])
def test_what_cannot_be_seen_yet_is_not_made_twice(
    site: Any, files: Files, fault: Fault, unseen: int
) -> None:
    """However late the API shows it."""
    here = site(Faults(at_write={2: fault, 5: fault}), invisible_for=unseen)
    assert {each.action for each in here.settle(files).changes} == {Action.NO_OP}
    assert len(names(here)) == WRITES


def test_over_a_network_it_is_the_same(served: Any, files: Files) -> None:
    """Connections that really end, and answers that really come."""
    here = served(Faults(at_write={2: cut_after(), 3: broken_after(), 5: cut(), 6: throttled()}))
    assert {each.action for each in here.settle(files).changes} == {Action.NO_OP}
    assert len(names(here)) == WRITES


def test_429_is_waited_for_as_long_as_it_says(site: Any, files: Files) -> None:
    """Up to five minutes are documented; longer than eleven is told instead."""
    here = site(Faults(at_write={1: throttled(300), 3: throttled(None)}))
    here.settle(files)
    assert 300.0 in here.hand.slept
    assert 5.0 in here.hand.slept
    there = site(Faults(at_write={1: throttled(3_600)}))
    results = there.carry(there.plan(files))
    assert "429" in next(each.why for each in results if each.outcome is Outcome.FAILED)


def test_who_may_not_write_is_told_which_permission_it_takes(site: Any, files: Files) -> None:
    """And nothing is made."""
    here = site(tokens={TOKEN: False})
    results = here.carry(here.plan(files))
    assert "Zero Trust Write" in next(each.why for each in results if each.why)
    assert names(here) == []


# --- answers that nobody should give --------------------------------------------------------------

_BODY = {"name": "x", "description": "", "type": "DOMAIN", "items": [{"value": "x.test"}]}
_WRITE = Write("list", _BODY, Mark("com.acme/list/x"))


def answering(here: Any, status: int, text: str) -> None:
    """Let everything be answered so."""
    here.remote.session.client.close()
    here.remote.session.client = httpx.Client(
        transport=httpx.MockTransport(lambda _: httpx.Response(status, text=text))
    )


ODD = {
    "no JSON": (200, "<html>", InDoubt),
    "a list": (200, "[]", InDoubt),
    "no success": (200, "{}", InDoubt),
    "not done": (200, '{"success": false, "errors": [{"code": 1, "message": "no"}]}', Refused),
    "no id": (200, '{"success": true, "result": {}}', InDoubt),
    "null": (200, '{"success": true, "result": null}', InDoubt),
    "odd errors": (400, '{"errors": [1, {"code": 7}], "success": false}', Refused),
    "elsewhere": (302, "", Refused),
    "deep": (200, "[" * 100_000, InDoubt),
}


@pytest.mark.parametrize("how", ODD)
def test_an_odd_answer_is_no_success(site: Any, how: str) -> None:
    """Whether it was done is open where the answer does not say it."""
    here = site()
    status, text, error = ODD[how]
    answering(here, status, text)
    with pytest.raises(error):
        here.remote.create(_WRITE)


def test_pages_that_hold_less_than_they_say_are_not_taken_for_all(site: Any) -> None:
    """A list that is read by half would be emptied by half."""
    here = site()
    short = '{"success": true, "result": null, "result_info": {"total_count": 3}}'
    answering(here, 200, short)
    with pytest.raises(InDoubt, match="0 of 3"):
        tuple(here.remote.seek("list", "com.acme/list/x"))


def test_what_is_gone_is_gone_with_whatever_status(site: Any, files: Files) -> None:
    """An error about one object does not stop an apply where no list of them has it."""
    here = site()
    here.settle(files)
    answer = here.standin.answer

    def otherwise(request: Any) -> Any:
        given = answer(request)
        gone = given.status == 404 and request.method == "GET"
        return failure(400, "invalid rule id") if gone else given

    here.standin.answer = otherwise
    none = {"lists.json": b"[]", "rules.json": b'{"dns": []}'}
    assert here.settle(none).changes == ()


def test_pages_that_are_always_the_same_are_not_added_up(site: Any) -> None:
    """Nor taken for all of what there is."""
    here = site()
    same = '{"success": true, "result": [{"id": "1"}], "result_info": {"total_count": 3}}'
    answering(here, 200, same)
    with pytest.raises(InDoubt, match="1 of 3"):
        tuple(here.remote.seek("policy", "com.acme/policy/x"))


# --- the token ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda remote: remote.observe(),
        lambda remote: remote.create(_WRITE),
        lambda remote: remote.look("policy", "x"),
    ],
)
@pytest.mark.parametrize("status", [400, 401, 403, 500])
def test_a_server_that_says_the_token_back_does_not_get_it_shown(
    site: Any, status: int, call: Callable[[Any], object]
) -> None:
    """In no message, no traceback and no repr."""
    here = site()
    canary = '{"success": false, "errors": [{"code": 1, "message": "bad not-a-secret"}]}'
    answering(here, status, canary)
    with pytest.raises(Exception, match=r"\*\*\*") as caught:
        call(here.remote)
    told = "".join(traceback.format_exception(caught.value))
    assert TOKEN not in f"{told} {caught.value!r} {here.remote.session!r}"


@pytest.mark.parametrize("length", [291, 296])
def test_no_part_of_a_token_is_shown_where_words_are_cut(site: Any, length: int) -> None:
    """Wherever it stands in what the server says."""
    here = site()
    said = {"success": False, "errors": [{"code": 1, "message": "x" * length + TOKEN}]}
    answering(here, 400, json.dumps(said))
    with pytest.raises(Refused) as caught:
        here.remote.create(_WRITE)
    assert TOKEN[:3] not in str(caught.value)


def test_requests_go_to_cloudflare_and_nowhere_else(site: Any) -> None:
    """Without the variable it is the API's own address, over TLS."""
    assert site().remote.session.url == remote_http.API
    assert remote_http.API.startswith("https://")
