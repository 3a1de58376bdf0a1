"""A fix resolves the code it names, changes nothing else, and leaves what people get as it is."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from aipol.catalogue.load import load_catalogue
from aipol.difference import difference
from aipol.fixing.mending import Mended, mended
from aipol.pipeline import Opened, open_policy
from aipol_targets import ALL

DAY = date(2026, 12, 1)
HEAD = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups:
  everyone: {all: true}
  finance: {jamf: Finance Macs}
"""

REST = '  - {id: rest, apps: ["*"], groups: [everyone], effect: block}\n'


def _opened(file: str, text: str | None = None) -> Opened:
    return open_policy(file, DAY, load_catalogue(), ALL, instead=text)


def _mended(folder: Path, text: str) -> Mended:
    file = folder / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    return mended(_opened(str(file)), partial(_opened, str(file)))


REPAIRS = {
    "a misspelt key": (
        "AIP107",
        'rules: [{id: a, apps: ["*"], groups: [finance], efect: block}]  # efect\n',
        'rules: [{id: a, apps: ["*"], groups: [finance], effect: block}]  # efect\n',
    ),
    "a misspelt section": (
        "AIP107",
        'rulez:\n  - {id: a, apps: ["*"], groups: [everyone], effect: block}\n',
        'rules:\n  - {id: a, apps: ["*"], groups: [everyone], effect: block}\n',
    ),
    "one name where a list is due": (
        "AIP109",
        'rules: [{id: a, apps: "category:chat", groups: finance, effect: warn}]\n',
        'rules: [{id: a, apps: ["category:chat"], groups: [finance], effect: warn}]\n',
    ),
    "a number that is a name": (
        "AIP109",
        'rules: [{id: a, apps: ["*"], groups: [everyone], effect: block, message: 1.10}]\n',
        'rules: [{id: a, apps: ["*"], groups: [everyone], effect: block, message: "1.10"}]\n',
    ),
    "a word for a truth value": (
        "AIP109",
        f'network: {{close_bypasses: "yes"}}\nrules:\n{REST}',
        f"network: {{close_bypasses: true}}\nrules:\n{REST}",
    ),
    "a number in quotes": (
        "AIP109",
        f'gap_budget: "12"\nrules:\n{REST}',
        f"gap_budget: 12\nrules:\n{REST}",
    ),
}


@pytest.mark.parametrize("case", REPAIRS)
def test_an_error_is_repaired_in_the_one_way_there_is(case: str, tmp_path: Path) -> None:
    """The error goes, and only the characters that were wrong change."""
    code, before, after = REPAIRS[case]
    found = _mended(tmp_path, HEAD + before)
    assert {fix.code for fix in found.done} == {code}
    assert found.texts[1] == HEAD + after
    assert found.after.ir is not None
    assert found.refused == ()


IDLE = {
    "a redundant rule": (
        "AIP302",
        "rules:\n  # about Claude\n  - id: claude\n    apps: [claude]  # the app\n"
        "    groups: [finance]\n    effect: block\n\n  # what is left\n" + REST,
        "rules:\n  # about Claude\n\n  # what is left\n" + REST,
    ),
    "an exception that has ended, the only one": (
        "AIP217",
        "exceptions:\n  - id: e\n    apps: [claude]\n    groups: [finance]\n    effect: allow\n"
        "    until: 2025-01-01\n    owner: cfo@acme.example\n    reason: |-\n      RFP 88\n\n"
        "rules:\n" + REST,
        "\nrules:\n" + REST,
    ),
    "an exception that has ended, in brackets": (
        "AIP217",
        "exceptions: [{id: e, apps: [claude], groups: [finance], effect: allow, until: 2025-01-01, "
        "owner: c@a.example, reason: x}, {id: f, apps: [claude], groups: [finance], effect: allow, "
        "until: 2027-01-01, owner: c@a.example, reason: x}]\nrules:\n" + REST,
        "exceptions: [{id: f, apps: [claude], groups: [finance], effect: allow, "
        "until: 2027-01-01, owner: c@a.example, reason: x}]\nrules:\n" + REST,
    ),
    "names that are listed twice": (
        "AIP312",
        "rules:\n  - id: a\n    apps: [claude, chatgpt, claude]\n    groups:\n      - finance\n"
        "      - finance  # again\n    surfaces: [web, web, web]\n    effect: warn\n" + REST,
        "rules:\n  - id: a\n    apps: [claude, chatgpt]\n    groups:\n      - finance\n"
        "    surfaces: [web]\n    effect: warn\n" + REST,
    ),
    "a host that is read otherwise": (
        "AIP236",
        "apps:\n  acme-gpt: {name: G, vendor: acme, category: chat, domains: [{domain: "
        "GPT.Acme.Example.}]}\nrules:\n" + REST,
        "apps:\n  acme-gpt: {name: G, vendor: acme, category: chat, domains: [{domain: "
        "gpt.acme.example}]}\nrules:\n" + REST,
    ),
}


@pytest.mark.parametrize("case", IDLE)
def test_what_does_nothing_goes_and_nobody_notices(case: str, tmp_path: Path) -> None:
    """The finding goes, comments of others stay, and everybody gets what they got."""
    code, before, after = IDLE[case]
    found = _mended(tmp_path, HEAD + before)
    assert {fix.code for fix in found.done} == {code}
    assert found.texts[1] == HEAD + after
    assert found.before.ir is not None
    assert found.after.ir is not None
    assert not difference(found.before.ir, found.after.ir).for_somebody
    assert code not in {finding.code for finding in found.after.findings}


UNSURE = {
    "a key that is there already": (
        'rules: [{id: a, apps: ["*"], groups: [everyone], effect: block, efect: allow}]\n'
    ),
    "a key that nothing is near": f"shape: round\nrules:\n{REST}",
    "an app that nobody knows": (
        "rules: [{id: a, apps: [chatgtp], groups: [everyone], effect: block}]\n"
    ),
    "another product's word for an effect": (
        'rules: [{id: a, apps: ["*"], groups: [everyone], effect: deny}]\n'
    ),
    "a network with an address": f"network: {{resolvers: [10.0.0.53/24]}}\nrules:\n{REST}",
    "a rule that never decides": (
        f"rules:\n{REST}  - {{id: b, apps: [claude], groups: [finance], effect: allow}}\n"
    ),
    "a text that is no YAML": "rules: [\n",
    "an alias for nothing, beside a misspelt key": f"rulez:\n{REST}protected: [*nobody]\n",
    "a key that is given twice": f"rules:\n{REST}unlisted_ai: block\nunlisted_ai: allow\n",
    "a tag, beside a misspelt key": f"rulez:\n{REST}unlisted_ai: !!str block\n",
}


@pytest.mark.parametrize("case", UNSURE)
def test_what_only_the_author_can_decide_is_left(case: str, tmp_path: Path) -> None:
    """Where there is more than one way, or none, not a character changes."""
    found = _mended(tmp_path, HEAD + UNSURE[case])
    assert found.done == ()
    assert found.texts[0] == found.texts[1] == HEAD + UNSURE[case]
    assert found.after.findings


def test_a_rule_that_is_redundant_for_now_stays(tmp_path: Path) -> None:
    """While an exception holds, the rule behind it changes nothing; the day after it will."""
    text = (
        HEAD + "exceptions:\n  - {id: e, apps: [claude], groups: [everyone], effect: block, until: "
        "2027-01-01, owner: c@a.example, reason: x}\n"
        "vendors:\n  anthropic: {soc2: {until: 2027-01-01}}\n"
        "data_classes: [{id: public}, {id: internal}]\n"
        "vendor_tiers:\n  - {id: a, when: {soc2: valid}, max_data: internal}\n"
        "  - {id: b, max_data: public}\n"
        "rules:\n"
        "  - {id: now, apps: [claude], groups: [finance], effect: allow, require: {data: {max: "
        "internal}}}\n"
        "  - {id: later, apps: [claude], groups: [everyone], effect: allow, require: {data: {max: "
        "internal}}}\n" + REST
    )
    found = _mended(tmp_path, text)
    gone = {fix.says.split("`")[1] for fix in found.done}
    assert "e" not in gone
    assert "later" not in gone


def test_a_rule_that_a_test_names_stays_and_why_is_told(tmp_path: Path) -> None:
    """A fix that would make a new finding is taken back."""
    text = (
        HEAD
        + "rules:\n  - {id: claude, apps: [claude], groups: [everyone], effect: block}\n"
        + REST
        + "tests: [{app: claude, expect: block, rule: claude}]\n"
    )
    found = _mended(tmp_path, text)
    assert found.done == ()
    (refused,) = found.refused
    assert refused.fix.code == "AIP302"
    assert refused.why == f"the test at {tmp_path / 'policy.yaml'}:9:44 names it"


def test_an_exception_that_a_test_names_stays_and_why_is_told(tmp_path: Path) -> None:
    """The test asks of a day on which it had not ended."""
    text = (
        HEAD + "exceptions:\n  - {id: e, apps: [claude], groups: [everyone], effect: allow, until: "
        "2026-11-01, owner: c@a.example, reason: x}\nrules:\n" + REST + "tests:\n"
        "  - {app: claude, expect: allow, rule: e, as_of: 2026-10-01}\n"
    )
    found = _mended(tmp_path, text)
    assert found.done == ()
    (refused,) = found.refused
    assert refused.fix.code == "AIP217"
    assert refused.why == f"the test at {tmp_path / 'policy.yaml'}:11:40 names it"


def test_of_two_rules_that_say_the_same_one_stays(tmp_path: Path) -> None:
    """Either could go, both could not."""
    rule = "  - {{id: {}, apps: [claude], groups: [everyone], effect: allow}}\n"
    text = f"{HEAD}rules:\n{rule.format('one')}{rule.format('two')}{REST}"
    found = _mended(tmp_path, text)
    assert found.texts[1] == f"{HEAD}rules:\n{rule.format('two')}{REST}"


def test_a_base_is_left_alone(tmp_path: Path) -> None:
    """Other policies may extend it; it is fixed where it is named."""
    base = "rules:\n  - {id: claude, apps: [claude, claude], groups: [everyone], effect: block}\n"
    (tmp_path / "base.yaml").write_text(f"version: 1\n{base}{REST}", encoding="utf-8")
    found = _mended(tmp_path, HEAD + "extends: base.yaml\n")
    assert found.done == ()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_second_run_finds_nothing(newline: str) -> None:
    """What is fixed stays fixed, whatever ends the lines."""
    text = (HEAD + IDLE["a redundant rule"][1]).replace("\n", newline)
    first = mended(_opened("p.yaml", text), partial(_opened, "p.yaml"))
    assert len(first.done) == 1
    assert first.texts[1].count(newline) == first.texts[1].count("\n")
    second = mended(_opened("p.yaml", first.texts[1]), partial(_opened, "p.yaml"))
    assert (second.done, second.refused) == ((), ())
    assert second.texts[1] == first.texts[1]
