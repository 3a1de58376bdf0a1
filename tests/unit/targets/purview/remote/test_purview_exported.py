"""What is planned from a file that a script wrote elsewhere."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from aipol.plan.drifting import Past, Way, drifts
from aipol.plan.model import Action, Cause, Inputs
from aipol.remote import (
    ByHand,
    Handwork,
    Live,
    Mark,
    NotFromHere,
    Refused,
    Remote,
    Surroundings,
    Unusable,
    Write,
    WrongPlace,
)
from aipol_targets.purview.remote import Exported, open_remote
from aipol_targets.purview.settings import PurviewSettings
from tests.unit.targets.purview.remote.edits import EDITS

SiteOf = Callable[..., Any]
Files = dict[str, bytes]


def test_what_was_made_by_hand_is_as_it_should_be(site: SiteOf, files: Files) -> None:
    """The marks of the files are those that aipol writes, whatever the service made of the rest."""
    tenant = site()
    before = tenant.plan(files)
    kinds = [change.kind for change in before.changes]
    assert {change.action for change in before.changes} == {Action.CREATE}
    assert sorted(set(kinds)) == ["DLP policy", "DLP rule", "information type package"]
    tenant.by_hand(files)
    after = tenant.plan(files)
    assert {change.action for change in after.changes} == {Action.NO_OP}
    assert len(after.changes) == len(before.changes)
    assert [each.name for each in after.foreign] == ["Microsoft Rule Package"]
    assert "2026-11-29T09:00:00Z" in after.notes[0]


@pytest.mark.parametrize("place", sorted(EDITS))
def test_what_somebody_edited_is_told(place: str, site: SiteOf, files: Files) -> None:
    """Each way to weaken a rule shows as an edit, and drift tells it."""
    tenant = site()
    tenant.by_hand(files)
    with tenant.changed() as there:
        rule = next(each for each in there.rules.values() if "e7f1c1d4" in each["AdvancedRule"])
        EDITS[place](rule)
    remote = tenant.exported()
    found = tenant.plan(files, remote)
    (change,) = found.writes
    assert (change.action, change.cause) == (Action.UPDATE, Cause.EDITED)
    assert change.differences[0].path.startswith(place.rstrip("."))
    inputs = Inputs("1", "p", "2026-11-29", "", "", "")
    (drift,) = drifts(found, Past({}, None, None), inputs)
    assert drift.way is Way.EDITED


def test_people_that_somebody_took_out_are_told(site: SiteOf, files: Files) -> None:
    """So is a policy that only reports again."""
    tenant = site()
    tenant.by_hand(files)
    with tenant.changed() as there:
        for policy in there.policies.values():
            entries = json.loads(policy["Locations"])
            entries[0]["Exclusions"] = [{"Type": "Group", "Identity": "0" * 8}]
            policy["Locations"] = json.dumps(entries)
            policy["Mode"] = "TestWithoutNotifications"
    places = {each.path for change in tenant.plan(files).writes for each in change.differences}
    assert "Mode" in places
    assert any("exclusions" in place for place in places)


def _is_by_hand(remote: Remote) -> bool:
    return isinstance(remote, ByHand)


def test_a_person_makes_the_changes(site: SiteOf, files: Files) -> None:
    """The commands are printed, with a switch for what somebody edited and none for a test."""
    remote = site().exported()
    assert isinstance(remote, Exported)
    assert _is_by_hand(remote)
    assert not _is_by_hand(site().connected())
    assert remote.steps(Handwork())[2] == r".\apply-dlp.ps1 -Apply -Prune -Enforce"
    assert "-Again" in "".join(remote.steps(Handwork(edits=True)))
    assert "rename" in remote.steps(Handwork(adopts=True))[0]
    testing = site(mode="test").exported()
    assert isinstance(testing, Exported)
    assert "-Enforce" not in "".join(testing.steps(Handwork()))
    assert (remote.rehearsal, testing.rehearsal) == ("mode: test", "")
    (first, *_) = remote.wanted(files)
    write = Write(first.kind, first.body, Mark(first.key, "0" * 16))
    with pytest.raises(Refused, match="not written from here"):
        remote.create(write)
    with pytest.raises(Refused, match="not written from here"):
        remote.delete(Live(first.kind, "x", "x", None))


def test_what_the_tenant_lacks_stops_the_plan(site: SiteOf, files: Files) -> None:
    """A rule about a label or type that is not there matches nothing, and nobody would notice."""
    tenant = site()
    assert tenant.plan(files, tenant.exported()).absent == ()
    for lacking, said in ({"labels": []}, "sensitivity label"), ({"types": {}}, "Credit Card"):
        absent = tenant.plan(files, tenant.exported(**lacking)).absent
        assert absent
        assert any(said in each.what for each in absent)
        assert all(each.objects for each in absent)


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"tenant": "9ef53cd9-367c-4b21-af75-2d4df289ac2a"}, WrongPlace, "the policy names 3f0c"),
        ({"schema": "aipol.purview-state/2"}, Unusable, "its schema"),
        ({"policies": [{"Name": "x"}]}, Unusable, "not what export-dlp.ps1 writes"),
        ({"rules": ["x"]}, Unusable, "not what export-dlp.ps1 writes"),
        ({"types": []}, None, ""),
    ],
)
def test_a_file_of_another_tenant_or_of_nothing(
    changes: dict[str, Any], error: type[Exception] | None, said: str, site: SiteOf
) -> None:
    """What is no whole state of the policy's tenant is an error, and never an empty tenant."""
    remote = site().exported(**changes)
    if error is None:
        assert remote.observe().objects != ()
        return
    with pytest.raises(error, match=said):
        remote.observe()


def _nested(levels: int) -> Any:
    found: Any = "x"
    for _ in range(levels):
        found = {"SubConditions": [found]}
    return found


def _packed(package: dict[str, Any], levels: int) -> dict[str, Any]:
    text = base64.b64decode(package["Data"]).decode("utf-16")
    more = "<a>" * levels + "</a>" * levels
    content = text.replace("</Rules>", f"{more}</Rules>").encode("utf-16")
    return {**package, "Data": base64.b64encode(content).decode()}


def test_a_tenant_that_is_nested_without_end(site: SiteOf, files: Files) -> None:
    """An error that says so, in a condition as in a package; what is merely odd is compared."""
    tenant = site()
    tenant.by_hand(files)
    state = tenant.tenant.state()
    (rule, *rules), (package,) = state["rules"], [p for p in state["packages"] if p["Data"]]
    for levels, usable in ((20, True), (400, False)):
        given = {"rules": [{**rule, "AdvancedRule": _nested(levels)}, *rules]}
        _told(tenant, files, given, usable=usable)
    for levels, usable in ((20, True), (3_000, False)):
        _told(tenant, files, {"packages": [_packed(package, levels)]}, usable=usable)


def _told(tenant: Any, files: Files, given: dict[str, Any], *, usable: bool) -> None:
    if usable:
        assert len(tenant.plan(files, tenant.exported(**given)).writes) == 1
        return
    with pytest.raises(Unusable, match="levels deep"):
        tenant.exported(**given).observe()


def test_a_row_that_was_told_twice_is_one_object(site: SiteOf, files: Files) -> None:
    """It is not its own double; two that have one id are no state of a tenant."""
    tenant = site()
    tenant.by_hand(files)
    state = tenant.tenant.state()
    for name in ("policies", "rules", "packages"):
        twice = {name: [*state[name], state[name][0]]}
        assert tenant.plan(files, tenant.exported(**twice)).writes == ()
    for name in ("policies", "rules"):
        other = {**state[name][0], "Name": "another"}
        with pytest.raises(Unusable, match="have one id"):
            tenant.exported(**{name: [*state[name], other]}).observe()


def test_a_file_that_cannot_be_read(site: SiteOf) -> None:
    """Its name is told."""
    tenant = site()
    for content, said in (None, "cannot read"), (b"\xff\xff", "no JSON"), (b"{", "no JSON"):
        file = tenant.file.with_name("state.json")
        file.unlink(missing_ok=True)
        if content is not None:
            file.write_bytes(content)
        given = Surroundings("com.acme", {"PURVIEW_STATE": str(file)})
        with pytest.raises(Unusable, match=rf"(?s)state\.json.*{said}|{said}.*state\.json"):
            open_remote(tenant.settings, given).observe()


def test_what_is_being_deleted_is_not_there(site: SiteOf, files: Files) -> None:
    """And a note tells that its name is taken for a while."""
    tenant = site()
    tenant.by_hand(files)
    rows = tenant.tenant.state()["rules"]
    rows[0]["Mode"] = "PendingDeletion"
    found = tenant.plan(files, tenant.exported(rules=rows))
    assert [change.action for change in found.writes] == [Action.CREATE]
    assert any("still being deleted" in note for note in found.notes)


def test_from_where_powershell_does_not_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Linux, and on Windows without pwsh, the commands for elsewhere are told."""
    settings = PurviewSettings(tenant="3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1")
    nowhere = Surroundings("com.acme", {"PATH": ""})
    with pytest.raises(Unusable, match=r"targets\.purview\.tenant"):
        open_remote(PurviewSettings(), nowhere)
    for platform, said in ("linux", "for Windows alone"), ("win32", "not installed"):
        monkeypatch.setattr("sys.platform", platform)
        with pytest.raises(NotFromHere) as error:
            open_remote(settings, nowhere)
        assert said in str(error.value)
        assert r".\export-dlp.ps1 -Out purview-state.json" in str(error.value)
        assert "PURVIEW_STATE=purview-state.json aipol plan -t purview" in str(error.value)
