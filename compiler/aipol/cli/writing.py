"""Put a build's files into a directory so that a kill leaves each target either old or new.

Everything is written beside the directory first, in a folder of a fixed name, and only then
exchanged for what is there, one target at a time, the manifest last. What a killed run left behind
is known by the manifest it had prepared, and goes with the next run.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from aipol.durable import OutputError, locked, sync_folder, why, write_file
from aipol.report.manifest import (
    COVERAGE,
    MANIFEST,
    Manifest,
    ManifestError,
    fingerprint,
    read_manifest,
)

Folders = Mapping[str, Mapping[str, bytes]]
"""What each target's folder is to hold."""

_TARGET = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_NAME_OCTETS = 255
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_EARLIER = "earlier"
_AT_FDCWD, _RENAME_EXCHANGE, _RENAME_SWAP = -100, 2, 2


class EscapingPath(ValueError):
    """A target named an artefact that would lie outside its folder: a fault of the target."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did to the directory."""

    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


def check_paths(target: str, paths: Iterable[str]) -> None:
    """Raises EscapingPath for a path that is not plainly a file below the target's folder."""
    if not _TARGET.fullmatch(target):
        raise EscapingPath(f"`{target}` is no name for a target's folder")
    every = list(paths)
    seen: set[str] = set()
    for path in every:
        if not all(_is_plain(part) for part in path.split("/")):
            raise EscapingPath(f"target `{target}`: `{path}` is no path below its folder")
        # Two names that differ in case only are one file on macOS and Windows.
        if path.casefold() in seen:
            raise EscapingPath(f"target `{target}`: `{path}` is given twice")
        seen.add(path.casefold())
    for path in sorted(seen & {parent for each in seen for parent in _parents(each)}):
        raise EscapingPath(f"target `{target}`: `{path}` is a file and a folder")


def _is_plain(part: str) -> bool:
    octets = len(part.encode("utf-8", "surrogatepass"))
    ends_well = part == part.rstrip(". ")  # Windows drops what it ends with
    return bool(part) and octets <= _NAME_OCTETS and ends_well and not _FORBIDDEN.search(part)


def _parents(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:length]) for length in range(1, len(parts)))


def existing_manifest(directory: Path) -> Manifest | None:
    """The manifest of an earlier compile; None when there is none. Raises ManifestError."""
    try:
        content = (directory / MANIFEST).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ManifestError(f"it cannot be read: {why(error)}") from None
    return read_manifest(content)


def files_below(directory: Path) -> Iterator[str]:
    """Every file, link and other thing below `directory` that is not a real folder, sorted."""
    for root, folders, names in os.walk(directory):
        folders.sort()
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in sorted([*names, *links]):
            yield (Path(root) / name).relative_to(directory).as_posix()


def interrupted(directory: Path) -> bool:
    """Whether a run is under way, or was killed and has left its preparations."""
    return staging_folder(directory).exists()


def target_folders(directory: Path) -> tuple[str, ...]:
    """The folders that earlier compiles, finished or not, have written."""
    found: set[str] = set()
    for place in (directory, *_prepared(staging_folder(directory))):
        with suppress(ManifestError):
            manifest = existing_manifest(place)
            found |= {name.partition("/")[0] for name in (manifest.files if manifest else ())}
    return tuple(sorted(n for n in found if _TARGET.fullmatch(n) and (directory / n).is_dir()))


def write_build(directory: Path, targets: Folders, top: Mapping[str, bytes]) -> Written:
    """Make each folder of `targets` hold exactly its files, then replace the two `top` files.

    A folder that is to be empty goes. Raises OutputError before anything is changed when a file
    that no compile has written is in the way.
    """
    for target, files in targets.items():
        check_paths(target, files)
    try:
        _refuse_odd_directory(directory)
        with _staging(directory) as stage:
            _refuse_foreign(directory, stage, targets)
            return _exchange_all(directory, stage, targets, top)
    except OSError as error:
        where = f"`{error.filename}`" if error.filename else f"`{directory}`"
        raise OutputError(f"cannot write {where}: {why(error)}") from None


# --- what may not be there ------------------------------------------------------------------------


def _refuse_odd_directory(directory: Path) -> None:
    if directory.is_symlink():
        raise OutputError(f"`{directory}` is a symbolic link; name the directory itself")
    if directory.exists() and not directory.is_dir():
        raise OutputError(f"`{directory}` is not a directory")


def _refuse_foreign(directory: Path, stage: Path, targets: Folders) -> None:
    ours = _ours(directory, targets).union(*(_ours(each, {}) for each in _prepared(stage)))
    for target in sorted(targets):
        folder = directory / target
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise OutputError(f"`{folder}` is not a directory; move it away")
        for name in files_below(folder):
            if f"{target}/{name}" not in ours or (folder / name).is_symlink():
                raise OutputError(
                    f"`{folder / name}` was not written by aipol; move it away: "
                    f"`{folder}` holds outputs only"
                )
    for name in (COVERAGE, MANIFEST):
        path = directory / name
        if path.is_symlink() or (path.exists() and name not in ours):
            raise OutputError(f"`{path}` was not written by aipol; choose another `--out`")


def _ours(directory: Path, targets: Folders) -> set[str]:
    """What earlier compiles wrote; after a broken manifest, what this one is about to write."""
    try:
        known = existing_manifest(directory)
    except ManifestError:
        with suppress(OSError):
            if b'"aipol.manifest/' in (directory / MANIFEST).read_bytes():
                names = {f"{target}/{name}" for target, files in targets.items() for name in files}
                return {*names, MANIFEST, COVERAGE}
        return set()
    return {*known.files, MANIFEST, COVERAGE} if known else set()


# --- writing beside -------------------------------------------------------------------------------


def staging_folder(directory: Path) -> Path:
    """Where the files of a compile into `directory` are written first."""
    place = Path(os.path.abspath(directory))  # noqa: PTH100 - `resolve` would follow links
    return place.with_name(f".{place.name}.aipol")


@contextmanager
def _staging(directory: Path) -> Iterator[Path]:
    """The staging folder, locked against other runs, with the leftovers of a killed one in it."""
    stage = staging_folder(directory)
    stage.parent.mkdir(parents=True, exist_ok=True)
    if stage.is_symlink():
        raise OutputError(f"`{stage}` is a symbolic link; remove it")
    stage.mkdir(mode=0o700, exist_ok=True)
    with locked(stage, f"another compile is writing `{directory}`; wait for it"):
        try:
            yield stage
        finally:
            # A manifest that is still here says what a half-done exchange has put in place.
            if not any(True for _ in _prepared(stage)):
                shutil.rmtree(stage)


def _prepared(stage: Path) -> Iterator[Path]:
    """The folders with the manifests of runs that did not come to their end."""
    for folder in (stage / "new", *sorted((stage / _EARLIER).glob("*"))):
        if (folder / MANIFEST).exists():
            yield folder


def _fresh(stage: Path) -> tuple[Path, Path]:
    """Empty folders for what comes and what goes; what a killed run had prepared stays known."""
    new, old, earlier = stage / "new", stage / "old", stage / _EARLIER
    if (new / MANIFEST).exists():
        kept = earlier / fingerprint((new / MANIFEST).read_bytes())[0]
        kept.mkdir(parents=True, exist_ok=True)
        (new / MANIFEST).replace(kept / MANIFEST)
    for leftover in (new, old):
        if leftover.exists():
            shutil.rmtree(leftover)
        leftover.mkdir()
    return new, old


def _write_tree(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, content)
    for root, _, _ in os.walk(folder):
        sync_folder(Path(root))


# --- exchanging -----------------------------------------------------------------------------------


def _exchange_all(
    directory: Path, stage: Path, targets: Folders, top: Mapping[str, bytes]
) -> Written:
    before = {target: _contents(directory / target) for target in targets}
    stale = {target: files for target, files in targets.items() if before[target] != files}
    new, old = _fresh(stage)
    for target, files in stale.items():
        _write_tree(new / target, files)
    for name in (COVERAGE, MANIFEST):
        write_file(new / name, top[name])
    sync_folder(new)
    directory.mkdir(exist_ok=True)
    for target, files in stale.items():
        if files:
            _exchange(new / target, directory / target, old / target)
        else:
            (directory / target).rename(old / target)
    for name in (COVERAGE, MANIFEST):
        (new / name).replace(directory / name)
    sync_folder(directory)
    if (stage / _EARLIER).exists():
        shutil.rmtree(stage / _EARLIER)
    return _account(targets, before)


def _contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in files_below(folder)}


def _account(targets: Folders, before: Folders) -> Written:
    changed = [
        f"{target}/{name}"
        for target, files in targets.items()
        for name, content in files.items()
        if before[target].get(name) != content
    ]
    removed = [
        f"{target}/{name}"
        for target, files in targets.items()
        for name in before[target].keys() - files.keys()
    ]
    total = sum(len(files) for files in targets.values())
    return Written(tuple(sorted(changed)), tuple(sorted(removed)), total - len(changed))


def _exchange(new: Path, place: Path, old: Path) -> None:
    """Put `new` at `place`, in one step where the system can; what was there is kept aside."""
    if not place.exists():
        new.rename(place)
    elif not _swapped(new, place):
        place.rename(old)
        new.rename(place)


def _swapped(first: Path, second: Path) -> bool:
    """Exchange two folders in one step; False where the system has no such call."""
    one, other = os.fsencode(first), os.fsencode(second)
    if sys.platform == "linux":
        name, arguments = "renameat2", (_AT_FDCWD, one, _AT_FDCWD, other, _RENAME_EXCHANGE)
    elif sys.platform == "darwin":
        name, arguments = "renamex_np", (one, other, _RENAME_SWAP)
    else:
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), name, None)
    if call is None:
        return False
    if call(*arguments) == 0:
        return True
    number = ctypes.get_errno()
    if number in {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}:
        return False
    raise OSError(number, os.strerror(number), str(second))
