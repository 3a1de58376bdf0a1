"""The verbs that read and write a policy, run as a person runs them."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

import aipol
from aipol.cli.app import VERBS, main
from aipol.cli.init import STARTER
from aipol.diagnostics.codes import ALL

DEFAULT = Path("policy/ai-usage.yaml")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run said."""

    code: int
    out: str
    err: str


Run = Callable[..., Answer]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line in an empty directory."""
    monkeypatch.chdir(tmp_path)

    def run_line(*arguments: str) -> Answer:
        code = main(arguments)
        out, err = capfd.readouterr()
        return Answer(code, out, err)

    return run_line


@pytest.fixture
def starter(run: Run) -> Path:
    """A directory with the starter policy in it."""
    assert run("init").code == 0
    return DEFAULT


def _files() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(Path().rglob("*")) if path.is_file()}


# --- the line itself ------------------------------------------------------------------------------


def test_help_lists_every_verb_with_a_sentence(run: Run) -> None:
    """The table is the help."""
    answer = run("--help")
    assert answer.code == 0
    for verb, (_, text) in VERBS.items():
        assert f"  {verb}" in answer.out
        assert text in answer.out


def test_help_and_version_import_nothing_heavy() -> None:
    """What a verb needs, only that verb pays for."""
    program = (
        "import sys; from aipol.cli.app import main\n"
        "main(['--help']); main(['--version'])\n"
        "print([name for name in ('pydantic', 'yaml', 'ruamel', 'rich', 'jinja2', 'difflib',"
        " 'importlib.metadata', 'aipol_targets', 'aipol.language.model') if name in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert said.stdout.splitlines()[-1] == "[]"


def test_what_targets_are_needs_no_vendors_side() -> None:
    """A check asks every target for its settings; what pushes is there for what pushes."""
    program = (
        "import sys; from aipol.cli.composition import all_targets\n"
        "all_targets(); print('aipol.target' in sys.modules, 'aipol.remote' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert said.stdout.split() == ["True", "False"]


def test_the_version_is_the_packages(run: Run) -> None:
    """`--version` says what is installed."""
    assert run("--version").out == f"aipol {aipol.__version__}\n"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (["chek"], "did you mean `check`?"),
        (["qqqqqq"], "`aipol --help` lists the commands"),
        (["check", "--as-of", "2027-02-30"], "is a day that does not exist: 2027-02 has 28"),
        (["check", "--as-of", "20270228"], "`20270228` must be a date written YYYY-MM-DD"),
        (["check", "--as-of", "2027-13-01"], "`2027-13-01` has no such month: 13"),
        (["check", "--format", "xml"], "xml"),
        (["check", "a", "b"], "unexpected extra argument"),
        (["--nonsense"], "nonsense"),
        (["rule", "AIP999"], "no rule `AIP999`; `aipol rule` lists them"),
        (["rule", "unknown-ap"], "did you mean `unknown-app`?"),
        (["rule", "zzz"], "`aipol rule` lists them"),
    ],
)
def test_wrong_usage_is_exit_2_with_a_sentence(line: list[str], says: str, run: Run) -> None:
    """Nothing is written, nothing is on stdout, and the sentence says what is wrong."""
    answer = run(*line)
    assert (answer.code, answer.out) == (2, "")
    assert says in answer.err
    assert _files() == {}


def test_an_internal_error_is_one_line_and_exit_3(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug is no traceback, unless one is asked for."""

    def fail(_: object) -> None:
        msg = "a \x1b[31mbug\nof ours"
        raise RuntimeError(msg)

    monkeypatch.setattr("aipol.cli.rule.page", fail)
    monkeypatch.delenv("AIPOL_DEBUG", raising=False)
    answer = run("rule", "AIP201")
    assert answer.code == 3
    assert answer.err == (
        "aipol: internal error: RuntimeError: a \\x1b[31mbug of ours\n"
        "  hint: run it again with AIPOL_DEBUG=1 to see where\n"
    )
    monkeypatch.setenv("AIPOL_DEBUG", "1")
    assert "Traceback" in run("rule", "AIP201").err


def test_an_interrupt_is_exit_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends quietly with the code shells expect."""

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("aipol.cli.rule.page", interrupt)
    answer = run("rule", "AIP201")
    assert answer.code == 130
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("line", ["rule", "schema", "--help"])
def test_a_reader_that_has_gone_is_no_error(line: str) -> None:
    """`aipol ... | head -0` says nothing on stderr."""
    with subprocess.Popen(
        [sys.executable, "-m", "aipol", line],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


# --- init and check -------------------------------------------------------------------------------


def test_the_starter_policy_is_free_of_findings(starter: Path, run: Run) -> None:
    """What `init` writes passes `check`, with one line and exit 0."""
    answer = run("check")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(f"{starter}: 2 rules, 1 group, ")
    assert answer.out.endswith(" apps known: no findings\n")
    assert answer.out.count("\n") == 1


def test_init_writes_where_it_is_told(run: Run) -> None:
    """The directory is made when it is not there."""
    answer = run("init", "new/place")
    assert answer.code == 0
    assert Path("new/place/policy/ai-usage.yaml").read_text(encoding="utf-8") == STARTER
    assert answer.out.startswith("new/place/policy/ai-usage.yaml: written")


def test_init_replaces_nothing_unless_told_to(starter: Path, run: Run) -> None:
    """A policy is not lost to a second `init`."""
    starter.write_text("version: 1\n", encoding="utf-8")
    answer = run("init")
    assert answer.code == 2
    assert "--force" in answer.err
    assert starter.read_text(encoding="utf-8") == "version: 1\n"
    assert run("init", "--force").code == 0
    assert starter.read_text(encoding="utf-8") == STARTER


def test_init_says_why_it_cannot_write(run: Run) -> None:
    """A file where the directory should be is a usage error."""
    Path("policy").write_text("", encoding="utf-8")
    answer = run("init")
    assert answer.code == 2
    assert "cannot write" in answer.err


def test_check_reports_every_finding_and_exits_1(starter: Path, run: Run) -> None:
    """The report is the answer: it is on stdout, and ends with the tally."""
    text = starter.read_text(encoding="utf-8").replace("effect: block", "efect: block")
    starter.write_text(text.replace("unlisted_ai: block", "unlisted_ai: blok"), encoding="utf-8")
    answer = run("check", str(starter))
    assert (answer.code, answer.err) == (1, "")
    assert "error[AIP107] unknown key `efect` in rule `everything-else`" in answer.out
    assert "error[AIP110] `unlisted_ai` must be one of" in answer.out
    assert answer.out.endswith(f"{starter}: 2 errors\n")


def test_a_warning_is_a_finding_too(starter: Path, run: Run) -> None:
    """An exception is over the day after its last; then `check` exits 1."""
    with starter.open("a", encoding="utf-8") as stream:
        stream.write(
            "exceptions:\n  - {id: x, apps: [claude], groups: [everyone], effect: allow,"
            " until: 2027-01-31, owner: a@b.example, reason: r}\n"
        )
    assert run("check", "--as-of", "2027-01-31").code == 0
    late = run("check", "--as-of", "2027-02-01")
    assert late.code == 1
    assert "warning[AIP217]" in late.out


@pytest.mark.parametrize("form", ["json", "markdown", "sarif", "github"])
def test_each_form_of_the_report_can_be_asked_for(form: str, starter: Path, run: Run) -> None:
    """Every form answers both ways, with the exit code of the text."""
    assert run("check", "--format", form).code == 0
    starter.write_text("version: 1\n", encoding="utf-8")
    answer = run("check", "--format", form)
    assert answer.code == 1
    assert "AIP108" in answer.out
    if form in {"json", "sarif"}:
        json.loads(answer.out)


def test_check_writes_nothing(starter: Path, run: Run) -> None:
    """A reading verb leaves every file as it was."""
    before = _files()
    for form in ("text", "json", "sarif"):
        run("check", str(starter), "--format", form)
    assert _files() == before


# --- fmt ------------------------------------------------------------------------------------------

MESSY = STARTER.replace("everyone: {all: true}", "    everyone:   {all: true}  # all")


def test_fmt_lays_a_policy_out_once(starter: Path, run: Run) -> None:
    """The first run changes the layout, the second finds nothing to do."""
    starter.write_text(MESSY, encoding="utf-8")
    assert run("fmt").out == f"{starter}: formatted\n"
    once = starter.read_bytes()
    assert run("fmt").out == f"{starter}: already formatted\n"
    assert starter.read_bytes() == once
    assert b"# all" in once


def test_fmt_check_shows_what_would_change_and_writes_nothing(starter: Path, run: Run) -> None:
    """In CI the difference is the message."""
    starter.write_text(MESSY, encoding="utf-8")
    answer = run("fmt", "--check")
    assert answer.code == 1
    assert "-      everyone:   {all: true}  # all\n" in answer.out
    assert starter.read_text(encoding="utf-8") == MESSY
    starter.write_text(STARTER, encoding="utf-8")
    assert run("fmt", "--check").code == 0


@pytest.mark.parametrize("text", ["a: 1\n b: 2\n", "a: 1\na: 2\n", "a: &x 1\nb: *x\n", ""])
def test_fmt_leaves_a_file_alone_that_it_cannot_read(text: str, starter: Path, run: Run) -> None:
    """A file with a syntax error gets findings, not a layout."""
    starter.write_text(text, encoding="utf-8")
    answer = run("fmt")
    assert answer.code == 1
    assert "error[AIP1" in answer.out
    assert starter.read_text(encoding="utf-8") == text


def test_fmt_says_when_it_would_lose_a_comment(starter: Path, run: Run) -> None:
    """It rather does nothing."""
    starter.write_text("a: [ # why\n  1]\n", encoding="utf-8")
    answer = run("fmt")
    assert answer.code == 1
    assert "a comment would be lost" in answer.err
    assert starter.read_text(encoding="utf-8") == "a: [ # why\n  1]\n"


def test_fmt_keeps_the_mode_and_follows_a_link(starter: Path, run: Run) -> None:
    """The file behind a link is replaced, not the link, and stays as private as it was."""
    starter.write_text(MESSY, encoding="utf-8")
    starter.chmod(0o600)
    link = Path("link.yaml")
    link.symlink_to(starter)
    assert run("fmt", "link.yaml").code == 0
    assert link.is_symlink()
    assert starter.read_text(encoding="utf-8") != MESSY
    assert stat.S_IMODE(starter.stat().st_mode) == 0o600
    left = sorted(path.name for path in starter.parent.iterdir())
    assert left == [starter.with_suffix(".schema.json").name, starter.name]


def test_fmt_takes_several_files(starter: Path, run: Run) -> None:
    """A policy and its base in one call; one that cannot be read does not keep it from the rest."""
    for name in ("one.yaml", "two.yaml"):
        Path(name).write_text(MESSY, encoding="utf-8")
    answer = run("fmt", "one.yaml", "gone.yaml", "two.yaml")
    assert answer.code == 1
    assert "gone.yaml:1:1: error[AIP101]" in answer.out
    assert Path("one.yaml").read_bytes() == Path("two.yaml").read_bytes() != MESSY.encode()
    assert run("fmt", "--check", "one.yaml", str(starter)).code == 0


def test_fmt_lays_out_what_an_editor_has_not_saved(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of `-` the layout is the answer, and with mistakes there is none to take for it."""

    def given(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    given(MESSY)
    neat = run("fmt", "-")
    assert neat.code == 0
    assert "\n  everyone: {all: true}" in neat.out
    given(neat.out)
    assert run("fmt", "-") == neat
    given(MESSY)
    answer = run("fmt", "-", "--check")
    assert answer.code == 1
    assert answer.out.startswith("--- standard input\n")
    given("a: 1\na: 2\n")
    answer = run("fmt", "-")
    assert (answer.code, answer.out) == (1, "")
    assert "standard input:2:1: error[AIP104]" in answer.err


# --- schema and rule ------------------------------------------------------------------------------


def test_schema_prints_a_schema_that_the_starter_fits(starter: Path, run: Run) -> None:
    """What editors get is what the compiler means, targets included."""
    import yaml

    schema = json.loads(run("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(starter.read_bytes()), schema)
    assert schema["properties"]["targets"]["additionalProperties"] is False


def test_rule_lists_every_code_and_explains_each(run: Run) -> None:
    """A code, its name or its lower case lead to its page."""
    listed = run("rule").out.splitlines()
    assert [line.split()[0] for line in listed] == [rule.code for rule in ALL]
    page = run("rule", "AIP201").out
    assert page.startswith("# AIP201: unknown-app (error)\n")
    assert run("rule", "aip201").out == run("rule", "unknown-app").out == page
