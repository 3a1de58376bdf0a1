"""Merge the layers of a policy, field by field; the child comes first and wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from aipol.language.document import Document, Path
from aipol.language.model import Model, Network, Policy
from aipol.language.placed import Placed


@dataclass(frozen=True, slots=True)
class Layer:
    """One file of a policy."""

    policy: Policy
    document: Document


Layers = tuple[Layer, ...]


def by_key(layers: Layers, field: str) -> dict[str, Placed[Any]]:
    """A mapping: of two entries with one key the child's stands."""
    merged: dict[str, Placed[Any]] = {}
    for layer in layers:
        for key, value in getattr(layer.policy, field).items():
            merged.setdefault(key, Placed(value, layer.document, (field, key)))
    return merged


def joined(layers: Layers, field: str) -> tuple[Placed[Any], ...]:
    """A list: the child's items, then the base's."""
    return tuple(
        Placed(value, layer.document, (field, position))
        for layer in layers
        for position, value in enumerate(getattr(layer.policy, field) or ())
    )


def nearest_list(layers: Layers, field: str) -> tuple[Placed[Any], ...]:
    """A list whose order has a meaning: the child's as a whole, or else the base's."""
    return next((joined((layer,), field) for layer in layers if _gives(layer, field)), ())


def scalar(layers: Layers, field: str) -> Any:
    """One value: the child's, or else the base's."""
    placed = placed_scalar(layers, field)
    return placed.value if placed else None


def placed_scalar(layers: Layers, field: str) -> Placed[Any] | None:
    """The same, with its place."""
    found = (layer for layer in layers if _gives(layer, field))
    layer = next(found, None)
    return Placed(getattr(layer.policy, field), layer.document, (field,)) if layer else None


def overlaid(layers: Layers, field: str) -> Placed[Any] | None:
    """A record: what the child leaves out is the base's."""
    given = [layer for layer in layers if _gives(layer, field)]
    if not given:
        return None
    value: Model = getattr(given[-1].policy, field)
    for layer in reversed(given[:-1]):
        child: Model = getattr(layer.policy, field)
        value = value.model_copy(
            update={key: getattr(child, key) for key in child.model_fields_set}
        )
    return Placed(value, _overlaid_document(given, (field,)), (field,))


def lock(layers: Layers) -> Placed[str] | None:
    """The file that holds the catalogue's version: the child's, or else the base's."""
    for layer in layers:
        if layer.policy.catalogue is not None and layer.policy.catalogue.lock is not None:
            path = ("catalogue", "lock")
            return Placed(layer.policy.catalogue.lock, layer.document, path)
    return None


def overlays(layers: Layers) -> tuple[Placed[str], ...]:
    """The files laid over the catalogue: the base's first, so that the child corrects last."""
    return tuple(
        Placed(name, layer.document, ("catalogue", "overlay", position))
        for layer in reversed(layers)
        if layer.policy.catalogue is not None
        for position, name in enumerate(layer.policy.catalogue.overlay or ())
    )


def inventory(layers: Layers) -> Placed[str] | None:
    """The file that binds groups to sites: the child's, or else the base's."""
    for layer in layers:
        if layer.policy.network is not None and layer.policy.network.inventory is not None:
            path = ("network", "inventory")
            return Placed(layer.policy.network.inventory, layer.document, path)
    return None


def network(layers: Layers) -> Placed[Network] | None:
    """The network: a record, except that gateways merge by key."""
    merged: Placed[Network] | None = overlaid(layers, "network")
    if merged is None:
        return None
    gateways: dict[str, Any] = {}
    for layer in layers:
        if layer.policy.network is not None:
            gateways = {**layer.policy.network.gateways, **gateways}
    return replace(merged, value=merged.value.model_copy(update={"gateways": gateways}))


def settings(layers: Layers, field: str) -> dict[str, Placed[dict[str, Any]]]:
    """A mapping of mappings: both levels merge by key."""
    merged: dict[str, Placed[dict[str, Any]]] = {}
    for key in by_key(layers, field):
        given = [layer for layer in layers if key in getattr(layer.policy, field)]
        value: dict[str, Any] = {}
        for layer in reversed(given):
            value = {**value, **getattr(layer.policy, field)[key]}
        merged[key] = Placed(value, _overlaid_document(given, (field, key)), (field, key))
    return merged


def _gives(layer: Layer, field: str) -> bool:
    return field in layer.policy.model_fields_set and getattr(layer.policy, field) is not None


def _overlaid_document(layers: Iterable[Layer], path: Path) -> Document:
    """The child's document, in which what only a base has below `path` has the base's place."""
    given = [layer.document for layer in layers]
    child = given[0]
    if len(given) == 1:
        return child
    keys, values = dict(child.keys), dict(child.values)
    for document in given[1:]:
        # An entry is the child's or the base's as a whole, or else their lists would mix.
        told = {_entry(known, path) for known in values}
        for source, target in ((document.keys, keys), (document.values, values)):
            target.update(
                (known, span)
                for known, span in source.items()
                if known[: len(path)] == path and _entry(known, path) not in told
            )
    return replace(child, keys=keys, values=values)


def _entry(known: Path, path: Path) -> Path:
    """The part of a path that is taken from one layer as a whole."""
    return known[: 3 if known[:2] == ("network", "gateways") else len(path) + 1]
