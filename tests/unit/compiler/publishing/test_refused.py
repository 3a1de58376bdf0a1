"""Many refusals are told in few lines, and allowed by a command that allows no more."""

from __future__ import annotations

from aipol.diagnostics import Diagnostic, codes
from aipol.report.refused import more, names_to_allow, shown
from aipol.source import whole_file


def _emptied(*names: str) -> list[Diagnostic]:
    return [
        codes.LIST_EMPTIED.at(whole_file(f"web/{name}"), list=name, now="it is new")
        for name in names
    ]


def test_a_folder_is_named_where_all_in_it_is_refused() -> None:
    """The widest such; next to a file that is not refused each is named by itself."""
    refusals = _emptied("lists/edl/a", "lists/edl/b", "pan/c")
    published = {"lists/edl/a", "lists/edl/b", "lists/d", "pan/c", "pan/e"}
    assert names_to_allow("web", refusals, published) == ("lists/edl", "pan/c")
    assert names_to_allow("web", refusals, published - {"lists/d"}) == ("lists", "pan/c")


def test_what_no_name_allows_gets_no_command() -> None:
    """An edited file has an option of its own, and a stranger's has none."""
    stranger = codes.IN_THE_WAY.at(whole_file("web/x"), file="x", why="is there")
    assert names_to_allow("web", [*_emptied("a"), stranger], {"a", "x"}) == ()
    assert names_to_allow("web", [], {"a"}) == ()


def test_the_first_few_of_each_folder_are_shown_and_the_rest_counted() -> None:
    """Nothing is left out without a word."""
    refusals = _emptied(*(f"lists/{number}" for number in range(5)), "pan/a")
    assert [each.span.file for each in shown(refusals)] == [
        "web/lists/0",
        "web/lists/1",
        "web/lists/2",
        "web/pan/a",
    ]
    assert list(more(refusals)) == ["web/lists: 2 more files with AIP601; `--format json` has all"]
