"""A part of a site is denied by its address where paths are seen, and told elsewhere."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from aipol.catalogue.model import Role, Tier, Url
from aipol.report.reasons import said
from aipol.target import Kind, Status, UnreadableArtifact
from aipol.vocabulary import Account, Effect

SITE = "https://site.test/"
PATH_AWARE = {"squid"}
LISTS = "segments/default/"


def part(small: Any, name: str, *urls: str, role: Role = Role.UI, **rest: Any) -> Any:
    """An app that is known by addresses."""
    rows = tuple(Url(url, role, "test", Tier.A) for url in urls)
    return small.app(name, urls=rows, **rest)


def site(small: Any, **changes: Any) -> Any:
    """A part that finance may use, one inside it that all may use, and one that nobody may."""
    base = small.Policy(
        apps=(
            part(small, "mixed", f"{SITE}assistant/"),
            part(small, "inner", f"{SITE}assistant/ours"),
            part(small, "never", f"{SITE}a/b.c", "https://other.test/x"),
        ),
        rules=(
            small.Rule(("mixed",), ("finance",), Effect.ALLOW),
            small.Rule(("inner",), ("everyone",), Effect.ALLOW),
        ),
        networks=small.NETWORKS,
        inspect_tls="ai-only",
    )
    return replace(base, **changes)


def denied(emitted: Any, source: str, url: str) -> bool:
    """Whether a request for a URL is denied."""
    return emitted.answer("squid", source, url, Kind.URL).effect is Effect.BLOCK


# --- squid ----------------------------------------------------------------------------------------


def test_squid_denies_whole_segments_of_a_path_on_decrypted_hosts(small: Any) -> None:
    """Each part with all below it, in every spelling, and nothing beside it."""
    emitted = small.emit(site(small))
    assert emitted.findings() == ()
    for url in ("a/b.c", "a/b.c/", "a/b.c/x", "a/b.c?q", "a/%62.c", "/a//b.c", "z/../a/b.c"):
        assert denied(emitted, small.ANYBODY, SITE + url), url
    for url in ("", "a", "a/b", "a/b.cs", "a/bxc", "A/b.c", "z/a/b.c", "a%2562.c", "z?u=a/b.c"):
        assert not denied(emitted, small.ANYBODY, SITE + url), url
    for host in ("notsite.test", "site.test.evil.test", "www.site.test"):
        assert not denied(emitted, small.ANYBODY, f"https://{host}/a/b.c"), host
    assert not emitted.blocked("squid", small.ANYBODY, "site.test")
    assert emitted.text[f"{LISTS}inspect-0.txt"] == "other.test\nsite.test\n"


def test_the_longest_address_decides_for_each_source(small: Any) -> None:
    """A usable part inside one that is blocked is an exception; finance may use both."""
    emitted = small.emit(site(small))
    asked = (f"{SITE}assistant", f"{SITE}assistant/ours/x", f"{SITE}assistant/ours/../x")
    assert [denied(emitted, small.ANYBODY, url) for url in asked] == [True, False, True]
    assert [denied(emitted, small.FINANCE, url) for url in asked] == [False, False, True]
    assert emitted.text[f"{LISTS}address-1-allow.txt"] == (
        r"^https?://site\.test(:[0-9]+)?/+assistant/+ours(/|\?|$)" + "\n"
    )


MISTAKES = {
    "dropped": ("address-0-block.txt", r"^https?://site\.test(:[0-9]+)?/+assistant(/|\?|$)\n", ""),
    "not anchored": ("address-0-block.txt", "^https?://site", "https?://site"),
    "no segment's end": ("address-0-block.txt", r"/+assistant(/|\?|$)", "/+assistant"),
    "shorter": ("address-0-block.txt", "/+assistant(", "/+assist("),
    "longer": ("address-0-block.txt", "/+assistant(", "/+assistants("),
    "the whole site": ("address-0-block.txt", "/+assistant(", "("),
    "a dot for anything": ("address-0-block.txt", r"b\.c", "b.c"),
    "another host": ("address-0-block.txt", r"other\.test", r"another\.test"),
    "no port": ("address-0-block.txt", r"site\.test(:[0-9]+)?/+a/", r"site\.test/+a/"),
    "a stranger": (
        "address-0-block.txt",
        r"^https?://other",
        r"^https?://other\.test(:[0-9]+)?/+y(/|\?|$)" + "\n^https?://other",
    ),
    "no exception": ("address-1-allow.txt", "/+ours(", "/+theirs("),
    "dots on a host less": ("address-dots.txt", r"^https?://other\.test", r"^https?://x\.test"),
    "not decrypted": ("inspect-0.txt", "site.test\n", ""),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_wrong_list_of_addresses_is_noticed(mistake: str, small: Any) -> None:
    """By verify or by the reader, each for what it is."""
    emitted = small.emit(site(small))
    file, old, new = MISTAKES[mistake]
    old = old.replace(r"\n", "\n")
    assert emitted.noticed(emitted.changed(f"{LISTS}{file}", old, new))


LINES = {
    "addresses": ("http_access deny !aipol_exempt aipol-default-u0 !aipol-default-u1\n", ""),
    "the exception": (" aipol-default-u0 !aipol-default-u1\n", " aipol-default-u0\n"),
    "dots": ("http_access deny !aipol_exempt aipol-default-u-dots\n", ""),
    "dots with an exception": (
        "aipol-default-u-dots\n",
        "aipol-default-u-dots !aipol-default-u1\n",
    ),
    "for others": ("deny !aipol_exempt aipol-default-u0", "deny aipol-finance aipol-default-u0"),
    "decryption": ("ssl_bump bump !aipol_exempt aipol-default-in0\n", ""),
}


@pytest.mark.parametrize("line", LINES)
def test_a_wrong_line_about_addresses_is_noticed(line: str, small: Any) -> None:
    """One that is missing, and one that is for other requests or other people."""
    emitted = small.emit(site(small))
    text = emitted.text["aipol.conf"]
    old, new = LINES[line]
    place = text.rindex(old)
    changed = f"{text[:place]}{new}{text[place + len(old) :]}"
    assert emitted.noticed({**emitted.files, "aipol.conf": changed.encode()})


def test_a_pattern_that_may_mean_more_is_refused(small: Any) -> None:
    """What the reader does not know, it does not guess."""
    emitted = small.emit(site(small))
    for new in ("/+assistant.*(", "/+(assistant|x)(", "/+[a-z]+(", "/+assistant/?("):
        with pytest.raises(UnreadableArtifact):
            emitted.findings(emitted.changed(f"{LISTS}address-0-block.txt", "/+assistant(", new))


# --- what is told ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"inspect_tls": "none"}, "tls-not-inspected"),
        ({"never_inspect": ("site.test", "other.test")}, "never-inspected"),
        ({"never_inspect": ("test",)}, "never-inspected"),
    ],
)
def test_what_is_not_decrypted_is_told(changes: dict[str, Any], code: str, small: Any) -> None:
    """No list pretends to see a path."""
    emitted = small.emit(site(small, **changes))
    assert emitted.findings() == ()
    assert not [path for path in emitted.files if "address" in path]
    for ruling in emitted.ir.rulings:
        if ruling.app == "never":
            record = emitted.record(ruling.id)
            assert (record.status, record.reason.code) == (Status.UNSUPPORTED, code)


@pytest.mark.parametrize("tighten", [False, True])
@pytest.mark.parametrize("inspect", ["none", "ai-only"])
def test_every_target_says_what_it_does_about_addresses(
    inspect: str, tighten: bool, small: Any
) -> None:
    """Each is verified, blocks no site for a part of it, and names the address that stays open."""
    for target, make in small.MAKERS.items():
        emitted = make(site(small, inspect_tls=inspect, tighten=tighten, networks=small.FOUR))
        assert emitted.findings() == (), target
        for ruling in emitted.ir.rulings:
            if ruling.app != "never" or str(ruling.surface) not in {"web", "desktop", "extension"}:
                continue
            record = emitted.record(ruling.id)
            if target in PATH_AWARE and inspect != "none":
                assert record.status is Status.ENFORCED
                assert any(path.endswith("address-0-block.txt") for path in record.artifacts)
            else:
                assert record.status is Status.UNSUPPORTED, target
                code = "tls-not-inspected" if target in PATH_AWARE else "path-unseen"
                assert record.reason, target
                assert record.reason.code == code, target


def test_the_hosts_of_a_blocked_app_are_blocked_whatever_is_open(small: Any) -> None:
    """An app with hosts and an address is blocked in part where no path is seen."""
    both = replace(part(small, "both", f"{SITE}x"), domains=(small.domain("both.test"),))
    for target, make in small.MAKERS.items():
        emitted = make(small.Policy(apps=(both,), inspect_tls="ai-only", networks=small.FOUR))
        assert emitted.findings() == (), target
        record = emitted.record(next(r.id for r in emitted.ir.rulings if r.surface == "web"))
        told = {(each.value, each.reason.code) for each in record.deviations}
        wanted = set() if target in PATH_AWARE else {(f"{SITE}x", "path-unseen")}
        assert {each for each in told if each[0].startswith("https:")} == wanted, target
        assert not any(value == "site.test" for value, _ in told)


# --- where an address meets other claims ----------------------------------------------------------


def test_a_blocked_address_opens_no_host(small: Any) -> None:
    """On a host that is blocked as a whole there is nothing more to deny, nor to decrypt."""
    apps = (small.app("owner", "site.test"), part(small, "part", "https://www.site.test/x"))
    emitted = small.emit(small.Policy(apps=apps, inspect_tls="ai-only"))
    assert emitted.findings() == ()
    assert emitted.blocked("squid", small.ANYBODY, "www.site.test")
    assert not [path for path in emitted.files if "address" in path or "inspect" in path]


def test_a_usable_address_opens_its_host_and_nothing_around_it(small: Any) -> None:
    """The blocked owner of the host is told to be looser there, on every target."""
    apps = (small.app("owner", "site.test"), part(small, "part", f"{SITE}x"))
    rules = (small.Rule(("part",), ("everyone",), Effect.ALLOW),)
    for target, make in small.MAKERS.items():
        policy = small.Policy(apps=apps, rules=rules, inspect_tls="ai-only", networks=small.FOUR)
        assert make(policy).findings() == (), target
    emitted = small.emit(small.Policy(apps=apps, rules=rules, inspect_tls="ai-only"))
    assert not emitted.blocked("squid", small.ANYBODY, "site.test")
    assert emitted.blocked("squid", small.ANYBODY, "www.site.test")
    owner = emitted.record(next(r.id for r in emitted.ir.rulings if r.app == "owner"))
    assert [(each.value, each.reason.code) for each in owner.deviations] == [
        ("site.test", "needed-by-usable-app")
    ]


def test_of_two_apps_at_one_address_the_usable_one_wins(small: Any) -> None:
    """And the other is told to be open there."""
    apps = (part(small, "one", f"{SITE}x"), part(small, "two", f"{SITE}x/"))
    rules = (small.Rule(("two",), ("everyone",), Effect.ALLOW),)
    emitted = small.emit(small.Policy(apps=apps, rules=rules, inspect_tls="ai-only"))
    assert emitted.findings() == ()
    assert not denied(emitted, small.ANYBODY, f"{SITE}x")
    record = emitted.record(next(r.id for r in emitted.ir.rulings if r.app == "one"))
    assert record.reason
    assert record.reason.code == "needed-by-usable-app"


def test_a_page_for_the_public_is_denied_to_nobody(small: Any) -> None:
    """As a host of the role `marketing` is not."""
    apps = (part(small, "one", f"{SITE}x"), part(small, "page", f"{SITE}y", role=Role.MARKETING))
    emitted = small.emit(small.Policy(apps=apps, inspect_tls="ai-only"))
    assert emitted.findings() == ()
    assert not denied(emitted, small.ANYBODY, f"{SITE}y")


def test_an_account_is_not_told_by_an_address(small: Any) -> None:
    """A header goes to the app's own hosts: a personal account stays open at an address."""
    header = small.tenant(small.HEADER, "site.test")
    apps = (part(small, "part", f"{SITE}x", tenant=header),)
    rules = (small.Rule(("part",), ("everyone",), Effect.ALLOW, Account.CORPORATE, ("ws-1",)),)
    for target, make in small.MAKERS.items():
        policy = small.Policy(apps=apps, rules=rules, inspect_tls="ai-only", networks=small.FOUR)
        emitted = make(policy)
        assert emitted.findings() == (), target
        personal = [r.id for r in emitted.ir.rulings if r.account is Account.PERSONAL]
        statuses = {emitted.record(each).status for each in personal}
        assert Status.ENFORCED not in statuses, target


def test_a_protected_host_is_never_denied_in_part(small: Any) -> None:
    """Whatever let the address in, it does not get into a proxy's configuration unsaid."""
    policy = site(small, protected=(("site.test", "subtree", "identity"),))
    found = small.compiled(small.resolve(policy)).findings
    assert {each.code for each in found} == {"AIP505"}


def test_that_a_page_is_open_is_told_before_what_only_supports_it(small: Any) -> None:
    """As of a host that people open."""
    support = small.domain("cdn.test", role=Role.CDN)
    apps = (
        replace(part(small, "part", f"{SITE}x"), domains=(support, small.domain("own.test"))),
        small.app("usable", "usable.test", support),
    )
    rules = (small.Rule(("usable",), ("everyone",), Effect.ALLOW),)
    emitted = small.guarded(small.Policy(apps=apps, rules=rules))
    ruling = next(r for r in emitted.ir.rulings if (r.app, r.surface) == ("part", "web"))
    found = said(emitted.ir, ruling, emitted.record(ruling.id))
    assert (found[0].reason.code, found[0].values) == ("path-unseen", (f"{SITE}x",))
    assert "needed-by-usable-app" in {each.reason.code for each in found}


HOSTS = ("site.test", "www.site.test", "own.test", "x.own.test")
PLACES = ("a", "a/b", "a/b/c", "ab", "d")


def drawn(small: Any, seed: int) -> Any:
    """A few apps with hosts and addresses in each other's way, and rules for some of them."""
    draw = Random(seed)  # noqa: S311 - a policy, not a secret
    apps = []
    for number in range(draw.randint(2, 5)):
        hosts = draw.sample(HOSTS, draw.choice((0, 0, 1, 2)))
        urls = {f"https://{draw.choice(HOSTS)}/{draw.choice(PLACES)}" for _ in range(3)}
        rows = [small.domain(host, shared=draw.random() < 0.3) for host in hosts]
        role = draw.choice((Role.UI, Role.API, Role.CDN))
        app = part(small, f"app{number}", *sorted(urls), role=role)
        apps.append(replace(app, domains=tuple(rows)))
    effects = (Effect.ALLOW, Effect.ALLOW, Effect.WARN, Effect.BLOCK)
    rules = tuple(
        small.Rule((draw.choice(apps).id,), (draw.choice(GROUPS),), draw.choice(effects))
        for _ in range(draw.randint(0, 4))
    )
    return small.Policy(
        apps=tuple(apps),
        rules=rules,
        networks=small.FOUR,
        inspect_tls=draw.choice(("ai-only", "ai-only", "none")),
        never_inspect=draw.choice(((), (), ("own.test",))),
        tighten=draw.random() < 0.5,
    )


GROUPS = ("finance", "engineering", "everyone")


@pytest.mark.parametrize("seed", range(8))
def test_any_addresses_in_each_others_way_are_accounted_for(seed: int, small: Any) -> None:
    """On every target the account of drawn policies is what their files do."""
    for target, make in small.MAKERS.items():
        assert make(drawn(small, seed)).findings() == (), target
