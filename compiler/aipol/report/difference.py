"""Turns what differs between two policies into words and JSON: who gets or loses what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from aipol.audience import Region
from aipol.catalogue.model import TenantRestriction
from aipol.difference import Change, DataChange, HeaderChange, Reach, Sides
from aipol.difference.uses import Use
from aipol.ir import Ruling
from aipol.language.words import enumerated
from aipol.report.words import account_words, count, decision_words, some
from aipol.target import Kind
from aipol.vocabulary import Effect, Surface

UNGOVERNED = "not governed"
_MOST_SHAPES = 2
_KINDS = {
    Kind.HOST: "host",
    Kind.URL: "address",
    Kind.PROGRAM: "program",
    Kind.EXTENSION: "extension",
    Kind.FEATURE: "feature",
}
_PLURALS = {Kind.URL: "addresses"}
_SAID = {
    "tenants": "other tenants",
    "redirect_to": "another redirect",
    "message": "another message",
}


def change_words(change: Change) -> str:
    """`finance: lose claude (web, desktop): allow with data.max: internal -> block`."""
    return f"{change.who}: {outcome_words(change, uses_words(change))}"


def uses_words(change: Change) -> str:
    """The uses of a change, and with whose account."""
    return used(change.uses) + account_words(change.account)


def used(uses: Iterable[Use]) -> str:
    """Uses, apps with the same surfaces together: `claude (web), ollama (web, cli)`."""
    shapes = by_surfaces(uses)
    parts = [f"{some(apps)} ({', '.join(surfaces)})" for surfaces, apps in shapes.items()]
    if len(parts) > _MOST_SHAPES + 1:
        left = sum(len(apps) for apps in list(shapes.values())[_MOST_SHAPES:])
        parts = [*parts[:_MOST_SHAPES], f"{count(left, 'app')} more"]
    return ", ".join(parts)


def by_surfaces(uses: Iterable[Use]) -> dict[tuple[Surface, ...], list[str]]:
    """The apps by the surfaces that each is used on."""
    by_app: dict[str, list[Surface]] = {}
    for app, surface in uses:
        by_app.setdefault(app, []).append(surface)
    shapes: dict[tuple[Surface, ...], list[str]] = {}
    for app, surfaces in by_app.items():
        ordered = tuple(surface for surface in Surface if surface in surfaces)
        shapes.setdefault(ordered, []).append(app)
    return shapes


def outcome_words(change: Change, uses: str) -> str:
    """What becomes of `uses` for those whom the change is about."""
    before, after = change.before, change.after
    if before is None or after is None:
        return f"{uses}: {_ruling_words(before)} -> {_ruling_words(after)}"
    if before.effect is not after.effect:
        looser = after.effect.strictness < before.effect.strictness
        verb = "may use" if after.effect is Effect.ALLOW else "get more of"
        verb = verb if looser else "lose"
        return f"{verb} {uses}: {decision_words(before)} -> {decision_words(after)}"
    old, new = dict(before.obligations.items()), dict(after.obligations.items())
    conditions = [
        f"{name}: {old.get(name, 'none')} -> {new.get(name, 'none')}"
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    ]
    return f"{uses}: {', '.join(conditions) or said_words(change)}"


def said_words(change: Change) -> str:
    """`another message, another redirect`: what is said otherwise where the decision is equal."""
    return ", ".join(_SAID[name] for name in change.said)


def _ruling_words(ruling: Ruling | None) -> str:
    return UNGOVERNED if ruling is None else decision_words(ruling)


def reach_words(members: Sequence[Reach]) -> str:
    """`everyone: deepseek: api2.deepseek.com: allowed -> blocked`, of one fold."""
    first = members[0]
    names = some(identifier_words(member) for member in members)
    return f"{first.who}: {some(first.apps)}: {names}: {first.before} -> {first.after}"


def following_words(members: Sequence[Reach]) -> str:
    """`with claude above: 3 hosts: allowed -> blocked`, of those that go the same way."""
    apps = sorted({app for reach in members for app in reach.apps})
    first = members[0]
    return f"with {some(apps)} above: {amounts(members)}: {first.before} -> {first.after}"


def identifier_words(reach: Reach) -> str:
    """An identifier as a person knows it: `chat.deepseek.com`, `windows:exe deepseek.exe`."""
    return f"{reach.form} {reach.value}".strip()


def amounts(found: Iterable[Reach]) -> str:
    """How many identifiers of each sort: `3 hosts, 1 program`."""
    kinds = [reach.kind for reach in found]
    return ", ".join(
        count(kinds.count(kind), noun, _PLURALS.get(kind, ""))
        for kind, noun in _KINDS.items()
        if kind in kinds
    )


def header_words(change: HeaderChange) -> str:
    """`everyone: claude: tenant restriction `a` on host.example -> none`."""
    before, after = _restriction_words(change.before), _restriction_words(change.after)
    return f"{change.who}: {change.app}: tenant restriction {before} -> {after}"


def _restriction_words(restriction: TenantRestriction | None) -> str:
    if restriction is None:
        return "none"
    hosts = some(_host_words(host.host, host.match.value) for host in restriction.hosts)
    urls = f", blocking {some(restriction.also_block)}" if restriction.also_block else ""
    return f"`{restriction.header}` on {hosts}{urls}"


def _host_words(host: str, match: str) -> str:
    return host if match == "exact" else f"{host} ({match})"


def protected_words(host: tuple[str, str, str]) -> str:
    """`push.example (subtree, push)`."""
    name, match, purpose = host
    return f"{name} ({match}, {purpose})"


def data_words(change: DataChange) -> str:
    """`confidential data is no longer recognised by the label x`, with the class in backticks."""
    data, gained = f"`{change.name}` data", enumerated(change.gained or [""])
    if change.goes:
        return f"{data} is no longer a class"
    if change.comes:
        return f"{data} is a new class{f', recognised by {gained}' if gained else ''}"
    if change.above:
        return f"{data} is more sensitive than `{change.above}` data now, and was less so"
    if not change.lost:
        return f"{data} is recognised by {gained}, too"
    rather = f", but by {gained}" if gained else ""
    return f"{data} is no longer recognised by {enumerated(change.lost, 'and')}{rather}"


def data_json(change: DataChange) -> dict[str, Any]:
    """One class of data for a program."""
    return {
        "direction": change.direction.value,
        "class": change.name,
        "lost": list(change.lost),
        "gained": list(change.gained),
        "text": data_words(change),
    }


def change_json(sides: Sides, change: Change) -> dict[str, Any]:
    """One change for a program."""
    return {
        **_people_json(sides, change.who, change.people),
        "direction": change.direction.value,
        "apps": list(change.apps),
        "uses": [{"app": app, "surface": surface.value} for app, surface in change.uses],
        "account": change.account.value,
        "before": decision_json(change.before),
        "after": decision_json(change.after),
        "text": change_words(change),
    }


def decision_json(ruling: Ruling | None) -> dict[str, Any] | None:
    """What a ruling decides, and by which rule; None where nothing is ruled."""
    if ruling is None:
        return None
    return {
        "effect": ruling.effect.value,
        "obligations": dict(ruling.obligations.items()),
        "rule": ruling.decided_by.id,
    }


def reach_json(sides: Sides, reach: Reach) -> dict[str, Any]:
    """One identifier for a program."""
    return {
        **_people_json(sides, reach.who, reach.people),
        "direction": reach.direction.value,
        "apps": list(reach.apps),
        "kind": reach.kind.value,
        "form": reach.form,
        "value": reach.value,
        "before": reach.before.value,
        "after": reach.after.value,
    }


def header_json(sides: Sides, change: HeaderChange) -> dict[str, Any]:
    """One tenant restriction for a program."""
    return {
        **_people_json(sides, change.who, change.people),
        "direction": change.direction.value,
        "app": change.app,
        "before": _restriction_json(change.before),
        "after": _restriction_json(change.after),
        "text": header_words(change),
    }


def _restriction_json(restriction: TenantRestriction | None) -> dict[str, Any] | None:
    if restriction is None:
        return None
    return {
        "header": restriction.header,
        "hosts": [{"host": h.host, "match": h.match.value} for h in restriction.hosts],
        "also_block": list(restriction.also_block),
    }


def protected_json(host: tuple[str, str, str]) -> dict[str, str]:
    """One protected host for a program."""
    return dict(zip(("host", "match", "purpose"), host, strict=True))


def _people_json(sides: Sides, who: str, people: Region) -> dict[str, Any]:
    """Whom it is about, in words, and the groups of one of them."""
    return {"who": who, "example": sorted(sides.example(people))}
