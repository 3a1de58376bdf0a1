"""Policies that need exactly so much of something."""

from __future__ import annotations

from typing import Any

from aipol.vocabulary import Account, Effect

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
