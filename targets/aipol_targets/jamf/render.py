"""Render Jamf Pro's objects to the XML of its Classic API, and profiles to .mobileconfig files."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from aipol.target import Artifact
from aipol_targets.common.apple.render_profile import render_profile
from aipol_targets.jamf.model import Jamf, Restriction, Scope, ScopedProfile, SmartGroup


def render(model: Jamf) -> tuple[Artifact, ...]:
    """Each profile twice, bare and in the body that carries its scope; each other object once."""
    return tuple(sorted(_artifacts(model), key=lambda artifact: artifact.path))


def _artifacts(model: Jamf) -> Iterator[Artifact]:
    for scoped in model.profiles:
        content = render_profile(scoped.profile)
        yield Artifact(f"{scoped.stem}.mobileconfig", content)
        yield Artifact(f"{scoped.stem}.xml", _xml(_wrapper(scoped, content.decode())))
    for restriction in model.restrictions:
        yield Artifact(f"{restriction.stem}.xml", _xml(_restriction(restriction)))
    for group in model.groups:
        yield Artifact(f"{group.stem}.xml", _xml(_smart_group(group)))


def _xml(root: ET.Element) -> bytes:
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _add(parent: ET.Element, tag: str, text: str = "") -> ET.Element:
    element = ET.SubElement(parent, tag)
    element.text = text or None
    return element


def _say(parent: ET.Element, tag: str, *, yes: bool) -> None:
    _add(parent, tag, "true" if yes else "false")


def _wrapper(scoped: ScopedProfile, content: str) -> ET.Element:
    """The body of /JSSResource/osxconfigurationprofiles (Classic API 11.26).

    `payloads` is the whole plist, escaped once as text: escaping twice, or CDATA, makes Jamf Pro
    store another profile (PI-827; grahampugh/jamf-upload 1b0c808c, deploymenttheory provider PR
    1103). Without `All` a changed profile does not reach Macs that have it (the same, PR 185).
    """
    root = ET.Element("os_x_configuration_profile")
    general = _add(root, "general")
    _add(general, "name", scoped.name)
    _add(general, "description", scoped.profile.description)
    if scoped.category:
        _add(_add(general, "category"), "name", scoped.category)
    _add(general, "distribution_method", "Install Automatically")
    _say(general, "user_removable", yes=False)
    _add(general, "level", "computer")
    _add(general, "redeploy_on_update", "All")
    _add(general, "payloads", content)
    _scope(root, scoped.scope)
    return root


def _restriction(restriction: Restriction) -> ET.Element:
    """The body of /JSSResource/restrictedsoftware; never deletes, always matches the exact name."""
    root = ET.Element("restricted_software")
    general = _add(root, "general")
    _add(general, "name", restriction.name)
    _add(general, "process_name", restriction.process)
    _say(general, "match_exact_process_name", yes=True)
    _say(general, "send_notification", yes=False)
    _say(general, "kill_process", yes=True)
    _say(general, "delete_executable", yes=False)
    _add(general, "display_message", restriction.message)
    _scope(root, restriction.scope)
    return root


def _scope(root: ET.Element, scope: Scope) -> None:
    """In the schema's order: Jamf Pro ignores what comes out of it, and answers 200."""
    element = _add(root, "scope")
    _say(element, "all_computers", yes=scope.everyone)
    _groups(element, scope.include)
    if scope.exclude:
        _groups(_add(element, "exclusions"), scope.exclude)


def _groups(parent: ET.Element, names: tuple[str, ...]) -> None:
    if names:
        listed = _add(parent, "computer_groups")
        for name in names:
            _add(_add(listed, "computer_group"), "name", name)


def _smart_group(group: SmartGroup) -> ET.Element:
    """The body of /JSSResource/computergroups.

    Criterion `Computer Group` with `member of` and `not member of`: as JSSImporter's documented
    template and public provisioning scripts send it (read 2026-11-23). Every conjunction of two or
    more has parentheses, so that the precedence of `and` and `or`, which is not documented, never
    matters.
    """
    root = ET.Element("computer_group")
    _add(root, "name", group.name)
    _say(root, "is_smart", yes=True)
    criteria = _add(root, "criteria")
    priority = 0
    for cube in group.cubes:
        terms = [(name, "member of") for name in cube.inside]
        terms += [(name, "not member of") for name in cube.outside]
        for position, (name, search) in enumerate(terms):
            criterion = _add(criteria, "criterion")
            _add(criterion, "name", "Computer Group")
            _add(criterion, "priority", str(priority))
            _add(criterion, "and_or", "or" if priority and not position else "and")
            _add(criterion, "search_type", search)
            _add(criterion, "value", name)
            _say(criterion, "opening_paren", yes=len(terms) > 1 and position == 0)
            _say(criterion, "closing_paren", yes=len(terms) > 1 and position == len(terms) - 1)
            priority += 1
    return root
