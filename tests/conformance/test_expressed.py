"""What is said of how a target says a host is what its files, read back, answer."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from aipol.audience import Person
from aipol.domains import HostTrie, Intent
from aipol.expressed import Expressed
from aipol.hosts import host_entries
from aipol.ir import Ir, Ruling
from aipol.pipeline import Run, build, open_policy
from aipol.report.entries import Entry, Heard, entries_of
from aipol.scoping import Verdict
from aipol.segments import segments
from aipol.target import Kind, Question, Target
from aipol.vocabulary import Account, Effect, Surface
from aipol_targets import ALL
from tests.cases import kit as cases
from tests.conformance import subjects

SAYS_HOSTS = sorted(
    name
    for name, target in subjects.TARGETS.items()
    if target.identity == "networks" or name in {"intune", "jamf"}
)
POLICIES = 8
# A block, an exception in it, a block in that, and names beside them.
HOSTS = (
    "outer.example",
    "in.outer.example",
    "core.in.outer.example",
    "beside.outer.example",
    "other.example",
    "in.other.example",
)
HEAD = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups:
  everyone: {all: true}
  finance:
    entra: cf1e0218-6b29-4bfa-aa69-5b32908cb1bd
    jamf: Finance Macs
    networks: [10.20.0.0/24, "2001:db8:20::/48"]
"""
REST = '  - {id: rest, apps: ["*"], groups: [everyone], effect: block}'
# Names of every kind below an entry, other than those that the verdict is made of.
BELOW = ("q", "q.r", "q.r.s.t.u.v.w", "zz")
ACCOUNTS = (Account.CORPORATE, Account.PERSONAL)


def head(name: str) -> str:
    """The start of a policy that a target takes: one refuses IPv6 addresses."""
    return HEAD.replace(', "2001:db8:20::/48"', "") if name == "e2guardian" else HEAD


def written(name: str, seed: int) -> str:
    """Apps with hosts of every intent, which some people may use, some are asked about, some not.

    Some may be used with the organisation's accounts alone.
    """
    draw = random.Random(seed)  # noqa: S311 - for tests, not for secrets
    apps, rules = [], []
    for number, host in enumerate(draw.sample(HOSTS, draw.randint(2, len(HOSTS)))):
        match = draw.choice([intent.value for intent in Intent])
        shared = ", shared: true" if draw.random() < 0.2 else ""
        domain = f"{{domain: {host}, match: {match}{shared}}}"
        apps.append(f"  a{number}: {{name: A, vendor: v, category: writing, domains: [{domain}]}}")
        effect = draw.choice(("allow", "warn", "justify", "block", "block", "block"))
        account = ", account: corporate" if draw.random() < 0.4 else ""
        rule = f"id: r{number}, apps: [a{number}], groups: [finance], effect: {effect}{account}"
        rules += [f"  - {{{rule}}}"] if effect != "block" else []
    gap = draw.choice(("report", "tighten"))
    return "\n".join([head(name) + f"on_gap: {gap}", "apps:", *apps, "rules:", *rules, REST, ""])


@cache
def meant(text: str) -> Ir:
    """A policy's meaning; the same for all targets, for it configures none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policy.yaml"
        path.write_text(text, encoding="utf-8")
        found = open_policy(str(path), cases.AS_OF, cases.catalogue_of(("deepl",)), ())
    assert found.ir is not None, found.findings
    return found.ir


def ran(name: str, text: str, **given: Any) -> Run:
    """What a target makes of a policy."""
    target: Target = subjects.TARGETS[name]
    settings = json.dumps({**subjects.SETTINGS.get(name, {}), **given})
    made = build(meant(text), {name: target.settings.model_validate_json(settings)}, [target])
    assert [found.message for found in made.findings if found.severity.value == "error"] == []
    (run,) = made.runs
    return run


@dataclass(frozen=True)
class Seat:
    """Somebody as a target sees them, and the policy's decisions over hosts for them."""

    person: Person
    identities: tuple[frozenset[str], ...]
    wanted: HostTrie


def seats(ir: Ir, platform: str) -> Iterator[Seat]:
    """Whoever sits in each segment, at an address of each family; or in each group or none."""
    if platform == "networks":
        for segment in segments(ir):
            addresses = {":" in address: address for address in segment.samples}
            person = segment.person if segment.person is not None else frozenset[str]()
            yield Seat(person, tuple(frozenset({a}) for a in addresses.values()), trie(ir, person))
        return
    for groups in (frozenset[str](), frozenset({"finance"})):
        names = frozenset(str(getattr(ir.groups[name], platform)) for name in groups)
        yield Seat(groups, (names,), trie(ir, groups))


def trie(ir: Ir, person: Person) -> HostTrie:
    """The decisions over hosts: let through where any account may be used."""
    found = {use: [r for a in ACCOUNTS if (r := ir.decide(person, *use, a))] for use in ir.by_use}
    laxest = {use: min(every, key=lambda r: r.direct.strictness) for use, every in found.items()}
    return HostTrie(host_entries(ir, {use: Verdict(r, ()) for use, r in laxest.items()}).values())


@dataclass(frozen=True)
class Told:
    """An entry, the rule's effect, and of each name whether it is to be blocked, and the answer."""

    entry: Entry
    effect: Effect
    answers: dict[str, tuple[bool, Effect]]

    @property
    def own(self) -> list[str]:
        """The names that the entry is about."""
        host = self.entry.host
        keeps = {"exact": {host}, "children": self.answers.keys() - {host}}
        return sorted(keeps.get(self.entry.match, self.answers.keys()))

    def wrong(self) -> Iterator[str]:
        """The names that are blocked and should not be, or the other way round."""
        for name, (ought, found) in self.answers.items():
            if ought is not (found is Effect.BLOCK):
                yield name

    def lost(self) -> bool:
        """Whether anything is less strict than the policy, or the rule, has it."""
        less = any(self.answers[name][1].strictness < self.effect.strictness for name in self.own)
        return less or any(self.answers[name][0] for name in self.wrong())


def told(run: Run, ir: Ir, account: Account, seat: Seat) -> Iterator[Told]:
    """Every entry with its verdict, and what is to be and what is of names at and below it."""
    decider = run.target.read({each.path: each.content for each in run.compiled.artifacts})
    for app in sorted(app for app, surface in ir.by_use if surface is Surface.WEB):
        ruling = ir.decide(seat.person, app, Surface.WEB, account)
        assert ruling is not None
        who: tuple[Person, Ruling] = (seat.person, ruling)
        for entry in entries_of(Heard(run, decider, ir), who, seat.identities):
            client, _, family = entry.client.partition("/")
            for identity in seat.identities:
                if family and (family == "ipv6") is not any(":" in each for each in identity):
                    continue
                names = (entry.host, *(f"{labels}.{entry.host}" for labels in BELOW))
                place = (identity, client, entry.situations[0])
                found = {n: decider.decide(Question(Kind.HOST, n, *place)).effect for n in names}
                answers = {n: (seat.wanted.blocked(n), e or Effect.ALLOW) for n, e in found.items()}
                yield Told(entry, ruling.direct, answers)


@pytest.mark.parametrize("name", SAYS_HOSTS)
def test_a_verdict_is_what_the_reader_answers(name: str) -> None:
    """Exact where a rule's effect happens, for whatever account, and nothing else is wrong."""
    for seed in range(POLICIES):
        text = written(name, seed)
        run, ir = ran(name, text), meant(text)
        for seat in seats(ir, run.target.identity):
            for account in ACCOUNTS:
                for each in told(run, ir, account, seat):
                    about = (seed, account, seat.identities, each)
                    verdict, wrong = each.entry.verdict, set(each.wrong())
                    effects = {each.answers[name][1] for name in each.own}
                    held, none = effects == {each.effect}, wrong.issuperset(each.own)
                    assert (verdict is Expressed.EXACT) is (held and not wrong), about
                    assert (verdict is Expressed.IMPOSSIBLE) is (none and not held), about
                    lost = each.lost() and (held or not none)
                    assert (verdict is Expressed.NARROWED) is lost, about
                    assert bool(each.entry.reason) is (verdict is not Expressed.EXACT), about


KINDS = """\
apps:
  blocked: {name: A, vendor: v, category: writing, domains: [
    {domain: at.example, match: exact},
    {domain: below.example, match: children},
    {domain: all.example, match: subtree},
    {domain: open.all.example, match: exact, shared: true}]}
  open: {name: A, vendor: v, category: writing, domains: [{domain: in.all.example, match: exact}]}
  asked: {name: A, vendor: v, category: writing, domains: [{domain: asked.example}]}
  half: {name: A, vendor: v, category: writing, domains: [{domain: half.example}]}
rules:
  - {id: open, apps: [open], groups: [finance], effect: allow}
  - {id: asked, apps: [asked], groups: [finance], effect: warn}
  - {id: half, apps: [half], groups: [finance], effect: allow, account: corporate}
"""


def verdicts(name: str, **given: Any) -> dict[str, str]:
    """How a target says each kind of host to somebody in finance with a personal account."""
    text = f"{head(name)}{KINDS}{REST}\n"
    run, ir = ran(name, text, **given), meant(text)
    (seat,) = (s for s in seats(ir, run.target.identity) if "finance" in s.person)
    every = [told.entry for told in told(run, ir, Account.PERSONAL, seat)]
    return {
        f"{e.host} {e.client} {e.device}".strip(): f"{e.verdict} {e.reason}".strip() for e in every
    }


USUAL = {
    "asked.example": "narrowed no-prompt",
    "half.example": "narrowed account-unseen",
    "open.all.example": "narrowed shared-host",
}
"""What nobody's list of hosts can say; all else is exact but for what follows."""
SUBTREES = {
    "impossible subtrees-only": ("at.example", "below.example"),
    "narrowed subtrees-only": ("in.all.example",),
    "narrowed shared-host, subtrees-only": ("open.all.example",),
}
AS_EVERYBODY = {
    "impossible ipv6-indistinct": ("asked.example", "in.all.example"),
    "widened ipv6-indistinct": ("half.example",),
}
SUBTREES_AS_EVERYBODY = {
    "impossible ipv6-indistinct": (
        "asked.example",
        "at.example",
        "below.example",
        "in.all.example",
    ),
    "narrowed ipv6-indistinct, shared-host": ("open.all.example",),
    "widened ipv6-indistinct": ("half.example",),
}
BLOCKED = ("all.example", "at.example", "below.example", "deepl.com")
OTHERWISE: Mapping[str, Mapping[str, Container[str]]] = {
    "cloudflare dns/ipv6": AS_EVERYBODY,
    "cloudflare http/ipv6": AS_EVERYBODY,
    "cloudflare network/ipv6": AS_EVERYBODY,
    "dns hosts": {
        "impossible listed-names-only": ("below.example",),
        "narrowed listed-names-only": ("all.example", "deepl.com", "in.all.example"),
    },
    "dns unbound-local": {
        "impossible root-not-apart": ("below.example",),
        "narrowed root-not-apart": ("in.all.example",),
        "narrowed root-not-apart, shared-host": ("open.all.example",),
    },
    "e2guardian e2guardian-sni": {
        "impossible handshake-unseen": BLOCKED,
        "narrowed handshake-unseen": ("in.all.example",),
    },
    "intune firefox managed-windows": {
        "impossible browser-not-governed": BLOCKED,
        "narrowed browser-not-governed": ("in.all.example",),
    },
    "lists sonicwall": SUBTREES,
    "meraki content-filter/ipv4": SUBTREES,
    "meraki content-filter/ipv6": SUBTREES_AS_EVERYBODY,
    "netskope swg/ipv6": AS_EVERYBODY,
    "umbrella dns-policy/ipv4": SUBTREES,
    "umbrella dns-policy/ipv6": SUBTREES_AS_EVERYBODY,
    "zscaler zia": {"narrowed five-levels": ("all.example", "below.example", "deepl.com")},
    "zscaler zia/ipv4": {"narrowed five-levels": ("in.all.example",)},
    "zscaler zia/ipv6": {"impossible ipv6-indistinct": ("in.all.example",)},
}
NO_HOSTS = {"nftables"}
OURS = sorted({target.id for target in ALL}.intersection(SAYS_HOSTS))


@pytest.mark.parametrize("name", OURS)
def test_each_target_says_each_kind_of_host_as_it_is_known_to(name: str) -> None:
    """A pattern that a format lacks, a prompt, one account of two, a shared host, a family."""
    found = verdicts(name)
    assert bool(found) is (name not in NO_HOSTS)
    paths = {path.partition(" ")[2] for path in found}
    others = {path for path in OTHERWISE if path.startswith(f"{name} ")}
    assert others <= {f"{name} {path}" for path in paths}
    for where, verdict in found.items():
        host, _, path = where.partition(" ")
        own = OTHERWISE.get(f"{name} {path}", {})
        known = next((said for said, hosts in own.items() if host in hosts), None)
        assert verdict == (known or USUAL.get(host, "exact")), (path, host)


@pytest.mark.parametrize(
    ("platforms", "devices"),
    [
        (["windows"], {"managed-windows"}),
        (["macos"], {"managed-macos"}),
        (["macos", "windows"], {"managed-macos", "managed-windows"}),
    ],
)
def test_devices_that_a_target_leaves_alone_are_not_told(
    platforms: list[str], devices: set[str]
) -> None:
    """What is not managed here is no host's fault, and what is managed is told by itself."""
    found = verdicts("intune", platforms=platforms)
    assert {where.rpartition(" ")[2] for where in found} == devices
    assert {found[f"at.example chrome {device}"] for device in devices} == {"exact"}


def at_a_site(name: str, policy: str, app: str, account: Account) -> dict[str, str]:
    """How a target says an app's hosts with a policy of `tests/cases`, by who asks."""
    run, ir = subjects.ran(name, policy), subjects.tried(name, policy).ir
    decider = run.target.read({each.path: each.content for each in run.compiled.artifacts})
    found = dict[str, str]()
    for seat in seats(ir, run.target.identity):
        ruling = ir.decide(seat.person, app, Surface.WEB, account)
        assert ruling is not None
        for e in entries_of(Heard(run, decider, ir), (seat.person, ruling), seat.identities):
            found[f"{' '.join(seat.person)} {e.host} {e.match}"] = f"{e.verdict} {e.reason}".strip()
    return found


def test_a_header_that_keeps_personal_accounts_out_is_no_loss() -> None:
    """Where a proxy decrypts and sends it, an open host is closed to the personal account."""
    seen = "finance chatgpt.com subtree"
    assert at_a_site("squid", "accounts", "chatgpt", Account.PERSONAL)[seen] == "exact"
    assert at_a_site("squid", "accounts", "chatgpt", Account.CORPORATE)[seen] == "exact"
    told = at_a_site("dns", "accounts", "chatgpt", Account.PERSONAL)
    assert told[seen] == "narrowed account-unseen"
    assert at_a_site("dns", "accounts", "chatgpt", Account.CORPORATE)[seen] == "exact"


def test_a_part_of_a_site_is_told_as_paths_are_seen() -> None:
    """A proxy that decrypts denies it; who sees names alone lets it through."""
    where = "https://site.example/assistant address"
    proxy = at_a_site("squid", "addresses", "site-assistant", Account.PERSONAL)
    assert proxy == {f"finance {where}": "exact", f" {where}": "exact"}
    names = at_a_site("dns", "addresses", "site-assistant", Account.PERSONAL)
    assert names == {f"finance {where}": "exact", f" {where}": "impossible path-unseen"}
