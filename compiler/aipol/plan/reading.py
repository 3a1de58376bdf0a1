"""Read objects back as the vendor would act on them, by way of the files they would be made for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from aipol.remote import ReadsBack, Remote, RemoteError, Wanted, references
from aipol.target import Decider, Target, UnreadableArtifact

Objects = Mapping[str, Wanted]
"""By key; a copy of one, which has the same key at the vendor, by a key of its own."""


class CannotRead(Exception):
    """The target's reader does not account for what there is; says why."""

    @classmethod
    def because(cls, fault: UnreadableArtifact) -> CannotRead:
        """What a reader says of a file."""
        return cls(f"{fault.artifact} {fault.why}")


@dataclass(frozen=True, slots=True)
class Reading:
    """One target's reader, for objects at a vendor."""

    target: Target
    remote: Remote

    def of(self, objects: Iterable[Wanted]) -> Decider:
        """What they do. Raises CannotRead."""
        if not isinstance(self.remote, ReadsBack):
            raise CannotRead(f"what {self.target.id} has is not read back as files")
        try:
            return self.target.read(self.remote.artifacts(objects))
        except RemoteError as error:
            raise CannotRead(str(error)) from None
        except UnreadableArtifact as fault:
            raise CannotRead.because(fault) from None


def standing(objects: Objects, sure: AbstractSet[str] = frozenset()) -> Objects:
    """Those that refer to nothing that is not there: without it they do nothing.

    What is `sure` to be as it is stays, for the vendor has it so.
    """
    left = {
        key: each
        for key, each in objects.items()
        if key in sure or all(other in objects for other in references(each.body))
    }
    return left if len(left) == len(objects) else standing(left, sure)
