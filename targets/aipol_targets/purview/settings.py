"""What `targets.purview` may say."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


_GUID = r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_Guid = Annotated[str, Field(pattern=rf"^{_GUID}$")]
_Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]
_Name = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]


class PurviewSettings(BaseModel):
    """Settings of the Purview target."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    mode: Literal["test", "test-notify", "enforce"] = "test"
    """Whether matches are only recorded (`test`), also shown (`test-notify`) or blocked
    (`enforce`)."""
    licence: Literal["e5", "e5-compliance", "purview-suite", "business-premium", "e3"] = "e5"
    """What the organisation's people are licensed for, such as `e5`."""
    confidence: Literal["low", "medium", "high"] = "medium"
    """How sure Purview must be that text is of an information type; `low` finds the most, `high`
    the least."""
    info_types: dict[_Name, _Guid] = Field(default_factory=dict)
    """The tenant's own information types, and built-in ones whose GUID is not published, by name
    as Get-DlpSensitiveInformationType gives them, such as `{Payroll Number:
    3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1}`."""
    tenant: Annotated[str, Field(pattern=rf"^({_GUID})?$")] = ""
    """The tenant's id, such as `3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1`; needed only to push."""
    asking_apps: Annotated[tuple[_Slug, ...], BeforeValidator(_tuple)] = ()
    """Apps of the organisation that ask Purview about every prompt, such as `[acme-gpt]`."""
    copilot_prompts: bool = False
    """Whether this tenant was seen to accept rules on information types in Copilot prompts: the
    cmdlet's documentation shows the setting for labels only, so it is `false` until you say."""
