"""Turns a catalogue's content that came from elsewhere into what keeps it from being one.

The lint holds what ships against today's rules. A lock is of another day: all that is asked of it
is what the other stages rely on, so that an older catalogue stays usable as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache, cached_property, partial
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from aipol.catalogue import rules
from aipol.catalogue.forms import address, header, pattern
from aipol.catalogue.load import Catalogue
from aipol.catalogue.lock import Lock, LockError, read_lock
from aipol.catalogue.model import App
from aipol.catalogue.tree import HIDES, LONGEST_TEXT, is_list, is_mapping, unseen
from aipol.language.words import clip

_PARTS = tuple(name for name, it in vars(Catalogue).items() if isinstance(it, cached_property))
_MAPPINGS = frozenset({"apps", "index", "protected", "vendors"})
_LISTS = frozenset({"shared_platforms"})
_WRONG = (AttributeError, KeyError, LookupError, TypeError, ValueError, RecursionError)


def usable_lock(content: bytes) -> Lock:
    """The lock in `content`, fit to be used. Raises LockError."""
    lock = read_lock(content)
    why = unsound(lock.content)
    if why:
        raise LockError(f"{clip(why, 160)} (it was written by aipol {clip(lock.aipol)})")
    return lock


def unsound(content: dict[str, Any]) -> str:
    """The first thing that keeps `content` from being a catalogue; empty where nothing does."""
    for name in sorted({*_MAPPINGS, *_LISTS, *content}):
        wanted = dict if name in _MAPPINGS else list if name in _LISTS else (dict, list)
        if not isinstance(content.get(name), wanted):
            return f"`{name}` is not of a form that this version of aipol knows"
    try:
        catalogue = Catalogue(content)
        broken = next(_misfits(catalogue), "")
        texts = list(_texts(content))
    except _WRONG:
        return "its layout is not of a form that this version of aipol knows"
    if broken:
        return f"{broken} is not of a form that this version of aipol knows"
    if any(map(unseen, texts)):
        return f"it {HIDES}"
    if max(map(len, texts), default=0) > LONGEST_TEXT:
        return f"it has a text of more than {LONGEST_TEXT} characters"
    return next(_astray(catalogue), "")


def _misfits(catalogue: Catalogue) -> Iterator[str]:
    """What cannot be built, or is of other types than its class says."""
    # Apps first: what follows from them would be wrong as well, and says less.
    for app_id in catalogue.ids:
        if not _is_sound(partial(catalogue.app, app_id)):
            yield f"app `{app_id}`"
    for name in _PARTS:
        if not _is_sound(partial(getattr, catalogue, name)):
            yield f"`{name}`"


def _is_sound(build: Callable[[], Any]) -> bool:
    try:
        return _fits_itself(build())
    except _WRONG:
        return False


def _texts(value: Any) -> Iterator[str]:
    if is_mapping(value):
        for key, below in value.items():
            yield key
            yield from _texts(below)
    elif is_list(value):
        for below in value:
            yield from _texts(below)
    elif isinstance(value, str):
        yield value


def _fits_itself(value: Any) -> bool:
    """Whether everything in what was built is of the type that its class says."""
    if is_mapping(value):
        return all(map(_fits_itself, value.values()))
    if isinstance(value, tuple):
        return all(map(_fits_itself, value))
    kind: type[Any] = type(value)
    if not is_dataclass(kind):
        return True
    return all(_is(getattr(value, name), hint) for name, hint in _hints(kind))


@cache
def _hints(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in fields(kind))


def _is(value: Any, hint: Any) -> bool:
    if get_origin(hint) is UnionType:
        return any(_is(value, each) for each in get_args(hint))
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(_is(item, get_args(hint)[0]) for item in value)
    if hint is NoneType or hint is None:
        return value is None
    return type(value) is hint and _fits_itself(value)


def _astray(catalogue: Catalogue) -> Iterator[str]:
    """Hosts that are none, and names of what is not there."""
    for app in catalogue.apps():
        yield from _app_astray(catalogue, app)
    named = [(f"`{row.host}` of `protected`", row.host) for row in catalogue.protected]
    named += [(f"`{row.suffix}`", row.suffix) for row in catalogue.shared_platforms]
    named += [(f"`{row.host}` of `common_hosts`", row.host) for row in catalogue.common_hosts]
    yield from (f"{what} is not a host name" for what, host in named if rules.host(host))


def _app_astray(catalogue: Catalogue, app: App) -> Iterator[str]:
    if rules.slug(app.id):
        yield f"`{app.id}` is no id of an app"
    if app.vendor not in catalogue.vendors:
        yield f"app `{app.id}` is of the vendor `{app.vendor}`, which it does not have"
    if app.category not in catalogue.categories:
        yield f"app `{app.id}` is of the category `{app.category}`, which it does not have"
    if app.edition_of is not None and app.edition_of not in catalogue:
        yield f"app `{app.id}` is an edition of `{app.edition_of}`, which it does not have"
    for host in _hosts(app):
        if rules.host(host):
            yield f"`{host}` of app `{app.id}` is not a host name"
    yield from (f"app `{app.id}`: {why}" for row in app.urls if (why := address(row.url)))
    if app.tenant_restriction is not None:
        if (message := header(app.tenant_restriction.header)) is not None:
            yield f"app `{app.id}`: {message}"
        form = app.tenant_restriction.format
        if form and (message := pattern(form)):
            yield f"app `{app.id}`: {message}"


def _hosts(app: App) -> Iterable[str]:
    yield from (row.domain for row in app.domains)
    if app.tenant_restriction is not None:
        yield from (row.host for row in app.tenant_restriction.hosts)
