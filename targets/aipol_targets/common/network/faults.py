"""What must not be in any host list, whatever the policy was thought to say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from aipol.blocklist import below
from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import BAD_DOMAIN, LOCK_OUT, TOO_MANY_CLASSES
from aipol.domains import HostEntry, HostTrie, Intent
from aipol.ir import Ir
from aipol.source import Span
from aipol_targets.common.network.facts import HOST, LABEL, SEGMENTS

# A last label `rpz-...` makes a name an address or a server in a policy zone (ISC, RPZ triggers).
_HOST = re.compile(
    r"(?!(?:.*\.)?rpz-[^.]*$)(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*"
)
_INTENTS = {intent.value: intent for intent in Intent}
_PROBES = {
    Intent.EXACT: ("{}",),
    Intent.SUBTREE: ("{}", "any.{}"),
    Intent.CHILDREN: ("any.{}",),
}


def probe(host: str, intent: Intent) -> str:
    """A host that the pattern stands for."""
    return _PROBES[intent][0].format(host)


@lru_cache(maxsize=2)
def bad_hosts(ir: Ir) -> tuple[Diagnostic, ...]:
    """Claimed hosts that are no host names, and so could be anything in an output language.

    They are the same for every target that writes hosts.
    """
    return tuple(
        BAD_DOMAIN.at(app.declared or ir.unlisted_span, domain=host, why=why)
        for app in ir.apps.values()
        for each in app.alike
        if not _all_plain(each.hosts)
        for host in each.hosts
        if (why := _no_host(host))
    )


# What most names are: no label of theirs is a trigger, or too long where the whole is no longer.
_PLAIN = re.compile(r"(?:[a-z0-9_]++(?:-++[a-z0-9_]++)*+[.\n])++")


def _all_plain(hosts: Sequence[str]) -> bool:
    """Whether all texts are host names, found out at once; False means nothing."""
    text = "\n".join((*hosts, ""))
    if text.count("\n") != len(hosts) or "rpz-" in text or not _PLAIN.fullmatch(text):
        return False
    return max(map(len, hosts)) <= LABEL.value


def _no_host(text: str) -> str:
    """Why a text is no host name; empty where it is one. Octets, for all of it is ASCII."""
    if len(text) <= HOST.value and _HOST.fullmatch(text):
        return ""
    octets, longest = len(text.encode()), max(len(label.encode()) for label in text.split("."))
    if octets > HOST.value:
        return f"a name has {octets} octets, limit {HOST.value}"
    if longest > LABEL.value:
        return f"a label has {longest} octets, limit {LABEL.value}"
    return "a name is labels of letters, digits, `-` and `_`"


def too_many(ir: Ir, target: str, count: int) -> Iterator[Diagnostic]:
    """More segments than a target keeps lists for."""
    if count > SEGMENTS.value:
        yield TOO_MANY_CLASSES.at(
            ir.unlisted_span, target=target, count=count, limit=SEGMENTS.value
        )


def locked_out(
    ir: Ir, artifact: str, tries: Iterable[HostTrie], entries: Iterable[HostEntry]
) -> Iterator[Diagnostic]:
    """Protected hosts that final lists block; `entries` are all that the tries were made into."""
    protected = {host: _INTENTS[intent] for host, intent, _ in ir.protected_hosts}
    blocked: dict[str, HostEntry] = {}
    for trie in tries:
        for host, intent in protected.items():
            for pattern in _PROBES[intent]:
                entry = trie.decide(pattern.format(host))
                if entry and entry.blocked:
                    blocked[host] = entry
    inside = tuple(entries)
    wide = {host for host, intent in protected.items() if intent is not Intent.EXACT}
    if found := below([entry[0] for entry in inside], wide):
        blocked.update(
            (entry.host, entry) for entry in inside if entry.blocked and entry.host in found
        )
    for host, entry in sorted(blocked.items()):
        yield LOCK_OUT.at(_owner(ir, entry), artifact=artifact, host=host)


def _owner(ir: Ir, entry: HostEntry) -> Span:
    """The line behind an entry."""
    owners = [ir.by_id[owner] for owner in entry.owners if owner in ir.by_id]
    return owners[0].decided_by.span if owners else ir.unlisted_span
