"""Expressions that mean the same are the same, and those that do not are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aipol_targets.cloudflare.remote_expression import joined, meaning, named, parts

ID = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
BARE = ID.replace("-", "")


def said(text: str) -> str:
    """What an expression means."""
    return json.dumps(meaning(parts(text)))


SAME = {
    "dashes": (f"a in ${ID}", f"a in ${BARE}"),
    "case of an id": (f"a in ${ID.upper()}", f"a in ${BARE}"),
    "white space": (f"any( d[*]  in ${ID} )\n", f"any(d[*] in ${ID})"),
    "a set": ("a in {80  443}", "a in {443 80}"),
    "outer parentheses": ('((a == "x"))', 'a == "x"'),
    "inner parentheses": ("a == 1 and (b == 2 and c == 3)", "a == 1 and b == 2 and c == 3"),
    "not of one": ("not(a in {1})", "not (a in {1})"),
    "not without": ("not a in {1}", "not(a in {1})"),
    "other words": ('a eq "x" && !(b ne "y") || c', '((a == "x") and (not(b != "y"))) or c'),
    "nothing": (" ", ""),
}
OTHER = {
    "another list": (f"a in ${ID}", f"a in ${'1' * 32}"),
    "another operator": ("a == 1 and b == 2", "a == 1 or b == 2"),
    "not": ("not(a == 1)", "a == 1"),
    "where not ends": ("not(a == 1 and b == 2)", "not(a == 1) and b == 2"),
    "groups": ("(a == 1 or b == 2) and c == 3", "a == 1 or (b == 2 and c == 3)"),
    "groups of not": ("not(a == 1 or b == 2)", "not(a == 1) or not(b == 2)"),
    "case of a text": ('a == "X"', 'a == "x"'),
    "space in a text": ('a == "x  y"', 'a == "x y"'),
    "a set of one less": ("a in {1 2}", "a in {1}"),
    "all": ("all(a[*] in {1})", "any(a[*] in {1})"),
    "a host for its domains": ("http.request.host in {1}", "http.request.domains in {1}"),
    "a network": ("a in {10.0.0.0/8}", "a in {10.0.0.0/9}"),
    "text that looks like words": ('a == "b or c"', 'a == "b" or c'),
    "a text for a list": (f'a == "${ID}"', f"a == ${ID}"),
}


@pytest.mark.parametrize("how", [name for name in SAME if name != "other words"])
def test_what_is_only_written_differently_is_the_same(how: str) -> None:
    """As the API may store it."""
    one, other = SAME[how]
    assert said(one) == said(other)


@pytest.mark.parametrize("how", OTHER)
def test_what_means_something_else_is_something_else(how: str) -> None:
    """No edit is taken for the API's own writing."""
    one, other = OTHER[how]
    assert said(one) != said(other)


def test_what_has_two_operators_is_compared_by_its_words() -> None:
    """Which binds stronger is nowhere said, and a change of the order is a change."""
    mixed = "a == 1 and b == 2 or c == 3"
    assert said(mixed) == said("a  ==  1 and b eq 2 || c == 3")
    assert said(mixed) != said("(a == 1 and b == 2) or c == 3")


@pytest.mark.parametrize(
    "odd", ["a in", "(a", "a)", "any(", "a in {", "$", '"', "not", "a in {$x}", "&", "(" * 1_000]
)
def test_what_is_no_expression_has_a_meaning_of_its_own(odd: str) -> None:
    """Others' policies are read, too; none stops a plan."""
    assert said(odd) != said("a == 1")


def test_an_expression_is_put_together_as_it_was() -> None:
    """With the ids as lists have them."""
    text = f'any(d[*] in ${BARE}) or e in ${ID} and f == "$"'
    assert joined(parts(text)) == text.replace(BARE, ID)


def test_every_expression_of_the_files_is_understood() -> None:
    """None of ours is compared by its words."""
    case = Path(__file__).parents[4] / "cases/cloudflare/expected/cloudflare/rules.json"
    for bodies in json.loads(case.read_text()).values():
        for body in bodies or ():
            assert "words" not in json.dumps(meaning([*named(body["traffic"])]))
