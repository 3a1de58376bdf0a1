"""Which identifiers can be asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aipol.catalogue import load_catalogue
from aipol.catalogue.kinds import STOPPING_KINDS
from aipol.catalogue.model import (
    DECIDING_KINDS,
    App,
    Extension,
    Feature,
    Identifier,
    IdentifierKind,
    Store,
    Tier,
)
from aipol.identifiers import _FORMS, Mark, marks
from aipol.target import Kind
from aipol.vocabulary import Surface


def identifier(kind: IdentifierKind, value: str, **more: Any) -> Identifier:
    """A desktop program's identifier."""
    return Identifier(kind, value, "s", Tier.A, Surface.DESKTOP, **more)


APP = App(
    "chatty",
    "Chatty",
    "acme",
    "chat",
    "chat",
    "s",
    macos=(
        identifier(IdentifierKind.APP_NAME, "Chatty.app"),
        identifier(IdentifierKind.PROCESS, "Chatty"),
        identifier(IdentifierKind.PROCESS, "Helper", match_alone=False),
        identifier(IdentifierKind.TEAM_ID, "ABCDE12345"),
    ),
    windows=(
        identifier(IdentifierKind.EXE, "chatty.exe"),
        identifier(IdentifierKind.EXE, "python.exe", shared=True),
    ),
    cli=(Identifier(IdentifierKind.BINARY, "chatty", "s", Tier.A, Surface.CLI),),
    extensions=(
        Extension(Store.CHROME, "abc", "Chatty", "s", Tier.A),
        Extension(Store.VSCODE, "acme.chatty", "Chatty", "s", Tier.A),
    ),
    features=(Feature.SIRI,),
)


def test_a_program_is_asked_about_once_by_each_name() -> None:
    """An app bundle and its process are one name; generic and shared names are not asked about."""
    assert marks(APP, Surface.DESKTOP) == (
        Mark(Kind.PROGRAM, "macos:process", "Chatty"),
        Mark(Kind.PROGRAM, "windows:exe", "chatty.exe"),
    )


def test_a_command_is_no_desktop_program() -> None:
    """What is reached in a shell belongs to the surface `cli` alone."""
    assert [mark.question for mark in marks(APP, Surface.CLI)] == ["cli:binary:chatty"]


def test_browser_and_editor_extensions_are_two_surfaces() -> None:
    """A browser's extension is asked about under `extension`, an editor's under `ide`."""
    assert [mark.question for mark in marks(APP, Surface.EXTENSION)] == ["chrome:abc"]
    assert [mark.question for mark in marks(APP, Surface.IDE)] == ["vscode:acme.chatty"]


def test_a_feature_is_asked_about_by_its_id() -> None:
    """A built-in feature needs no form."""
    assert [mark.question for mark in marks(APP, Surface.BUILTIN)] == ["siri"]


def test_hosts_and_grants_are_not_marks() -> None:
    """The web, APIs and connectors are recognised by other things than a mark."""
    for surface in (Surface.WEB, Surface.API, Surface.CONNECTOR):
        assert marks(APP, surface) == ()


def test_every_mark_of_the_catalogue_can_be_put_as_a_question() -> None:
    """Questions are unique for each kind, whatever the catalogue holds."""
    for app in load_catalogue().apps():
        for surface in Surface:
            found = marks(app, surface)
            assert len({(mark.kind, mark.question) for mark in found}) == len(found)
            assert all(mark.value and not mark.value.endswith(".app") for mark in found)


def test_what_decides_is_what_a_mark_is_made_of() -> None:
    """The kinds that the catalogue says decide are those that readers can be asked about."""
    assert set(_FORMS) == DECIDING_KINDS


def test_no_target_looks_for_the_id_of_a_package() -> None:
    """A kind that decides and does not stop is one whose form stands in no target's code."""
    targets = Path(__file__).parents[3] / "targets"
    code = "".join(path.read_text(encoding="utf-8") for path in targets.rglob("*.py"))
    assert {IdentifierKind.WINGET_ID} == DECIDING_KINDS - STOPPING_KINDS
    assert f'"{_FORMS[IdentifierKind.WINGET_ID]}"' not in code
    assert f'"{_FORMS[IdentifierKind.PRODUCT_CODE]}"' in code
