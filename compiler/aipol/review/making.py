"""The table of contents of a review: outputs, effects, edits, gaps, surprises, risks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from aipol.diagnostics.model import Severity
from aipol.difference import Difference, difference
from aipol.difference.later import Later, later
from aipol.difference.settings import setting_changes
from aipol.pipeline import reopened
from aipol.review.edits import Edit, edits
from aipol.review.files import file_changes
from aipol.review.gaps import GapChanges, gap_changes, policy_gaps
from aipol.review.model import Review
from aipol.review.outputs import NOTHING, built, of_both, same_inputs
from aipol.review.risks import Changed, risks
from aipol.review.sides import Side, only_of
from aipol.review.surprises import Looked, surprises
from aipol.vocabulary import Effect

if TYPE_CHECKING:
    from aipol.diagnostics import Diagnostic
    from aipol.ir import Ir
    from aipol.pipeline import Build, Opened
    from aipol.review.objects import ObjectChanges
    from aipol.target import Target

Objects = Callable[[str, str, Mapping[str, bytes], Mapping[str, bytes]], "ObjectChanges | None"]
"""What becomes of an organisation's objects of a target, by the files below its folder."""


@dataclass(frozen=True, slots=True)
class Named:
    """One of the two policies: what it is called, its commit if it has one, and what was read."""

    name: str
    commit: str
    opened: Opened | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be compared, for which day and targets. `policy` is the path as it is told."""

    policy: str
    as_of: date
    base: Named
    new: Opened
    new_name: str
    targets: Sequence[Target]
    every: Sequence[Target]
    """All targets, by which a policy is checked."""
    objects: Objects

    @property
    def chosen(self) -> tuple[str, ...]:
        """The targets by name, where some are left out."""
        return () if self.whole else tuple(target.id for target in self.targets)

    @property
    def whole(self) -> bool:
        """Whether no target is left out."""
        return len(self.targets) == len(self.every)


def reviewed(asked: Asked) -> Review:
    """What a reviewer reads of the change."""
    before, after = asked.base.opened, asked.new
    outputs = of_both(before, after, asked.targets, whole=asked.whole)
    base = Side(asked.base.name, asked.base.commit, asked.policy, before, outputs[0])
    new = Side(asked.new_name, "", asked.policy, after, outputs[1])
    total, by_policy, by_catalogue = _effects(asked)
    edited = _edits(before, after)
    # What some targets leave open others may hold.
    gaps = _gaps(total, base, new) if asked.whole else None
    coming = _coming(before, after, total)
    compared = base.comparable and new.comparable
    files = file_changes(base.outputs.files, new.outputs.files) if compared else ()
    return Review(
        policy=asked.policy,
        as_of=asked.as_of,
        base=base,
        new=new,
        difference=total,
        by_policy=by_policy,
        by_catalogue=by_catalogue,
        edits=edited,
        surprises=_surprises(base, new, edited, by_policy),
        risks=risks(Changed(base, new, total, edited, gaps, coming)),
        found=only_of(new, base),
        gone=only_of(base, new),
        gaps=gaps,
        objects=_objects(asked, base, new),
        files=files,
        number_of_files=len(base.outputs.files.keys() | new.outputs.files.keys()),
        coming=coming,
        chosen=asked.chosen,
    )


def of_files(
    asked: Asked, files: Mapping[str, bytes], read_back: Callable[[Build], tuple[Diagnostic, ...]]
) -> Review:
    """The same against a folder of output files, which say nothing of rules.

    `read_back` finds where they do not do what the new policy says.
    """
    base = Side(asked.base.name, "", asked.policy, None, replace(NOTHING, files=files))
    build, outputs = built(asked.new, asked.targets, whole=asked.whole)
    new = Side(asked.new_name, "", asked.policy, asked.new, outputs)
    return replace(
        _bare(asked, base, new),
        objects=_objects(asked, base, new),
        files=file_changes(files, outputs.files) if new.comparable else (),
        number_of_files=len(files.keys() | outputs.files.keys()),
        read_back=read_back(build) if build is not None and new.comparable else (),
    )


def of_vendors(asked: Asked, objects: tuple[ObjectChanges, ...], people: tuple[str, ...]) -> Review:
    """The same against what vendors have, by what applying the policy would do there."""
    base = Side(asked.base.name, "", asked.policy, None, NOTHING)
    new = Side(asked.new_name, "", asked.policy, asked.new, NOTHING)
    return replace(_bare(asked, base, new), objects=objects, people=people)


def _bare(asked: Asked, base: Side, new: Side) -> Review:
    """A review of nothing but the new policy's errors."""
    errors = tuple(each for each in new.findings if each.severity is Severity.ERROR)
    return Review(
        policy=asked.policy,
        as_of=asked.as_of,
        base=base,
        new=new,
        difference=None,
        by_policy=None,
        by_catalogue=None,
        edits=(),
        surprises=(),
        risks=(),
        found=errors,
        gone=(),
        gaps=None,
        objects=(),
        files=(),
        number_of_files=0,
        chosen=asked.chosen,
        of_policies=False,
    )


def _effects(
    asked: Asked,
) -> tuple[Difference | None, Difference | None, Difference | None]:
    """Of both together, of the policy alone, and of the catalogue alone where it is another."""
    before, after = asked.base.opened, asked.new
    if after.ir is None:
        return None, None, None
    if before is None:
        found = difference(nothing_said(after.ir), after.ir)
        return found, found, None
    if before.ir is None:
        return None, None, None
    total = difference(before.ir, after.ir)
    if before.catalogue.digest == after.catalogue.digest:
        return total, total, None
    between = reopened(before, asked.as_of, after.catalogue, asked.every).ir
    if between is None:
        return total, total, None
    return total, difference(between, after.ir), difference(before.ir, between)


def nothing_said(ir: Ir) -> Ir:
    """What holds of the same people before there is any policy."""
    return replace(
        ir,
        apps={},
        rulings=(),
        protected_hosts=(),
        unlisted_ai=Effect.ALLOW,
        policy_clauses=(),
        sites={},
    )


def _coming(before: Opened | None, after: Opened, found: Difference | None) -> tuple[Later, ...]:
    """What the two do on later days, where both were and mean something."""
    if before is None or before.assembled is None or after.assembled is None or found is None:
        return ()
    if same_inputs(before, after):
        return ()
    old, new = (before.assembled, before.catalogue), (after.assembled, after.catalogue)
    return later(old, new, found.sides.after.as_of, found)


def _edits(before: Opened | None, after: Opened) -> tuple[Edit, ...]:
    if before is None or before.assembled is None or after.assembled is None:
        return ()
    ways = {}
    if before.ir is not None and after.ir is not None:
        ways = {each.key: each.direction for each in setting_changes(before.ir, after.ir)}
    return edits(before.assembled, after.assembled, ways)


def _gaps(found: Difference | None, base: Side, new: Side) -> GapChanges | None:
    if found is None or not (base.comparable and new.comparable):
        return None
    sides = (base.outputs, new.outputs)
    own = gap_changes(found.sides, *(each.gaps for each in sides))
    return replace(own, policy=policy_gaps(*(each.policy_gaps for each in sides)))


def _surprises(
    base: Side, new: Side, edited: tuple[Edit, ...], found: Difference | None
) -> tuple[Diagnostic, ...]:
    if found is None or base.opened is None or new.opened is None:
        return ()
    before, after = base.opened.assembled, new.opened.assembled
    if before is None or after is None:
        return ()
    return surprises(Looked(base, new, before, after, edited, found))


def _objects(asked: Asked, base: Side, new: Side) -> tuple[ObjectChanges, ...]:
    if new.ir is None or not (base.comparable and new.comparable):
        return ()
    organization, found = new.ir.organization.identifier, []
    for target in asked.targets:
        sides = [_below(target.id, side.outputs.files) for side in (base, new)]
        if sides[0] == sides[1]:
            continue
        changes = asked.objects(organization, target.id, sides[0], sides[1])
        if changes is not None:
            found.append(changes)
    return tuple(found)


def _below(target: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    start = f"{target}/"
    return {
        path.removeprefix(start): content
        for path, content in files.items()
        if path.startswith(start)
    }
