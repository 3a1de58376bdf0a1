"""Check that no layer redefines what a farther layer's locked rules and approvals rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from aipol.addresses import Address
from aipol.catalogue.model import IdentifierKind, Match
from aipol.check.known import Catalogue, Known
from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic, Related
from aipol.language import merge
from aipol.language.addresses import AddressError, canonical_address
from aipol.language.hosts import HostError, canonical_host
from aipol.language.placed import Placed
from aipol.source import Span

if TYPE_CHECKING:
    from aipol.catalogue.model import App as CataloguedApp
    from aipol.catalogue.model import Identifier
    from aipol.language.assemble import Assembled
    from aipol.language.model import App, AppDomain, Approval, Group, Model, Rule

# What identifies an app, in the policy's words and the catalogue's.
_IDENTIFIERS = {
    "domains": "domains",
    "urls": "urls",
    "macos": "macos",
    "windows": "windows",
    "extensions": "extensions",
    "binaries": "cli",
    "entra_app_id": "",
    "mda_app_id": "",
}
# What is the vendor's, in the policy's words and the catalogue's.
_OF_VENDORS = frozenset({"team_ids"})
_VENDORS_OWN = frozenset({IdentifierKind.PUBLISHER, IdentifierKind.TEAM_ID})
_Host = tuple[str, Match]


@dataclass(frozen=True, slots=True)
class _Step:
    """One layer over those it extends, with the apps as they are with it and without it."""

    layer: merge.Layer
    farther: merge.Layers
    known: Known
    before: Known

    def key_span(self, *path: str | int) -> Span:
        return self.layer.document.key_span(path)


def check_floors(assembled: Assembled, catalogue: Catalogue) -> Iterator[Diagnostic]:
    """What is changed under a locked rule or an approval of a farther layer."""
    layers = assembled.written
    if len(layers) == 1:
        return
    views = [
        Known(replace(assembled, apps=merge.by_key(layers[depth:], "apps")), catalogue)
        for depth in range(len(layers))
    ]
    steps = [
        _Step(layers[depth], layers[depth + 1 :], views[depth], views[depth + 1])
        for depth in range(len(layers) - 1)
    ]
    yield from _under_rules(assembled, steps)
    yield from _under_approvals(assembled, steps)


def _under_rules(assembled: Assembled, steps: Sequence[_Step]) -> Iterator[Diagnostic]:
    """Groups, apps, data classes, gateways and segments that a locked rule rests on."""
    layers = assembled.written
    told: set[Span] = set()
    for depth in range(1, len(layers)):
        for rule in merge.joined(layers[depth : depth + 1], "rules"):
            if not rule.value.locked:
                continue
            groups = _with_parts(assembled, depth, rule.value.groups)
            found = chain.from_iterable(_redefined(s, rule.value, groups) for s in steps[:depth])
            for what, span in found:
                if span not in told:
                    told.add(span)
                    yield floor_finding(what, span, rule)


def _under_approvals(assembled: Assembled, steps: Sequence[_Step]) -> Iterator[Diagnostic]:
    """Contacts, groups, apps and data classes that say whom an approval asks, and when."""
    layers = assembled.written
    for depth in range(1, len(layers)):
        for approval in merge.joined(layers[depth : depth + 1], "approvals"):
            rests = chain.from_iterable(
                _asked_otherwise(step, approval.value, assembled, depth) for step in steps[:depth]
            )
            for what, span in dict.fromkeys(rests):
                file, name = approval.document.file, approval.value.id
                yield codes.APPROVAL_REDEFINED.at(
                    span,
                    what=what,
                    approval=name,
                    file=file,
                    hint=f"leave it as {file} has it; or give it another name",
                    related=(Related(approval.span("id"), f"approval `{name}`"),),
                )


def _asked_otherwise(
    step: _Step, approval: Approval, assembled: Assembled, depth: int
) -> Iterator[tuple[str, Span]]:
    yield from _contacts(step, approval.contacts)
    if approval.groups:
        yield from _groups(step, _with_parts(assembled, depth, approval.groups))
    if approval.apps:
        yield from _apps(step, approval)
    if approval.min_data:
        yield from _data_classes(step)


def _contacts(step: _Step, names: Sequence[str]) -> Iterator[tuple[str, Span]]:
    organization, farther = (
        step.layer.policy.organization,
        merge.overlaid(step.farther, "organization"),
    )
    now = organization.contacts if organization else {}
    before = farther.value.contacts if farther else {}
    for name in names:
        if name in now and name in before and now[name] != before[name]:
            yield f"contact `{name}`", step.key_span("organization", "contacts", name)


def floor_finding(what: str, span: Span, rule: Placed[Rule]) -> Diagnostic:
    """The finding that a layer redefines what the locked `rule` of a farther one rests on."""
    file, locked = rule.document.file, rule.value.id
    return codes.FLOOR_REDEFINED.at(
        span,
        what=what,
        locked=locked,
        file=file,
        hint=f"leave it as {file} has it; what is not given there can be added",
        related=(Related(rule.span("id"), f"locked rule `{locked}`"),),
    )


def _with_parts(assembled: Assembled, depth: int, names: Sequence[str]) -> frozenset[str]:
    """The groups `names` and all that they are made of where the rule is written."""
    known = {**assembled.groups, **merge.by_key(assembled.written[depth:], "groups")}
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in known and name not in seen:
            seen.add(name)
            group = known[name].value
            waiting += [*(group.all_of or ()), *(group.any_of or ()), *(group.none_of or ())]
    return frozenset(seen)


def _redefined(step: _Step, rule: Rule, groups: frozenset[str]) -> Iterator[tuple[str, Span]]:
    """What a layer changes of that which `rule` rests on, and where."""
    yield from _groups(step, groups)
    yield from _apps(step, rule)
    yield from _taken(step, rule)
    yield from _segments(step, groups)
    yield from _inventory(step)
    if rule.require and rule.require.data:
        yield from _data_classes(step)
    if rule.require and rule.require.via:
        yield from _gateway(step, rule.require.via)


def _groups(step: _Step, names: frozenset[str]) -> Iterator[tuple[str, Span]]:
    before = merge.by_key(step.farther, "groups")
    for name in names & before.keys() & step.layer.policy.groups.keys():
        if not _same_people(before[name].value, step.layer.policy.groups[name]):
            yield f"group `{name}`", step.key_span("groups", name)


def _same_people(before: Group, now: Group) -> bool:
    """Whether a group is who it was; one of people may be named on another platform too."""
    if before.all or before.derived:
        return now == before
    given = before.model_fields_set
    return _keeps(before, now) and not (given and (now.all or now.derived))


def _keeps(before: Model, now: Model) -> bool:
    """Whether all that was given is given still."""
    return all(
        getattr(now, key) == getattr(before, key)
        for key in before.model_fields_set
        if getattr(before, key) is not None
    )


def _apps(step: _Step, rule: Rule | Approval) -> Iterator[tuple[str, Span]]:
    """Apps that the rule no longer selects, or that are known by something else now."""
    now, before = _selected(step.known, rule), _selected(step.before, rule)
    for name, app in step.layer.policy.apps.items():
        if name in before and (name not in now or not _same_app(step.before, name, app)):
            yield f"app `{name}`", step.key_span("apps", name)


def _same_app(before: Known, name: str, app: App) -> bool:
    """Whether an app is known by what it was known by, or also by what nothing was said of."""
    shipped = before.catalogue.app(name) if before.in_catalogue(name) else None
    farther = before.declared.get(name)
    for word, catalogued in _IDENTIFIERS.items():
        old, new = getattr(farther, word, None), getattr(app, word)
        open_till_now = not (old or (catalogued and getattr(shipped, catalogued, ())))
        if new != old and not open_till_now:
            return False
    return True


def _taken(step: _Step, rule: Rule) -> Iterator[tuple[str, Span]]:
    """What the rule's apps are known by and a layer gives to other apps, which could free them."""
    now, before = _selected(step.known, rule), _selected(step.before, rule)
    for name, app in step.layer.policy.apps.items():
        others = sorted(before - {name})
        for position, domain in enumerate(app.domains or ()):
            if name not in now or domain.shared:
                owners = (other for other in others if _has(step.before, other, domain))
                yield from _of_another(step, domain.domain, owners, name, "domains", position)
        for position, row in enumerate(app.urls or ()):
            if name not in now:
                owners = (o for o in others if opens(row.url, step.before, o))
                yield from _of_another(step, row.url, owners, name, "urls", position)
        for value, path in _names(app):
            if name not in now:
                owners = (o for o in others if plain(value) in names_of(step.before, o))
                yield from _of_another(step, value, owners, name, *path)


def _of_another(
    step: _Step, value: str, owners: Iterator[str], name: str, *path: str | int
) -> Iterator[tuple[str, Span]]:
    owner = next(owners, None)
    if owner is not None:
        yield f"`{value}` of app `{owner}`", step.layer.document.span(("apps", name, *path))


def _names(app: App) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Every identifier but hosts, with its place.

    A signing team is its vendor's, so naming it takes nothing from another of the vendor's apps.
    """
    for part in ("macos", "windows", "extensions"):
        model = getattr(app, part)
        keys = type(model).model_fields.keys() - _OF_VENDORS if model else ()
        for key in sorted(keys):
            for position, value in enumerate(getattr(model, key) or ()):
                yield value, (part, key, position)
    for position, value in enumerate(app.binaries or ()):
        yield value, ("binaries", position)


def names_of(known: Known, app_id: str) -> frozenset[str]:
    """What a policy or the catalogue knows an app by, hosts aside."""
    declared = known.declared.get(app_id)
    names = [value for value, _ in _names(declared)] if declared else []
    if known.in_catalogue(app_id):
        app = known.catalogue.app(app_id)
        names += [row.value for row in _programs(app) if row.match_alone]
        names += [row.id for row in app.extensions]
    return frozenset(map(plain, names))


def _programs(app: CataloguedApp) -> Iterator[Identifier]:
    every = (*app.macos, *app.windows, *app.cli)
    return (row for row in every if row.kind not in _VENDORS_OWN)


def plain(name: str) -> str:
    """A name as it is compared: without case and the ending of its platform."""
    return name.casefold().removesuffix(".app").removesuffix(".exe")


def _selected(known: Known, rule: Rule | Approval) -> frozenset[str]:
    return known.selected(rule.apps or ()) - known.selected(rule.except_apps or ())


def _has(known: Known, app_id: str, domain: AppDomain) -> bool:
    host = _host(domain)
    return host is not None and any(
        host[1].meets(host[0], *own) for own in own_hosts(known, app_id)
    )


def own_hosts(known: Known, app_id: str) -> Iterator[_Host]:
    """The hosts by which a rule about the app could stop it."""
    declared = known.declared.get(app_id)
    if declared is not None and declared.domains:
        yield from (host for d in declared.domains if not d.shared and (host := _host(d)))
    elif known.in_catalogue(app_id):
        domains = known.catalogue.app(app_id).domains
        yield from ((domain.domain, domain.match) for domain in domains if not domain.shared)


def opens(url: str, known: Known, app_id: str) -> bool:
    """Whether a usable app at an address would open a host, or an address, of another app."""
    address = _address(url)
    return address is not None and (
        any(match.covers(host, address.host) for host, match in own_hosts(known, app_id))
        or any(a.covers(address) or address.covers(a) for a in _own_addresses(known, app_id))
    )


def _own_addresses(known: Known, app_id: str) -> Iterator[Address]:
    declared = known.declared.get(app_id)
    if declared is not None and declared.urls:
        yield from filter(None, (_address(row.url) for row in declared.urls))
    elif known.in_catalogue(app_id):
        yield from (row.address for row in known.catalogue.app(app_id).urls)


def _address(url: str) -> Address | None:
    try:
        return canonical_address(url)
    except AddressError:
        return None


def _host(domain: AppDomain) -> _Host | None:
    try:
        return canonical_host(domain.domain), Match(domain.match)
    except HostError:
        return None


def _data_classes(step: _Step) -> Iterator[tuple[str, Span]]:
    now = step.layer.policy.data_classes
    before = [placed.value for placed in merge.nearest_list(step.farther, "data_classes")]
    if not now or not before:
        return
    same = len(now) == len(before) and all(map(_keeps, before, now))
    if not same:
        yield "`data_classes`", step.key_span("data_classes")


def _gateway(step: _Step, name: str) -> Iterator[tuple[str, Span]]:
    given: Mapping[str, object] = (
        step.layer.policy.network.gateways if step.layer.policy.network else {}
    )
    farther = merge.network(step.farther)
    before = farther.value.gateways if farther else {}
    if name in given and name in before and given[name] != before[name]:
        yield f"gateway `{name}`", step.key_span("network", "gateways", name)


def _segments(step: _Step, groups: frozenset[str]) -> Iterator[tuple[str, Span]]:
    network, farther = step.layer.policy.network, merge.network(step.farther)
    if network is None or farther is None or "segments" not in network.model_fields_set:
        return
    named = (segment for segment in farther.value.segments if groups & {*segment.groups})
    if any(segment not in network.segments for segment in named):
        yield "`network.segments`", step.key_span("network", "segments")


def _inventory(step: _Step) -> Iterator[tuple[str, Span]]:
    """Another inventory in place of one: who sits where would be another's to say."""
    if merge.inventory((step.layer,)) and merge.inventory(step.farther):
        yield "`network.inventory`", step.key_span("network", "inventory")
