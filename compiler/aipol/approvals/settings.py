"""What a change does for everybody at once, though no decision about a listed app differs."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.approvals.effects import Meant
from aipol.approvals.model import Trigger
from aipol.audience import NOBODY
from aipol.difference.settings import setting_changes
from aipol.ir import Group, Ir
from aipol.source import Span, whole_file
from aipol.vocabulary import Condition

_IDENTITIES = ("entra", "jamf", "networks", "vlan", "paloalto", "cloudflare", "everyone")


def of_settings(meant: Meant) -> Iterator[Trigger]:
    """Clauses about the whole policy, who groups are on platforms, and what becomes of records.

    With sites, also as each site has them: an address may move from one to another.
    """
    if meant.before is None:
        return
    before, after = meant.irs
    found = [*_of_clauses(meant, before, after), *_of_groups(meant, before, after)]
    for site in sorted(before.sites.keys() & after.sites.keys()):
        here = before.sites[site], after.sites[site]
        found += [*_of_clauses(meant, *here), *_of_groups(meant, *here)]
    yield from dict.fromkeys(found)
    yield from _of_records(meant)


def _of_clauses(meant: Meant, before: Ir, after: Ir) -> Iterator[Trigger]:
    whole = meant.after.told(whole_file(meant.after.assembled.file))
    for change in setting_changes(before, after):
        for so, condition, word in (
            (change.looser, Condition.LOOSER, "holds less back"),
            (change.stricter, Condition.STRICTER, "holds more back"),
        ):
            if so:
                place = _place(meant, change.key) or whole
                yield Trigger(condition, f"`{change.key}` {word}", place)


def _place(meant: Meant, key: str) -> Span | None:
    """Where the new policy says so, if it does."""
    section = key.partition(".")[0]
    network = meant.after.assembled.network
    if key == "unlisted_ai":
        return meant.after.told(meant.irs[1].unlisted_span)
    return meant.after.told(network.key_span()) if section == "network" and network else None


def _of_groups(meant: Meant, before: Ir, after: Ir) -> Iterator[Trigger]:
    """Groups that are somebody else on a platform: their rules are for other people now."""
    for name in sorted(before.groups.keys() & after.groups.keys()):
        new, others = after.groups[name], _others(before, after, name)
        if others:
            text = f"group `{name}` stands for others on {', '.join(others)}"
            people = meant.found.sides.new(meant.irs[1].groups[name].region)
            yield Trigger(Condition.LOOSER, text, meant.after.told(new.span), people)


def others_on(meant: Meant, name: str) -> bool:
    """Whether a group of both policies is somebody else on a platform, at any site."""
    before, after = meant.irs
    pairs = [(before, after)]
    pairs += [
        (before.sites[site], after.sites[site]) for site in before.sites if site in after.sites
    ]
    return any(_others(*pair, name) for pair in pairs)


def _others(before: Ir, after: Ir, name: str) -> list[str]:
    """The platforms on which a group is somebody else."""
    old, new = before.groups[name], after.groups[name]
    return [key for key in _IDENTITIES if _identity(old, key) != _identity(new, key)]


def _identity(group: Group, key: str) -> object:
    value = getattr(group, key)
    return (*sorted(value), group.partly_placed) if key == "networks" else value


def _of_records(meant: Meant) -> Iterator[Trigger]:
    """Full records of what people write that are kept longer, or somewhere else."""
    if meant.before is None:
        return
    old, new = (each.assembled.logging for each in (meant.before, meant.after))
    said = []
    if new.retention_days > old.retention_days:
        said.append(f"kept for {new.retention_days} days rather than {old.retention_days}")
    if new.sink != old.sink:
        said.append(f"kept in {new.sink or 'no sink'} rather than {old.sink or 'no sink'}")
    full = [ruling for ruling in meant.irs[1].rulings if ruling.obligations.log == "full"]
    sides = meant.found.sides
    people = sides.universe.any_of(sides.new(ruling.audience.region) for ruling in full)
    if said and people != NOBODY:
        apps = frozenset(ruling.app for ruling in full)
        place = meant.after.told(whole_file(meant.after.assembled.file))
        text = f"full records are {' and '.join(said)}"
        yield Trigger(Condition.FULL_LOGGING, text, place, people, apps)
