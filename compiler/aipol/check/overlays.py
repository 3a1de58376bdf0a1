"""Check what an overlay's rows claim against the rest of the catalogue, and under locked rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from aipol.addresses import Address
from aipol.catalogue import rules
from aipol.catalogue.chosen import fault
from aipol.catalogue.collateral import PURPOSES
from aipol.catalogue.hosts import HostIndex
from aipol.catalogue.identity import OF_VENDORS, SINGLE
from aipol.catalogue.model import App, Match
from aipol.catalogue.overlay import APPS, PROTECTED, holders_of, others_with
from aipol.catalogue.tree import Complaint
from aipol.check.apps import is_platform
from aipol.check.floors import floor_finding, names_of, opens, own_hosts, plain
from aipol.check.known import Known
from aipol.diagnostics.model import Diagnostic
from aipol.language import merge
from aipol.language.files import named_by
from aipol.language.order import in_order, in_reading_order
from aipol.language.words import clip

if TYPE_CHECKING:
    from aipol.catalogue.chosen import Applied
    from aipol.catalogue.load import Catalogue
    from aipol.language.assemble import Assembled
    from aipol.language.model import Rule
    from aipol.language.placed import Placed
    from aipol.source import Span

_Row = dict[str, Any]
_LONGEST_LIST = 160
_MARK = "mark it `shared: true` with what it `serves`"
# Where a row was read says nothing about what it stands for.
_ORIGIN = frozenset({"source", "sources", "tier", "also", "note", "seen", "shared_with"})
_SECTIONS = (
    *("domains", "urls", "macos", "windows", "cli"),
    *("extensions", "oauth", "firewall", "features"),
)


def check_overlays(assembled: Assembled, applied: tuple[Applied, ...]) -> tuple[Diagnostic, ...]:
    """All findings about overlays that could be laid over the catalogue, and about its lock."""
    findings = [*_lock_floor(assembled)]
    for each in applied:
        document = each.document
        findings += in_order(document.file, (fault(document, one) for one in _claims(each)))
        findings += _floors(assembled, each)
    return in_reading_order(findings, assembled.layers)


def _claims(applied: Applied) -> Iterator[Complaint]:
    """What an app may not have for its own: what is protected, a platform, or another app's."""
    overlay, after = applied.document.value, applied.after
    apps: Mapping[str, _Row] = overlay.get(APPS, {})
    for app_id, entry in apps.items():
        for number, row in enumerate(entry.get("domains", ())):
            if not row.get("shared"):
                yield from _domain((APPS, app_id, "domains", number, "domain"), row, after)
        for number, row in enumerate(entry.get("urls", ())):
            yield from _url((APPS, app_id, "urls", number, "url"), row["url"], after)
    yield from _taken_for_protected(overlay.get(PROTECTED, {}), after)
    yield from _single(apps, after)
    yield from _told_wrongly(apps, after)


def _domain(where: tuple[str | int, ...], row: _Row, after: Catalogue) -> Iterator[Complaint]:
    name, match = row["domain"], Match(row["match"])
    met = [each for _, _, each in after.protected_index.meeting(name, match)]
    if met:
        first = min(met, key=lambda each: (each.host, each.match))
        what = f"the protected host `{first.host}`"
        why = f"`{name}` overlaps {what}: a block would break {PURPOSES[first.purpose]}"
        yield Complaint(where, why, _MARK)
    # A cached property is not taken for a property by that checker.
    elif is_platform(name, match, after):  # pyright: ignore[reportArgumentType]
        hint = f"name the app's own host, such as `chat.{name}`, or {_MARK}"
        yield Complaint(where, f"`{name}` is a platform that unrelated sites share", hint)


def _url(where: tuple[str | int, ...], url: str, after: Catalogue) -> Iterator[Complaint]:
    for _, _, kept in after.protected_index.meeting(Address.of(url).host, Match.EXACT):
        why = f"`{url}` is on the protected host `{kept.host}`: a block would break "
        yield Complaint(where, f"{why}{PURPOSES[kept.purpose]}", "leave it out")
        return


def _taken_for_protected(protected: Mapping[str, Any], after: Catalogue) -> Iterator[Complaint]:
    """A protected host within an app would leave the app where no rule can stop it."""
    if not protected:
        return
    own = HostIndex(
        (row.domain, row.match, app.id)
        for app in after.apps()
        for row in app.domains
        if not row.shared
    )
    for owner, rows in protected.items():
        for number, row in enumerate(rows):
            apps = {app for _, _, app in own.meeting(row["host"], Match(row["match"]))}
            if apps:
                app = min(apps)
                why = f"`{row['host']}` is a host of app `{app}`, which a rule may block"
                hint = f"{_MARK} under `{app}` first, or leave it out"
                yield Complaint((PROTECTED, owner, number, "host"), why, hint)


def _single(apps: Mapping[str, _Row], after: Catalogue) -> Iterator[Complaint]:
    """An extension or a client id is of one app: two that claim it contradict each other."""
    for section, selector, key in SINGLE:
        given = [
            (app_id, number, row)
            for app_id, entry in apps.items()
            for number, row in enumerate(entry.get(section, ()))
        ]
        if not given:
            continue
        owners: dict[tuple[str, str], set[str]] = defaultdict(set)
        for app_id, entry in after.content[APPS].items():
            for row in entry.get(section, ()):
                owners[row[selector], row[key].casefold()].add(app_id)
        for app_id, number, row in given:
            others = sorted(owners[row[selector], row[key].casefold()] - {app_id})
            if others:
                why = f"`{row[key]}` is an identifier of app `{others[0]}`"
                hint = f"drop it there first, under `apps.{others[0]}.drop.{section}`"
                yield Complaint((APPS, app_id, section, number, key), why, hint)


def _told_wrongly(apps: Mapping[str, _Row], after: Catalogue) -> Iterator[Complaint]:
    """`shared_with` follows from the rest; where it is written all the same, it must be so."""
    given = [
        (app_id, (APPS, app_id, section, number, "shared_with"), row)
        for app_id, entry in apps.items()
        for section in rules.IDENTIFIERS
        for number, row in enumerate(entry.get(section, ()))
        if "shared_with" in row
    ]
    holders = holders_of(after.content[APPS]) if given else {}
    for app_id, where, row in given:
        others = others_with(holders, app_id, row)
        if others != sorted(row["shared_with"]):
            names = clip(str(others), _LONGEST_LIST)
            why = f"`shared_with` must be {names}: the apps with the same {row['kind']}"
            yield Complaint(where, why, "leave it out: it follows from the rest")


# --- locked rules ---------------------------------------------------------------------------------


def _lock_floor(assembled: Assembled) -> Iterator[Diagnostic]:
    """A child that replaces its base's catalogue replaces what the base's locked rules name."""
    lock, layers = assembled.lock, assembled.written
    if lock is None:
        return
    depth = _depth(assembled, lock)
    below = layers[depth + 1 :]
    farther = merge.lock(below)
    rule = next((each for each in merge.joined(below, "rules") if each.value.locked), None)
    if farther is None or rule is None:
        return
    if named_by(farther.document, farther.value) != named_by(lock.document, lock.value):
        yield floor_finding("`catalogue.lock`", lock.span(), rule)


def _depth(assembled: Assembled, named: Placed[str]) -> int:
    return assembled.layers.index(named.document.file)


def _floors(assembled: Assembled, applied: Applied) -> Iterator[Diagnostic]:
    """Apps that an overlay changes, or takes from, under a locked rule of a farther layer."""
    farther = assembled.written[_depth(assembled, applied.named) + 1 :]
    view = replace(assembled, apps=merge.by_key(farther, "apps"))
    before, now = _known(view, applied.before), _known(view, applied.after)
    told: set[Span] = set()
    for rule in merge.joined(farther, "rules"):
        if rule.value.locked:
            for what, span in _undone(applied, rule.value, before, now):
                if span not in told:
                    told.add(span)
                    yield floor_finding(what, span, rule)


def _known(assembled: Assembled, catalogue: Catalogue) -> Known:
    # A cached property is not taken for a property by that checker.
    return Known(assembled, catalogue)  # pyright: ignore[reportArgumentType]


def _undone(applied: Applied, rule: Rule, before: Known, now: Known) -> Iterator[tuple[str, Span]]:
    document = applied.document
    held, still = _selected(before, rule), _selected(now, rule)
    apps: Mapping[str, _Row] = document.value.get(APPS, {})
    for app_id in apps:
        if app_id in held and (app_id not in still or _loses(applied, app_id)):
            yield f"app `{app_id}`", document.key_span((APPS, app_id))
    for what, where in _freed(apps, held, still, before):
        yield what, document.span(where)


def _selected(known: Known, rule: Rule) -> frozenset[str]:
    return known.selected(rule.apps) - known.selected(rule.except_apps or ())


def _loses(applied: Applied, app_id: str) -> bool:
    """Whether something that the app was known by is gone, or stands for something else."""
    before, after = applied.before.app(app_id), applied.after.app(app_id)
    if before.edition_of != after.edition_of:
        return True
    restriction = before.tenant_restriction
    if restriction is not None and restriction != after.tenant_restriction:
        return True
    return not _meanings(before) <= _meanings(after)


def _meanings(app: App) -> frozenset[tuple[object, ...]]:
    """Everything that identifies the app, without where it was read."""
    found: set[tuple[object, ...]] = set()
    for section in _SECTIONS:
        for row in getattr(app, section):
            names = [] if isinstance(row, str) else [field.name for field in fields(row)]
            values = [getattr(row, name) for name in names if name not in _ORIGIN]
            found.add((section, *values) if names else (section, row))
    return frozenset(found)


def _freed(
    apps: Mapping[str, _Row], held: frozenset[str], still: frozenset[str], before: Known
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """What locked apps are known by and the overlay gives to an app that may be usable."""
    hosts = [
        (app_id, (APPS, app_id, "domains", number, "domain"), row)
        for app_id, entry in apps.items()
        for number, row in enumerate(entry.get("domains", ()))
        if app_id not in still or row.get("shared")
    ]
    locked = sorted(held) if hosts else ()
    own = HostIndex((*host, other) for other in locked for host in own_hosts(before, other))
    for app_id, where, row in hosts:
        met = {it for _, _, it in own.meeting(row["domain"], Match(row["match"]))} - {app_id}
        if met:
            yield f"`{row['domain']}` of app `{min(met)}`", where
    yield from _freed_addresses(apps, held, still, before)
    yield from _freed_names(apps, held, still, before)


def _freed_addresses(
    apps: Mapping[str, _Row], held: frozenset[str], still: frozenset[str], before: Known
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    for app_id in apps.keys() - still:
        for number, row in enumerate(apps[app_id].get("urls", ())):
            owner = next((o for o in sorted(held - {app_id}) if opens(row["url"], before, o)), None)
            if owner:
                yield f"`{row['url']}` of app `{owner}`", (APPS, app_id, "urls", number, "url")


def _freed_names(
    apps: Mapping[str, _Row], held: frozenset[str], still: frozenset[str], before: Known
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    given = [
        (app_id, row.get("value", row.get("id", "")), (APPS, app_id, section, number))
        for app_id in apps
        if app_id not in still
        for section in (*rules.IDENTIFIERS, "extensions")
        for number, row in enumerate(apps[app_id].get(section, ()))
        if row.get("kind") not in OF_VENDORS
    ]
    owners: dict[str, set[str]] = defaultdict(set)
    for other in held if given else ():
        for name in names_of(before, other):
            owners[name].add(other)
    for app_id, value, where in given:
        others = owners.get(plain(value), set()) - {app_id}
        if others:
            yield f"`{value}` of app `{min(others)}`", where
