"""A host name has one form, and what is none is told what to write instead."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aipol.language import hosts
from aipol.language.hosts import HostError, are_canonical, canonical_host


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("openai.com", "openai.com"),
        ("OpenAI.COM.", "openai.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("ｏｐｅｎａｉ。com", "openai.com"),
        ("r3---sn-a.example", "r3---sn-a.example"),
        ("_dmarc.acme.example", "_dmarc.acme.example"),
        ("intranet", "intranet"),
        (f"{'a' * 63}.example", f"{'a' * 63}.example"),
    ],
)
def test_a_host_has_one_form(written: str, host: str) -> None:
    """Case, a trailing dot, full width and letters beyond ASCII make no difference."""
    assert canonical_host(written) == host


@pytest.mark.parametrize(
    ("written", "why", "instead"),
    [
        ("", "empty", ""),
        (".", "empty", ""),
        ("a..b", "empty label", ""),
        ("a.b..", "empty label", ""),
        ("*.a.example", "wildcard", "write `a.example` with `match: subtree` or `match: children`"),
        ("*", "wildcard", ""),
        (".a.example", "starts with a dot", "write `a.example` with `match: children`"),
        ("https://a.example/x", "scheme", "write `a.example`"),
        ("https://u@a.example/", "scheme", "write `a.example`"),
        ("a.example:443", "port", "write `a.example`"),
        ("a.example/path", "more than a host", "write `a.example`"),
        ("me@a.example", "more than a host", "write `a.example`"),
        ("10.0.0.1", "address", "name the host"),
        ("::1", "address", "name the host"),
        ("[::1]:80", "address", "name the host"),
        ("0x7f.1", "address", "name the host"),
        ("１.２.３.４", "address", "name the host"),
        (" a.example", "is not a label", ""),
        ("a b.example", "is not a label", ""),
        ("-a.example", "is not a label", ""),
        ("a\n.example", "is not a label", ""),
        ("☃.example", "no host name can have", ""),
        ("xn--zzzzzz.example", "no host name can have", ""),
        (f"{'a' * 64}.example", "longer than 63", ""),
        (f"{'ü' * 62}.example", "longer than 63", ""),
        (".".join(["abcdefgh"] * 30), "longer than 253", ""),
    ],
)
def test_what_is_no_host_is_refused_with_what_to_write(
    written: str, why: str, instead: str
) -> None:
    """Each way to write something else has its reason, and its hint where there is one."""
    with pytest.raises(HostError, match=why) as caught:
        canonical_host(written)
    assert caught.value.instead.startswith(instead)


@given(st.text(max_size=40))
def test_any_text_is_a_host_in_its_one_form_or_refused(text: str) -> None:
    """The form of a form is itself, in ASCII and lower case."""
    try:
        host = canonical_host(text)
    except HostError:
        return
    assert host.isascii()
    assert host == host.lower()
    assert canonical_host(host) == host


def _outcome(text: str) -> str:
    try:
        return canonical_host(text)
    except HostError as error:
        return f"refused: {error}"


_NEARLY_PLAIN = st.from_regex(r"(?:(?:xn--|rpz-|0x)?[a-z0-9_-]{0,4}\.){1,3}[a-z0-9-]{1,6}")


@given(_NEARLY_PLAIN)
@example(f"{'a' * 64}.example")
@example(f"{'a.' * 126}ab")
@example("127.0.0.1")
@example("a.rpz-ip")
def test_a_plain_name_is_taken_as_everything_else_would_leave_it(text: str) -> None:
    """The quick way answers as the thorough one does."""
    quick = _outcome(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hosts, "_PLAIN", re.compile("(?!)"))
        assert _outcome(text) == quick


@given(st.lists(_NEARLY_PLAIN, max_size=6))
@example(["a.example", f"{'a' * 64}.example"])
@example([f"{'a.' * 126}ab"])
@example(["a.example\nb.example"])
@example(["a.example\n"])
@example(["a.rpz-ip"])
@example(["xn--a.example"])
def test_many_names_are_in_their_one_form_if_each_is(texts: list[str]) -> None:
    """Being asked about at once changes no answer."""
    if are_canonical(texts):
        assert [canonical_host(text) for text in texts] == texts


def test_many_plain_names_are_recognised() -> None:
    """Hyphens, underscores, digits and long names are nothing unusual."""
    assert are_canonical([])
    long = ".".join(["a" * 63] * 3)
    assert are_canonical(["a-b.c--d.example", "_dmarc.a.example", "1.2.example", f"{long}.example"])
