"""Check every name that a policy uses against what there is."""

from __future__ import annotations

from aipol.check import (
    approvals,
    apps,
    configured,
    floors,
    identity,
    network,
    references,
    selectors,
)
from aipol.check.known import Catalogue, Known
from aipol.diagnostics.model import Diagnostic
from aipol.language.assemble import Assembled
from aipol.language.order import in_reading_order


def check_names(
    assembled: Assembled, catalogue: Catalogue, outputs: configured.Known
) -> tuple[Diagnostic, ...]:
    """All findings about names, in reading order: the child's file first, then its bases.

    `outputs` has those of each target that there is.
    """
    known = Known(assembled, catalogue)
    findings = (
        *selectors.check_selectors(assembled, known),
        *approvals.check_approvals(assembled, known),
        *references.check_groups_exist(assembled),
        *references.check_data_classes_exist(assembled),
        *references.check_gateways_exist(assembled),
        *configured.check_targets_exist(assembled, outputs),
        *references.check_vendors_exist(assembled, known),
        *references.check_tests_name_what_exists(assembled, known),
        *identity.check_ids(assembled),
        *identity.check_identities(assembled),
        *identity.check_networks(assembled),
        *identity.check_protected_accounts(assembled),
        *identity.check_cycles(assembled),
        *identity.check_last_tier(assembled),
        *apps.check_apps(assembled, known),
        *apps.check_network_hosts(assembled),
        *network.check_segments(assembled),
        *floors.check_floors(assembled, catalogue),
    )
    return in_reading_order(findings, assembled.layers)
