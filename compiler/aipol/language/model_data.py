"""The shape of what a policy says about data and about vendors."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from aipol.language.shapes import is_mapping
from aipol.language.strict import Model
from aipol.language.types import Day, Guid, Names, Slug, Text


class Pattern(Model):
    """A custom detector of a data class."""

    id: Slug
    """Name of the detector, such as `payroll-number`."""
    regex: Text
    """Regular expression that finds the data, such as `PR-[0-9]{8}`."""


class DataClass(Model):
    """One rung of the sensitivity ladder; rungs are listed from least to most sensitive."""

    id: Slug
    """Name of the rung, such as `internal`."""
    label: Guid | None = None
    """Sensitivity label that marks data of this class, such as
    `8a20c1d4-0b7e-4f6a-9d35-1c2b3a4f5e6d`."""
    info_types: Names | None = None
    """Sensitive information types by name or GUID, such as `[Credit Card Number]`."""
    patterns: Annotated[tuple[Pattern, ...], Field(min_length=1)] | None = None
    """Custom detectors, such as `[{id: payroll-number, regex: "PR-[0-9]{8}"}]`."""


_FACT_WORDS = "must be `true`, `false`, a whole number, a text, or a mapping with `until`"


def _scalar(value: Any) -> Any:
    if not isinstance(value, (bool, int, str)) or value == "":
        raise ValueError(_FACT_WORDS)
    return value


def _as_fact(value: Any) -> Any:
    return {"value": "valid", **value} if is_mapping(value) and value else {"value": value}


_FactValue = Annotated[bool | int | str, BeforeValidator(_scalar)]


class Fact(Model):
    """Something a vendor was found to do; after `until` the evidence no longer counts."""

    value: _FactValue = "valid"
    """What was found, such as `full`; `valid` when only `until` is given."""
    until: Day | None = None
    """The last day on which the evidence counts, such as `2027-03-31`."""


_Fact = Annotated[
    Fact,
    BeforeValidator(_as_fact),
    WithJsonSchema(
        {
            "description": "A value, or a mapping with the last day on which the evidence counts.",
            "anyOf": [
                {"type": ["boolean", "integer"]},
                {"type": "string", "minLength": 1},
                {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": False,
                    "properties": {
                        "value": {
                            "description": "What was found, such as `full`; `valid` when only "
                            "`until` is given.",
                            "type": ["boolean", "integer", "string"],
                            "minLength": 1,
                        },
                        "until": {
                            "description": "The last day on which the evidence counts, such as "
                            "`2027-03-31`.",
                            "type": "string",
                            "format": "date",
                        },
                    },
                },
            ],
        }
    ),
]


class Vendor(Model):
    """Facts about a vendor, each with the end of its evidence where it has one."""

    trains_on_customer_data: _Fact | None = None
    """Whether models are trained on what customers give, such as `false`."""
    soc2: _Fact | None = None
    """SOC 2 report, such as `{until: 2027-03-31}`."""
    iso27001: _Fact | None = None
    """ISO/IEC 27001 certificate, such as `{until: 2027-06-30}`."""
    dpa: _Fact | None = None
    """Data processing agreement, such as `{value: signed, until: 2027-12-31}`."""
    prompt_telemetry: _Fact | None = None
    """How much of what people ask can be seen by the organisation, such as `full`."""
    breach_notice_hours: _Fact | None = None
    """Hours within which the vendor reports a breach, such as `72`."""
    audit_right: _Fact | None = None
    """Whether the contract grants an audit, such as `true`."""
    model_provenance: _Fact | None = None
    """What is known of where the models come from, such as `documented`."""
    data_region: _Fact | None = None
    """Where data is kept, such as `eu`."""
    sso: _Fact | None = None
    """Whether people can sign in with the organisation's accounts, such as `true`."""


class TierConditions(Model):
    """What must hold of a vendor; a number is an upper bound."""

    trains_on_customer_data: bool | None = None
    """Such as `false`."""
    soc2: Text | None = None
    """Such as `valid`."""
    iso27001: Text | None = None
    """Such as `valid`."""
    dpa: Text | None = None
    """Such as `signed`."""
    prompt_telemetry: Text | None = None
    """Such as `full`."""
    breach_notice_hours: Annotated[int, Field(ge=0)] | None = None
    """At most this many hours, such as `72`."""
    audit_right: bool | None = None
    """Such as `true`."""
    model_provenance: Text | None = None
    """Such as `documented`."""
    data_region: Text | None = None
    """Such as `eu`."""
    sso: bool | None = None
    """Such as `true`."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            msg = "is empty, which means nothing"
            raise ValueError(msg)
        return self


class VendorTier(Model):
    """A class of vendors; the first tier that fits decides, and the last has no `when`."""

    id: Slug
    """Name of the tier, such as `trusted`."""
    when: TierConditions | None = None
    """What must hold, such as `{soc2: valid, trains_on_customer_data: false}`."""
    max_data: Slug
    """The most sensitive data class that apps of such a vendor may get, such as `confidential`."""
