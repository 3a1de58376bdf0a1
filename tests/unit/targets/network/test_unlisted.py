"""AI that no app of the policy is known by, on targets that know AI by a category of their own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aipol.catalogue.model import Match
from aipol.ir import Gateway
from aipol.target import Kind, Status, UnreadableArtifact
from aipol.vocabulary import Account, Effect

RULES = "rules.json"
CLIENTS = ("dns", "http")
PROTECTED = (("update.test", "subtree", "updates"),)
STRANGER = "new-ai.example"


def policy(small: Any, **changes: Any) -> Any:
    """One blocked and one open app, with hosts of each kind; everybody else's AI is blocked."""
    apps = (
        small.app("one", "one.test"),
        small.app("two", "two.test", small.domain("x.one.test", Match.EXACT)),
        small.app("pages", small.domain("sites.test", Match.CHILDREN)),
    )
    rules = (small.Rule(("two",), ("everyone",), Effect.ALLOW),)
    given = {
        "apps": apps,
        "rules": rules,
        "networks": small.NETWORKS,
        "gateways": (Gateway("gw", "gw.test", (f"{small.GATEWAY}/32",)),),
        "protected": PROTECTED,
        "unlisted_ai": Effect.BLOCK,
        **changes,
    }
    return small.Policy(**given)


def stopped(emitted: Any, client: str, address: str, host: str) -> bool:
    """Whether the rule about the vendor's category blocks a host of it."""
    return bool(emitted.answer(client, address, host, Kind.CATEGORY).effect is Effect.BLOCK)


def test_gateway_blocks_its_category_of_ai_but_for_what_is_listed(small: Any) -> None:
    """For everybody but the gateways; what is not of the category is not touched."""
    emitted = small.gated(policy(small))
    assert emitted.findings() == ()
    for client in CLIENTS:
        for address in (small.FINANCE, small.ENGINEERING, small.ANYBODY, "2001:db8:20::5"):
            assert stopped(emitted, client, address, STRANGER)
            assert not emitted.blocked(client, address, STRANGER)
            for host in ("two.test", "a.two.test", "gw.test", "a.update.test", "a.sites.test"):
                assert not stopped(emitted, client, address, host)
        assert not stopped(emitted, client, small.GATEWAY, STRANGER)


def test_the_account_says_that_a_category_is_not_all_there_is(small: Any) -> None:
    """It is looser, with the files and the category's number."""
    (record,) = small.gated(policy(small)).compiled.policy
    assert (record.status, record.reason.code) == (Status.LOOSER, "by-category")
    assert "4184" in record.reason.text
    assert record.artifacts == ("cloudflare/lists.json", "cloudflare/rules.json")
    assert record.leaves


@pytest.mark.parametrize("effect", [Effect.ALLOW, Effect.WARN, Effect.JUSTIFY])
def test_nothing_is_blocked_by_category_that_is_not_to_be_blocked(
    effect: Effect, small: Any
) -> None:
    """A policy cannot warn, and then does nothing, and the account says so."""
    emitted = small.gated(policy(small, unlisted_ai=effect))
    assert "4184" not in emitted.text[RULES]
    told = [each.reason.code for each in emitted.compiled.policy]
    assert told == ([] if effect is Effect.ALLOW else ["no-prompt"])
    assert emitted.findings() == ()


@pytest.mark.parametrize(
    "given",
    [
        {"policies": ["network"]},
        {"policies": ["http", "network"], "tls_decryption": False},
    ],
)
def test_a_network_policy_is_not_for_a_category(given: dict[str, Any], small: Any) -> None:
    """It sees no name of what has no handshake, so that it would block what is listed."""
    emitted = small.gated(policy(small), **given)
    assert "4184" not in emitted.text[RULES]
    assert [each.reason.code for each in emitted.compiled.policy] == ["ai-category-unseen"]
    assert emitted.findings() == ()
    types = json.loads(small.gated(policy(small)).text[RULES])
    assert not any("4184" in each["traffic"] for each in types["l4"])


def test_without_the_accounts_number_no_category_is_guessed(small: Any) -> None:
    """Nothing is blocked by category, and the account says what is missing."""
    emitted = small.gated(policy(small), ai_category=None)
    assert "content_category" not in emitted.text[RULES]
    (record,) = emitted.compiled.policy
    assert (record.status, record.reason.code) == (Status.UNSUPPORTED, "ai-category-unknown")
    assert "gateway/categories" in record.reason.advice
    assert emitted.findings() == ()


def changed(emitted: Any, change: Any) -> dict[str, bytes]:
    """The files with every policy about the category changed, or gone."""
    types = json.loads(emitted.text[RULES])
    for kind, bodies in types.items():
        found = [change(each) if "unlisted" in each["name"] else each for each in bodies]
        types[kind] = [each for each in found if each]
    return {**emitted.files, RULES: json.dumps(types).encode()}


def _gone(_: dict[str, Any]) -> None:
    """No policy is about the category."""


def _everything(body: dict[str, Any]) -> dict[str, Any]:
    """The category is blocked with all that is listed."""
    return {**body, "traffic": body["traffic"].partition(" and not((any(")[0]}


def _only_finance(body: dict[str, Any]) -> dict[str, Any]:
    """The category is blocked for some people."""
    return {
        **body,
        "traffic": body["traffic"].replace("not(", "(", 1).replace(".99.0.8/32", ".20.0.0/24"),
    }


def _allowing(body: dict[str, Any]) -> dict[str, Any]:
    """The category is let through."""
    return {**body, "action": "allow"}


def _other(body: dict[str, Any]) -> dict[str, Any]:
    """Another category is blocked."""
    return {**body, "traffic": body["traffic"].replace("4184", "4183")}


def _leading(settings: Any) -> Any:
    """The settings of the policies about the category are others."""

    def change(body: dict[str, Any]) -> dict[str, Any]:
        if body["filters"] != ["dns"]:
            return body
        others = {key: value for key, value in body.items() if key != "rule_settings"}
        return others if settings is None else {**others, "rule_settings": settings}

    return change


_OWN_NAME = {"ignore_cname_category_matches": True}


def test_a_dns_policy_asks_for_the_category_of_the_name_itself(small: Any) -> None:
    """Not of the names that an answer leads to; an HTTP policy has no such setting."""
    types = json.loads(small.gated(policy(small)).text[RULES])
    told = {
        (kind, "unlisted" in body["name"], json.dumps(body.get("rule_settings")))
        for kind in ("dns", "http")
        for body in types[kind]
    }
    wanted = {("dns", False, "null"), ("dns", True, json.dumps(_OWN_NAME))}
    assert told == wanted | {("http", False, "null"), ("http", True, "null")}


@pytest.mark.parametrize(
    "settings",
    [
        None,
        {},
        {"ignore_cname_category_matches": False},
        {"ignore_cname_category_matches": 1},
        {**_OWN_NAME, "ip_categories": True},
        {"add_headers": {"X-Y": ["a"]}},
    ],
)
def test_a_category_of_names_that_others_lead_to_is_refused(settings: Any, small: Any) -> None:
    """A name that is not of the category would be blocked for where its CNAME leads."""
    emitted = small.gated(policy(small))
    with pytest.raises(UnreadableArtifact, match="aipol_unlisted_dns"):
        emitted.target.read(changed(emitted, _leading(settings)))


def test_a_list_has_no_settings_of_categories(small: Any) -> None:
    """The reader knows them for a policy about a category in DNS alone."""
    emitted = small.gated(policy(small))
    types = json.loads(emitted.text[RULES])
    for kind in ("dns", "http"):
        first = {**types[kind][0], "rule_settings": _OWN_NAME}
        other = {**types, kind: [first, *types[kind][1:]]}
        with pytest.raises(UnreadableArtifact):
            emitted.target.read({**emitted.files, RULES: json.dumps(other).encode()})


@pytest.mark.parametrize("change", [_gone, _everything, _only_finance, _allowing, _other])
def test_a_category_that_is_blocked_otherwise_is_noticed(change: Any, small: Any) -> None:
    """Verification asks about AI that is not listed, and about all that is."""
    emitted = small.gated(policy(small))
    assert emitted.noticed(changed(emitted, change))


def test_a_category_that_is_blocked_without_being_asked_for_is_noticed(small: Any) -> None:
    """The policy lets through what it does not list."""
    asked = small.gated(policy(small))
    emitted = small.gated(policy(small, unlisted_ai=Effect.ALLOW))
    assert emitted.noticed(asked.files)


def test_a_listed_host_that_is_not_left_out_is_noticed(small: Any) -> None:
    """One name of an app, or of what nothing may block, that the category may then block."""
    emitted = small.gated(policy(small))
    for host in ('"two.test"', '"update.test"', '"gw.test"'):
        text = emitted.text["lists.json"].replace(host, '"other.example"')
        assert emitted.noticed({**emitted.files, "lists.json": text.encode()})


def test_a_category_in_a_negation_is_refused(small: Any) -> None:
    """What is outside it would then be meant, which is most of the internet."""
    emitted = small.gated(policy(small))

    def negate(body: dict[str, Any]) -> dict[str, Any]:
        found = "any(dns.content_category[*] in {4184})"
        return {**body, "traffic": body["traffic"].replace(found, f"not({found})")}

    with pytest.raises(UnreadableArtifact, match="a category that is not accounted for"):
        emitted.target.read(changed(emitted, negate))


def test_where_an_app_signs_in_is_listed(small: Any) -> None:
    """A tenant header is sent there, by a policy that lets through before the category."""
    tenant = small.tenant(small.HEADER, "two.test", "login.test")
    apps = (small.app("two", "two.test", tenant=tenant),)
    rule = small.Rule(("two",), ("everyone",), Effect.ALLOW, Account.CORPORATE, ("ws-1",))
    emitted = small.gated(policy(small, apps=apps, rules=(rule,), inspect_tls="ai-only"))
    assert emitted.findings() == ()
    assert not stopped(emitted, "dns", small.ANYBODY, "login.test")
    assert stopped(emitted, "dns", small.ANYBODY, "other.login.test")


# --- categories that custom ones take hosts out of ------------------------------------------------


def zia(emitted: Any) -> list[dict[str, Any]]:
    """The requests."""
    found: list[dict[str, Any]] = json.loads(emitted.text["requests.json"])
    return found


def test_zscaler_blocks_its_categories_of_ai_but_for_what_is_listed(small: Any) -> None:
    """What is in a custom category leaves the predefined one, so all that is listed is in some."""
    emitted = small.categorised(policy(small), ai_categories=True)
    assert emitted.findings() == ()
    *_, allow, block, _ = zia(emitted)
    assert allow["body"]["urlCategories"] == ["AI_ML_APPS", "GENERAL_AI_ML"]
    assert (allow["body"]["action"], block["body"]["action"]) == ("ALLOW", "BLOCK")
    assert "sourceIpGroups" not in block["body"]
    for address in (small.FINANCE, small.ANYBODY, "2001:db8:20::5"):
        assert stopped(emitted, "zia", address, STRANGER)
        for host in ("one.test", "x.one.test", "a.two.test", "gw.test", "a.update.test"):
            assert not stopped(emitted, "zia", address, host)
        assert emitted.blocked("zia", address, "a.one.test")
    assert not stopped(emitted, "zia", small.GATEWAY, STRANGER)
    (record,) = emitted.compiled.policy
    assert (record.status, record.reason.code) == (Status.LOOSER, "by-category")


def test_zscaler_takes_nothing_out_of_another_category_of_ours(small: Any) -> None:
    """A listed host that a wider entry stands for is in that one's category."""
    apps = (small.app("one", "big.test"), small.app("two", "api.big.test"))
    emitted = small.categorised(policy(small, apps=apps, rules=()), ai_categories=True)
    assert emitted.findings() == ()
    assert emitted.blocked("zia", small.ANYBODY, "v1.api.big.test")


def test_zscaler_blocks_its_categories_though_nothing_is_listed(small: Any) -> None:
    """Then there is nothing to take out of them."""
    bare = small.Policy(apps=(small.app("one"),), unlisted_ai=Effect.BLOCK)
    emitted = small.categorised(bare, ai_categories=True)
    assert stopped(emitted, "zia", small.ANYBODY, STRANGER)
    assert "aipol-listed" not in emitted.text["requests.json"]
    assert emitted.findings() == ()


def test_zscaler_takes_out_what_is_blocked_for_ipv6_addresses_alone(small: Any) -> None:
    """No rule is for these, so that no other category has what is blocked for them."""
    rules = (
        small.Rule(("one",), ("finance",), Effect.BLOCK),
        small.Rule(("one",), ("everyone",), Effect.ALLOW),
    )
    given = {"rules": rules, "networks": {"finance": ("2001:db8:20::/64",)}}
    emitted = small.categorised(policy(small, **given), ai_categories=True)
    assert not stopped(emitted, "zia", small.ANYBODY, "one.test")
    assert emitted.findings() == ()


def _zia_rule(kind: str, **changes: Any) -> Any:
    def change(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for each in requests:
            body = each.get("body", {})
            if body.get("name") == f"aipol-unlisted-{kind}":
                body.update(changes)
        return requests

    return change


def _zia_url(host: str) -> Any:
    def change(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for each in requests:
            urls = each.get("body", {}).get("urls", [])
            if host in urls:
                urls[urls.index(host)] = "other.example"
        return requests

    return change


def _zia_without(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """No rule is about the categories."""
    return [each for each in requests if "unlisted" not in each.get("body", {}).get("name", "")]


@pytest.mark.parametrize(
    "change",
    [
        _zia_without,
        _zia_rule("block", action="ALLOW"),
        _zia_rule("block", urlCategories=["AI_ML_APPS"]),
        _zia_rule("block", urlCategories=["FINANCE"]),
        _zia_rule("block", sourceIpGroups=[{"id": "${aipol-finance}"}]),
        _zia_rule("allow", sourceIpGroups=[{"id": "${aipol-finance}"}]),
        _zia_url(".two.test"),
        _zia_url(".update.test"),
        _zia_url("gw.test"),
    ],
)
def test_categories_that_zscaler_blocks_otherwise_are_noticed(change: Any, small: Any) -> None:
    """A rule that is gone, is for other people or categories; a host that is not taken out."""
    emitted = small.categorised(policy(small), ai_categories=True)
    damaged = json.dumps(change(zia(emitted))).encode()
    assert damaged != emitted.files["requests.json"]
    assert emitted.noticed({"requests.json": damaged})


def test_zscaler_without_anything_blocked_has_no_rule_about_its_categories(small: Any) -> None:
    """Unlisted AI is let through where the policy says so."""
    emitted = small.categorised(policy(small, unlisted_ai=Effect.ALLOW), ai_categories=True)
    assert "AI_ML" not in emitted.text["requests.json"]
    assert emitted.noticed(small.categorised(policy(small), ai_categories=True).files)


def test_zscaler_leaves_categories_alone_unless_it_is_told_otherwise(small: Any) -> None:
    """Rules of an organisation's own may be about the categories that hosts would leave."""
    emitted = small.categorised(policy(small))
    assert "AI_ML" not in emitted.text["requests.json"]
    assert "aipol-listed" not in emitted.text["requests.json"]
    assert [each.reason.code for each in emitted.compiled.policy] == ["ai-category-off"]
    assert emitted.findings() == ()


# --- targets that do not write their vendor's category --------------------------------------------


@pytest.mark.parametrize(
    ("vendor", "category"),
    [
        ("fortigate", "category 100"),
        ("netskope", "Generative AI"),
        ("paloalto", "`artificial-intelligence`"),
        ("umbrella", "Generative AI"),
    ],
)
def test_a_category_that_is_not_written_is_a_gap_with_its_name(
    vendor: str, category: str, small: Any
) -> None:
    """What can be done by hand is told, and nothing is claimed."""
    emitted = small.MAKERS[vendor](policy(small))
    (record,) = emitted.compiled.policy
    assert (record.status, record.reason.code) == (Status.UNSUPPORTED, "ai-category-by-hand")
    assert category in record.reason.text
    assert record.artifacts == ()
    assert small.MAKERS[vendor](policy(small, unlisted_ai=Effect.ALLOW)).compiled.policy == ()


def test_a_category_that_no_document_names_is_not_advised(small: Any) -> None:
    """Nobody is sent to look for one; a target is named whose vendor has one."""
    (record,) = small.MAKERS["meraki"](policy(small)).compiled.policy
    assert (record.status, record.reason.code) == (Status.UNSUPPORTED, "ai-category-unknown")
    assert "by hand" not in record.reason.advice
    assert "`cloudflare`" in record.reason.advice
