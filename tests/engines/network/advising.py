"""Asks interpreters of proxy auto-config files which way a file gives."""

from __future__ import annotations

import ipaddress
import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

NODE = """\
const [file, asked] = process.argv.slice(1);
const fs = require("fs"), vm = require("vm");
const script = vm.createContext({});
vm.runInContext(fs.readFileSync(file, "utf8"), script);
const hosts = JSON.parse(fs.readFileSync(asked, "utf8"));
const ways = hosts.map((host) => script.FindProxyForURL("https://" + host + "/", host));
console.log(JSON.stringify(ways));
"""


def by_pactester(program: Path, file: Path, hosts: Sequence[str]) -> list[str]:
    """What a library in C answers, with an old SpiderMonkey inside."""
    asked = file.with_suffix(".urls")
    asked.write_text("".join(f"https://{host}/\n" for host in hosts))
    done = subprocess.run(
        [program, "-p", file, "-f", asked], capture_output=True, text=True, check=True
    )
    return [line.partition(" : ")[2] for line in done.stdout.splitlines()]


def by_node(program: Path, file: Path, hosts: Sequence[str]) -> list[str]:
    """What a browser's engine answers: V8, with none of the functions that browsers predefine."""
    asked = file.with_suffix(".json")
    asked.write_text(json.dumps(hosts))
    done = subprocess.run(
        [program, "-e", NODE, file, asked], capture_output=True, text=True, check=True
    )
    return [str(way) for way in json.loads(done.stdout)]


ASKING: Mapping[str, Callable[[Path, Path, Sequence[str]], list[str]]] = {
    "pactester": by_pactester,
    "node": by_node,
}


def handed(emitted: Any, address: str) -> str:
    """The file that an address is handed: the last row that names it, or everybody's."""
    rows = [line.split(",") for line in emitted.text["handout.csv"].splitlines()[1:]]
    for network, path in rows:
        if network != "*" and ipaddress.ip_address(address) in ipaddress.ip_network(network):
            return str(path)
    return next(str(path) for network, path in rows if network == "*")
