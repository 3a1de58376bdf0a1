"""Whatever changes in an artefact changes an answer, or is refused."""

from __future__ import annotations

import plistlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from aipol.coverage import complete
from aipol.ir import Ir
from aipol.target import UnreadableArtifact
from aipol.verify import verify
from aipol.vocabulary import Effect
from aipol_targets.jamf.target import JAMF, Settings

PolicyOf = Callable[..., Ir]
Rule = Callable[..., Any]
Files = dict[str, bytes]

# What people see, and what only the server files objects under.
_FREE = frozenset({"description", "display_message"})


@pytest.fixture(scope="module")
def made(policy: PolicyOf, rule: Rule) -> tuple[Ir, Files, Any]:
    """Artefacts of a policy with every kind of object, and its coverage."""
    lines = [
        rule("a", ("chat", "hand-off"), ("both",), Effect.ALLOW),
        rule("b", ("paint", "lab", "browser-ai"), ("pilot",), Effect.ALLOW),
    ]
    ir = policy(lines, both=True)
    compiled = JAMF.compile(ir, Settings(other_browsers="absent"))
    found = {each.path: each.content for each in compiled.artifacts}
    return ir, found, complete(ir, JAMF, compiled.coverage)


def noticed(made: tuple[Ir, Files, Any], changed: Files) -> bool:
    """Whether reading or verifying the changed files finds a fault."""
    ir, _, records = made
    try:
        return bool(verify(ir, JAMF, JAMF.read(changed), records))
    except UnreadableArtifact:
        return True


def test_untouched_artefacts_are_clean(made: tuple[Ir, Files, Any]) -> None:
    """Without a change nothing is found."""
    assert not noticed(made, made[1])


def test_every_file_counts(made: tuple[Ir, Files, Any]) -> None:
    """Dropping any one object, with its second form, is noticed."""
    for path in made[1]:
        stem = path.removesuffix(".xml").removesuffix(".mobileconfig")
        rest = {p: c for p, c in made[1].items() if not p.startswith(f"{stem}.")}
        assert noticed(made, rest), path
        assert noticed(made, {p: c for p, c in made[1].items() if p != path}), path


def _elements_dropped(content: bytes) -> Iterator[tuple[str, bytes]]:
    root = ET.fromstring(content)  # noqa: S314
    for parent in list(root.iter()):
        for position, child in enumerate(list(parent)):
            parent.remove(child)
            yield f"{parent.tag}/{child.tag}", ET.tostring(root)
            parent.insert(position, child)


def _texts_changed(content: bytes) -> Iterator[tuple[str, bytes]]:
    root = ET.fromstring(content)  # noqa: S314
    for parent in list(root.iter()):
        for child in parent:
            named = child.tag == "name" and parent.tag in {"general", "category"}
            if len(child) or child.tag in _FREE or named or not child.text:
                continue
            text = child.text
            for other in _OPPOSITES.get(text, "Other Macs"), "":
                child.text = other
                yield f"{parent.tag}/{child.tag} {text[:20]!r} -> {other!r}", ET.tostring(root)
            child.text = text


_OPPOSITES = {
    "true": "false",
    "false": "true",
    "and": "or",
    "or": "and",
    "member of": "not member of",
    "not member of": "member of",
}


def test_every_element_of_a_body_counts(made: tuple[Ir, Files, Any]) -> None:
    """Dropping an element, swapping a group, flipping a switch: each is noticed."""
    found = made[1]
    unnoticed = [
        f"{path}: {what}"
        for path, content in found.items()
        if path.endswith(".xml")
        for changes in (_elements_dropped, _texts_changed)
        for what, changed in changes(content)
        if not noticed(made, {**found, path: changed})
    ]
    assert unnoticed == []


def test_the_two_forms_of_a_profile_must_agree(made: tuple[Ir, Files, Any]) -> None:
    """The profile beside a body is the one inside it, byte for byte."""
    path = next(path for path in made[1] if path.endswith(".mobileconfig"))
    changed = {**made[1], path: made[1][path].replace(b"\t", b" ")}
    with pytest.raises(UnreadableArtifact, match="another profile"):
        JAMF.read(changed)


def test_two_profiles_for_one_mac_are_refused(made: tuple[Ir, Files, Any]) -> None:
    """Without its exclusions a profile meets another that sets the same list."""
    path = next(p for p in made[1] if p.endswith(".xml") and b"<exclusions>" in made[1][p])
    root = ET.fromstring(made[1][path])  # noqa: S314
    scope = root.find("scope")
    exclusions = root.find("scope/exclusions")
    assert scope is not None
    assert exclusions is not None
    scope.remove(exclusions)
    assert noticed(made, {**made[1], path: ET.tostring(root)})


@pytest.mark.parametrize(
    "content",
    [
        b"<policy/>",
        b"not xml",
        b"<!DOCTYPE a><restricted_software/>",
        b"<restricted_software><general/><scope/></restricted_software>",
        b"<computer_group><name>a</name><is_smart>false</is_smart><criteria/></computer_group>",
        b"<os_x_configuration_profile><scope/><general/></os_x_configuration_profile>",
    ],
)
def test_an_object_that_is_not_understood_is_refused(content: bytes) -> None:
    """Other objects, other shapes and declarations are not read half."""
    with pytest.raises(UnreadableArtifact):
        JAMF.read({"other.xml": content})


def test_artefacts_are_the_same_bytes_every_time(policy: PolicyOf, rule: Rule) -> None:
    """Two compiles agree, and the order of groups in the file makes no difference to names."""
    lines = [rule("a", ("chat",), ("both",), Effect.ALLOW)]
    first, second = (JAMF.compile(policy(lines, both=True), Settings()).artifacts for _ in range(2))
    assert first == second
    assert len({each.path.casefold() for each in first}) == len(first)
    assert all(b"\r" not in each.content for each in first)


def _entries(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    keys = value if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield (*path, key)
        if isinstance(value[key], dict | list):
            yield from _entries(value[key], (*path, key))


def _without(document: Any, path: tuple[Any, ...]) -> Any:
    copied = deepcopy(document)
    holder = copied
    for key in path[:-1]:
        holder = holder[key]
    del holder[path[-1]]
    return copied


def test_every_entry_of_a_profile_counts(made: tuple[Ir, Files, Any]) -> None:
    """Dropping any host, extension, switch or key of a profile is noticed."""
    found = made[1]
    unnoticed = []
    for path in (each for each in found if each.endswith(".mobileconfig")):
        document = plistlib.loads(found[path])
        for entry in _entries(document):
            body = path.replace(".mobileconfig", ".xml")
            content = plistlib.dumps(_without(document, entry))
            root = ET.fromstring(found[body])  # noqa: S314
            payloads = root.find("general/payloads")
            assert payloads is not None
            payloads.text = content.decode()
            if not noticed(made, {**found, path: content, body: ET.tostring(root)}):
                unnoticed.append((path, entry))
    assert unnoticed == []
