"""Long runs of lines are read at once, and mean what they mean line by line."""

from __future__ import annotations

from typing import Any

import pytest

from aipol.language import load, runs
from aipol.language.runs import MOST_KEYS, SHORTEST, shortened

LINES = SHORTEST + 5
FORMS = {
    "plain": "    - {{domain: h{0}.example, match: exact}}",
    "one key": "    - {{domain: 7h{0}.example}}",
    "numbers": "    - {{domain: h, n: {0}, f: 1.5, t: true}}",
}
AROUND = {
    "nothing else": ("apps:\n  a:\n    domains:\n", ""),
    "more below": ("apps:\n  a:\n    domains:\n", "    - {domain: b, match: exact}\nend: [a, b]\n"),
    "more above": ("x: 1\n\n# c\ny:\n  - a: |\n      t\n    domains:\n", "z: |\n  t\n  u\n"),
    "two runs": ("a:\n", "    - x\nb:\n{run}c:\n  - d\n"),
    "no last line end": ("a:\n", "b: |\n  t"),
}
NOT_A_RUN = {
    "a text": "a: |\n{run}b: 1\n",
    "a list in brackets": "a: [\n{run}]\n",
    "a sentence": "a: b\n{run}",
    "a null": "a:\n{run}    - {{domain: null, match: exact}}\n",
    "another indent": "a:\n{run}     - {{domain: h, match: exact}}\n",
    "a list below": "a:\n{run}      - b\n",
    "a fault elsewhere": "a:\n{run}b: &c 1\nb: 2\n",
    "a key again": "a:\n{run}a:\n{run}",
    "a mapping": "a:\n  b: 1\n{run}",
}


def read(file: str, text: str) -> tuple[Any, ...]:
    """What a text is read as, places and findings included."""
    return _plain(*load.load_text(file, text))


def line_by_line(file: str, text: str) -> tuple[Any, ...]:
    """The same without reading anything at once."""
    return _plain(*load._whole(file, text))


def _plain(document: Any, findings: tuple[Any, ...]) -> tuple[Any, ...]:
    if document is None:
        return None, findings
    places = dict(document.keys), dict(document.values)
    assert (len(document.keys), len(document.values)) == tuple(map(len, places))
    return document.value, *places, document.holes, document.text, findings


def run_of(form: str) -> str:
    """Lines enough to be a run."""
    return "".join(f"{form.format(number)}\n" for number in range(LINES))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND.keys())
def test_a_run_means_what_its_lines_mean(form: str, around: tuple[str, str]) -> None:
    """Values and places are the same, whatever stands above and below."""
    run = run_of(form)
    text = around[0] + run + around[1].replace("{run}", run)
    short = shortened(text)
    assert short is not None
    assert len(short.text.splitlines()) < len(text.splitlines()) - SHORTEST
    assert load._shortened("f", text) is not None
    assert read("f", text) == line_by_line("f", text)


@pytest.mark.parametrize("text", NOT_A_RUN.values(), ids=NOT_A_RUN.keys())
def test_what_only_looks_like_a_run_is_read_line_by_line(text: str) -> None:
    """A text, a fault or another list is what it was, with the same findings."""
    whole = text.format(run=run_of(FORMS["plain"]))
    assert read("f", whole) == line_by_line("f", whole)


def test_few_lines_are_no_run() -> None:
    """A short list is not worth it, and other line ends are not told apart."""
    few = "a:\n" + "- {b: c}\n" * (SHORTEST - 1)
    assert shortened(few) is None
    assert shortened("a:\r\n" + "- {b: c}\n" * LINES) is None


MIXED = {
    "other keys on each line": [f"- {{{'k' * (n + 1)}: a, z: b}}" for n in range(LINES)],
    "two forms in turn": ["- {a: b}", "- {c: d}"] * LINES,
    "two lines of each form": ["- {a: b}", "- {a: c}", "- {c: d}", "- {c: e}"] * LINES,
    "one line too few": (["- {a: b}"] * (SHORTEST - 1) + ["- {c: d}"] * (SHORTEST - 1)) * 3,
    "another order": ["- {a: b, c: d}", "- {c: d, a: b}"] * LINES,
    "one long line": ["- {" + ", ".join(f"{'k' * (n + 1)}: a" for n in range(400)) + "}"],
    "lines too long": ["- {" + ", ".join(f"{'k' * (n + 1)}: a" for n in range(MOST_KEYS + 1)) + "}"]
    * LINES,
}


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What patterns are made of from now on."""
    made: list[Any] = []
    form = runs._form

    def noted(shape: Any) -> Any:
        made.append(shape)
        return form(shape)

    monkeypatch.setattr(runs, "_form", noted)
    return made


@pytest.mark.parametrize("lines", MIXED.values(), ids=MIXED.keys())
def test_lines_that_are_no_run_cost_no_pattern(
    lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is made for a run alone: to make it for each line takes longer than to read the line."""
    made = counted(monkeypatch)
    text = "a:\n" + "".join(f"{line}\n" for line in lines)
    assert shortened(text) is None
    assert made == []
    assert read("f", text) == line_by_line("f", text)


def test_each_run_costs_one_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it is, and with as many keys as a line of one may have."""
    made = counted(monkeypatch)
    keys = ", ".join(f"{'k' * (n + 1)}: a" for n in range(MOST_KEYS))
    text = "a:\n" + "- {b: c}\n" * SHORTEST + "- {b: c, d: e}\n" + f"- {{{keys}}}\n" * LINES
    short = shortened(text)
    assert short is not None
    assert [len(run.rows) for run in short.runs] == [SHORTEST, LINES]
    assert [len(shape.keys) for shape in made] == [1, MOST_KEYS]
    assert read("f", text) == line_by_line("f", text)
