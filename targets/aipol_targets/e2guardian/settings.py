"""Turns what a policy says under `targets.e2guardian` into checked settings."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from aipol_targets.common.network.settings import AbsolutePath


class E2guardianSettings(BaseModel):
    """What `targets.e2guardian` may say."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    directory: AbsolutePath = "/etc/e2guardian/aipol"
    """Where the files will be on the proxy, such as `/etc/e2guardian/aipol`."""
    base: AbsolutePath = "/etc/e2guardian/group.conf"
    """Your own settings of a filter group, which all groups begin with, such as
    `/etc/e2guardian/group.conf`."""
    story: AbsolutePath = "/etc/e2guardian/examplef1.story"
    """Your own story of a filter group, which all groups begin with, such as
    `/etc/e2guardian/examplef1.story`."""

    @property
    def told(self) -> Mapping[str, str]:
        """What the files say because of it."""
        return {"directory": self.directory, "base": self.base, "story": self.story}
