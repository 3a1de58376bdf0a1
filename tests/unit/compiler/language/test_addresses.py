"""Addresses of parts of sites: the one form that is compared, and what is refused with a hint."""

from __future__ import annotations

import pytest

from aipol.addresses import Address
from aipol.language.addresses import AddressError, canonical_address


@pytest.mark.parametrize("written", ["https://a.test/x/y.z", "https://a.test/x/y.z/"])
def test_a_final_slash_means_nothing(written: str) -> None:
    """A page, and all below it, either way."""
    address = canonical_address(written)
    assert address == Address("a.test", ("x", "y.z")) == Address.of(written)
    assert str(address) == "https://a.test/x/y.z"


def test_case_counts_in_a_path() -> None:
    """As in RFC 3986: `/X` is another page than `/x`."""
    assert canonical_address("https://a.test/X") != canonical_address("https://a.test/x")


@pytest.mark.parametrize(
    ("written", "why", "instead"),
    [
        ("a.test/x", "no scheme", "https://a.test/x"),
        ("//a.test/x", "no scheme", "https://a.test/x"),
        ("http://a.test/x", "`http`, not `https`", "https://a.test/x"),
        ("HTTPS://a.test/x", "`HTTPS`, not `https`", "https://a.test/x"),
        ("https://a.test", "no path", "under `domains`"),
        ("https://a.test/", "no path", "under `domains`"),
        ("https://a.test/x?y=z", "a query", "https://a.test/x"),
        ("https://a.test/x#y", "a fragment", "https://a.test/x"),
        ("https://me@a.test/x", "a user", "https://a.test/x"),
        ("https://a.test:8443/x", "its host has a port", ""),
        ("https://192.0.2.1/x", "its host is an address", ""),
        ("https://*.a.test/x", "its host has a wildcard", ""),
        ("https:///x", "its host is empty", ""),
        ("https://A.test/x", "as it is compared", "https://a.test/x"),
        ("https://a.test./x", "as it is compared", "https://a.test/x"),
        ("https://b\u00fccher.test/x", "as it is compared", "https://xn--bcher-kva.test/x"),
        ("https://a.test//x", "two slashes", "write one"),
        ("https://a.test/x//", "two slashes", "write one"),
        ("https://a.test//", "no path", "under `domains`"),
        ("https://a.test/x/../y", "the segment `..`", "leads to"),
        ("https://a.test/./x", "the segment `.`", "leads to"),
        ("https://a.test/%78", "percent", "letters"),
        ("https://a.test/x%2fy", "percent", "letters"),
        ("https://a.test/x\\y", "backslash", ""),
        ("https://a.test\\x/y", "backslash", ""),
        ("https://a.test/x\ty", "cannot be seen", ""),
        ("https://a.test/x\u202ey", "cannot be seen", ""),
        ("https://a.test/x y", "`x y` is not", ""),
        ("https://a.test/x;y", "`x;y` is not", ""),
        ("https://a.test/x*", "`x*` is not", ""),
        ("https://a.test/\u00e4", "is not", ""),
        ("https://a.test/" + "x" * 500, "longer than", ""),
    ],
)
def test_what_is_no_address_says_why_and_what_to_write(
    written: str, why: str, instead: str
) -> None:
    """Nothing that proxies compare in different ways gets through."""
    with pytest.raises(AddressError) as caught:
        canonical_address(written)
    assert why in str(caught.value)
    assert instead in caught.value.instead


def test_an_address_covers_whole_segments() -> None:
    """Itself and what is below it, on its own host."""
    address = Address.of("https://a.test/x/y")
    covered = ("x/y", "x/y/", "x/y/z")
    beside = ("", "x", "x/yy", "x/z/y", "X/y")
    assert all(address.covers(Address.of(f"https://a.test/{each}")) for each in covered)
    assert not any(address.covers(Address.of(f"https://a.test/{each}")) for each in beside)
    assert not address.covers(Address.of("https://www.a.test/x/y"))
