"""Turns the text that says where a fact was read into its parts.

owner/repository:path@commit (remark)     a file of a public repository
owner/repository@commit (remark)          the repository as a whole, at a commit
owner/repository (via other/one:path)     it, as another repository tells of it
page:host/path (remark)                   a stored web page
public-code:number (remark)               a public file known without its repository
public-code:number (owner/repository:path)  the same, once somebody found where it is
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


# A remark that names a repository is that alone, or says by a word or two how it is meant.
_NAMES_REPOSITORY = re.compile(
    rf"(?:(?:copy )?(?:in|of) |via )?(?P<where>{_REPOSITORY})(?::[^\s()][^()]*)?"
    r"(?:@[0-9a-f]{7,40})?"
)
_TOLD_OF = re.compile(rf"public-code:[0-9]+|{_REPOSITORY}(?=[:@,\s]|$)")


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
            case Kind.PUBLIC_CODE:
                return self.repository
            case Kind.CATALOGUE | Kind.OWN:
                return None

    @property
    def repository(self) -> str | None:
        """The repository it is in; of a file known by its number, the one that a remark names."""
        if self.kind is Kind.REPOSITORY:
            return self.where
        found = map(_NAMES_REPOSITORY.fullmatch, self.remarks)
        return next((each["where"] for each in found if each), None)


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


def is_one(first: str, second: str) -> bool:
    """Whether two sources are one: a remark, another file or another commit makes no second.

    Nor does a copy: what one of them says of itself in parentheses may be the other.
    """
    one, other = parse(first), parse(second)
    if one is None or other is None:
        return first == second
    return _own(one) in _known_as(other) or _own(other) in _known_as(one)


def _own(source: Source) -> str:
    """The place it is, in either case: a repository with all its files, a page, a file."""
    match source.kind:
        case Kind.REPOSITORY:
            return source.where.casefold()
        case Kind.PAGE:
            return f"page:{source.where}{source.path.rstrip('/')}".casefold()
        case Kind.PUBLIC_CODE | Kind.CATALOGUE | Kind.OWN:
            return f"{source.kind}:{source.where}".casefold()


def _known_as(source: Source) -> frozenset[str]:
    """The same, and the places that its remarks tell of."""
    told = (name for remark in source.remarks for name in _TOLD_OF.findall(remark))
    return frozenset({_own(source), *map(str.casefold, told)})
