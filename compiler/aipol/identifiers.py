"""List what an enforcement point can recognise an app by, as questions a reader can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aipol.catalogue.model import App, Extension, Feature, Identifier, IdentifierKind, Store
from aipol.target import Kind
from aipol.vocabulary import Surface

_EDITORS = (Store.VSCODE, Store.JETBRAINS)
_FORMS = {
    IdentifierKind.PROCESS: "macos:process",
    IdentifierKind.APP_NAME: "macos:process",
    IdentifierKind.BUNDLE_ID: "macos:bundle",
    IdentifierKind.EXE: "windows:exe",
    IdentifierKind.WINGET_ID: "windows:winget",
    IdentifierKind.PFN: "windows:family",
    IdentifierKind.PRODUCT_CODE: "windows:product",
    IdentifierKind.BINARY: "cli:binary",
}


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """One identifier: `form` says of what sort (`macos:process`, `chrome` ...), `value` which."""

    kind: Kind
    form: str
    value: str

    @property
    def question(self) -> str:
        """The `value` of the question that asks about it."""
        return self.value if self.kind is Kind.FEATURE else f"{self.form}:{self.value}"


def marks(app: App, surface: Surface) -> tuple[Mark, ...]:
    """The identifiers, other than hosts, by which `surface` of `app` can be recognised."""
    return tuple(sorted(set(_marks(app, surface))))


def program(kind: IdentifierKind, value: str) -> Mark:
    """How a device recognises a program: a bundle's file name and its process are one name.

    KeyError where `kind` is not one by which a program is recognised.
    """
    return Mark(Kind.PROGRAM, _FORMS[kind], value.removesuffix(".app"))


def mark_of(row: object) -> Mark | None:
    """The identifier in a row of an app; None where no enforcement point is asked about such."""
    match row:
        case Identifier(kind=kind, value=value) if kind in _FORMS:
            return program(kind, value)
        case Extension(store=store, id=name):
            return Mark(Kind.EXTENSION, store.value, name)
        case Feature():
            return Mark(Kind.FEATURE, "", row.value)
        case _:
            return None


def _marks(app: App, surface: Surface) -> Iterator[Mark]:
    match surface:
        case Surface.DESKTOP | Surface.CLI:
            for found in (*app.macos, *app.windows, *app.cli):
                # A shared or generic name would stop programs that are not this app.
                usable = found.match_alone and not found.shared and found.surface is surface
                if usable and found.kind in _FORMS:
                    yield program(found.kind, found.value)
        case Surface.EXTENSION | Surface.IDE:
            for extension in app.extensions:
                if (extension.store in _EDITORS) == (surface is Surface.IDE):
                    yield Mark(Kind.EXTENSION, extension.store.value, extension.id)
        case Surface.BUILTIN:
            for feature in app.features:
                yield Mark(Kind.FEATURE, "", feature.value)
        case Surface.WEB | Surface.API | Surface.CONNECTOR:
            return
