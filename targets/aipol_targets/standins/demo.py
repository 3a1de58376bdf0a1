"""What `aipol demo tenant` serves of each vendor, and how a shell finds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aipol.ir import Ir
from aipol.target import stage
from aipol_targets.standins.server import Standin


@dataclass(frozen=True, slots=True)
class Demo:
    """A vendor to try things on: `variables` are those that make aipol use it at an address."""

    title: str
    standin: Standin
    variables: Callable[[str], Mapping[str, str]]


Make = Callable[[Any, Ir], Demo]
Edit = Callable[[Mapping[str, str]], str]
"""Given the environment; what was edited, in words. Raises NothingToEdit."""


class NothingToEdit(Exception):
    """Nothing is being played, or nothing of ours is there yet; the text says which."""


DEMOS: Mapping[str, Make] = {
    "cloudflare": stage("aipol_targets.standins.cloudflare.demo:demo"),
    "intune": stage("aipol_targets.standins.graph.demo:demo"),
    "jamf": stage("aipol_targets.standins.jamf.demo:demo"),
}
"""By the target that is pushed to; each is given its settings and what the policy means."""

EDITS: Mapping[str, Edit] = {
    "cloudflare": stage("aipol_targets.standins.cloudflare.demo:edit"),
    "intune": stage("aipol_targets.standins.graph.demo:edit"),
    "jamf": stage("aipol_targets.standins.jamf.demo:edit"),
}
"""By the target: edits one of our objects as a colleague in the console would."""

UNMARKED: Mapping[str, Edit] = {"intune": stage("aipol_targets.standins.graph.demo:unmark")}
"""By the target: takes the mark out of one of our objects, which is somebody else's then."""

VARIABLES: Mapping[str, str] = {
    "cloudflare": "CLOUDFLARE_API_URL",
    "intune": "AIPOL_GRAPH_URL",
    "jamf": "JAMF_URL",
}
"""By the target: what says where a vendor is played."""

_PLAYED = "http://127.0.0.1:"


def played_in(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The targets whose vendors are played, as far as the environment tells."""
    return tuple(
        name for name, at in VARIABLES.items() if environment.get(at, "").startswith(_PLAYED)
    )


def ask(method: str, url: str, headers: Mapping[str, str], body: str = "") -> bytes:
    """One request to what is played on this machine, and to nothing else."""
    import urllib.error
    import urllib.request

    if not url.startswith(_PLAYED):
        raise NothingToEdit(f"`{url}` is not on this machine")
    data = body.encode() or None
    request = urllib.request.Request(url, data, dict(headers), method=method)  # noqa: S310
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            content: bytes = answer.read()
            return content
    except urllib.error.URLError as error:
        raise NothingToEdit(f"`{url}` does not answer as it should: {error}") from None
