"""Every limit of every network target: a policy that comes to it, and where it is seen to hold.

A row says how to make a policy that needs exactly so much, and how much the emitted files then have
(`measure` looks at the files, not at what was counted). What a limit does is one of three things:
more is an error (`Refused`), more is split (`Split`), or no policy comes to it (`Within`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aipol.target import Limit
from aipol.vocabulary import Account, Effect
from aipol_targets.cloudflare import facts as cloudflare
from aipol_targets.common.network import edl
from aipol_targets.common.network import facts as shared
from aipol_targets.dns import facts as dns
from aipol_targets.e2guardian import facts as e2guardian
from aipol_targets.fortigate import facts as fortigate
from aipol_targets.lists import facts as lists
from aipol_targets.meraki import facts as meraki
from aipol_targets.netskope import facts as netskope
from aipol_targets.pac import facts as pac
from aipol_targets.paloalto import facts as paloalto
from aipol_targets.squid import facts as squid
from aipol_targets.suricata import facts as suricata
from aipol_targets.umbrella import facts as umbrella
from aipol_targets.zscaler import facts as zscaler

Make = Callable[[Any, int], Any]
Measure = Callable[[Any], int]


@dataclass(frozen=True)
class Row:
    """One limit of one target. `read` is where its reader keeps the number for itself."""

    target: str
    limit: Limit
    policy: Make
    measure: Measure
    settings: Mapping[str, Any] = field(default_factory=dict)
    read: str = ""

    @property
    def name(self) -> str:
        """What a test of it is called."""
        return f"{self.target}: {self.limit.name}"


@dataclass(frozen=True)
class Refused(Row):
    """More is an error: `what` there is too much of, and both numbers.

    `checked` is where the limit is looked up. The policy has `at` of it where the vendor's own
    number would take long; then the limit is put at that. `setting` stands for the limit instead.
    """

    what: str = ""
    checked: str = ""
    setting: str = ""
    at: int = 0
    sized: bool = True
    """Whether the policy needs exactly as much as it is made for."""


@dataclass(frozen=True)
class Split(Row):
    """More is split: `parts` are the sizes of what the files have."""

    parts: Callable[[Any], list[int]] = lambda _: []
    checked: tuple[str, ...] = ()
    at: int = 0


@dataclass(frozen=True)
class Within(Row):
    """No policy comes to it: this one needs the most that there can be."""


# --- policies -------------------------------------------------------------------------------------

LONGEST_ID = "g" * 40
"""A longer name of a segment is cut."""


def hosts(small: Any, count: int) -> Any:
    """So many names, each by itself."""
    found = (small.domain(f"h{number}.test", small.Match.EXACT) for number in range(count))
    return small.Policy((small.app("one", *found),))


def subtrees(small: Any, count: int) -> Any:
    """So many names with what is below them."""
    return small.Policy((small.app("one", *(f"h{number}.test" for number in range(count))),))


def name_of(octets: int) -> str:
    """A host name as long as that."""
    labels = ["a" * 62] * (octets // 63 + 1)
    text = ".".join(labels)[: octets - 5].rstrip(".")
    return f"{text}{'b' * (octets - 5 - len(text))}.test"


def named(small: Any, octets: int) -> Any:
    """A subtree at a name as long as that."""
    return small.Policy((small.app("one", name_of(octets)),))


def people(small: Any, count: int) -> Any:
    """So many segments, each of which may use other apps: the combinations of a few groups."""
    networks = combinations(count)
    apps = tuple(small.app(f"a{name}", f"{name}.test") for name in networks)
    rules = tuple(small.Rule((f"a{name}",), (name,), Effect.ALLOW) for name in networks)
    return small.Policy((*apps, small.app("zero", "zero.test")), rules, networks)


def alike(small: Any, count: int) -> Any:
    """So many segments of which none may use anything."""
    return small.Policy((small.app("one", "one.test"),), (), combinations(count))


def combinations(count: int) -> dict[str, tuple[str, ...]]:
    """So many networks, each in another combination of groups."""
    found = addresses(count)
    return {
        f"g{bit}": tuple(each for n, each in enumerate(found, start=1) if n >> bit & 1)
        for bit in range(count.bit_length())
    }


def audiences(small: Any, count: int) -> Any:
    """So many apps, each for another combination of groups."""
    names = [f"g{bit}" for bit in range(count.bit_length())]
    networks = {name: addresses(1, n) for n, name in enumerate(names)}
    numbers = range(1, count + 1)
    apps = tuple(small.app(f"a{n}", f"h{n}.test") for n in numbers)
    rules = tuple(
        small.Rule(
            (f"a{n}",), tuple(x for bit, x in enumerate(names) if n >> bit & 1), Effect.ALLOW
        )
        for n in numbers
    )
    return small.Policy(apps, rules, networks)


def addresses(count: int, where: int = 0) -> tuple[str, ...]:
    """So many networks that do not become fewer, in the `where`-th of 512 ranges."""
    first = (11 << 24) + (where << 18)
    numbers = (first + 2 * number for number in range(count))
    return tuple(f"{n >> 24}.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}/32" for n in numbers)


def closed(small: Any, *sizes: int) -> Any:
    """Groups of so many networks, each with an app that is blocked for it alone."""
    networks = {f"g{n}": addresses(size, n) for n, size in enumerate(sizes)}
    apps = tuple(small.app(f"a{n}", f"h{n}.test") for n in range(len(sizes)))
    rules = [small.Rule((f"a{n}",), (f"g{n}",), Effect.BLOCK) for n in range(len(sizes))]
    rest = small.Rule(("*",), ("everyone",), Effect.ALLOW)
    return small.Policy(apps, (*rules, rest), networks)


def opened(small: Any, size: int) -> Any:
    """A group of so many networks that alone may use an app."""
    rule = small.Rule(("one",), ("finance",), Effect.ALLOW)
    networks = {"finance": addresses(size)}
    return small.Policy((small.app("one", "one.test"),), (rule,), networks)


def separate(small: Any, count: int) -> Any:
    """So many groups, each with an app that nobody else may use."""
    networks = {f"g{n}": addresses(1, n) for n in range(count)}
    apps = tuple(small.app(f"a{n}", f"h{n}.test") for n in range(count))
    rules = tuple(small.Rule((f"a{n}",), (f"g{n}",), Effect.ALLOW) for n in range(count))
    return small.Policy(apps, rules, networks)


def opened_by(small: Any, count: int) -> Any:
    """An app that so many groups may use, and nobody else."""
    networks = {f"g{n}": addresses(1, n) for n in range(count)}
    rule = small.Rule(("one",), tuple(networks), Effect.ALLOW)
    return small.Policy((small.app("one", "one.test"),), (rule,), networks)


def spared(small: Any, count: int) -> Any:
    """So many exceptions inside one block."""
    inside = small.app("open", *(f"h{number}.big.test" for number in range(count)))
    rule = small.Rule(("open",), ("everyone",), Effect.ALLOW)
    return small.Policy((small.app("big", "big.test"), inside), (rule,))


def restricted(
    small: Any, *found: str, header: str = "Example-Workspace", tenants: tuple[str, ...] = ("ws",)
) -> Any:
    """A header with a tenant for some hosts."""
    domains = tuple(small.domain(host, small.Match.EXACT) for host in found)
    app = small.app("one", *domains, tenant=small.tenant(header, *found))
    rule = small.Rule(("one",), ("everyone",), Effect.ALLOW, Account.CORPORATE, tenants)
    return small.Policy((app,), (rule,), inspect_tls="ai-only")


def deepest(small: Any, _: int) -> Any:
    """All that names are made of, at its longest: a segment, a host, a header, a nesting."""
    groups = {LONGEST_ID: ("10.20.0.0/24", "2001:db8:1:2:3:4:5:6/128")}
    everything = small.everything(networks=groups)
    rules = tuple(
        small.Rule(rule.apps, (LONGEST_ID,), rule.effect, rule.account, rule.tenants)
        if "finance" in rule.groups
        else rule
        for rule in everything.rules
    )
    long = small.app("long", name_of(250))
    return small.everything(networks=groups, apps=(*everything.apps, long), rules=rules)


def external_lists(small: Any, count: int) -> Any:
    """A list with its addresses for each group and the rest, and one inside another if odd."""
    groups = count // 2 - 1
    networks = {f"g{n}": addresses(1, n) for n in range(groups)}
    apps = [small.app("one", "one.test")]
    rules = []
    if count % 2:
        apps.append(small.app("in", "in.one.test"))
        rules.append(small.Rule(("in",), ("g0",), Effect.ALLOW))
    return small.Policy(tuple(apps), tuple(rules), networks)


# --- what the files have --------------------------------------------------------------------------


def longest(pattern: str, path: str = "") -> Measure:
    """The length of the longest text that a pattern finds in files of that name."""

    def measure(emitted: Any) -> int:
        texts = [text for name, text in emitted.text.items() if re.search(path, name)]
        found = [each for text in texts for each in re.findall(pattern, text, re.MULTILINE)]
        return max(len(each.encode()) for each in found)

    return measure


def number(pattern: str, path: str = "") -> Measure:
    """How many texts a pattern finds in files of that name."""

    def measure(emitted: Any) -> int:
        texts = [text for name, text in emitted.text.items() if re.search(path, name)]
        return sum(len(re.findall(pattern, text, re.MULTILINE)) for text in texts)

    return measure


def most(found: Callable[[Any], list[int]]) -> Measure:
    """The largest of some sizes."""
    return lambda emitted: max(found(emitted))


def _json(emitted: Any, path: str) -> Any:
    return json.loads(emitted.files[path])


def cloudflare_entries(emitted: Any) -> list[int]:
    """Of every list."""
    return [len(each["items"]) for each in _json(emitted, "lists.json")]


def cloudflare_lists(emitted: Any) -> int:
    """All of them."""
    return len(_json(emitted, "lists.json"))


def cloudflare_policies(emitted: Any) -> int:
    """Of the type that has most."""
    return max(len(each or ()) for each in _json(emitted, "rules.json").values())


def cloudflare_expression(emitted: Any) -> int:
    """The longest, with ids of 36 characters for the names of lists."""
    rules = [each for some in _json(emitted, "rules.json").values() for each in some or ()]
    ids = (re.sub(r"<[^>]*>", "-" * 36, each["traffic"]) for each in rules)
    return max(map(len, ids))


def zone_name(emitted: Any) -> int:
    """The longest owner in a zone: labels with their lengths, and the root."""
    found: list[int] = []
    for text in emitted.text.values():
        for zone in re.findall(r"^\$ORIGIN (\S+)\.$", text, re.MULTILINE):
            owners = re.findall(r"^(\S+) CNAME ", text, re.MULTILINE)
            labels = (f"{owner}.{zone}".split(".") for owner in owners)
            found += (sum(len(label) + 1 for label in each) + 1 for each in labels)
    return max(found)


def external(emitted: Any) -> int:
    """Lists that the table of URL lists names."""
    rows = [row.split(",") for row in emitted.text["edl/rules.csv"].splitlines()[1:]]
    return len({row[2] for row in rows if row[2]} | {row[4] for row in rows})


def uri_lists(emitted: Any) -> list[list[str]]:
    """The lines of each list for a SonicWall."""
    texts = (text for name, text in emitted.text.items() if "/sonicwall/" in name)
    return [text.splitlines() for text in texts]


def uri_lines(emitted: Any) -> list[str]:
    """All of them."""
    return [line for each in uri_lists(emitted) for line in each]


def url_bodies(emitted: Any) -> list[int]:
    """Octets of each body that makes a URL list, without blanks."""
    bodies = [each["body"] for each in _json(emitted, "requests.json") if "body" in each]
    return [len(json.dumps(body, separators=(",", ":"))) for body in bodies]


def destinations(emitted: Any) -> list[int]:
    """Of every request that fills a list."""
    names = [name for name in emitted.files if name.startswith("lists/")]
    bodies = [_json(emitted, name) for name in names]
    return [len(body["destinations"] if isinstance(body, dict) else body) for body in bodies]


def insertions(emitted: Any) -> list[int]:
    """Domains of every entry that inserts a header."""
    found = re.findall(r"<domains>.*?</domains>", emitted.text["xml/aipol.xml"], re.DOTALL)
    return [each.count("<member>") for each in found]


def edl_names(emitted: Any) -> list[str]:
    """The external lists."""
    paths = (name for name in emitted.files if name.startswith("edl/lists/"))
    return [name.rpartition("/")[2].removesuffix(".txt") for name in paths]


def fortigate_names(emitted: Any, *, addresses: bool) -> list[str]:
    """What objects are called: addresses and their groups, or all others."""
    made = [each for each in _json(emitted, "rest.json") if "name" in each["body"]]
    return [
        each["body"]["name"] for each in made if ("/firewall/addr" in each["path"]) is addresses
    ]


def fortigate_pattern(emitted: Any) -> int:
    """The longest of any filter."""
    bodies = [each["body"] for each in _json(emitted, "rest.json")]
    entries = [entry for body in bodies for entry in body.get("entries", ())]
    return max(len(str(entry.get("url", entry.get("domain")))) for entry in entries)


def _zscaler(emitted: Any, resource: str) -> Iterator[Any]:
    for each in _json(emitted, "requests.json"):
        if each["path"].endswith(f"/{resource}"):
            yield each["body"]


def zscaler_count(resource: str) -> Measure:
    """How many requests make one."""
    return lambda emitted: len(list(_zscaler(emitted, resource)))


def zscaler_urls(emitted: Any) -> int:
    """In all categories."""
    return sum(len(each["urls"]) for each in _zscaler(emitted, "urlCategories"))


def zscaler_place(emitted: Any) -> int:
    """Of the last rule."""
    return max(int(each["order"]) for each in _zscaler(emitted, "urlFilteringRules"))


def zscaler_sources_of_rule(emitted: Any) -> int:
    """Of the rule that has most."""
    rules = _zscaler(emitted, "urlFilteringRules")
    return max(len(each.get("sourceIpGroups", ())) for each in rules)


def zscaler_addresses(emitted: Any) -> int:
    """In all source groups."""
    return sum(len(each["ipAddresses"]) for each in _zscaler(emitted, "ipSourceGroups"))


def zscaler_addresses_of_rule(emitted: Any) -> int:
    """Of the rule that has most."""
    groups = {each["name"]: each["ipAddresses"] for each in _zscaler(emitted, "ipSourceGroups")}
    rules = _zscaler(emitted, "urlFilteringRules")
    named = ([e["id"][2:-1] for e in each.get("sourceIpGroups", ())] for each in rules)
    return max(sum(len(groups[name]) for name in names) for names in named)


# --- the rows -------------------------------------------------------------------------------------

_T = "aipol_targets"
_ONE_TYPE = {"policies": ["dns"]}
_URIS = {"outputs": ["sonicwall"]}

CLOUDFLARE = (
    Refused(
        "cloudflare",
        cloudflare.LISTS,
        lambda small, count: people(small, count - 1),
        cloudflare_lists,
        _ONE_TYPE,
        f"{_T}.cloudflare.read_json._MOST_LISTS",
        what="lists:",
        setting="lists",
    ),
    Split(
        "cloudflare",
        cloudflare.STANDARD_ENTRIES,
        subtrees,
        most(cloudflare_entries),
        _ONE_TYPE,
        parts=cloudflare_entries,
    ),
    Split(
        "cloudflare",
        cloudflare.ENTERPRISE_ENTRIES,
        subtrees,
        most(cloudflare_entries),
        {**_ONE_TYPE, "plan": "enterprise"},
        f"{_T}.cloudflare.read_json._MOST_ENTRIES",
        parts=cloudflare_entries,
    ),
    Refused(
        "cloudflare",
        cloudflare.POLICIES,
        lambda small, count: alike(small, count - 1),
        cloudflare_policies,
        _ONE_TYPE,
        f"{_T}.cloudflare.read_json._MOST_POLICIES",
        what="dns policies:",
        checked=f"{_T}.cloudflare.limits.POLICIES",
    ),
    Refused(
        "cloudflare",
        cloudflare.EXPRESSION,
        opened,
        cloudflare_expression,
        _ONE_TYPE,
        what="characters of the expression of `aipol_default_dns`:",
        checked=f"{_T}.cloudflare.limits.EXPRESSION",
        at=50,
        sized=False,
    ),
    Within(
        "cloudflare",
        cloudflare.LIST_CALLS,
        lambda small, _: people(small, cloudflare.LISTS.value - 1),
        cloudflare_lists,
        _ONE_TYPE,
    ),
)
DNS = (
    Refused(
        "dns",
        dns.NAME_OCTETS,
        # `*.` before it, the zone's 21 characters behind it, a length octet and the root.
        lambda small, octets: named(small, octets - 26),
        zone_name,
        {"outputs": ["knot"]},
        f"{_T}.dns.read_zone._OCTETS",
        what="in zone default.aipol.invalid:",
        checked=f"{_T}.dns.lower.NAME_OCTETS",
    ),
    Refused(
        "dns",
        dns.RULE_OCTETS,
        opened,
        longest(r"^.*$", "^adguard/rules"),
        {"outputs": ["adguard"]},
        f"{_T}.dns.read_adguard._LONGEST",
        what="octets of the rule for one.test in adguard/rules.txt:",
        checked=f"{_T}.dns.lower.RULE_OCTETS",
        at=50,
        sized=False,
    ),
)
E2GUARDIAN = (
    Within(
        "e2guardian",
        e2guardian.LINE_LENGTH,
        lambda small, _: named(small, shared.HOST.value),
        longest(r"^.*$", r"level-.*\.txt$"),
        read=f"{_T}.e2guardian.read_sites._LONGEST",
    ),
)
FORTIGATE = (
    Within(
        "fortigate",
        fortigate.OBJECT_NAME,
        deepest,
        most(lambda emitted: [len(each) for each in fortigate_names(emitted, addresses=False)]),
        read=f"{_T}.fortigate.read_policies._LONGEST[firewall policy]",
    ),
    Within(
        "fortigate",
        fortigate.ADDRESS_NAME,
        deepest,
        most(lambda emitted: [len(each) for each in fortigate_names(emitted, addresses=True)]),
        read=f"{_T}.fortigate.read_policies._LONGEST[firewall address6]",
    ),
    Within(
        "fortigate",
        fortigate.PATTERN,
        # Every second character a dot, each of which is escaped.
        lambda small, _: small.Policy((small.app("one", "a." * 124 + "test"),)),
        fortigate_pattern,
        {"outputs": ["rest"]},
        f"{_T}.fortigate.read_patterns._LONGEST",
    ),
)
LISTS = (
    Refused(
        "lists",
        edl.LISTS,
        external_lists,
        external,
        {"outputs": ["edl"]},
        what="external lists",
        setting="edl_lists",
    ),
    Refused(
        "lists",
        edl.URLS,
        hosts,
        number(r"^.+$", "/edl/.*txt$"),
        {"outputs": ["edl"]},
        what="list entries",
        setting="edl_capacity",
    ),
    Refused(
        "lists",
        edl.ADDRESSES,
        closed,
        number(r"^.+$", "(networks|except).txt$"),
        {"outputs": ["edl"]},
        what="entries of address lists",
        setting="edl_addresses",
        at=40,
    ),
    Refused(
        "lists",
        edl.URL_ENTRY,
        lambda small, count: named(small, count - 3),
        longest(r"^.*$", "/edl/"),
        {"outputs": ["edl"]},
        f"{_T}.common.network.urllist._LONGEST",
        what="characters of the URL entry",
        checked=f"{_T}.lists.limits.URL_ENTRY",
    ),
)
SONICWALL = (
    Within(
        "lists",
        lists.URI_LENGTH,
        # As long as a name may be, with labels that a list takes.
        lambda small, _: small.Policy((small.app("one", f"{('a' * 60 + '.') * 4}b.test"),)),
        longest(r"^.+$", "/sonicwall/"),
        _URIS,
        f"{_T}.lists.read_sonicwall._LONGEST_URI",
    ),
    Refused(
        "lists",
        lists.URI_TOKENS,
        lambda small, count: small.Policy((small.app("one", "a." * (count - 1) + "test"),)),
        most(lambda emitted: [line.count(".") + 1 for line in uri_lines(emitted)]),
        _URIS,
        f"{_T}.lists.read_sonicwall._MOST_TOKENS",
        what="tokens of `a.",
        checked=f"{_T}.lists.limits.URI_TOKENS",
    ),
    Refused(
        "lists",
        lists.TOKEN_LENGTH,
        lambda small, count: small.Policy((small.app("one", f"a.{'b' * (count - 2)}.test"),)),
        longest(r"\.b+\.", "/sonicwall/"),
        _URIS,
        f"{_T}.lists.read_sonicwall._LONGEST_TOKEN",
        what="characters of a token of `a.",
        checked=f"{_T}.lists.limits.TOKEN_LENGTH",
    ),
    Split(
        "lists",
        lists.LIST_CHARACTERS,
        subtrees,
        most(lambda emitted: [len("\n".join(each)) for each in uri_lists(emitted)]),
        _URIS,
        f"{_T}.lists.read_sonicwall._LONGEST_LIST",
        parts=lambda emitted: [len("\n".join(each)) for each in uri_lists(emitted)],
        checked=(f"{_T}.lists.model.LIST_CHARACTERS",),
        at=100,
    ),
    Split(
        "lists",
        lists.LIST_URIS,
        subtrees,
        most(lambda emitted: [len(each) for each in uri_lists(emitted)]),
        _URIS,
        f"{_T}.lists.read_sonicwall._MOST_URIS",
        parts=lambda emitted: [len(each) for each in uri_lists(emitted)],
    ),
    Refused(
        "lists",
        lists.URI_LISTS,
        lambda small, count: alike(small, count - 1),
        lambda emitted: len(uri_lists(emitted)),
        _URIS,
        f"{_T}.lists.read_sonicwall._MOST_LISTS",
        what="SonicWall URI lists",
        checked=f"{_T}.lists.limits.URI_LISTS",
    ),
)
MERAKI = (
    Within("meraki", meraki.PATTERN, lambda small, _: named(small, 253), longest(r'"(\S+\.test)"')),
    Within(
        "meraki",
        meraki.POLICY_NAME,
        deepest,
        longest(r'"(aipol_[^"]*)"'),
        read=f"{_T}.meraki.read._LONGEST_NAME",
    ),
)
NETSKOPE = (
    Split(
        "netskope",
        netskope.LIST_OCTETS,
        subtrees,
        most(url_bodies),
        read=f"{_T}.netskope.read_policies._MOST_OCTETS",
        parts=url_bodies,
        checked=(f"{_T}.netskope.lower.LIST_OCTETS",),
        at=600,
    ),
    Within("netskope", netskope.NAME, deepest, longest(r'"name": "([^"]*)"', "requests")),
)
PAC = (
    Refused(
        "pac",
        pac.FILE_SIZE,
        hosts,
        lambda emitted: max(len(each) for name, each in emitted.files.items() if ".pac" in name),
        read=f"{_T}.pac.read_script.LONGEST",
        what="octets of segments/default.pac:",
        checked=f"{_T}.pac.lower.FILE_SIZE",
        at=20,
        sized=False,
    ),
)
_EDL = {"outputs": ["edl"], "edl_url": "https://lists.test/a", "capacity": {}}
_XML = {"outputs": ["xml"], "edl_url": "", "capacity": {}}
PALOALTO = (
    Within("paloalto", paloalto.RULE_NAME, deepest, longest(r'entry name="(aipol[^"]*)"', "xml")),
    Within(
        "paloalto",
        paloalto.CATEGORY_NAME,
        deepest,
        longest(r"set profiles custom-url-category (\S+)", "set"),
        read=f"{_T}.paloalto.read_objects._LONGEST_NAMES[custom-url-category]",
    ),
    Within(
        "paloalto",
        paloalto.LIST_NAME,
        deepest,
        most(lambda emitted: [len(each) for each in edl_names(emitted)]),
        read=f"{_T}.paloalto.read_objects._LONGEST_LIST",
    ),
    Within(
        "paloalto",
        paloalto.PROFILE_NAME,
        deepest,
        longest(r"set profiles url-filtering (\S+)", "set"),
        read=f"{_T}.paloalto.read_objects._LONGEST_NAMES[url-filtering]",
    ),
    Refused(
        "paloalto",
        edl.URL_ENTRY,
        lambda small, count: named(small, count - 3),
        longest(r"<member>(.*\.test/)</member>", "xml"),
        _XML,
        f"{_T}.paloalto.read_objects._LONGEST_ENTRY",
        what="characters of the URL entry",
        checked=f"{_T}.paloalto.limits.URL_ENTRY",
    ),
    Refused(
        "paloalto",
        paloalto.LIST_SOURCE,
        hosts,
        longest(r"<url>(https.*)</url>", "xml"),
        _EDL,
        f"{_T}.paloalto.read_objects._LONGEST_SOURCE",
        what="characters of the list's address",
        checked=f"{_T}.paloalto.limits.LIST_SOURCE",
        at=1,
        sized=False,
    ),
    Split(
        "paloalto",
        paloalto.INSERTION_DOMAINS,
        lambda small, count: restricted(small, *(f"h{n}.test" for n in range(count))),
        most(insertions),
        _XML,
        f"{_T}.paloalto.read_objects._MOST_DOMAINS",
        parts=insertions,
    ),
    Refused(
        "paloalto",
        paloalto.HEADER_NAME,
        lambda small, count: restricted(small, "one.test", header="h" * count),
        longest(r"<header>(.*)</header>", "xml"),
        _XML,
        f"{_T}.paloalto.read_objects._LONGEST_HEADER",
        what="characters of the header",
        checked=f"{_T}.paloalto.limits.HEADER_NAME",
    ),
    Refused(
        "paloalto",
        paloalto.HEADER_VALUE,
        lambda small, count: restricted(small, "one.test", tenants=("t" * count,)),
        longest(r"<value>(.*)</value>", "xml"),
        _XML,
        f"{_T}.paloalto.read_objects._LONGEST_VALUE",
        what="characters of the value",
        checked=f"{_T}.paloalto.limits.HEADER_VALUE",
    ),
    Refused(
        "paloalto",
        edl.LISTS,
        external_lists,
        number(r"<recurring>", "xml"),
        _EDL,
        what="external lists",
        setting="capacity.lists",
    ),
    Refused(
        "paloalto",
        edl.URLS,
        hosts,
        number(r"^h\d+\.test/$", "edl/lists"),
        _EDL,
        what="entries of URL lists",
        setting="capacity.list_urls",
        at=20,
    ),
    Refused(
        "paloalto",
        edl.ADDRESSES,
        closed,
        number(r"^\d.*/\d+$", "edl/lists"),
        _EDL,
        what="entries of address lists",
        setting="capacity.list_addresses",
        at=20,
    ),
)
SQUID = (
    Within(
        "squid",
        squid.ACL_NAME,
        deepest,
        longest(r"^acl (\S+)", "aipol.conf"),
        read=f"{_T}.squid.read_squid._NAME_LENGTH",
    ),
    Refused(
        "squid",
        squid.CONFIG_LINE,
        lambda small, count: restricted(small, "one.test", tenants=("t" * (count - 68),)),
        longest(r"^.*$", "aipol.conf"),
        read=f"{_T}.squid.read_squid._LINE_LENGTH",
        what="of aipol.conf:",
        checked=f"{_T}.squid.lower.CONFIG_LINE",
    ),
)
SURICATA = (
    Refused(
        "suricata",
        suricata.RULES,
        hosts,
        number(r"^drop ", "rules"),
        read=f"{_T}.suricata.read_rules.MOST",
        what="rules:",
        checked=f"{_T}.suricata.lower.MOST_RULES",
        at=4,
        sized=False,
    ),
    Refused(
        "suricata",
        suricata.RULE_LENGTH,
        spared,
        longest(r"^drop .*$", "rules"),
        read=f"{_T}.suricata.read_rules.LONGEST",
        what="characters of the rule for big.test:",
        checked=f"{_T}.suricata.lower.RULE_LENGTH",
        at=9,
        sized=False,
    ),
)
UMBRELLA = (
    Split(
        "umbrella",
        umbrella.DESTINATIONS,
        subtrees,
        most(destinations),
        read=f"{_T}.umbrella.read.MOST",
        parts=destinations,
    ),
    Within(
        "umbrella",
        umbrella.NAME_LENGTH,
        lambda small, _: named(small, shared.HOST.value),
        longest(r'"(\S+\.test)"'),
        read=f"{_T}.common.network.read_pair._LONGEST",
    ),
)
ZSCALER = (
    Refused(
        "zscaler",
        zscaler.URLS,
        subtrees,
        zscaler_urls,
        what="custom URLs:",
        setting="urls",
        at=30,
    ),
    Refused(
        "zscaler",
        zscaler.CATEGORIES,
        audiences,
        zscaler_count("urlCategories"),
        what="custom URL categories:",
        setting="categories",
    ),
    Within(
        "zscaler",
        zscaler.URL_LENGTH,
        lambda small, _: named(small, 253),
        longest(r'"(\S+\.test)"'),
        read=f"{_T}.zscaler.read_urls._LONGEST",
    ),
    Refused(
        "zscaler",
        zscaler.RULES,
        lambda small, count: audiences(small, count - 991),
        zscaler_place,
        {"first_order": 990},
        f"{_T}.zscaler.read_rules._MOST[urlFilteringRules]",
        what="URL filtering rules:",
        checked=f"{_T}.zscaler.limits.RULES",
        at=994,
        sized=False,
    ),
    Refused(
        "zscaler",
        zscaler.SOURCES,
        separate,
        zscaler_count("ipSourceGroups"),
        read=f"{_T}.zscaler.read_rules._MOST[ipSourceGroups]",
        what="source IP groups:",
        checked=f"{_T}.zscaler.limits.SOURCES",
        at=5,
    ),
    Refused(
        "zscaler",
        zscaler.SOURCES_OF_RULE,
        opened_by,
        zscaler_sources_of_rule,
        read=f"{_T}.zscaler.read_rules._SOURCES_OF_RULE",
        what="source IP groups of a rule:",
        checked=f"{_T}.zscaler.limits.SOURCES_OF_RULE",
        at=5,
    ),
    Refused(
        "zscaler",
        zscaler.ADDRESSES_OF_RULE,
        closed,
        zscaler_addresses_of_rule,
        read=f"{_T}.zscaler.read_rules._OF_RULE",
        what="addresses of a rule:",
        checked=f"{_T}.zscaler.limits.ADDRESSES_OF_RULE",
    ),
    Refused(
        "zscaler",
        zscaler.ADDRESSES,
        lambda small, count: closed(small, 6_000, 6_000, count - 12_000),
        zscaler_addresses,
        read=f"{_T}.zscaler.read_rules._ADDRESSES",
        what="addresses of source IP groups:",
        checked=f"{_T}.zscaler.limits.ADDRESSES",
    ),
    Within("zscaler", zscaler.NAME, deepest, longest(r'"(aipol-\d-[^"]*)"')),
)
ROWS: tuple[Row, ...] = (
    *CLOUDFLARE,
    *DNS,
    *E2GUARDIAN,
    *FORTIGATE,
    *LISTS,
    *SONICWALL,
    *MERAKI,
    *NETSKOPE,
    *PAC,
    *PALOALTO,
    *SQUID,
    *SURICATA,
    *UMBRELLA,
    *ZSCALER,
)
