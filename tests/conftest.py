"""What every test may lean on: golden directories, real engines, and no network."""

from __future__ import annotations

import difflib
import ipaddress
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest

Golden = Callable[[Path, Mapping[str, bytes] | Path], None]
DIFF_LINES = 60


@dataclass(frozen=True, slots=True)
class Engine:
    """A program that judges our outputs, and the Debian package that brings it."""

    binary: str
    package: str
    built_with: str = ""  # what `<binary> -v` has to mention


ENGINES = (
    Engine("squid", "squid-openssl", built_with="--with-openssl"),
    Engine("e2guardian", "e2guardian"),
    Engine("unbound", "unbound"),
    Engine("unbound-checkconf", "unbound"),
    Engine("named", "bind9"),
    Engine("named-checkconf", "bind9-utils"),
    Engine("named-checkzone", "bind9-utils"),
    Engine("dig", "bind9-dnsutils"),
    Engine("kresd", "knot-resolver"),
    Engine("pdns_recursor", "pdns-recursor"),
    Engine("dnsmasq", "dnsmasq-base"),
    Engine("haproxy", "haproxy"),
    Engine("suricata", "suricata"),
    Engine("pactester", "libpacparser1"),
    Engine("nft", "nftables"),
    Engine("ip", "iproute2"),
    Engine("openssl", "openssl"),
    Engine("curl", "curl"),
    Engine("node", "nodejs"),
)
_ENGINE = {engine.binary: engine for engine in ENGINES}
_SEARCH = os.pathsep.join(
    (os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin")
)
_MISSING = "missing-engine"  # the user property a skipped or failed test carries to the summary

hypothesis.settings.register_profile("aipol", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "aipol")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one option with which expected outputs are rewritten."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the expected directories, then read git diff",
    )


# --- golden directories ---------------------------------------------------------------------------


def _files_below(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def _differences(name: str, expected: bytes | None, actual: bytes | None) -> list[str]:
    if expected is None:
        return [f"+ {name}: produced, but not expected"]
    if actual is None:
        return [f"- {name}: expected, but not produced (a stale file?)"]
    try:
        before, after = expected.decode().splitlines(), actual.decode().splitlines()
    except UnicodeDecodeError:
        return [f"! {name}: {len(expected)} bytes expected, {len(actual)} other bytes produced"]
    lines = list(
        difflib.unified_diff(before, after, f"expected/{name}", f"actual/{name}", lineterm="")
    )
    return lines or [f"! {name}: the same lines with other line endings"]


def compare_directories(expected: Mapping[str, bytes], actual: Mapping[str, bytes]) -> list[str]:
    """Say how two directories differ, file by file; an empty list means not at all."""
    return [
        line
        for name in sorted({*expected, *actual})
        if expected.get(name) != actual.get(name)
        for line in _differences(name, expected.get(name), actual.get(name))
    ]


def write_directory(directory: Path, files: Mapping[str, bytes]) -> None:
    """Make a directory hold exactly these files."""
    for stale in _files_below(directory).keys() - files.keys():
        (directory / stale).unlink()
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
    for folder in sorted(directory.rglob("*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a produced directory with the expected one; with --update-golden, rewrite it."""
    update = bool(request.config.getoption("--update-golden"))

    def check(expected: Path, actual: Mapping[str, bytes] | Path) -> None:
        produced = _files_below(actual) if isinstance(actual, Path) else dict(actual)
        assert produced, f"nothing was produced to compare with {expected}"
        if update:
            write_directory(expected, produced)
            return
        lines = compare_directories(_files_below(expected), produced)
        if lines:
            hidden = len(lines) - DIFF_LINES
            shown = lines[:DIFF_LINES] + ([f"... and {hidden} more lines"] if hidden > 0 else [])
            report = (f"{expected} differs:", *shown, "accept it: make golden")
            pytest.fail("\n".join(report), pytrace=False)

    return check


# --- engines --------------------------------------------------------------------------------------


def find_engine(name: str) -> Path | None:
    """Find an engine that can do what the tests ask of it."""
    engine = _ENGINE[name]
    found = shutil.which(engine.binary, path=_SEARCH)
    if found is None:
        return None
    if engine.built_with:
        said = subprocess.run([found, "-v"], capture_output=True, text=True, check=False)
        if engine.built_with not in said.stdout + said.stderr:
            return None
    return Path(found)


def _require(node: pytest.Item, name: str) -> Path:
    if name not in _ENGINE:
        pytest.fail(
            f"unknown engine {name!r}: add it to ENGINES in tests/conftest.py", pytrace=False
        )
    found = find_engine(name)
    if found is not None:
        return found
    node.user_properties.append((_MISSING, name))
    reason = f"engine {name} is not installed (Debian package {_ENGINE[name].package})"
    if os.environ.get("AIPOL_REQUIRE_ENGINES") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture
def requires_engine(request: pytest.FixtureRequest) -> Callable[[str], Path]:
    """Give the path of an engine by name, or skip the test and say so at the end of the run."""
    return lambda name: _require(request.node, name)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Check the engines that a test names in its marker."""
    for marker in item.iter_markers("engine"):
        for name in marker.args:
            _require(item, name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which engines were missing and what to install."""
    missing: dict[str, set[str]] = {}
    for outcome in ("skipped", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, ()):
            for key, name in getattr(report, "user_properties", ()):
                if key == _MISSING:
                    missing.setdefault(str(name), set()).add(report.nodeid)
    if not missing:
        return
    tests = len({nodeid for nodeids in missing.values() for nodeid in nodeids})
    packages = " ".join(sorted({_ENGINE[name].package for name in missing}))
    terminalreporter.section("REAL ENGINES WERE MISSING", red=True, bold=True)
    terminalreporter.line(f"{tests} tests did not ask: {', '.join(sorted(missing))}")
    terminalreporter.line(
        f"to run them: apt-get install --no-install-recommends {packages}", bold=True
    )


# --- no network -----------------------------------------------------------------------------------


class NetworkBlockedError(RuntimeError):
    """A test reached for the network."""


def _refuse_unless_local(host: object) -> None:
    text = host.decode() if isinstance(host, bytes) else str(host)
    if text in {"", "None", "localhost"}:
        return
    try:
        if ipaddress.ip_address(text.partition("%")[0]).is_loopback:
            return
    except ValueError:
        pass
    raise NetworkBlockedError(f"a test reached for {text}: tests talk to loopback only")


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Let sockets of this process reach loopback and Unix sockets only."""
    unguarded = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}
    resolve = socket.getaddrinfo

    def guard(method: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(self: socket.socket, *args: Any) -> Any:
            if self.family in {socket.AF_INET, socket.AF_INET6}:
                _refuse_unless_local(args[-1][0])
            return method(self, *args)

        return guarded

    def guarded_resolve(host: bytes | str | None, *args: Any, **options: Any) -> Any:
        _refuse_unless_local(host)
        return resolve(host, *args, **options)

    with pytest.MonkeyPatch.context() as patch:
        for name, method in unguarded.items():
            patch.setattr(socket.socket, name, guard(method))
        patch.setattr(socket, "getaddrinfo", guarded_resolve)
        yield
