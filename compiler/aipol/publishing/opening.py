"""Turn what `--to` names into a place: a directory, a bucket of S3, a container of Azure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from aipol.durable import OutputError
from aipol.publishing.objects import Objects, StoreError
from aipol.publishing.places import Directory, Place
from aipol.publishing.store import Store

_FORMS = (
    "a directory, `s3://BUCKET/PREFIX`, or a container's address such as "
    "`https://acme.blob.core.windows.net/lists`"
)


def place_of(name: str, variables: Mapping[str, str]) -> Place:
    """The place of a name, with credentials of the environment's variables; asks nobody yet.

    Raises OutputError where it is none.
    """
    if "://" not in name:
        return Directory(Path(name))
    parts = urlsplit(name.rstrip("/"))
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise OutputError("credentials come from the environment; leave them out of `--to`")
    path = tuple(parts.path.removeprefix("/").split("/")) if parts.path else ()
    if not parts.netloc or any(each in {"", ".", ".."} or each.startswith(".") for each in path):
        raise OutputError(f"`{name}` names no place; write {_FORMS}")
    try:
        return Store(name.rstrip("/"), _objects(parts, path, variables))
    except StoreError as error:
        raise OutputError(f"`{name}`: {error}") from None


def _objects(parts: SplitResult, path: tuple[str, ...], variables: Mapping[str, str]) -> Objects:
    name, scheme, host = parts.geturl(), parts.scheme, parts.netloc
    if scheme == "s3":
        from aipol.publishing import s3

        return s3.opened(host, _prefix(path))
    if scheme not in {"https", "http"}:
        raise OutputError(f"`{name}` is of no kind that is known; write {_FORMS}")
    from aipol.publishing import azure_blob

    # On this machine there is one host for all accounts, and the account comes first in the path.
    account = path[:1] if scheme == "http" else ()
    if len(path) <= len(account):
        raise OutputError(f"`{name}` names no container; write {_FORMS}")
    container, *rest = path[len(account) :]
    address = "/".join((f"{scheme}://{host}", *account))
    return azure_blob.opened(address, container, _prefix(tuple(rest)), variables)


def _prefix(path: tuple[str, ...]) -> str:
    return "".join(f"{each}/" for each in path)
