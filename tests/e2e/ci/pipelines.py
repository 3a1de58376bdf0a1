"""Run the shell steps of a pipeline in order on a scratch repository, as its service would."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from aipol.cli.init import template

SERVICE = Path(__file__).parent / "service.py"
_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}|\$\((System\.\w+)\)")


@dataclass(frozen=True)
class Step:
    """One step's script, with what it finds in its environment besides the job's."""

    name: str
    script: str
    variables: Mapping[str, str]
    shell: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """How a step ended, and what it said."""

    code: int
    said: str


def parsed(service: str) -> Any:
    """A template as its service reads it."""
    return yaml.safe_load(template(service))


def github(job: str, facts: Mapping[str, str]) -> Iterator[Step]:
    """The steps of a job that are scripts; GitHub runs each with `bash -e`."""
    workflow = parsed("github")
    for step in workflow["jobs"][job]["steps"]:
        if "run" in step:
            given = {**workflow["env"], **step.get("env", {})}
            yield Step(step["name"], step["run"], _filled(given, facts), ("bash", "-e"))


def action(parts: Any, facts: Mapping[str, str]) -> Iterator[Step]:
    """The steps of a composite action."""
    for step in parts["runs"]["steps"]:
        yield Step(step["name"], step["run"], _filled(step.get("env", {}), facts), ("bash", "-e"))


def gitlab(job: str, facts: Mapping[str, str]) -> Iterator[Step]:
    """The one script that a runner makes of a job's lines."""
    pipeline = parsed("gitlab")
    lines = [*pipeline[job]["before_script"], *pipeline[job]["script"]]
    given = _filled(pipeline["variables"], facts)
    yield Step(job, "\n".join(lines), {**given, **facts}, ("bash", "-eo", "pipefail"))


def azure(job: str, facts: Mapping[str, str]) -> Iterator[Step]:
    """The steps of a job that are scripts."""
    pipeline = parsed("azure")
    given = {each["name"]: each["value"] for each in pipeline["variables"]}
    jobs = (each for stage in pipeline["stages"] for each in stage["jobs"])
    for step in next(each for each in jobs if each.get("job") == job)["steps"]:
        if "bash" in step:
            variables = {**given, **_filled(step.get("env", {}), facts), **facts}
            yield Step(step.get("displayName", ""), step["bash"], variables, ("bash",))


def _filled(given: Mapping[str, Any], facts: Mapping[str, str]) -> dict[str, str]:
    """What the service puts in the place of its expressions."""
    return {
        name: _EXPRESSION.sub(lambda found: facts[found[1] or found[2]], str(value))
        for name, value in given.items()
    }


@dataclass(frozen=True)
class Machine:
    """A runner: a repository, the programs that it has, and the service that it asks."""

    place: Path
    service: Path

    def run(self, step: Step) -> Outcome:
        """Run one step as the service would."""
        path = f"{self.service.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
        own = {
            "PATH": path,
            "SERVICE": str(self.service),
            "GITHUB_STEP_SUMMARY": str(self.service.parent / "summary.md"),
            "GITHUB_REPOSITORY": "acme/policy",
            "RUNNER_TEMP": str(self.temporary),
            "AGENT_TEMPDIRECTORY": str(self.temporary),
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "HOME": os.environ["HOME"],
        }
        done = subprocess.run(
            [*step.shell, "-c", step.script],
            cwd=self.place,
            env={**own, **step.variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Outcome(done.returncode, done.stdout)

    @property
    def temporary(self) -> Path:
        """What is gone with the job, but for GitHub's artifacts: the next has them there again."""
        return self.service.parent / "temporary"

    @property
    def knows(self) -> dict[str, Any]:
        """What the service knows now."""
        known: dict[str, Any] = json.loads(self.service.read_text(encoding="utf-8"))
        return known


def machine(folder: Path, place: Path, knows: Mapping[str, Any]) -> Machine:
    """A runner in `folder` with aipol installed, whose service knows this much."""
    programs = folder / "bin"
    programs.mkdir()
    here = shlex.quote(sys.executable)
    scripts = {name: f"exec {here} {shlex.quote(str(SERVICE))} {name}" for name in ("gh", "curl")}
    # What is installed is there already; but pip is found as it would be, and where is noted.
    scripts["python"] = (
        f'case "$*" in *"-m pip "*) pwd >> {shlex.quote(str(folder / "installed-in"))};'
        f' words="$*"; exec {here} ${{words%%-m pip*}} -m pip --version;; esac; exec {here}'
    )
    scripts |= {"python3": f"exec {here}", "aipol": f"exec {here} -P -m aipol"}
    for name, script in scripts.items():
        (programs / name).write_text(f'#!/bin/sh\n{script} "$@"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    service = folder / "service.json"
    nothing: dict[str, Any] = {"comments": [], "asked": [], "author": "dora"}
    nothing |= {"reviews": [], "approved": [], "reviewers": []}
    service.write_text(json.dumps({**nothing, **knows}), encoding="utf-8")
    (folder / "temporary").mkdir()
    return Machine(place, service)
