"""Replays to a Suricata, with a policy's files, a capture of everything that is asked."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PORTS = {"dns": 53, "http": 80, "tls": 443}
INSTALLED = Path("/etc/suricata/suricata.yaml")
Asked = tuple[str, str, str]


def flows(packets: Any, asked: Iterable[Asked]) -> list[Any]:
    """One flow for each question; its client's port says which."""
    made = {"dns": packets.question, "http": packets.request, "tls": packets.client_hello}
    return [
        packets.Flow(source, PORTS[client], 1024 + number, made[client](host), client != "dns")
        for number, (client, source, host) in enumerate(asked)
    ]


def stopped(
    program: Path, packets: Any, directory: Path, files: Any, asked: list[Asked]
) -> set[Asked]:
    """What the rules stop in a capture of everything that is asked."""
    for name, content in files.items():
        (directory / name).write_bytes(content)
    (directory / "t.pcap").write_bytes(packets.capture(flows(packets, asked)))
    conf = directory / "suricata.yaml"
    groups = directory / "address-groups.yaml"
    text = INSTALLED.read_text()
    if groups.exists():
        assert "\n  address-groups:\n" in text
        text = text.replace("address-groups:\n", f"address-groups:\n    include: {groups}\n", 1)
    conf.write_text(text)
    command: list[str | Path] = [program, "-c", conf, "-r", directory / "t.pcap", "-k", "none"]
    command += ["--set", "unix-command.enabled=no"]  # its socket is one for the whole machine
    rules: list[str | Path] = ["-S", directory / "aipol.rules", "-l", directory, "--simulate-ips"]
    (directory / "eve.json").unlink(missing_ok=True)
    done = subprocess.run([*command, *rules], capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "error" not in said.lower(), said
    events = map(json.loads, (directory / "eve.json").read_text().splitlines())
    return {
        asked[event["src_port"] - 1024]
        for event in events
        if event["event_type"] == "alert" and event["alert"]["action"] == "blocked"
    }
