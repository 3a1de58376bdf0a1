"""Say which objects artefacts are made for, without anybody being asked."""

from __future__ import annotations

from functools import partial

from aipol.remote import Objects
from aipol_targets.cloudflare.remote_canonical import canonical
from aipol_targets.cloudflare.remote_wanted import wanted


def objects_of(organization: str) -> Objects:
    """What is pushed for an organisation."""
    return Objects(partial(wanted, organization), canonical)
