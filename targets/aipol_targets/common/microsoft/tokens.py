"""Hold the token that goes with each request, and get another one when it is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aipol.remote import Unusable
from aipol.secret import Secret
from aipol_targets.common.microsoft.answers import one_line


class Tokens(Protocol):
    """Where tokens come from. Raises Unusable where none can be had."""

    def current(self) -> Secret:
        """A token that should do."""
        ...

    def renew(self, refused: Secret, claims: str = "") -> Secret:
        """Another one than that which was refused, unless somebody got it meanwhile."""
        ...


@dataclass(frozen=True, slots=True)
class Given:
    """One token that was given, of which there is no other."""

    token: Secret

    def current(self) -> Secret:
        """That token."""
        return self.token

    def renew(self, refused: Secret, claims: str = "") -> Secret:
        """The same: a stand-in that refused it once may take it."""
        del refused, claims
        return self.token


class AccessToken(Protocol):
    """What azure-identity gives."""

    @property
    def token(self) -> str:
        """The token."""
        ...


class Credential(Protocol):
    """What azure-identity has many of. It keeps its token, and renews it in time."""

    def get_token(self, *scopes: str, claims: str | None = None) -> AccessToken:
        """A token for scopes."""
        ...


class FromCredential:
    """Tokens of a credential; a fresh one, which remembers nothing, where a token was refused.

    `by` names what signs in, for whoever has to set it right.
    """

    def __init__(self, make: Callable[[], Credential], scope: str, by: str) -> None:
        self._make, self._scope, self._by = make, scope, by
        self._lock = threading.Lock()
        self._credential = make()
        self._last = Secret("")

    def current(self) -> Secret:
        """The credential's token."""
        with self._lock:
            return self._ask("")

    def renew(self, refused: Secret, claims: str = "") -> Secret:
        """Another token, once for all threads whose token was refused."""
        with self._lock:
            if self._last != refused:
                return self._last
            self._credential = self._make()
            return self._ask(claims)

    def _ask(self, claims: str) -> Secret:
        from azure.core.exceptions import AzureError

        try:
            given = self._credential.get_token(self._scope, claims=claims or None)
        except (AzureError, ValueError) as error:
            # Its first line is Entra's own sentence; what follows is advice for programmers.
            said = one_line(str(error).strip().partition("\n")[0])
            by = f"signed in by {self._by}, which has to be right"
            raise Unusable(f"no token for Microsoft Graph: {said} ({by})") from None
        self._last = Secret(given.token)
        return self._last
