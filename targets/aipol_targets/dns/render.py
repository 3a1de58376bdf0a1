"""Turns what each segment is told into files for each resolver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jinja2 import Template

from aipol.domains import HostEntry, Intent
from aipol.target import Artifact
from aipol_targets.common.network.escape import comment, template
from aipol_targets.common.network.levels import flat_levels
from aipol_targets.dns import templates
from aipol_targets.dns.escape import owner_name, server_word, zone_lines
from aipol_targets.dns.model import (
    ADGUARD_RULES,
    BIND_CONF,
    DNSMASQ_CONF,
    HOSTS,
    KNOT_LUA,
    LOCAL_CONF,
    PIHOLE_ALLOW,
    PIHOLE_BLOCK,
    POWERDNS_CONFIG,
    POWERDNS_SCRIPT,
    UNBOUND_CONF,
    ZONED,
    ClientRule,
    Dns,
    Name,
)
from aipol_targets.dns.names import zone_records


def render(model: Dns) -> tuple[Artifact, ...]:
    """The files of every output the settings ask for, by path."""
    writers = {
        "adguard": _adguard,
        "bind": _bind,
        "dnsmasq": _dnsmasq,
        "hosts": _hosts,
        "knot": _knot,
        "pihole": _pihole,
        "powerdns": _powerdns,
        "unbound": _unbound,
        "unbound-local": _local,
    }
    files = [*_zones(model)] if set(model.outputs) & set(ZONED) else []
    for output in model.outputs:
        files += writers[output](model)
    return tuple(sorted(files, key=lambda artifact: artifact.path))


def _file(path: str, head: str, lines: Iterable[str] = ()) -> Artifact:
    return Artifact(path, (head + "\n".join((*lines, ""))).encode())


def _filled(source: Template, model: Dns, directory: str = "") -> str:
    return source.render(
        identifier=comment(model.identifier),
        gateways=model.gateways,
        segments=model.segments,
        access=model.access,
        own_zones=model.bind_view_include,
        directory=directory,
    )


# --- response policy zones ------------------------------------------------------------------------


def _zones(model: Dns) -> Iterator[Artifact]:
    for segment in model.segments:
        head = _ZONE.render(
            identifier=comment(model.identifier), zone=segment.zone, serial=model.serial
        )
        yield _file(segment.zone_file, head, zone_lines(zone_records(segment.said)))


def _bind(model: Dns) -> Iterator[Artifact]:
    yield _file(BIND_CONF, _filled(_BIND, model, model.directories.bind))


def _unbound(model: Dns) -> Iterator[Artifact]:
    yield _file(UNBOUND_CONF, _filled(_UNBOUND, model, model.directories.unbound))


def _knot(model: Dns) -> Iterator[Artifact]:
    yield _file(KNOT_LUA, _filled(_KNOT, model, model.directories.knot))


def _powerdns(model: Dns) -> Iterator[Artifact]:
    yield _file(POWERDNS_CONFIG, _filled(_POWERDNS_CONFIG, model, model.directories.powerdns))
    yield _file(POWERDNS_SCRIPT, _filled(_POWERDNS_SCRIPT, model))


# --- the formats of single resolvers --------------------------------------------------------------


def _local(model: Dns) -> Iterator[Artifact]:
    yield _file(LOCAL_CONF, _filled(_UNBOUND_LOCAL, model, model.directories.unbound))
    for segment in model.segments:
        head = f"# aipol: local zones of {comment(model.identifier)}\n"
        lines = (line for name in segment.local for line in _local_lines(name))
        yield _file(segment.local_file, head, lines)


def _local_lines(name: Name) -> Iterator[str]:
    """A zone decides for a name and all below it; data without an address denies the name alone."""
    host = owner_name(name.host)
    if name.below_blocked and not name.around_blocked:
        yield f'local-zone: "{host}." always_nxdomain'
    elif not name.below_blocked and (name.blocked or name.around_blocked):
        yield f'local-zone: "{host}." transparent'
        if name.blocked:
            yield f'local-data: "{host}. TXT aipol"'


def _dnsmasq(model: Dns) -> Iterator[Artifact]:
    head = f"# aipol: denied names of {comment(model.identifier)}, for everybody alike\n"
    lines = (line for name in model.pooled for line in _dnsmasq_lines(name))
    yield _file(DNSMASQ_CONF, head, lines)


def _dnsmasq_lines(name: Name) -> Iterator[str]:
    """A bare name is the name and all below it, `*.` before it leaves the name itself out."""
    host = owner_name(name.host)
    if name.blocked is not name.around_blocked:
        yield _dnsmasq_line(host, blocked=name.blocked)
        if name.below_blocked is not name.blocked:
            yield _dnsmasq_line(f"*.{host}", blocked=name.below_blocked)
    elif name.below_blocked is not name.around_blocked:
        yield _dnsmasq_line(f"*.{host}", blocked=name.below_blocked)


def _dnsmasq_line(pattern: str, *, blocked: bool) -> str:
    return f"address=/{pattern}/" if blocked else f"server=/{pattern}/#"


def _hosts(model: Dns) -> Iterator[Artifact]:
    head = f"# aipol: denied names of {comment(model.identifier)}, for everybody alike\n"
    lines = (f"{nowhere} {owner_name(host)}" for host in model.hosts for nowhere in _NOWHERE)
    yield _file(HOSTS, head, lines)


def _adguard(model: Dns) -> Iterator[Artifact]:
    head = (
        f"# aipol: denied names of {comment(model.identifier)}, each with the clients it is for\n"
    )
    yield _file(ADGUARD_RULES, head, map(_adguard_line, model.rules))


def _adguard_line(rule: ClientRule) -> str:
    """Without exceptions, which would open what other lists of the same server block."""
    denied = rule.denied
    besides = "|".join(owner_name(host) for host in denied.besides)
    clients = "|".join(
        f"{mark}{server_word(network)}"
        for mark, networks in (("", rule.only), ("~", rule.but))
        for network in networks
    )
    modifiers = (("denyallow", besides), ("client", clients))
    said = ",".join(f"{name}={value}" for name, value in modifiers if value)
    pattern = _ADGUARD[denied.intent].format(owner_name(denied.host))
    return f"{pattern}${said}" if said else pattern


def _pihole(model: Dns) -> Iterator[Artifact]:
    levels = {level.depth: level.entries for level in flat_levels(model.lists)}
    for path, depth, mark, what in (
        (PIHOLE_BLOCK, 0, "", "blocklist"),
        (PIHOLE_ALLOW, 1, "@@", "allowlist"),
    ):
        head = f"# aipol: {what} of {comment(model.identifier)}, for everybody alike\n"
        yield _file(path, head, (_pihole_line(entry, mark) for entry in levels.get(depth, ())))


def _pihole_line(entry: HostEntry, mark: str) -> str:
    """A bare name is that name alone; the subtree has another notation in allowlists."""
    host = owner_name(entry.host)
    return host if entry.intent is Intent.EXACT else f"{mark}||{host}^"


_ADGUARD = {Intent.EXACT: "|{}^", Intent.SUBTREE: "||{}^", Intent.CHILDREN: "||*.{}^"}
# An address of each family that no connection can be made to; nothing is bound to it here.
_NOWHERE = ("0.0.0.0", "::")  # noqa: S104
_ZONE = template(templates.ZONE, server_word)
_BIND = template(templates.BIND, server_word)
_UNBOUND = template(templates.UNBOUND, server_word)
_UNBOUND_LOCAL = template(templates.UNBOUND_LOCAL, server_word)
_KNOT = template(templates.KNOT, server_word)
_POWERDNS_CONFIG = template(templates.POWERDNS_CONFIG, server_word)
_POWERDNS_SCRIPT = template(templates.POWERDNS_SCRIPT, server_word)
