"""Turns the catalogue's host names into what is wrong with them and between them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from aipol.catalogue.hosts import HostIndex, is_public_suffix
from aipol.catalogue.model import Match, Role
from aipol.domains import parents
from aipol.language.hosts import HostError, canonical_host

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aipol.catalogue.tree import Document, Fault, Where

Row = dict[str, Any]
Named = tuple["Document", "Where", str, Match]


def host_faults(
    documents: dict[str, Document], every: Iterable[tuple[Document, str, Row]]
) -> Iterator[Fault]:
    """Names that are no hosts, and hosts of an app that are not its own to block."""
    claims: list[tuple[Document, Where, Row]] = [
        (document, (app_id, "domains", number), row)
        for document, app_id, entry in every
        for number, row in enumerate(entry.get("domains", ()))
    ]
    special = list(_special(documents))
    named: list[tuple[Document, Where, str]] = [
        (document, (*where, "domain"), row["domain"]) for document, where, row in claims
    ]
    named += [(d, w, host) for d, w, host, _ in special]
    wrong = [
        document.fault(where, message)
        for document, where, host in named
        if (message := _refused(host))
    ]
    if wrong:
        # What is no host has no suffix and overlaps nothing.
        yield from wrong
        return
    yield from _suffix_roots(claims)
    yield from _overlaps(documents, claims)
    yield from _flags(claims)
    yield from _opened(claims)
    yield from _swallowed(documents, special)


def _special(documents: dict[str, Document]) -> Iterator[Named]:
    protected = documents["protected"]
    for owner, rows in protected.value.items():
        for number, row in enumerate(rows):
            yield protected, (owner, number, "host"), row["host"], Match(row["match"])
    if "common_hosts" in documents:
        common = documents["common_hosts"]
        for number, row in enumerate(common.value):
            yield common, (number, "host"), row["host"], Match(row["match"])


def _refused(host: str) -> str:
    # What `rules.host` lets through is written as it is compared, or is no host name at all.
    try:
        canonical_host(host)
    except HostError as error:
        return f"`{host}` is not a host name: {error}"
    return ""


def _suffix_roots(claims: Iterable[tuple[Document, Where, Row]]) -> Iterator[Fault]:
    """Nobody owns what anybody may register below, unless its owner keeps it to one product."""
    for document, where, row in claims:
        public = row["match"] != Match.EXACT and is_public_suffix(row["domain"])
        owned = bool(row.get("own_suffix"))
        if public and not (owned or row.get("shared")):
            message = f"`{row['domain']}` is a public suffix, below which anybody may register"
            hint = "say `shared: true`, or `own_suffix: true` where all below it is this app's"
            yield document.fault((*where, "domain"), f"{message}; {hint}")
        elif owned and not public:
            why = "is meant alone" if row["match"] == Match.EXACT else "is no public suffix"
            message = f"`{row['domain']}` {why}: leave `own_suffix` out"
            yield document.fault((*where, "own_suffix"), message)


def _overlaps(
    documents: dict[str, Document], claims: Iterable[tuple[Document, Where, Row]]
) -> Iterator[Fault]:
    """No app may own a host that must never be blocked, or one that is nobody's own."""
    suffixes = {
        name
        for row in documents["shared_platforms"].value
        for name in (row["suffix"], *parents(row["suffix"]))
    }
    special = ((host, match, _word(document)) for document, _, host, match in _special(documents))
    never = HostIndex(dict.fromkeys(special))
    for document, where, row in claims:
        if row.get("shared"):
            continue
        name, match = row["domain"], Match(row["match"])
        for host, _, word in islice(never.meeting(name, match), _FEW):
            message = f"`{name}` overlaps the {word} host `{host}`: say `shared: true`"
            yield document.fault(where, message)
        if match is not Match.EXACT and name in suffixes:
            yield document.fault(
                where, f"`{name}` is a platform of many services: say `shared: true`"
            )


_FEW = 3


def _word(document: Document) -> str:
    return "protected" if document.file == "protected.yaml" else "common"


def _flags(claims: Iterable[tuple[Document, Where, Row]]) -> Iterator[Fault]:
    """A host is shared or it is not, and reaches as far, whichever app speaks of it.

    An app that needs only the root of another's subtree would leave it half open, which no record
    of coverage can say.
    """
    first: dict[str, tuple[Row, Where]] = {}
    for document, where, row in claims:
        known, place = first.setdefault(row["domain"], (row, where))
        for key in ("shared", "match"):
            if known.get(key) != row.get(key):
                message = f"`{key}` of `{row['domain']}` is not the same for `{place[0]}`"
                yield document.fault((*where, key), message)


def _opened(claims: Iterable[tuple[Document, Where, Row]]) -> Iterator[Fault]:
    """A shared host inside another app's own would open a part of what a rule about that blocks."""
    own = {
        row["domain"]: (where[0], Match(row["match"]))
        for _, where, row in claims
        if not row.get("shared") and row["role"] != Role.MARKETING
    }
    for document, where, row in claims:
        for name in parents(row["domain"]) if row.get("shared") else ():
            app_id, match = own.get(name, ("", Match.EXACT))
            if app_id != where[0] and match is not Match.EXACT:
                message = f"`{row['domain']}` is inside `{name}`, which is `{app_id}`'s own"
                yield document.fault((*where, "shared"), f"{message}: leave `shared` out")


def _swallowed(documents: dict[str, Document], special: Sequence[Named]) -> Iterator[Fault]:
    """A common host inside a protected one says the same twice, and so may say it otherwise."""
    protected = {(host, match) for d, _, host, match in special if d is documents["protected"]}
    for document, where, host, match in special:
        if document is not documents["protected"] and (host, match) in protected:
            yield document.fault(where, f"`{host}` is protected already")
