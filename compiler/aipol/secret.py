"""A value that never shows, in no print, format, traceback, JSON or pickle; and who may see it."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """Holds a credential; only `reveal` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value, for the one request that needs it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __eq__(self, other: object) -> bool:
        from hmac import compare_digest

        if not isinstance(other, Secret):
            return NotImplemented
        return compare_digest(_octets(self._value), _octets(other._value))

    __hash__ = None  # type: ignore[assignment]  # a hash of a secret can be looked up

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine alone, where a secret may go in the clear."""
    import ipaddress

    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _octets(value: str) -> bytes:
    # An environment may hold octets that are no text.
    return value.encode(errors="surrogatepass")
