"""Read a rule package of information types for what it finds, whatever it is written like."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from xml.etree import ElementTree as ET

from aipol.remote import Json, Mark, Unusable, mark_in

_SPACE = "{http://schemas.microsoft.com/office/2011/mce}"
_DETAILS = f"{_SPACE}RulePack/{_SPACE}Details/{_SPACE}LocalizedDetails/{_SPACE}Description"
# What says when and by whom it was written, and nothing of what is found.
_DEEPEST = 50
"""Several times the levels of any package that means something."""
_UNTOLD = (f"{_SPACE}Version", f"{_SPACE}Description")


def package_root(text: str) -> ET.Element | None:
    """The package; None for what is none, or declares anything. Raises Unusable where it is deep.

    What is deeper than any package is could not be looked through, and may be ours all the same.
    """
    if "<!" in text:
        return None
    try:
        root = ET.fromstring(text.lstrip("\ufeff"))  # noqa: S314 - nothing is declared
    except (ET.ParseError, ValueError):
        return None
    if root.tag != f"{_SPACE}RulePackage":
        return None
    if not _is_shallow(root):
        raise Unusable(f"a rule package has elements more than {_DEEPEST} levels deep")
    return root


def _is_shallow(root: ET.Element) -> bool:
    level = [root]
    for _ in range(_DEEPEST):
        level = [part for each in level for part in each]
    return not level


def package_id(root: ET.Element) -> str:
    """The id of its rule pack, in lower case."""
    pack = root.find(f"{_SPACE}RulePack")
    return (pack.get("id") or "").lower() if pack is not None else ""


def package_mark(root: ET.Element) -> Mark | None:
    """The mark in its description."""
    found = (mark_in(each.text or "") for each in root.iterfind(_DETAILS))
    return next((each for each in found if each), None)


def package_name(root: ET.Element) -> str:
    """What people see."""
    found = root.find(_DETAILS.replace("Description", "Name"))
    return (found.text or "") if found is not None else ""


def package_types(root: ET.Element) -> tuple[str, ...]:
    """The ids of the types that it defines, in lower case."""
    return tuple((each.get("id") or "").lower() for each in root.iter(f"{_SPACE}Entity"))


def package_bytes(text: str, mark: Mark | None, version: int) -> bytes:
    """A package as it is uploaded: UTF-16, with a mark, under a version. Raises ValueError."""
    root = package_root(text)
    if root is None:
        raise ValueError("the rule package is no XML")
    for description in root.iterfind(_DETAILS):
        description.text = str(mark) if mark else ""
    for each in root.iterfind(f"{_SPACE}RulePack/{_SPACE}Version"):
        each.set("revision", str(version))
    return _written(root, "utf-16")


def package_only(text: str, kinds: AbstractSet[str]) -> str:
    """A package as it would be with these types alone, without a mark. Raises ValueError."""
    root = package_root(text)
    rules = root.find(f"{_SPACE}Rules") if root is not None else None
    if root is None or rules is None:
        raise ValueError("the rule package is no XML")
    for description in root.iterfind(_DETAILS):
        description.text = ""
    _keep(rules, "Entity", "id", kinds)
    _keep(
        rules, "Regex", "id", {(each.get("idRef") or "") for each in rules.iter(f"{_SPACE}IdMatch")}
    )
    for strings in rules.iter(f"{_SPACE}LocalizedStrings"):
        _keep(strings, "Resource", "idRef", kinds)
    return _written(root, "utf-8").decode()


def with_mark(text: str, mark: Mark) -> str:
    """A package that says whose it is. Raises ValueError."""
    root = package_root(text)
    if root is None:
        raise ValueError("the rule package is no XML")
    for description in root.iterfind(_DETAILS):
        description.text = str(mark)
    return _written(root, "utf-8").decode()


def _keep(parent: ET.Element, tag: str, name: str, kept: AbstractSet[str]) -> None:
    """Leave out the elements with other ids, which are told apart as readers do."""
    for each in parent.findall(f"{_SPACE}{tag}"):
        if _id(name, each.get(name) or "") not in {_id(name, one) for one in kept}:
            parent.remove(each)


def _written(root: ET.Element, encoding: str) -> bytes:
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SPACE)
    root.set("xmlns", _SPACE.strip("{}"))
    content: bytes = ET.tostring(root, encoding=encoding, xml_declaration=True)
    return content


def package_version(text: str) -> int:
    """The revision of a package, which an upload must raise."""
    root = package_root(text)
    found = root.find(f"{_SPACE}RulePack/{_SPACE}Version") if root is not None else None
    number = found.get("revision", "") if found is not None else ""
    return int(number) if number.isdecimal() else 0


def canonical_package(text: str) -> Json:
    """Its elements, but for the version and descriptions."""
    root = package_root(text)
    return text if root is None else _element(root)


def _element(element: ET.Element) -> Json:
    return {
        "tag": element.tag.removeprefix(_SPACE),
        "attributes": {name: _id(name, value) for name, value in element.attrib.items()},
        "text": (element.text or "").strip(),
        "parts": [_element(each) for each in element if each.tag not in _UNTOLD],
    }


def _id(name: str, value: str) -> str:
    return value.lower() if name in ("id", "idRef") else value
