"""Turns what a policy is for into an expression of Gateway.

Fields: Cloudflare One docs, selectors of DNS, HTTP and network policies. Operators and lists:
Gateway policy expressions. `and` and `or` are never mixed without parentheses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aipol_targets.cloudflare.escape import listed, networks, text
from aipol_targets.cloudflare.model import Layer, Rule, Selection, Source


@dataclass(frozen=True, slots=True)
class _Fields:
    source: str
    host: str
    domains: str
    categories: str = ""


_FIELDS: dict[Layer, _Fields] = {
    "dns": _Fields("dns.src_internal_ip", "dns.fqdn", "dns.domains", "dns.content_category"),
    "http": _Fields(
        "http.conn.internal_src_ip",
        "http.request.host",
        "http.request.domains",
        "http.request.uri.content_category",
    ),
    "network": _Fields("net.src.internal_src_ip", "net.sni.host", "net.sni.domains"),
}
_PATH = "http.request.uri.path"


def traffic(rule: Rule) -> str:
    """The expression that is true of what the policy is for."""
    fields = _FIELDS[rule.layer]
    parts = [*_source(fields, rule.source)]
    if rule.category is not None:
        parts.insert(0, f"any({fields.categories}[*] in {{{rule.category}}})")
        parts += [f"not({_any_of([*_matches(fields, each)])})" for each in rule.selections]
    elif rule.selections:
        parts += _within(fields, rule.selections)
    else:
        parts.append(_any_of([*_addresses(fields, rule)]))
    return " and ".join(parts)


def _source(fields: _Fields, source: Source) -> Iterator[str]:
    if source.networks:
        found = f"{fields.source} in {networks(source.networks)}"
        yield f"not({found})" if source.excluded else found


def _within(fields: _Fields, selections: Sequence[Selection]) -> Iterator[str]:
    """What is in the first, and not in the second unless it is in the third."""
    first, *inner = selections
    yield _any_of([*_matches(fields, first)])
    if inner:
        yield f"not({' and '.join(_within(fields, inner))})"


def _matches(fields: _Fields, selection: Selection) -> Iterator[str]:
    for found in selection.subtree:
        yield f"any({fields.domains}[*] in {listed(found.name)})"
    for found in selection.exact:
        yield f"{fields.host} in {listed(found.name)}"


def _addresses(fields: _Fields, rule: Rule) -> Iterator[str]:
    for address in rule.addresses:
        host = f"{fields.host} == {text(address.host)}"
        yield f"({host} and {_PATH} matches {text(address.pattern)})"


def _any_of(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' or '.join(parts)})"
