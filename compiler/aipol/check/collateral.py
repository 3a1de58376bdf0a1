"""Say what a block reaches besides, before it does, and what is left open because it would."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from aipol.catalogue.collateral import OFFERED, Collateral, collateral, of_surface
from aipol.catalogue.model import Use
from aipol.diagnostics import Diagnostic, codes
from aipol.ir import Ir, Origin
from aipol.language.words import enumerated
from aipol.vocabulary import Effect, Surface

if TYPE_CHECKING:
    from aipol.catalogue.load import Catalogue
    from aipol.catalogue.model import Identifier
    from aipol.language.assemble import Assembled
    from aipol.language.model import Clause
    from aipol.language.placed import Placed

_MOST = 3
_BY_PROGRAM = frozenset({Surface.DESKTOP, Surface.CLI})


def collateral_findings(
    assembled: Assembled, ir: Ir, catalogue: Catalogue, shipped: Catalogue
) -> Iterator[Diagnostic]:
    """A note for each clause whose block stops, or spares, what is no AI app.

    A clause about every app is not told: it would be told the same in every policy. `shipped` is
    the catalogue that `aipol catalog` asks.
    """
    clauses = {clause.value.id: clause for clause in assembled.clauses}
    for name, uses in _blocked(ir).items():
        clause = clauses[name]
        if "*" in clause.value.apps:
            continue
        stopped = _one_an_app(_stopped(uses, catalogue))
        spared = _one_an_app(_spared(uses, catalogue))
        for found, what in (
            (stopped, "also stops what is more than its app"),
            (spared, "cannot block what serves more than its app"),
        ):
            if found:
                first = next(iter(found.values()))
                hint = _shown(first, shipped) or _asked(assembled, clause, first, uses, catalogue)
                yield _note(clause, found, what, hint)


def _one_an_app(every: Iterable[Collateral]) -> Mapping[str, Collateral]:
    found: dict[str, Collateral] = {}
    for each in every:
        found.setdefault(each.app, each)
    return found


def _blocked(ir: Ir) -> Mapping[str, dict[str, set[Surface]]]:
    """The surfaces of apps that each clause blocks for somebody, by the clause's id."""
    found: dict[str, dict[str, set[Surface]]] = {}
    for ruling in ir.rulings:
        # A rule may bear the name of what holds where no rule matches.
        if ruling.effect is Effect.BLOCK and ruling.decided_by.origin is not Origin.DEFAULT:
            by_app = found.setdefault(ruling.decided_by.id, {})
            by_app.setdefault(ruling.app, set()).add(ruling.surface)
    return found


def _stopped(uses: Mapping[str, set[Surface]], catalogue: Catalogue) -> Iterator[Collateral]:
    """Programs that are blocked, and what is no AI with them."""
    for app_id, surfaces in sorted(uses.items()):
        if app_id not in catalogue:
            continue
        app = catalogue.app(app_id)
        every = collateral(app, catalogue)
        for surface in sorted(surfaces):
            for found in of_surface(app, surface, every):
                if not found.held and found.breaks:
                    yield found


def _spared(uses: Mapping[str, set[Surface]], catalogue: Catalogue) -> Iterator[Collateral]:
    """Of each app that is reached only by what serves more, such hosts or programs."""
    for app_id, surfaces in sorted(uses.items()):
        held = {found.value: found for found in _of(app_id, catalogue) if found.held}
        if not held:
            continue
        app = catalogue.app(app_id)
        ways = [
            [domain.domain for domain in app.domains if domain.role is role]
            for surface, role in OFFERED.items()
            if surface in surfaces
        ]
        if surfaces & _BY_PROGRAM:
            ways.append([i.value for i in (*app.macos, *app.windows, *app.cli) if _acts(i)])
        closed = next((way for way in ways if all(each in held for each in way)), ())
        yield from (held[value] for value in closed)


def _acts(identifier: Identifier) -> bool:
    return identifier.use in {Use.DECIDE, Use.KEEP_OPEN}


def _of(app_id: str, catalogue: Catalogue) -> tuple[Collateral, ...]:
    return collateral(catalogue.app(app_id), catalogue) if app_id in catalogue else ()


def _shown(found: Collateral, shipped: Catalogue) -> str:
    """The command that lists it, unless only the policy's overlay or its lock says it."""
    if found not in _of(found.app, shipped):
        return ""
    return f"`aipol catalog show {found.app}` lists them with their sources"


def _asked(
    assembled: Assembled,
    clause: Placed[Clause],
    found: Collateral,
    uses: Mapping[str, set[Surface]],
    catalogue: Catalogue,
) -> str:
    """The question about somebody whom the clause blocks; `explain` asks the policy's catalogue."""
    app = catalogue.app(found.app)
    ways = [way for way in sorted(uses[found.app]) if of_surface(app, way, (found,))]
    everyone = any(assembled.groups[name].value.all for name in clause.value.groups)
    who = "" if everyone else f" --group {shlex.quote(clause.value.groups[0])}"
    surface = ways[0] if ways else min(uses[found.app])
    question = f"--app {found.app} --surface {surface}{who}"
    return f"`aipol explain {shlex.quote(assembled.file)} {question}` lists them"


def _note(
    clause: Placed[Clause], found: Mapping[str, Collateral], what: str, hint: str
) -> Diagnostic:
    first = list(found.values())[:_MOST]
    named = [f"{each.app} by `{each.value}` ({each.breaks})" for each in first]
    rest = len(found) - len(first)
    examples = ", ".join(named) + f" and {rest} more" if rest else enumerated(named, "and")
    return codes.COLLATERAL.at(
        clause.span("apps"), rule=clause.value.id, what=what, examples=examples, hint=hint
    )
