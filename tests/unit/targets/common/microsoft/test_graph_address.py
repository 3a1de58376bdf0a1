"""A token goes to Microsoft over TLS, or to this machine; nowhere else."""

from __future__ import annotations

import pytest

from aipol.remote import Unusable
from aipol_targets.common.microsoft.address import Address, address


def test_microsofts_own_is_where_it_is_asked() -> None:
    """Unless the environment says otherwise."""
    assert address("") == Address("https://graph.microsoft.com")
    assert address("").scope == "https://graph.microsoft.com/.default"


def test_the_national_clouds_are_microsofts_own() -> None:
    """Their tokens are for themselves."""
    assert address("https://graph.microsoft.us/").scope == "https://graph.microsoft.us/.default"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:2", "https://127.0.0.1"]
)
def test_a_stand_in_is_on_this_machine(url: str) -> None:
    """It may do without TLS."""
    assert address(url).stand_in


@pytest.mark.parametrize(
    "url",
    [
        "http://graph.microsoft.com",
        "https://graph.microsoft.com.evil.example",
        "https://evil.example",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "https://graph.microsoft.com@evil.example",
        "https://evil.example/graph.microsoft.com",
        "https://graph.microsoft.com/v1.0",
        "https://graph.microsoft.com?x",
        "http://127.0.0.1:port",
        "ftp://127.0.0.1",
        "graph.microsoft.com",
        "http://",
        "//127.0.0.1",
    ],
)
def test_everywhere_else_is_refused(url: str) -> None:
    """Whatever it looks like."""
    with pytest.raises(Unusable, match="AIPOL_GRAPH_URL"):
        address(url)


def test_a_list_goes_on_at_the_same_server_only() -> None:
    """Scheme, host and port are the same, and nothing pretends to be them."""
    here = address("http://127.0.0.1:8080")
    assert here.holds("http://127.0.0.1:8080/v1.0/x?$skiptoken=1")
    assert address("").holds("https://graph.microsoft.com:443/v1.0/x")
    for url in (
        "http://127.0.0.1:8081/v1.0/x",
        "https://127.0.0.1:8080/v1.0/x",
        "http://127.0.0.1:8080@evil.example/",
        "http://127.0.0.1:8080.evil.example/",
        "/v1.0/x",
        "",
    ):
        assert not here.holds(url)
