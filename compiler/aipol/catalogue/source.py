"""Turns the text that says where a fact was read into its parts.

owner/repository:path@commit (remark)     a file of a public repository
owner/repository@commit (remark)          the repository as a whole, at a commit
owner/repository (via other/one:path)     it, as another repository tells of it
page:host/path (remark)                   a stored web page
public-code:number (remark)               a public file known without its repository
catalogue:host                            it follows from that host of the catalogue itself
own: words                                the organisation's own word; only in an overlay
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_REMARKS = r"(?P<remarks>(?: \([^()]+\))*)"
_REPOSITORY = r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+"
_HOST = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?"
_FORMS = (
    re.compile(
        rf"(?P<where>{_REPOSITORY}):(?P<path>[^\s()][^()]*?)"
        rf"(?:@(?P<commit>[0-9a-f]{{7,40}}))?{_REMARKS}"
    ),
    re.compile(rf"(?P<where>{_REPOSITORY})@(?P<commit>[0-9a-f]{{7,40}}){_REMARKS}"),
    re.compile(rf"(?P<where>{_REPOSITORY})(?P<remarks> \(via [^()]+\))"),
    re.compile(rf"(?P<kind>page):(?P<where>{_HOST})(?P<path>/[^\s()]*)?{_REMARKS}"),
    re.compile(rf"(?P<kind>public-code):(?P<where>[0-9]+){_REMARKS}"),
    re.compile(rf"(?P<kind>catalogue):(?P<where>{_HOST})"),
    re.compile(r"(?P<kind>own): (?P<where>\S.*)"),
)


class Kind(StrEnum):
    """What sort of place a fact was read in."""

    REPOSITORY = "repository"
    PAGE = "page"
    PUBLIC_CODE = "public-code"
    CATALOGUE = "catalogue"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read."""

    kind: Kind
    where: str
    """`owner/repository`, a page's host, the number of a file, a host, or words."""
    path: str = ""
    commit: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def registered_as(self) -> str | None:
        """Its key in `sources.yaml`; None where the kind has no entry of its own there."""
        match self.kind:
            case Kind.REPOSITORY:
                return self.where
            case Kind.PAGE:
                return f"page:{self.where}"
            case Kind.PUBLIC_CODE | Kind.CATALOGUE | Kind.OWN:
                return None


def parse(text: str) -> Source | None:
    """The parts of a source; None where the text is of none of the forms."""
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            parts = found.groupdict()
            return Source(
                Kind(parts.get("kind") or Kind.REPOSITORY),
                parts["where"],
                parts.get("path") or "",
                parts.get("commit") or "",
                tuple(re.findall(r"\(([^()]+)\)", parts.get("remarks") or "")),
            )
    return None
