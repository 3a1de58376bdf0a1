"""Check the apps and hosts that a policy declares itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from aipol.catalogue.collateral import PURPOSES
from aipol.catalogue.hosts import is_public_suffix
from aipol.catalogue.model import Match
from aipol.check.known import Catalogue, Known, has_identifier, hint_or_list
from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic
from aipol.language.addresses import AddressError, canonical_address
from aipol.language.assemble import Assembled
from aipol.language.hosts import HostError, are_canonical, canonical_host
from aipol.language.model import App, AppDomain
from aipol.language.placed import Placed
from aipol.language.words import clip, enumerated, near
from aipol.source import Span

_SOMEWHERE = Span("", 1, 1)
_NEEDED = ("name", "vendor", "category")


def check_apps(assembled: Assembled, known: Known) -> Iterator[Diagnostic]:
    """What an app needs to be one, and hosts that are not its own to block."""
    for app_id, app in assembled.apps.items():
        if not known.in_catalogue(app_id):
            yield from _lacks(app_id, app, known)
        category = app.value.category
        if category is not None and category not in known.categories:
            hint = hint_or_list(category, known.categories, "the catalogue has no categories")
            span = app.span("category")
            yield codes.UNKNOWN_CATEGORY.at(span, category=category, hint=hint)
        for position, domain in _dubious(app.value.domains or (), known.catalogue):
            for found in _domain(domain, known.catalogue):
                # Most are right, and where they stand takes longer to find.
                yield replace(found, span=app.span("domains", position, "domain"))
        for position, row in enumerate(app.value.urls or ()):
            yield from _url(row.url, app.span("urls", position, "url"), known.catalogue)


def check_network_hosts(assembled: Assembled) -> Iterator[Diagnostic]:
    """Hosts of the organisation's own gateways, and those that are never decrypted."""
    if assembled.network is None:
        return
    for name, gateway in assembled.network.value.gateways.items():
        finding = _not_a_host(gateway.host, assembled.network.span("gateways", name, "host"))
        if finding is not None:
            yield finding
    for position, host in enumerate(assembled.network.value.never_inspect or ()):
        finding = _not_a_host(host, assembled.network.span("never_inspect", position))
        if finding is not None:
            yield finding


def _lacks(app_id: str, app: Placed[App], known: Known) -> Iterator[Diagnostic]:
    span, where = app.key_span(), f"app `{app_id}`"
    guess = near(app_id, known.catalogue.ids)
    hint = "the catalogue lacks it, so the policy must say what it is"
    if guess is not None:
        hint = f"did you mean `{guess}`? An app that the catalogue lacks needs it"
    for key in _NEEDED:
        if getattr(app.value, key) is None:
            yield codes.MISSING_KEY.at(span, where=where, key=key, hint=hint)
    if not has_identifier(app.value):
        hint = "or another identifier: `urls`, `macos`, `windows`, `extensions`, `binaries`"
        yield codes.MISSING_KEY.at(span, where=where, key="domains", hint=hint)


def _dubious(domains: Sequence[AppDomain], catalogue: Catalogue) -> Iterable[tuple[int, AppDomain]]:
    """The hosts that anything may be wrong with, each with its position: of many, mostly none."""
    texts = [domain.domain for domain in domains]
    if not are_canonical(texts):
        return enumerate(domains)
    near = catalogue.protected_index.near_any(texts) | catalogue.platform_index.near_any(texts)
    return (
        (position, domain)
        for position, domain in enumerate(domains)
        # What the Public Suffix List has can only be wrong with more than one host.
        if domain.match != "exact" or domain.domain in near
    )


def _domain(domain: AppDomain, catalogue: Catalogue) -> Iterator[Diagnostic]:
    """What is wrong with a host, wherever it stands."""
    try:
        host, match = canonical_host(domain.domain), Match(domain.match)
    except HostError as error:
        yield _no_host(domain.domain, _SOMEWHERE, error)
        return
    # A host that is declared shared is never blocked by a rule about the app.
    if domain.shared:
        return
    met = [row for _, _, row in catalogue.protected_index.meeting(host, match)]
    if met:
        first = min(met, key=lambda row: (row.host, row.match))
        hint = "leave it out, or mark it `shared: true`: then it is never blocked"
        words = {"domain": host, "host": first.host, "breaks": PURPOSES[first.purpose]}
        yield codes.PROTECTED_HOST.at(_SOMEWHERE, hint=hint, related=(), **words)
    suffix = match is not Match.EXACT and is_public_suffix(host)
    if suffix or is_platform(host, match, catalogue):
        hint = f"name the app's own host, such as `chat.{host}`, or mark it `shared: true`"
        breaks = _lives_there(host, catalogue)
        yield codes.SHARED_PLATFORM.at(_SOMEWHERE, domain=host, breaks=breaks, hint=hint)


def _url(text: str, span: Span, catalogue: Catalogue) -> Iterator[Diagnostic]:
    try:
        address = canonical_address(text)
    except AddressError as error:
        yield codes.BAD_ADDRESS.at(span, url=clip(text), why=str(error), hint=error.instead)
        return
    # What nothing may block is not decrypted for a part of it, either.
    met = [row for _, _, row in catalogue.protected_index.meeting(address.host, Match.EXACT)]
    if met:
        first = min(met, key=lambda row: (row.host, row.match))
        words = {"domain": text, "host": first.host, "breaks": PURPOSES[first.purpose]}
        yield codes.PROTECTED_HOST.at(span, hint="leave it out", related=(), **words)


def _lives_there(host: str, catalogue: Catalogue) -> str:
    """What lives on a platform, or on those below it, as far as the catalogue says."""
    said = [row.serves for _, _, row in catalogue.platform_index.within(host) if row.serves]
    return enumerated(said[:_MOST_SAID]) if said else "every site there"


_MOST_SAID = 2


def _not_a_host(text: str, span: Span) -> Diagnostic | None:
    try:
        canonical_host(text)
    except HostError as error:
        return _no_host(text, span, error)
    return None


def _no_host(text: str, span: Span, error: HostError) -> Diagnostic:
    return codes.BAD_DOMAIN.at(span, domain=clip(text), why=str(error), hint=error.instead)


def is_platform(host: str, match: Match, catalogue: Catalogue) -> bool:
    """Whether a pattern takes in sites of others: a platform, or what is above one."""
    near = catalogue.platform_index.within(host)
    if match is Match.EXACT:
        return any(name == host for name, _, _ in near)
    return bool(near)
