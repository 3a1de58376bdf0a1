"""Amazon S3, and what speaks its language, as a store: conditions go in the headers.

`If-None-Match: *` and `If-Match` of writes, and `If-Match` of deletions, are in the S3 User Guide
(conditional-writes, conditional-deletes; read 2026-11-29): 412 where they do not hold, 409 where
two requests meet, 404 for a deletion of what is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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

_MISSING = 404
_SIGN_IN = (
    "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or let the job or machine "
    "have a role"
)


@dataclass(frozen=True, slots=True)
class S3Objects:
    """The objects of a bucket below a prefix, which ends in `/` or is empty."""

    bucket: str
    prefix: str
    client: Any = field(repr=False)

    def get(self, path: str) -> Found | None:
        """One object."""
        try:
            with _told():
                answer = self.client.get_object(**self._named(path))
                return Found(answer["Body"].read(), str(answer["ETag"]))
        except Missing:
            return None

    def put(self, path: str, content: bytes, tag: str) -> str:
        """Write one object."""
        condition = {"IfMatch": tag} if tag else {"IfNoneMatch": "*"}
        with replacing(), _told():
            answer = self.client.put_object(
                **self._named(path), Body=content, ContentType=type_of(path), **condition
            )
            return str(answer["ETag"])

    def remove(self, path: str, tag: str) -> None:
        """Remove one object."""
        with replacing(), _told():
            self.client.delete_object(**self._named(path), IfMatch=tag or "*")

    def below(self, folder: str) -> Iterable[str]:
        """All pages of the list."""
        with _told():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=f"{self.prefix}{folder}/"
            )
            names = [each["Key"] for page in pages for each in page.get("Contents", ())]
        return [name.removeprefix(self.prefix) for name in names]

    def _named(self, path: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": f"{self.prefix}{path}"}


def opened(bucket: str, prefix: str) -> S3Objects:
    """A part of a bucket, with the credentials and the endpoint that AWS' tools would take.

    It asks the bucket for nothing yet, though perhaps the machine for its role. Raises StoreError.
    """
    session = needed("boto3.session", "boto3", "s3")
    with _told():
        client = session.Session().client("s3")
    only_secure(str(client.meta.endpoint_url))
    return S3Objects(bucket, prefix, client)


@contextmanager
def _told() -> Iterator[None]:
    """What the library raises, as a StoreError."""
    errors = needed("botocore.exceptions", "boto3", "s3")
    try:
        yield
    except errors.ClientError as error:
        raise _refused(error.response) from None
    except (errors.NoCredentialsError, errors.PartialCredentialsError):
        raise StoreError(f"nobody is signed in to AWS: {_SIGN_IN}") from None
    except errors.NoRegionError:
        raise StoreError("set AWS_REGION to the region of the bucket") from None
    except (errors.BotoCoreError, errors.HTTPClientError, ValueError) as error:
        raise StoreError(" ".join(str(error).split())) from None


def _refused(answer: Any) -> StoreError:
    said, status = answer.get("Error", {}), answer["ResponseMetadata"].get("HTTPStatusCode")
    code = str(said.get("Code", status))
    text = " ".join(f"{code}: {said.get('Message', '')}".split())
    return refusal(status, text, missing=status == _MISSING and code != "NoSuchBucket")
