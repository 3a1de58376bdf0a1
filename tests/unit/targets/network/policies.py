"""Small policies, and what each network target makes of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aipol.catalogue.model import Match
from aipol.diagnostics import Diagnostic
from aipol.ir import (
    Gateway,
    Ir,
    Obligations,
)
from aipol.target import (
    Answer,
    Compiled,
    Coverage,
    Decider,
    Kind,
    Question,
    Target,
    UnreadableArtifact,
)
from aipol.verify import verify
from aipol.vocabulary import Account, Effect, Situation
from aipol_targets import ALL
from aipol_targets.cloudflare.target import CLOUDFLARE
from aipol_targets.dns.target import DNS
from aipol_targets.e2guardian.target import E2GUARDIAN
from aipol_targets.fortigate.target import FORTIGATE
from aipol_targets.haproxy.target import HAPROXY
from aipol_targets.lists.target import LISTS
from aipol_targets.meraki.target import MERAKI
from aipol_targets.netskope.target import NETSKOPE
from aipol_targets.nftables.target import NFTABLES
from aipol_targets.pac.target import PAC
from aipol_targets.paloalto.target import PALOALTO
from aipol_targets.squid.target import SQUID
from aipol_targets.suricata.target import SURICATA
from aipol_targets.umbrella.target import UMBRELLA
from aipol_targets.zscaler.target import ZSCALER
from tests.unit.targets.network.written import Policy, Rule, app, domain, resolve, tenant

ZONED = ("bind", "unbound", "knot", "powerdns")
"""Resolvers that load policy zones."""
BY_SOURCE = (*ZONED, "unbound-local", "adguard")
"""Resolvers that tell source addresses apart."""
POOLED = ("dnsmasq", "hosts", "pihole")
"""Resolvers that tell everybody the same."""
RESOLVERS = (*BY_SOURCE, *POOLED)
LISTED = ("domains", "edl")
"""Formats of lists for devices of any make."""
BOXES = ("sonicwall", "watchguard")
"""Formats of lists for firewalls of one make."""
FIREWALL = ("edl", "set", "xml")
"""Formats for a firewall of Palo Alto Networks."""
NETWORK_TARGETS: Mapping[str, Target] = {
    each.id: each for each in ALL if each.identity == "networks"
}
SETTINGS: Mapping[str, type[Any]] = {name: each.settings for name, each in NETWORK_TARGETS.items()}
TARGETS = tuple(name for name in NETWORK_TARGETS if name != NFTABLES.id)
"""Those that decide by host; a Linux router by address and port alone."""


def probes(hosts: Iterable[str]) -> tuple[str, ...]:
    """Every host with its children, parent, sibling and look-alikes."""
    found: dict[str, None] = {}
    for host in hosts:
        parent = host.partition(".")[2]
        around = (f"www.{host}", f"a.b.{host}", f"not{host}", f"{host}.evil.test")
        above = (parent, f"sibling.{parent}") if "." in parent else ()
        found |= dict.fromkeys((host, *around, *above))
    return tuple(found)


@dataclass(frozen=True)
class Emitted:
    """What a target makes of a policy."""

    ir: Ir
    target: Target
    compiled: Compiled
    files: Mapping[str, bytes]

    @property
    def decider(self) -> Decider:
        """The files read back."""
        return self.target.read(self.files)

    @property
    def text(self) -> Mapping[str, str]:
        """The files as text."""
        return {path: content.decode() for path, content in self.files.items()}

    def findings(self, files: Mapping[str, bytes] | None = None) -> tuple[Diagnostic, ...]:
        """What the verifier says about the files, or about others in their place."""
        decider = self.target.read(files or self.files)
        made = self.compiled
        account = (made.coverage, made.policy)
        return verify(
            self.ir, self.target, decider, *account, told=made.told, indistinct=made.indistinct
        )

    def noticed(self, files: Mapping[str, bytes]) -> bool:
        """Whether other files are unreadable, or their answers are not the policy's."""
        try:
            return bool(self.findings(files))
        except UnreadableArtifact:
            return True

    def changed(self, path: str, old: str, new: str) -> dict[str, bytes]:
        """The files with one text in one of them replaced, which has to be there."""
        content = self.files[path].decode()
        assert old in content
        return {**self.files, path: content.replace(old, new, 1).encode()}

    def answer(self, client: str, address: str, value: str, kind: Kind = Kind.HOST) -> Answer:
        """One answer of the reader."""
        situation = Situation.UNMANAGED_CORPORATE
        return self.decider.decide(Question(kind, value, frozenset({address}), client, situation))

    def blocked(self, client: str, address: str, host: str) -> bool:
        """Whether a host is blocked."""
        return self.answer(client, address, host).effect is Effect.BLOCK

    def record(self, ruling: str, clause: str = "effect") -> Coverage:
        """The only record about a clause of a ruling."""
        (found,) = (
            each
            for each in self.compiled.coverage
            if (each.ruling, each.clause) == (ruling, clause)
        )
        return found


def compiled(ir: Ir, target: Target = SQUID, **settings: Any) -> Compiled:
    """What a target makes of a policy, with whatever is wrong."""
    return target.compile(ir, SETTINGS[target.id](**settings))


def emit(policy: Policy, target: Target = SQUID, **settings: Any) -> Emitted:
    """Resolve and compile; nothing may be wrong."""
    ir = resolve(policy)
    made = compiled(ir, target, **settings)
    assert made.findings == ()
    files = {artifact.path: artifact.content for artifact in made.artifacts}
    return Emitted(ir, target, made, files)


def listed(policy: Policy, *outputs: str, **settings: Any) -> Emitted:
    """The same as lists; in every format when none is named."""
    return emit(policy, LISTS, outputs=list(outputs or LISTED), **settings)


def boxed(policy: Policy, *outputs: str, **settings: Any) -> Emitted:
    """The same, for firewalls of one make too when no format is named."""
    return listed(policy, *(outputs or (*LISTED, *BOXES)), **settings)


def filtered(policy: Policy, **settings: Any) -> Emitted:
    """The same for e2guardian, which has no groups for IPv6: without such networks."""
    networks = {
        name: tuple(each for each in found if ":" not in each)
        for name, found in policy.networks.items()
    }
    return emit(replace(policy, networks=networks), E2GUARDIAN, **settings)


def answered(policy: Policy, *outputs: str, **settings: Any) -> Emitted:
    """The same for resolvers; for all of them when none is named."""
    return emit(policy, DNS, outputs=list(outputs or RESOLVERS), **settings)


def guarded(policy: Policy, **settings: Any) -> Emitted:
    """The same for a FortiGate; in both forms unless one is named."""
    given = {"inside": ["lan"], "outside": ["wan1"], "outputs": ["cli", "rest"], **settings}
    return emit(policy, FORTIGATE, **given)


def firewalled(policy: Policy, *outputs: str, **settings: Any) -> Emitted:
    """The same for a firewall of Palo Alto Networks; in every format when none is named."""
    given = {"edl_url": "https://lists.acme.test/aipol", "capacity": {"lists": 99}, **settings}
    return emit(policy, PALOALTO, outputs=list(outputs or FIREWALL), **given)


def categorised(policy: Policy, **settings: Any) -> Emitted:
    """The same for Zscaler Internet Access."""
    return emit(policy, ZSCALER, **settings)


def steered(policy: Policy) -> Emitted:
    """The same for Netskope."""
    return emit(policy, NETSKOPE)


def grouped(policy: Policy, **settings: Any) -> Emitted:
    """The same for a Meraki MX."""
    return emit(policy, MERAKI, **settings)


def resolved_by_umbrella(policy: Policy, **settings: Any) -> Emitted:
    """The same for Cisco Umbrella."""
    return emit(policy, UMBRELLA, **settings)


def proxied(policy: Policy, **settings: Any) -> Emitted:
    """The same for an HAProxy."""
    given = {"tls_backend": "out", "http_backend": "out-http", **settings}
    return emit(policy, HAPROXY, **given)


def inspected(policy: Policy, **settings: Any) -> Emitted:
    """The same for a Suricata."""
    return emit(policy, SURICATA, **settings)


def advised(policy: Policy, **settings: Any) -> Emitted:
    """The same for proxy auto-config files."""
    return emit(policy, PAC, **settings)


def gated(policy: Policy, **settings: Any) -> Emitted:
    """The same for Cloudflare Gateway, which sees source addresses and what is encrypted."""
    given = {"on_ramp": "wan", "tls_decryption": True, "ai_category": 4184, **settings}
    return emit(policy, CLOUDFLARE, **given)


MAKERS: Mapping[str, Callable[..., Emitted]] = {
    "cloudflare": gated,
    "dns": answered,
    "e2guardian": filtered,
    "fortigate": guarded,
    "haproxy": proxied,
    "lists": boxed,
    "meraki": grouped,
    "netskope": steered,
    "pac": advised,
    "paloalto": firewalled,
    "squid": emit,
    "suricata": inspected,
    "umbrella": resolved_by_umbrella,
    "zscaler": categorised,
}
"""How to make the files of each target by source address and host."""


def routed(policy: Policy, **settings: Any) -> Emitted:
    """The same for a Linux router."""
    return emit(policy, NFTABLES, **settings)


FINANCE, ENGINEERING, GATEWAY, ANYBODY = "10.20.0.5", "10.30.0.5", "10.99.0.8", "192.0.2.1"
SOURCES = (FINANCE, ENGINEERING, GATEWAY, ANYBODY)
NETWORKS = {"finance": ("10.20.0.0/24", "2001:db8:20::/64"), "engineering": ("10.30.0.0/24",)}
FOUR = {"finance": ("10.20.0.0/24",), "engineering": ("10.30.0.0/24",)}
"""The same without IPv6."""
HEADER = "Example-Allowed-Workspace"
LOGGED = Obligations(log="metadata")


def everything(**changes: Any) -> Policy:
    """Every kind of pattern and of nesting, a tenant header, a gateway and a bypass switch."""
    exact, children = Match.EXACT, Match.CHILDREN
    restriction = tenant(HEADER, "accounts.test", also_block=("https://accounts.test/anonymous/",))
    base = Policy(
        apps=(
            app("deep", "big.test", domain("x.api.big.test"), domain("y.a.b.big.test", exact)),
            app("inside", domain("api.big.test"), domain("a.b.big.test", exact)),
            app("single", domain("one.two.test", exact), domain("xn--bcher-kva.test")),
            app("pages", domain("sites.test", children)),
            app("offline", domain("own.sites.test", children)),
            app("split", "split.test"),
            app("accounts", "accounts.test", tenant=restriction),
            app("routed", "routed.test"),
        ),
        rules=(
            Rule(("inside", "offline"), ("everyone",), Effect.ALLOW),
            Rule(("split",), ("finance",), Effect.ALLOW),
            Rule(("accounts",), ("finance",), Effect.ALLOW, Account.CORPORATE, ("ws-1", "ws-2")),
            Rule(("routed",), ("everyone",), Effect.ALLOW, obligations=Obligations(via="gateway")),
        ),
        networks=NETWORKS,
        gateways=(Gateway("gateway", "gateway.test", (f"{GATEWAY}/32",)),),
        inspect_tls="ai-only",
        close_bypasses=True,
    )
    return replace(base, **changes)
