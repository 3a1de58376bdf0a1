"""The test harness itself: golden directories, engines, and the blocked network."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Golden = Callable[[Path, Mapping[str, bytes] | Path], None]
pytest_plugins = ("pytester",)

ROOT = Path(__file__).parents[2]
ENGINE_TESTS = """
import pytest

@pytest.mark.engine("suricata")
def test_by_marker() -> None:
    pass

def test_by_fixture(requires_engine) -> None:
    requires_engine("suricata")
"""


@pytest.fixture
def accepted(tmp_path: Path) -> Path:
    """Lay out an expected directory of two files."""
    directory = tmp_path / "expected"
    (directory / "jamf").mkdir(parents=True)
    (directory / "jamf" / "a.txt").write_bytes(b"one\ntwo\n")
    (directory / "b.bin").write_bytes(b"\xff\xfe")
    return directory


SAME = {"jamf/a.txt": b"one\ntwo\n", "b.bin": b"\xff\xfe"}


def test_equal_directories_pass(golden: Golden, accepted: Path) -> None:
    """The same files with the same bytes are accepted."""
    golden(accepted, SAME)
    golden(accepted, accepted)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"jamf/a.txt": b"one\nthree\n"}, "+three"),
        ({"jamf/a.txt": b"one\r\ntwo\r\n"}, "other line endings"),
        ({"b.bin": b"\xff"}, "2 bytes expected"),
        ({"new.txt": b""}, "new.txt: produced, but not expected"),
    ],
)
def test_a_difference_is_shown(
    golden: Golden, accepted: Path, change: dict[str, bytes], message: str
) -> None:
    """A changed or additional file fails, and the failure shows how."""
    with pytest.raises(pytest.fail.Exception, match=message.replace("+", r"\+")):
        golden(accepted, {**SAME, **change})


def test_a_stale_expected_file_fails(golden: Golden, accepted: Path) -> None:
    """A file that is no longer produced may not stay in the expected directory."""
    with pytest.raises(pytest.fail.Exception, match="a stale file"):
        golden(accepted, {"b.bin": b"\xff\xfe"})


def test_a_long_difference_is_cut(golden: Golden, accepted: Path) -> None:
    """A failure shows sixty lines and counts the rest."""
    with pytest.raises(pytest.fail.Exception, match=r"and \d+ more lines") as failure:
        golden(accepted, {**SAME, "jamf/a.txt": b"line\n" * 500})
    assert str(failure.value).count("\n") < 65


def test_update_golden_rewrites_the_whole_directory(
    pytester: pytest.Pytester, accepted: Path
) -> None:
    """With --update-golden the expected directory becomes what was produced, stale files gone."""
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(
        f"import pathlib\n"
        f"def test_it(golden): golden(pathlib.Path({str(accepted)!r}), {{'c/d.txt': b'new'}})"
    )
    pytester.runpytest("-p", "no:cacheprovider").assert_outcomes(failed=1)
    pytester.runpytest("-p", "no:cacheprovider", "--update-golden").assert_outcomes(passed=1)
    files = [path for path in accepted.rglob("*") if path.is_file()]
    assert files == [accepted / "c" / "d.txt"]
    assert not (accepted / "jamf").exists()


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_a_missing_engine_is_skipped_loudly(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: tuple[str, ...]
) -> None:
    """Without an engine its tests are skipped, and the run closes with what to install."""
    result = _run_without_engines(pytester, monkeypatch, required="0", arguments=workers)
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(
        [
            "*REAL ENGINES WERE MISSING*",
            "2 tests did not ask: suricata",
            "*apt-get install*suricata",
        ]
    )


def test_a_missing_engine_fails_where_engines_are_required(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With AIPOL_REQUIRE_ENGINES=1 no engine test can be skipped."""
    result = _run_without_engines(pytester, monkeypatch, required="1", arguments=())
    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(["*REAL ENGINES WERE MISSING*"])


def _run_without_engines(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    *,
    required: str,
    arguments: tuple[str, ...],
) -> pytest.RunResult:
    monkeypatch.setenv("AIPOL_REQUIRE_ENGINES", required)
    conftest = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
    pytester.makeconftest(f"{conftest}\nimport shutil\nshutil.which = lambda *_, **__: None\n")
    pytester.makepyfile(ENGINE_TESTS)
    pytester.makeini("[pytest]\nmarkers = engine\n")
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_a_socket_cannot_leave_the_machine(method: str) -> None:
    """A connection to anything but loopback raises at once."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client,
        pytest.raises(RuntimeError, match="loopback only"),
    ):
        getattr(client, method)(("192.0.2.1", 443))


def test_a_name_cannot_be_resolved() -> None:
    """Asking the system's resolver for a public name raises at once."""
    with pytest.raises(RuntimeError, match="loopback only"):
        socket.getaddrinfo("chatgpt.example", 443)


def test_loopback_stays_reachable() -> None:
    """A local stand-in can be talked to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
