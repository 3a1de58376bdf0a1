"""Tells what the lines of squid.conf do to connections besides letting them through or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aipol.target import Kind, UnreadableArtifact
from aipol_targets.squid.read_domains import FINAL_DOT, Hosts
from aipol_targets.squid.read_rules import Line
from aipol_targets.squid.read_squid import Proxy, acls_of
from aipol_targets.squid.read_urls import Urls

_Lists = tuple[frozenset[str], tuple[Hosts, ...], tuple[Hosts, ...]]


def touched(proxy: Proxy) -> Iterator[tuple[Kind, str]]:
    """The names that are decrypted, those that a header is added for, and denied addresses."""
    decrypting = [line for line in proxy.bump if line.action == "bump"]
    for kind, lines in ((Kind.HELD, decrypting), (Kind.HEADER, proxy.added)):
        lists = {acl.path: acl.hosts for line in lines for acl in acls_of(proxy, line) if acl.hosts}
        for hosts in lists.values():
            yield from ((kind, host) for host in hosts.hosts())
    for acl in proxy.acls.values():
        yield from ((Kind.URL, url) for url in acl.urls or ())


def refuse_way_around(proxy: Proxy) -> None:
    """Refuse what does not end what lists of names do not see: other spellings, other names.

    Measured with squid 5.7: an entry does not match a name with a final dot, so such a handshake is
    neither terminated nor bumped; and one that names another host than was requested is not bumped.
    """
    for place, rule in enumerate(proxy.bump):
        by_name = {acl.path for acl in acls_of(proxy, rule) if acl.kind == "ssl::server_name"}
        if rule.action not in {"bump", "terminate"} or not by_name:
            continue
        ended = [other for other in proxy.bump[:place] if _ends(proxy, rule, other)]
        if not any(acl.hosts == FINAL_DOT for other in ended for acl in acls_of(proxy, other)):
            raise _refused(proxy, rule, "is not for names with a final dot")
        later = [other for other in proxy.bump[place:] if _ends(proxy, rule, other)]
        requested = {
            frozenset(acl.path for acl in acls_of(proxy, other) if acl.kind == "dstdomain")
            for other in later
        }
        if rule.action == "bump" and frozenset(by_name) not in requested:
            raise _refused(proxy, rule, "is not for a handshake with another name")


def _ends(proxy: Proxy, rule: Line, other: Line) -> bool:
    """Whether another rule terminates connections from the same sources."""
    sources = [
        {name for name in each.acls if not proxy.acls[name.removeprefix("!")].hosts}
        for each in (rule, other)
    ]
    return other.action == "terminate" and sources[0] == sources[1]


def _refused(proxy: Proxy, line: Line, why: str) -> UnreadableArtifact:
    return UnreadableArtifact(proxy.path, f"line {line.number}: {why}")


def refuse_untold(proxy: Proxy) -> None:
    """Refuse a header for a name that is not decrypted: it would go out in plain requests alone."""
    decrypting = [_lists(proxy, line) for line in proxy.bump if line.action == "bump"]
    for line in proxy.added:
        sources, listed, spared = _lists(proxy, line)
        for host in dict.fromkeys(host for hosts in listed for host in hosts.hosts()):
            if _selects(listed, spared, host) and not any(
                theirs == sources and _selects(wide, but, host) for theirs, wide, but in decrypting
            ):
                raise _refused(proxy, line, f"{host} gets a header and is not decrypted")


def refuse_roundabout(proxy: Proxy) -> None:
    """Refuse to deny a part of a host and not the paths that lead there by way of dots.

    Measured with squid 5.7: it compares a path as it was asked for, `..` and all.
    """
    lines = [(line, *_of_addresses(proxy, line)) for line in proxy.access]
    leading_up: dict[frozenset[str], set[str]] = {}
    for _, rest, denied, excepted in lines:
        if denied and not excepted:
            leading_up.setdefault(rest, set()).update(*(urls.leading_up for urls in denied))
    for line, rest, denied, _ in lines:
        parted = {host for urls in denied for host in urls.parted} - leading_up.get(rest, set())
        if parted:
            raise _refused(proxy, line, f"a path with dots gets past it on {min(parted)}")


def _of_addresses(proxy: Proxy, line: Line) -> tuple[frozenset[str], list[Urls], list[Urls]]:
    """What a line is for besides addresses, the patterns that it denies and the exceptions."""
    rest: set[str] = set()
    found: tuple[list[Urls], list[Urls]] = ([], [])
    for name in line.acls:
        urls = proxy.acls[name.removeprefix("!")].urls
        if urls is None:
            rest.add(name)
        else:
            found[name.startswith("!")].append(urls)
    return frozenset(rest), *found


def _lists(proxy: Proxy, line: Line) -> _Lists:
    """The sources of a line, the lists of names that it is for, and those that it is not for."""
    sources: set[str] = set()
    found: tuple[list[Hosts], list[Hosts]] = ([], [])
    for name in line.acls:
        hosts = proxy.acls[name.removeprefix("!")].hosts
        if hosts is None:
            sources.add(name)
        else:
            found[name.startswith("!")].append(hosts)
    return frozenset(sources), tuple(found[0]), tuple(found[1])


def _selects(listed: Iterable[Hosts], spared: Iterable[Hosts], host: str) -> bool:
    return all(each.line_for(host) for each in listed) and not any(
        each.line_for(host) for each in spared
    )
