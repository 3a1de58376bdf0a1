"""What is written for Zscaler Internet Access, and what its account says of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from aipol.audience import EVERYBODY
from aipol.catalogue.model import Match
from aipol.ir import Gateway, Obligations
from aipol.target import Deviation, Reason, Status
from aipol.vocabulary import Effect
from aipol_targets.common.network.categories import Categorised, Rule, Sources
from aipol_targets.zscaler.facts import RULES
from aipol_targets.zscaler.limits import over_limits
from aipol_targets.zscaler.model import Zia
from aipol_targets.zscaler.settings import ZscalerSettings

DEEP = "*.*.*.*.*.*."
"""Six levels below a name, or more."""


def bodies(emitted: Any, resource: str) -> list[Any]:
    """The bodies of all requests for one kind of object."""
    requests = json.loads(emitted.files["requests.json"])
    return [each["body"] for each in requests if each["path"].endswith(f"/{resource}")]


def categories(emitted: Any) -> dict[str, list[str]]:
    """The URLs of every category."""
    return {each["configuredName"]: each["urls"] for each in bodies(emitted, "urlCategories")}


def rules(emitted: Any) -> list[tuple[str, str, list[str]]]:
    """What every rule does, about which category and for whom."""
    return [
        (
            each["action"],
            each["urlCategories"][0][2:-1],
            [source["id"][2:-1] for source in each.get("sourceIpGroups", ())],
        )
        for each in bodies(emitted, "urlFilteringRules")
    ]


def test_a_block_is_a_category_and_a_rule_that_hold_once_activated(small: Any) -> None:
    """One category, one rule for everybody, no rule that allows, and the activation last."""
    policy = small.Policy(apps=(small.app("one", "one.test"),))
    emitted = small.categorised(policy, first_order=4, rank=5)
    assert json.loads(emitted.files["requests.json"]) == [
        {
            "method": "POST",
            "path": "/zia/api/v1/urlCategories",
            "body": {
                "configuredName": "aipol-0-_all",
                "superCategory": "USER_DEFINED",
                "type": "URL_CATEGORY",
                "customCategory": True,
                "urls": [".one.test"],
            },
        },
        {
            "method": "POST",
            "path": "/zia/api/v1/urlFilteringRules",
            "body": {
                "name": "aipol-0-_all-block",
                "order": 4,
                "rank": 5,
                "state": "ENABLED",
                "action": "BLOCK",
                "protocols": ["ANY_RULE"],
                "urlCategories": ["${aipol-0-_all}"],
            },
        },
        {"method": "POST", "path": "/zia/api/v1/status/activate"},
    ]
    assert emitted.record("one/web/any/0").artifacts == ("zscaler/requests.json",)


def test_only_what_is_below_a_host_spares_the_host_first(small: Any) -> None:
    """A leading period takes the host along: an exact entry in a category of its own is allowed."""
    policy = small.Policy(apps=(small.app("one", small.domain("kids.test", Match.CHILDREN)),))
    emitted = small.categorised(policy)
    assert categories(emitted) == {"aipol-1-___all": ["kids.test"], "aipol-0-_all": [".kids.test"]}
    assert rules(emitted) == [("ALLOW", "aipol-1-___all", []), ("BLOCK", "aipol-0-_all", [])]
    assert not emitted.blocked("zia", small.ANYBODY, "kids.test")
    assert emitted.blocked("zia", small.ANYBODY, "a.kids.test")


def test_an_exception_of_one_group_is_decided_for_all_others_too(small: Any) -> None:
    """The more specific entry takes the host out of the wider category for everybody."""
    apps = (small.app("deep", "big.test"), small.app("in", small.domain("a.big.test", Match.EXACT)))
    allowed = small.Rule(("in",), ("finance",), Effect.ALLOW)
    policy = small.Policy(apps=apps, rules=(allowed,), networks=small.FOUR)
    emitted = small.categorised(policy)
    narrow, wide = categories(emitted)
    assert categories(emitted) == {narrow: ["a.big.test"], wide: [".big.test"]}
    assert rules(emitted)[:2] == [("ALLOW", narrow, ["aipol-finance"]), ("BLOCK", narrow, [])]
    assert emitted.blocked("zia", small.ANYBODY, "a.big.test")
    assert not emitted.blocked("zia", small.FINANCE, "a.big.test")
    assert emitted.noticed(emitted.changed("requests.json", '"a.big.test"', '"b.big.test"'))


def test_a_block_of_one_group_is_for_its_addresses_only(small: Any) -> None:
    """Nothing is said about others, and no rule lets them through."""
    rule = (
        small.Rule(("one",), ("finance",), Effect.BLOCK),
        small.Rule(("one",), ("everyone",), Effect.ALLOW),
    )
    apps = (small.app("one", "one.test"),)
    emitted = small.categorised(small.Policy(apps=apps, rules=rule, networks=small.FOUR))
    assert bodies(emitted, "ipSourceGroups") == [
        {"name": "aipol-finance", "ipAddresses": ["10.20.0.0/24"]}
    ]
    assert rules(emitted) == [("BLOCK", "aipol-0-finance", ["aipol-finance"])]
    assert emitted.record("one/web/any/1").status is Status.ENFORCED


# --- five levels ----------------------------------------------------------------------------------


def test_what_is_six_levels_below_a_name_is_told(small: Any) -> None:
    """Five levels are held; the account names what is deeper, as looser."""
    emitted = small.categorised(small.Policy(apps=(small.app("one", "one.test"),)))
    assert emitted.blocked("zia", small.ANYBODY, "e.d.c.b.a.one.test")
    assert not emitted.blocked("zia", small.ANYBODY, "f.e.d.c.b.a.one.test")
    record = emitted.record("one/web/any/0")
    assert (record.status, record.reason.code) == (Status.LOOSER, "five-levels")
    assert [each.value for each in record.deviations] == [f"{DEEP}one.test"]
    assert emitted.findings() == ()


def test_an_exact_host_needs_no_level(small: Any) -> None:
    """Then all of it is enforced."""
    apps = (small.app("one", small.domain("one.test", Match.EXACT)),)
    emitted = small.categorised(small.Policy(apps=apps))
    assert emitted.record("one/web/any/0").status is Status.ENFORCED
    assert categories(emitted) == {"aipol-0-_all": ["one.test"]}


def test_a_named_host_has_five_levels_of_its_own(small: Any) -> None:
    """A deep host is written again; an exact one only if no wider entry reaches it."""
    apps = (
        small.app(
            "one",
            "big.test",
            "d.c.b.a.big.test",
            small.domain("f.e.d.c.b.a.big.test", Match.EXACT),
            small.domain("x.big.test", Match.EXACT),
        ),
    )
    emitted = small.categorised(small.Policy(apps=apps))
    assert categories(emitted) == {"aipol-0-_all": [".big.test", ".d.c.b.a.big.test"]}
    assert emitted.blocked("zia", small.ANYBODY, "i.h.g.f.e.d.c.b.a.big.test")
    assert emitted.findings() == ()
    far = small.domain("g.f.e.d.c.b.a.big.test", Match.EXACT)
    emitted = small.categorised(small.Policy(apps=(small.app("one", "big.test", far),)))
    assert categories(emitted) == {"aipol-0-_all": [".big.test", "g.f.e.d.c.b.a.big.test"]}
    assert emitted.findings() == ()


def test_a_deviation_from_a_level_on_is_about_nothing_shallower() -> None:
    """As many labels as there are stars, or more; look-alikes are none of it."""
    why = Reason("five-levels", "text")
    found = Deviation(Status.LOOSER, why, EVERYBODY, f"{DEEP}big.test")
    assert found.speaks_of("big.test", "f.e.d.c.b.a.big.test", "zia")
    assert found.speaks_of("test", "g.f.e.d.c.b.a.big.test", "zia")
    assert not found.speaks_of("big.test", "e.d.c.b.a.big.test", "zia")
    assert not found.speaks_of("big.test", "f.e.d.c.b.a.notbig.test", "zia")
    assert not found.speaks_of("a.big.test", "f.e.d.c.b.a.big.test", "zia")


# --- who ------------------------------------------------------------------------------------------


def test_ipv6_addresses_of_a_group_get_what_everybody_gets(small: Any) -> None:
    """Source groups take IPv4; the account says so for the group, stricter or looser."""
    apps = (small.app("one", "one.test"), small.app("two", "two.test"))
    given = (
        small.Rule(("one",), ("finance",), Effect.ALLOW),
        small.Rule(("two",), ("finance",), Effect.BLOCK),
        small.Rule(("two",), ("everyone",), Effect.ALLOW),
    )
    emitted = small.categorised(small.Policy(apps=apps, rules=given, networks=small.NETWORKS))
    assert emitted.findings() == ()
    assert "2001:db8" not in emitted.text["requests.json"]
    for ruling, status in (("one", Status.STRICTER), ("two", Status.LOOSER)):
        record = emitted.record(f"{ruling}/web/any/0")
        told = {(each.status, each.reason.code, each.value) for each in record.deviations}
        assert (status, "ipv6-indistinct", f"{ruling}.test") in told
    assert emitted.blocked("zia", "2001:db8:20::5", "one.test")
    assert not emitted.blocked("zia", "2001:db8:20::5", "two.test")
    assert not emitted.blocked("zia", small.FINANCE, "one.test")


def test_a_group_with_ipv6_only_has_no_rule(small: Any) -> None:
    """A rule without sources would be for everybody."""
    given = (
        small.Rule(("one",), ("finance",), Effect.BLOCK),
        small.Rule(("one",), ("everyone",), Effect.ALLOW),
    )
    networks = {"finance": ("2001:db8:20::/64",)}
    apps = (small.app("one", "one.test"),)
    emitted = small.categorised(small.Policy(apps=apps, rules=given, networks=networks))
    assert rules(emitted) == []
    assert emitted.record("one/web/any/0").reason.code == "ipv6-indistinct"
    assert emitted.findings() == ()


def test_what_is_six_levels_deep_is_told_of_ipv6_addresses_too(small: Any) -> None:
    """Where everybody is blocked as the group is, its IPv6 addresses have the same five levels."""
    policy = small.Policy(
        apps=(small.app("one", "one.test"),),
        rules=(small.Rule(("one",), ("finance",), Effect.BLOCK),),
        networks={"finance": ("2001:db8:20::/64",)},
    )
    emitted = small.categorised(policy)
    assert not emitted.blocked("zia", "2001:db8:20::5", "f.e.d.c.b.a.one.test")
    (found,) = emitted.record("one/web/any/0").deviations
    told = (found.status, found.reason.code, found.value)
    assert told == (Status.LOOSER, "five-levels", f"{DEEP}one.test")


@pytest.mark.parametrize(
    ("network", "address", "blocked"),
    [("10.99.0.8/32", "10.99.0.8", False), ("2001:db8:99::/64", "2001:db8:99::8", True)],
)
def test_a_gateway_is_left_alone_on_ipv4(
    network: str, address: str, blocked: bool, small: Any
) -> None:
    """Its addresses are let through first; of IPv6 the account of `via` says that they are not."""
    gateway = Gateway("gw", "gw.test", (network,))
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, obligations=Obligations(via="gw"))
    apps = (small.app("one", small.domain("one.test", Match.EXACT)),)
    emitted = small.categorised(small.Policy(apps=apps, rules=(rule,), gateways=(gateway,)))
    assert emitted.blocked("zia", address, "one.test") is blocked
    record = emitted.record("one/web/any/0", "via")
    assert (record.reason.code if record.reason else "") == ("gateway-ipv6" if blocked else "")
    assert emitted.findings() == ()


# --- what cannot be -------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["test", "a.b_c.test", "b_c.test", "_.one.test", "x.one.t_t"])
def test_a_host_that_no_category_takes_is_an_error(host: str, small: Any) -> None:
    """Zscaler would refuse the whole request: a top-level domain, an underscore near the end."""
    ir = small.resolve(small.Policy(apps=(small.app("one", host),)))
    (finding,) = small.compiled(ir, small.ZSCALER).findings
    assert finding.name == "bad-domain"
    assert f"`{host}`" in finding.message


def test_more_urls_than_are_left_are_an_error(small: Any) -> None:
    """The limit is the organisation's and not only ours, so it can be set."""
    hosts = tuple(f"h{number}.test" for number in range(4))
    ir = small.resolve(small.Policy(apps=(small.app("one", *hosts),)))
    (finding,) = small.compiled(ir, small.ZSCALER, urls=3).findings
    assert (finding.name, "limit 3" in finding.message) == ("limit-exceeded", True)
    assert not small.compiled(ir, small.ZSCALER, urls=4).findings


def test_more_than_25000_urls_are_an_error(small: Any) -> None:
    """As documented, where no setting says otherwise."""
    hosts = tuple(f"h{number}.test" for number in range(25_001))
    ir = small.resolve(small.Policy(apps=(small.app("one", *hosts),)))
    (finding,) = small.compiled(ir, small.ZSCALER).findings
    assert "custom URLs: 25001, limit 25000" in finding.message


def test_more_categories_than_are_left_are_an_error(small: Any) -> None:
    """A depth or a set of groups is a category of its own."""
    policy = small.everything()
    (finding,) = small.compiled(small.resolve(policy), small.ZSCALER, categories=3).findings
    assert "custom URL categories" in finding.message
    assert not small.compiled(small.resolve(policy), small.ZSCALER, categories=4).findings


@pytest.mark.parametrize(
    ("made", "what"),
    [
        (Categorised((), (), (Rule("c", True, ()),) * (RULES.value + 1)), "URL filtering rules"),
        (
            Categorised((Sources("s", ("10.0.0.1/32",) * 8_001),), (), (Rule("c", True, ("s",)),)),
            "addresses of a rule",
        ),
        (
            Categorised(tuple(Sources(str(n), ("10.0.0.1/32",)) for n in range(4_001)), (), ()),
            "source IP groups",
        ),
        (
            Categorised(tuple(Sources(str(n), ("x",) * 4_001) for n in range(4)), (), ()),
            "addresses of source IP groups",
        ),
    ],
)
def test_every_other_limit_is_an_error_with_the_number(
    made: Categorised, what: str, small: Any
) -> None:
    """Rules, groups and addresses, each with how many there are."""
    ir = small.resolve(small.Policy(apps=(small.app("one", "one.test"),)))
    (finding,) = over_limits(ir, "zscaler", ZscalerSettings(), Zia(1, 7, made))
    assert what in finding.message


@pytest.mark.parametrize(
    "given",
    [
        {"first_order": 0},
        {"first_order": "1"},
        {"rank": 8},
        {"categories": 1_025},
        {"urls": 0},
        {"unknown": 1},
    ],
)
def test_bad_settings_are_refused(given: dict[str, Any]) -> None:
    """Strictly typed, within what Zscaler takes, and nothing else."""
    with pytest.raises(ValidationError):
        ZscalerSettings(**given)


def test_names_are_short_and_never_those_of_other_people(small: Any) -> None:
    """Longer lists of groups become a digest; all names differ."""
    names = [f"group-with-a-long-name-{number}" for number in range(4)]
    networks = {name: (f"10.{number}.0.0/24",) for number, name in enumerate(names)}
    apps = tuple(small.app(f"app{number}", f"app{number}.test") for number in range(4))
    given = tuple(
        small.Rule((f"app{number}",), tuple(names[: number + 1]), Effect.ALLOW)
        for number in range(4)
    )
    emitted = small.categorised(small.Policy(apps=apps, rules=given, networks=networks))
    found = [each["name"] for each in bodies(emitted, "urlFilteringRules")]
    assert len(set(found)) == len(found)
    assert max(map(len, found)) <= 31
    assert emitted.findings() == ()


@pytest.mark.parametrize(
    "names", [("all", "finance"), ("all-finance",), ("default-v6", "gateways")]
)
def test_no_group_has_the_name_of_an_object_of_ours(names: tuple[str, ...], small: Any) -> None:
    """What is made from a segment's name cannot be another segment's."""
    networks = {name: (f"10.{number}.0.0/24",) for number, name in enumerate(names, start=1)}
    given = (small.Rule(("one",), (names[0],), Effect.ALLOW),)
    gateways = (Gateway("gw", "gw.test", ("10.99.0.8/32",)),)
    policy = small.Policy(
        apps=(small.app("one", "one.test"),), rules=given, networks=networks, gateways=gateways
    )
    assert small.categorised(policy).findings() == ()
