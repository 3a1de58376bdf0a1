"""Read the rule package and check that it defines the custom types the rules use, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET
from xml.parsers import expat

from aipol.remote import Mark
from aipol_targets.purview.read_json import Place
from aipol_targets.purview.read_rules import ReadRule, ours
from aipol_targets.purview.remote_form import package_digest, package_key

PACKAGE = "sit-package.xml"

_SPACE = "{http://schemas.microsoft.com/office/2011/mce}"
_LEVELS = ("65", "75", "85")


def check_package(content: bytes | None, rules: tuple[ReadRule, ...], organization: str) -> None:
    """Custom types in rules are in the package under the same GUID and name, and the reverse."""
    place = Place(PACKAGE)
    used = {
        (guid, name)
        for rule in rules
        for group in rule.condition.groups()
        for guid, name in group.types
        if ours(name)
    }
    if content is None:
        if used:
            place.refuse("missing, though rules use custom information types")
        return
    root = _root(content, place)
    defined = _defined(root, place)
    if {(guid, name) for guid, name, _ in defined} != used or not used:
        place.refuse("does not define exactly the custom types that rules use")
    made = Mark(package_key(organization), package_digest(content.decode()))
    if [element.text for element in root[0].iter(f"{_SPACE}Description")] != [str(made)]:
        place.refuse("the content is not what its mark was made for")


def _root(content: bytes, place: Place) -> ET.Element:
    if b"<!" in content:
        place.refuse("declares something")
    try:
        return ET.fromstring(content)  # noqa: S314 - no declaration, so no entity to expand
    except (ET.ParseError, expat.ExpatError) as error:
        place.refuse(f"not XML: {error}")


def _defined(root: ET.Element, place: Place) -> list[tuple[str, str, str]]:
    if root.tag != f"{_SPACE}RulePackage" or [e.tag for e in root] != [
        f"{_SPACE}RulePack",
        f"{_SPACE}Rules",
    ]:
        place.refuse("not a rule package")
    rules = root[1]
    kinds = {f"{_SPACE}{kind}" for kind in ("Entity", "Regex", "LocalizedStrings")}
    if any(element.tag not in kinds for element in rules):
        place.refuse("holds an element that is not read")
    names = dict(_names(rules, place))
    regexes = {e.get("id", ""): e.text or "" for e in rules.iter(f"{_SPACE}Regex")}
    entities = list(rules.iter(f"{_SPACE}Entity"))
    levels = {e.get("recommendedConfidence", "") for e in entities}
    pairs = _entities(entities, names, regexes, place)
    found = [(guid, names[guid], regexes[ref]) for guid, ref in pairs]
    if len(found) != len(regexes) or len(found) != len(names) or len(levels) != 1:
        place.refuse("entities, patterns and names do not belong together")
    if levels.pop() not in _LEVELS:
        place.refuse("found with a confidence that is none of Purview's")
    return found


def _entities(
    entities: list[ET.Element], names: dict[str, str], regexes: dict[str, str], place: Place
) -> Iterator[tuple[str, str]]:
    for entity in entities:
        guid = entity.get("id", "").lower()
        patterns = list(entity)
        matches = [match for pattern in patterns for match in pattern]
        if len(patterns) != 1 or len(matches) != 1 or matches[0].tag != f"{_SPACE}IdMatch":
            place.refuse(f"`{guid}` has more than one pattern, or evidence")
        if patterns[0].get("confidenceLevel") != entity.get("recommendedConfidence"):
            place.refuse(f"`{guid}` is found with another confidence than it recommends")
        ref = matches[0].get("idRef", "")
        if guid not in names or ref not in regexes:
            place.refuse(f"`{guid}` has no name or no pattern")
        yield guid, ref


def _names(rules: ET.Element, place: Place) -> Iterator[tuple[str, str]]:
    for resource in rules.iter(f"{_SPACE}Resource"):
        names = resource.findall(f"{_SPACE}Name")
        if len(names) != 1 or not names[0].text:
            place.refuse("a resource has no name, or several")
        yield resource.get("idRef", "").lower(), names[0].text
