"""Turns what an overlay says into what is wrong with it, each with the place it is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from aipol.catalogue import rules
from aipol.catalogue.identity import (
    OF_VENDORS,
    identifiers,
    identity,
    identity_keys,
    name_of,
)
from aipol.catalogue.overlay import (
    APPS,
    DROP,
    FEATURES,
    PROTECTED,
    VENDORS,
    Content,
    as_row,
    overlaid_app,
)
from aipol.catalogue.row_faults import (
    entry_faults,
    public_code_faults,
    recognisable,
    requirement_faults,
    row_faults,
    rows_faults,
    shipped_form,
    team_faults,
    teams_of,
)
from aipol.catalogue.rules import Shape
from aipol.catalogue.tree import LONGEST_TEXT, Complaint, Where, is_list, is_mapping
from aipol.language.hosts import HostError, canonical_host
from aipol.language.types import no_control
from aipol.language.words import clip, listed, near, suggest

MOST_HOLDERS = 100
_SECTIONS = (APPS, VENDORS, PROTECTED)
_HOSTS = ("domain", "host")
_OWN = "own:"
_LONGEST_MESSAGE = 200
Check = Callable[[Any], str | None]


def complaints(content: Content, overlay: Any) -> tuple[Complaint, ...]:
    """Everything that keeps `overlay` from being laid over the catalogue `content`."""
    if not is_mapping(overlay):
        return (Complaint((), "an overlay must be a mapping", f"it has {listed(_SECTIONS)}"),)
    # Texts first: what is said of the rest quotes them.
    found = tuple(_texts(overlay, ())) or tuple(_all(content, overlay)) or tuple(_crowds(overlay))
    return tuple(dict.fromkeys(found))


def _all(content: Content, overlay: Content) -> Iterator[Complaint]:
    for key in overlay:
        if key not in _SECTIONS:
            hint = suggest(key, _SECTIONS)
            yield Complaint((key,), f"unknown key `{clip(key)}`", hint, of_key=True)
    sections = {name: overlay[name] for name in _SECTIONS if name in overlay}
    for name, section in sections.items():
        if not is_mapping(section) or not section:
            yield Complaint((name,), f"`{name}` must be a mapping, and not empty")
    if not overlay:
        yield Complaint((), "the overlay is empty", f"it has {listed(_SECTIONS)}")
    given = {name: it for name, it in sections.items() if is_mapping(it)}
    yield from _vendors(given.get(VENDORS, {}))
    for owner, rows in given.get(PROTECTED, {}).items():
        yield from _key((PROTECTED, owner))
        place = (PROTECTED, owner)
        yield from map(_quoted, rows_faults(rules.PROTECTED, place, rows, _form))
    vendors = {*content[VENDORS], *given.get(VENDORS, {})}
    apps = given.get(APPS, {})
    for app_id, entry in apps.items():
        yield from _app(content, vendors, (APPS, app_id), entry)
    yield from _editions(content, {key: it for key, it in apps.items() if is_mapping(it)})


def _crowds(overlay: Content) -> Iterator[Complaint]:
    """An identifier of very many apps tells none apart, and each would name all the others."""
    holders: Counter[tuple[str, ...]] = Counter()
    for app_id, entry in overlay.get(APPS, {}).items():
        for section, number, row in identifiers(entry):
            holders[name_of(row)] += row["kind"] not in OF_VENDORS
            if holders[name_of(row)] == MOST_HOLDERS + 1:
                value = clip(row["value"])
                why = f"`{value}` is the {row['kind']} of more than {MOST_HOLDERS} apps"
                yield Complaint((APPS, app_id, section, number, "value"), why, "leave it out")


def _texts(value: Any, where: Where) -> Iterator[Complaint]:
    if is_mapping(value):
        for key, below in value.items():
            yield from _text(key, (*where, key), f"key `{clip(key)}`")
            yield from _texts(below, (*where, key))
    elif is_list(value):
        for number, below in enumerate(value):
            yield from _texts(below, (*where, number))
    elif isinstance(value, str):
        yield from _text(value, where, "it")


def _text(text: str, where: Where, what: str) -> Iterator[Complaint]:
    try:
        no_control(text)
    except ValueError as error:
        yield Complaint(where, f"{what} {error}")
    if len(text) > LONGEST_TEXT:
        yield Complaint(where, f"{what} must have at most {LONGEST_TEXT} characters")


def _vendors(vendors: Mapping[str, Any]) -> Iterator[Complaint]:
    for slug, row in vendors.items():
        yield from _key((VENDORS, slug))
        yield from map(_quoted, row_faults(rules.VENDOR, (VENDORS, slug), row, _form))


def _key(where: Where) -> Iterator[Complaint]:
    if message := rules.slug(where[-1]):
        yield _quoted(Complaint(where, message))


def _app(content: Content, vendors: set[str], where: Where, entry: Any) -> Iterator[Complaint]:
    app_id = str(where[-1])
    known = content[APPS].get(app_id)
    yield from _key(where)
    if not is_mapping(entry) or not entry:
        yield Complaint(where, f"app `{clip(app_id)}` must be a mapping, and not empty")
        return
    yield from _entry_keys(content, where, entry)
    if "vendor" in entry and isinstance(entry["vendor"], str) and entry["vendor"] not in vendors:
        why = f"vendor `{clip(entry['vendor'])}` is not in the catalogue"
        guess = near(entry["vendor"], sorted(vendors))
        otherwise = "name it under `vendors`"
        hint = f"did you mean `{guess}`? Or {otherwise}" if guess else otherwise
        yield Complaint((*where, "vendor"), why, hint)
    faults = [*_rows(where, entry), *_drops(where, known, entry)]
    yield from faults
    if faults:
        return
    merged = overlaid_app(known or {}, entry)
    yield from _against(where, entry, merged, content.get("teams", {}))
    if not recognisable(merged):
        yield Complaint(where, f"nothing is left by which `{app_id}` could be recognised")


def _entry_keys(content: Content, where: Where, entry: Content) -> Iterator[Complaint]:
    """What an app must and may say: one that the catalogue has, only what is to change."""
    app_id = str(where[-1])
    categories = tuple(content["index"]["categories"])
    own = _own(rules.APP)
    required: dict[str, Check] = {**own.required, "category": rules.one_of(categories)}
    if app_id in content[APPS]:
        shape = Shape({}, {**required, **own.optional, DROP: rules.anything})
        yield from map(_quoted, _form(shape, where, entry))
        return
    yield from (
        replace(each, hint=_new_hint(content, app_id)) if each.where == where else each
        for each in map(_quoted, _form(Shape(required, own.optional), where, entry))
    )


def _new_hint(content: Content, app_id: str) -> str:
    guess = suggest(app_id, content[APPS])
    lacks = "the catalogue lacks this app, so the overlay must say what it is"
    return f"{guess} Else {lacks}" if guess.startswith("did you mean") else lacks


def _rows(where: Where, entry: Content) -> Iterator[Complaint]:
    """What is wrong with the app's rows, each by itself."""
    faults = tuple(entry_faults(where, entry, _form))
    yield from map(_quoted, faults)
    if not faults:
        for place, row in _sourced(where, entry):
            yield from public_code_faults(place, row)


def _against(
    where: Where, entry: Content, merged: Content, teams: Collection[str]
) -> Iterator[Complaint]:
    """What the app's rows say of signing teams, against all of its rows and the catalogue."""
    place, rows = (*where, "macos"), entry.get("macos", ())
    yield from requirement_faults(place, rows, teams_of(merged.get("macos", ())))
    yield from team_faults(place, rows, teams)


def _sourced(where: Where, entry: Content) -> Iterator[tuple[Where, Content]]:
    for section in rules.ROWS:
        for number, row in enumerate(entry.get(section, ())):
            yield (*where, section, number), row
    if "tenant_restriction" in entry:
        yield (*where, "tenant_restriction"), entry["tenant_restriction"]


def _quoted(complaint: Complaint) -> Complaint:
    """What quotes a value is as long as the value; what quotes none says what it is about."""
    why, key = complaint.why, complaint.where[-1]
    if why.startswith("must be") and isinstance(key, str):
        why = f"`{clip(key)}` {why}"
    return replace(complaint, why=clip(why, _LONGEST_MESSAGE))


def _form(shape: Shape, where: Where, row: Any) -> Iterator[Complaint]:
    """The form of an organisation's row, with what was most likely meant."""
    own = _own(shape)
    for each in shipped_form(own, where, row):
        key = str(each.where[-1]) if len(each.where) > len(where) else ""
        unknown = bool(key) and key not in {**own.required, **own.optional}
        yield replace(each, hint=_hint(own, key, row, each.why), of_key=unknown)


def _hint(shape: Shape, key: str, row: Any, message: str) -> str:
    """What was most likely meant."""
    known = {**shape.required, **shape.optional}
    if not key or key not in known:
        return suggest(key, known) if key else ""
    value = row.get(key)
    _, one_of, words = message.partition(" is not one of ")
    guess = near(value, words.split(", ")) if one_of and isinstance(value, str) else None
    if guess is not None:
        return f"did you mean `{guess}`?"
    if key in _HOSTS and isinstance(value, str):
        try:
            return f"write `{canonical_host(value)}`"
        except HostError as error:
            return error.instead
    return ""


def _drops(where: Where, known: Content | None, entry: Content) -> Iterator[Complaint]:
    """What is to be dropped must be there: a slip would leave a wrong row where it is."""
    if DROP not in entry or known is None:
        return
    drop, place = entry[DROP], (*where, DROP)
    if not is_mapping(drop) or not drop:
        yield Complaint(place, "`drop` must be a mapping of sections, and not empty")
        return
    for section, rows in drop.items():
        if section not in rules.ROWS and section != FEATURES:
            every = (*rules.ROWS, FEATURES)
            why = f"`{clip(section)}` has no rows to drop"
            yield Complaint((*place, section), why, suggest(section, every), of_key=True)
        elif not is_list(rows) or not rows:
            yield Complaint((*place, section), f"`{section}` must be a list, and not empty")
        else:
            for number, row in enumerate(rows):
                known_rows = known.get(section, ())
                yield from _drop(str(where[-1]), (*place, section, number), known_rows, row)


def _drop(app_id: str, where: Where, known: Iterable[Any], dropped: Any) -> Iterator[Complaint]:
    section = str(where[-2])
    if section == FEATURES:
        if dropped not in known:
            yield _absent(app_id, where, str(dropped), map(str, known))
        return
    keys = identity_keys(section)
    row = as_row(section, dropped)
    if not all(isinstance(row.get(key), str) for key in keys) or row.keys() - {*keys}:
        form = ", ".join(f"{key}: ..." for key in keys)
        yield Complaint(where, f"a row to drop is written `{{{form}}}`")
    elif identity(section, row) not in {identity(section, each) for each in known}:
        values = [" ".join(str(each.get(key)) for key in keys) for each in known]
        yield _absent(app_id, where, " ".join(row[key] for key in keys), values)


def _absent(app_id: str, where: Where, value: str, known: Iterable[str]) -> Complaint:
    why = f"`{app_id}` has no `{clip(value)}` under `{where[-2]}` to drop"
    return Complaint(where, why, suggest(value, known) or f"it has no `{where[-2]}` at all")


def _editions(content: Content, apps: Mapping[str, Content]) -> Iterator[Complaint]:
    """An edition is of an app that is none itself, whichever of the two the overlay speaks of."""
    every = {**content[APPS], **{key: {**content[APPS].get(key, {}), **apps[key]} for key in apps}}
    for app_id, entry in every.items():
        parent = entry.get("edition_of")
        if not isinstance(parent, str) or not {app_id, parent} & apps.keys():
            continue
        if parent not in every or "edition_of" in every[parent]:
            at = app_id if "edition_of" in apps.get(app_id, {}) else parent
            why = f"`{clip(parent)}` is no app that can have the edition `{clip(app_id)}`"
            yield Complaint((APPS, at, "edition_of"), why)


def _own(shape: Shape) -> Shape:
    """The same table, in which the organisation's own word is a source."""
    return Shape(_own_keys(shape.required), _own_keys(shape.optional))


def _own_keys(keys: Mapping[str, Check]) -> Mapping[str, Check]:
    return {key: _own_source(it) if key in {"source", "also"} else it for key, it in keys.items()}


def _own_source(otherwise: Check) -> Check:
    def check(value: Any) -> str | None:
        if isinstance(value, str) and value.startswith(_OWN):
            words = value.removeprefix(_OWN)
            return None if words.strip() and words[0] == " " else f"`{value}` lacks the words"
        message = otherwise(value)
        return message and f"{message}, or `own: <words>` for what you found yourself"

    return check
