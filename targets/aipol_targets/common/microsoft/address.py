"""Say where Microsoft Graph is, and refuse every place that must not see a token."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from aipol.remote import Unusable
from aipol.secret import is_this_machine

VARIABLE = "AIPOL_GRAPH_URL"
WORLDWIDE = "https://graph.microsoft.com"
# Microsoft's own, of the national clouds too: msgraph-core 1.5.2, NationalClouds, read 2026-11-29.
HOSTS = frozenset(
    {
        "dod-graph.microsoft.us",
        "graph.microsoft.com",
        "graph.microsoft.us",
        "microsoftgraph.chinacloudapi.cn",
    }
)
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """Where Graph is asked; `stand_in` on this machine, which takes no token of Microsoft's."""

    url: str
    stand_in: bool = False

    @property
    def scope(self) -> str:
        """What a token for it is asked for."""
        return f"{self.url}/.default"

    def holds(self, url: str) -> bool:
        """Whether a link that an answer gave leads to the same server."""
        found = _origin(urlsplit(url))
        return found is not None and found == _origin(urlsplit(self.url))


def address(given: str) -> Address:
    """The address in the environment, or Microsoft's own. Raises Unusable."""
    url = (given or WORLDWIDE).rstrip("/")
    parts = urlsplit(url)
    origin = _origin(parts)
    if origin is None or parts.path or parts.query or parts.fragment:
        raise Unusable(f"{VARIABLE} is not the address of a server, such as {WORLDWIDE}")
    scheme, host, _ = origin
    if is_this_machine(host):
        return Address(url, stand_in=True)
    if scheme != "https" or host not in HOSTS:
        raise Unusable(
            f"{VARIABLE} is neither on this machine nor one of https://{', https://'.join(sorted(HOSTS))}"
        )
    return Address(url)


def _origin(parts: SplitResult) -> tuple[str, str, int] | None:
    """Scheme, host and port; None where that is not all that stands before the path."""
    try:
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]
