"""The hashed locks and the declared dependencies agree."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _locked(name: str) -> dict[str, Version]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    pins = re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE)
    return {canonicalize_name(project): Version(version) for project, version in pins}


def _missing(declared: list[str], lock: dict[str, Version]) -> list[str]:
    wanted = [Requirement(text) for text in declared]
    return [
        str(each)
        for each in wanted
        if (version := lock.get(canonicalize_name(each.name))) is None
        or version not in each.specifier
    ]


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt"])
def test_a_lock_holds_what_the_project_declares(lock: str) -> None:
    """What aipol needs to be built and run is pinned in each lock, at a version it accepts."""
    declared = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    assert _missing(declared, _locked(lock)) == []


def test_the_developers_lock_agrees_with_the_other() -> None:
    """Installing the developers' lock on top of the first changes nothing in it."""
    run, dev = _locked("run.txt"), _locked("dev.txt")
    assert run
    assert run.items() <= dev.items()


def test_every_pin_has_a_hash_and_no_lock_names_a_host() -> None:
    """A lock says what is installed, and leaves from where to the machine."""
    for lock in ("run.txt", "dev.txt"):
        text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
        entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
        assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
        assert "://" not in text
        assert "--index-url" not in text


@pytest.mark.parametrize("extra", sorted(PROJECT["project"]["optional-dependencies"]))
def test_an_extra_is_for_developers_and_for_those_who_push(extra: str) -> None:
    """Pushing is tested where aipol is developed; compiling needs nothing of it."""
    declared = PROJECT["project"]["optional-dependencies"][extra]
    assert _missing(declared, _locked("dev.txt")) == []
    assert _missing(declared, _locked("run.txt")) == declared
