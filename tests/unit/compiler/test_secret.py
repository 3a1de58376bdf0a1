"""A credential shows nowhere."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from dataclasses import dataclass

import pytest

from aipol.remote import Surroundings
from aipol.secret import Secret, is_this_machine

VALUE = "hunter2-canary"


@dataclass(frozen=True)
class Holder:
    """Something that holds one."""

    name: str
    secret: Secret


def test_it_shows_in_no_text() -> None:
    """Whatever way a value becomes text."""
    secret = Secret(VALUE)
    texts = (
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>40}",
        f"{secret:>40}",
        "%s %r" % (secret, secret),  # noqa: UP031 - the old way must not show it either
        repr([secret]),
        repr({"a": secret}),
        repr(Holder("a", secret)),
        str(dir(secret)),
    )
    assert not any(VALUE in text for text in texts)
    assert repr(secret) == "Secret(***)"
    assert secret.reveal() == VALUE


@pytest.mark.parametrize("way", [json.dumps, pickle.dumps, copy.copy, copy.deepcopy, vars])
def test_it_is_written_nowhere(way: object) -> None:
    """Neither as JSON nor pickled; the refusal does not say it either."""
    with pytest.raises(TypeError) as caught:
        way(Secret(VALUE))  # type: ignore[operator]
    assert VALUE not in "".join(traceback.format_exception(caught.value))


def test_it_shows_in_no_traceback() -> None:
    """Not where a comparison of holders fails, either."""
    with pytest.raises(AssertionError) as caught:
        raise AssertionError(Holder("a", Secret(VALUE)), Surroundings("o", {"TOKEN": VALUE}))
    assert VALUE not in "".join(traceback.format_exception(caught.value))


def test_it_is_compared_and_never_hashed() -> None:
    """Octets of an environment that are no text included."""
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("\udcff") != Secret("a")
    assert Secret("a") != "a"
    assert not Secret("")
    assert Secret("a")
    with pytest.raises(TypeError):
        hash(Secret("a"))


def test_surroundings_give_secrets_and_show_none() -> None:
    """An environment is asked by name; what is not set is empty."""
    around = Surroundings("com.acme", {"TOKEN": VALUE})
    assert VALUE not in repr(around)
    assert around.secret("TOKEN").reveal() == VALUE
    assert not around.secret("OTHER")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.0.1", "::1"])
def test_this_machine_may_see_a_secret_in_the_clear(host: str) -> None:
    """By its name and all its addresses."""
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host", ["", "localhost.example", "127.0.0.1.example", "10.0.0.1", "::", "[::1]"]
)
def test_another_machine_may_not(host: str) -> None:
    """However much its name looks like it."""
    assert not is_this_machine(host)
