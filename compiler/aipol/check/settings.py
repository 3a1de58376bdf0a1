"""Check what the policy says under `targets:` against each target's own settings model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from aipol.check.identity import check_directories
from aipol.diagnostics import Diagnostic, codes
from aipol.language.faults import Fault, findings_of
from aipol.language.placed import Placed
from aipol.language.shape import Shape
from aipol.serving import Serving
from aipol.sited import FOLDER
from aipol.sites import AtSites, has_sites
from aipol.target import Target

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from aipol.language.assemble import Assembled
    from aipol.language.document import Document, Path

_NOT_THERE = {"missing", "extra_forbidden"}


def check_settings(
    assembled: Assembled, targets: Sequence[Target]
) -> tuple[Mapping[str, Any], tuple[Diagnostic, ...]]:
    """The validated settings of each configured target, and what is wrong with the others.

    Groups that a configured target cannot know are findings too.
    """
    valid: dict[str, Any] = {}
    findings: list[Diagnostic] = []
    for target in targets:
        if target.id not in assembled.targets:
            continue
        settings, found = _at_sites(assembled, target) or _validated(
            target, _own(assembled, target)
        )
        findings += found
        if not found:
            valid[target.id] = settings
    findings += _same_addresses(assembled, targets, valid)
    return valid, (*findings, *check_directories(assembled, targets))


_Validated = tuple[Any, list[Diagnostic]]


def _own(assembled: Assembled, target: Target) -> Placed[dict[str, Any]]:
    return assembled.targets[target.id]


def _validated(
    target: Target,
    placed: Placed[dict[str, Any]],
    there: Placed[dict[str, Any]] | None = None,
) -> _Validated:
    """Settings, or what is wrong with them: with a site's own at the site, where it has some."""
    value = {**placed.value, **(there.value if there else {})}
    try:
        return target.settings.model_validate_json(json.dumps(value)), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    at_home = [each for each in details if there is None or _is_of(each, placed, there)]
    away = [each for each in details if each not in at_home]
    found = list(_findings(target, placed, at_home))
    return None, [*found, *(_findings(target, there, away) if there else ())]


def _is_of(
    details: ErrorDetails, placed: Placed[dict[str, Any]], there: Placed[dict[str, Any]]
) -> bool:
    """Whether a fault is one of what the policy says for all sites, not of what a site says."""
    key = details["loc"][0] if details["loc"] else None
    return key in placed.value and key not in there.value


def _at_sites(assembled: Assembled, target: Target) -> _Validated | None:
    """The settings at each site that has the target; None where there are no sites."""
    inventory = assembled.inventory
    if inventory is None or not has_sites(target):
        return None
    by_site: dict[str, Any] = {}
    findings: list[Diagnostic] = []
    for name, site in inventory.value.sites.items():
        if site.targets is not None and target.id not in site.targets:
            continue
        own = (site.targets or {}).get(target.id, {})
        there = Placed(own, inventory.document, ("sites", name, "targets", target.id))
        by_site[name], found = _validated(target, _own(assembled, target), there)
        findings += found
    return AtSites(by_site), findings


def _same_addresses(
    assembled: Assembled, targets: Sequence[Target], settings: Mapping[str, Any]
) -> Iterator[Diagnostic]:
    """Sites whose devices would fetch other files than theirs, being sent to the same place."""
    for target in targets:
        own, inventory = settings.get(target.id), assembled.inventory
        if inventory is None or not isinstance(own, AtSites) or not isinstance(target, Serving):
            continue
        for key in sorted({kind.address for kind in target.fetched if kind.address}):
            first: dict[str, str] = {}
            for site, there in own.by_site.items():
                address = getattr(there, key)
                other = first.setdefault(address, site) if address else site
                if other != site:
                    yield codes.BAD_BINDING.at(
                        inventory.key_span("sites", site, "targets", target.id, key),
                        why=f"sites `{other}` and `{site}` have one `{key}` of target "
                        f"`{target.id}`, and files of their own",
                        hint=f"give each site the `{key}` of its folder, "
                        f"`{target.id}/{FOLDER}/{site}`",
                    )


def _findings(
    target: Target, placed: Placed[dict[str, Any]], errors: Sequence[ErrorDetails]
) -> Iterator[Diagnostic]:
    """What the front end would say of the same slips elsewhere, as findings about a target."""
    # Merged settings: their places are the document's already, their values may be a base's.
    value: Any = placed.value
    for step in reversed(placed.path):
        value = {step: value}
    document = replace(placed.document, value=value)
    shape = Shape(target.settings, placed.path)
    faults: dict[tuple[Path, bool], Fault] = {}
    for details in errors:
        fault = Fault(document, _placed(details, document, placed.path), shape)
        # Of the ways to fail all members of a union, the first is told.
        faults.setdefault((fault.path, fault.on_key), fault)
    about = f"target `{target.id}`"
    for finding in findings_of(tuple(faults.values())):
        text = finding.message
        why = text if about in text else f"{about}: {text}"
        yield codes.BAD_SETTING.at(
            finding.span, why=why, hint=finding.hint, related=finding.related
        )


def _placed(details: ErrorDetails, document: Document, root: Path) -> ErrorDetails:
    """`details` about a place in the document; steps into members of a union are none."""
    path = (*root, *details["loc"])
    if details["type"] not in _NOT_THERE and path[-1] != "[key]":
        path = document.nearest(path)
    return {**details, "loc": path}
