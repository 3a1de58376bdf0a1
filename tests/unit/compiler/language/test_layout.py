"""The canonical layout changes how a policy looks and nothing that it says."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aipol.cli.init import STARTER
from aipol.language.layout import LayoutError, canonical
from aipol.language.load import load_text

MESSY = """\
# top
version:   1
organization:
    name: 'Acme Ltd'   # the name
    contacts: {security: secops@acme.example,
       legal: "legal@acme.example"}


groups:
    fin:
        networks:
        - 10.0.0.0/8
        # second
        - '10.1.0.0/16'
rules:
- id: a
  # why
  apps: ['*', "category:coding",
         chatgpt]
  message: >
     folded text

     and more
  note: |
     kept
       as it is
- id: "yes"
  until: 2027-01-01
  empty:
# end
"""
NEAT = """\
# top
version: 1
organization:
  name: Acme Ltd       # the name
  contacts: {security: secops@acme.example, legal: legal@acme.example}

groups:
  fin:
    networks:
      - 10.0.0.0/8
      # second
      - "10.1.0.0/16"
rules:
  - id: a
    # why
    apps: ["*", "category:coding", chatgpt]
    message: >
      folded text

      and more
    note: |
      kept
        as it is
  - id: "yes"
    until: 2027-01-01
    empty: null
# end
"""


def test_a_messy_policy_becomes_neat() -> None:
    """Indentation, quotes, brackets and empty lines get their one form; comments move along."""
    assert canonical(MESSY) == NEAT


@pytest.mark.parametrize("text", [NEAT, STARTER], ids=["neat", "starter"])
def test_a_neat_policy_stays(text: str) -> None:
    """Laying out twice is laying out once."""
    assert canonical(text) == text


@pytest.mark.parametrize(
    ("written", "neat"),
    [
        ("a: 'plain'\n", "a: plain\n"),
        ("a: '007'\n", 'a: "007"\n'),
        ("a: 'no'\n", 'a: "no"\n'),
        ("a: no\n", "a: no\n"),
        ("a: ''\n", 'a: ""\n'),
        ("a: ~\n", "a: ~\n"),
        ("a: '2027-01-01'\n", 'a: "2027-01-01"\n'),
        ("a: 'it''s'\n", "a: it's\n"),
        ("a: '# no comment'\n", 'a: "# no comment"\n'),
        ('"a b": 1\n', "a b: 1\n"),
        ("a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
        ("a: 1", "a: 1\n"),
        ("a: {b: , c: 1}\n", "a: {b: null, c: 1}\n"),
        ("a: one\n  two\n", "a: one two\n"),
        (f"a: {'word ' * 50}end\n", f"a: {'word ' * 50}end\n"),
        ("a: 0755\nb: 1_000\nc: 0x1F\nd: 1e3\n", "a: 0755\nb: 1_000\nc: 0x1F\nd: 1e3\n"),
        ("<<: 1\n", "<<: 1\n"),
        ("a: [{b: 1}, {c: 2}]\n", "a: [{b: 1}, {c: 2}]\n"),
        ("a: ['b:c', b:c]\n", 'a: ["b:c", b:c]\n'),
    ],
)
def test_quotes_stay_where_any_reader_needs_them(written: str, neat: str) -> None:
    """A text that some reader takes for a number, a date or a truth value keeps its quotes."""
    assert canonical(written) == neat


@pytest.mark.parametrize("text", ["a: [ # why\n  1, 2]\n", "# why\n---\na: 1\n"])
def test_a_comment_is_never_lost(text: str) -> None:
    """Where a comment has no place in the layout, the file is left as it is."""
    with pytest.raises(LayoutError, match="comment"):
        canonical(text)


_WORDS = st.sampled_from(
    ["a", "b c", "yes", "007", "1.5", "2027-01-01", "*", "x: y", "# c", "it's", 'say "so"', "", "é"]
)
_VALUES = st.recursive(
    _WORDS | st.booleans() | st.integers(-9, 99) | st.none(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(_WORDS, below, max_size=3),
    max_leaves=10,
)
_STYLES = st.sampled_from([None, True, False])


@given(
    st.dictionaries(_WORDS, _VALUES, min_size=1, max_size=4), _STYLES, st.sampled_from([2, 3, 7])
)
def test_any_policy_keeps_its_values(value: dict[str, Any], flow: bool | None, indent: int) -> None:
    """Whatever the style it was written in, the values stay and a second run changes nothing."""
    text = yaml.safe_dump(value, default_flow_style=flow, indent=indent, width=40)
    before, findings = load_text("p.yaml", text)
    if before is None or findings:
        return
    try:
        neat = canonical(text)
    except LayoutError:
        return
    after, _ = load_text("p.yaml", neat)
    assert after is not None
    assert after.value == before.value
    assert canonical(neat) == neat
