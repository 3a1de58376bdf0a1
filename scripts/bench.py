"""Measure what a person waits for, cold, against the budgets.

usage: scripts/bench.py [ROUNDS]

A row gives the median of ROUNDS fresh processes (default 5), the slowest, and the largest memory.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AIPOL = Path(sys.executable).with_name("aipol")
POLICY = "policy/ai-usage.yaml"


@dataclass(frozen=True, slots=True)
class Work:
    """One command with the seconds it may take."""

    name: str
    arguments: tuple[str, ...]
    budget: float


@dataclass(frozen=True, slots=True)
class Run:
    """What one fresh process took."""

    seconds: float
    megabytes: float


def run(arguments: tuple[str, ...]) -> Run:
    """Start aipol once, wait for it, and read its own peak memory."""
    before = time.perf_counter()
    with subprocess.Popen([AIPOL, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - before
    if process.returncode != 0:
        sys.exit(f"aipol {' '.join(arguments)} ended with {process.returncode}")
    per_megabyte = 2**20 if sys.platform == "darwin" else 2**10
    return Run(seconds, usage.ru_maxrss / per_megabyte)


def row(work: Work, rounds: int) -> str:
    """Measure one command and lay the result beside its budget."""
    runs = [run(work.arguments) for _ in range(rounds)]
    median = statistics.median(each.seconds for each in runs)
    slowest = max(each.seconds for each in runs)
    memory = max(each.megabytes for each in runs)
    verdict = "within" if median <= work.budget else "OVER"
    timing = f"{median:8.3f} s {slowest:8.3f} s {work.budget:8.3f} s {memory:6.0f} MB"
    return f"{work.name:<28}{timing}  {verdict}"


def main(arguments: list[str]) -> int:
    """Measure every command in turn."""
    rounds = int(arguments[0]) if arguments else 5
    with tempfile.TemporaryDirectory() as scratch:
        works = (
            Work("aipol --help", ("--help",), 0.150),
            Work("check the example", ("check", POLICY), 0.5),
            Work("search the catalogue", ("catalog", "search", "chatgpt.com"), 0.2),
            Work("compile the example", ("compile", "--out", scratch, POLICY), 2.0),
            Work("verify the example", ("verify", "--generated", scratch, POLICY), 4.0),
        )
        print(f"{'':<28}{'median':>10} {'slowest':>10} {'budget':>10} {'memory':>9}")
        for work in works:
            print(row(work, rounds), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
