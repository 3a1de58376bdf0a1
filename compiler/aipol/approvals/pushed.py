"""What a change does to targets that were there: how, where and as whose they enforce."""

from __future__ import annotations

from collections.abc import Iterator

from aipol.approvals.effects import Meant
from aipol.approvals.model import Trigger
from aipol.language.words import enumerated
from aipol.source import whole_file
from aipol.vocabulary import Condition


def of_targets(meant: Meant) -> Iterator[Trigger]:
    """Targets that are gone or set otherwise, and objects that are no longer known as ours.

    No target is asked what a setting does: one that blocks nothing any more, recognises data by
    less or is pushed to another tenant makes no difference to any decision.
    """
    if meant.before is None:
        return
    old, new = meant.before.assembled.targets, meant.after.assembled.targets
    whole = meant.after.told(whole_file(meant.after.assembled.file))
    for name, there in old.items():
        here = new.get(name)
        if here is None:
            yield Trigger(Condition.TARGETS, f"target `{name}` is gone", whole)
            continue
        keys = sorted(there.value.keys() | here.value.keys())
        others = [key for key in keys if _value(there.value, key) != _value(here.value, key)]
        if others:
            text = f"target `{name}` has another {enumerated([f'`{key}`' for key in others])}"
            yield Trigger(Condition.TARGETS, text, meant.after.told(here.key_span()))
    marks = [each.organization.identifier for each in meant.irs]
    if marks[0] != marks[1]:
        text = (
            f"`organization.identifier` is `{marks[1]}`: objects of `{marks[0]}` stay as they are"
        )
        yield Trigger(Condition.TARGETS, text, whole)


def _value(settings: dict[str, object], key: str) -> tuple[object, ...]:
    """What a setting is, with its type: `0` is not `false`, and none is not an empty one."""
    return (type(settings[key]), settings[key]) if key in settings else ()
