"""Turns values into the words and tables a person reads, safely for any terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from aipol.diagnostics.quoting import columns, entities, printable
from aipol.vocabulary import Account, Effect, Situation

if TYPE_CHECKING:
    from aipol.ir import Ruling

WIDTH = 100
"""The columns of a terminal that a text fills at most, as far as its words allow."""
MOST_REASONS = 3
"""Reasons that are told of one thing; of more, how many there are."""
_HANG, _DEEPEST = 4, 60
DEVICES = {
    "managed-macos": "managed Macs",
    "managed-windows": "managed Windows",
    "unmanaged": "unmanaged devices",
}
_NETWORKS = {"corporate": "on the network", "elsewhere": "off the network"}
_NOT_DONE = {
    Effect.BLOCK: "not blocked",
    Effect.WARN: "no warning shown",
    Effect.JUSTIFY: "no reason asked for",
}


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def some(names: Iterable[str], most: int = 3) -> str:
    """Names as an enumeration; past `most` of them, how many more there are."""
    every = list(names)
    if len(every) <= most + 1:
        return ", ".join(every)
    return f"{', '.join(every[:most])} and {len(every) - most:,} more"


def places(situations: Iterable[Situation]) -> str:
    """Situations in words: `managed Macs, unmanaged devices on the network`."""
    here = set(situations)
    if here == set(Situation):
        return "everywhere"
    if here == set(Situation) - {Situation.UNMANAGED_ELSEWHERE}:
        return "everywhere within reach"
    for network, words in _NETWORKS.items():
        if here == {s for s in Situation if s.network == network}:
            return f"any device {words}"
    parts: dict[str, list[str]] = {}
    for device, name in DEVICES.items():
        networks = [s.network for s in Situation if s.device == device and s in here]
        if networks:
            where = _NETWORKS[networks[0]] if len(networks) == 1 else ""
            parts.setdefault(where, []).append(name)
    return ", ".join(f"{', '.join(names)} {where}".strip() for where, names in parts.items())


def clause_words(ruling: Ruling, clause: str) -> str:
    """A clause as the policy would write it: `block`, `data.max: internal`."""
    from aipol.target import EFFECT_CLAUSE

    if clause == EFFECT_CLAUSE:
        return ruling.effect.value
    return f"{clause}: {dict(ruling.obligations.items()).get(clause, '')}"


def not_done(ruling: Ruling, clause: str) -> str:
    """What does not happen where nothing enforces a clause."""
    from aipol.target import EFFECT_CLAUSE

    if clause == EFFECT_CLAUSE:
        return _NOT_DONE.get(ruling.effect, "not decided")
    return f"`{clause_words(ruling, clause)}` not held"


def decision_words(ruling: Ruling) -> str:
    """What a ruling means for whoever it is for: effect, then obligations."""
    asked = ", ".join(
        name if value == "true" else f"{name}: {value}"
        for name, value in ruling.obligations.items()
    )
    return f"{ruling.effect} with {asked}" if asked else ruling.effect.value


def account_words(account: Account) -> str:
    """Whose account, where it matters."""
    return "" if account is Account.ANY else f" ({account} account)"


def folded(text: str, hang: int | None = None) -> Iterator[str]:
    """`text` over as many lines as it needs; those after the first begin at column `hang`.

    No word is broken: a path or a command can be copied from whatever line it is on.
    """
    shown = printable(text)
    if columns(shown) <= WIDTH:
        yield shown
        return
    margin = " " * (len(shown) - len(shown.lstrip()) + _HANG if hang is None else hang)
    line = ""
    for word in re.findall(r"\s*\S+", shown):
        if line.strip() and columns(line + word) > WIDTH:
            yield line
            line = f"{margin}{word.lstrip()}"
        else:
            line += word
    yield line


def listed(
    rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset(), indent: int = 2
) -> Iterator[str]:
    """An indented table; what its last column has no room for goes on below it."""
    for lines in listed_rows(rows, right, indent):
        yield from lines


def listed_rows(
    rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset(), indent: int = 2
) -> Iterator[Iterator[str]]:
    """The same table, the lines of each row by themselves."""
    if not rows:
        return
    before = [max(columns(row[i]) + 2 for row in rows) for i in range(len(rows[0]) - 1)]
    start = indent + sum(before)
    hang = start if start <= _DEEPEST else indent + _HANG
    for line in table(rows, right):
        yield folded(f"{' ' * indent}{line}", hang)


def table(rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> list[str]:
    """Aligned columns, two spaces apart; the columns in `right` align to the right."""
    if not rows:
        return []
    widths = [max(columns(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(_cells(row, widths, right)).rstrip() for row in rows]


def fitted(rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """A table of at most `width` columns, as far as its words allow: long cells go on below."""
    if not rows:
        return
    number = range(len(rows[0]))
    widths = [max(columns(row[i]) for row in rows) for i in number]
    least = [max(columns(word) for row in rows for word in row[i].split() or [""]) for i in number]
    while sum(widths) + 2 * (len(widths) - 1) > width and widths != least:
        widest = max((i for i in number if widths[i] > least[i]), key=lambda i: widths[i])
        widths[widest] -= 1
    for row in rows:
        cells = [_wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
        for line in zip_longest(*cells, fillvalue=""):
            yield "  ".join(_cells(line, widths, frozenset())).rstrip()


def _wrapped(cell: str, width: int) -> list[str]:
    lines = [""]
    for word in cell.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if columns(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _cells(row: Sequence[str], widths: Sequence[int], right: frozenset[int]) -> Iterable[str]:
    for position, (cell, width) in enumerate(zip(row, widths, strict=True)):
        gap = " " * (width - columns(cell))
        yield gap + cell if position in right else cell + gap


def markdown_row(cells: Iterable[str]) -> str:
    """One row of a Markdown table; nothing in a cell can become markup."""
    return f"| {' | '.join(markdown(cell) for cell in cells)} |"


def markdown(text: str) -> str:
    """Text in which every mark is a reference, except our own backticks, which become code."""
    parts = printable(text).split("`")
    return "".join(
        f"<code>{entities(part)}</code>" if number % 2 else entities(part)
        for number, part in enumerate(parts)
    )


def as_json(value: Any) -> str:
    """JSON for a program, readable for a person: what can be seen as itself, the rest escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return f"{_HIDDEN.sub(_json_escape, text)}\n"


# Outside its strings JSON is of visible characters and line feeds.
_HIDDEN = re.compile(r"[^\n -~]")


def _json_escape(found: re.Match[str]) -> str:
    char = found.group()
    return char if char.isprintable() else json.dumps(char)[1:-1]


def at_sites(sites: tuple[str, ...]) -> str:
    """` at berlin, paris`; nothing where it is everywhere."""
    return f" at {some(sites, _MOST_SITES)}" if sites else ""


_MOST_SITES = 3
