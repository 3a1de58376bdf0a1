"""What comes out when an overlay is laid over the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from aipol.catalogue.overlay import overlaid
from aipol.pipeline import Opened

Content = dict[str, Any]
OWN = 'source: "own: proxy logs", tier: A'


def _hosts(content: Content, app: str) -> list[str]:
    return [row["domain"] for row in content["apps"][app].get("domains", ())]


def _overlaid(content: Content, overlay: str) -> Content:
    return overlaid(content, yaml.safe_load(overlay))


def test_a_row_is_added_and_the_others_stay(content: Content) -> None:
    """What the overlay does not speak of is as the catalogue has it."""
    row = f"{{domain: new.test, role: ui, match: exact, {OWN}}}"
    found = _overlaid(content, f"apps: {{answers: {{domains: [{row}]}}}}")
    assert _hosts(found, "answers") == ["answers.test", "old.answers.example", "new.test"]
    assert found["apps"]["chatter"] == content["apps"]["chatter"]
    assert found["apps"]["answers"]["macos"] == content["apps"]["answers"]["macos"]


def test_a_row_with_the_same_identity_is_corrected_in_its_place(content: Content) -> None:
    """The whole row is the overlay's; nothing of the old one is left."""
    row = f"{{domain: answers.test, role: api, match: exact, {OWN}}}"
    found = _overlaid(content, f"apps: {{answers: {{domains: [{row}]}}}}")
    assert found["apps"]["answers"]["domains"][0] == yaml.safe_load(row)
    assert len(found["apps"]["answers"]["domains"]) == 2


@pytest.mark.parametrize(
    ("section", "row", "number"),
    [
        ("macos", f"{{kind: bundle_id, value: TEST.answers.Mac, {OWN}}}", 2),
        ("macos", f"{{kind: process, value: test.answers.mac, {OWN}}}", 3),
        ("extensions", f"{{store: chrome, id: {'a' * 32}, name: Other, {OWN}}}", 1),
        ("extensions", f"{{store: edge, id: {'a' * 32}, name: Answers, {OWN}}}", 2),
    ],
)
def test_identity_is_the_kind_and_the_value_in_either_case(
    content: Content, section: str, row: str, number: int
) -> None:
    """A row of another kind or store is another row, one in other capitals is the same."""
    found = _overlaid(content, f"apps: {{answers: {{{section}: [{row}]}}}}")
    assert len(found["apps"]["answers"][section]) == number


def test_rows_are_dropped_and_an_empty_section_goes(content: Content) -> None:
    """Dropping the last row of a section leaves no empty list behind."""
    drop = (
        "{domains: [old.answers.example], "
        "macos: [{kind: team_id, value: ABCDE12345}, {kind: bundle_id, value: test.answers.mac}]}"
    )
    found = _overlaid(content, f"apps: {{answers: {{drop: {drop}}}}}")
    assert _hosts(found, "answers") == ["answers.test"]
    assert "macos" not in found["apps"]["answers"]
    assert "drop" not in found["apps"]["answers"]


def test_features_join_and_can_be_dropped(content: Content) -> None:
    """Features are names: one that is there already is not doubled."""
    helper = "{features: [siri, chrome-genai], drop: {features: [windows-copilot]}}"
    found = _overlaid(content, f"apps: {{helper: {helper}}}")
    assert found["apps"]["helper"]["features"] == ["siri", "chrome-genai"]


def test_other_keys_replace(content: Content) -> None:
    """A vendor, a name or a category is the overlay's where it gives one."""
    found = _overlaid(content, "apps: {twin: {vendor: chatter-inc, name: Chatter Twin}}")
    twin = found["apps"]["twin"]
    assert (twin["vendor"], twin["name"], twin["category"]) == (
        "chatter-inc",
        "Chatter Twin",
        "chat",
    )


def test_apps_vendors_and_protected_hosts_are_added(content: Content) -> None:
    """Every section of an overlay joins what is there."""
    overlay = f"""
apps: {{bot: {{name: Bot, vendor: acme, category: chat, kind: bot, source: "own: ours",
  domains: [{{domain: bot.test, role: ui, match: exact, {OWN}}}]}}}}
vendors: {{acme: {{name: Acme}}}}
protected:
  acme: [{{host: m.acme.test, match: exact, purpose: identity, {OWN}}}]
  apple: [{{host: n.acme.test, match: exact, purpose: identity, {OWN}}}]
"""
    found = _overlaid(content, overlay)
    assert found["apps"].keys() - content["apps"].keys() == {"bot"}
    assert found["vendors"].keys() - content["vendors"].keys() == {"acme"}
    hosts = {owner: [row["host"] for row in rows] for owner, rows in found["protected"].items()}
    assert hosts == {"apple": ["mdm.test", "n.acme.test"], "acme": ["m.acme.test"]}


def test_apps_with_the_same_identifier_come_to_name_each_other(content: Content) -> None:
    """A rule about either must know that it hits both, though the overlay names only one."""
    row = f"{{kind: exe, value: Chatter.exe, {OWN}}}"
    found = _overlaid(content, f"apps: {{twin: {{windows: [{row}]}}}}")
    assert found["apps"]["chatter"]["windows"][0]["shared_with"] == ["twin"]
    assert found["apps"]["twin"]["windows"][0]["shared_with"] == ["chatter"]
    drop = "{windows: [{kind: exe, value: chatter.exe}]}"
    again = _overlaid(found, f"apps: {{twin: {{drop: {drop}}}}}")
    assert "shared_with" not in again["apps"]["chatter"]["windows"][0]


def test_nothing_that_was_given_is_changed(content: Content) -> None:
    """The shipped catalogue is read once a process: it must be left as it is."""
    from copy import deepcopy

    before = deepcopy(content)
    row = f"{{kind: exe, value: chatter.exe, {OWN}}}"
    protected = f"{{host: n.test, match: exact, purpose: identity, {OWN}}}"
    _overlaid(
        content, f"{{apps: {{twin: {{windows: [{row}]}}}}, protected: {{apple: [{protected}]}}}}"
    )
    assert content == before


# --- through a policy -----------------------------------------------------------------------------


def test_the_childs_overlay_corrects_last(
    opened: Callable[..., Opened], overlaying: Callable[..., dict[str, str]]
) -> None:
    """Each file of a policy names overlays relative to itself; the base's are laid down first."""
    role = "apps: {{answers: {{domains: [{{domain: new.test, role: {}, match: exact, {}}}]}}}}\n"
    name = "vendors: {{answers-inc: {{name: {}}}}}\n"
    base = overlaying("")["p.yaml"].replace("[ours.yaml]", "[one.yaml, two.yaml]")
    found = opened(
        {
            "base/b.yaml": base,
            "base/one.yaml": role.format("ui", OWN) + name.format("First"),
            "base/two.yaml": name.format("Second"),
            "p.yaml": "version: 1\nextends: base/b.yaml\ncatalogue: {overlay: [own/three.yaml]}\n",
            "own/three.yaml": role.format("api", OWN),
        }
    )
    assert found.findings == ()
    assert [row.role.value for row in found.catalogue.app("answers").domains][-1] == "api"
    assert found.catalogue.vendor_name("answers-inc") == "Second"


def test_the_policys_own_apps_lie_on_top(
    opened: Callable[..., Opened], overlaying: Callable[..., dict[str, str]]
) -> None:
    """What the policy says under `apps` replaces what its overlay says."""
    row = f"{{domain: new.test, role: ui, match: exact, {OWN}}}"
    apps = "apps: {answers: {domains: [{domain: mine.test}]}}\n"
    found = opened(overlaying(f"apps: {{answers: {{domains: [{row}]}}}}", apps))
    assert found.ir is not None
    assert [row.domain for row in found.ir.apps["answers"].app.domains] == ["mine.test"]


def test_a_policy_without_the_keys_has_the_shipped_catalogue_itself(
    opened: Callable[..., Opened], overlaying: Callable[..., dict[str, str]], shipped: object
) -> None:
    """Nothing is read, merged or hashed for who asks for nothing."""
    policy = overlaying("")["p.yaml"].partition("catalogue:")[0]
    assert opened({"p.yaml": policy}).catalogue is shipped


def test_the_digest_is_of_what_is_really_used(
    opened: Callable[..., Opened], overlaying: Callable[..., dict[str, str]]
) -> None:
    """A comment in an overlay changes nothing, a row does."""
    row = "apps: {{answers: {{domains: [{{domain: {}.test, role: ui, match: exact, {}}}]}}}}"
    one = opened(overlaying(row.format("one", OWN))).catalogue.digest
    same = opened(overlaying(f"# said again\n{row.format('one', OWN)}")).catalogue.digest
    two = opened(overlaying(row.format("two", OWN))).catalogue.digest
    assert one == same != two


def test_show_merged_names_the_files_from_where_the_policy_is(
    opened: Callable[..., Opened], overlaying: Callable[..., dict[str, str]]
) -> None:
    """The merged policy, written beside the child, means the same catalogue."""
    from aipol.report.policy import merged_text

    base = overlaying("")["p.yaml"]
    found = opened(
        {
            "base/b.yaml": base,
            "base/ours.yaml": "vendors: {acme: {name: Acme}}\n",
            "own/p.yaml": "version: 1\nextends: ../base/b.yaml\n",
        },
        "own/p.yaml",
    )
    assert found.assembled is not None
    text = "\n".join(merged_text(found.assembled))
    assert "catalogue: {overlay: [../base/ours.yaml]}" in text
    again = opened({"own/merged.yaml": text}, "own/merged.yaml")
    assert again.findings == ()
    assert again.catalogue.digest == found.catalogue.digest
