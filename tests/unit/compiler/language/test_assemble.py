"""A policy and its bases become one, and every value still knows its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from aipol.diagnostics.model import Diagnostic
from aipol.language.assemble import Assembled, assemble
from aipol.vocabulary import Effect

Write = Callable[[Mapping[str, str]], None]

BASE = """\
version: 1
organization: {name: Base, identifier: com.base, contacts: {security: s@base.example}}
groups: {everyone: {all: true}, finance: {jamf: Base Finance}}
data_classes: [{id: public}, {id: internal}]
vendor_tiers: [{id: any, max_data: public}]
rules:
  - {id: floor, apps: [deepseek], groups: [everyone], effect: block, locked: true}
  - {id: rest, apps: ["*"], groups: [everyone], effect: block}
exceptions:
  - {id: old, apps: [claude], groups: [finance], effect: allow, until: 2027-01-31,
     owner: a@base.example, reason: old}
unlisted_ai: warn
on_gap: tighten
logging: {retention_days: 30, sink: sentinel}
network:
  inspect_tls: all
  gateways:
    one: {host: one.base.example}
    two: {host: two.base.example}
  segments:
    - {id: s, networks: [10.0.0.0/8], groups: [finance]}
protected: [glass@base.example]
targets:
  intune: {tenant: base, mode: report-only}
  jamf: {url: base}
tests:
  - {app: deepseek, expect: block}
"""
CHILD = """\
version: 1
extends: base.yaml
organization: {name: Child, identifier: com.child}
groups: {finance: {jamf: Child Finance}, lab: {jamf: Lab}}
data_classes: [{id: everything}]
rules:
  - {id: own, apps: [claude], groups: [finance], effect: warn}
exceptions:
  - {id: new, apps: [claude], groups: [lab], effect: allow, until: 2027-02-28,
     owner: a@child.example, reason: new}
unlisted_ai: block
gap_budget: 3
logging: {retention_days: 60}
network:
  gateways:
    two: {host: two.child.example}
protected: [glass@child.example]
targets:
  intune: {mode: enforce}
tests:
  - {app: claude, expect: warn, who: [finance]}
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write files into an empty directory that is the current one."""
    monkeypatch.chdir(tmp_path)

    def write_files(files: Mapping[str, str]) -> None:
        for name, text in files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(text, encoding="utf-8")

    return write_files


def _good(path: str) -> Assembled:
    assembled, findings, _ = assemble(path)
    assert findings == ()
    assert assembled is not None
    return assembled


def _bad(path: str) -> list[tuple[str, str, str]]:
    assembled, findings, _ = assemble(path)
    assert assembled is None
    return [(finding.code, str(finding.span), finding.message) for finding in findings]


def test_a_policy_without_a_base_is_itself(write: Write) -> None:
    """Every part is there, with its place, and what is left out has its default."""
    write({"p.yaml": BASE})
    policy = _good("p.yaml")
    assert policy.layers == ("p.yaml",)
    assert policy.organization.value.name == "Base"
    assert [clause.value.id for clause in policy.clauses] == ["old", "floor", "rest"]
    assert policy.gap_budget is None
    assert str(policy.rules[1].span("effect")) == "p.yaml:8:57"
    assert str(policy.groups["finance"].key_span()) == "p.yaml:3:33"


def test_defaults_are_the_strict_ones(write: Write) -> None:
    """A policy that says nothing about it blocks unlisted AI and reports gaps."""
    write({"p.yaml": "\n".join(BASE.splitlines()[:8]) + "\n"})
    policy = _good("p.yaml")
    assert (policy.unlisted_ai, policy.on_gap) == (Effect.BLOCK, "report")
    assert policy.logging.retention_days == 90
    assert policy.network is None
    assert policy.targets == {}


def test_a_child_comes_first_and_wins(write: Write) -> None:
    """Lists are the child's then the base's; of two entries with one key the child's stands."""
    write({"base.yaml": BASE, "p.yaml": CHILD})
    policy = _good("p.yaml")
    assert policy.layers == ("p.yaml", "base.yaml")
    assert [rule.value.id for rule in policy.rules] == ["own", "floor", "rest"]
    assert [exception.value.id for exception in policy.exceptions] == ["new", "old"]
    assert [account.value for account in policy.protected] == [
        "glass@child.example",
        "glass@base.example",
    ]
    assert [test.value.app for test in policy.tests] == ["claude", "deepseek"]
    assert {name: group.value.jamf for name, group in policy.groups.items()} == {
        "finance": "Child Finance",
        "lab": "Lab",
        "everyone": None,
    }
    assert (policy.unlisted_ai, policy.on_gap) == (Effect.BLOCK, "tighten")


def test_a_list_with_a_meaning_in_its_order_is_replaced(write: Write) -> None:
    """A ladder of two organisations is neither's; a child without one has the base's."""
    write({"base.yaml": BASE, "p.yaml": CHILD})
    policy = _good("p.yaml")
    assert [rung.value.id for rung in policy.data_classes] == ["everything"]
    assert [tier.value.id for tier in policy.vendor_tiers] == ["any"]


def test_a_record_keeps_what_the_child_leaves_out(write: Write) -> None:
    """Organization, logging and network are merged key by key."""
    write({"base.yaml": BASE, "p.yaml": CHILD})
    policy = _good("p.yaml")
    assert policy.organization.value.name == "Child"
    assert policy.organization.value.contacts == {"security": "s@base.example"}
    assert (policy.logging.retention_days, policy.logging.sink) == (60, "sentinel")
    network = policy.network
    assert network is not None
    assert network.value.inspect_tls == "all"
    assert {name: gateway.host for name, gateway in network.value.gateways.items()} == {
        "one": "one.base.example",
        "two": "two.child.example",
    }


def test_settings_of_a_target_merge_key_by_key(write: Write) -> None:
    """A child can change one setting without repeating the others."""
    write({"base.yaml": BASE, "p.yaml": CHILD})
    targets = _good("p.yaml").targets
    assert targets["intune"].value == {"tenant": "base", "mode": "enforce"}
    assert targets["jamf"].value == {"url": "base"}


def test_every_merged_value_knows_its_own_file(write: Write) -> None:
    """What comes of the base points into the base, also within something of the child's."""
    write({"base.yaml": BASE, "p.yaml": CHILD})
    policy = _good("p.yaml")
    assert policy.rules[1].span().file == "base.yaml"
    assert policy.targets["intune"].span("tenant").file == "base.yaml"
    assert policy.targets["intune"].span("mode").file == "p.yaml"
    assert policy.gap_budget is not None
    assert str(policy.gap_budget.span()) == "p.yaml:12:13"
    network = policy.network
    assert network is not None
    assert str(network.span("gateways", "one", "host")) == "base.yaml:18:17"
    assert str(network.span("gateways", "two", "host")) == "p.yaml:16:17"
    assert str(network.span("segments", 0, "groups", 0)) == "base.yaml:21:48"
    assert network.span("inspect_tls").file == "base.yaml"


def test_bases_can_have_bases_and_lie_elsewhere(write: Write) -> None:
    """Paths are relative to the file that names them."""
    write(
        {
            "common/base.yaml": BASE,
            "common/country.yaml": "version: 1\nextends: base.yaml\nunlisted_ai: justify\n",
            "tenants/a.yaml": "version: 1\nextends: ../common/country.yaml\n",
        }
    )
    policy = _good("tenants/a.yaml")
    assert policy.layers == ("tenants/a.yaml", "common/country.yaml", "common/base.yaml")
    assert policy.unlisted_ai is Effect.JUSTIFY


@pytest.mark.parametrize(
    ("extends", "why"),
    [
        ("none.yaml", "there is no such file"),
        (".", "it is a directory"),
        ("pipe/../p.yaml", "it extends itself, directly or by way of others"),
        ("p.yaml", "it extends itself, directly or by way of others"),
        ("/etc/hosts", "it must be relative to this file"),
        ("C:\\\\base.yaml", "it must be relative to this file"),
        ("a\\0b", "its name has a null character"),
        ("link.yaml", "it extends itself, directly or by way of others"),
    ],
)
def test_a_base_that_cannot_be_used_is_told_where_it_is_named(
    extends: str, why: str, write: Write
) -> None:
    """Whoever wrote `extends` sees the line of `extends`."""
    organization = "organization: {name: A, identifier: a.b}"
    write({"p.yaml": f'version: 1\nextends: "{extends}"\n{organization}\n'})
    Path("link.yaml").symlink_to("p.yaml")
    assembled, findings, _ = assemble("p.yaml")
    assert assembled is None
    told = [finding for finding in findings if finding.code == "AIP114"]
    if extends == "a\\0b":
        told = [finding for finding in findings if finding.code in {"AIP114", "AIP110"}][-1:]
    assert [str(finding.span) for finding in told] == ["p.yaml:2:10"]
    assert why in told[0].message


def test_a_missing_base_is_hinted_at_as_the_child_must_write_it(write: Write) -> None:
    """The path is relative to the file that says so, and so is what was meant."""
    write(
        {
            "base/floor.yaml": BASE,
            "base/near.yaml": "version: 1\nextends: flor.yaml\n",
            "a/p.yaml": "version: 1\nextends: ../base/flor.yaml\n",
            "a/far.yaml": "version: 1\nextends: base/nothing.yaml\n",
        }
    )
    hints = [assemble(file)[1][0].hint for file in ("base/near.yaml", "a/p.yaml", "a/far.yaml")]
    assert hints == [
        "did you mean `floor.yaml`? The path is relative to this file",
        "did you mean `../base/floor.yaml`? The path is relative to this file",
        "the path is relative to `a/far.yaml`",
    ]


def test_a_cycle_of_two_is_refused(write: Write) -> None:
    """The second file says what closes the cycle."""
    write({"p.yaml": "version: 1\nextends: q.yaml\n", "q.yaml": "version: 1\nextends: p.yaml\n"})
    assert [(code, place) for code, place, _ in _bad("p.yaml")] == [("AIP114", "q.yaml:2:10")]


def test_more_than_eight_layers_are_refused(write: Write) -> None:
    """A chain that nobody can follow is not followed."""
    write({f"{n}.yaml": f"version: 1\nextends: {n + 1}.yaml\n" for n in range(20)})
    ((code, place, message),) = _bad("0.yaml")
    assert (code, place) == ("AIP114", "7.yaml:2:10")
    assert "at most 8 layers" in message


def test_faults_of_all_layers_are_told_at_once_the_childs_first(write: Write) -> None:
    """A fault in the child does not hide one in the base."""
    write(
        {
            "a.yaml": BASE.replace("on_gap", "on_gapp"),
            "z.yaml": "version: 1\nextends: a.yaml\nx: 1\n",
        }
    )
    assert [(code, place) for code, place, _ in _bad("z.yaml")] == [
        ("AIP107", "z.yaml:3:1"),
        ("AIP107", "a.yaml:13:1"),
    ]


def test_what_no_layer_has_is_missing(write: Write) -> None:
    """Organization, groups and rules must come from somewhere."""
    write({"p.yaml": "version: 1\nextends: q.yaml\n", "q.yaml": "version: 1\nunlisted_ai: block\n"})
    assert [message for _, _, message in _bad("p.yaml")] == [
        "the policy lacks `groups`",
        "the policy lacks `organization`",
        "the policy lacks `rules`",
    ]


def test_the_texts_of_all_files_are_kept_for_the_report(write: Write) -> None:
    """Each finding can quote its line, whatever file it is in."""
    write({"base.yaml": BASE, "p.yaml": CHILD})
    _, _, sources = assemble(Path("p.yaml"))
    assert set(sources.texts) == {"p.yaml", "base.yaml"}


def test_findings_that_do_not_stop_anything_leave_a_policy(write: Write) -> None:
    """An assembled policy comes with no errors."""
    write({"p.yaml": BASE})
    found: tuple[Diagnostic, ...] = assemble("p.yaml")[1]
    assert found == ()
