"""Turns the catalogue's host names into what is wrong between them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from aipol.addresses import Address
from aipol.catalogue.hosts import HostIndex
from aipol.catalogue.model import Match, Role
from aipol.domains import parents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aipol.catalogue.tree import Document, Fault, Where

Row = dict[str, Any]
Named = tuple["Document", "Where", str, Match]


def host_faults(
    documents: dict[str, Document], every: Iterable[tuple[Document, str, Row]]
) -> Iterator[Fault]:
    """Hosts of an app that are not its own to block, or that two apps speak of in two ways."""
    claims: list[tuple[Document, Where, Row]] = [
        (document, (app_id, "domains", number), row)
        for document, app_id, entry in every
        for number, row in enumerate(entry.get("domains", ()))
    ]
    special = list(_special(documents))
    yield from _within_protected(documents, every)
    yield from _overlaps(documents, claims)
    yield from _flags(claims)
    yield from _opened(claims)
    yield from _swallowed(documents, special)


def _within_protected(
    documents: dict[str, Document], every: Iterable[tuple[Document, str, Row]]
) -> Iterator[Fault]:
    """An address on a protected host: it would be decrypted, and a part of it denied."""
    protected = documents["protected"].value
    kept = HostIndex(
        (row["host"], Match(row["match"]), row["host"])
        for rows in protected.values()
        for row in rows
    )
    for document, app_id, entry in every:
        for number, row in enumerate(entry.get("urls", ())):
            for _, _, host in kept.meeting(Address.of(row["url"]).host, Match.EXACT):
                message = f"`{row['url']}` is on the protected host `{host}`: leave it out"
                yield document.fault((app_id, "urls", number, "url"), message)
                break


def _special(documents: dict[str, Document]) -> Iterator[Named]:
    protected = documents["protected"]
    for owner, rows in protected.value.items():
        for number, row in enumerate(rows):
            yield protected, (owner, number, "host"), row["host"], Match(row["match"])
    if "common_hosts" in documents:
        common = documents["common_hosts"]
        for number, row in enumerate(common.value):
            yield common, (number, "host"), row["host"], Match(row["match"])


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
