"""A document becomes a policy, or every reason why not, in the words of the language."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aipol.diagnostics.model import Diagnostic
from aipol.language.load import load_text
from aipol.language.model import AccountMatch, Fact, Policy
from aipol.language.parse import parse
from aipol.language.shapes import is_list, is_mapping

GOOD: dict[str, Any] = {
    "version": 1,
    "organization": {
        "name": "Acme Ltd",
        "identifier": "com.acme",
        "contacts": {"a": "a@b.example"},
    },
    "groups": {
        "everyone": {"all": True},
        "finance": {"jamf": "Finance Macs", "networks": ["10.20.0.0/24"], "vlan": 20},
        "both": {"all_of": ["everyone", "finance"]},
    },
    "data_classes": [{"id": "public"}, {"id": "secret", "patterns": [{"id": "x", "regex": "a+"}]}],
    "vendors": {"openai": {"soc2": {"until": "2027-03-31"}, "sso": True, "data_region": "eu"}},
    "vendor_tiers": [{"id": "good", "when": {"sso": True}, "max_data": "secret"}],
    "apps": {"own": {"name": "Own", "domains": [{"domain": "a.example", "role": "ui"}]}},
    "rules": [
        {
            "id": "one",
            "apps": ["own"],
            "groups": ["finance"],
            "account": {"corporate": ["ws-1"]},
            "effect": "allow",
            "require": {
                "sso": True,
                "data": {"max": "secret"},
                "rate": {"requests": 1, "per": "day"},
            },
        }
    ],
    "exceptions": [
        {
            "id": "ex",
            "apps": ["own"],
            "groups": ["finance"],
            "effect": "allow",
            "until": "2027-01-31",
            "owner": "cfo@acme.example",
            "reason": "RFP 88",
        }
    ],
    "approvals": [
        {
            "id": "new-data",
            "when": ["looser", "new-data-flow"],
            "contacts": ["security"],
            "groups": ["finance"],
            "apps": ["*"],
            "except_apps": ["own"],
            "min_data": "internal",
            "min_people": 5,
        }
    ],
    "logging": {"retention_days": 30},
    "network": {
        "inspect_tls": "ai-only",
        "gateways": {"gw": {"host": "gw.example"}},
        "resolvers": ["10.0.0.53/32"],
        "segments": [
            {"id": "s", "networks": ["10.0.0.0/8"], "groups": ["finance"], "only_via": "gw"}
        ],
    },
    "targets": {"intune": {"mode": "report-only"}},
    "tests": [{"who": ["finance"], "app": "own", "expect": "allow"}],
}


def _parsed(text: str) -> tuple[Policy | None, tuple[Diagnostic, ...]]:
    document, findings = load_text("p.yaml", text)
    assert document is not None
    policy, more = parse(document)
    return policy, (*findings, *more)


def _findings(text: str) -> list[tuple[str, str]]:
    return [(finding.code, finding.message) for finding in _parsed(text)[1]]


def _only(text: str) -> Diagnostic:
    (finding,) = (found for found in _parsed(f"version: 1\n{text}")[1])
    return finding


def test_a_policy_with_everything_is_read() -> None:
    """The sample has one of each construct and no finding."""
    policy, findings = _parsed(yaml.safe_dump(GOOD))
    assert findings == ()
    assert policy is not None
    assert policy.rules is not None
    assert policy.rules[0].account == AccountMatch(corporate=("ws-1",))
    assert policy.vendors["openai"].sso == Fact(value=True)


@pytest.mark.parametrize("style", ["|", "|-", ">"])
def test_a_message_of_several_lines_is_told_how_to_be_one(style: str) -> None:
    """A line's end is a character, too, but not one to look for with other eyes."""
    rule = (
        "rules:\n  - id: a\n    apps: [chatgpt]\n    groups: [g]\n    effect: block\n    message: "
    )
    found = [
        (finding.message, finding.hint)
        for finding in _parsed(f"version: 1\n{rule}{style}\n      Ask.\n      Us.\n")[1]
        if finding.code == "AIP110"
    ]
    assert [message for message, _ in found] == ["`message` must be one line"]
    assert "`>-`" in found[0][1]
    folded = _parsed(f"version: 1\n{rule}>-\n      Ask.\n      Us.\n")[1]
    assert "AIP110" not in {finding.code for finding in folded}


def _mappings(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every mapping of the sample whose keys are fixed."""
    found: list[tuple[str | int, ...]] = []
    free: set[tuple[str | int, ...]] = {
        (name,) for name in ("groups", "vendors", "apps", "targets")
    }
    free |= {("network", "gateways"), ("organization", "contacts"), ("targets", "intune")}
    below: list[tuple[str | int, Any]] = []
    if is_mapping(value):
        found += [] if path in free else [path]
        below = list(value.items())
    if is_list(value):
        below = list(enumerate(value))
    for step, inner in below:
        found += _mappings(inner, (*path, step))
    return found


@pytest.mark.parametrize(
    "path", _mappings(GOOD), ids=lambda path: ".".join(map(str, path)) or "top"
)
def test_a_misspelt_key_is_refused_at_every_level(path: tuple[str | int, ...]) -> None:
    """One letter too many in any key of any mapping is an error there, with what was meant."""
    policy: Any = yaml.safe_load(yaml.safe_dump(GOOD))
    mapping = policy
    for step in path:
        mapping = mapping[step]
    key = max(mapping, key=len)
    misspelt = f"{key}x"
    mapping[misspelt] = mapping.pop(key)
    text = yaml.safe_dump(policy, sort_keys=False)
    _, findings = _parsed(text)
    (finding,) = (found for found in findings if found.code == "AIP107")
    line = text.splitlines()[finding.span.line - 1]
    marked = line[finding.span.column - 1 :][: finding.span.width]
    assert marked == misspelt
    assert finding.hint == f"did you mean `{key}`?"
    assert all(found.code == "AIP107" for found in findings), findings


def test_a_key_that_belongs_elsewhere_points_at_the_indentation() -> None:
    """A rule's key at the top of the file is an indentation slip."""
    finding = _only("effect: block\n")
    assert finding.code == "AIP107"
    assert finding.hint == "`effect` is a key of a rule and an exception: check the indentation"


def test_a_merge_key_is_refused_as_one() -> None:
    """`<<` does not merge anything."""
    assert "merge keys" in _only("<<: {on_gap: report}\n").hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("vendors: {v: {sso: [a]}}", "`sso` must be `true`, `false`, a whole number, a text, or"),
        ("vendors: {v: {sso: 1.5}}", "`sso` must be `true`, `false`, a whole number, a text, or"),
        ("vendors: {v: {sso: {}}}", "`sso` must be `true`, `false`, a whole number, a text, or"),
        (
            "vendors: {v: {sso: {untill: 2027-01-01}}}",
            "unknown key `untill` in `sso` of vendor `v`",
        ),
        ("unlisted_ai: Block", "`unlisted_ai` must be one of `allow`, `warn`, `justify`, `block`"),
        ("gap_budget: -1", "`gap_budget` must be at least 0, not -1"),
        ("gap_budget: 1.0", "`gap_budget` must be a whole number, not the number 1.0"),
        ("gap_budget: true", "`gap_budget` must be a whole number, not `true`"),
        ("network: {close_bypasses: 1}", "`close_bypasses` must be `true` or `false`, not"),
        ("groups: {g: {all: 1}}", "`all` must be `true`"),
        ("groups: {g: {all: false}}", "`all` must be `true`"),
        ("groups: {G: {all: true}}", "key `G` must be lower-case letters, digits"),
        ("groups: {g: {networks: [10.0.0.1/8]}}", "an item of `networks` has bits set beyond"),
        ("groups: {g: {networks: [10.0.0.0/33]}}", "an item of `networks` has the prefix 33; a"),
        ('groups: {g: {networks: ["::/129"]}}', "an item of `networks` has the prefix 129; a"),
        ("groups: {g: {networks: [10.0.0.0]}}", "an item of `networks` lacks a prefix; the one"),
        (
            "groups: {g: {networks: [10.0.0.0-10.0.1.127]}}",
            "an item of `networks` is a range of addresses; as networks it is 10.0.0.0/24, 10",
        ),
        (
            "groups: {g: {networks: [10.0.0.1-10.9.9.9]}}",
            "an item of `networks` is a range of addresses; write the networks that it is made of",
        ),
        ("groups: {g: {networks: [10.0.0.9-10.0.0.1]}}", "an item of `networks` must be a network"),
        ('groups: {g: {networks: ["10.0.0.9-::1"]}}', "an item of `networks` must be a network"),
        ("groups: {g: {networks: [10.0.0.0-24]}}", "an item of `networks` must be a network such"),
        ("vendors: {v: {sso: {until: 2027-13-01}}}", "`until` has no such month: 13"),
        ("vendors: {v: {sso: {until: 2027-02-29}}}", "`until` is a day that does not exist: 2027-"),
        ("vendors: {v: {sso: {until: 0000-02-29}}}", "`until` is a date in a year that does not"),
        ("vendors: {v: {sso: {until: 1.2.2027}}}", "`until` must be a date written YYYY-MM-DD"),
        ("groups: {g: {entra: abc}}", "`entra` must be an id such as"),
        ("protected: [root]", "an item of `protected` must be a mail address such as"),
        ("protected: root@a.example", "`protected` must be a list, not the text `root@a.example`"),
        ('extends: ""', "`extends` is empty"),
        ("rules: []", "`rules` is empty"),
        ("rules:", "`rules` is empty"),
        ("groups:", "`groups` is empty"),
        ("targets: {jamf: }", "target `jamf` is empty"),
        ("rules: {a: {}}", "`rules` must be a list, not a mapping"),
        ("rules: [3]", "rule 1 must be a mapping, not the number 3"),
        ("logging: {retention_days: 4000}", "`retention_days` must be at most 3650, not 4000"),
        (f"extends: {'x' * 2000}", "`extends` must have at most 1024 characters"),
        ('extends: "a\\u202Eb"', "`extends` has a character that cannot be seen"),
    ],
)
def test_a_wrong_value_is_one_finding_in_plain_words(text: str, message: str) -> None:
    """Whatever is wrong with a value, there is one sentence about it."""
    finding = _only(f"{text}\n")
    assert finding.message.startswith(message)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (
            "rules: [{id: r, apps: [category: meeting], groups: [g], effect: allow}]",
            'write it in quotes, without a blank: "category:meeting"',
        ),
        ('apps: {a: {domains: ["https://x.example/a"]}}', "write `{domain: x.example}`"),
        ("apps: {a: {domains: x.example}}", "write `[{domain: x.example}]`"),
        ("rules: [{id: r, apps: [a], groups: [g], effect: deny}]", "did you mean `block`?"),
        ("unlisted_ai: Forbid", "did you mean `block`?"),
        ("network: {inspect_tls: block}", ""),
    ],
)
def test_a_hint_says_what_to_write(text: str, hint: str) -> None:
    """What others call a word, and what a list of names became, can be told."""
    assert _only(f"{text}\n").hint == hint


_CLAUSE = "rules: [{{id: r, apps: [a], groups: [g], effect: allow, {}}}]"


@pytest.mark.parametrize(
    "account",
    ["both", "[corporate]", "{}", "{corporate: [a], personal: []}", "1"],
)
def test_an_account_that_is_none_is_one_finding(account: str) -> None:
    """The three ways to write an account are told at once, not one error for each."""
    finding = _only(_CLAUSE.format(f"account: {account}"))
    assert finding.message.startswith("`account` must be `corporate`, `personal` or")


@pytest.mark.parametrize("account", ["corporate", "personal", "{corporate: [a]}", "{personal: []}"])
def test_an_account_can_be_written_in_each_of_its_ways(account: str) -> None:
    """The short and the long form are the same to the language."""
    assert _findings(f"version: 1\n{_CLAUSE.format(f'account: {account}')}") == []


def test_a_block_that_requires_something_is_pointed_at_its_require() -> None:
    """What does not go together is shown at the key that is too much."""
    text = "rules: [{id: r, apps: [a], groups: [g], effect: block, require: {sso: true}}]"
    finding = _only(text)
    assert finding.message == "rule `r` is a `block`, which has nothing to require"
    assert finding.span.column == text.index("require") + 1


@pytest.mark.parametrize("key", ["account", "require", "surfaces", "except_apps", "redirect_to"])
def test_a_key_without_a_value_is_no_missing_key(key: str) -> None:
    """`account:` with nothing behind it reads like a limit, so it must not be the lack of one."""
    finding = _only(f"rules:\n- id: r\n  apps: [a]\n  groups: [g]\n  effect: allow\n  {key}:\n")
    assert (finding.code, finding.message) == ("AIP111", f"`{key}` of rule `r` is empty")
    assert finding.span.line == 7


def test_all_faults_of_a_file_are_told_at_once_in_order() -> None:
    """Faults in different parts do not hide each other."""
    found = _parsed(
        "version: 1\nrulez: 1\ngroups: {g: {all: true, vlam: 1}}\nunlisted_ai: blok\n"
        "tests:\n- {app: a}\n- {ap: b, expect: block}\n"
    )[1]
    assert [finding.code for finding in found] == ["AIP107", "AIP107", "AIP110", "AIP108", "AIP107"]
    assert [finding.span.line for finding in found] == [2, 3, 4, 6, 7]


def test_what_was_not_read_is_not_judged() -> None:
    """An alias in place of a value is one finding, not two."""
    assert [code for code, _ in _findings("version: 1\non_gap: *x\n")] == ["AIP105"]
    assert [code for code, _ in _findings("version: 1\nrules: !x [3]\n")] == ["AIP106"]


def test_no_policy_comes_of_a_document_with_a_fault() -> None:
    """Even when what could be read would do."""
    assert _parsed("version: 1\nmessage: &a x\n")[0] is None
    assert _parsed("version: 1\non_gap: *a\n")[0] is None


def test_a_long_value_is_not_repeated_in_full() -> None:
    """A message stays a line, whatever was written."""
    for text in (f"unlisted_ai: {'x' * 5000}", f"{'y' * 900}: 1", f"rules: {'z' * 5000}"):
        assert len(_only(text).message) < 250
        assert len(_only(text).hint) < 350


_JARGON = re.compile(
    r"[Pp]ydantic|JSON|[Pp]ython|[Tt]uple|\bdict\b|\bstr\b|\bint\b|\bNone\b|\bTrue\b|[Ii]nput|valid"
)


def _at(path: tuple[str | int, ...]) -> Any:
    value: Any = GOOD
    for step in path:
        value = value[step]
    return value


_KEYS = {key for path in _mappings(GOOD) for key in _at(path)} | {"x", "until", "effect"}
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "a", "block", "2027-01-01", "corporate", "*", "web"]),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(
            st.sampled_from(sorted(_KEYS)),
            below,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(value=_VALUES, where=st.sampled_from(_mappings(GOOD)), key=st.integers(0, 20))
def test_any_structure_is_a_policy_or_has_findings_without_jargon(
    value: Any, where: tuple[str | int, ...], key: int
) -> None:
    """Any value in any place of the sample is read, or refused in plain words at a real place."""
    policy: Any = yaml.safe_load(yaml.safe_dump(GOOD))
    mapping = policy
    for step in where:
        mapping = mapping[step]
    mapping[sorted(mapping)[key % len(mapping)]] = value
    text = yaml.safe_dump(policy, default_flow_style=None)
    document, found = load_text("p.yaml", text)
    assert document is not None or found
    if document is None:
        return
    parsed, findings = parse(document)
    assert (parsed is None) == bool(findings or document.holes)
    for finding in findings:
        assert not _JARGON.search(finding.message), finding.message
        assert 1 <= finding.span.line <= len(text.splitlines())


@given(_VALUES)
def test_any_document_is_a_policy_or_has_findings(value: Any) -> None:
    """Nothing that is not a policy is taken for one, and nothing raises."""
    document, found = load_text("p.yaml", yaml.safe_dump(value))
    if document is None:
        assert found
        return
    policy, findings = parse(document)
    assert (policy is None) == bool(findings or document.holes)
