"""Put the layers of a policy together: a file and the bases it extends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic, has_errors
from aipol.language import merge
from aipol.language.document import Document
from aipol.language.files import as_written, is_absolute, named_by
from aipol.language.inventory import read_inventory, unusable
from aipol.language.load import load, load_text
from aipol.language.model import (
    App,
    Approval,
    Clause,
    DataClass,
    Exemption,
    Group,
    Logging,
    Network,
    Organization,
    Policy,
    PolicyTest,
    Rule,
    Vendor,
    VendorTier,
)
from aipol.language.model_sites import Inventory
from aipol.language.order import in_reading_order
from aipol.language.parse import parse
from aipol.language.placed import Placed
from aipol.language.words import clip
from aipol.source import Sources, Span
from aipol.vocabulary import Effect

MAX_LAYERS = 8


@dataclass(frozen=True, slots=True)
class Assembled:
    """One policy, whatever number of files it was written in; every value knows its file."""

    file: str
    layers: tuple[str, ...]
    written: merge.Layers
    """The same layers as they were written, before they were merged."""
    organization: Placed[Organization]
    groups: Mapping[str, Placed[Group]]
    data_classes: tuple[Placed[DataClass], ...]
    vendors: Mapping[str, Placed[Vendor]]
    vendor_tiers: tuple[Placed[VendorTier], ...]
    lock: Placed[str] | None
    """The file that holds the catalogue's version; as written, relative to its document."""
    overlays: tuple[Placed[str], ...]
    """What is laid over the catalogue, in order; as written, relative to their documents."""
    apps: Mapping[str, Placed[App]]
    exceptions: tuple[Placed[Exemption], ...]
    rules: tuple[Placed[Rule], ...]
    unlisted_ai: Effect
    on_gap: str
    gap_budget: Placed[int] | None
    logging: Logging
    network: Placed[Network] | None
    approvals: tuple[Placed[Approval], ...]
    protected: tuple[Placed[str], ...]
    targets: Mapping[str, Placed[dict[str, Any]]]
    tests: tuple[Placed[PolicyTest], ...]
    inventory: Placed[Inventory] | None = None
    """The sites, where the policy names a file of them."""
    root: str = ""
    """The folder that all files of the policy must be in, if there is one."""

    @property
    def clauses(self) -> tuple[Placed[Clause], ...]:
        """Exceptions and rules in the order in which they are tried."""
        return (*self.exceptions, *self.rules)


@dataclass(slots=True)
class _Chain:
    """The files of a policy, the child first, as far as they could be read."""

    files: list[str] = field(default_factory=list[str])
    documents: list[Document] = field(default_factory=list[Document])
    layers: list[merge.Layer] = field(default_factory=list[merge.Layer])
    findings: list[Diagnostic] = field(default_factory=list[Diagnostic])
    texts: dict[str, str] = field(default_factory=dict[str, str])
    seen: set[str] = field(default_factory=set[str])
    instead: Mapping[str, str] = field(default_factory=dict[str, str])
    """What files would have, where that is not what is on the disk."""
    root: str = ""

    def read(self, file: str, wanted_at: Span | None) -> tuple[str, Span] | None:
        """Read one file; the answer is the base it extends and where it says so."""
        self.files.append(file)
        self.seen.add(_identity(file))
        document, findings, sources = self._loaded(file)
        self.texts.update(sources.texts)
        self.findings.extend(_at_the_extends(findings, file, wanted_at) if wanted_at else findings)
        if document is None:
            return None
        policy, findings = parse(document)
        self.findings.extend(findings)
        self.documents.append(document)
        if policy is not None:
            self.layers.append(merge.Layer(policy, document))
        return self._base(document)

    def _loaded(self, file: str) -> tuple[Document | None, tuple[Diagnostic, ...], Sources]:
        if file not in self.instead:
            return load(file, self.files, self.root)
        text = self.instead[file]
        return *load_text(file, text), Sources({file: text})

    def inventory(self, named: Placed[str] | None) -> Placed[Inventory] | None:
        """The inventory that the policy names, if it does and it can be read."""
        if named is None:
            return None
        file = named_by(named.document, named.value)
        if is_absolute(named.value):
            self.findings.append(unusable(named, "it must be relative to this file"))
            return None
        if _identity(file) in self.seen:
            self.findings.append(unusable(named, "it is a file of the policy itself"))
            return None
        found = read_inventory(named, file, self.files, self.root)
        self.findings.extend(found.findings)
        self.texts.update(found.texts)
        return found.inventory

    def _base(self, document: Document) -> tuple[str, Span] | None:
        base = document.at(("extends",))
        if not isinstance(base, str) or ("extends",) in document.holes:
            return None
        span = document.span(("extends",))
        target = named_by(document, base)
        why = self._refusal(base, target)
        if why:
            self.findings.append(codes.MISSING_BASE.at(span, base=clip(base), why=why))
            return None
        return target, span

    def _refusal(self, base: str, target: str) -> str:
        if not base:
            return "it has no name"
        if is_absolute(base):
            return "it must be relative to this file"
        if _identity(target) in self.seen:
            return "it extends itself, directly or by way of others"
        return f"a policy has at most {MAX_LAYERS} layers" if len(self.files) >= MAX_LAYERS else ""


def assemble(
    path: str | FilePath, instead: str | None = None, root: str = ""
) -> tuple[Assembled | None, tuple[Diagnostic, ...], Sources]:
    """Read the policy at `path` with all its bases, and merge them.

    `instead` is the text that the file would have, where that is not what is on the disk; `root` is
    the folder that all files must be in, if there is one.
    """
    file = path.as_posix() if isinstance(path, FilePath) else path
    chain = _Chain(instead={} if instead is None else {file: instead}, root=root)
    wanted = chain.read(file, None)
    while wanted is not None:
        wanted = chain.read(*wanted)
    layers = tuple(chain.layers)
    inventory = chain.inventory(merge.inventory(layers))
    findings = tuple(chain.findings)
    if not has_errors(findings):
        findings = (*findings, *_missing(chain.documents[0], layers))
    assembled = None if has_errors(findings) else _merged(chain, layers, inventory)
    files = (*chain.files, *(file for file in chain.texts if file not in chain.files))
    return assembled, in_reading_order(findings, files), Sources(chain.texts)


def _at_the_extends(
    found: tuple[Diagnostic, ...], file: str, wanted_at: Span
) -> tuple[Diagnostic, ...]:
    """A base that cannot be opened is a fault of the line that asks for it."""
    prefix = f"cannot read `{file}`: "
    hint = f"the path is relative to `{wanted_at.file}`"
    return tuple(
        codes.MISSING_BASE.at(
            wanted_at,
            base=clip(file),
            why=finding.message.removeprefix(prefix),
            hint=as_written(finding.hint, wanted_at.file) or hint,
        )
        if finding.code in _ABOUT_THE_FILE and finding.span.width == 1 and finding.span.line == 1
        else finding
        for finding in found
    )


_ABOUT_THE_FILE = {codes.UNREADABLE_FILE.code, codes.FILE_TOO_LARGE.code}


def _identity(file: str) -> str:
    """One name for a file, whatever links lead to it."""
    try:
        return str(FilePath(file).resolve())
    except (OSError, ValueError, RuntimeError):
        return file


def _missing(child: Document, layers: tuple[merge.Layer, ...]) -> tuple[Diagnostic, ...]:
    """What neither the policy nor a base of it has."""
    every: list[Policy] = [layer.policy for layer in layers]
    needed = {
        "organization": any(policy.organization for policy in every),
        "groups": any(policy.groups for policy in every),
        "rules": any(policy.rules for policy in every),
    }
    return tuple(
        codes.MISSING_KEY.at(child.span(()), where="the policy", key=key, hint=_HINTS[key])
        for key, present in needed.items()
        if not present
    )


_HINTS = {
    "organization": "organization: {name: Acme Ltd, identifier: com.acme}",
    "groups": "groups: {everyone: {all: true}}",
    "rules": 'rules: [{id: everything-else, apps: ["*"], groups: [everyone], effect: block}]',
}


def _merged(
    chain: _Chain, layers: tuple[merge.Layer, ...], inventory: Placed[Inventory] | None
) -> Assembled:
    organization = merge.overlaid(layers, "organization")
    logging = merge.overlaid(layers, "logging")
    if organization is None:
        msg = "a policy without an organization must not get here"
        raise AssertionError(msg)
    return Assembled(
        file=chain.files[0],
        layers=tuple(chain.files),
        written=layers,
        organization=organization,
        groups=merge.by_key(layers, "groups"),
        data_classes=merge.nearest_list(layers, "data_classes"),
        vendors=merge.by_key(layers, "vendors"),
        vendor_tiers=merge.nearest_list(layers, "vendor_tiers"),
        lock=merge.lock(layers),
        overlays=merge.overlays(layers),
        apps=merge.by_key(layers, "apps"),
        exceptions=merge.joined(layers, "exceptions"),
        rules=merge.joined(layers, "rules"),
        unlisted_ai=merge.scalar(layers, "unlisted_ai") or Effect.BLOCK,
        on_gap=merge.scalar(layers, "on_gap") or "report",
        gap_budget=merge.placed_scalar(layers, "gap_budget"),
        logging=logging.value if logging else Logging(),
        network=merge.network(layers),
        approvals=merge.joined(layers, "approvals"),
        protected=merge.joined(layers, "protected"),
        targets=merge.settings(layers, "targets"),
        tests=merge.joined(layers, "tests"),
        inventory=inventory,
        root=chain.root,
    )
