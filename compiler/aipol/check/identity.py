"""Check that one name stands for one thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic, Related
from aipol.language.assemble import Assembled
from aipol.language.model import Group
from aipol.language.placed import Placed
from aipol.language.words import enumerated
from aipol.source import Span
from aipol.target import Target

# Not networks: an address can belong to several groups, an object of a platform is one group.
_IDENTITIES = ("entra", "jamf", "paloalto", "cloudflare")
# Those without which a whole target is blind to a group, and what to write. Many groups have no
# network of their own, and mean it.
_DIRECTORIES = {"entra": "<object id>", "jamf": "<computer group>"}


def check_ids(assembled: Assembled) -> Iterator[Diagnostic]:
    """Ids that are used twice; rules and exceptions share theirs, for reports speak of both."""
    yield from _duplicates((clause.value.id, clause.span("id")) for clause in assembled.clauses)
    yield from _duplicates((rung.value.id, rung.span("id")) for rung in assembled.data_classes)
    yield from _duplicates((tier.value.id, tier.span("id")) for tier in assembled.vendor_tiers)
    yield from _duplicates((each.value.id, each.span("id")) for each in assembled.approvals)
    network = assembled.network
    if network is not None:
        yield from _duplicates(
            (segment.id, network.span("segments", position, "id"))
            for position, segment in enumerate(network.value.segments)
        )


def _duplicates(ids: Iterable[tuple[str, Span]]) -> Iterator[Diagnostic]:
    first: dict[str, Span] = {}
    for name, span in ids:
        if name in first:
            related = (Related(first[name], "used here first"),)
            hint = "give one of them another id"
            yield codes.DUPLICATE_ID.at(span, id=name, hint=hint, related=related)
        first.setdefault(name, span)


def check_identities(assembled: Assembled) -> Iterator[Diagnostic]:
    """Groups that are one and the same on a platform."""
    for kind in _IDENTITIES:
        first: dict[str, str] = {}
        for name, group in assembled.groups.items():
            identity = getattr(group.value, kind)
            if identity is None:
                continue
            # A GUID, and a name in these directories, is the same in upper and lower case.
            other = first.setdefault(identity.casefold(), name)
            if other != name:
                place = assembled.groups[other].span(kind)
                related = (Related(place, f"group `{other}`"),)
                yield codes.OVERLAPPING_IDENTITY.at(
                    group.span(kind),
                    group=name,
                    other=other,
                    kind=kind,
                    hint="use one group, or give each its own identity",
                    related=related,
                )


def check_networks(assembled: Assembled) -> Iterator[Diagnostic]:
    """The same network in two groups, neither of which is made of others."""
    first: dict[str, tuple[str, Span]] = {}
    for name, group in assembled.groups.items():
        if group.value.all or group.value.derived:
            continue
        for position, network in enumerate(group.value.networks or ()):
            span = group.span("networks", position)
            other, place = first.setdefault(network, (name, span))
            if other != name:
                yield codes.SHARED_NETWORK.at(
                    span,
                    group=name,
                    other=other,
                    network=network,
                    hint="nothing on the network can tell them apart: list it for one of them",
                    related=(Related(place, f"group `{other}`"),),
                )


def check_directories(assembled: Assembled, targets: Sequence[Target]) -> Iterator[Diagnostic]:
    """Groups that rules name and that a configured target's directory does not know."""
    configured = [target for target in targets if target.id in assembled.targets]
    by_kind = {
        kind: [target.id for target in configured if target.identity == kind]
        for kind in _DIRECTORIES
    }
    named = {name for clause in assembled.clauses for name in clause.value.groups}
    for name, group in assembled.groups.items():
        lacks = [
            kind
            for kind, ids in by_kind.items()
            if ids and name in named and not _known_to(assembled, name, kind)
        ]
        if lacks:
            blind = [target for kind in lacks for target in by_kind[kind]]
            yield _without_identity(name, group, lacks, blind)


def _without_identity(
    name: str, group: Placed[Group], lacks: Sequence[str], blind: Sequence[str]
) -> Diagnostic:
    hint = f"add {' and '.join(f'`{kind}: {_DIRECTORIES[kind]}`' for kind in lacks)}"
    return codes.GROUP_WITHOUT_IDENTITY.at(
        group.key_span(),
        group=name,
        kinds=" and no ".join(f"`{kind}` identity" for kind in lacks),
        targets=enumerated(sorted(blind)),
        hint=f"{hint}, to it or to all it is made of" if group.value.derived else hint,
    )


def _known_to(assembled: Assembled, start: str, kind: str) -> bool:
    """Whether a directory has the group, or all that it is made of."""
    seen: set[str] = set()
    names = [start]
    while names:
        name = names.pop()
        group = assembled.groups.get(name)
        # What does not exist is told already.
        if group is None or name in seen or group.value.all or getattr(group.value, kind):
            continue
        if not group.value.derived:
            return False
        seen.add(name)
        names += _parts(assembled, name)
    return True


def check_protected_accounts(assembled: Assembled) -> Iterator[Diagnostic]:
    """Groups that stand for an account that must work when everything else is blocked."""
    protected = {account.value.casefold(): account for account in assembled.protected}
    for group in assembled.groups.values():
        for kind in _IDENTITIES:
            account = protected.get((getattr(group.value, kind) or "").casefold())
            if account is not None:
                related = (Related(account.span(), "protected here"),)
                hint = "leave the account out of the groups"
                span = group.span(kind)
                yield codes.PROTECTED_ACCOUNT.at(
                    span, account=account.value, hint=hint, related=related
                )


def check_cycles(assembled: Assembled) -> Iterator[Diagnostic]:
    """Groups that are derived from themselves, each cycle once."""
    settled: set[str] = set()
    for start in assembled.groups:
        path: list[str] = []
        branches = [iter([start])]
        while branches:
            name = next(branches[-1], None)
            if name is None:
                branches.pop()
                settled.update(path[-1:])
                path = path[:-1]
            elif name in path:
                yield _cycle(assembled, path[path.index(name) :])
            elif name not in settled and name in assembled.groups:
                path.append(name)
                branches.append(iter(_parts(assembled, name)))


def _parts(assembled: Assembled, name: str) -> tuple[str, ...]:
    group = assembled.groups[name].value
    return (*(group.all_of or ()), *(group.any_of or ()), *(group.none_of or ()))


def _cycle(assembled: Assembled, names: list[str]) -> Diagnostic:
    first = names[0]
    related = tuple(
        Related(assembled.groups[name].key_span(), f"by way of `{name}`") for name in names[1:]
    )
    return codes.GROUP_CYCLE.at(
        assembled.groups[first].key_span(),
        group=first,
        hint=f"`{'` → `'.join([*names, first])}`: take one step out",
        related=related,
    )


def check_last_tier(assembled: Assembled) -> Iterator[Diagnostic]:
    """Vendor tiers that leave some vendor without one."""
    if assembled.vendor_tiers and assembled.vendor_tiers[-1].value.when is not None:
        hint = "add a last tier without `when`: {id: other, max_data: ...}"
        yield codes.OPEN_TIERS.at(assembled.vendor_tiers[-1].key_span("when"), hint=hint)
