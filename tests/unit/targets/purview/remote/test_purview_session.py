"""What is pushed through a session is there afterwards, and then nothing is left to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files as packaged
from typing import Any

import pytest

from aipol.apply.events import Outcome
from aipol.plan.model import Action, Cause
from aipol.remote import (
    InDoubt,
    Live,
    Mark,
    Refused,
    Surroundings,
    Unusable,
    Write,
    WrongPlace,
)
from aipol_targets.purview.remote import open_remote
from aipol_targets.purview.remote_kinds import PACKAGE, POLICY, RULE
from aipol_targets.purview.remote_write import updated

SiteOf = Callable[..., Any]
Files = dict[str, bytes]
SECRET = "what opens the certificate"


def test_everything_is_made_and_nothing_is_left_to_do(site: SiteOf, files: Files) -> None:
    """Each object takes one call: the package, then policies, then their rules."""
    tenant = site()
    remote = tenant.connected()
    left = tenant.settle(files, remote)
    assert {change.action for change in left.changes} == {Action.NO_OP}
    calls = [each for each in tenant.tenant.calls if not each.startswith("connect")]
    assert sorted(calls, key=lambda each: "Rule" in each.removesuffix("RulePackage")) == calls
    assert len(calls) == len(left.changes)
    assert tenant.plan(files).writes == ()
    assert tenant.tenant.calls.count(tenant.tenant.calls[0]) == 1
    assert "CertificatePassword" in tenant.tenant.calls[0]


def test_an_edit_is_put_back(site: SiteOf, files: Files) -> None:
    """People, mode, outcome, and what lets something through again."""
    tenant = site()
    remote = tenant.connected()
    tenant.settle(files, remote)
    with tenant.changed() as there:
        for policy in there.policies.values():
            policy["Mode"] = "Disable"
            entries = json.loads(policy["Locations"])
            entries[0]["Exclusions"] = [{"Type": "Group", "Identity": "0" * 8}]
            policy["Locations"] = json.dumps(entries)
        for rule in there.rules.values():
            rule |= {"NotifyAllowOverride": "WithJustification", "Disabled": True}
            rule["RestrictAccess"] = []
    edited = tenant.plan(files, remote)
    assert {change.cause for change in edited.writes} == {Cause.EDITED}
    assert tenant.settle(files, remote).writes == ()
    assert all(rule["NotifyAllowOverride"] is None for rule in tenant.tenant.rules.values())


def test_what_is_wanted_no_more_goes(site: SiteOf, files: Files) -> None:
    """Rules before their policies, the package last; others' objects stay."""
    tenant = site()
    remote = tenant.connected()
    tenant.settle(files, remote)
    with tenant.changed() as there:
        given = {"Name": "theirs", "Comment": "", "Mode": "Enable", "EnforcementPlanes": []}
        there.call("New-DlpCompliancePolicy", {**given, "Locations": "[]"})
    index = json.loads(files["index.json"]) | {"data_classes": {}}
    empty = {
        "index.json": json.dumps(index).encode(),
        "policies.json": b"[]",
        "rules.json": b"[]",
    }
    assert tenant.settle(empty, remote).writes == ()
    after = tenant.tenant
    assert ([row["Name"] for row in after.policies.values()], after.rules) == (["theirs"], {})
    assert after.packages == {}


def test_what_was_made_comes_and_goes_by_its_mark(site: SiteOf, files: Files) -> None:
    """Looking, seeking and deleting agree; deleting twice is no error."""
    tenant = site()
    remote = tenant.connected()
    tenant.settle(files, remote)
    for kind in (RULE, POLICY, PACKAGE):
        ours = [each for each in remote.observe().objects if each.kind == kind and each.mark]
        for live in ours:
            assert live.mark is not None
            assert [each.id for each in remote.seek(kind, live.mark.key)] == [live.id]
            assert remote.look(kind, live.id) == live
            remote.delete(live)
            remote.delete(live)
            assert remote.look(kind, live.id) is None


def _less(files: Files) -> Files:
    """The same without the second policy and its rules, and the first only reporting."""
    first, *_ = json.loads(files["policies.json"])
    rules = [each for each in json.loads(files["rules.json"]) if each["Policy"] == first["Name"]]
    tested = {**first, "Mode": "TestWithoutNotifications"}
    return {
        **files,
        "policies.json": json.dumps([tested]).encode(),
        "rules.json": json.dumps(rules).encode(),
    }


@pytest.mark.parametrize("fault", ["died before it", "died after it"])
@pytest.mark.parametrize("at", range(5))
def test_an_answer_that_was_lost_makes_nothing_twice(
    at: int, fault: str, site: SiteOf, files: Files
) -> None:
    """At each change that makes, changes or removes something; a new session goes on."""
    tenant = site()
    first = tenant.connected(PLAYED_FAULT=fault, PLAYED_AT=str(at))
    assert tenant.settle(files, first).writes == ()
    made = len([each for each in tenant.tenant.calls if not each.startswith("connect")])
    tenant.file.with_suffix(".fault").unlink(missing_ok=True)
    second = tenant.connected(PLAYED_FAULT=fault, PLAYED_AT=str(made + at))
    assert tenant.settle(_less(files), second).writes == ()
    for rows in (tenant.tenant.policies, tenant.tenant.rules):
        names = [row["Name"] for row in rows.values()]
        assert len(set(names)) == len(names)
    assert len(tenant.tenant.policies) == 1


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("|Microsoft.Exchange.Management.SomeException|no", Refused),
        ("Ex6F9304|Microsoft.Exchange.Configuration.Tasks.SomeException|no", Refused),
        ("|Microsoft.Exchange.Data.TransientException|later", InDoubt),
        ("A connection was closed", InDoubt),
    ],
)
def test_what_an_error_says_of_a_change(
    said: str, error: type[Exception], site: SiteOf, files: Files
) -> None:
    """What the service refuses was not done; of anything else nobody knows."""
    tenant = site()
    remote = tenant.connected(PLAYED_FAULT=said)
    wanted = next(each for each in remote.wanted(files) if each.kind == POLICY)
    with pytest.raises(error):
        remote.create(Write(wanted.kind, wanted.body, Mark(wanted.key, "0" * 16)))


def test_a_refusal_is_told_in_the_services_words(site: SiteOf, files: Files) -> None:
    """What does not need it goes on."""
    tenant = site()
    remote = tenant.connected()
    with tenant.changed() as there:
        (entry, *_) = json.loads(files["policies.json"])
        there.call("New-DlpCompliancePolicy", {**entry, "Comment": ""})
    plan = tenant.plan(files, remote)
    assert [each.name for each in plan.collisions] == [entry["Name"]]
    results = tenant.carry(plan, remote)
    assert {each.outcome for each in results} <= {Outcome.DONE, Outcome.FAILED, Outcome.SKIPPED}


def test_what_has_our_name_can_be_taken_over(site: SiteOf, files: Files) -> None:
    """With a word; then it is ours, as the files have it."""
    tenant = site()
    remote = tenant.connected()
    with tenant.changed() as there:
        (entry, *_) = json.loads(files["policies.json"])
        theirs = {**entry, "Comment": "of the team", "Mode": "Disable"}
        there.call("New-DlpCompliancePolicy", theirs)
    key = entry["Comment"].split()[0].removeprefix("aipol:")
    assert tenant.settle(files, remote, adopt=frozenset({key})).writes == ()
    assert [row["Comment"] for row in tenant.tenant.policies.values()] == [entry["Comment"]]
    assert tenant.settle(files, remote).writes == ()
    assert len(tenant.tenant.policies) == len(json.loads(files["policies.json"]))


def test_the_credentials_of_another_tenant(site: SiteOf) -> None:
    """Nothing is read of it, and nothing written."""
    remote = site().connected(PLAYED_ANOTHER="9ef53cd9-367c-4b21-af75-2d4df289ac2a")
    with pytest.raises(WrongPlace, match="9ef53cd9"):
        remote.observe()
    with pytest.raises(WrongPlace):
        remote.delete(Live(RULE, "x", "x", None))


def test_a_password_is_in_no_error(site: SiteOf) -> None:
    """Whatever PowerShell repeats of it."""
    tenant = site()
    said = f"the password {SECRET} is wrong"
    with pytest.raises(Unusable) as error:
        tenant.connected(PLAYED_FAULT="connect", PLAYED_SAID=said).observe()
    assert SECRET not in str(error.value)
    assert "is wrong" in str(error.value)


@pytest.mark.parametrize(
    ("variables", "given"),
    [
        ({"PURVIEW_CERTIFICATE_THUMBPRINT": "83213A"}, "CertificateThumbprint"),
        ({"AZURE_CLIENT_ID": "", "PURVIEW_USER": "ann@acme.example"}, "UserPrincipalName"),
    ],
)
def test_other_ways_to_sign_in(variables: dict[str, str], given: str, site: SiteOf) -> None:
    """By a certificate of the machine, or a person in a window; no password then."""
    tenant = site()
    tenant.connected(**variables).observe()
    assert given in tenant.tenant.calls[0]
    assert "Password" not in tenant.tenant.calls[0]


def test_nobody_is_signed_in(site: SiteOf) -> None:
    """What signs in is told; a program that is none is an error, too."""
    tenant = site()
    only = Surroundings("com.acme", {"AIPOL_PWSH": tenant.variables["AIPOL_PWSH"]})
    with pytest.raises(Unusable, match="PURVIEW_USER"):
        open_remote(tenant.settings, only)
    with pytest.raises(Unusable, match="cannot start"):
        tenant.connected(AIPOL_PWSH="/nowhere").observe()


def test_a_program_without_an_answer(site: SiteOf, tmp_path: Any) -> None:
    """One that ends says so, with its last words."""
    program = tmp_path / "ends"
    program.write_text("#!/bin/sh\necho no such module\n")
    program.chmod(0o755)
    with pytest.raises(Unusable, match="no such module"):
        site().connected(AIPOL_PWSH=str(program)).observe()


def test_what_cannot_be_changed_is_refused(site: SiteOf, files: Files) -> None:
    """A name, a rule's policy, a location more, and exceptions that somebody else made."""
    tenant = site()
    remote = tenant.connected()
    tenant.settle(files, remote)
    objects = [each for each in remote.observe().objects if each.mark and each.body]
    rule = next(each for each in objects if each.kind == RULE)
    policy = next(each for each in objects if each.kind == POLICY)
    bodies: tuple[tuple[Live, dict[str, Any]], ...] = (
        (rule, {"Name": "another"}),
        (rule, {"Policy": "another"}),
        (rule, {"Exceptions": {"ExceptIfFrom": "x"}}),
        (policy, {"Locations": []}),
    )
    for live, change in bodies:
        with pytest.raises(Refused):
            remote.update(live, Write(live.kind, {**live.body, **change}, live.mark))


def test_all_places_that_no_cmdlet_takes_away_are_named() -> None:
    """In one order: an error says the same on every run."""
    places = [f"Applications/place{number}" for number in (3, 1, 2)]
    there = [dict(zip(("Workload", "Location"), each.split("/"), strict=True)) for each in places]
    policy = {"Name": "p", "Comment": "", "Mode": "Enable", "EnforcementPlanes": []}
    now = Live(POLICY, "1", "p", None, {**policy, "Locations": there})
    said = " and at ".join(sorted(each.lower() for each in places))
    with pytest.raises(Refused, match=f"the policy acts at {said}, too; "):
        updated(now, Write(POLICY, {**policy, "Locations": []}, None))


def test_the_two_scripts_read_alike() -> None:
    """What a session reads is what an export writes down."""
    parts = [
        packaged("aipol_targets.purview").joinpath(name).read_text(encoding="ascii")
        for name in ("export-dlp.ps1", "session-dlp.ps1")
    ]
    regions = [each.split("#region", 1)[1].split("#endregion", 1)[0] for each in parts]
    assert regions[0] == regions[1]
    assert "New-Dlp" not in parts[0]
