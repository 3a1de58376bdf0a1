"""A lock holds one version of the catalogue, and nothing but what was written counts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from aipol.catalogue.load import Catalogue, content_digest, load_catalogue
from aipol.catalogue.lock import LockError, lock_bytes, lock_of, read_lock
from aipol.catalogue.sound import unsound
from aipol.pipeline import Opened

ROOT = Path(__file__).parents[4]
Content = dict[str, Any]
Open = Callable[..., Opened]
Locking = Callable[..., dict[str, Any]]


def test_the_shipped_catalogue_comes_back_as_it_was() -> None:
    """Written and read, every section says the same, and nothing in it keeps it from use."""
    shipped = load_catalogue()
    lock = read_lock(lock_bytes(lock_of(shipped.content, "1.2.3")))
    assert lock.content == shipped.content
    assert (lock.aipol, lock.digest) == ("1.2.3", content_digest(shipped.content))
    assert unsound(lock.content) == ""
    assert Catalogue(lock.content).apps() == shipped.apps()


def test_the_bytes_are_the_same_in_every_process() -> None:
    """Neither hash seed nor locale gets into a lock."""
    code = (
        "import sys; from aipol.catalogue.load import load_catalogue\n"
        "from aipol.catalogue.lock import lock_bytes, lock_of\n"
        "sys.stdout.buffer.write(lock_bytes(lock_of(load_catalogue().content, '1')))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT / "compiler"),
                "PYTHONHASHSEED": seed,
                "LC_ALL": "C",
            },
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "4242")
    }
    assert len(outputs) == 1
    assert outputs == {lock_bytes(lock_of(load_catalogue().content, "1"))}


@pytest.mark.parametrize(
    ("encoding", "why"),
    [
        ("utf-16", "it is not UTF-8"),
        ("utf-16-le", "it is not a lock"),
        ("utf-32", "it is not UTF-8"),
        ("utf-8-sig", "it begins with a byte order mark"),
        ("latin-1", "it is not UTF-8"),
    ],
)
def test_a_lock_is_in_the_encoding_it_was_written_in(
    content: Content, encoding: str, why: str
) -> None:
    """A shell or an editor that writes it anew leaves no lock, even where JSON could be read."""
    content["apps"]["twin"]["name"] = "Zwölf"
    written = lock_bytes(lock_of(content, "1"))
    with pytest.raises(LockError, match=why):
        read_lock(written.decode().encode(encoding))


def test_the_digest_is_of_what_a_lock_says(content: Content) -> None:
    """Line ends, blanks and the order of keys are no part of it: git may write line ends anew."""
    lock = lock_of(content, "1")
    written = lock_bytes(lock)
    assert read_lock(written.replace(b"\n", b"\r\n")) == lock
    assert read_lock(json.dumps(json.loads(written), indent=4).encode()) == lock
    with pytest.raises(LockError, match="changed after it was written"):
        read_lock(written.replace(b'"aipol": "1"', b'"aipol": "2"'))


def test_one_app_and_one_host_is_one_line(content: Content) -> None:
    """A change of one app changes its line, and the digest's."""
    before = lock_bytes(lock_of(content, "1")).decode().splitlines()
    content["apps"]["twin"]["name"] = "Twins"
    after = lock_bytes(lock_of(content, "1")).decode().splitlines()
    assert len(before) == len(after)
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert [line.partition(":")[0] for line in changed] == ['"digest"', '"twin"']
    assert sum('"host": "mdm.test"' in line for line in after) == 1


def test_keys_in_another_order_are_the_same_content(content: Content) -> None:
    """The digest is of what is said, not of how it happens to be ordered."""
    turned = {name: content[name] for name in reversed(list(content))}
    assert content_digest(turned) == content_digest(content)
    assert lock_bytes(lock_of(turned, "1")) == lock_bytes(lock_of(content, "1"))


def test_a_policy_is_compiled_with_what_is_locked(
    opened: Open, locking: Locking, content: Content
) -> None:
    """An app that only the installed catalogue has is unknown, whatever is installed."""
    del content["apps"]["twin"]
    tests = "tests: [{app: twin, expect: block}]\n"
    found = opened(locking(content, tests), catalogue=load_catalogue())
    assert set(found.catalogue.ids) == {"answers", "chatter", "helper"}
    assert [finding.code for finding in found.findings] == ["AIP201"]


def test_what_ships_as_protected_is_protected_under_any_lock(
    opened: Open, locking: Locking, content: Content
) -> None:
    """An old lock that gives such a host to an app loses it: there it is shared."""
    shipped = deepcopy(content)
    row = shipped["protected"]["apple"][0]
    shipped["protected"]["new"] = [{**row, "host": "sign-in.answers.test"}]
    shipped["protected"]["apple"].append({**row, "host": "push.test"})
    found = opened(locking(content), catalogue=Catalogue(shipped))
    assert found.findings == ()
    assert found.ir is not None
    hosts = {host for host, _, _ in found.ir.protected_hosts}
    assert hosts >= {"mdm.test", "push.test", "sign-in.answers.test"}
    shared = {row.domain: row.shared for row in found.catalogue.app("answers").domains}
    assert shared == {"answers.test": True, "old.answers.example": False}
    assert found.catalogue.digest != content_digest(content)


def test_an_address_on_what_came_to_be_protected_is_gone(
    opened: Open, locking: Locking, content: Content
) -> None:
    """An old lock may say it; what ships as protected is not decrypted for it."""
    source = {"role": "ui", "source": "acme/facts:apps.yaml@0123abc", "tier": "A"}
    urls = [{"url": f"https://{host}/x", **source} for host in ("push.test", "site.test")]
    content["apps"]["answers"]["urls"] = urls
    content["apps"]["twin"]["urls"] = urls[:1]
    shipped = deepcopy(content)
    row = shipped["protected"]["apple"][0]
    shipped["protected"]["apple"].append({**row, "host": "push.test"})
    found = opened(locking(content), catalogue=Catalogue(shipped))
    assert found.findings == ()
    assert [row.url for row in found.catalogue.app("answers").urls] == ["https://site.test/x"]
    assert found.catalogue.app("twin").urls == ()


def test_a_lock_of_what_ships_is_what_ships(
    opened: Open, locking: Locking, content: Content, shipped: Catalogue
) -> None:
    """With the same content the digest of the lock is the one that the manifest gets."""
    found = opened(locking(content))
    assert found.catalogue.apps() == shipped.apps()
    assert found.catalogue.digest == content_digest(content)


def test_the_childs_lock_stands_for_the_bases(
    opened: Open, locking: Locking, content: Content
) -> None:
    """Each names its lock relative to itself."""
    base = {f"base/{name}": text for name, text in locking(content).items()}
    del content["apps"]["twin"]
    child = locking(content)
    child["p.yaml"] = "version: 1\nextends: base/p.yaml\ncatalogue: {lock: c.lock.json}\n".replace(
        "\\\n", "\n"
    )
    assert "twin" not in opened({**base, **child}).catalogue
    child["p.yaml"] = child["p.yaml"].partition("catalogue")[0]
    assert "twin" in opened({**base, **child}).catalogue


def test_an_overlay_lies_on_the_locked_catalogue(
    opened: Open, locking: Locking, content: Content
) -> None:
    """An app that the lock lacks is a new one to the overlay, though what ships has it."""
    del content["apps"]["twin"]
    files = locking(content)
    files["p.yaml"] = files["p.yaml"].replace("c.lock.json}", "c.lock.json, overlay: [o.yaml]}")
    files["o.yaml"] = "apps: {twin: {name: Twin}}"
    found = opened(files)
    assert {finding.code for finding in found.findings} == {"AIP223"}
    assert any("`vendor` is missing" in finding.message for finding in found.findings)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("chatter.exe", "claude.exe", "it was changed after it was written"),
        ('"twin": {"', '"twin": {"twin": 1}, "twin": {"', "it gives a key twice"),
        ("catalogue-lock/1", "catalogue-lock/2", "its schema is `aipol.catalogue-lock/2`"),
        ('"schema": "aipol', '"scheme": "aipol', "it is not a lock of the catalogue"),
        ('"aipol": "0.0.9"', '"aipol": 9', "it is not a lock of the catalogue"),
        ('"apps": {', "<<<<<<< ours", "it is not a lock of the catalogue"),
        ('"schema": 1', '"schema": NaN', "it has the number `NaN`"),
        ('"schema": 1', f'"schema": {"[" * 100_000}', "it is not a lock of the catalogue"),
        ('"schema": 1', f'"schema": {"9" * 10_000}', "it is not a lock of the catalogue"),
    ],
)
def test_a_lock_that_was_touched_is_refused_at_the_line_that_names_it(
    opened: Open, locking: Locking, content: Content, old: str, new: str, why: str
) -> None:
    """An edit by hand, an open merge and another schema are errors with a way out."""
    files = locking(content)
    text = files["c.lock.json"].decode()
    assert old in text
    found = opened({**files, "c.lock.json": text.replace(old, new, 1)})
    assert found.ir is None
    assert [str(finding.span) for finding in found.findings] == ["p.yaml:5:19"]
    assert found.findings[0].code == "AIP116"
    assert why in found.findings[0].message
    assert "aipol catalog lock" in found.findings[0].hint


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b'"lock"', b"\xff\xfe", b"{", b"{}"])
def test_what_is_no_lock_is_refused(
    opened: Open, locking: Locking, content: Content, data: bytes
) -> None:
    """Whatever lies in its place, it is a finding and no traceback."""
    found = opened({**locking(content), "c.lock.json": data})
    assert [finding.code for finding in found.findings] == ["AIP116"]


def _set(*path: str | int, value: Any) -> Callable[[Content], None]:
    def change(content: Content) -> None:
        at: Any = content
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value

    return change


_HOST = ("apps", "answers", "domains", 0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_set("apps", value=[]), "`apps`"),
        (_set("apps", "twin", value=3), "app `twin`"),
        (_set("apps", "twin", value={}), "app `twin`"),
        (_set("apps", "twin", "name", value=3), "app `twin`"),
        (_set("apps", "twin", "name", value="a\x1b[2J"), "cannot be seen"),
        (_set("apps", "twin", "cli", value={"kind": "binary"}), "app `twin`"),
        (_set("apps", "twin", "vendor", value="nobody"), "the vendor `nobody`"),
        (_set("apps", "twin", "category", value="none"), "the category `none`"),
        (_set("apps", "twin", "edition_of", value="none"), "an edition of `none`"),
        (_set("apps", "Twin App", value={}), "app `Twin App`"),
        (_set(*_HOST, "domain", value="a b"), "`a b` of app `answers` is not a host name"),
        (_set(*_HOST, "domain", value=["x"]), "app `answers`"),
        (_set(*_HOST, "match", value="glob"), "app `answers`"),
        (_set(*_HOST, "shared", value="yes"), "app `answers`"),
        (_set(*_HOST, "newer", value="x"), "app `answers`"),
        (_set("apps", "helper", "features", value="siri"), "app `helper`"),
        (_set("index", value={}), "its layout"),
        (_set("index", "categories", value=3), "its layout"),
        (_set("vendors", "twin", value="Twin"), "`vendors`"),
        (_set("vendors", "twin", "name", value=None), "`vendors`"),
        (_set("protected", value=[]), "`protected`"),
        (_set("protected", "apple", value=[{}]), "`protected`"),
        (_set("protected", "apple", 0, "host", value="x"), "not a host name"),
        (_set("shared_platforms", value={}), "`shared_platforms`"),
        (_set("shared_platforms", value=[[]]), "`shared_platforms`"),
        (_set("more", value=3), "`more`"),
    ],
)
def test_a_lock_with_a_digest_of_nonsense_is_refused(
    opened: Open, locking: Locking, content: Content, change: Callable[[Content], None], why: str
) -> None:
    """A digest can be made anew: what the other stages rely on is looked at all the same."""
    change(content)
    if "index" in content and "seen" not in content["index"]:
        content["index"]["seen"] = "2026-08"
    found = opened(locking(content))
    assert [finding.code for finding in found.findings] == ["AIP116"]
    assert why in found.findings[0].message
    assert "written by aipol 0.0.9" in found.findings[0].message


@pytest.mark.parametrize("key", ["aipol", "seen"])
def test_what_a_lock_says_of_its_origin_is_under_its_digest(
    opened: Open, locking: Locking, content: Content, key: str
) -> None:
    """A head that was edited makes the lock unusable as an edited app does."""
    files = locking(content)
    text = files["c.lock.json"].decode()
    said = json.loads(text)[key]
    changed = text.replace(f'"{key}": "{said}"', f'"{key}": "9999-01"', 1)
    assert changed != text
    found = opened({**files, "c.lock.json": changed})
    assert "changed after it was written" in found.findings[0].message


def test_equal_catalogues_have_equal_digests_whatever_aipol_wrote_them(content: Content) -> None:
    """A new version of aipol with the same catalogue is no update."""
    old, new = (read_lock(lock_bytes(lock_of(content, name))) for name in ("1", "2"))
    assert old.digest == new.digest == content_digest(content)


def test_half_a_character_is_refused(opened: Open, locking: Locking, content: Content) -> None:
    """What JSON can spell and no file can hold does not get as far as a file."""
    files = locking(content)
    content["apps"]["twin"]["name"] = "Twin\ud800"
    text = files["c.lock.json"].decode().replace('"Twin", "source"', '"Twin\\ud800", "source"', 1)
    said = json.loads(text)
    old = said.pop("digest")
    found = opened({**files, "c.lock.json": text.replace(old, content_digest(said))})
    assert "cannot be seen" in found.findings[0].message


def test_a_lock_too_large_to_be_one_is_not_read(
    opened: Open, locking: Locking, content: Content, tmp_path: Path
) -> None:
    """A file of 32 MB is refused by its size alone."""
    files = locking(content)
    opened(files)
    with (tmp_path / "c.lock.json").open("wb") as stream:
        stream.truncate(32_000_001)
    found = opened({"p.yaml": files["p.yaml"]})
    assert "more than 32000000 bytes" in found.findings[0].message


@pytest.mark.parametrize("name", ["/etc/c.lock.json", "none.json", "."])
def test_a_lock_that_is_not_there_is_refused(
    opened: Open, locking: Locking, content: Content, name: str
) -> None:
    """A name of nothing never falls back to the installed catalogue."""
    files = locking(content)
    files["p.yaml"] = files["p.yaml"].replace("c.lock.json", name)
    found = opened(files)
    assert [finding.code for finding in found.findings] == ["AIP116"]
    assert found.ir is None


def test_reading_a_lock_says_why_not() -> None:
    """The reader by itself gives the reason as its text."""
    with pytest.raises(LockError, match="not a lock"):
        read_lock(json.dumps({"apps": {}}).encode())
