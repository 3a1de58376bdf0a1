"""Turns the rules of every segment into elements of a configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from aipol_targets.paloalto.facts import LIST_NAME
from aipol_targets.paloalto.lines import category_lines, list_url
from aipol_targets.paloalto.model import (
    Category,
    Decryption,
    Firewall,
    Inserted,
    Rule,
    SegmentRules,
)
from aipol_targets.paloalto.names import PREFIX, address_name, name
from aipol_targets.paloalto.tree import Element, branch, entry, leaf, members

# An underscore is in no segment's id.
EXCEPT = f"{PREFIX}_except"
HTTP1 = f"{PREFIX}_http1"
_ANY = ("any",)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """A set of networks that rules are for, or are not for; nothing where it has no name."""

    name: str
    networks: tuple[str, ...]
    negated: bool


def source_of(model: Firewall, segment: SegmentRules) -> Source:
    """Whom a segment's rules are for."""
    if segment.networks:
        return Source(name(LIST_NAME, segment.id), segment.networks, negated=False)
    return Source(EXCEPT if model.exempt else "", model.exempt, negated=True)


def sources(model: Firewall) -> tuple[Source, ...]:
    """Every set of networks that a rule is for."""
    found = (source_of(model, each) for each in model.segments if each.rules or each.decryption)
    return tuple(source for source in found if source.name)


def categories(model: Firewall) -> tuple[Category, ...]:
    """Every URL list."""
    return tuple(category for each in model.segments for category in each.categories)


def inline(model: Firewall) -> tuple[Element, ...]:
    """The objects and rules of one virtual system, lists included."""
    groups = sources(model)
    networks = dict.fromkeys(network for group in groups for network in group.networks)
    addresses = (entry(address_name(each), leaf("ip-netmask", each)) for each in networks)
    static = (
        entry(group.name, members("static", map(address_name, group.networks))) for group in groups
    )
    lists = (
        entry(each.name, members("list", category_lines(each)), leaf("type", "URL List"))
        for each in categories(model)
    )
    return _present(
        branch("address", *addresses),
        branch("address-group", *static),
        _profiles(model, branch("custom-url-category", *lists)),
        _rulebase(model),
    )


def external(model: Firewall) -> tuple[Element, ...]:
    """The same with lists that the firewall fetches."""
    base = model.settings.edl_url
    lists = (
        *(_external(base, group.name, "ip") for group in sources(model)),
        *(_external(base, category.name, "url") for category in categories(model)),
    )
    return _present(branch("external-list", *lists), _profiles(model), _rulebase(model))


def _external(base: str, listed: str, kind: str) -> Element:
    address = leaf("url", list_url(base, listed))
    return entry(
        listed, branch("type", branch(kind, address, branch("recurring", branch("hourly"))))
    )


def _present(*elements: Element) -> tuple[Element, ...]:
    return tuple(element for element in elements if element.children)


def _profiles(model: Firewall, *others: Element) -> Element:
    watching = (
        _url_filtering(rule) for each in model.segments for rule in each.rules if rule.profile
    )
    kept = any(each.http1 for segment in model.segments for each in segment.decryption)
    stripping = branch("ssl-forward-proxy", leaf("strip-alpn", "yes"))
    return branch(
        "profiles",
        *_present(
            *others,
            branch("url-filtering", *watching),
            branch("decryption", *([entry(HTTP1, stripping)] if kept else [])),
        ),
    )


def _url_filtering(rule: Rule) -> Element:
    insertions = (
        entry(f"{PREFIX}-{number}", branch("type", _insertion(part)))
        for number, part in enumerate(rule.inserted, start=1)
    )
    # A header is inserted where the action is anything but block (web interface help).
    return entry(
        rule.profile,
        members("alert", (rule.category.name,)),
        *_present(branch("http-header-insertion", *insertions)),
    )


def _insertion(part: Inserted) -> Element:
    header = entry(part.header, leaf("header", part.header), leaf("value", part.value))
    return entry("Custom", branch("headers", header), members("domains", part.domains))


def _rulebase(model: Firewall) -> Element:
    security = _entries(model, lambda each: each.rules, _security)
    decryption = _entries(model, lambda each: each.decryption, _decryption)
    return branch(
        "rulebase",
        *_present(
            *([branch("security", branch("rules", *security))] if security else []),
            *([branch("decryption", branch("rules", *decryption))] if decryption else []),
        ),
    )


def _entries(
    model: Firewall,
    of: Callable[[SegmentRules], Sequence[T]],
    write: Callable[[Firewall, Source, T], Element],
) -> tuple[Element, ...]:
    return tuple(
        write(model, source_of(model, segment), rule)
        for segment in model.segments
        for rule in of(segment)
    )


def _whom(model: Firewall, source: Source) -> Iterator[Element]:
    yield members("from", model.settings.from_zones)
    yield members("to", model.settings.to_zones)
    yield members("source", (source.name,) if source.name else _ANY)
    if source.name and source.negated:
        yield leaf("negate-source", "yes")
    yield members("source-user", _ANY)
    yield members("destination", _ANY)
    yield members("service", _ANY)


def _security(model: Firewall, source: Source, rule: Rule) -> Element:
    profiles = () if rule.treatment.blocked else tuple(_watching(model, rule))
    setting = [branch("profile-setting", branch("profiles", *profiles))] if profiles else []
    return entry(
        rule.name,
        *_whom(model, source),
        members("application", _ANY),
        members("category", (rule.category.name,)),
        leaf("action", "deny" if rule.treatment.blocked else "allow"),
        leaf("log-end", "yes"),
        *setting,
    )


def _watching(model: Firewall, rule: Rule) -> Iterator[Element]:
    if rule.profile:
        yield members("url-filtering", (rule.profile,))
    for kind, profile in model.settings.threat_profiles:
        if profile:
            yield members(kind.replace("_", "-"), (profile,))


def _decryption(model: Firewall, source: Source, rule: Decryption) -> Element:
    return entry(
        rule.name,
        *_whom(model, source),
        members("category", (rule.category.name,)),
        leaf("action", "decrypt" if rule.decrypted else "no-decrypt"),
        branch("type", branch("ssl-forward-proxy")),
        *([leaf("profile", HTTP1)] if rule.http1 else []),
    )
