"""Turns a directory's YAML files, whichever there are, into the raw form of a catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aipol.catalogue.load import DERIVED, CatalogueError, file_hashes
from aipol.catalogue.reading import PARTS, Fresh, completed, refused
from aipol.catalogue.tree import Document, Fault, Where, is_mapping, parse

_SPECIAL = frozenset(PARTS) - {"apps"}


def raw_of_files(shown: str, texts: dict[str, bytes]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The raw form, and the files that the directory's own index does not know.

    `shown` is where the files are, as messages name it; CatalogueError names every fault.
    """
    if not texts:
        raise CatalogueError(f"there is no catalogue in `{shown}`: it holds no `.yaml` file")
    files = _Files(shown, _checked(texts))
    for name, content in texts.items():
        stem = name.removesuffix(".yaml")
        if stem not in files.checked:
            files.documents[stem] = parse(f"{shown}/{name}", content)
    faults = [str(fault) for document in files.documents.values() for fault in document.faults]
    if faults:
        raise refused(faults)
    stems = sorted(name.removesuffix(".yaml") for name in texts)
    return files.raw(stems)


def _checked(texts: dict[str, bytes]) -> dict[str, Any]:
    """What files hold that are, byte for byte, those that the shipped form was derived from."""
    try:
        form = json.loads(DERIVED.read_bytes())
        hashes = file_hashes(texts)
        same = [name for name, known in form["files"].items() if hashes.get(name) == known]
        found: dict[str, Any] = {name.removesuffix(".yaml"): {} for name in same}
        content = form["content"]
        found |= {part: content[part] for part in _SPECIAL if part in found}
        for app_id, entry in content["apps"].items():
            if entry["category"] in found:
                found[entry["category"]][app_id] = entry
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        # Absent, damaged or of another version: everything is read and checked.
        return {}
    return found


@dataclass(frozen=True, slots=True)
class _Files:
    """What each file holds, by its name without `.yaml`: a document, or what was checked before."""

    shown: str
    checked: Mapping[str, Any]
    documents: dict[str, Document] = field(default_factory=dict[str, Document])

    def raw(self, stems: list[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The raw form, and the files that were not read."""
        special = {part: self._value(part) for part in sorted(_SPECIAL)}
        known = special["index"].get("categories") if is_mapping(special["index"]) else None
        categories = [stem for stem in stems if stem not in _SPECIAL]
        unread = [stem for stem in categories if is_mapping(known) and stem not in known]
        apps: dict[str, Any] = {}
        owners: dict[str, str] = {}
        faults: list[str] = []
        for stem in categories:
            if stem not in unread:
                faults += self._take(stem, apps, owners)
        if faults:
            raise refused(faults)

        def say(where: Where, message: str) -> str:
            return self._said(owners, where, message)

        fresh = Fresh({**special, "apps": apps}, say, lambda app: owners[app] in self.documents)
        return completed(fresh), tuple(f"{self.shown}/{stem}.yaml" for stem in unread)

    def _value(self, stem: str) -> Any:
        document = self.documents.get(stem)
        return self.checked.get(stem) if document is None else document.value

    def _take(self, stem: str, apps: dict[str, Any], owners: dict[str, str]) -> Iterator[str]:
        """Add a category's apps to those of the others, but for an id that is taken."""
        entries = self._value(stem)
        if entries is None:
            return
        if not is_mapping(entries):
            yield str(Fault(f"{self.shown}/{stem}.yaml", 1, "must be a mapping of apps"))
            return
        for app_id, entry in entries.items():
            if app_id in apps:
                message = f"the app `{app_id}` is also in {owners[app_id]}.yaml"
                yield self._said({app_id: stem}, ("apps", app_id), message)
                continue
            apps[app_id] = {**entry, "category": stem} if is_mapping(entry) else entry
            owners[app_id] = stem

    def _said(self, owners: Mapping[str, str], where: Where, message: str) -> str:
        """A fault at a place of the raw form, by the file and line that it comes from."""
        part, *inside = where
        stem = owners.get(str(inside[0])) if part == "apps" and inside else str(part)
        document = self.documents.get(stem or "")
        if document is None:
            file = f"{self.shown}/{stem}.yaml" if stem in self.checked else self.shown
            return str(Fault(file, 1, message))
        return str(document.fault(tuple(inside), message))
