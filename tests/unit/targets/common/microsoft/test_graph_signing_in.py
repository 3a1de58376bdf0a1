"""How to sign in follows from the environment; nothing is asked before it is needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from aipol.remote import Surroundings, Unusable
from aipol.secret import Secret
from aipol_targets.common.microsoft.address import address
from aipol_targets.common.microsoft.signing_in import AUDIENCE, github_identity, tokens
from aipol_targets.common.microsoft.tokens import FromCredential, Given

TENANT = "11111111-2222-4333-8444-555555555555"
CLIENT = {"AZURE_CLIENT_ID": "22222222-2222-4333-8444-555555555555"}
GITHUB = {
    "ACTIONS_ID_TOKEN_REQUEST_URL": "https://token.example/x?api=1",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "canary-request",
}
PIPELINES = {
    "AZURESUBSCRIPTION_TENANT_ID": TENANT,
    "AZURESUBSCRIPTION_CLIENT_ID": "c",
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "s",
    "SYSTEM_ACCESSTOKEN": "canary-system",
}


def _kind(**variables: str) -> str:
    found = tokens(address(""), TENANT, Surroundings("com.acme", variables))
    assert isinstance(found, FromCredential)
    return type(found._credential).__name__


@pytest.mark.parametrize(
    ("variables", "kind"),
    [
        ({**CLIENT, "AZURE_CLIENT_SECRET": "canary"}, "ClientSecretCredential"),
        ({**CLIENT, "AZURE_FEDERATED_TOKEN_FILE": "/x"}, "WorkloadIdentityCredential"),
        ({**CLIENT, "AIPOL_ID_TOKEN": "canary"}, "ClientAssertionCredential"),
        ({**CLIENT, **GITHUB}, "ClientAssertionCredential"),
        ({"IDENTITY_ENDPOINT": "http://x", "IDENTITY_HEADER": "y"}, "ManagedIdentityCredential"),
        ({"AIPOL_LOGIN": "managed-identity"}, "ManagedIdentityCredential"),
        # What a person set counts before what a machine offers.
        ({**CLIENT, **GITHUB, "AZURE_CLIENT_SECRET": "canary"}, "ClientSecretCredential"),
    ],
)
def test_the_environment_says_who_signs_in(variables: dict[str, str], kind: str) -> None:
    """A secret, a workload's identity, or a machine's."""
    assert _kind(**variables) == kind


def test_a_job_of_azure_devops_signs_in_by_its_service_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its tasks set what says which."""
    monkeypatch.setitem(os.environ, "SYSTEM_OIDCREQUESTURI", "https://dev.example")
    assert _kind(**PIPELINES) == "AzurePipelinesCredential"


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, "AZURE_CLIENT_SECRET"),
        (CLIENT, "AZURE_CLIENT_SECRET"),
        (GITHUB, "AZURE_CLIENT_ID"),
        ({"AIPOL_LOGIN": "browser"}, "device-code"),
        ({"AIPOL_LOGIN": "device-code"}, "AZURE_CLIENT_ID"),
        ({**CLIENT, "AIPOL_LOGIN": "device-code"}, "terminal"),
        ({**CLIENT, "AZURE_CLIENT_CERTIFICATE_PATH": "/no/such"}, "/no/such"),
    ],
)
def test_what_is_missing_is_named(variables: dict[str, str], told: str) -> None:
    """A person is never waited for where nobody can be."""
    with pytest.raises(Unusable, match=told):
        _kind(**variables)


def test_a_person_signs_in_where_one_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The code is shown on the terminal."""
    from aipol_targets.common.microsoft.signing_in import _show

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert _kind(**CLIENT, AIPOL_LOGIN="device-code") == "DeviceCodeCredential"
    _show("https://microsoft.example/devicelogin", "ABC", None)
    assert "ABC" in capsys.readouterr().err


def test_a_stand_in_gets_its_own_token_and_no_other() -> None:
    """Microsoft's never leaves for this machine."""
    secrets = {**CLIENT, "AZURE_CLIENT_SECRET": "canary", "AIPOL_GRAPH_TOKEN": "local"}
    at = address("http://127.0.0.1:1")
    assert tokens(at, TENANT, Surroundings("x", secrets)) == Given(Secret("local"))
    del secrets["AIPOL_GRAPH_TOKEN"]
    with pytest.raises(Unusable, match="AIPOL_GRAPH_TOKEN"):
        tokens(at, TENANT, Surroundings("x", secrets))


@dataclass
class _Credential:
    """What azure-identity would be."""

    number: int

    def get_token(self, *scopes: str, claims: str | None = None) -> Any:
        """A token that says how it was asked for."""
        return Secretive(f"{self.number}:{scopes[0]}:{claims}")


@dataclass
class Secretive:
    """A token."""

    token: str


def test_a_refused_token_is_replaced_once_for_all_who_had_it() -> None:
    """A fresh credential remembers nothing; who comes second finds the new token."""
    made: Iterator[int] = iter(range(9))
    source = FromCredential(lambda: _Credential(next(made)), "s", "X")
    first = source.current()
    assert first.reveal() == "0:s:None"
    assert source.renew(first, "claim").reveal() == "1:s:claim"
    assert source.renew(first).reveal() == "1:s:claim"


def test_a_refusal_of_entras_is_one_line() -> None:
    """Its first sentence, without what follows for programmers."""
    from azure.core.exceptions import ClientAuthenticationError

    class Refusing:
        """A credential of nobody's."""

        def get_token(self, *scopes: str, claims: str | None = None) -> Any:
            """No token."""
            del scopes, claims
            raise ClientAuthenticationError("AADSTS7000215: no\nTo troubleshoot, visit ...")

    told = r"^no token for Microsoft Graph: AADSTS7000215: no \(signed in by A and B, which has to"
    with pytest.raises(Unusable, match=told):
        FromCredential(Refusing, "s", "A and B").current()


def _answering(monkeypatch: pytest.MonkeyPatch, answer: httpx.Response) -> list[httpx.Request]:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer

    def get(url: str, **options: Any) -> httpx.Response:
        with httpx.Client(transport=httpx.MockTransport(handle)) as client:
            return client.get(url, **options)

    monkeypatch.setattr(httpx, "get", get)
    return seen


def test_a_github_job_asks_for_an_identity_for_entra(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its own request's token, and for Entra's audience."""
    seen = _answering(monkeypatch, httpx.Response(200, json={"value": "identity"}))
    assert github_identity(Surroundings("x", GITHUB)) == "identity"
    assert seen[0].url.params["audience"] == AUDIENCE
    assert seen[0].headers["authorization"] == "Bearer canary-request"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(403),
        httpx.Response(200, json=[]),
        httpx.Response(200, text="x"),
        httpx.Response(302, headers={"location": "https://evil.example"}),
    ],
)
def test_without_an_identity_there_is_no_secret_in_the_message(
    answer: httpx.Response, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is a redirect followed."""
    seen = _answering(monkeypatch, answer)
    with pytest.raises(ValueError, match=r"^(?!.*canary)"):
        github_identity(Surroundings("x", GITHUB))
    assert len(seen) == 1


def test_githubs_token_goes_over_tls_only() -> None:
    """Whatever the variable says."""
    plain = {**GITHUB, "ACTIONS_ID_TOKEN_REQUEST_URL": "http://token.example"}
    with pytest.raises(ValueError, match="https"):
        github_identity(Surroundings("x", plain))


def test_a_certificate_signs_in(tmp_path: Path) -> None:
    """A file that holds none is named, without what is in it."""
    path = tmp_path / "cert.pem"
    path.write_text("canary", encoding="utf-8")
    with pytest.raises(Unusable, match="not usable") as error:
        _kind(**CLIENT, AZURE_CLIENT_CERTIFICATE_PATH=str(path))
    assert "canary" not in str(error.value)
