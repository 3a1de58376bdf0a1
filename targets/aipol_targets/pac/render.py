"""Turns the rules of every segment into a script, and says who is to be handed which."""

from __future__ import annotations

import csv
import io
import json

from aipol.target import Artifact
from aipol_targets.common.network.escape import comment
from aipol_targets.pac.model import HANDOUT, Pac, SegmentFile

# A walk over the names above a host: the predefined functions of these files match by substring
# (`dnsDomainIs`) or by glob. Written for interpreters of any age.
_PROGRAM = """\
function FindProxyForURL(url, host) {
    var name = host.toLowerCase();
    while (name.charAt(name.length - 1) === ".") {
        name = name.substring(0, name.length - 1);
    }
    var way = rules["=" + name];
    var dot = name.indexOf(".");
    while (!way && dot >= 0) {
        name = name.substring(dot + 1);
        way = rules["." + name];
        dot = name.indexOf(".");
    }
    return way ? ways[way] : "DIRECT";
}
"""


def render(model: Pac) -> tuple[Artifact, ...]:
    """The files, by path."""
    files = [Artifact(HANDOUT, _handout(model).encode())]
    files += (Artifact(file.path, script(model.identifier, file)) for file in model.files)
    return tuple(sorted(files, key=lambda artifact: artifact.path))


def script(identifier: str, file: SegmentFile) -> bytes:
    """One segment's file."""
    text = (
        f"// aipol: AI rules of {comment(identifier)} for {comment(file.id)}.\n"
        "// This is advice: a program may ignore it.\n"
        f"var ways = {json.dumps(file.ways, indent=0)};\n"
        f"var rules = {json.dumps(file.rules, indent=0)};\n"
    )
    return f"{text}{_PROGRAM}".encode()


def _handout(model: Pac) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("network", "file"))
    for file in model.files:
        writer.writerows((network, file.path) for network in file.networks or ("*",))
    writer.writerows((network, "") for network in model.gateways)
    return text.getvalue()
