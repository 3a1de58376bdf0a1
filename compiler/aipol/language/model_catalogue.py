"""The shape of what a policy says about the catalogue it is compiled with."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from aipol.language.strict import Model
from aipol.language.types import Names, Text


class CatalogueFiles(Model):
    """Which catalogue the policy is compiled with, where it is not just the shipped one."""

    lock: Text | None = None
    """File that holds the version of the catalogue to use, relative to this file, such as
    `catalogue.lock.json`; `aipol catalog lock` writes it."""
    overlay: Names | None = None
    """Files of the organisation's own that add to the catalogue or correct it, in this order and
    relative to this file, such as `[our-apps.yaml]`."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            msg = "is empty, which means nothing"
            raise ValueError(msg)
        return self
