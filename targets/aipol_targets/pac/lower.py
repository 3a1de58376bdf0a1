"""Turns rulings into one file for every segment of source addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from aipol.claims import Claim
from aipol.diagnostics import Diagnostic
from aipol.diagnostics.codes import BAD_VALUE, LIMIT_EXCEEDED
from aipol.domains import HostTrie
from aipol.ir import Ir
from aipol.segments import Segment, gateway_networks, segments
from aipol.target import EFFECT_CLAUSE, Coverage, Lowered, Status
from aipol.vocabulary import Effect
from aipol_targets.common.network.account import coverage
from aipol_targets.common.network.faults import bad_hosts, locked_out, too_many
from aipol_targets.common.network.index import Index
from aipol_targets.common.network.levels import native_levels
from aipol_targets.common.network.placed import Path, Placed, Uses, decisions
from aipol_targets.common.network.settings import idle
from aipol_targets.pac.facts import ADVISORY, FILE_SIZE
from aipol_targets.pac.model import BLOCK, DIRECT, HANDOUT, Pac, SegmentFile
from aipol_targets.pac.render import script
from aipol_targets.pac.settings import PacSettings
from aipol_targets.pac.ways import Ways, through_gateways, way_name

TARGET_ID = "pac"
CLIENTS = ("pac",)


@dataclass(frozen=True, slots=True)
class _Written:
    """One segment's file with what it was made from."""

    segment: Segment
    file: SegmentFile
    uses: Uses
    trie: HostTrie

    def placed(self) -> Placed:
        """The one way to ask."""
        index = Index(native_levels(self.trie))

        def files(claims: Sequence[Claim]) -> tuple[str, ...]:
            return (HANDOUT, self.file.path) if index.deciding(claims) else ()

        return Placed(self.segment, (Path(CLIENTS, self.uses, self.trie, self.trie, files),))


def lower(ir: Ir, settings: PacSettings) -> Lowered[Pac]:
    """Give every segment its file, and account for every clause of every ruling."""
    parts = segments(ir)
    findings = [*bad_hosts(ir), *too_many(ir, TARGET_ID, len(parts)), *_unknown(ir, settings)]
    if findings:
        return Lowered(Pac("", (), ()), (), tuple(findings))
    written = tuple(_write(ir, settings, segment) for segment in parts)
    model = Pac(
        ir.organization.identifier, tuple(each.file for each in written), gateway_networks(ir)
    )
    for each in written:
        findings += locked_out(
            ir, f"{TARGET_ID}/{each.file.path}", (each.trie,), each.trie.minimal()
        )
        findings += _too_long(ir, model, each.file)
    account = coverage(ir, TARGET_ID, tuple(each.placed() for each in written))
    account = tuple(_advisory(ir, record) for record in account)
    return Lowered(model, account, tuple(findings), idle=_idle(model, settings))


def _idle(model: Pac, settings: PacSettings) -> frozenset[str]:
    """The ways that no file takes."""
    taken = {way for file in model.files for way in file.ways}
    through = {f"gateways.{name}": way_name(name) in taken for name in settings.gateways}
    return idle(black_hole=BLOCK in taken, **through)


def _write(ir: Ir, settings: PacSettings, segment: Segment) -> _Written:
    decided = decisions(ir, segment)
    trie = decided.trie
    through = through_gateways(ir, decided, settings.gateways)
    hosts = tuple(dict.fromkeys(entry.host for entry in decided.entries.values()))
    rules = Ways(trie, hosts, through).rules()
    answers = {
        BLOCK: f"PROXY {settings.black_hole}",
        DIRECT: "DIRECT",
        **{way_name(name): f"PROXY {proxy}" for name, proxy in settings.gateways.items()},
    }
    used = set(rules.values())
    ways = {name: answers[name] for name in sorted(used)}
    file = SegmentFile(segment.id, segment.networks, ways, rules)
    return _Written(segment, file, decided.uses, trie)


def _advisory(ir: Ir, record: Coverage) -> Coverage:
    """What keeps people from a host holds for programs that take the advice."""
    ruling = ir.by_id[record.ruling]
    stops = ruling.direct is Effect.BLOCK and record.clause in {EFFECT_CLAUSE, "via"}
    if stops and record.status.holds:
        return replace(record, status=Status.LOOSER, reason=ADVISORY)
    return record


# --- what must not happen -------------------------------------------------------------------------


def _unknown(ir: Ir, settings: PacSettings) -> Iterator[Diagnostic]:
    for name in sorted(settings.gateways.keys() - ir.gateways.keys()):
        why = f"names `{name}`, which is none of `network.gateways`"
        span = ir.setting_span(TARGET_ID, "gateways")
        yield BAD_VALUE.at(span, what="`targets.pac.gateways`", why=why)


def _too_long(ir: Ir, model: Pac, file: SegmentFile) -> Iterator[Diagnostic]:
    octets = len(script(model.identifier, file))
    if octets > FILE_SIZE.value:
        yield LIMIT_EXCEEDED.at(
            ir.unlisted_span,
            target=TARGET_ID,
            what=f"octets of {file.path}:",
            count=octets,
            limit=FILE_SIZE.value,
        )
