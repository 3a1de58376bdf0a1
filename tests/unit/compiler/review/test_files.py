"""What differs between two sets of files."""

from __future__ import annotations

from aipol.review.files import FileChange, Step, file_changes


def test_each_file_that_differs_is_told_once() -> None:
    """Added, removed and changed; what is equal is not."""
    found = file_changes(
        {"t/a": b"1", "t/b": b"1", "t/c": b"1"}, {"t/a": b"1", "t/b": b"2", "u/d": b""}
    )
    assert [(each.path, each.step, each.target) for each in found] == [
        ("t/b", Step.CHANGED, "t"),
        ("t/c", Step.REMOVED, "t"),
        ("u/d", Step.ADDED, "u"),
    ]


def test_lines_that_only_one_has_are_counted() -> None:
    """Each as often as it is there; of what is no text nothing is counted."""
    change = FileChange("t/a", b"a\nb\nb\n", b"b\na\nc\n")
    assert change.counts == (1, 1)
    assert FileChange("t/a", b"\xff", b"a").counts is None
    assert list(FileChange("t/a", b"\xff", b"a").unified()) == ["t/a: other bytes"]


def test_a_short_file_is_shown_in_order_and_a_long_one_in_time() -> None:
    """The lines around a difference; or, of a hundred thousand, those that differ."""
    lines = list(FileChange("t/a", b"a\nb\n", b"a\nc\n").unified())
    assert lines[-3:] == [" a", "-b", "+c"]
    many = [f"host-{number}.example" for number in range(100_000)]
    sides = ("\n".join(side).encode() for side in (many, [*many[1:], "new.example"]))
    assert list(FileChange("t/a", *sides).unified()) == ["-host-0.example", "+new.example"]
