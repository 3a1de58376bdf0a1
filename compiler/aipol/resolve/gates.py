"""Turn vendor facts into the most sensitive data each vendor may be given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from aipol.diagnostics import Diagnostic, codes
from aipol.source import Span

if TYPE_CHECKING:
    from aipol.language.assemble import Assembled
    from aipol.language.model import Fact, Vendor, VendorTier
    from aipol.language.placed import Placed


@dataclass(frozen=True, slots=True)
class Gate:
    """The cap a vendor's tier puts on data, and why it is not in a better one."""

    tier: str
    max_data: str
    span: Span
    note: str


def resolve_gates(
    assembled: Assembled, vendors: frozenset[str], as_of: date
) -> tuple[dict[str, Gate], tuple[Diagnostic, ...]]:
    """The gate of each of `vendors`; no tiers, no gates. Expired evidence is a finding."""
    if not assembled.vendor_tiers:
        return {}, ()
    gates = {name: _gate(assembled, name, as_of) for name in sorted(vendors)}
    findings = [
        codes.EVIDENCE_EXPIRED.at(
            placed.span(fact),
            fact=fact,
            vendor=name,
            until=found.until,
            hint=f"`{name}` is now in tier `{gates[name].tier}`" if name in gates else "renew it",
        )
        for name, placed in assembled.vendors.items()
        for fact in type(placed.value).model_fields
        if (found := getattr(placed.value, fact)) and _expired(found, as_of)
    ]
    return gates, tuple(findings)


def _gate(assembled: Assembled, name: str, as_of: date) -> Gate:
    placed = assembled.vendors.get(name)
    misses: list[str] = []
    for tier in assembled.vendor_tiers:
        miss = _miss(tier.value, placed, as_of)
        if miss is None:
            note = f"tier `{tier.value.id}` caps data at `{tier.value.max_data}`"
            if misses:
                note += f" ({'; '.join(misses)})"
            return Gate(tier.value.id, tier.value.max_data, tier.span(), note)
        misses.append(f"not `{tier.value.id}`: {miss}")
    last = assembled.vendor_tiers[-1]
    return Gate(last.value.id, last.value.max_data, last.span(), "; ".join(misses))


def _miss(tier: VendorTier, vendor: Placed[Vendor] | None, as_of: date) -> str | None:
    """The first condition of `tier` that the vendor misses, None when it meets all."""
    if tier.when is None:
        return None
    for fact in sorted(tier.when.model_fields_set):
        wanted = getattr(tier.when, fact)
        if wanted is None:
            continue
        found = getattr(vendor.value, fact) if vendor else None
        if found is None:
            return f"`{fact}` is not known"
        if _expired(found, as_of):
            return f"evidence for `{fact}` ended on {found.until}"
        if not _meets(found.value, wanted):
            return f"`{fact}` is `{str(found.value).lower()}`"
    return None


def _meets(found: object, wanted: object) -> bool:
    both_numbers = isinstance(found, int) and isinstance(wanted, int)
    if both_numbers and not isinstance(found, bool) and not isinstance(wanted, bool):
        return bool(found <= wanted)  # type: ignore[operator]
    return type(found) is type(wanted) and found == wanted


def _expired(fact: Fact, as_of: date) -> bool:
    return fact.until is not None and fact.until < as_of
