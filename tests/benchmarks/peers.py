"""Measures aipol beside named peers, whole processes in turn, and prints the ratios.

usage: python tests/benchmarks/peers.py PEERS_BIN [NAMES]

PEERS_BIN is the `bin` of an environment with `octodns` and `aerleon`; what is missing is said and
left out. NAMES (default 10000) domains go through aipol's targets (URL lists, squid and DNS
policy zones, read back and verified) and through aerleon's SRX generator, the one of its
generators that takes names. These are measurements to read, not tests to pass.
"""

from __future__ import annotations

import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 5
AIPOL = Path(sys.executable).with_name("aipol")

POLICY = """\
version: 1
organization: {{name: Bench, identifier: example.bench}}
groups:
  everyone: {{all: true}}
  staff: {{networks: [10.1.0.0/24]}}
apps:
  bulk:
    name: Bulk
    vendor: openai
    category: chat
    domains:
{domains}
rules:
  - {{id: bulk, apps: [bulk], groups: [staff], effect: block}}
  - {{id: rest, apps: ["*"], groups: [everyone], effect: allow}}
targets:
  dns: {{outputs: [bind, unbound]}}
  lists: {{outputs: [edl], edl_capacity: 10000000}}
  squid: {{}}
"""
DEFINITION = """\
networks:
  BULK:
    values:
{values}
services:
  HTTPS:
    - protocol: tcp
      port: 443
"""
FILTER = """\
filters:
  - header:
      targets: {srx: from-zone trust to-zone untrust}
    terms:
      - name: deny-bulk
        destination-fqdn: BULK
        destination-port: HTTPS
        protocol: tcp
        action: deny
      - {name: rest, action: accept}
"""


def seconds(command: list[str], folder: Path) -> tuple[float, float]:
    """The wall time and the processor time of one whole process, which must succeed."""
    before, used = time.perf_counter(), processor_time()
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout.decode()}{done.stderr.decode()}")
    return time.perf_counter() - before, processor_time() - used


def processor_time() -> float:
    """Seconds of processor time of all processes that this one has waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def side_by_side(what: str, ours: list[str], theirs: list[str], folder: Path) -> None:
    """Run the two in turn, and print both medians and the ratio."""
    pairs = [(seconds(ours, folder), seconds(theirs, folder)) for _ in range(ROUNDS)]
    for kind, what_kind in enumerate((what, "  in processor time")):
        timed = [(mine[kind], peers[kind]) for mine, peers in pairs]
        first, second = (statistics.median(column) for column in zip(*timed, strict=True))
        ratio = statistics.median(theirs / ours for ours, theirs in timed)
        print(f"{what_kind:<44}{first:8.3f} s {second:8.3f} s   {ratio:5.2f} x", flush=True)


def names_of(count: int) -> list[str]:
    """So many names, in a few domains."""
    return [f"h{number}.d{number % 97}.example" for number in range(count)]


def policy_of(hosts: list[str]) -> str:
    """A policy that blocks the hosts for some people, on three network targets."""
    lines = "\n".join(f"      - {{domain: {host}, match: exact}}" for host in hosts)
    return POLICY.format(domains=lines)


def bulk(folder: Path, peers: Path, names: int) -> None:
    """The same names through both compilers."""
    hosts = names_of(names)
    (folder / "policy.yaml").write_text(policy_of(hosts))
    for name in ("pol", "def", "out"):
        (folder / name).mkdir()
    values = "\n".join(f"      - fqdn: {host}" for host in hosts)
    (folder / "def" / "bulk.yaml").write_text(DEFINITION.format(values=values))
    (folder / "pol" / "bulk.yaml").write_text(FILTER)
    theirs = [str(peers / "aclgen"), "--policy_file", "pol/bulk.yaml", "--base_directory", "."]
    theirs += ["--definitions_directory", "def", "--output_directory", "out"]
    ours = [str(AIPOL), "compile", "--out", "generated", "policy.yaml"]
    side_by_side(f"{names:,} names: aipol, three outputs / aerleon", ours, theirs, folder)


def growth(folder: Path, names: int) -> None:
    """The exponent with which aipol's processor time grows from half of the names to all."""
    command = [str(AIPOL), "compile", "--out", "generated", "policy.yaml"]
    used: list[float] = []
    for count in (names // 2, names):
        (folder / "policy.yaml").write_text(policy_of(names_of(count)))
        used.append(statistics.median(seconds(command, folder)[1] for _ in range(ROUNDS)))
    exponent = math.log2(used[1] / used[0])
    print(f"{names // 2:,} names, then {names:,}: exponent {exponent:.2f}", flush=True)


def main(arguments: list[str]) -> int:
    """Every pair whose peer is there."""
    if not arguments:
        print(__doc__)
        return 2
    peers = Path(arguments[0]).resolve()
    names = int(arguments[1]) if len(arguments) > 1 else 10_000
    print(f"{'':<44}{'aipol':>10} {'peer':>10}   ratio")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if (peers / "octodns-sync").exists():
            theirs = [str(peers / "octodns-sync"), "--help"]
            side_by_side("--help: aipol / octodns-sync", [str(AIPOL), "--help"], theirs, folder)
        if (peers / "aclgen").exists():
            bulk(folder, peers, names)
        growth(folder, names)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
