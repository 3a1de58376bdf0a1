"""Dependencies point one way: targets know the compiler's contracts, never each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMPILER, TARGETS = ROOT / "compiler", ROOT / "targets"

# What a target may know of the compiler: contracts and writers, no stage of the pipeline.
CONTRACTS = (
    "aipol.addresses",
    "aipol.audience",
    "aipol.blocklist",
    "aipol.catalogue.model",
    "aipol.diagnostics",
    "aipol.domains",
    "aipol.bypasses",
    "aipol.claims",
    "aipol.hosts",
    "aipol.identifiers",
    "aipol.ir",
    "aipol.reader",
    "aipol.remote",
    "aipol.scoping",
    "aipol.secret",
    "aipol.segments",
    "aipol.source",
    "aipol.target",
    "aipol.vocabulary",
)
SHARED = "common"  # the one folder of aipol_targets that every target may import
COMPOSITION_ROOT = "aipol.cli.composition"  # the only module of aipol that knows the targets
EMITTERS = ("lower", "render")  # what a reader must not have seen


@dataclass(frozen=True, slots=True)
class Module:
    """One source file under its dotted name."""

    name: str
    is_package: bool
    tree: ast.Module

    @property
    def folder(self) -> str:
        """The target a module of aipol_targets belongs to, or nothing."""
        parts = self.name.split(".")
        inside = parts[0] == "aipol_targets" and (len(parts) > 2 or self.is_package)
        return parts[1] if inside and len(parts) > 1 else ""


def module(name: str, source: str, *, is_package: bool = False) -> Module:
    """Parse source under a dotted name."""
    return Module(name, is_package, ast.parse(source))


def modules_below(source_root: Path) -> tuple[Module, ...]:
    """Parse every module of a source root."""
    found: list[Module] = []
    for path in sorted(source_root.rglob("*.py")):
        parts = path.relative_to(source_root).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        found.append(module(name, path.read_text(encoding="utf-8"), is_package=is_package))
    return tuple(found)


def _absolute(importer: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = importer.name.split(".")
    base = parts[: len(parts) - node.level + (1 if importer.is_package else 0)]
    return ".".join((*base, node.module) if node.module else base)


def imported(importer: Module) -> Iterator[str]:
    """Give every dotted name a module imports, names taken from a package included."""
    for node in ast.walk(importer.tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(names=names):
                origin = _absolute(importer, node)
                yield from (f"{origin}.{alias.name}" for alias in names)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__")
                | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name
            case _:
                pass


def _within(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.")


def _target_violations(importer: Module) -> Iterator[str]:
    siblings_allowed = {importer.folder, SHARED}
    for name in imported(importer):
        parts = name.split(".")
        if parts[0] == "aipol" and not any(_within(name, contract) for contract in CONTRACTS):
            yield f"{importer.name} imports {name}, which is not a contract"
        if parts[0] == "aipol_targets" and importer.folder:
            if len(parts) < 2:
                yield f"{importer.name} imports the list of all targets"
            elif parts[1] not in siblings_allowed:
                yield f"{importer.name} imports {name}, a sibling"


def _reader_violations(modules: tuple[Module, ...]) -> Iterator[str]:
    by_name = {each.name: each for each in modules}
    for reader in modules:
        if not reader.folder or reader.name.split(".")[2:3] != ["read"]:
            continue
        home = f"aipol_targets.{reader.folder}"
        emitters = tuple(f"{home}.{stage}" for stage in EMITTERS)
        seen, waiting = {reader.name}, [reader]
        while waiting:
            for name in imported(waiting.pop()):
                if any(_within(name, emitter) for emitter in emitters):
                    yield f"{reader.name} reaches {name}: it would repeat the emitter's mistakes"
                for candidate in (name, name.rpartition(".")[0]):
                    own = by_name.get(candidate) if _within(candidate, f"{home}") else None
                    if own and candidate != home and candidate not in seen:
                        seen.add(candidate)
                        waiting.append(own)


def violations(compiler: tuple[Module, ...], targets: tuple[Module, ...]) -> list[str]:
    """Every import that points the wrong way."""
    found = [
        f"{importer.name} imports {name}: only {COMPOSITION_ROOT} knows the targets"
        for importer in compiler
        if importer.name != COMPOSITION_ROOT
        for name in imported(importer)
        if _within(name, "aipol_targets")
    ]
    found += [fault for importer in targets for fault in _target_violations(importer)]
    found += _reader_violations(targets)
    return sorted(set(found))


def test_every_import_points_the_right_way() -> None:
    """No module of the two source roots imports against the direction of the architecture."""
    compiler, targets = modules_below(COMPILER), modules_below(TARGETS)
    assert compiler
    assert targets
    assert violations(compiler, targets) == []


@pytest.mark.parametrize(
    ("importer", "statement"),
    [
        ("aipol.resolve.decide", "import aipol_targets"),
        ("aipol.cli.app", "from aipol_targets import jamf"),
        ("aipol.cli.app", "def f():\n    from aipol_targets.jamf import target"),
        ("aipol.cli.app", "import importlib\nimportlib.import_module('aipol_targets')"),
        ("aipol_targets.jamf.lower", "from aipol.resolve import decide"),
        ("aipol_targets.jamf.lower", "from aipol import pipeline"),
        ("aipol_targets.jamf.lower", "import aipol"),
        ("aipol_targets.jamf.lower", "from aipol.irrelevant import thing"),
        ("aipol_targets.jamf.lower", "from aipol_targets.intune import target"),
        ("aipol_targets.jamf.lower", "from aipol_targets import intune"),
        ("aipol_targets.jamf.lower", "from ..intune import target"),
        ("aipol_targets.jamf.lower", "import aipol_targets"),
        ("aipol_targets.common.names", "from aipol_targets.jamf import target"),
        ("aipol_targets.jamf.read", "from aipol_targets.jamf.render import write"),
        ("aipol_targets.jamf.read", "from aipol_targets.jamf import lower"),
        ("aipol_targets.jamf.read", "from . import lower"),
    ],
)
def test_an_import_against_the_direction_is_found(importer: str, statement: str) -> None:
    """Each injected violation is reported."""
    sample = (module(importer, statement),)
    inside = importer.startswith("aipol_targets")
    assert violations(() if inside else sample, sample if inside else ())


def test_a_reader_that_borrows_an_emitter_through_a_helper_is_found() -> None:
    """The emitters are out of a reader's reach, through any module of its own target."""
    targets = (
        module("aipol_targets.jamf.read", "from aipol_targets.jamf.model import Payload"),
        module("aipol_targets.jamf.model", "from aipol_targets.jamf import lower"),
    )
    assert violations((), targets)


@pytest.mark.parametrize(
    ("importer", "statement"),
    [
        ("aipol.cli.composition", "from aipol_targets import ALL"),
        ("aipol_targets.jamf.lower", "from aipol.ir import Ruling"),
        ("aipol_targets.jamf.lower", "from aipol import ir"),
        ("aipol_targets.jamf.lower", "from aipol.diagnostics.codes import UNKNOWN_APP"),
        ("aipol_targets.jamf.lower", "from aipol_targets.common import text"),
        ("aipol_targets.jamf.target", "from aipol_targets.jamf import lower, read, render"),
        ("aipol_targets.jamf.read", "import plistlib"),
    ],
)
def test_an_import_along_the_direction_is_allowed(importer: str, statement: str) -> None:
    """Contracts, shared helpers and a target's own files may be imported."""
    sample = (module(importer, statement),)
    inside = importer.startswith("aipol_targets")
    assert violations(() if inside else sample, sample if inside else ()) == []


def test_the_list_of_targets_may_import_every_target() -> None:
    """The literal list in aipol_targets/__init__.py is nobody's sibling."""
    source = "from aipol_targets.jamf.target import JAMF\nfrom aipol_targets.intune import target"
    assert violations((), (module("aipol_targets", source, is_package=True),)) == []
