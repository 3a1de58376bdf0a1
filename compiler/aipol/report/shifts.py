"""Turns what drift does to people into words and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aipol.difference.answers import AT_ODDS
from aipol.difference.shifts import Shift
from aipol.difference.strictness import Direction
from aipol.plan.effects import Effects, Unread
from aipol.report.difference import used
from aipol.report.words import DEVICES, account_words, clause_words, some
from aipol.segments import DEFAULT
from aipol.target import Kind
from aipol.verify.data import CLAUSE as DATA_CLAUSE
from aipol.vocabulary import Account, Effect

_SHOWN, _REASON, _THINGS = 8, 300, 2
_ASKED = {Effect.WARN.value: "warned about", Effect.JUSTIFY.value: "asked for a reason for"}
_OF_CONNECTIONS = {
    (Kind.HEADER, Direction.LOOSER): "may use {what} with accounts of any tenant",
    (Kind.HEADER, Direction.STRICTER): "may use {what} with accounts of fewer tenants",
    (Kind.HEADER, Direction.OTHER): "may use {what} with accounts of other tenants",
    (Kind.HELD, Direction.LOOSER): "use {what} without its being decrypted",
    (Kind.HELD, Direction.STRICTER): "use {what} decrypted",
    (Kind.HELD, Direction.OTHER): "use {what} decrypted otherwise",
}
# What people do with data of a class, by the one path on which it is so, and on several of them.
_GIVING: Mapping[tuple[str, ...], str] = {
    ("text",): "paste {what} data into {app}",
    ("items",): "have {app} read {what} files and mails",
}
_GIVEN = "give {app} {what} data"
_SEATS = {**DEVICES, DEFAULT: "addresses of no group"}
_UNKNOWN = "what it does now cannot be told"


def effects_lines(target: str, found: Effects, *, limited: bool = False) -> Iterator[str]:
    """Who can do more, or less, than they should; what cannot be told, and why.

    `limited` is whether objects may do less there than they say, which notes tell.
    """
    if not (found.shifts or found.unread or found.untold):
        yield "  no effect on people" + (" but for what the notes tell" if limited else "")
        return
    if found.shifts:
        yield f"  the effect on people, as far as {target} acts:"
        yield from _shifts(found.shifts)
    for each in found.unread[:_SHOWN]:
        yield f"  {_UNKNOWN}: {each.key}: {cut(each.why)}"
    if len(found.unread) > _SHOWN:
        yield f"  and of {len(found.unread) - _SHOWN:,} more: `--format json` has them all"
    if found.without:
        yield "  if what cannot be told does nothing:"
        yield from _shifts(found.without)
    for clause, keys in _by_clause(found.untold).items():
        yield f"  whether `{clause}` still holds cannot be told: {some(keys)}"
    if found.idle:
        yield f"  no effect on people: {some(found.idle)}"
    if found.sampled:
        yield "  checked for no group, every group and every pair of groups"


def _by_clause(untold: Iterable[Unread]) -> dict[str, list[str]]:
    clauses: dict[str, list[str]] = {}
    for each in untold:
        clauses.setdefault(each.why, []).append(each.key)
    return clauses


def _shifts(several: tuple[Shift, ...]) -> Iterator[str]:
    for shift in several[:_SHOWN]:
        yield f"    {shift.direction}: {shift_words(shift)}"
        yield f"      {_because(shift)}"
    if len(several) > _SHOWN:
        yield f"    and {len(several) - _SHOWN:,} more: `--format json` has them all"


def shift_words(shift: Shift) -> str:
    """`finance can use claude (web) again on managed Windows: the policy says block (x:88)`."""
    what, where = _what(shift), _where(shift)
    if shift.after == AT_ODDS:
        return f"{shift.who}: objects are at odds about {what}{where}: {cut(shift.why)}"
    said = f": {_policy(shift)}" if shift.rulings else ""
    if shift.kind is Kind.DATA:
        return f"{shift.who} {_of_data(shift)}{said}"
    return f"{shift.who} {_verb(shift, what)}{where}{said}"


def _what(shift: Shift) -> str:
    if shift.uses:
        return used(shift.uses)
    names = some((f"`{name}`" for name in shift.things), _THINGS)
    if shift.needed:
        return f"{names}, needed for {some(shift.needed, _THINGS)},"
    if shift.kind is Kind.CATEGORY:
        return "AI that the policy does not list"
    return f"{names}, which no app of the policy is known by,"


def _of_data(shift: Shift) -> str:
    """`can paste `restricted` data into m365-copilot (web) again`."""
    paths = tuple(dict.fromkeys(path for _, path in shift.places if path))
    apps = dict.fromkeys(thing.rpartition("/")[0] for thing in shift.things)
    classes = dict.fromkeys(f"`{thing.rpartition('/')[2]}`" for thing in shift.things)
    app = used(shift.uses) if shift.uses else f"{some(apps)}, which the policy does not govern,"
    done = _GIVING.get(paths, _GIVEN).format(app=app, what=some(classes))
    return f"can {done} again" if shift.after == Effect.ALLOW else f"cannot {done} any more"


def _verb(shift: Shift, what: str) -> str:
    connection = _OF_CONNECTIONS.get((shift.kind, shift.direction))
    if connection:
        return connection.format(what=what)
    if shift.after == Effect.ALLOW.value:
        asked = _ASKED.get(shift.before)
        return f"are no longer {asked} {what}" if asked else f"can use {what} again"
    if shift.after == Effect.BLOCK.value:
        return f"cannot use {what} any more"
    return f"are {_ASKED[shift.after]} {what}"


def _where(shift: Shift) -> str:
    """` on managed Windows (chrome)`, ` on addresses of finance (dns)`."""
    by_device: dict[str, list[str]] = {}
    for device, client in shift.places:
        by_device.setdefault(device, []).extend([client] if client else [])
    parts = []
    for device, clients in by_device.items():
        paths = some(clients)
        name = _SEATS.get(device) or f"addresses of {device}"
        parts.append(f"{name} ({paths})" if paths else name)
    return f" on {', '.join(parts)}"


def _policy(shift: Shift) -> str:
    accounts: dict[tuple[str, str], list[Account]] = {}
    for each in shift.rulings:
        span, limit = each.decided_by.span, each.obligations.data_max
        limited = shift.kind is Kind.DATA and limit and each.effect is not Effect.BLOCK
        word = clause_words(each, DATA_CLAUSE) if limited else each.effect
        accounts.setdefault((word, f"{span.file}:{span.line}"), []).append(each.account)
    said = (
        f"{word}{account_words(whose[0]) if len(whose) == 1 else ''} ({line})"
        for (word, line), whose in accounts.items()
    )
    return f"the policy says {some(said)}"


def _because(shift: Shift) -> str:
    by = f"by {some(shift.causes, 2)}" if shift.causes else "by several of them together"
    told = shift.uses and shift.kind is not Kind.DATA  # data is told by its class already
    return f"{by}; {some(shift.things, _THINGS)}" if told else by


def cut(text: str) -> str:
    """A reason, no longer than a person reads."""
    return text if len(text) <= _REASON else f"{text[:_REASON]}... ({len(text):,} characters)"


def effects_json(found: Effects) -> dict[str, Any]:
    """All of it for a program."""
    return {
        "shifts": _shifts_json(found.shifts),
        "unread": [{"object": each.key, "why": each.why} for each in found.unread],
        "without_unread": _shifts_json(found.without),
        "untold": [{"object": each.key, "clause": each.why} for each in found.untold],
        "no_effect": list(found.idle),
        "sampled": found.sampled,
    }


def _shifts_json(several: Iterable[Shift]) -> list[dict[str, Any]]:
    return [
        {
            "who": shift.who,
            "direction": shift.direction.value,
            "uses": [{"app": app, "surface": surface.value} for app, surface in shift.uses],
            "kind": shift.kind.value,
            "before": shift.before,
            "after": shift.after,
            "places": [{"place": place, "path": path} for place, path in shift.places],
            "identifiers": list(shift.things),
            "needed_for": list(shift.needed),
            "policy": [
                {
                    "effect": each.effect.value,
                    "account": each.account.value,
                    "rule": each.decided_by.id,
                    "file": each.decided_by.span.file,
                    "line": each.decided_by.span.line,
                }
                for each in shift.rulings
            ],
            "objects": list(shift.causes),
            "why": shift.why,
            "text": shift_words(shift),
        }
        for shift in several
    ]
