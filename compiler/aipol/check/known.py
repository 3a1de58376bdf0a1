"""The names a policy may use: the catalogue's and those the policy declares itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from aipol.catalogue.hosts import HostIndex
from aipol.catalogue.model import App as CatalogueApp
from aipol.catalogue.model import ProtectedHost, SharedPlatform
from aipol.language.assemble import Assembled
from aipol.language.model import App
from aipol.language.words import enumerated, listed, near
from aipol.vocabulary import Surface

_SHORTEST_PART, _MOST_GUESSES = 3, 3


class Catalogue(Protocol):
    """What the checks ask of a catalogue."""

    @property
    def ids(self) -> Sequence[str]:
        """The apps' ids."""
        ...

    @property
    def categories(self) -> Sequence[str]:
        """The categories' names."""
        ...

    @property
    def vendors(self) -> Mapping[str, object]:
        """Vendors by slug."""
        ...

    @property
    def protected_index(self) -> HostIndex[ProtectedHost]:
        """Hosts that no rule may block."""
        ...

    @property
    def platform_index(self) -> HostIndex[SharedPlatform]:
        """Suffixes under which unrelated sites live."""
        ...

    def app(self, app_id: str) -> CatalogueApp:
        """The app with this id."""
        ...


@dataclass(frozen=True, slots=True)
class KnownApp:
    """What a check needs to know of an app, wherever it is declared."""

    id: str
    name: str
    vendor: str
    category: str
    edition_of: str | None
    surfaces: frozenset[Surface]


class Known:
    """Every app by id, the policy's own entries laid over the catalogue's."""

    def __init__(self, assembled: Assembled, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.declared = {key: placed.value for key, placed in assembled.apps.items()}
        self._ids = frozenset(catalogue.ids)
        self.ids = self._ids | self.declared.keys()
        own = {app.vendor for app in self.declared.values() if app.vendor}
        self.vendors = frozenset(catalogue.vendors) | own
        self.categories = frozenset(catalogue.categories)

    def in_catalogue(self, app_id: str) -> bool:
        """Whether the catalogue has the app, whatever the policy says of it."""
        return app_id in self._ids

    def app(self, app_id: str) -> KnownApp:
        """The app with this id, as the policy leaves it."""
        base = self.catalogue.app(app_id) if app_id in self._ids else None
        own = self.declared.get(app_id, App())
        return KnownApp(
            id=app_id,
            name=own.name or (base.name if base else app_id),
            vendor=own.vendor or (base.vendor if base else ""),
            category=own.category or (base.category if base else ""),
            edition_of=base.edition_of if base else None,
            surfaces=_surfaces(own) | frozenset(base.surfaces if base else ()),
        )

    def apps(self) -> Iterable[KnownApp]:
        """Every app, by id."""
        return (self.app(app_id) for app_id in sorted(self.ids))

    def selected(self, selectors: Iterable[str]) -> frozenset[str]:
        """Ids of what known selectors stand for; editions stand for nothing of their own."""
        chosen: set[str] = set()
        for selector in selectors:
            kind, _, name = selector.rpartition(":")
            if selector == "*":
                chosen |= self.ids
            elif kind == "category":
                chosen |= {app.id for app in self.apps() if app.category == name}
            elif kind == "vendor":
                chosen |= {app.id for app in self.apps() if app.vendor == name}
            else:
                chosen |= {selector} & self.ids
        return frozenset(chosen)

    def hint(self, word: str) -> str:
        """What an unknown app was most likely meant to be."""
        for kind, names in (("category", self.categories), ("vendor", self.vendors)):
            if word in names:
                return f"did you mean `{kind}:{word}`?"
        if ":" in word:
            return "selectors are `category:<name>`, `vendor:<name>` and `*`"
        return self.app_hint(word)

    def app_hint(self, word: str) -> str:
        """The same where a single app is wanted, so that only ids are of use."""
        parts = self._with_part(word) or self._of_vendor(word)
        if parts:
            return f"did you mean {enumerated([f'`{part}`' for part in parts], 'or')}?"
        by_name = {app.name: app.id for app in self.apps()} | {known: known for known in self.ids}
        guess = near(word, by_name)
        if guess is None:
            return "`aipol catalog` lists the apps; declare one of your own under `apps`"
        meant = by_name[guess]
        return (
            f"did you mean `{meant}`?" if guess == meant else f"did you mean `{meant}` ({guess})?"
        )

    def _with_part(self, word: str) -> tuple[str, ...]:
        """The apps whose id contains `word`, those with the least besides it first."""
        if len(word) < _SHORTEST_PART:
            return ()
        ids = (app.id for app in self.apps() if not app.edition_of)
        parts = [known for known in ids if word.casefold() in known]
        return tuple(sorted(parts, key=lambda known: (len(known), known))[:_MOST_GUESSES])

    def _of_vendor(self, word: str) -> tuple[str, ...]:
        ids = [app.id for app in self.apps() if app.vendor == word and not app.edition_of]
        return tuple(ids[:_MOST_GUESSES])


def has_identifier(app: App) -> bool:
    """Whether the policy itself gives anything by which a target could know the app."""
    parts = (app.macos, app.windows, app.extensions)
    nested = any(value for part in parts if part is not None for value in dict(part).values())
    hosts = app.domains or app.urls
    return bool(nested or hosts or app.binaries or app.entra_app_id or app.mda_app_id)


def hint_or_list(word: str, known: Iterable[str], otherwise: str) -> str:
    """A near miss, or what there is, or what to do when there is nothing."""
    names = sorted(known)
    guess = near(word, names)
    if guess is not None:
        return f"did you mean `{guess}`?"
    return f"known: {listed(names)}" if names else otherwise


def _surfaces(app: App) -> frozenset[Surface]:
    roles = {*(each.role for each in app.domains or ()), *(each.role for each in app.urls or ())}
    extensions = app.extensions
    browsers = extensions and (extensions.chrome or extensions.edge or extensions.firefox)
    editors = extensions and (extensions.vscode or extensions.jetbrains)
    found = {
        Surface.WEB: "ui" in roles,
        Surface.API: "api" in roles,
        Surface.DESKTOP: bool(app.macos or app.windows),
        Surface.EXTENSION: bool(browsers),
        Surface.IDE: bool(editors),
        Surface.CLI: bool(app.binaries),
        Surface.CONNECTOR: bool(app.entra_app_id),
    }
    return frozenset(surface for surface, present in found.items() if present)
