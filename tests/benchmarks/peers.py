"""Measures aipol beside named peers, whole processes in turn, and prints the ratios.

usage: python tests/benchmarks/peers.py PEERS_BIN [NAMES]

PEERS_BIN is the `bin` of an environment with `octodns` and `aerleon`; what is missing is said and
left out. NAMES (default 10000) domains go through aipol's targets (URL lists, squid and DNS
policy zones, read back and verified) and through aerleon's SRX generator, the one of its
generators that takes names. These are measurements to read, not tests to pass.
"""

from __future__ import annotations

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


def seconds(command: list[str], folder: Path) -> float:
    """The wall time of one whole process, which must succeed."""
    before = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout.decode()}{done.stderr.decode()}")
    return time.perf_counter() - before


def side_by_side(what: str, ours: list[str], theirs: list[str], folder: Path) -> None:
    """Run the two in turn, and print both medians and the ratio."""
    pairs = [(seconds(ours, folder), seconds(theirs, folder)) for _ in range(ROUNDS)]
    first, second = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(theirs / ours for ours, theirs in pairs)
    print(f"{what:<44}{first:8.3f} s {second:8.3f} s   {ratio:5.1f} x", flush=True)


def bulk(folder: Path, peers: Path, names: int) -> None:
    """The same names through both compilers."""
    hosts = [f"h{number}.d{number % 97}.example" for number in range(names)]
    lines = "\n".join(f"      - {{domain: {host}, match: exact}}" for host in hosts)
    (folder / "policy.yaml").write_text(POLICY.format(domains=lines))
    for name in ("pol", "def", "out"):
        (folder / name).mkdir()
    values = "\n".join(f"      - fqdn: {host}" for host in hosts)
    (folder / "def" / "bulk.yaml").write_text(DEFINITION.format(values=values))
    (folder / "pol" / "bulk.yaml").write_text(FILTER)
    theirs = [str(peers / "aclgen"), "--policy_file", "pol/bulk.yaml", "--base_directory", "."]
    theirs += ["--definitions_directory", "def", "--output_directory", "out"]
    ours = [str(AIPOL), "compile", "--out", "generated", "policy.yaml"]
    side_by_side(f"{names:,} names: aipol, three outputs / aerleon", ours, theirs, folder)


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
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
