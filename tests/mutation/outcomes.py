"""What a target makes of a policy with every kind of pattern, and how a change of it ends."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from aipol.target import UnreadableArtifact
from tests.unit.targets.network import policies as small


@cache
def emitted(target: str, given: tuple[str, ...]) -> small.Emitted:
    """What the target makes of the policy, in these outputs alone."""
    if target == "fortigate":
        return small.guarded(small.everything(), outputs=list(given))
    return small.MAKERS[target](small.everything(), *given)


def outcome(found: small.Emitted, files: Mapping[str, bytes] | None) -> str:
    """Why files are refused, `verify` if their answers are not the policy's, nothing if alive."""
    try:
        return "verify" if found.findings(files) else ""
    except UnreadableArtifact as fault:
        return f"refused: {fault}"
