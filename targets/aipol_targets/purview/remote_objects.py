"""Say which objects artefacts are made for, without anybody being asked."""

from __future__ import annotations

from aipol.remote import Objects
from aipol_targets.purview.remote_canonical import canonical
from aipol_targets.purview.remote_wanted import wanted


def objects_of(organization: str) -> Objects:
    """What is pushed for an organisation."""
    del organization  # artefacts bear it in their marks
    return Objects(wanted, canonical)
