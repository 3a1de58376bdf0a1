"""Turns what taking a catalogue update would do into words and JSON, effect on people first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from aipol.catalogue.compare import AppStep, Contents, Named, Step
from aipol.diagnostics.model import Diagnostic, Severity
from aipol.diagnostics.report_json import finding_as_json
from aipol.diagnostics.report_text import tally
from aipol.difference import Difference, Direction, apart
from aipol.language.words import enumerated
from aipol.report import words
from aipol.report.difference import (
    change_json,
    change_words,
    following_words,
    header_json,
    header_words,
    protected_json,
    protected_words,
    reach_json,
    reach_words,
)
from aipol.report.words import count, markdown, markdown_row

if TYPE_CHECKING:
    from aipol.catalogue.versions import Version
    from aipol.difference.taking import Taking

SCHEMA = "aipol.catalog-diff/1"
_MOST_LINES = 8
_WAYS = {
    Direction.LOOSER: "looser",
    Direction.STRICTER: "stricter",
    Direction.OTHER: "otherwise",
}


# --- for a person ---------------------------------------------------------------------------------


def obstacles(taking: Taking) -> Iterator[tuple[str, tuple[Diagnostic, ...]]]:
    """The errors that keep the policy from meaning anything, under a title each."""
    policy = taking.policy
    for found, start, end in (
        (
            taking.found,
            f"Taking {taking.new.name} breaks {policy}:",
            f"only under {taking.new.name}",
        ),
        (taking.gone, f"{policy} has", f"only under {taking.old.name}"),
        (taking.both, f"{policy} has", "under both"),
    ):
        errors = tuple(each for each in found if each.severity is Severity.ERROR)
        if errors:
            yield f"{start} {tally(errors)} {end}.", errors


def remarks(taking: Taking) -> tuple[str, tuple[Diagnostic, ...]]:
    """What else the policy is told under the new version only, under a title."""
    found = tuple(each for each in taking.found if each.severity is not Severity.ERROR)
    return f"{taking.policy} has {tally(found)} more under {taking.new.name}:", found


def headline(taking: Taking) -> str:
    """The effect in one sentence."""
    under = f"under {taking.policy} as of {taking.as_of}"
    if taking.difference is None:
        return f"What taking {taking.new.name} changes for people cannot be said {under}."
    if taking.things:
        counts = ((taking.things.count(way), word) for way, word in _WAYS.items())
        ways = ", ".join(f"{number} {word}" for number, word in counts if number)
        things = count(len(taking.things), "thing")
        return f"Taking {taking.new.name} changes {things} for people {under}: {ways}."
    if any(_blocks(taking)):
        return (
            f"Taking {taking.new.name} changes nothing for people {under},"
            " only what may be blocked at all."
        )
    return f"No effect on people {under}: {_amount(taking) or 'nothing differs'}."


def _rest(taking: Taking) -> str:
    """What differs besides what the blocks show; empty where the headline said it."""
    amount = _amount(taking)
    if taking.difference is None or not amount or not any(_blocks(taking)):
        return ""
    return f"No effect on people: {amount}."


def text(taking: Taking) -> Iterator[str]:
    """The answer on about a screen."""
    return _text(taking, _few)


def verbose_text(taking: Taking) -> Iterator[str]:
    """The answer with everything that the screen has no room for."""
    yield from _text(taking, list)
    yield from _names(taking.contents)


def _text(taking: Taking, chosen: Callable[[Sequence[str]], Iterable[str]]) -> Iterator[str]:
    yield from words.folded(headline(taking))
    for title, lines in _blocks(taking):
        yield title
        for line in chosen(lines):
            yield from words.folded(f"  {line}")
    if taking.difference is None:
        yield f"In the catalogue, {_amount(taking) or 'nothing differs'}."
    elif rest := _rest(taking):
        yield rest


def _few(lines: Sequence[str]) -> Iterator[str]:
    if len(lines) <= _MOST_LINES + 1:
        yield from lines
        return
    yield from lines[:_MOST_LINES]
    yield f"and {len(lines) - _MOST_LINES:,} more lines: `--verbose` shows them"


def _blocks(taking: Taking) -> Iterator[tuple[str, Sequence[str]]]:
    """Titles with what stands under each, the weightiest first; nothing without content."""
    if taking.difference is None:
        return
    found = taking.difference
    for way, word in _WAYS.items():
        lines = [change_words(c) for c in found.changes if c.direction is way]
        if lines:
            yield f"{word.capitalize()}:", lines
    identifiers = sorted([(_position(m[0].direction), reach_words(m)) for m in taking.own])
    lines = [f"{list(_WAYS.values())[place]}: {words}" for place, words in identifiers]
    lines += _following_lines(taking)
    if lines:
        yield "Identifiers:", lines
    lines = [f"{_WAYS[c.direction]}: {header_words(c)}" for c in found.headers]
    if lines:
        yield "Tenant restrictions:", lines
    hosts = [f"{becomes}: {host}" for host, becomes in _protection(taking).items()]
    if hosts:
        yield "Hosts that nothing may block:", hosts
    platforms = [f"{n.step}: {n.name}" for n in taking.contents.shared_platforms]
    if platforms:
        yield "Platforms that many share:", platforms


def _protection(taking: Taking) -> dict[str, str]:
    """What becomes of the hosts that nothing may block, by the words for each."""
    found = taking.difference
    if found is None:
        return {}
    return {
        **{protected_words(host): "protected" for host in found.protected},
        **{protected_words(host): "no longer protected" for host in found.unprotected},
    }


def _position(way: Direction) -> int:
    return list(_WAYS).index(way)


def _following_lines(taking: Taking) -> Iterator[str]:
    """The identifiers of apps that come or go, in one line each way."""
    for members in apart.followed(taking.difference) if taking.difference else ():
        yield f"{_WAYS[members[0].direction]}: {following_words(members)}"


def _amount(taking: Taking) -> str:
    """How much differs that no block shows: `3 apps and 12 identifiers differ`; empty for none."""
    parts = [
        count(len(taking.idle), "app") if taking.idle else "",
        count(len(taking.idle_rows), "identifier") if taking.idle_rows else "",
        *_others(taking),
    ]
    said = [part for part in parts if part]
    if not said:
        return ""
    alone = len(said) == 1 and said[0].startswith("1 ")
    return f"{enumerated(said, 'and')} {'differs' if alone else 'differ'}"


def _others(taking: Taking) -> list[str]:
    found, shown = taking.contents, _protection(taking)
    names = {
        "vendor": found.vendors,
        "protected host": [each for each in found.protected if each.name not in shown],
        "shared platform": () if taking.difference is not None else found.shared_platforms,
        "common host": found.common_hosts,
        "signing team": found.teams,
        "protected program": found.protected_programs,
    }
    return [count(len(each), noun) for noun, each in names.items() if each]


def _names(found: Contents) -> Iterator[str]:
    """Everything in which the catalogues differ, by name."""
    lines = [f"{step.app} {step.step}{_about(step)}" for step in found.apps]
    for noun, names in (("vendor", found.vendors), ("protected host", found.protected)):
        lines += [f"{noun} {named.name} {named.step}" for named in names]
    lines += [f"shared platform {named.name} {named.step}" for named in found.shared_platforms]
    lines += [f"common host {named.name} {named.step}" for named in found.common_hosts]
    lines += [f"signing team {named.name} {named.step}" for named in found.teams]
    lines += [f"protected program {it.name} {it.step}" for it in found.protected_programs]
    if lines:
        yield "In the catalogue:"
        for line in lines:
            yield from words.folded(f"  {line}")


def _about(step: AppStep) -> str:
    if step.step is not Step.CHANGED:
        return f": {count(len(step.identifiers), 'identifier')}"
    keys = [f"{key} changed" for key in step.keys]
    rows = [f"{row.section} {row.value} {row.step}" for row in step.rows]
    return f": {', '.join((*keys, *rows))}"


def markdown_lines(taking: Taking) -> Iterator[str]:
    """The headline and a row for everything that has an effect."""
    yield markdown(headline(taking))
    rows = [(title.removesuffix(":"), line) for title, lines in _blocks(taking) for line in lines]
    told = (*obstacles(taking), remarks(taking))
    rows += [
        (title.rstrip(":."), f"{each.span}: {each.severity} {each.code}: {each.message}")
        for title, found in told
        for each in found
    ]
    if rows:
        yield ""
        yield "| what | for whom |"
        yield "| --- | --- |"
        yield from map(markdown_row, rows)
    if rest := _rest(taking):
        yield ""
        yield markdown(rest)


# --- for a program --------------------------------------------------------------------------------


def versions_json(taking: Taking) -> dict[str, Any]:
    """Everything, for a program."""
    return {
        "schema": SCHEMA,
        "ok": not taking.fails,
        "policy": taking.policy,
        "as_of": taking.as_of.isoformat(),
        "old": _version_json(taking.old),
        "new": _version_json(taking.new),
        "findings": _findings(taking.found),
        "findings_no_more": _findings(taking.gone),
        "findings_both": _findings(taking.both),
        "affected": None if taking.difference is None else taking.for_somebody,
        **_difference_json(taking.difference),
        "catalogue": _contents_json(taking.contents),
    }


def _findings(found: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    return [dict(finding_as_json(finding)) for finding in found]


def _version_json(version: Version) -> dict[str, Any]:
    known = version.catalogue
    unread = list(version.unread)
    return {"name": version.name, "digest": known.digest, "apps": len(known), "unread": unread}


def _difference_json(found: Difference | None) -> dict[str, Any]:
    if found is None:
        return {"changes": [], "identifiers": [], "tenant_restrictions": [], "protected": {}}
    return {
        "changes": [change_json(found.sides, change) for change in found.changes],
        "identifiers": [reach_json(found.sides, reach) for reach in found.reaches],
        "tenant_restrictions": [header_json(found.sides, change) for change in found.headers],
        "protected": {
            "added": [protected_json(host) for host in found.protected],
            "removed": [protected_json(host) for host in found.unprotected],
        },
    }


def _contents_json(found: Contents) -> dict[str, Any]:
    return {
        "apps": [
            {
                "app": step.app,
                "change": step.step.value,
                "keys": list(step.keys),
                "rows": [
                    {"section": row.section, "value": row.value, "change": row.step.value}
                    for row in step.rows
                ],
            }
            for step in found.apps
        ],
        "vendors": _named_json(found.vendors),
        "protected": _named_json(found.protected),
        "shared_platforms": _named_json(found.shared_platforms),
        "common_hosts": _named_json(found.common_hosts),
        "teams": _named_json(found.teams),
        "protected_programs": _named_json(found.protected_programs),
    }


def _named_json(found: Iterable[Named]) -> list[dict[str, str]]:
    return [{"name": named.name, "change": named.step.value} for named in found]
