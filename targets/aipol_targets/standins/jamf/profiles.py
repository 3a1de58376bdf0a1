"""What happens to a configuration profile besides being stored, and what its Macs see of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from aipol_targets.standins.jamf.payloads import Identity, decode, encode, identity, rewritten
from aipol_targets.standins.jamf.store import Record

TO_ALL = "All"
SHOWN = "Newly Assigned"
"""What every read shows of `redeploy_on_update` (terraform-provider-jamfpro 185)."""


@dataclass(frozen=True, slots=True)
class Ghost:
    """A profile that Macs keep beside the new one: its identity was changed by an update."""

    profile: int
    kept: Identity
    new: Identity


@dataclass(frozen=True, slots=True)
class Delivery:
    """An update, and whether it went to the Macs that have the profile or to new ones only."""

    profile: int
    changed: bool
    to_all: bool

    @property
    def missed(self) -> bool:
        """Whether Macs that have the profile were left with what it was before."""
        return self.changed and not self.to_all


class Profiles:
    """Rewrites the plists of profiles, and remembers what that did to Macs."""

    def __init__(self, organization: str, namespace: uuid.UUID) -> None:
        self._organization = organization
        self._namespace = namespace
        self._made = 0
        self._plists: dict[int, dict[str, Any]] = {}
        self.ghosts: list[Ghost] = []
        self.deliveries: list[Delivery] = []

    def settle(self, number: int, element: ET.Element, record: Record) -> Record:
        """The record as it is stored, of a request that created or updated it."""
        general = record["general"]
        sent = element.find("general/payloads")
        known = self._plists.get(number)
        plist = decode(sent) if sent is not None else known or {"PayloadContent": []}
        who = identity(plist)
        if known is None or not (who.uuid and who.identifier):
            # Whatever it was sent, a new profile gets an identity of the server's.
            who = self._new_identity()
        stored = rewritten(plist, who, general, self._organization)
        if known is not None:
            self._deliver(number, known, stored, general["redeploy_on_update"])
        self._plists[number] = stored
        shown = {"uuid": who.uuid, "redeploy_on_update": SHOWN, "payloads": encode(stored)}
        return {**record, "general": {**general, **shown}}

    def forget(self, number: int) -> None:
        """Remove what is known of a profile that was deleted."""
        self._plists.pop(number, None)

    def _deliver(
        self, number: int, before: dict[str, Any], after: dict[str, Any], redeploy: str
    ) -> None:
        kept, new = identity(before), identity(after)
        if kept != new:
            self.ghosts.append(Ghost(number, kept, new))
        self.deliveries.append(Delivery(number, before != after, redeploy == TO_ALL))

    def _new_identity(self) -> Identity:
        self._made += 1
        made = str(uuid.uuid5(self._namespace, f"profile {self._made}")).upper()
        return Identity(made, made)
