"""Turns what a policy says under `targets.squid` into checked settings."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from aipol_targets.common.network.settings import AbsolutePath


class SquidSettings(BaseModel):
    """What `targets.squid` may say."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    directory: AbsolutePath = "/etc/squid/aipol"
    """Where the files will be on the proxy, such as `/etc/squid/aipol`."""
    log: AbsolutePath = "/var/log/squid/aipol.log"
    """Where the proxy writes what it is asked to record, such as `/var/log/squid/aipol.log`."""

    @property
    def told(self) -> Mapping[str, str]:
        """What the files say because of it."""
        return {"directory": self.directory, "log": self.log}
