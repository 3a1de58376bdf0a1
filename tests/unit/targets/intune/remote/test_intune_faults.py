"""What goes wrong on the way to a tenant: done once, or said to be in doubt; never done twice."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest

from aipol.apply.events import Outcome
from aipol.remote import InDoubt, Live, Refused, RemoteError, Wanted, WrongPlace
from aipol_targets.standins.faults import (
    Fault,
    Faults,
    broken,
    broken_after,
    conflict,
    cut,
    cut_after,
    expired,
    failed_item,
    late,
    precondition_failed,
    throttled,
    unavailable,
)
from aipol_targets.standins.graph.tenant import READ_ONLY, Tenant

CATALOG = "configurationPolicies"
KINDS = ("deviceComplianceScripts", "deviceCompliancePolicies", CATALOG, "deviceConfigurations")


def _browsers(tenant: Any, enforcing: Any) -> Wanted:
    found: Wanted = next(e for e in tenant.remote.wanted(enforcing) if e.kind == CATALOG)
    return found


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (throttled(7), [7.0]),
        (throttled(None), [1.0]),
        (throttled(0), [0.0]),
        (expired(), []),
    ],
)
def test_what_was_certainly_not_done_is_sent_again(
    fault: Fault, waits: list[float], bench: Any, enforcing: Any
) -> None:
    """One object, after as long a wait as the vendor asked for."""
    tenant = bench(faults=Faults(at_write={1: fault}))
    wanted = _browsers(tenant, enforcing)
    identifier = tenant.remote.create(tenant.write(wanted))
    assert tenant.ticking.slept == waits
    assert [each["id"] for each in tenant.held(CATALOG).values()] == [identifier]


@pytest.mark.parametrize(
    ("fault", "made"),
    [
        (unavailable(1), 0),
        (unavailable(None), 0),
        (broken(), 0),
        (broken_after(), 1),
        (cut(), 0),
        (cut_after(), 1),
    ],
)
def test_what_nobody_knows_of_is_in_doubt_and_sent_once(
    fault: Fault, made: int, bench: Any, enforcing: Any
) -> None:
    """A write is not repeated after 5xx or without an answer: it may have been done."""
    tenant = bench(faults=Faults(at_write={1: fault}))
    wanted = _browsers(tenant, enforcing)
    with pytest.raises(InDoubt):
        tenant.remote.create(tenant.write(wanted))
    assert len(tenant.running.writes) == 1
    assert len(tenant.held(CATALOG)) == made
    assert len(tenant.remote.seek(CATALOG, wanted.key)) == made


def test_an_answer_that_comes_too_late_is_no_answer(bench: Any, enforcing: Any) -> None:
    """It was done, and is found by its mark."""
    tenant = bench(faults=Faults(at_write={1: late(3.0)}), answer=0.5)
    wanted = _browsers(tenant, enforcing)
    with pytest.raises(InDoubt, match="no answer"):
        tenant.remote.create(tenant.write(wanted))
    tenant = bench(standin=tenant.standin)
    assert len(tenant.remote.seek(CATALOG, wanted.key)) == 1


@pytest.mark.parametrize("fault", [conflict(), precondition_failed()])
def test_a_no_is_told_in_graphs_words(fault: Fault, bench: Any, enforcing: Any) -> None:
    """With the id that support asks for, and where."""
    tenant = bench(faults=Faults(at_write={1: fault}))
    with pytest.raises(
        Refused, match=r"^POST /beta/deviceManagement/configurationPolicies: 4\d\d"
    ) as error:
        tenant.remote.create(tenant.write(_browsers(tenant, enforcing)))
    assert "request-id" in str(error.value)
    assert len(tenant.running.writes) == 1


def test_what_intune_finds_wrong_is_told_in_its_words(bench: Any, enforcing: Any) -> None:
    """The sentence out of the document that Intune puts into the message."""
    tenant = bench()
    wanted = next(e for e in tenant.remote.wanted(enforcing) if e.kind == KINDS[1])
    write = tenant.write(
        wanted, dict.fromkeys((e.key for e in tenant.remote.wanted(enforcing)), "x")
    )
    write.body["object"].pop("scheduledActionsForRule")
    with pytest.raises(Refused, match=r"400 \w+: Compliance policy must have one"):
        tenant.remote.create(write)


def test_a_token_is_renewed_once(bench: Any) -> None:
    """A second 401 is a no."""
    tenant = bench(faults=Faults(at_request={1: expired(), 2: expired()}))
    with pytest.raises(Refused, match="401"):
        tenant.remote.observe()
    assert tenant.ticking.slept == []


def test_a_wrong_token_sees_and_does_nothing(bench: Any, enforcing: Any) -> None:
    """Neither a plan nor an apply gets further than the first request."""
    tenant = bench(tenant=Tenant(accepts=frozenset({"another"})))
    for ask in (tenant.plan, tenant.apply):
        with pytest.raises(Refused, match="401 InvalidAuthenticationToken") as told:
            ask(enforcing)
        assert "canary" not in str(told.value)
    assert {each.status for each in tenant.running.requests} == {401}
    assert tenant.standin.state() == {}


@pytest.mark.parametrize("number", range(1, 8))
@pytest.mark.parametrize(
    "fault",
    [throttled(2), unavailable(None), cut(), expired()],
)
def test_a_read_is_repeated_until_it_is_answered(
    fault: Fault, number: int, applied: Any, bench: Any
) -> None:
    """At whichever request of an observation, it sees the same in the end."""
    whole = applied.remote.observe()
    tenant = bench(standin=applied.standin, faults=Faults(at_request={number: fault}))
    assert tenant.remote.observe() == whole
    asked = {(each.method, each.path.rpartition("/")[2]) for each in tenant.running.requests}
    assert {each for each in asked if each[0] != "GET"} == {("POST", "$batch")}
    assert tenant.standin.state() == applied.standin.state()


@pytest.mark.parametrize("item", [0, 3])
@pytest.mark.parametrize("status", [429, 503])
def test_a_failed_part_of_a_batch_is_asked_again(
    status: int, item: int, applied: Any, bench: Any
) -> None:
    """The batch says 200; the part that was throttled is waited for, and it alone is repeated."""
    whole = applied.remote.observe()
    reads = [number for number, each in enumerate(applied.running.requests, 1) if each.parts]
    fault = failed_item(item, status, 11)
    tenant = bench(standin=applied.standin, faults=Faults(at_request={reads[0]: fault}))
    assert tenant.remote.observe() == whole
    assert tenant.ticking.slept == [11.0]
    assert min(len(each.parts) for each in tenant.running.requests if each.parts) == 1


def test_a_part_of_a_batch_that_is_refused_is_a_failed_read(applied: Any, bench: Any) -> None:
    """Nothing is taken for absent because it could not be read."""
    applied.remote.observe()
    reads = [number for number, each in enumerate(applied.running.requests, 1) if each.parts]
    fault = failed_item(0, 400)
    tenant = bench(standin=applied.standin, faults=Faults(at_request={reads[0]: fault}))
    with pytest.raises(Refused):
        tenant.remote.observe()


def test_patience_ends(bench: Any) -> None:
    """A tenant that only ever says 429, or wants us to come back next week, is given up."""
    tenant = bench(faults=Faults(at_request=dict.fromkeys(range(1, 99), throttled(None))))
    with pytest.raises(InDoubt, match="429"):
        tenant.remote.observe()
    assert 60 < sum(tenant.ticking.slept) < 300
    tenant = bench(faults=Faults(at_write={1: throttled(604_800)}))
    with pytest.raises(Refused, match="429"):
        tenant.remote.delete(Live(CATALOG, "x", "x", None))
    assert tenant.ticking.slept == []


def test_without_a_server_there_is_no_doubt_about_what_was_done(bench: Any, enforcing: Any) -> None:
    """No connection, no request: it is tried again, and then told."""
    tenant = bench()
    object.__setattr__(tenant.remote._graph.address, "url", "http://127.0.0.1:9")
    with pytest.raises(InDoubt, match="ConnectError"):
        tenant.remote.create(tenant.write(_browsers(tenant, enforcing)))
    assert len(tenant.ticking.slept) > 3


def test_reading_needs_no_right_to_write(applied: Any, bench: Any, enforcing: Any) -> None:
    """A plan is made with read scopes; a write then names the scope that it needs."""
    tenant = bench(standin=applied.standin)
    object.__setattr__(tenant.standin.tenant, "scopes", READ_ONLY)
    assert not tenant.plan(enforcing).writes
    (live, *_) = tenant.remote.observe().objects
    with pytest.raises(Refused, match=r"DeviceManagementConfiguration\.ReadWrite\.All"):
        tenant.remote.delete(live)
    tenant = bench(tenant=Tenant(scopes=frozenset({"Organization.Read.All"})))
    with pytest.raises(Refused, match=r"permission DeviceManagementConfiguration\.Read\.All"):
        tenant.remote.observe()


ASKING: dict[str, Callable[[Any, Any], object]] = {
    "observe": lambda tenant, _: tenant.remote.observe(),
    "look": lambda tenant, _: tenant.remote.look(CATALOG, "x"),
    "seek": lambda tenant, _: tenant.remote.seek(CATALOG, "x"),
    "create": lambda tenant, wanted: tenant.remote.create(tenant.write(wanted)),
    "finish": lambda tenant, wanted: tenant.remote.finish("x", tenant.write(wanted)),
    "update": lambda tenant, wanted: tenant.remote.update(
        Live(CATALOG, "x", "x", None), tenant.write(wanted)
    ),
    "delete": lambda tenant, _: tenant.remote.delete(Live(CATALOG, "x", "x", None)),
}


@pytest.mark.parametrize("what", ASKING)
def test_nothing_is_done_at_another_tenant(what: str, bench: Any, enforcing: Any) -> None:
    """Credentials of another tenant are noticed before anything else is asked."""
    tenant = bench()
    object.__setattr__(tenant.standin.tenant, "id", "99999999-2222-4333-8444-555555555555")
    with pytest.raises(WrongPlace, match="99999999-2222-4333-8444-555555555555"):
        ASKING[what](tenant, _browsers(tenant, enforcing))
    assert [each.path for each in tenant.running.requests] == ["/v1.0/organization"]


def test_what_is_gone_is_gone(bench: Any, enforcing: Any) -> None:
    """Deleting it is no error; looking at it finds nothing; changing it is refused."""
    tenant = bench()
    live = Live(CATALOG, "11111111-2222-4333-8444-555555555555", "x", None)
    tenant.remote.delete(live)
    assert tenant.remote.look(live.kind, live.id) is None
    with pytest.raises(Refused, match="gone"):
        tenant.remote.update(live, tenant.write(_browsers(tenant, enforcing)))


def test_an_id_is_never_more_than_an_id(bench: Any) -> None:
    """An id from a file that somebody edited cannot lead a request elsewhere."""
    tenant = bench()
    tenant.remote.delete(Live(CATALOG, "../deviceConfigurations/1?x=", "x", None))
    assert tenant.running.writes[0].path.startswith(f"/beta/deviceManagement/{CATALOG}/..%2F")


def test_a_masked_secret_is_not_written_back(bench: Any, enforcing: Any) -> None:
    """What reads back as asterisks would replace the secret by asterisks."""
    tenant = bench()
    wanted = next(e for e in tenant.remote.wanted(enforcing) if "features" in e.key)
    write = tenant.write(wanted)
    write.body["object"]["omaSettings"][0]["value"] = "****"
    with pytest.raises(Refused, match="masked"):
        tenant.remote.create(write)
    assert not tenant.running.writes


@pytest.mark.parametrize(
    "fault", [throttled(), unavailable(), broken_after(), cut_after(), expired(), conflict()]
)
def test_no_message_holds_a_token(fault: Fault, bench: Any, enforcing: Any) -> None:
    """Not in what is raised, not in its traceback, not in what objects show of themselves."""
    tenant = bench(faults=Faults(at_write=dict.fromkeys(range(1, 40), fault)))
    with pytest.raises(RemoteError) as error:
        tenant.remote.create(tenant.write(_browsers(tenant, enforcing)))
    shown = "".join(
        traceback.TracebackException.from_exception(error.value, capture_locals=True).format()
    )
    token = tenant.remote._graph.tokens.current().reveal()
    assert token not in shown
    assert token not in f"{error.value!r} {tenant.remote._graph!r} {tenant.remote!r}"


@pytest.mark.parametrize("fault", [cut_after(), broken_after(), cut(), unavailable(None)])
def test_an_apply_with_a_lost_answer_makes_nothing_twice(
    fault: Fault, bench: Any, enforcing: Any
) -> None:
    """At a few of its writes; the engine looks before it makes anything again."""
    tenant = bench(faults=Faults(at_write=dict.fromkeys((1, 4, 9, 16), fault)))
    assert {each.outcome for each in tenant.apply(enforcing)} == {Outcome.DONE}
    assert not tenant.plan(enforcing).writes
    made = sum(len(tenant.standin.state().get(kind, {})) for kind in KINDS)
    assert made == len(tenant.remote.wanted(enforcing))


def test_reads_that_lag_behind_do_not_mislead(bench: Any, enforcing: Any, reporting: Any) -> None:
    """Graph may show an object as it was for some reads: there and back again is still done."""
    tenant = bench(tenant=Tenant(invisible_for=2, stale_for=2))
    nothing: dict[str, bytes] = {}
    for files in (enforcing, reporting, enforcing, nothing):
        results = tenant.apply(files)
        assert [each.why for each in results if each.outcome is not Outcome.DONE] == []
        tenant.remote.observe()
        tenant.remote.observe()
        assert not tenant.plan(files).writes


def test_requests_of_each_object_are_few(bench: Any, enforcing: Any) -> None:
    """Made with one write, assigned with another, and looked at once."""
    tenant = bench(tenant=Tenant(page_size=100))
    tenant.remote.observe()
    before = len(tenant.running.requests)
    wanted = tenant.remote.wanted(enforcing)
    ids: dict[str, str] = {}
    for each in sorted(wanted, key=lambda each: each.kind != KINDS[0]):
        ids[each.key] = tenant.remote.create(tenant.write(each, ids))
        tenant.remote.finish(ids[each.key], tenant.write(each, ids))
        assert tenant.remote.look(each.kind, ids[each.key]) is not None
    assigned = sum(bool(each.body.get("assignments")) for each in wanted)
    assert len(tenant.running.requests) - before == 2 * len(wanted) + assigned


def test_an_update_is_three_writes_at_most(applied: Any, enforcing: Any) -> None:
    """The object, its actions, its assignments; what was seen of it is not read again."""
    lives = {each.mark.key: each for each in applied.remote.observe().objects if each.mark}
    ids = {key: live.id for key, live in lives.items()}
    before = len(applied.running.requests)
    for each in applied.remote.wanted(enforcing):
        applied.remote.update(lives[each.key], applied.write(each, ids))
    asked = [each.method for each in applied.running.requests[before:]]
    most = {KINDS[0]: 1, KINDS[1]: 3, CATALOG: 2, KINDS[3]: 2}
    assert len(asked) == sum(most[each.kind] for each in applied.remote.wanted(enforcing))
    assert "GET" not in asked
