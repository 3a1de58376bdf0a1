"""Point from an artefact back to the line of the policy that it is there for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from aipol.diagnostics import Diagnostic, Related, codes

if TYPE_CHECKING:
    from aipol.pipeline import Build, Opened
    from aipol.source import Span

_ABOUT_FILES = frozenset(
    rule.code
    for rule in (
        codes.ARTIFACT_UNREADABLE,
        codes.ARTIFACT_MISSING,
        codes.ARTIFACT_UNEXPECTED,
        codes.ARTIFACT_STALE,
    )
)


def with_policy_lines(
    findings: Iterable[Diagnostic], policy: Opened, build: Build, label: str
) -> Iterator[Diagnostic]:
    """`findings` about files below `label`, each with the rule that the file carries out.

    A file that carries out no single rule stands for its target's settings.
    """
    rules = _first_rules(build)
    for finding in findings:
        if finding.code not in _ABOUT_FILES or finding.related:
            yield finding
            continue
        name = finding.span.file.removeprefix(f"{label}/")
        related = rules.get(name) or _of_target(policy, name.partition("/")[0])
        yield replace(finding, related=(related,)) if related else finding


def _first_rules(build: Build) -> dict[str, Related]:
    """For each artefact, the first line of the policy that it carries out."""
    found: dict[str, tuple[Span, str]] = {}
    for run in build.runs:
        for record in run.coverage:
            because = build.ir.by_id[record.ruling].decided_by
            place = (because.span, f"it carries out {because.origin} `{because.id}`")
            for artifact in record.artifacts:
                found[artifact] = min(found.get(artifact, place), place)
    return {name: Related(*place) for name, place in found.items()}


def _of_target(policy: Opened, target: str) -> Related | None:
    placed = policy.assembled.targets.get(target) if policy.assembled else None
    return Related(placed.key_span(), f"it is an output of target `{target}`") if placed else None
