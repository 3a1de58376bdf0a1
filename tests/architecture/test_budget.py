"""A module fits in a sitting and a function on a screen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULE_LINES = 400
FUNCTION_LINES = 40
HARD_LINES = 50

# Functions between the budget and the hard limit, each with why it reads better in one piece.
EARNED: dict[str, str] = {}


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, int]]:
    """Give every function's dotted name and its number of lines, decorators left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}{node.name}"
            if not isinstance(node, ast.ClassDef):
                yield name, (node.end_lineno or node.lineno) - node.lineno + 1
            yield from functions(node, f"{name}.")
        else:
            yield from functions(node, prefix)


def over_budget(label: str, source: str, earned: dict[str, str]) -> list[str]:
    """Say what in one module is larger than it may be."""
    lines = source.count("\n")
    found = [f"{label}: {lines} lines"] if lines > MODULE_LINES else []
    for name, size in functions(ast.parse(source)):
        limit = HARD_LINES if f"{label}:{name}" in earned else FUNCTION_LINES
        if size > limit:
            found.append(f"{label}:{name}: {size} lines")
    return found


def _sources() -> dict[str, str]:
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for source_root in ("compiler", "targets")
        for path in sorted((ROOT / source_root).rglob("*.py"))
    }


def _function(lines: int) -> str:
    return "def long():\n" + "    pass\n" * (lines - 1)


def test_every_module_and_function_is_within_budget() -> None:
    """Modules have at most 400 lines and functions at most 40."""
    sources = _sources()
    assert sources
    assert [
        each for label, text in sources.items() for each in over_budget(label, text, EARNED)
    ] == []


def test_the_allow_list_holds_only_what_needs_it() -> None:
    """A function that became short leaves the allow list."""
    needed = {
        f"{label}:{name}"
        for label, text in _sources().items()
        for name, size in functions(ast.parse(text))
        if size > FUNCTION_LINES
    }
    assert set(EARNED) - needed == set()


def test_a_long_function_is_found_wherever_it_hides() -> None:
    """Methods and functions in an `if` count like any other."""
    body = _function(FUNCTION_LINES + 1).replace("\n", "\n    ").rstrip()
    assert over_budget("m.py", _function(FUNCTION_LINES + 1), {}) == ["m.py:long: 41 lines"]
    assert over_budget("m.py", f"class C:\n    {body}\n", {}) == ["m.py:C.long: 41 lines"]
    assert over_budget("m.py", f"if True:\n    {body}\n", {}) == ["m.py:long: 41 lines"]


def test_nothing_earns_more_than_the_hard_limit() -> None:
    """The allow list stretches the budget to 50 lines and no further."""
    earned = {"m.py:long": "a table"}
    assert over_budget("m.py", _function(HARD_LINES), earned) == []
    assert over_budget("m.py", _function(HARD_LINES + 1), earned) == ["m.py:long: 51 lines"]


def test_a_long_module_is_found() -> None:
    """A module of 401 lines is reported."""
    assert over_budget("m.py", "x = 1\n" * (MODULE_LINES + 1), {}) == ["m.py: 401 lines"]
