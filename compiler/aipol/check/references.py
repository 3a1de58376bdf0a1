"""Check that what one part of a policy names, another part defines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aipol.check.known import Known, hint_or_list
from aipol.check.selectors import app_reference
from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic
from aipol.language.assemble import Assembled
from aipol.language.placed import Placed
from aipol.language.words import clip


def check_groups_exist(assembled: Assembled) -> Iterator[Diagnostic]:
    """Groups that are named in clauses, approvals, derived groups, segments and tests."""
    for clause in assembled.clauses:
        yield from named_groups(assembled, clause, ("groups",), clause.value.groups)
    for approval in assembled.approvals:
        yield from named_groups(assembled, approval, ("groups",), approval.value.groups or ())
    for group in assembled.groups.values():
        for key in ("all_of", "any_of", "none_of"):
            yield from named_groups(assembled, group, (key,), getattr(group.value, key) or ())
    if assembled.network is not None:
        for position, segment in enumerate(assembled.network.value.segments):
            below = ("segments", position, "groups")
            yield from named_groups(assembled, assembled.network, below, segment.groups)
    for test in assembled.tests:
        yield from named_groups(assembled, test, ("who",), test.value.who)


def named_groups(
    assembled: Assembled, placed: Placed[object], below: tuple[str | int, ...], names: Iterable[str]
) -> Iterator[Diagnostic]:
    """The findings about groups that are named at a place."""
    for position, name in enumerate(names):
        if name not in assembled.groups:
            span = placed.span(*below, position)
            hint = hint_or_list(name, assembled.groups, "define it under `groups`")
            yield codes.UNKNOWN_GROUP.at(span, group=clip(name), hint=hint)


def check_data_classes_exist(assembled: Assembled) -> Iterator[Diagnostic]:
    """Data classes that are named in obligations, vendor tiers and approvals."""
    known = [placed.value.id for placed in assembled.data_classes]
    wanted: list[tuple[str, Placed[object], tuple[str, ...]]] = [
        (each.value.min_data, each, ("min_data",))
        for each in assembled.approvals
        if each.value.min_data is not None
    ]
    for clause in assembled.clauses:
        require = clause.value.require
        if require is not None and require.data is not None:
            wanted.append((require.data.max, clause, ("require", "data", "max")))
    wanted.extend((tier.value.max_data, tier, ("max_data",)) for tier in assembled.vendor_tiers)
    for name, placed, below in wanted:
        if name not in known:
            hint = hint_or_list(name, known, "list the classes under `data_classes`")
            yield codes.UNKNOWN_DATA_CLASS.at(placed.span(*below), data_class=name, hint=hint)


def check_gateways_exist(assembled: Assembled) -> Iterator[Diagnostic]:
    """Gateways that `via` names."""
    known = assembled.network.value.gateways if assembled.network else {}
    for clause in assembled.clauses:
        via = clause.value.require.via if clause.value.require else None
        if via is not None and via not in known:
            hint = hint_or_list(via, known, "define it under `network.gateways`")
            yield codes.UNKNOWN_GATEWAY.at(clause.span("require", "via"), gateway=via, hint=hint)


def check_vendors_exist(assembled: Assembled, known: Known) -> Iterator[Diagnostic]:
    """Vendors whose facts are given: facts about nobody would gate nothing."""
    for name, vendor in assembled.vendors.items():
        if name not in known.vendors:
            hint = hint_or_list(name, known.vendors, "")
            yield codes.UNKNOWN_VENDOR.at(vendor.key_span(), vendor=name, hint=hint)


def check_tests_name_what_exists(assembled: Assembled, known: Known) -> Iterator[Diagnostic]:
    """Apps and rules that the policy's own tests name."""
    ids = [clause.value.id for clause in assembled.clauses]
    for test in assembled.tests:
        yield from app_reference(test.value.app, test.span("app"), known)
        rule = test.value.rule
        if rule is not None and rule not in ids:
            why, hint = f"names no rule or exception: `{rule}`", hint_or_list(rule, ids, "")
            yield codes.BAD_VALUE.at(test.span("rule"), what="`rule`", why=why, hint=hint)
