"""Azure Blob Storage as a store: conditions are azure-core's match conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aipol.publishing.objects import (
    Found,
    Missing,
    StoreError,
    needed,
    only_secure,
    refusal,
    replacing,
    type_of,
)

_EXTRA = ("azure-storage-blob with azure-identity", "azure-blob")
# What Azure's own command line takes, besides identities
# (learn.microsoft.com/azure/storage/blobs/authorize-data-operations-cli, read 2026-11-29).
_KEY, _SAS = "AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN"


@dataclass(frozen=True, slots=True)
class BlobObjects:
    """The blobs of a container below a prefix, which ends in `/` or is empty."""

    prefix: str
    container: Any = field(repr=False)

    def get(self, path: str) -> Found | None:
        """One blob."""
        try:
            with _told():
                stream = self.container.download_blob(self.prefix + path)
                return Found(stream.readall(), str(stream.properties.etag))
        except Missing:
            return None

    def put(self, path: str, content: bytes, tag: str) -> str:
        """Write one blob."""
        blob = needed("azure.storage.blob", *_EXTRA)
        given = _same(tag) if tag else {}
        settings = blob.ContentSettings(content_type=type_of(path))
        with replacing(), _told():
            made = self.container.get_blob_client(self.prefix + path).upload_blob(
                content, overwrite=bool(tag), content_settings=settings, **given
            )
            return str(made["etag"])

    def remove(self, path: str, tag: str) -> None:
        """Remove one blob."""
        with replacing(), _told():
            self.container.delete_blob(self.prefix + path, **_same(tag or "*"))

    def below(self, folder: str) -> Iterable[str]:
        """All pages of the list."""
        with _told():
            start = f"{self.prefix}{folder}/"
            names = list(self.container.list_blob_names(name_starts_with=start))
        return [str(name).removeprefix(self.prefix) for name in names]


def opened(account: str, container: str, prefix: str, variables: Mapping[str, str]) -> BlobObjects:
    """A part of a container, with the credentials that Azure's tools would take.

    Asks nothing yet. Raises StoreError.
    """
    only_secure(account)
    blob = needed("azure.storage.blob", *_EXTRA)
    with _told():
        found = blob.ContainerClient(account, container, credential=_credential(account, variables))
    return BlobObjects(prefix, found)


def _credential(account: str, variables: Mapping[str, str]) -> Any:
    """A SAS token or a key from the environment, the narrower first, or else an identity."""
    if variables.get(_SAS):
        return variables[_SAS]
    if variables.get(_KEY):
        name = account.partition("://")[2].rpartition("/")[2].partition(".")[0]
        return {"account_name": name, "account_key": variables[_KEY]}
    return needed("azure.identity", *_EXTRA).DefaultAzureCredential()


def _same(tag: str) -> dict[str, Any]:
    conditions = needed("azure.core", *_EXTRA).MatchConditions
    if tag == "*":
        return {"match_condition": conditions.IfPresent}
    return {"etag": tag, "match_condition": conditions.IfNotModified}


@contextmanager
def _told() -> Iterator[None]:
    """What the library raises, as a StoreError."""
    errors = needed("azure.core.exceptions", *_EXTRA)
    try:
        yield
    except errors.ClientAuthenticationError as error:
        raise StoreError(
            f"{_line(error)}; set {_KEY} or {_SAS}, or AZURE_CLIENT_ID, AZURE_TENANT_ID and "
            "AZURE_CLIENT_SECRET, or let the job or machine have an identity"
        ) from None
    except errors.HttpResponseError as error:
        raise _refused(error) from None
    except (errors.AzureError, ValueError) as error:
        raise StoreError(_line(error)) from None


def _refused(error: Any) -> StoreError:
    code = getattr(getattr(error, "error_code", ""), "value", "") or getattr(
        error, "error_code", ""
    )
    return refusal(error.status_code, _line(error), missing=code == "BlobNotFound")


def _line(error: BaseException) -> str:
    """Its first line; what follows is for whoever asks for support."""
    return " ".join(str(error).strip().partition("\n")[0].split())
