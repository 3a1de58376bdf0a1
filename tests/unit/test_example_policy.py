"""The example policy is clean, says what it claims to say, and carries every mechanism."""

from __future__ import annotations

import importlib
import json
import re
import sys
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from aipol.audience import Universe
from aipol.catalogue import load_catalogue
from aipol.catalogue.model import DECIDING_KINDS, Match
from aipol.cli.composition import all_targets
from aipol.diagnostics.model import Diagnostic
from aipol.domains import Intent
from aipol.ir import Ir, Ruling
from aipol.language.assemble import Assembled
from aipol.people import identities, read_people
from aipol.people.model import Platform
from aipol.pipeline import Build, Opened, build, open_policy
from aipol.resolve import resolve
from aipol.scoping import addressable, scope_of, verdict_classes
from aipol.target import Artifact, Kind
from aipol.verify.panel import Panel
from aipol.verify.subjects import subjects
from aipol.vocabulary import Account, Effect, Surface

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "policy" / "ai-usage.yaml"
PAGE = ROOT / "docs" / "adding-a-target.md"
DAY = date(2026, 12, 1)
FINANCE = frozenset({"finance"})


@lru_cache
def opened(day: date = DAY) -> Opened:
    """The example policy as the command line opens it."""
    return open_policy(POLICY.as_posix(), day, load_catalogue(), all_targets())


def policy() -> Assembled:
    """The policy as written, its base merged in."""
    assembled = opened().assembled
    assert assembled is not None
    return assembled


@lru_cache
def meaning(day: date = DAY) -> Ir:
    """What the policy means on a day."""
    ir, _ = resolve(policy(), load_catalogue(), day)
    assert ir is not None
    return ir


@lru_cache
def built() -> Build:
    """What the example's targets make of it."""
    found = opened()
    assert found.ir is not None
    return build(found.ir, found.settings, all_targets())


def ruling(groups: frozenset[str], app: str, surface: Surface, day: date = DAY) -> Ruling:
    """What a person in `groups` gets with a corporate account."""
    found = meaning(day).decide(groups, app, surface, Account.CORPORATE)
    assert found is not None
    return found


def written_with(tmp_path: Path, old: str, new: str) -> tuple[Diagnostic, ...]:
    """The findings of the example policy with one text in place of another."""
    text = POLICY.read_text(encoding="utf-8")
    assert old in text
    base = tmp_path / "base"
    base.mkdir()
    for file in (POLICY.parent / "base").iterdir():
        (base / file.name).write_bytes(file.read_bytes())
    path = tmp_path / "ai-usage.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return open_policy(path.as_posix(), DAY, load_catalogue(), all_targets()).findings


def test_check_notes_collateral_and_finds_nothing_wrong() -> None:
    """No error, no warning, no failing test of its own; what blocks also stop is told by rule."""
    notes = [finding for finding in opened().findings if finding.code == "AIP310"]
    assert notes == list(opened().findings)
    assert {note.message.split("`")[1] for note in notes} == {
        "no-embedded-ai",
        "no-other-note-takers",
        "other-coding-tools",
    }
    assert opened().ir is not None


def stays_open() -> dict[str, str]:
    """Names that no rule may block, with what would break: protected, common and shared hosts."""
    catalogue = load_catalogue()
    rows = [(row.host, row.match, row.purpose.value) for row in catalogue.protected]
    rows += catalogue.shared_hosts
    return {
        f"any.{host}" if match is Match.CHILDREN else host: breaks for host, match, breaks in rows
    }


CONFIGURED = ("dns", "intune", "jamf", "lists", "purview", "squid")


def test_the_example_configures_these_targets() -> None:
    """So that none of them is left out of what follows."""
    assert tuple(run.target.id for run in built().runs) == CONFIGURED


@pytest.mark.parametrize("target", CONFIGURED)
def test_nothing_of_the_example_blocks_a_protected_or_shared_host(target: str) -> None:
    """Whoever asks any enforcement path for such a host is let through."""
    ir, names = meaning(), stays_open()
    assert len(names) > 200
    run = next(each for each in built().runs if each.target.id == target)
    decider = run.target.read({a.path: a.content for a in run.compiled.artifacts})
    people = subjects(ir, run.target.identity)
    panel = Panel(ir.universe, decider, people, run.target.identity == "networks")
    blocked = [
        (client, host)
        for situation in panel.told_apart(run.target.reach)
        for client in decider.clients(Kind.HOST)
        for view in panel.views(Kind.HOST)
        for host in names
        if panel.ask(view, Kind.HOST, host, client, situation).effect is Effect.BLOCK
    ]
    assert blocked == []


@pytest.mark.parametrize(
    ("declared", "breaks"),
    [
        ("domains: [{domain: slack.com}]", "slack.com"),
        ("domains: [{domain: notion.so}]", "Notion"),
        ("macos: {team_ids: [UBF8T346G9]}", "Microsoft Word"),
        ("domains: [{domain: login.microsoftonline.com}]", "login.microsoftonline.com"),
    ],
)
def test_a_rule_about_what_is_not_its_own_is_refused(
    declared: str, breaks: str, tmp_path: Path
) -> None:
    """Adding a rule that would block a shared or protected identifier names what would break."""
    app = f"  helper: {{name: Helper, vendor: acme, category: chat, {declared}}}\n"
    rule = "  - {id: no-helper, apps: [helper], groups: [everyone], effect: block}\n"
    text = POLICY.read_text(encoding="utf-8")
    start = "apps:\n  acme-gpt:"
    assert start in text
    both = text.replace(start, f"apps:\n{app}  acme-gpt:").replace("rules:\n", f"rules:\n{rule}", 1)
    found = [each for each in written_with(tmp_path, text, both) if each.severity == "error"]
    assert [each.code for each in found] == ["AIP210" if "login" in declared else "AIP225"]
    assert breaks in found[0].message


def test_no_overlay_takes_what_the_catalogue_holds_back(tmp_path: Path) -> None:
    """Every host and program that serves more is refused to an app of an overlay."""
    catalogue = load_catalogue()
    own = {"source": "own: proxy logs", "tier": "A"}
    hosts = sorted({host for host, _, _ in catalogue.shared_hosts})
    rows: dict[str, list[dict[str, str]]] = {
        "domains": [{"domain": host, "role": "ui", "match": "subtree"} for host in hosts]
    }
    for app in catalogue.apps():
        for section in ("macos", "windows", "cli"):
            for row in getattr(app, section):
                if row.shared and row.kind in DECIDING_KINDS:
                    rows.setdefault(section, []).append({"kind": row.kind, "value": row.value})
    rows = {key: [{**row, **own} for row in each] for key, each in rows.items()}
    helper = {"name": "Helper", "vendor": "acme", "category": "chat", "kind": "chat", **rows}
    entry = {**helper, "source": "own: ours"}
    overlay = {"vendors": {"acme": {"name": "Acme"}}, "apps": {"helper": entry}}
    (tmp_path / "ours.yaml").write_text(json.dumps(overlay), encoding="utf-8")
    named = "catalogue: {overlay: [ours.yaml]}\nextends:"
    found = [f for f in written_with(tmp_path, "\nextends:", f"\n{named}") if f.code == "AIP225"]
    held = {each.message.partition("`helper` by `")[2].partition("`")[0] for each in found}
    assert held == {row.get("domain", row.get("value")) for each in rows.values() for row in each}
    assert len(held) > 100


def test_it_asks_at_least_twenty_questions() -> None:
    """The policy's own tests cover every effect, both accounts, and a day that is not today's."""
    tests = [placed.value for placed in policy().tests]
    assert len(tests) >= 20
    assert {test.expect for test in tests} == set(Effect)
    assert {test.account for test in tests} == {"corporate", "personal"}
    assert any(test.as_of for test in tests)
    assert {test.surface for test in tests} >= {
        Surface.WEB,
        Surface.API,
        Surface.DESKTOP,
        Surface.EXTENSION,
        Surface.IDE,
        Surface.CLI,
        Surface.BUILTIN,
    }


def test_every_rule_of_the_file_has_a_test_that_names_it() -> None:
    """A rule that no test names could be deleted without anybody noticing."""
    named = {placed.value.rule for placed in policy().tests}
    own = {
        placed.value.id for placed in policy().clauses if placed.document.file == POLICY.as_posix()
    }
    assert own - named == set()


def test_a_wrong_expectation_fails(tmp_path: Path) -> None:
    """The policy's tests are asked: one that expects something else is a finding."""
    found = written_with(
        tmp_path,
        "- app: deepseek\n    expect: block",
        "- app: deepseek\n    expect: justify",
    )
    assert [each.code for each in found if each.severity == "error"] == ["AIP304"]


def test_it_has_the_groups_of_a_company() -> None:
    """More than six groups, two of them derived with identities of their own."""
    groups = {name: placed.value for name, placed in policy().groups.items()}
    derived = {name for name, group in groups.items() if group.derived}
    assert len(groups) >= 8
    assert derived == {"finance-staff", "finance-pilot"}
    assert all(groups[name].entra and groups[name].jamf for name in derived)


def test_finance_pilot_is_exactly_the_overlap() -> None:
    """The derived group is finance and pilot, no more and no less."""
    ir = meaning()
    universe: Universe = ir.universe
    both = universe.both(ir.groups["finance"].region, ir.groups["ai-pilot"].region)
    assert ir.groups["finance-pilot"].region == both


def test_everybody_gets_exactly_one_ruling_for_each_use() -> None:
    """The rulings of each use and account partition everybody."""
    ir = meaning()
    for rulings in ir.by_use.values():
        for account in (Account.CORPORATE, Account.PERSONAL):
            mine = [each for each in rulings if each.account in (account, Account.ANY)]
            regions = [each.audience.region for each in mine]
            assert ir.universe.any_of(regions) == ir.groups["everyone"].region
            assert len(ir.universe.refine(regions)) == len(set(regions))


@pytest.mark.parametrize(
    ("app", "groups", "limit"),
    [
        ("acme-gpt", {"sales"}, "restricted"),
        ("chatgpt", {"finance", "ai-pilot"}, "confidential"),
        ("chatgpt", {"finance"}, "internal"),
        ("chatgpt", {"people", "ai-pilot"}, "public"),
        ("atlassian-rovo", {"sales"}, "internal"),
        ("perplexity", {"sales"}, "public"),
    ],
)
def test_data_is_capped_by_the_rule_and_the_vendors_tier(
    app: str, groups: set[str], limit: str
) -> None:
    """The lower of what the rule says and what the vendor's tier admits holds."""
    assert ruling(frozenset(groups), app, Surface.WEB).obligations.data_max == limit


def test_perplexity_is_in_the_trial_tier_because_a_fact_is_missing() -> None:
    """The reason names the fact, so that somebody can ask for it."""
    notes = [because.note for because in ruling(FINANCE, "perplexity", Surface.WEB).because]
    assert any("`soc2` is not known" in note for note in notes)


def test_evidence_that_ends_closes_the_gate_the_day_after() -> None:
    """Granola gets internal data until the last day of its report, and public data after it."""
    last, after = date(2027, 2, 28), date(2027, 3, 1)
    sales = frozenset({"sales"})
    limits = [
        ruling(sales, "granola", Surface.WEB, day).obligations.data_max for day in (last, after)
    ]
    assert limits == ["internal", "public"]


def test_the_exception_ends() -> None:
    """Finance has Claude on the exception's last day and not on the next."""
    last, after = date(2027, 1, 31), date(2027, 2, 1)
    effects = [ruling(FINANCE, "claude", Surface.WEB, day).effect for day in (last, after)]
    assert effects == [Effect.ALLOW, Effect.BLOCK]


def test_agents_go_through_the_gateway_and_sign_in_directly() -> None:
    """The API is blocked on the direct way, the console is not."""
    engineer = frozenset({"engineering"})
    api = ruling(engineer, "claude-api", Surface.API)
    console = ruling(engineer, "claude-api", Surface.WEB)
    assert (api.effect, api.direct) == (Effect.ALLOW, Effect.BLOCK)
    assert (console.effect, console.direct) == (Effect.ALLOW, Effect.ALLOW)


def test_an_exception_cannot_dig_under_the_groups_floor(tmp_path: Path) -> None:
    """Allowing an AI browser is told so, and changes nothing."""
    found = written_with(
        tmp_path,
        "rules:\n",
        "rules:\n  - {id: comet, apps: [comet], groups: [ai-pilot], effect: allow}\n",
    )
    assert "AIP303" in {finding.code for finding in found}


def test_a_misspelt_app_is_an_error_with_the_right_name(tmp_path: Path) -> None:
    """A typo never passes in silence."""
    found = written_with(
        tmp_path, "translation\n    apps: [deepl]", "translation\n    apps: [depl]"
    )
    assert [(finding.code, finding.hint) for finding in found] == [
        ("AIP201", "did you mean `deepl`?")
    ]


def test_platforms_with_include_and_exclude_can_say_every_class() -> None:
    """No class of people has to be approximated: each is groups minus groups, on Jamf and Entra."""
    ir = meaning()
    parts = verdict_classes(ir, frozenset(Surface), 64)
    for platform in ("jamf", "entra"):
        groups = addressable(ir, platform)
        assert all(scope_of(ir.universe, groups, part) for part in parts)
    assert len(parts) <= 6


def test_nobody_is_named_but_the_examples_own_domain() -> None:
    """Every address of the example is below acme.example."""
    text = "".join(
        path.read_text(encoding="utf-8") for path in (POLICY, POLICY.parent / "base" / "floor.yaml")
    )
    assert set(re.findall(r"@([a-z]+(?:\.[a-z]+)*)", text)) == {"acme.example"}


def test_the_target_of_the_documentation_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Following docs/adding-a-target.md gives a target whose artefacts verify."""
    package = tmp_path / "acme_resolver"
    package.mkdir()
    (package / "__init__.py").write_text('"""The office resolver."""\n', encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    modules = dict(
        re.findall(r"^### `(\w+\.py)`\n+```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    )
    for name, source in modules.items():
        (package / name).write_text(source, encoding="utf-8")
    assert set(modules) == {"model.py", "lower.py", "render.py", "read.py", "target.py"}
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        target = importlib.import_module("acme_resolver.target").RESOLVER
        settings = {target.id: target.settings()}
        assert build(meaning(), settings, [target]).findings == ()
        render = target.render

        def too_wide(lines: tuple[Any, ...]) -> tuple[Artifact, ...]:
            widened: tuple[Artifact, ...] = render(
                tuple(replace(line, intent=Intent.SUBTREE) for line in lines)
            )
            return widened

        found = build(meaning(), settings, [replace(target, render=too_wide)]).findings
        assert {finding.code for finding in found} == {"AIP501"}
    finally:
        for name in [each for each in sys.modules if each.partition(".")[0] == "acme_resolver"]:
            del sys.modules[name]


def test_the_people_of_the_example_are_those_that_the_policy_tells_of() -> None:
    """120 of them, most on Macs, 24 volunteers; nothing in the file is amiss."""
    found = read_people((POLICY.parent / "people.csv").as_posix(), identities(meaning()))
    assert found.findings == ()
    assert found.people is not None
    universe = meaning().universe

    def count(group: str) -> tuple[int, int]:
        heads = (
            found.people.count(universe, meaning().groups[group].region) if found.people else None
        )
        assert heads is not None
        return heads.people, dict(heads.devices).get(Platform.MACOS, 0)

    assert count("everyone") == (120, 96)
    assert count("finance") == (24, 22)
    assert count("finance-staff") == (22, 20)
    assert count("ai-pilot")[0] == 24
