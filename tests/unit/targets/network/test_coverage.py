"""Coverage says what the lists enforce, for whom, on which path, and why not elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aipol.catalogue.model import Extension, Identifier, IdentifierKind, Match, Store, Tier
from aipol.ir import Gateway, Obligations
from aipol.target import Kind, Status
from aipol.vocabulary import Account, Effect, Surface

OK = Status.ENFORCED


def program(surface: Surface) -> Identifier:
    """A program that reaches the app."""
    return Identifier(IdentifierKind.EXE, "x.exe", "test", Tier.A, surface)


def reason(record: Any) -> tuple[Status, str]:
    """Status and reason code."""
    return record.status, record.reason.code if record.reason else ""


def test_a_block_names_the_files_that_enforce_it(small: Any) -> None:
    """One file per output and segment, and squid's configuration that loads it."""
    policy = small.Policy(apps=(small.app("one", "one.test"),))
    written = {
        small.listed: (
            "lists/segments/default/domains/level-0-block-subtree.txt",
            "lists/segments/default/edl/level-0-block.txt",
        ),
        small.emit: ("squid/aipol.conf", "squid/segments/default/level-0-block.txt"),
    }
    for make, files in written.items():
        record = make(policy).record("one/web/any/0")
        assert reason(record) == (OK, "")
        assert record.artifacts == files


def test_an_allowed_app_is_enforced_without_an_entry(small: Any) -> None:
    """Nothing has to be written for what is let through."""
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW)
    emitted = small.emit(small.Policy(apps=(small.app("one", "one.test"),), rules=(rule,)))
    record = emitted.record("one/web/any/0")
    assert (reason(record), record.artifacts) == ((OK, ""), ())


def test_people_without_a_network_are_named(small: Any) -> None:
    """In the default segment the pilot's use opens the app to all; in finance it stays closed."""
    rule = small.Rule(("one",), ("pilot",), Effect.ALLOW)
    policy = small.Policy(
        apps=(small.app("one", "one.test"),),
        rules=(rule,),
        networks={"finance": ("10.20.0.0/24",)},
        groups=("finance", "pilot"),
    )
    emitted = small.emit(policy)
    pilot, rest = emitted.record("one/web/any/0"), emitted.record("one/web/any/1")
    assert reason(pilot) == (Status.STRICTER, "audience-indistinct")
    assert reason(rest) == (Status.LOOSER, "audience-indistinct")
    assert "`pilot`" in rest.reason.text
    tight = small.emit(replace(policy, tighten=True))
    assert reason(tight.record("one/web/any/1")) == (OK, "")


def test_a_prompt_becomes_a_use_that_is_let_through(small: Any) -> None:
    """Lists cannot warn: looser, and the reason says so."""
    rule = small.Rule(("one",), ("everyone",), Effect.WARN)
    emitted = small.emit(small.Policy(apps=(small.app("one", "one.test"),), rules=(rule,)))
    assert reason(emitted.record("one/web/any/0")) == (Status.LOOSER, "no-prompt")


def test_a_shared_host_is_not_blocked(small: Any) -> None:
    """Alone it leaves the ruling unenforced; beside an own host it is listed as looser."""
    shared = small.domain("big.test", shared=True)
    alone = small.emit(small.Policy(apps=(small.app("one", shared),)))
    assert reason(alone.record("one/web/any/0")) == (Status.UNSUPPORTED, "shared-host")
    both = small.emit(small.Policy(apps=(small.app("one", shared, "own.test"),)))
    record = both.record("one/web/any/0")
    assert reason(record) == (Status.LOOSER, "shared-host")
    assert [deviation.value for deviation in record.deviations] == ["big.test"]


@pytest.mark.parametrize(
    ("app", "ruling", "why"),
    [
        ({"category": "local-runner"}, "one/desktop/any/0", "runs-locally"),
        ({}, "one/ide/any/0", "no-hosts"),
        ({"features": ("siri",)}, "one/builtin/any/0", "not-on-network"),
    ],
)
def test_what_a_network_cannot_stop_is_unsupported(
    app: dict[str, Any], ruling: str, why: str, small: Any
) -> None:
    """Programs that need no network, apps without hosts, switches of a system."""
    found = small.app(
        "one",
        "one.test",
        windows=(program(Surface.DESKTOP),),
        extensions=(Extension(Store.VSCODE, "x.y", "X", "test", Tier.A),),
        **app,
    )
    emitted = small.emit(small.Policy(apps=(found,)))
    assert reason(emitted.record(ruling)) == (Status.UNSUPPORTED, why)


def corporate(small: Any, **changes: Any) -> Any:
    """Corporate accounts only, by header."""
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, Account.CORPORATE, ("b", "a"))
    restriction = small.tenant(small.HEADER, "one.test")
    found = small.app("one", "one.test", small.domain("cdn.test"), tenant=restriction)
    policy = small.Policy(apps=(found,), rules=(rule,), inspect_tls="ai-only")
    return replace(policy, **changes)


def test_a_header_keeps_personal_accounts_out_on_its_hosts(small: Any) -> None:
    """Squid enforces it there; lists, and squid on other hosts, see no accounts."""
    emitted = small.emit(corporate(small))
    assert reason(emitted.record("one/web/corporate/0")) == (OK, "")
    record = emitted.record("one/web/personal/0")
    assert reason(record) == (Status.LOOSER, "account-unseen")
    assert [(each.value, each.client) for each in record.deviations] == [("cdn.test", "*")]
    assert "squid/aipol.conf" in record.artifacts
    lists = small.listed(corporate(small)).record("one/web/personal/0")
    assert reason(lists) == (Status.UNSUPPORTED, "account-unseen")


def test_squid_alone_enforces_a_header_wholly(small: Any) -> None:
    """With no other host, personal accounts are kept out; lists never do that."""
    restriction = small.tenant(small.HEADER, "one.test")
    policy = corporate(small, apps=(small.app("one", "one.test", tenant=restriction),))
    emitted = small.emit(policy)
    assert reason(emitted.record("one/web/personal/0")) == (OK, "")
    lists = small.listed(policy, "edl")
    assert reason(lists.record("one/web/personal/0")) == (Status.UNSUPPORTED, "account-unseen")


def test_tightening_leaves_open_what_a_header_holds(small: Any) -> None:
    """On squid the corporate account still works; where accounts are unseen all is blocked."""
    policy = corporate(small, tighten=True)
    emitted, lists = small.emit(policy), small.listed(policy)
    assert not emitted.blocked("squid", small.ANYBODY, "one.test")
    assert emitted.blocked("squid", small.ANYBODY, "cdn.test")
    assert lists.blocked("edl", small.ANYBODY, "one.test")
    for each in (emitted, lists):
        assert reason(each.record("one/web/personal/0")) == (OK, "")
        status = reason(each.record("one/web/corporate/0"))
        assert status == (Status.STRICTER, "account-unseen")
        assert each.findings() == ()


@pytest.mark.parametrize("change", [{"inspect_tls": "none"}, {"rules": ("no tenants",)}])
def test_without_inspection_or_tenants_there_is_no_header(change: Any, small: Any) -> None:
    """Personal accounts then get in, and the record says why."""
    if "rules" in change:
        change = {"rules": (small.Rule(("one",), ("everyone",), Effect.ALLOW, Account.CORPORATE),)}
    emitted = small.emit(corporate(small, **change))
    assert "request_header_add" not in emitted.text["aipol.conf"]
    status, why = reason(emitted.record("one/web/personal/0"))
    assert status is Status.UNSUPPORTED
    assert why == ("tenant-unknown" if "rules" in change else "account-unseen")


def test_a_usable_app_at_the_same_host_gets_no_header(small: Any) -> None:
    """Injecting for one would stop the personal accounts of the other."""
    restriction = small.tenant(small.HEADER, "signin.test")
    apps = tuple(small.app(name, f"{name}.test", tenant=restriction) for name in ("one", "two"))
    only = small.Rule(("one",), ("everyone",), Effect.ALLOW, Account.CORPORATE, ("a",))
    free = small.Rule(("two",), ("everyone",), Effect.ALLOW)
    emitted = small.emit(small.Policy(apps=apps, rules=(only, free), inspect_tls="ai-only"))
    assert "request_header_add" not in emitted.text["aipol.conf"]


def obligations(small: Any, found: Obligations, **changes: Any) -> Any:
    """One app that may be used under an obligation."""
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, obligations=found)
    base = small.Policy(apps=(small.app("one", "one.test"),), rules=(rule,), inspect_tls="ai-only")
    return small.emit(replace(base, **changes))


def test_inspection_is_carried_out_by_squid_for_these_hosts_only(small: Any) -> None:
    """Bumped where the policy asks and allows it; unsupported otherwise."""
    emitted = obligations(small, Obligations(inspect_tls=True))
    assert reason(emitted.record("one/web/any/0", "inspect_tls")) == (OK, "")
    assert emitted.text["segments/default/inspect-0.txt"] == ".one.test\n"
    without = obligations(small, Obligations(inspect_tls=True), inspect_tls="none")
    record = without.record("one/web/any/0", "inspect_tls")
    assert reason(record) == (Status.UNSUPPORTED, "tls-not-inspected")
    assert "ssl_bump bump" not in without.text["aipol.conf"]


def test_metadata_is_logged_and_content_is_not(small: Any) -> None:
    """The access log has who, when and where."""
    emitted = obligations(small, Obligations(log="metadata"))
    assert reason(emitted.record("one/web/any/0", "log")) == (OK, "")
    assert (
        "access_log daemon:/var/log/squid/aipol.log squid all aipol-default-lh0"
        in (emitted.text["aipol.conf"])
    )
    full = obligations(small, Obligations(log="full"))
    assert reason(full.record("one/web/any/0", "log")) == (Status.LOOSER, "metadata-only")


def test_what_is_open_below_a_blocked_host_is_to_be_recorded_as_well(small: Any) -> None:
    """That the host itself is blocked does not make a record of what is let through below it."""
    shared = small.domain("big.test", Match.CHILDREN, shared=True)
    apps = (small.app("one", "big.test"), small.app("two", shared))
    logged = Obligations(log="metadata")
    rule = small.Rule(("one",), ("pilot",), Effect.ALLOW, obligations=logged)
    policy = small.Policy(apps=apps, rules=(rule,), groups=("pilot",), tighten=True)
    for make in (small.emit, small.guarded, small.firewalled):
        emitted = make(policy)
        assert emitted.findings() == ()
        record = emitted.record("one/web/any/0", "log")
        assert reason(record) == (Status.UNSUPPORTED, "audience-indistinct")


def test_a_use_through_a_gateway_is_blocked_directly(small: Any) -> None:
    """Enforced when the gateway's own addresses are known; they are not filtered."""
    placed = (Gateway("gw", "gw.test", ("10.99.0.8/32",)),)
    emitted = obligations(small, Obligations(via="gw"), gateways=placed)
    assert reason(emitted.record("one/web/any/0", "via")) == (OK, "")
    assert emitted.blocked("squid", small.ANYBODY, "one.test")
    unplaced = obligations(small, Obligations(via="gw"), gateways=(Gateway("gw", "gw.test"),))
    assert reason(unplaced.record("one/web/any/0", "via")) == (Status.STRICTER, "gateway-unplaced")
    unknown = obligations(small, Obligations(via="gw"))
    record = unknown.record("one/web/any/0", "via")
    assert reason(record) == (Status.UNSUPPORTED, "gateway-unknown")


@pytest.mark.parametrize(
    ("found", "clause", "why"),
    [
        (Obligations(sso=True), "sso", "sign-in-unseen"),
        (Obligations(mfa=True), "mfa", "sign-in-unseen"),
        (Obligations(device="compliant"), "device", "device-unseen"),
        (Obligations(data_max="public"), "data.max", "content-unseen"),
        (Obligations(redact=("pii",)), "redact", "content-unseen"),
        (Obligations(rate="100/hour"), "rate", "not-counted"),
    ],
)
def test_what_host_lists_cannot_see_is_unsupported(
    found: Obligations, clause: str, why: str, small: Any
) -> None:
    """Sign-in, device, content and number of requests."""
    emitted = obligations(small, found)
    assert reason(emitted.record("one/web/any/0", clause)) == (Status.UNSUPPORTED, why)


def test_a_combination_without_a_network_is_unsupported(small: Any) -> None:
    """People of two networked groups sit nowhere as such, and the record says so."""
    policy = small.Policy(
        apps=(small.app("one", "one.test"),),
        rules=(small.Rule(("one",), ("finance",), Effect.ALLOW),),
        networks={"finance": ("10.20.0.0/24",), "engineering": ("10.30.0.0/24",)},
    )
    ir = small.resolve(policy)
    universe = ir.universe
    first, second = (
        replace(
            each, audience=replace(each.audience, region=universe.both(each.audience.region, part))
        )
        for each, part in zip(
            ir.rulings,
            (universe.member_of("engineering"), universe.others(universe.member_of("finance"))),
            strict=True,
        )
    )
    compiled = small.compiled(replace(ir, rulings=(first, second)))
    assert reason(compiled.coverage[0]) == (Status.UNSUPPORTED, "audience-indistinct")


def test_a_header_for_a_host_holds_nothing_below_it(small: Any) -> None:
    """Below a shared host, connections carry no header: the record says that accounts get by."""
    restriction = small.tenant(small.HEADER, "big.test")
    rule = small.Rule(("one",), ("finance",), Effect.ALLOW, Account.CORPORATE, ("a",))
    apps = (small.app("one", small.domain("big.test", shared=True), tenant=restriction),)
    policy = small.Policy(apps=apps, rules=(rule,), groups=("finance",), inspect_tls="ai-only")
    for emitted in (small.emit(policy), small.firewalled(policy), small.proxied(policy)):
        assert emitted.findings() == ()
        assert reason(emitted.record("one/web/personal/0")) == (Status.UNSUPPORTED, "shared-host")


def test_a_header_is_sent_to_a_host_within_others_that_are_decrypted(small: Any) -> None:
    """Around it HTTP/2 may stay: the host is told apart from what is decrypted without a header."""
    restriction = small.tenant(small.HEADER, "api.big.test")
    hosts = ("big.test", small.domain("api.big.test", Match.EXACT))
    tenants, owed = ("ws-1",), Obligations(inspect_tls=True)
    everyone = ("one",), ("everyone",)
    rule = small.Rule(*everyone, Effect.ALLOW, Account.CORPORATE, tenants, owed)
    policy = small.Policy(
        apps=(small.app("one", *hosts, tenant=restriction),), rules=(rule,), inspect_tls="ai-only"
    )
    sent = f"{small.HEADER}: ws-1"
    for make, client in ((small.emit, "squid"), (small.firewalled, "xml")):
        emitted = make(policy)
        assert emitted.findings() == ()
        for host, detail in (("api.big.test", sent), ("big.test", ""), ("x.big.test", "")):
            assert emitted.answer(client, small.ANYBODY, host, Kind.HEADER).detail == detail


def test_a_host_is_held_to_accounts_though_what_is_below_it_is_blocked(small: Any) -> None:
    """Another app needs the host alone: with the header there, no personal account gets by."""
    restriction = small.tenant(small.HEADER, "big.test")
    apps = (
        small.app("one", "big.test", "sub.big.test", tenant=restriction),
        small.app("two", small.domain("sub.big.test", Match.EXACT)),
    )
    corporate = small.Rule(
        ("one",), ("everyone",), Effect.ALLOW, Account.CORPORATE, ("ws-1",), Obligations()
    )
    free = small.Rule(("two",), ("everyone",), Effect.ALLOW)
    policy = small.Policy(apps=apps, rules=(corporate, free), inspect_tls="ai-only", tighten=True)
    for make, client in ((small.emit, "squid"), (small.firewalled, "xml")):
        emitted = make(policy)
        assert emitted.findings() == ()
        assert reason(emitted.record("one/web/personal/0")) == (OK, "")
        sent = emitted.answer(client, small.ANYBODY, "sub.big.test", Kind.HEADER).detail
        assert sent == f"{small.HEADER}: ws-1"
        assert emitted.blocked(client, small.ANYBODY, "x.sub.big.test")


def test_a_host_within_another_app_may_carry_the_headers_of_both(small: Any) -> None:
    """Each holds its own app's accounts, whatever else is sent with it."""
    header = f"{small.HEADER}-Two"
    apps = (
        small.app("one", "big.test", tenant=small.tenant(small.HEADER, "big.test")),
        small.app("two", "sub.big.test", tenant=small.tenant(header, "sub.big.test")),
    )
    rules = tuple(
        small.Rule((name,), ("everyone",), Effect.ALLOW, Account.CORPORATE, (f"ws-{name}",))
        for name in ("one", "two")
    )
    policy = small.Policy(apps=apps, rules=rules, inspect_tls="ai-only")
    for make, client in ((small.emit, "squid"), (small.firewalled, "xml"), (small.gated, "http")):
        emitted = make(policy)
        assert emitted.findings() == ()
        assert reason(emitted.record("two/web/personal/0"))[0] in {OK, Status.LOOSER}
        sent = emitted.answer(client, small.ANYBODY, "sub.big.test", Kind.HEADER).detail
        assert set(sent.split("\n")) == {f"{small.HEADER}: ws-one", f"{header}: ws-two"}
    squid = small.emit(policy)
    assert squid.noticed(squid.changed("aipol.conf", f"{header} ws-two", f"{header} ws-one"))


@pytest.mark.parametrize(
    ("address", "held"),
    [
        ("https://one.test/anonymous/", True),
        ("https://one.test/", False),
        ("https://one.test/anonymous?x=1", False),
        ("https://around.test/anonymous/", False),
    ],
)
def test_a_way_around_a_header_that_is_not_denied_is_told(
    address: str, held: bool, small: Any
) -> None:
    """Without a path, or where nothing is decrypted, a device does not see the address."""
    restriction = small.tenant(small.HEADER, "one.test", also_block=(address,))
    policy = corporate(small, apps=(small.app("one", "one.test", tenant=restriction),))
    for emitted in (small.emit(policy), small.firewalled(policy, "xml"), small.gated(policy)):
        assert emitted.findings() == ()
        status, why = reason(emitted.record("one/web/personal/0"))
        assert (status, why) == ((OK, "") if held else (Status.UNSUPPORTED, "way-around-open"))


@pytest.mark.parametrize(
    "names", [("default-v6",), ("finance", "finance-0-block"), ("finance-around", "finance")]
)
def test_no_group_has_the_name_of_an_object_of_ours(names: tuple[str, ...], small: Any) -> None:
    """What is made from a segment's name cannot be another segment's."""
    networks = {name: (f"10.{number}.0.0/24",) for number, name in enumerate(names, start=1)}
    policy = small.Policy(apps=(small.app("one", "one.test"),), networks=networks)
    assert small.guarded(policy).findings() == ()
    assert small.firewalled(policy).findings() == ()
    assert small.proxied(policy).findings() == ()
