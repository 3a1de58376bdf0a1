"""Put what the policy model refuses into the words of the language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic
from aipol.language.document import Document, Path
from aipol.language.shape import POLICY, Shape, owners
from aipol.language.shapes import is_list, is_mapping
from aipol.language.types import PATTERN_WORDS, MisfitError, SeveralLinesError
from aipol.language.where import what, where
from aipol.language.words import clip, found, listed, near
from aipol.source import Span

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "`true` or `false`",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_PLAIN = re.compile(r"\w[\w./ -]*")
TRUTH: Mapping[str, str] = {
    "yes": "true",
    "on": "true",
    "true": "true",
    "y": "true",
    "no": "false",
    "off": "false",
    "false": "false",
    "n": "false",
}

# What other products call the words of the language.
_SAME: Mapping[str, str] = {
    **dict.fromkeys(("accept", "permit", "grant", "yes"), "allow"),
    **dict.fromkeys(("audit", "caution", "coach", "educate", "notify"), "warn"),
    **dict.fromkeys(("ask", "confirm", "override", "prompt"), "justify"),
    **dict.fromkeys(
        ("deny", "disallow", "drop", "forbid", "prohibit", "refuse", "reject"), "block"
    ),
    **dict.fromkeys(("browser", "site", "website"), "web"),
    **dict.fromkeys(("business", "company", "enterprise", "work"), "corporate"),
    **dict.fromkeys(("consumer", "free", "private"), "personal"),
}


class Fault:
    """One thing that the model refused, and where."""

    def __init__(self, document: Document, details: ErrorDetails, shape: Shape = POLICY) -> None:
        self.document = document
        self.shape = shape
        self.kind = details["type"]
        self.context: Mapping[str, Any] = details.get("ctx", {})
        self.on_key = details["loc"][-1:] == ("[key]",)
        self.path: Path = details["loc"][:-1] if self.on_key else details["loc"]
        self.value = document.at(document.nearest(self.path))

    @property
    def follows_from_another(self) -> bool:
        """Whether a fault that is already told is the reason of this one."""
        if any(self.path[: len(hole)] == hole for hole in self.document.holes):
            return True
        # What is counted is what was valid: a list whose items are wrong is not empty.
        return self.kind == "too_short" and bool(self.value)

    @property
    def span(self) -> Span:
        """The key or the value to point at."""
        return self.document.key_span(self.path) if self.on_key else self.document.span(self.path)

    @property
    def what(self) -> str:
        """The key or the value in words."""
        return (
            f"key `{clip(str(self.path[-1]))}`" if self.on_key else what(self.document, self.path)
        )


def findings_of(faults: Sequence[Fault], told: frozenset[Path] = frozenset()) -> list[Diagnostic]:
    """What is wrong, each thing once: without what is `told`, or follows from something else."""
    misspelt = {
        (*fault.path[:-1], near(str(fault.path[-1]), fault.shape.fields_at(fault.path[:-1])))
        for fault in faults
        if fault.kind == "extra_forbidden"
    }
    findings = [
        finding_of(fault)
        for fault in faults
        if not fault.follows_from_another
        and fault.document.nearest(fault.path) not in told
        and not (fault.kind == "missing" and fault.path in misspelt)
    ]
    return list({(found.span, found.code, found.message): found for found in findings}.values())


def finding_of(fault: Fault) -> Diagnostic:
    """The finding that says what is wrong."""
    return _FINDINGS.get(fault.kind, _other)(fault)


def expected_of(fault: Fault) -> str:
    """What type of value is expected, in words; nothing where another thing is wrong."""
    return _EXPECTED.get(fault.kind, "")


def _bad(fault: Fault, why: str, *, hint: str = "") -> Diagnostic:
    return codes.BAD_VALUE.at(fault.span, what=fault.what, why=why, hint=hint)


def _unknown_key(fault: Fault) -> Diagnostic:
    key, parent = str(fault.path[-1]), fault.path[:-1]
    place = where(fault.document, parent)
    span = fault.document.key_span(fault.path)
    return codes.UNKNOWN_KEY.at(
        span, key=clip(key), where=place, hint=_key_hint(fault, key, parent)
    )


def _key_hint(fault: Fault, key: str, parent: Path) -> str:
    if key == "<<":
        return "merge keys are not part of the language: write the keys out"
    known = fault.shape.fields_at(parent)
    guess = near(key, known)
    if guess is not None:
        return f"did you mean `{guess}`?"
    if owners(key):
        return f"`{key}` is a key of {' and '.join(owners(key)[:2])}: check the indentation"
    return f"known keys: {listed(known)}" if known else ""


def _missing(fault: Fault) -> Diagnostic:
    key, parent = fault.path[-1], fault.path[:-1]
    hint = "add `version: 1`" if fault.path == ("version",) else _meaning(fault)
    span = fault.document.key_span(parent)
    return codes.MISSING_KEY.at(span, key=key, where=where(fault.document, parent), hint=hint)


def _wrong_type(fault: Fault) -> Diagnostic:
    expected = _EXPECTED[fault.kind]
    # A whole file that is no policy is not quoted: it may be anybody's.
    is_now = found(fault.value) if fault.path else "something else"
    hint = _type_hint(expected, fault)
    return codes.WRONG_TYPE.at(
        fault.span, what=fault.what, expected=expected, found=is_now, hint=hint
    )


def _type_hint(expected: str, fault: Fault) -> str:
    in_domains = "domains" in fault.path[-2:]
    if expected == "a mapping" and "targets" in fault.path[-2:]:
        return _targets_hint(fault)
    match expected, fault.value:
        case (("a list" | "a mapping"), str() as host) if host and in_domains:
            entry = f"{{domain: {clip(re.sub('^[a-z]+://|/.*$', '', host))}}}"
            return f"write `{entry if expected == 'a mapping' else f'[{entry}]'}`"
        case "text", {"category": str() as name} | {"vendor": str() as name}:
            kind = next(iter(fault.value))
            return f'write it in quotes, without a blank: "{kind}:{clip(name)}"'
        case "text", bool() | int() | float() as value:
            return f'write it in quotes: "{str(value).lower()}"'
        case "`true` or `false`", str() as value if value.lower() in TRUTH:
            return f"write `{TRUTH[value.lower()]}`"
        case "a whole number", str() as value if value.isdecimal():
            return f"write it without quotes and leading zeros: {clip(value.lstrip('0') or '0')}"
        case "a list", str() as value if value:
            word = value if _PLAIN.fullmatch(value) else f'"{value}"'
            return f"write `[{clip(word)}]`"
        case "a mapping", None:
            return "write `{}` for a mapping without keys"
        case _:
            return ""


def _targets_hint(fault: Fault) -> str:
    """How targets are configured, for who lists them, or gives one its outputs and nothing else."""
    name = str(fault.path[-1])
    words = fault.value if is_list(fault.value) else [fault.value]
    if name == "targets":
        keys = [key for word in words for key in (word if is_mapping(word) else [word])]
        lines = ", ".join(f"{key}: {{}}" for key in keys if isinstance(key, str))
        return f"write `{{{clip(lines)}}}`, with its settings between the braces of each"
    named = ", ".join(word for word in words if isinstance(word, str) and word not in TRUTH)
    outputs = f", or `{name}: {{outputs: [{clip(named)}]}}` for outputs" if named else ""
    return f"write `{name}: {{}}`{outputs}"


def _choice(fault: Fault) -> Diagnostic:
    allowed = _choices(str(fault.context["expected"]))
    if len(allowed) == 1:
        return _bad(fault, f"must be `{allowed[0]}`, not {found(fault.value)}")
    guess = _meant(fault.value, allowed) if isinstance(fault.value, str) else None
    hint = f"did you mean `{guess}`?" if guess else ""
    return _bad(fault, f"must be one of {listed(allowed)}, not {found(fault.value)}", hint=hint)


def _meant(word: str, allowed: tuple[str, ...]) -> str | None:
    same = _SAME.get(word.casefold())
    return same if same in allowed else near(word, allowed)


def _choices(expected: str) -> tuple[str, ...]:
    """The allowed values out of a listing such as `'a', 'b' or 'c'`."""
    words = expected.replace(" or ", ", ").split(", ")
    return tuple(word.strip("'") for word in words)


def _empty(fault: Fault) -> Diagnostic:
    place = where(fault.document, fault.path)
    return codes.EMPTY.at(fault.span, what=place, hint="say what is meant, or leave it out")


def _pattern(fault: Fault) -> Diagnostic:
    why = PATTERN_WORDS.get(str(fault.context.get("pattern")), "is not written as it should be")
    hint = "" if fault.on_key else _meaning(fault)
    return _bad(fault, why if fault.on_key else f"{why}, not {found(fault.value)}", hint=hint)


def _meaning(fault: Fault) -> str:
    """What a target's setting is: the language's own keys are explained on the page of the code."""
    text = fault.shape.describes(fault.path).rstrip(".") if fault.shape is not POLICY else ""
    return f"`{fault.path[-1]}`: {text[:1].lower()}{text[1:]}" if text else ""


def _refused(fault: Fault) -> Diagnostic:
    error = fault.context.get("error")
    if isinstance(error, MisfitError):
        span = fault.document.key_span((*fault.path, error.at))
        place = where(fault.document, fault.path)
        return codes.BAD_VALUE.at(span, what=place, why=str(error))
    folded = "a text of several lines of the file is written behind `>-`: they become one"
    return _bad(fault, str(error), hint=folded if isinstance(error, SeveralLinesError) else "")


def _too_small(fault: Fault) -> Diagnostic:
    return _bad(fault, f"must be at least {fault.context['ge']}, not {fault.value}")


def _too_great(fault: Fault) -> Diagnostic:
    return _bad(fault, f"must be at most {fault.context['le']}, not {fault.value}")


def _too_long(fault: Fault) -> Diagnostic:
    most = fault.context.get("max_length", 0)
    unit = "characters" if isinstance(fault.value, str) else "items"
    return _bad(fault, f"must have at most {most} {unit}" if most else "takes no items")


def _other(fault: Fault) -> Diagnostic:
    return _bad(fault, f"cannot be {found(fault.value)}")


_FINDINGS: dict[str, Callable[[Fault], Diagnostic]] = {
    **dict.fromkeys(_EXPECTED, _wrong_type),
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "enum": _choice,
    "literal_error": _choice,
    "too_short": _empty,
    "string_too_short": _empty,
    "string_pattern_mismatch": _pattern,
    "value_error": _refused,
    "greater_than_equal": _too_small,
    "less_than_equal": _too_great,
    "too_long": _too_long,
    "string_too_long": _too_long,
}
