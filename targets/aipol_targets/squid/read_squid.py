"""Turns a squid configuration and its lists into decisions, as squid 5 makes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from aipol.blocklist import Blocklist
from aipol.target import UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.common.network.reading import (
    NOTHING,
    Address,
    Files,
    Found,
    Networks,
)
from aipol_targets.squid.read_domains import FINAL_DOT, DomainAcl, Hosts
from aipol_targets.squid.read_rules import Line, Many, Rule, Selector, ended_by, first_line
from aipol_targets.squid.read_urls import Urls, host_of

_QUOTED = re.compile(r'"(/[A-Za-z0-9._/-]+)"')
_FINAL_DOT = r"\.$"
_WORD = re.compile(r"[!A-Za-z0-9._:@/+=,-]+|\\\.\$")
_NAME_LENGTH = 62
_LINE_LENGTH = 8191
"""Octets: the rest of a longer line is a directive of its own."""
_ABOUT_HOSTS = frozenset({"dstdomain", "ssl::server_name", "ssl::server_name_regex"})
_HOST_RULES = frozenset({"src", "dstdomain", "url_regex", "all"})
_TLS_RULES = frozenset(
    {"src", "ssl::server_name", "ssl::server_name_regex", "dstdomain", "at_step", "all"}
)


@dataclass(frozen=True, slots=True)
class Acl:
    """An access list: addresses, names, a step, or patterns of web addresses."""

    kind: str
    path: str = ""
    networks: Networks | None = None
    hosts: Hosts | None = None
    urls: Urls | None = None

    def holds(self, address: Address, url: str) -> bool:
        """Whether a request for a URL is in it, once squid sees what is asked for."""
        if self.hosts:
            return bool(self.hosts.line_for(host_of(url)))
        return self.urls.hold(url) if self.urls else _fixed(self, address, step=0)


@dataclass(frozen=True, slots=True)
class _Seat:
    """The lines that can match for one source address, in order."""

    access: tuple[Rule, ...]
    peeks: bool
    """Whether squid looks at the handshake before it decides anything about it."""
    bump: tuple[Rule, ...]
    added: tuple[tuple[Rule, tuple[Rule, ...]], ...]
    """Headers, each with the lines that remove one of the same name that a client sent."""
    logs: tuple[Rule, ...]
    addressed: tuple[tuple[int, tuple[tuple[Acl, bool], ...]], ...]
    """The lines that deny addresses, each with its access lists and whether it is for the rest."""

    def denying(self, address: Address, url: str) -> int:
        """The line that denies a request for a URL on a connection that squid looks into."""
        for number, acls in self.addressed:
            if all(acl.holds(address, url) is not negated for acl, negated in acls):
                return number
        return 0


@dataclass
class Proxy:
    """A squid with nothing but this configuration; None means that the lines after it decide."""

    path: str
    files: Files
    acls: dict[str, Acl] = field(default_factory=lambda: {"all": Acl("all")})
    access: list[Line] = field(default_factory=list[Line])
    bump: list[Line] = field(default_factory=list[Line])
    stripped: dict[str, list[Line]] = field(default_factory=dict[str, list[Line]])
    added: list[Line] = field(default_factory=list[Line])
    logs: list[Line] = field(default_factory=list[Line])
    lists: dict[tuple[str, ...], Hosts] = field(default_factory=dict[tuple[str, ...], Hosts])
    directory: str = ""
    _seats: dict[Address, _Seat] = field(default_factory=dict[Address, _Seat])

    def decide_request(self, address: Address, host: str) -> Found:
        """A request that names the host, in a CONNECT or in its address."""
        line = first_line(self._seat(address).access, host)
        if line is None:
            return NOTHING
        effect = Effect.BLOCK if line.action == "deny" else Effect.ALLOW
        return Found(effect, self.path, line.number)

    def decide_handshake(self, address: Address, host: str) -> Found:
        """A TLS connection with the host's name in its handshake, asked for by it or by another."""
        line = self._handshake(address, "", host)
        if line is None or line.action != "terminate":
            line = self._handshake(address, host, host)
        if line is None:
            return NOTHING
        effect = Effect.BLOCK if line.action == "terminate" else None
        return Found(effect, self.path, line.number)

    def denied(self, address: Address, hosts: AbstractSet[str]) -> AbstractSet[str]:
        """Those of the hosts to which requests are denied."""
        asked = Many(hosts)
        return asked.ended(self._seat(address).access, "deny", requested=True, named=False)

    def terminated(self, address: Address, hosts: AbstractSet[str]) -> AbstractSet[str]:
        """Those of the hosts whose name in a handshake ends it, whoever asked for it."""
        seat, asked = self._seat(address), Many(hosts)
        others, own = (
            asked.ended(seat.bump, "terminate", requested=requested, named=seat.peeks)
            for requested in (False, True)
        )
        return others | own if others else own

    def denied_all(self, address: Address) -> Blocklist | None:
        """All hosts to which requests are denied, where two sets of names say it."""
        return ended_by(self._seat(address).access, "deny")

    def terminated_all(self, address: Address) -> Blocklist | None:
        """All hosts whose name in a handshake ends it, where two sets of names say it."""
        seat = self._seat(address)
        # Without a look at the handshake no list of names in it selects anything.
        return ended_by(seat.bump, "terminate") if seat.peeks else None

    def headers(self, address: Address, host: str) -> tuple[tuple[str, int], ...]:
        """The headers that a connection to the host carries, with the line that adds each."""
        if self.decide_request(address, host).effect is Effect.BLOCK:
            return ()
        handshake = self._handshake(address, host, host)
        if handshake is None or handshake.action != "bump":
            return ()
        return tuple(
            (f"{rule.line.action}: {rule.line.value}", rule.line.number)
            for rule, removed in self._seat(address).added
            # squid keeps a header of the same name that the client sent, unless it is removed.
            if rule.selects(host, host) and first_line(removed, host)
        )

    def holds(self, clause: str, address: Address, host: str) -> Found:
        """The line that inspects (`inspect_tls`) or records (`log`) what passes, or stops all."""
        stopped = self.decide_request(address, host)
        if stopped.effect is Effect.BLOCK:
            return stopped
        if clause == "log":
            line = first_line(self._seat(address).logs, host)
        else:
            line = self._handshake(address, host, host)
            line = line if line and line.action in {"bump", "terminate"} else None
        return Found(Effect.ALLOW, self.path, line.number) if line else NOTHING

    def decide_url(self, address: Address, url: str) -> Found:
        """A request for a URL: its path is seen where the connection is decrypted."""
        host = host_of(url)
        stopped = self.decide_request(address, host)
        handshake = self._handshake(address, host, host)
        if stopped.effect is Effect.BLOCK or handshake is None or handshake.action != "bump":
            return stopped
        number = self._seat(address).denying(address, url)
        return Found(Effect.BLOCK, self.path, number) if number else NOTHING

    def kind_for(self, address: Address) -> Hashable:
        """What the lines for an address do, the same for all who get equal lists."""
        seat = self._seat(address)
        added = ((rule.does, *(each.does for each in removed)) for rule, removed in seat.added)
        lines = ((rule.does for rule in rules) for rules in (seat.access, seat.bump, seat.logs))
        urls = (
            tuple((acl.urls.lines, negated) for acl, negated in acls if acl.urls)
            for _, acls in seat.addressed
        )
        return (seat.peeks, *map(tuple, lines), tuple(added), tuple(urls))

    def hosts(self) -> Iterator[str]:
        """Every name in any list."""
        for acl in self.acls.values():
            if acl.hosts:
                yield from acl.hosts.hosts()

    def log_files(self) -> set[str]:
        """Where what passes is recorded."""
        return {line.value for line in self.logs}

    def _handshake(self, address: Address, requested: str, name: str) -> Line | None:
        seat = self._seat(address)
        # Without a look at the handshake no rule knows its name.
        return first_line(seat.bump, requested, name if seat.peeks else "")

    def _seat(self, address: Address) -> _Seat:
        known = self._seats.get(address)
        if known is None:
            first = next(self._rules(self.bump, address, step=1), None)
            peeks = first is not None and not first.selectors and first.line.action == "peek"
            known = self._seats[address] = _Seat(
                tuple(self._rules(self.access, address)),
                peeks,
                tuple(self._rules(self.bump, address, step=2 if peeks else 1)),
                tuple(
                    (rule, tuple(self._rules(self.stripped.get(name, ()), address)))
                    for rule in self._rules(self.added, address)
                    if (name := rule.line.action.lower())
                ),
                tuple(self._rules(self.logs, address)),
                tuple(self._addressed(address)),
            )
        return known

    def _addressed(self, address: Address) -> Iterator[tuple[int, tuple[tuple[Acl, bool], ...]]]:
        for line in self.access:
            acls = [(self.acls[name.removeprefix("!")], name[:1] == "!") for name in line.acls]
            fixed = ((acl, no) for acl, no in acls if not (acl.hosts or acl.urls))
            if any(acl.urls for acl, _ in acls) and all(
                _fixed(acl, address, step=0) is not no for acl, no in fixed
            ):
                yield line.number, tuple(acls)

    def _rules(self, lines: Iterable[Line], address: Address, *, step: int = 0) -> Iterator[Rule]:
        """The lines that are not ruled out by the source address or the step."""
        for line in lines:
            selectors: list[Selector] = []
            for name in line.acls:
                acl, negated = self.acls[name.removeprefix("!")], name.startswith("!")
                if acl.hosts:
                    selectors.append(Selector(acl.hosts, acl.kind == "dstdomain", negated))
                elif _fixed(acl, address, step) is negated:
                    break
            else:
                yield Rule(line, tuple(selectors))


def _fixed(acl: Acl, address: Address, step: int) -> bool:
    """What an access list says that does not depend on the host."""
    match acl.kind:
        case "src":
            return acl.networks is not None and acl.networks.hold(address)
        case "at_step":
            return step == 1
        case kind:
            # A pattern for addresses is about a part of a host, never about the host.
            return kind == "all"


def read_proxy(files: Files, path: str) -> Proxy:
    """Read the configuration; what is not known to be harmless is refused."""
    proxy = Proxy(path, files)
    parsers: dict[str, Callable[[Proxy, int, list[str]], None]] = {
        "acl": _acl,
        "http_access": _access,
        "ssl_bump": _bump,
        "request_header_access": _strip,
        "request_header_add": _add,
        "access_log": _log,
    }
    for number, line in enumerate(files.lines(path, named_in=path), start=1):
        if line.endswith("\\") or len(line) > _LINE_LENGTH:
            raise _refused(proxy, number, "continues on the next line, or is too long to be one")
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] not in parsers:
            raise _refused(proxy, number, f"unknown directive {words[0]!r}")
        if not all(_WORD.fullmatch(word) or _QUOTED.fullmatch(word) for word in words):
            raise _refused(proxy, number, "has a word that is not plain")
        try:
            parsers[words[0]](proxy, number, words[1:])
        except ValueError:
            raise _refused(proxy, number, "lacks words") from None
    last = proxy.bump[-1] if proxy.bump else None
    if last and (last.action, last.acls) != ("splice", ("all",)):
        raise UnreadableArtifact(path, "does not end by splicing what it says nothing about")
    for rule in proxy.bump:
        known = {proxy.acls[name.removeprefix("!")].kind for name in rule.acls}
        if rule.action in {"bump", "terminate"} and not known & _ABOUT_HOSTS:
            raise _refused(proxy, rule.number, f"may {rule.action} connections to every host")
    return proxy


def acls_of(proxy: Proxy, rule: Line) -> tuple[Acl, ...]:
    """The access lists of a line, whether it is for them or for all but them."""
    return tuple(proxy.acls[name.removeprefix("!")] for name in rule.acls)


def _refused(proxy: Proxy, number: int, why: str) -> UnreadableArtifact:
    return UnreadableArtifact(proxy.path, f"line {number}: {why}")


def _acl(proxy: Proxy, number: int, words: list[str]) -> None:
    name, *rest = words
    if name in proxy.acls or len(name) > _NAME_LENGTH:
        raise _refused(proxy, number, f"access list {name!r} is there twice or too long")
    match rest:
        case ["at_step", "SslBump1"]:
            proxy.acls[name] = Acl("at_step")
        case ["ssl::server_name_regex", pattern] if pattern == _FINAL_DOT:
            proxy.acls[name] = Acl("ssl::server_name_regex", hosts=FINAL_DOT)
        case ["src", quoted]:
            path = _listed(proxy, number, quoted)
            networks = proxy.files.networks(path, named_in=proxy.path)
            proxy.acls[name] = Acl("src", path, networks)
        case ["dstdomain", "-n", quoted] | ["ssl::server_name", quoted]:
            path = _listed(proxy, number, quoted)
            lines = proxy.files.lines(path, named_in=proxy.path)
            proxy.acls[name] = Acl(rest[0], path, hosts=_domains(proxy, path, lines))
        case ["url_regex", quoted]:
            path = _listed(proxy, number, quoted)
            urls = Urls(proxy.files.lines(path, named_in=proxy.path), path)
            proxy.acls[name] = Acl("url_regex", path, urls=urls)
        case _:
            raise _refused(proxy, number, "unknown kind of access list")


def _domains(proxy: Proxy, path: str, lines: Sequence[str]) -> Hosts:
    """Equal lists are one, so that whoever gets them is asked about once."""
    key = tuple(lines)
    if key not in proxy.lists:
        proxy.lists[key] = DomainAcl(lines, path)
    return proxy.lists[key]


def _listed(proxy: Proxy, number: int, quoted: str) -> str:
    found = _QUOTED.fullmatch(quoted)
    directory, mark, rest = found.group(1).partition("/segments/") if found else ("", "", "")
    if not mark or (proxy.directory and directory != proxy.directory):
        raise _refused(proxy, number, f"{quoted} is not a list of ours")
    proxy.directory = directory
    return f"segments/{rest}"


def _names(proxy: Proxy, number: int, words: list[str], kinds: frozenset[str]) -> tuple[str, ...]:
    for word in words:
        acl = proxy.acls.get(word.removeprefix("!"))
        if acl is None or acl.kind not in kinds:
            raise _refused(proxy, number, f"{word!r} is not an access list that works here")
    if not words:
        raise _refused(proxy, number, "is for nobody")
    return tuple(words)


def _access(proxy: Proxy, number: int, words: list[str]) -> None:
    action, *rest = words
    if action != "deny":
        # An allow would end the walk before the organisation's own rules that follow.
        raise _refused(proxy, number, f"{action!r} overrides the rules that follow")
    proxy.access.append(Line(number, action, _names(proxy, number, rest, _HOST_RULES)))


def _bump(proxy: Proxy, number: int, words: list[str]) -> None:
    action, *rest = words
    if action not in {"peek", "terminate", "bump", "splice"}:
        raise _refused(proxy, number, f"unknown action {action!r}")
    proxy.bump.append(Line(number, action, _names(proxy, number, rest, _TLS_RULES)))


def _strip(proxy: Proxy, number: int, words: list[str]) -> None:
    header, action, *rest = words
    if action != "deny":
        raise _refused(proxy, number, f"unknown action {action!r}")
    line = Line(number, action, _names(proxy, number, rest, _HOST_RULES))
    proxy.stripped.setdefault(header.lower(), []).append(line)


def _add(proxy: Proxy, number: int, words: list[str]) -> None:
    header, value, *rest = words
    proxy.added.append(Line(number, header, _names(proxy, number, rest, _HOST_RULES), value))


def _log(proxy: Proxy, number: int, words: list[str]) -> None:
    match words:
        case [place, "squid", *rest] if place.startswith("daemon:/"):
            names = _names(proxy, number, rest, _HOST_RULES)
            proxy.logs.append(Line(number, "log", names, place.removeprefix("daemon:")))
        case _:
            raise _refused(proxy, number, "unknown kind of log")
