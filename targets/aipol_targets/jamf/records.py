"""Turns what profiles and records do into one coverage record for each clause of each ruling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aipol.ir import Ir, Ruling
from aipol.target import EFFECT_CLAUSE, Coverage, Deviation, Reason, Status
from aipol.vocabulary import MACOS, Effect, Surface
from aipol_targets.common.apple.account import Account, account_for, merged, sum_up
from aipol_targets.common.apple.model import CellProfile
from aipol_targets.jamf.programs import (
    FORMS,
    SURFACES,
    SWITCHED_OFF,
    Programs,
    process_names,
    program_deviations,
)

TARGET = "jamf"

OTHER_BROWSERS = Reason(
    "unmanaged-browser",
    "Safari, and any browser but Chrome, Edge and Firefox, takes no list of sites from a profile",
    "keep other browsers off these Macs and set `other_browsers: absent`, or block on the network",
)
PROGRAM_CALLS = Reason(
    "api-from-programs",
    "a browser's list stops pages, not the API calls of scripts and programs",
    "block the API hosts on the network",
)
NO_PROCESS_NAME = Reason(
    "no-process-name",
    "no process name is known that stands for it alone, and Restricted Software needs one",
    "block it by signature (Santa, or macOS 27's app.settings), or on the network",
)
SHARED_PROGRAM = Reason(
    "shared-program",
    "the program does more than AI, and stopping it would stop all of that",
    "block its AI by host, or switch it off inside the program",
)
EDITOR = Reason(
    "editor-extension",
    "extensions of editors are not governed by this target",
    "block the API hosts on the network",
)
GRANT = Reason(
    "oauth-grant",
    "a grant lives in the identity provider, not on the Mac",
    "use a target that governs consent",
)
SIGN_IN = Reason(
    "sign-in-unseen",
    "a Mac's profile does not see how a person signs in",
    "use the identity provider's target",
)
CONTENT = Reason(
    "content-unseen", "a profile does not see what a person sends", "use a DLP or proxy target"
)
COMPLIANCE = Reason(
    "compliance-elsewhere",
    "Jamf Pro reports compliance; admission is decided where people sign in",
    "use the identity provider's target",
)
TRAFFIC = Reason(
    "traffic-unseen", "a profile neither sees nor steers connections", "use a network target"
)

_SILENT = frozenset({Status.UNSUPPORTED, Status.NOT_APPLICABLE})

_OBLIGATIONS: Mapping[str, Reason] = {
    "sso": SIGN_IN,
    "mfa": SIGN_IN,
    "device": COMPLIANCE,
    "data.max": CONTENT,
    "redact": CONTENT,
    "log": CONTENT,
    "inspect_tls": TRAFFIC,
    "via": TRAFFIC,
    "rate": TRAFFIC,
}


@dataclass(frozen=True, slots=True)
class Emitted:
    """What has been lowered, and the files it goes to."""

    ir: Ir
    profiles: Sequence[CellProfile]
    programs: Programs
    paths: Mapping[str, str]
    """File by profile name."""
    other_browsers: bool
    programs_off: bool


def coverage(emitted: Emitted) -> tuple[Coverage, ...]:
    """One record for each clause of each ruling, in the order of the rulings."""
    return tuple(record for ruling in emitted.ir.rulings for record in _records(emitted, ruling))


def _records(emitted: Emitted, ruling: Ruling) -> Iterator[Coverage]:
    effect = _effect(emitted, ruling)
    yield effect
    clauses = [clause for clause, _ in ruling.obligations.items()]
    for clause in clauses:
        # Whoever is kept off the direct way can only go through the gateway.
        if clause == "via" and ruling.surface is Surface.WEB:
            yield replace(effect, clause=clause)
        else:
            yield Coverage(
                ruling.id,
                clause,
                TARGET,
                MACOS,
                Status.UNSUPPORTED,
                _OBLIGATIONS.get(clause, TRAFFIC),
            )


def _effect(emitted: Emitted, ruling: Ruling) -> Coverage:
    account = account_for(emitted.ir, ruling, emitted.profiles)
    paths = [emitted.paths[each.name] for each in account.profiles]
    if ruling.surface in SURFACES:
        account = _with_programs(emitted, ruling, account)
        paths += [
            f"{each.restriction.stem}.xml"
            for each in emitted.programs.records
            if ruling.id in each.rulings
        ]
    account, status, reason = _judged(emitted, ruling, account)
    return Coverage(
        ruling=ruling.id,
        clause=EFFECT_CLAUSE,
        target=TARGET,
        situations=MACOS,
        status=status,
        reason=reason,
        artifacts=tuple(f"{TARGET}/{path}" for path in dict.fromkeys(paths)),
        # Where nothing is carried out, the status has said it all.
        deviations=() if status in _SILENT else account.deviations,
    )


def _with_programs(emitted: Emitted, ruling: Ruling, account: Account) -> Account:
    found = tuple(program_deviations(emitted.programs, ruling))
    if emitted.programs_off:
        found = tuple(
            replace(each, reason=SWITCHED_OFF) if each.status is Status.LOOSER else each
            for each in found
        )
    known = process_names(emitted.ir, ruling.app, ruling.surface)
    return replace(
        account,
        identifiers=len(known),
        carried=len(known) - sum(each.people == ruling.audience.region for each in found),
        deviations=merged(emitted.ir.universe, (*account.deviations, *found)),
    )


def _judged(
    emitted: Emitted, ruling: Ruling, account: Account
) -> tuple[Account, Status, Reason | None]:
    """`account` with what it cannot see itself, and the status that both amount to."""
    beyond = _beyond(emitted, ruling, account)
    if beyond is None:
        return account, *sum_up(ruling, account)
    reason, client = beyond
    extra = Deviation(Status.LOOSER, reason, ruling.audience.region, "*", client)
    account = replace(account, deviations=(*account.deviations, extra))
    status, first = sum_up(ruling, account)
    stricter = any(each.status is Status.STRICTER for each in account.deviations)
    if not account.identifiers and not stricter:
        return account, Status.UNSUPPORTED, reason
    return account, status, first if status is Status.UNSUPPORTED else first or reason


def _beyond(emitted: Emitted, ruling: Ruling, account: Account) -> tuple[Reason, str] | None:
    """What reaches the app past everything emitted here, and which way; None: nothing does."""
    if ruling.surface in (Surface.WEB, Surface.API) and ruling.direct is not Effect.BLOCK:
        return None
    if ruling.surface not in (Surface.WEB, Surface.API) and ruling.effect is Effect.ALLOW:
        return None
    match ruling.surface:
        case Surface.API:
            return PROGRAM_CALLS, "programs"
        case Surface.WEB | Surface.EXTENSION:
            return (OTHER_BROWSERS, "unmanaged-browser") if emitted.other_browsers else None
        case Surface.IDE:
            return EDITOR, "*"
        case Surface.CONNECTOR:
            return GRANT, "*"
        case Surface.DESKTOP | Surface.CLI:
            reason = _unnamed(emitted.ir, ruling) if not account.identifiers else None
            return (reason, FORMS[0]) if reason else None
        case Surface.BUILTIN:
            return None


def _unnamed(ir: Ir, ruling: Ruling) -> Reason | None:
    """Why no program of the app can be named; None when it has none on a Mac."""
    app = ir.apps[ruling.app].app
    known = [each for each in (*app.macos, *app.cli) if each.surface is ruling.surface]
    if any(each.shared for each in known):
        return SHARED_PROGRAM
    return NO_PROCESS_NAME if known or ruling.surface is Surface.CLI else None
