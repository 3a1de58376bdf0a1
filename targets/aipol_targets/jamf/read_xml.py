"""Read the XML of Jamf Pro's Classic API to its objects, refusing whatever is not accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from aipol.target import UnreadableArtifact


@dataclass(frozen=True, slots=True)
class ReadScope:
    """Who gets an object: names of computer groups as Jamf Pro knows them."""

    everyone: bool
    include: frozenset[str]
    exclude: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReadWrapper:
    """A profile's body: the plist in it, and its scope."""

    path: str
    name: str
    payloads: str
    scope: ReadScope


@dataclass(frozen=True, slots=True)
class ReadRestriction:
    """A Restricted Software record."""

    path: str
    name: str
    process: str
    scope: ReadScope


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a smart group."""

    joined_by_or: bool
    wanted: bool
    group: str
    opens: bool
    closes: bool


@dataclass(frozen=True, slots=True)
class ReadGroup:
    """A smart group, as an `or` of `and`s: each term is a group name and whether it is wanted."""

    path: str
    name: str
    cubes: tuple[tuple[tuple[str, bool], ...], ...]


def parse(path: str, content: bytes) -> ET.Element:
    """The root element of an artefact."""
    if b"<!" in content:
        raise UnreadableArtifact(path, "holds a declaration or CDATA")
    try:
        # Declarations are refused above, and ElementTree loads nothing from outside.
        return ET.fromstring(content)  # noqa: S314
    except ET.ParseError as fault:
        raise UnreadableArtifact(path, f"not XML: {fault}") from fault


def read_wrapper(path: str, root: ET.Element) -> ReadWrapper:
    """`os_x_configuration_profile`: installed by itself, at computer level, on every change."""
    general, scope = _parts(path, root, ("general", "scope"))
    texts = _texts(path, general, optional=("category",))
    _expect(
        path,
        texts,
        {
            "distribution_method": "Install Automatically",
            "user_removable": "false",
            "level": "computer",
            "redeploy_on_update": "All",
        },
        free=("name", "description", "payloads", "category"),
    )
    return ReadWrapper(path, texts["name"], texts["payloads"], _scope(path, scope))


def read_restriction(path: str, root: ET.Element) -> ReadRestriction:
    """`restricted_software`: kills exactly the named process."""
    general, scope = _parts(path, root, ("general", "scope"))
    texts = _texts(path, general)
    _expect(
        path,
        texts,
        {
            "match_exact_process_name": "true",
            "send_notification": "false",
            "kill_process": "true",
            "delete_executable": "false",
        },
        free=("name", "process_name", "display_message"),
    )
    if not texts["process_name"] or "*" in texts["process_name"]:
        raise UnreadableArtifact(path, "the process name is empty or a wildcard")
    return ReadRestriction(path, texts["name"], texts["process_name"], _scope(path, scope))


def read_group(path: str, root: ET.Element) -> ReadGroup:
    """`computer_group`: a smart group over membership of other groups."""
    name, smart, criteria = _parts(path, root, ("name", "is_smart", "criteria"))
    if smart.text != "true" or not name.text or not len(criteria):
        raise UnreadableArtifact(path, "not a smart group with a name and criteria")
    lines = [_criterion(path, position, each) for position, each in enumerate(criteria)]
    return ReadGroup(path, name.text, _cubes(path, lines))


def _criterion(path: str, position: int, element: ET.Element) -> Criterion:
    texts = _texts(path, element)
    if element.tag != "criterion" or texts.get("priority") != str(position):
        raise UnreadableArtifact(path, "criteria are not numbered from 0 in their order")
    free = ("priority", "and_or", "search_type", "value", "opening_paren", "closing_paren")
    _expect(path, texts, {"name": "Computer Group"}, free=free)
    searches = {"member of": True, "not member of": False}
    booleans = {"true": True, "false": False}
    try:
        return Criterion(
            joined_by_or={"or": True, "and": False}[texts["and_or"]],
            wanted=searches[texts["search_type"]],
            group=texts["value"],
            opens=booleans[texts["opening_paren"]],
            closes=booleans[texts["closing_paren"]],
        )
    except KeyError as fault:
        raise UnreadableArtifact(path, f"criterion {position} says {fault}") from fault


def _cubes(path: str, lines: Sequence[Criterion]) -> tuple[tuple[tuple[str, bool], ...], ...]:
    """`or` between parentheses, `and` inside: any other mixture has no documented meaning."""
    cubes: list[list[tuple[str, bool]]] = []
    inside = False
    for position, line in enumerate(lines):
        starts = position == 0 or not inside
        if line.joined_by_or != (starts and position > 0) or (line.opens and inside):
            raise UnreadableArtifact(path, f"criterion {position} mixes `and` and `or`")
        if starts:
            cubes.append([])
        cubes[-1].append((line.group, line.wanted))
        inside = (inside or line.opens) and not line.closes
        if line.closes and not (line.opens or len(cubes[-1]) > 1):
            raise UnreadableArtifact(path, f"criterion {position} closes what is not open")
    if inside:
        raise UnreadableArtifact(path, "a parenthesis stays open")
    return tuple(tuple(cube) for cube in cubes)


def _scope(path: str, element: ET.Element) -> ReadScope:
    parts = {each.tag: each for each in element}
    order = [tag for tag in ("all_computers", "computer_groups", "exclusions") if tag in parts]
    if [each.tag for each in element] != order or "all_computers" not in parts:
        raise UnreadableArtifact(
            path, "the scope has other children than those of the schema, in order"
        )
    everyone = {"true": True, "false": False}.get(parts["all_computers"].text or "")
    if everyone is None:
        raise UnreadableArtifact(path, "all_computers is neither true nor false")
    include = (
        _names(path, parts["computer_groups"]) if "computer_groups" in parts else frozenset[str]()
    )
    exclude: frozenset[str] = frozenset()
    if "exclusions" in parts:
        (groups,) = _parts(path, parts["exclusions"], ("computer_groups",))
        exclude = _names(path, groups)
    if everyone == bool(include):
        # With both, Jamf Pro drops the groups; with neither, nobody gets the object.
        raise UnreadableArtifact(path, "the scope must name either all computers or groups")
    return ReadScope(everyone, include, exclude)


def _names(path: str, element: ET.Element) -> frozenset[str]:
    found: list[str] = []
    for each in element:
        if each.tag != "computer_group":
            raise UnreadableArtifact(path, f"unknown element {each.tag} among the groups")
        (name,) = _parts(path, each, ("name",))
        found.append(name.text or "")
    if not found or len(set(found)) != len(found) or "" in found:
        raise UnreadableArtifact(path, "a list of groups is empty, or names one twice or none")
    return frozenset(found)


def _parts(path: str, element: ET.Element, tags: tuple[str, ...]) -> tuple[ET.Element, ...]:
    if tuple(each.tag for each in element) != tags or element.attrib:
        raise UnreadableArtifact(path, f"{element.tag} does not consist of {', '.join(tags)}")
    return tuple(element)


def _texts(path: str, element: ET.Element, optional: tuple[str, ...] = ()) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in element:
        if each.tag in found:
            raise UnreadableArtifact(path, f"{each.tag} is given twice")
        if each.tag in optional:
            (each_name,) = _parts(path, each, ("name",))
            found[each.tag] = each_name.text or ""
        elif len(each):
            raise UnreadableArtifact(path, f"{each.tag} is no plain text")
        else:
            found[each.tag] = each.text or ""
    return found


def _expect(path: str, texts: dict[str, str], fixed: dict[str, str], free: tuple[str, ...]) -> None:
    unknown = sorted(texts.keys() - fixed.keys() - set(free))
    missing = sorted((fixed.keys() | set(free)) - texts.keys() - {"category"})
    if unknown or missing:
        raise UnreadableArtifact(path, f"unknown {unknown}, missing {missing}")
    for key, value in fixed.items():
        if texts[key] != value:
            raise UnreadableArtifact(path, f"{key} is {texts[key]!r}, not {value!r}")
