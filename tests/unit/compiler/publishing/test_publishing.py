"""What devices fetch changes only where it has to, can be taken back, and is nobody else's."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from aipol.durable import OutputError, locked
from aipol.publishing.guards import Consent
from aipol.publishing.record import LOCK, RECORD, STATE
from aipol.publishing.ways import backward


def test_a_first_publish_can_be_read_by_a_web_server(web: Any) -> None:
    """Folders and files are for all to read, whatever the umask; what only aipol needs is not."""
    umask = os.umask(0o077)
    try:
        web.give(web.old)
    finally:
        os.umask(umask)
    assert web.served() == dict(web.old)
    modes = {path: stat.S_IMODE((web.place / path).stat().st_mode) for path in ("", "lists")}
    assert modes == {"": 0o755, "lists": 0o755}
    assert stat.S_IMODE((web.place / "lists/a.txt").stat().st_mode) == 0o644
    assert stat.S_IMODE((web.place / STATE).stat().st_mode) == 0o700
    assert stat.S_IMODE((web.place / RECORD).stat().st_mode) == 0o600


def test_a_file_that_stays_the_same_is_not_touched(web: Any) -> None:
    """Its time and its inode stay, so that servers answer `304`."""
    web.give(web.old, now=1_000)
    before, inode = web.times(), (web.place / "lists/same.txt").stat().st_ino
    plan = web.give(web.new, web.going, now=2_000)
    after = web.times()
    assert plan.untouched == 1
    assert after["lists/same.txt"] == before["lists/same.txt"]
    assert (web.place / "lists/same.txt").stat().st_ino == inode
    assert after["lists/a.txt"] == 2_000 * 10**9


def test_publishing_the_same_again_writes_nothing(web: Any) -> None:
    """Not even the record; and the way back still leads to the version before."""
    web.give(web.old)
    web.give(web.new, web.going)
    times, record = web.times(), (web.place / RECORD).stat()
    assert web.give(web.new).settled
    assert web.times() == times
    assert (web.place / RECORD).stat() == record
    web.back()
    assert web.served() == dict(web.old)


@pytest.mark.parametrize("now", [1_000, 500, 1_001])
def test_the_time_of_a_url_never_goes_back(now: int, web: Any) -> None:
    """Two publishes in one second, a clock that was set back, a rollback: each is a newer second.

    A server that compares whole seconds would otherwise tell devices that the old list is current.
    """
    web.give(web.old, now=1_000)
    first = web.times()["lists/a.txt"]
    web.give(web.new, web.going, now=now)
    second = web.times()["lists/a.txt"]
    web.back(now=now)
    third = web.times()["lists/a.txt"]
    assert first < second < third
    assert {time % 10**9 for time in (first, second, third)} == {0}


def test_going_back_gives_the_whole_earlier_set_and_only_once(web: Any) -> None:
    """New files go, those that went are there again; a second time is refused."""
    web.give(web.old)
    web.give(web.new, web.going)
    web.back()
    assert web.served() == dict(web.old)
    assert not (web.place / "lists/deep").exists()
    again = backward(web.there, Consent(), 1_000)
    assert [refusal.code for refusal in again.refusals] == ["AIP607"]
    assert web.served() == dict(web.old)
    web.give(web.new, web.going)
    assert web.served() == dict(web.new)


def test_after_a_first_publish_there_is_no_way_back(web: Any) -> None:
    """What was there before aipol is not aipol's to bring back."""
    web.give(web.old)
    assert [each.code for each in backward(web.there, Consent(), 1).refusals] == ["AIP607"]


def test_only_one_earlier_version_is_kept(web: Any) -> None:
    """What no way back needs is removed: contents of two versions ago, and what is still served."""
    for number in range(4):
        web.give({**web.old, "lists/a.txt": f"{number}\nx\ny\nz\n".encode()})
    kept = [path.read_bytes() for path in (web.place / STATE / "kept").iterdir()]
    assert kept == [b"2\nx\ny\nz\n"]


def test_a_mode_that_somebody_gave_stays(web: Any) -> None:
    """A list that only the web server's group may read is replaced by one like it."""
    web.give(web.old)
    (web.place / "lists/a.txt").chmod(0o640)
    web.give(web.new, web.going)
    assert stat.S_IMODE((web.place / "lists/a.txt").stat().st_mode) == 0o640


# --- what is refused ------------------------------------------------------------------------------


def test_a_folder_is_allowed_to_shrink(web: Any) -> None:
    """All that is below it, and nothing whose name only begins like it."""
    web.give(web.old)
    for name, codes in (("lists", []), ("list", ["AIP603"])):
        plan = web.plan(web.new, Consent(shrinking=frozenset({name})))
        assert [each.code for each in plan.refusals] == codes


LONG = b"".join(b"host%d.test/\n" % number for number in range(100))


@pytest.mark.parametrize(
    ("content", "codes", "message"),
    [
        (b"", ["AIP601"], "`lists/a.txt` would be empty: it has 100 entries now"),
        (b"\n# nothing\n", ["AIP601"], "`lists/a.txt` would be empty: it has 100 entries now"),
        (
            b"".join(LONG.splitlines(keepends=True)[:49]),
            ["AIP602"],
            "`lists/a.txt` would lose 51 of its 100 entries, more than 50 %",
        ),
        (
            LONG.replace(b".test", b".example"),
            ["AIP602"],
            "`lists/a.txt` would lose 100 of its 100 entries, more than 50 %",
        ),
        (b"".join(LONG.splitlines(keepends=True)[:50]), [], ""),
        (None, ["AIP603"], "`lists/a.txt` would be there no more: it has 100 entries"),
    ],
)
def test_a_list_does_not_lose_much_by_accident(
    content: bytes | None, codes: list[str], message: str, web: Any
) -> None:
    """No entries, half of them gone, all of them others, no file: refused with the numbers."""
    web.give({"lists/a.txt": LONG, "lists/b.txt": b"b.test/\n"})
    after = {"lists/b.txt": b"c.test/\nb.test/\n"}
    after |= {} if content is None else {"lists/a.txt": content}
    plan = web.plan(after)
    assert [refusal.code for refusal in plan.refusals] == codes
    assert [refusal.message for refusal in plan.refusals] == [message][: len(codes)]
    if codes:
        assert web.refused(after) == codes
        named = Consent(shrinking=frozenset({"lists/a.txt"}))
        assert web.refused({**after, "lists/b.txt": b""}, named) == ["AIP601"]
        web.give(after, named)
    else:
        web.give(after)
    assert web.served() == after


def test_the_share_can_be_set(web: Any) -> None:
    """One entry of a hundred is more than none."""
    web.give({"lists/a.txt": LONG})
    fewer = {"lists/a.txt": LONG.partition(b"\n")[2]}
    assert web.refused(fewer, Consent(percent=0)) == ["AIP602"]
    web.give(fewer, Consent(percent=1))


def test_a_new_list_without_entries_is_refused(web: Any) -> None:
    """An empty list is an accident the first time too."""
    plan = web.plan({"lists/a.txt": b""})
    assert [refusal.message for refusal in plan.refusals] == [
        "`lists/a.txt` would be empty: it is new"
    ]


def test_rules_may_shrink(web: Any) -> None:
    """Only a list has entries to lose; but without any bytes, or gone, they are an accident too."""
    rules = "lists/rules.csv"
    web.give({**web.old, rules: LONG})
    web.give({**web.old, rules: b"x"})
    assert web.refused({**web.old, rules: b""}) == ["AIP601"]
    assert web.refused({path: each for path, each in web.old.items() if path != rules}) == [
        "AIP603"
    ]


def test_old_lists_can_stay_until_devices_use_them_no_more(web: Any) -> None:
    """With `--keep-old` they are served on, still aipol's, and go when they are named."""
    web.give(web.old)
    plan = web.give(web.new, Consent(keeping=True))
    assert plan.kept == ("lists/gone.txt",)
    assert web.served() == {**web.new, "lists/gone.txt": web.old["lists/gone.txt"]}
    assert web.refused(web.new) == ["AIP603"]
    web.give(web.new, web.going)
    assert web.served() == dict(web.new)


def test_a_file_that_somebody_edited_is_not_overwritten(web: Any) -> None:
    """It is named; with consent it is replaced, and is what going back leads to."""
    web.give(web.old)
    (web.place / "lists/a.txt").write_bytes(b"one.test/\ntwo.test/\nmine.test/\n")
    assert web.refused(web.old) == ["AIP604"]
    assert web.refused(web.new, web.going) == ["AIP604"]
    name = frozenset({"lists/a.txt"})
    web.give(web.new, Consent(web.going.shrinking, name))
    assert web.served() == dict(web.new)
    web.back()
    assert web.served() == {**web.old, "lists/a.txt": b"one.test/\ntwo.test/\nmine.test/\n"}


def test_an_edited_file_is_not_removed_either(web: Any) -> None:
    """What the policy has no more may be what somebody needs."""
    web.give(web.old)
    (web.place / "lists/gone.txt").write_bytes(b"mine.test/\n")
    assert web.refused(web.new, web.going) == ["AIP604"]


def test_an_edit_that_the_policy_makes_too_is_no_edit(web: Any) -> None:
    """Nothing is overwritten where the bytes are the same; the record learns of it."""
    web.give(web.old)
    (web.place / "lists/a.txt").write_bytes(web.new["lists/a.txt"])
    plan = web.give({**web.old, "lists/a.txt": web.new["lists/a.txt"]})
    assert plan.changes == ()
    assert web.plan({**web.old, "lists/a.txt": web.new["lists/a.txt"]}).settled


def test_what_somebody_removed_is_put_back(web: Any) -> None:
    """Nothing is overwritten by that."""
    web.give(web.old)
    (web.place / "lists/a.txt").unlink()
    web.give(web.old)
    assert web.served() == dict(web.old)


def test_a_list_that_somebody_removed_is_still_guarded(web: Any) -> None:
    """Devices have what it held: a shorter one is refused as it would be otherwise."""
    web.give({"lists/a.txt": LONG})
    (web.place / "lists/a.txt").unlink()
    assert web.refused({"lists/a.txt": b"one.test/\n"}) == ["AIP602"]


def test_going_back_leaves_what_was_edited_and_not_published_since(web: Any) -> None:
    """There is nothing to undo in it, and it does not stand in the way of what is urgent."""
    web.give(web.old)
    web.give(web.new, web.going)
    edited = b"mine.test/\nsame.test/\n"
    (web.place / "lists/same.txt").write_bytes(edited)
    assert web.back().edited == ("lists/same.txt",)
    assert web.served() == {**web.old, "lists/same.txt": edited}
    assert web.refused(web.old) == ["AIP604"]


def test_going_back_does_not_overwrite_an_edit_unasked(web: Any) -> None:
    """A file that was edited after the publish that is to be taken back needs consent."""
    web.give(web.old)
    web.give(web.new, web.going)
    (web.place / "lists/a.txt").write_bytes(b"mine.test/\n")
    plan = backward(web.there, Consent(), 1)
    assert [refusal.code for refusal in plan.refusals] == ["AIP604"]
    web.back(Consent(overwriting=frozenset({"lists/a.txt"})))
    assert web.served() == dict(web.old)


def test_what_is_not_kept_any_more_cannot_be_put_back(web: Any) -> None:
    """Going back is all or nothing; kept bytes that were changed are not taken for the earlier."""
    web.give(web.old)
    web.give(web.new, web.going)
    for path in (web.place / STATE / "kept").iterdir():
        path.write_bytes(b"evil.test/\n")
    codes = {refusal.code for refusal in backward(web.there, Consent(), 1).refusals}
    assert codes == {"AIP608"}


def test_foreign_files_stay(web: Any) -> None:
    """What aipol did not publish is neither removed nor overwritten, not even when it is equal."""
    (web.place / "lists").mkdir(parents=True)
    (web.place / "lists/mine.txt").write_bytes(b"mine")
    (web.place / "index.html").write_bytes(b"mine")
    web.give(web.old)
    web.give(web.new, web.going)
    assert web.served()["lists/mine.txt"] == web.served()["index.html"] == b"mine"
    (web.place / "lists/gone.txt").write_bytes(web.old["lists/gone.txt"])
    assert web.refused({**web.new, "lists/gone.txt": web.old["lists/gone.txt"]}) == ["AIP605"]


@pytest.mark.parametrize("what", ["link", "folder", "pipe", "linked folder", "file above"])
def test_what_is_no_file_is_in_the_way(what: str, web: Any, tmp_path: Path) -> None:
    """Nothing is written through a link or over a folder; where a link leads nothing changes."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_bytes(b"mine")
    place = web.place / "lists/a.txt"
    place.parent.parent.mkdir(parents=True)
    if what == "linked folder":
        place.parent.symlink_to(other)
    elif what == "file above":
        place.parent.write_bytes(b"mine")
    else:
        place.parent.mkdir()
        {
            "link": lambda: place.symlink_to(other / "a.txt"),
            "folder": place.mkdir,
            "pipe": lambda: os.mkfifo(place),
        }[what]()
    plan = web.plan({"lists/a.txt": b"one.test/\n"})
    assert [refusal.code for refusal in plan.refusals] == ["AIP605"]
    assert (other / "a.txt").read_bytes() == b"mine"


def test_a_directory_of_another_organisation_is_refused(web: Any) -> None:
    """One customer's lists do not replace another's, even where they would fit."""
    web.give(web.old)
    assert web.refused(web.old, organization="com.other") == ["AIP606"]
    web.give(web.old, Consent(overwriting=frozenset({RECORD})), organization="com.other")
    assert web.refused(web.old) == ["AIP606"]


def test_other_targets_are_left_when_some_are_chosen(web: Any) -> None:
    """`-t` is about the files of these targets; the others stay, and stay aipol's."""
    web.give({**web.old, "paloalto/b.txt": b"b.test/\n"})
    web.give(web.new, web.going, chosen=("lists",))
    assert web.served() == {**web.new, "paloalto/b.txt": b"b.test/\n"}
    assert web.refused(web.new) == ["AIP603"]


# --- the directory itself -------------------------------------------------------------------------


def test_two_publishes_at_once_do_not_mix(web: Any) -> None:
    """While one is under way another is refused, and says so."""
    web.give(web.old)
    with (
        locked(web.place / LOCK, "busy"),
        pytest.raises(OutputError, match=r"another publish into .* is under way"),
    ):
        web.give(web.new, web.going)
    assert web.served() == dict(web.old)


def test_a_directory_that_is_a_link_is_refused(web: Any, tmp_path: Path) -> None:
    """The directory itself is to be named."""
    other = tmp_path / "other"
    other.mkdir()
    web.place.parent.mkdir()
    web.place.symlink_to(other)
    with pytest.raises(OutputError, match="is a symbolic link"):
        web.give(web.old)
    assert list(other.iterdir()) == []


def test_a_file_is_no_directory(web: Any) -> None:
    """So it is said."""
    web.place.parent.mkdir()
    web.place.write_bytes(b"mine")
    with pytest.raises(OutputError, match="is not a directory"):
        web.give(web.old)


@pytest.mark.parametrize("where", ["", STATE])
def test_a_directory_that_cannot_be_written_to_is_named(
    where: str, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is tried; a dry run says it too."""
    web.give(web.old)
    closed = str(web.place / where) if where else str(web.place)
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) != closed and real(path, mode))
    with pytest.raises(OutputError, match="permission denied"):
        web.plan(web.new)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema": "aipol.published/2"}',
        "<<<",
        "[" * 100_000,
    ],
)
def test_a_record_that_is_none_stops_everything(text: str, web: Any) -> None:
    """Without it nobody can say which files are aipol's."""
    web.give(web.old)
    (web.place / RECORD).write_text(text, encoding="utf-8")
    with pytest.raises(OutputError, match=r"aipol-publish\.json"):
        web.give(web.new, web.going)
    assert web.served() == dict(web.old)


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "/etc/passwd", "lists/../../x", "a", "lists/.aipol-x", "a/\x00"]
)
def test_a_record_names_only_what_lies_below(path: str, web: Any) -> None:
    """A record that somebody wrote removes and reads nothing elsewhere."""
    web.give(web.old)
    raw = json.loads((web.place / RECORD).read_bytes())
    raw["current"]["files"][path] = raw["current"]["files"]["lists/a.txt"]
    (web.place / RECORD).write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(OutputError, match="is not what aipol wrote"):
        web.give(web.new, web.going)


def test_a_digest_is_a_digest(web: Any) -> None:
    """It becomes the name of a file that is read."""
    web.give(web.old)
    web.give(web.new, web.going)
    raw = json.loads((web.place / RECORD).read_bytes())
    raw["previous"]["files"]["lists/a.txt"]["sha256"] = "../../../secret"
    (web.place / RECORD).write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(OutputError, match="is not what aipol wrote"):
        web.back()
