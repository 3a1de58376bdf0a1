"""The shape of who must agree to a change of a policy."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from aipol.language.strict import Model
from aipol.language.types import MisfitError, Names, Slug
from aipol.vocabulary import Condition

_NARROWING = ("groups", "apps", "except_apps", "min_data", "min_people")


class Approval(Model):
    """Who must agree to a change of this policy that does one of these things."""

    id: Slug
    """Name by which reports speak of it, such as `security`."""
    when: Annotated[tuple[Condition, ...], Field(min_length=1)]
    """What a change has to do for it, any of these, such as `[looser, new-gap]`."""
    contacts: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """Contacts of `organization.contacts`, any one of whom agrees for it, such as `[security]`."""
    groups: Names | None = None
    """Only where it does so to somebody in one of these, such as `[finance]`."""
    apps: Names | None = None
    """Only where it does so for one of these, in the words of a rule, such as `[vendor:openai]`."""
    except_apps: Names | None = None
    """What `apps` says but is not meant, in the same words, such as `[claude]`."""
    min_data: Slug | None = None
    """Only where data of this class or above may then be given, such as `confidential`."""
    min_people: Annotated[int, Field(ge=1)] | None = None
    """Only where it does so to so many people, such as `20`; where nobody counted them, always."""

    @model_validator(mode="after")
    def _narrows_something(self) -> Self:
        given = [key for key in _NARROWING if getattr(self, key) is not None]
        if given and not any(condition.narrows for condition in self.when):
            msg = "narrows nothing: what `when` names is about everybody and every app"
            raise MisfitError(msg, given[0])
        if self.except_apps and not self.apps:
            msg = 'takes away from `apps`, which is not given; write `apps: ["*"]`'
            raise MisfitError(msg, "except_apps")
        return self
