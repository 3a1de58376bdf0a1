"""Check that the targets which a policy names are there, and say what an output is one of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic
from aipol.language.assemble import Assembled
from aipol.language.words import clip, enumerated, near
from aipol.target import Target

OUTPUTS = "outputs"
"""The setting of a target that writes for several programs: which of them."""

Known = Mapping[str, Sequence[str]]
"""The outputs of each target there is, by its id."""


def outputs_of(target: Target) -> tuple[str, ...]:
    """The words that `outputs` of a target takes; none where it has no such setting."""
    field = target.settings.model_fields.get(OUTPUTS)
    items: Any = get_args(field.annotation) if field else ()
    return get_args(items[0]) if items else ()


def check_targets_exist(assembled: Assembled, known: Known) -> Iterator[Diagnostic]:
    """Targets that are configured, or named in tests."""
    for name, target in assembled.targets.items():
        if name not in known:
            owners = [f"`{each}: {{outputs: [{name}]}}`" for each in _writers(name, known)]
            hint = _hint(name, known, owners)
            yield codes.UNKNOWN_TARGET.at(target.key_span(), target=clip(name), hint=hint)
    for test in assembled.tests:
        for position, name in enumerate(test.value.enforced_by or ()):
            if name not in known:
                hint = _hint(name, known, [f"`{each}`" for each in _writers(name, known)])
                span = test.span("enforced_by", position)
                yield codes.UNKNOWN_TARGET.at(span, target=clip(name), hint=hint)


def _writers(output: str, known: Known) -> list[str]:
    """The targets that have an output of this name."""
    return [target for target, outputs in sorted(known.items()) if output in outputs]


def _hint(name: str, known: Known, instead: Sequence[str]) -> str:
    if instead:
        return f"`{name}` is an output: write {enumerated(instead, 'or')}"
    guess = near(name, known)
    if guess is not None:
        return f"did you mean `{guess}`?"
    names = ", ".join(f"`{each}`" for each in sorted(known))
    return f"known: {names}" if names else "no target is installed"
