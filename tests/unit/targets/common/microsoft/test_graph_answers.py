"""What Graph answered is told in one plain line, and its wishes to be waited for are understood."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aipol.secret import Secret
from aipol_targets.common.microsoft.answers import Answer


def _error(message: Any, **more: Any) -> bytes:
    return json.dumps({"error": {"code": "BadRequest", "message": message, **more}}).encode()


def test_an_error_is_told_with_its_code_and_the_id_that_support_asks_for() -> None:
    """As Graph's documentation has it."""
    body = _error("No.", innerError={"request-id": "4711"})
    assert Answer(400, {}, body).says == "400 BadRequest: No. (request-id 4711)"


def test_intunes_document_in_a_message_is_opened() -> None:
    """Its sentence is what matters."""
    body = _error(json.dumps({"_version": 3, "Message": "Not this."}))
    assert Answer(400, {}, body).says == "400 BadRequest: Not this."


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"error": 1}', b'{"error": {"innerError": 3}}', b"\xff"]
)
def test_whatever_else_is_answered_is_told_by_its_number(body: bytes) -> None:
    """A gateway's page is not shown."""
    assert Answer(502, {"request-id": "7"}, body).says == "502 (request-id 7)"


def test_nothing_reaches_the_terminal_that_could_steer_it() -> None:
    """Escapes and line breaks are blanks, and a long message is cut."""
    said = Answer(400, {}, _error("a\x1b[2Jb\r\nc\u2028d" + "x" * 9999)).says
    assert said.startswith("400 BadRequest: a [2Jb c d")
    assert len(said) < 1000


def test_a_token_that_is_repeated_is_not() -> None:
    """Whoever repeats it: a proxy, a stand-in."""
    body = _error("what is Bearer s3cr3t-token?")
    headers = {"request-id": "s3cr3t-token"}
    for said in (Answer(400, {}, body), Answer(400, headers)):
        assert "s3cr3t" not in said.without(Secret("s3cr3t-token")).says


@pytest.mark.parametrize(
    ("given", "wait"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 90.0),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_how_long_to_wait_is_a_number_or_a_date(given: str, wait: float | None) -> None:
    """What says nothing is no wish."""
    assert Answer(429, {"retry-after": given}).wait(10.0) == wait


def test_what_a_new_token_must_prove_is_in_the_challenge() -> None:
    """Continuous access evaluation asks so."""
    header = 'Bearer realm="", error="insufficient_claims", claims="eyJ4"'
    assert Answer(401, {"www-authenticate": header}).claims == "eyJ4"
    assert not Answer(401).claims
