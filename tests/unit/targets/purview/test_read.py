"""The reader decides as Purview would, and refuses what it cannot account for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aipol.target import Kind, Question, UnreadableArtifact
from aipol.vocabulary import Effect, Situation
from aipol_targets.purview.read import SCRIPTS, read
from aipol_targets.purview.remote_form import policy_mark, rule_mark, wanted_rule

FINANCE = "3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1"
LEGAL = "91ab3c7d-5e2f-4a18-8c6b-d0e1f2a3b4c5"


def _ask(decider: Any, value: str, client: str, *groups: str) -> Effect | None:
    question = Question(Kind.DATA, value, frozenset(groups), client, Situation.MACOS_ELSEWHERE)
    effect: Effect | None = decider.decide(question).effect
    return effect


def _answers(files: dict[str, bytes]) -> dict[tuple[str, ...], Effect | None]:
    decider = read(files)
    return {
        (name, client, *groups): _ask(decider, f"m365-copilot/{name}", client, *groups)
        for name in ("public", "internal", "confidential", "restricted")
        for client in ("items", "text")
        for groups in ((), (FINANCE,), (LEGAL,), (FINANCE, LEGAL))
    }


@pytest.fixture
def files(policy: Any, compiled: Any) -> dict[str, bytes]:
    """Finance may give confidential data, legal has no limit, everybody else internal data."""
    universe = policy.universe
    finance, legal = policy.of("finance"), policy.of("legal")
    policy.limit("", legal)
    policy.limit("confidential", universe.minus(finance, legal))
    policy.limit("internal", universe.others(universe.either(finance, legal)))
    found: dict[str, bytes] = compiled(policy).files
    return found


def _remarked(entry: dict[str, Any]) -> dict[str, Any]:
    key = entry["Comment"].split()[0].removeprefix("aipol:")
    if "Mode" in entry:
        return {**entry, "Comment": str(policy_mark(key, entry))}
    body = wanted_rule(entry, key.rpartition("/")[0], set(), "com.acme")
    return {**entry, "Comment": str(rule_mark(key, body))}


def _changed(files: dict[str, bytes], path: str, change: Callable[[Any], None]) -> dict[str, bytes]:
    """The files with one changed, and its markers made anew: only meaning is left to see."""
    value = json.loads(files[path])
    change(value)
    if path != "index.json":
        value = [_remarked(entry) for entry in value]
    return {**files, path: json.dumps(value).encode()}


def _locations(change: Callable[[dict[str, Any]], None]) -> Callable[[Any], None]:
    def on_last(policies: Any) -> None:
        entry = json.loads(policies[-1]["Locations"])
        change(entry[0])
        policies[-1]["Locations"] = json.dumps(entry)

    return on_last


def _swap_excluded(entry: dict[str, Any]) -> None:
    entry["Exclusions"][0]["Identity"] = "00000000-0000-4000-8000-000000000000"


def _drop_exclusion(entry: dict[str, Any]) -> None:
    entry["Exclusions"] = entry["Exclusions"][1:]
    if not entry["Exclusions"]:
        del entry["Exclusions"]


def _narrow(entry: dict[str, Any]) -> None:
    entry["Inclusions"] = [{"Type": "Group", "Identity": FINANCE}]


def _stop(policies: Any) -> None:
    policies[-1]["Mode"] = "TestWithNotifications"


def _flip(rules: Any) -> None:
    for rule in rules:
        rule["RestrictAccess"][0]["value"] = "Audit"


def _negate(rules: Any) -> None:
    for rule in rules:
        tree = json.loads(rule["AdvancedRule"])
        tree["Condition"] = {"Operator": "Not", "SubConditions": [tree["Condition"]]}
        rule["AdvancedRule"] = json.dumps(tree)


def _all_marks_at_once(rules: Any) -> None:
    for rule in rules:
        rule["AdvancedRule"] = rule["AdvancedRule"].replace('"Operator":"Or"', '"Operator":"And"')


def _drop_type(rules: Any) -> None:
    """From a rule that has others: what it says of the rest stays."""
    rule = next(each for each in rules if "EU Debit Card Number" in each["AdvancedRule"])
    tree = json.loads(rule["AdvancedRule"])
    group = tree["Condition"]["SubConditions"][0]["Value"][0]["groups"][0]
    del group["sensitivetypes"][0]
    rule["AdvancedRule"] = json.dumps(tree)


MEANINGFUL = {
    "a group swapped": ("policies.json", _locations(_swap_excluded)),
    "an exclusion dropped": ("policies.json", _locations(_drop_exclusion)),
    "everybody narrowed to a group": ("policies.json", _locations(_narrow)),
    "a mode changed": ("policies.json", _stop),
    "a block flipped": ("rules.json", _flip),
    "a condition negated": ("rules.json", _negate),
    "an or made an and": ("rules.json", _all_marks_at_once),
    "an information type dropped": ("rules.json", _drop_type),
}


@pytest.mark.parametrize("name", sorted(MEANINGFUL))
def test_a_meaningful_change_changes_an_answer(name: str, files: dict[str, bytes]) -> None:
    """Even with its marker made anew, a changed object gives another answer."""
    path, change = MEANINGFUL[name]
    assert _answers(_changed(files, path, change)) != _answers(files)


@pytest.mark.parametrize("name", sorted(MEANINGFUL))
def test_a_change_without_a_new_marker_is_refused(name: str, files: dict[str, bytes]) -> None:
    """The script would take such an object for unchanged and never bring it to the tenant."""
    path, change = MEANINGFUL[name]
    value = json.loads(files[path])
    change(value)
    with pytest.raises(UnreadableArtifact):
        read({**files, path: json.dumps(value).encode()})


def _swap_label(rules: Any) -> None:
    assert "8a20c1d4" in rules[0]["AdvancedRule"]
    rules[0]["AdvancedRule"] = rules[0]["AdvancedRule"].replace("8a20c1d4", "8a20c1d5")


def _raise_confidence(rules: Any) -> None:
    rules[-1]["AdvancedRule"] = rules[-1]["AdvancedRule"].replace('"Medium"', '"High"')


def _second_restriction(rules: Any) -> None:
    rules[0]["RestrictAccess"].append({"setting": "UploadText", "value": "Block"})


def _second_location(policies: Any) -> None:
    entry = json.loads(policies[0]["Locations"])
    policies[0]["Locations"] = json.dumps([*entry, *entry])


UNACCOUNTABLE: dict[str, tuple[str, Callable[[Any], None]]] = {
    "a label swapped": ("rules.json", _swap_label),
    "a confidence raised": ("rules.json", _raise_confidence),
    "a rule dropped": ("rules.json", lambda rules: rules.pop()),
    "a rule doubled": ("rules.json", lambda rules: rules.append(rules[0])),
    "a policy dropped": ("policies.json", lambda policies: policies.pop()),
    "a policy doubled": ("policies.json", lambda policies: policies.append(policies[0])),
    "a second restriction": ("rules.json", _second_restriction),
    "a second location": ("policies.json", _second_location),
    "an unknown key": ("policies.json", lambda policies: policies[0].update(Priority=1)),
    "an unknown plane": (
        "policies.json",
        lambda policies: policies[0].update(EnforcementPlanes=["Network"]),
    ),
    "an unknown mode": ("policies.json", lambda policies: policies[0].update(Mode="enable")),
    "another app in the index": (
        "index.json",
        lambda index: index["apps"].update(
            {"m365-copilot": {"plane": "copilot", "location": LEGAL}}
        ),
    ),
    "a type dropped from the index": (
        "index.json",
        lambda index: index["data_classes"]["restricted"]["info_types"].pop(),
    ),
    "a class dropped from a policy of the index": (
        "index.json",
        lambda index: next(reversed(index["policies"].values()))["data_classes"].clear(),
    ),
    "a rule forgotten in the index": (
        "index.json",
        lambda index: next(iter(index["policies"].values())).update(rules=["text"]),
    ),
}


@pytest.mark.parametrize("name", sorted(UNACCOUNTABLE))
def test_what_cannot_be_accounted_for_is_refused(name: str, files: dict[str, bytes]) -> None:
    """An object that the index does not explain is no artefact of ours."""
    path, change = UNACCOUNTABLE[name]
    with pytest.raises(UnreadableArtifact):
        read(_changed(files, path, change))


def _broken(files: dict[str, bytes]) -> Iterator[dict[str, bytes]]:
    yield {**files, "extra.json": b"{}"}
    yield {path: content for path, content in files.items() if path != "rules.json"}
    yield {**files, "policies.json": files["policies.json"][:-4]}
    yield {**files, "policies.json": files["policies.json"].replace(b'"Mode"', b'"Name"', 1)}
    yield {**files, "rules.json": b"[NaN]"}
    yield {**files, "index.json": b"\xff"}
    yield {**files, "apply-dlp.ps1": files["apply-dlp.ps1"] + b"\n"}
    yield {**files, "sit-package.xml": b"<RulePackage/>"}


def test_broken_files_are_refused(files: dict[str, bytes]) -> None:
    """Strange, missing, cut, doubled, non-JSON and altered files raise."""
    for broken in _broken(files):
        with pytest.raises(UnreadableArtifact):
            read(broken)


def test_the_reader_knows_the_script(files: dict[str, bytes]) -> None:
    """The pinned digests are those of the scripts in the target's folder."""
    assert {name: hashlib.sha256(files[name]).hexdigest() for name in SCRIPTS} == SCRIPTS


def test_exclusion_wins_over_inclusion(files: dict[str, bytes]) -> None:
    """Somebody in an included and an excluded group is not in scope."""
    decider = read(files)
    assert _ask(decider, "m365-copilot/restricted", "text", FINANCE) is Effect.BLOCK
    assert _ask(decider, "m365-copilot/restricted", "text", FINANCE, LEGAL) is Effect.ALLOW
    assert _ask(decider, "m365-copilot/restricted", "text", FINANCE.upper()) is Effect.BLOCK


def test_nothing_speaks_about_other_apps_and_kinds(files: dict[str, bytes]) -> None:
    """An app, class or kind of question the artefacts do not know gets no answer."""
    decider = read(files)
    assert _ask(decider, "chatgpt/restricted", "text") is None
    assert _ask(decider, "m365-copilot/unheard-of", "text") is None
    assert decider.clients(Kind.HOST) == ()
    question = Question(Kind.HOST, "x.test", frozenset(), "", Situation.MACOS_ELSEWHERE)
    assert decider.decide(question).effect is None


def test_equal_views_have_equal_answers(files: dict[str, bytes]) -> None:
    """Groups that no policy names make no difference."""
    decider = read(files)
    stranger = frozenset({"00000000-0000-4000-8000-000000000000"})
    assert decider.view(frozenset(), Kind.DATA) == decider.view(stranger, Kind.DATA)
    assert decider.view(frozenset(), Kind.DATA) != decider.view(frozenset({FINANCE}), Kind.DATA)


@pytest.fixture
def with_package(make: Any, with_class: Any, compiled: Any) -> dict[str, bytes]:
    """Files with a rule package of two patterns."""
    patterns = (("payroll", "PR-[0-9]{8}"), ("badge", "<&>'\"[a-z]{4}"))
    policy = make(classes=with_class("restricted", patterns=patterns))
    policy.limit("confidential")
    found: dict[str, bytes] = compiled(policy).files
    return found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"PR-[0-9]{8}", b"PR-[0-9]{9}"),
        (b"aipol restricted payroll", b"aipol restricted other"),
        (b'confidenceLevel="75"', b'confidenceLevel="85"'),
        (b'recommendedConfidence="75"', b'recommendedConfidence="85"'),
        (b"<Regex ", b"<Keyword "),
        (b"<?xml", b"<!DOCTYPE x []><?xml"),
    ],
)
def test_a_changed_package_is_refused(
    old: bytes, new: bytes, with_package: dict[str, bytes]
) -> None:
    """Each part of the package is read."""
    package = with_package["sit-package.xml"]
    assert old in package
    with pytest.raises(UnreadableArtifact):
        read({**with_package, "sit-package.xml": package.replace(old, new, 1)})


def test_a_package_the_rules_need_must_be_there(with_package: dict[str, bytes]) -> None:
    """Rules about types that nothing defines would match nothing."""
    del with_package["sit-package.xml"]
    with pytest.raises(UnreadableArtifact):
        read(with_package)


def test_the_data_file_is_inside_the_target() -> None:
    """The table of information types ships with the target, without blank or doubled ids."""
    from aipol_targets.purview import marks

    table = Path(marks.__file__).with_name("info_types.csv").read_text(encoding="utf-8")
    guids = [line.partition(",")[0] for line in table.splitlines()[1:]]
    assert len(set(guids)) == len(guids) == 202
