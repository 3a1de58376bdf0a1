"""Choose how to sign in to Entra from what the environment holds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from aipol.remote import Surroundings, Unusable
from aipol_targets.common.microsoft.address import Address
from aipol_targets.common.microsoft.tokens import Credential, FromCredential, Given, Tokens

if TYPE_CHECKING:
    from azure.identity import (
        AzurePipelinesCredential,
        CertificateCredential,
        ClientAssertionCredential,
        ClientSecretCredential,
        DeviceCodeCredential,
        ManagedIdentityCredential,
        WorkloadIdentityCredential,
    )

STAND_IN_TOKEN = "AIPOL_GRAPH_TOKEN"  # noqa: S105 - the name of a variable
LOGIN = "AIPOL_LOGIN"
# The audience that Entra asks of others' tokens: learn.microsoft.com/entra/workload-id, and
# microsoft/azure-pipelines-tasks, read 2026-11-29.
AUDIENCE = "api://AzureADTokenExchange"
_WAYS = (
    "AZURE_CLIENT_ID with AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH; AZURE_CLIENT_ID in "
    "a job of GitHub, Azure DevOps or GitLab that may ask for an identity; a managed identity "
    f"({LOGIN}=managed-identity); or {LOGIN}=device-code on a terminal"
)
_TIMEOUT = 10.0


def tokens(at: Address, tenant: str, surroundings: Surroundings) -> Tokens:
    """Where tokens come from; asks nobody yet. Raises Unusable."""
    if at.stand_in:
        given = surroundings.secret(STAND_IN_TOKEN)
        if not given:
            raise Unusable(f"Graph is on this machine: {STAND_IN_TOKEN} must hold its token")
        return Given(given)
    by, make = _Signing(tenant, surroundings).way()
    return FromCredential(make, at.scope, by)


class _Signing:
    """The variables that azure-identity and the three forges' jobs set."""

    def __init__(self, tenant: str, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._variables: Mapping[str, str] = surroundings.variables
        self._tenant = self._variables.get("AZURE_TENANT_ID") or tenant
        self._client = self._variables.get("AZURE_CLIENT_ID", "")

    def way(self) -> tuple[str, Callable[[], Credential]]:
        """What signs in, by its variables, and the credential."""
        asked = self._variables.get(LOGIN, "")
        if asked == "device-code":
            return f"{LOGIN}={asked} with AZURE_CLIENT_ID", self._person()
        if asked == "managed-identity":
            return f"{LOGIN}={asked}", self._managed
        if asked:
            raise Unusable(f"{LOGIN} may be device-code or managed-identity")
        for needed, make in self._in_order():
            if all(self._variables.get(name) for name in needed):
                return " and ".join(needed), make
        raise Unusable(f"nobody is signed in to Microsoft Graph; what signs in: {_WAYS}")

    def _in_order(self) -> tuple[tuple[tuple[str, ...], Callable[[], Credential]], ...]:
        client = "AZURE_CLIENT_ID"
        return (
            ((client, "AZURE_CLIENT_SECRET"), self._secret),
            ((client, "AZURE_CLIENT_CERTIFICATE_PATH"), self._certificate),
            ((client, "AZURE_FEDERATED_TOKEN_FILE"), self._federated_file),
            ((client, "AIPOL_ID_TOKEN"), self._given_identity),
            ((client, *_GITHUB), self._github),
            (_PIPELINES, self._pipelines),
            # App Service, Functions and Container Apps say where their identity is had.
            (("IDENTITY_ENDPOINT",), self._managed),
        )

    @property
    def _authority(self) -> dict[str, Any]:
        given = self._variables.get("AZURE_AUTHORITY_HOST")
        return {"authority": given} if given else {}

    def _secret(self) -> ClientSecretCredential:
        from azure.identity import ClientSecretCredential

        secret = self._surroundings.secret("AZURE_CLIENT_SECRET").reveal()
        return ClientSecretCredential(self._tenant, self._client, secret, **self._authority)

    def _certificate(self) -> CertificateCredential:
        from azure.identity import CertificateCredential

        path = self._variables["AZURE_CLIENT_CERTIFICATE_PATH"]
        password = self._surroundings.secret("AZURE_CLIENT_CERTIFICATE_PASSWORD").reveal()
        try:
            return CertificateCredential(
                self._tenant, self._client, path, password=password or None, **self._authority
            )
        except (OSError, ValueError):
            raise Unusable(f"AZURE_CLIENT_CERTIFICATE_PATH: {path} is not usable") from None

    def _federated_file(self) -> WorkloadIdentityCredential:
        from azure.identity import WorkloadIdentityCredential

        return WorkloadIdentityCredential(
            tenant_id=self._tenant,
            client_id=self._client,
            token_file_path=self._variables["AZURE_FEDERATED_TOKEN_FILE"],
            **self._authority,
        )

    def _given_identity(self) -> ClientAssertionCredential:
        """A job of GitLab's puts the token that `id_tokens` asks for into a variable."""
        return self._asserted(self._surroundings.secret("AIPOL_ID_TOKEN").reveal)

    def _github(self) -> ClientAssertionCredential:
        return self._asserted(lambda: github_identity(self._surroundings))

    def _asserted(self, assertion: Callable[[], str]) -> ClientAssertionCredential:
        from azure.identity import ClientAssertionCredential

        return ClientAssertionCredential(self._tenant, self._client, assertion, **self._authority)

    def _pipelines(self) -> AzurePipelinesCredential:
        from azure.identity import AzurePipelinesCredential

        tenant, client, connection, _ = (self._variables[name] for name in _PIPELINES)
        return AzurePipelinesCredential(
            tenant_id=tenant,
            client_id=client,
            service_connection_id=connection,
            system_access_token=self._surroundings.secret("SYSTEM_ACCESSTOKEN").reveal(),
            **self._authority,
        )

    def _managed(self) -> ManagedIdentityCredential:
        from azure.identity import ManagedIdentityCredential

        return ManagedIdentityCredential(client_id=self._client or None)

    def _person(self) -> Callable[[], DeviceCodeCredential]:
        if not self._client:
            raise Unusable(f"{LOGIN}=device-code needs AZURE_CLIENT_ID, an app of your tenant's")
        if not sys.stderr.isatty():
            raise Unusable(f"{LOGIN}=device-code needs a terminal, where a person reads the code")

        def make() -> DeviceCodeCredential:
            from azure.identity import DeviceCodeCredential

            return DeviceCodeCredential(
                self._client, tenant_id=self._tenant, prompt_callback=_show, **self._authority
            )

        return make


# What a job is given that may ask for an identity: docs.github.com "OpenID Connect reference".
_GITHUB = ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
# Set by Azure DevOps' own tasks that use a service connection; SYSTEM_ACCESSTOKEN must be mapped.
_PIPELINES = (
    "AZURESUBSCRIPTION_TENANT_ID",
    "AZURESUBSCRIPTION_CLIENT_ID",
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
    "SYSTEM_ACCESSTOKEN",
)


def _show(uri: str, code: str, _until: object) -> None:
    """Tell the person where to sign in; the code is for their eyes."""
    sys.stderr.write(f"To sign in, open {uri} and enter {code}\n")


def github_identity(surroundings: Surroundings) -> str:
    """The identity of a GitHub job: asked of GitHub, for Entra. Raises ValueError."""
    import httpx

    url = surroundings.variables["ACTIONS_ID_TOKEN_REQUEST_URL"]
    if urlsplit(url).scheme != "https":
        raise ValueError("ACTIONS_ID_TOKEN_REQUEST_URL is not https")
    between = "&" if "?" in url else "?"
    token = surroundings.secret("ACTIONS_ID_TOKEN_REQUEST_TOKEN").reveal()
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    try:
        answer = httpx.get(
            f"{url}{between}audience={quote(AUDIENCE, safe='')}", headers=headers, timeout=_TIMEOUT
        )
        value = answer.raise_for_status().json()["value"]
    except (httpx.HTTPError, KeyError, TypeError) as error:
        raise ValueError(f"GitHub gave no identity ({type(error).__name__})") from None
    return str(value)
