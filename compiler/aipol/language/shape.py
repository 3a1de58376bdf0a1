"""Find what the policy model has at a place of a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from aipol.language.document import Path
from aipol.language.model import Policy

# How the thing that a model stands for is called in a sentence.
_CALLED = {
    "Policy": "the policy",
    "Rule": "a rule",
    "Exemption": "an exception",
    "Group": "a group",
    "DataClass": "a data class",
    "VendorTier": "a vendor tier",
    "App": "an app",
    "AppDomain": "a domain",
    "CatalogueFiles": "`catalogue`",
    "Require": "`require`",
    "DataLimit": "`data`",
    "Network": "`network`",
    "Gateway": "a gateway",
    "Segment": "a segment",
    "Organization": "`organization`",
    "Logging": "`logging`",
    "PolicyTest": "a test",
    "Approval": "an approval",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A model, and where in a document what it is a model of stands."""

    model: type[BaseModel]
    root: Path = ()

    def fields_at(self, path: Path) -> tuple[str, ...]:
        """The keys the mapping at `path` may have; none where that is not fixed."""
        model = self.model_at(path)
        return tuple(model.model_fields) if model else ()

    def model_at(self, path: Path) -> type[BaseModel] | None:
        """The model of the mapping at `path`."""
        annotation: Any = self.model
        for step in path[len(self.root) :]:
            annotation = _below(_plain(annotation), step)
            if annotation is None:
                return None
        plain = _plain(annotation)
        return plain if isinstance(plain, type) and issubclass(plain, BaseModel) else None

    def describes(self, path: Path) -> str:
        """What the field at `path` is, in the model's own words."""
        model = self.model_at(path[:-1])
        field = model.model_fields.get(str(path[-1])) if model and path else None
        return " ".join((field.description or "").split()) if field else ""


POLICY = Shape(Policy)


def owners(key: str) -> tuple[str, ...]:
    """What has a key of this name, in words."""
    return tuple(_CALLED[model] for model, fields in _fields().items() if key in fields)


def _below(annotation: Any, step: str | int) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(step))
        return field.annotation if field else None
    arguments = get_args(annotation)
    if get_origin(annotation) is dict:
        return arguments[1]
    return arguments[0] if get_origin(annotation) is tuple and arguments else None


def _plain(annotation: Any) -> Any:
    """An annotation without `Annotated` and `None`."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in {Union, UnionType}:
            annotation = next(arg for arg in get_args(annotation) if arg is not NoneType)
        else:
            return annotation


@cache
def _fields() -> Mapping[str, frozenset[str]]:
    return {
        model.__name__: frozenset(model.model_fields)
        for model in _models(Policy)
        if model.__name__ in _CALLED
    }


def _models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        annotation = _plain(field.annotation)
        while get_origin(annotation) in {dict, tuple} and get_args(annotation):
            annotation = _plain(get_args(annotation)[-1 if get_origin(annotation) is dict else 0])
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from _models(annotation)
