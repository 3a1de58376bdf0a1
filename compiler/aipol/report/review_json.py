"""Turns a review into JSON for a program: everything, nothing folded."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from aipol.diagnostics.report_json import finding_as_json
from aipol.report.approvals import approvals_json
from aipol.report.difference import change_json, data_json, header_json, protected_json, reach_json
from aipol.report.effects import effect_words, gap_words, policy_gap_words
from aipol.report.headcounts import headcount_json
from aipol.report.review_headline import headline
from aipol.report.unchanged import unchanged
from aipol.review.model import by_weight, strongest_first
from aipol.review.sides import place

if TYPE_CHECKING:
    from aipol.audience import Region
    from aipol.diagnostics import Diagnostic
    from aipol.difference import Cause, Change, Difference, Sides
    from aipol.ir import Because
    from aipol.people import People
    from aipol.review.edits import Edit
    from aipol.review.files import FileChange
    from aipol.review.gaps import GapChange, GapChanges
    from aipol.review.model import Review
    from aipol.review.objects import ObjectChanges
    from aipol.review.sides import Side

SCHEMA = "aipol.review/1"
_MOST_ROWS = 500


def review_json(review: Review) -> dict[str, Any]:
    """Everything that is known of the change."""
    return {
        **_head(review),
        "effects": {
            "policy": effects_json(review.base, review.new, review.by_policy, review.counted),
            "catalogue": effects_json(review.base, review.new, review.by_catalogue, review.counted),
        },
        "later": [
            {
                "day": each.day.isoformat(),
                "changes": [
                    _change(review.base, review.new, each.found, change, review.counted)
                    for change in by_weight(each.changes)
                ],
            }
            for each in review.later
        ],
        "edits": [_edit(review, edit) for edit in review.edits],
        "surprises": _findings(review.surprises),
        "risks": _findings(review.risks),
        "findings": _findings(review.found),
        "findings_no_more": _findings(review.gone),
        "gaps": _gaps(review.gaps),
        "read_back": _findings(review.read_back),
        "people": list(review.people),
        "objects": [_objects(each) for each in review.objects],
        "files": {
            "total": review.number_of_files,
            "changed": [_file(change) for change in review.files],
        },
    }


def _head(review: Review) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "ok": not review.fails,
        "policy": review.policy,
        "as_of": review.as_of.isoformat(),
        "base": _side(review.base),
        "new": _side(review.new),
        "headline": headline(review),
        "unchanged": unchanged(review),
        "affects": review.affects,
        "targets": list(review.chosen),
        "required_reviewers": approvals_json(review),
        "same_outputs": review.proven_same,
    }


def _side(side: Side) -> dict[str, Any]:
    opened = side.opened
    return {
        "name": side.name,
        "commit": side.commit,
        "policy": opened is not None,
        "catalogue": opened.catalogue.digest if opened else "",
        "errors": _findings(each for each in side.findings if each.severity == "error"),
    }


def _findings(found: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    return [dict(finding_as_json(finding)) for finding in found]


def effects_json(
    base: Side, new: Side, found: Difference | None, counted: People | None = None
) -> dict[str, Any] | None:
    """Every effect on people, the strongest first; None where none can be told."""
    if found is None:
        return None
    return {
        "changes": [_change(base, new, found, each, counted) for each in strongest_first(found)],
        "identifiers": [reach_json(found.sides, reach) for reach in found.reaches],
        "tenant_restrictions": [header_json(found.sides, change) for change in found.headers],
        "data": [data_json(change) for change in found.data],
        "protected": {
            "added": [protected_json(host) for host in found.protected],
            "removed": [protected_json(host) for host in found.unprotected],
        },
    }


def _change(
    base: Side, new: Side, found: Difference, change: Change, counted: People | None
) -> dict[str, Any]:
    return {
        **change_json(found.sides, change),
        "people": _people(found.sides, change.people),
        "headcount": headcount_json(counted, found.sides.universe, change.people),
        "text": effect_words(found.sides, change, counted),
        "said": list(change.said),
        "causes": [_cause(base, new, cause) for cause in change.causes],
    }


def _people(sides: Sides, people: Region) -> list[dict[str, list[str]]] | None:
    """Who that is, exactly: whoever is in all of some groups and none of others, by any row."""
    rows = list(islice(sides.universe.cubes(people), _MOST_ROWS + 1))
    if len(rows) > _MOST_ROWS:
        return None
    return [{"in": sorted(inside), "not_in": sorted(outside)} for inside, outside in rows]


def _cause(base: Side, new: Side, cause: Cause) -> dict[str, Any]:
    return {
        "before": [_because(base, each) for each in cause.before],
        "after": [_because(new, each) for each in cause.after],
        "uses": [{"app": app, "surface": surface.value} for app, surface in cause.uses],
    }


def _because(side: Side, because: Because) -> dict[str, Any]:
    return {
        "origin": because.origin.value,
        "id": because.id,
        "line": place(side.span(because.span)),
        "note": because.note,
    }


def _edit(review: Review, edit: Edit) -> dict[str, Any]:
    return {
        "section": edit.section,
        "name": edit.name,
        "way": edit.way.value,
        "fields": [{"key": f.key, "before": f.before, "after": f.after} for f in edit.fields],
        "before": place(review.base.span(edit.before)) if edit.before else "",
        "after": place(review.new.span(edit.after)) if edit.after else "",
        "direction": edit.direction.value,
        "for_everybody": edit.for_all,
    }


def _gaps(gaps: GapChanges | None) -> dict[str, Any] | None:
    if gaps is None:
        return None
    return {
        "before": gaps.before,
        "after": gaps.after,
        "number_opened": gaps.number_opened,
        "number_closed": gaps.number_closed,
        "opened": [_gap(each) for each in gaps.opened],
        "closed": [_gap(each) for each in gaps.closed],
        "policy": [
            {"clause": gap.clause.key, "value": gap.clause.value, "text": policy_gap_words(gap)}
            for gap in gaps.policy
        ],
    }


def _gap(gap: GapChange) -> dict[str, Any]:
    return {
        "who": gap.who,
        "uses": [{"app": app, "surface": surface.value} for app, surface in gap.uses],
        "account": gap.account.value,
        "clause": gap.clause,
        "situations": [situation.value for situation in gap.situations],
        "sites": list(gap.sites),
        "target": gap.target,
        "reason": gap.reason.code,
        "text": gap_words(gap),
    }


def _objects(changes: ObjectChanges) -> dict[str, Any]:
    return {
        "target": changes.target,
        "place": changes.place,
        "create": list(changes.created),
        "update": list(changes.updated),
        "delete": list(changes.deleted),
        "unchanged": changes.unchanged,
    }


def _file(change: FileChange) -> dict[str, Any]:
    added, removed = change.counts or (None, None)
    return {
        "path": change.path,
        "change": change.step.value,
        "lines_added": added,
        "lines_removed": removed,
    }
