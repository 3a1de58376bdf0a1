"""Turns lines of a file of rules into what they look for (Suricata 7, "Rules Format").

A buffer with `dotprefix` has a dot before its text. `content` finds the text anywhere in it, and
`pcre` is searched in the same buffer; all of a rule's tests must hold, those with `!` must not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aipol.target import UnreadableArtifact
from aipol_targets.common.network.reading import HOST_NAME

LONGEST = 8191
"""Characters of a rule: a longer one is left out, and the others load."""
MOST = 10_000

_RULE = re.compile(
    r"(?P<action>drop|reject|alert) (?P<protocol>dns|http|tls) (?P<source>\S+) any -> any any "
    r"\((?P<options>.*);\)"
)
_BUFFERS = {"dns": "dns.query", "http": "http.host", "tls": "tls.sni"}
_CONTENT = re.compile(rf'content:"\.({HOST_NAME})"')
_PCRE = re.compile(r'pcre:(!?)"/(\^?)\\\.([a-z0-9_-]+(?:\\\.[a-z0-9_-]+)*)\\\.\*\$/(i?)"')
_MSG = re.compile(r'msg:"[A-Za-z0-9 ._-]+"')
_SID = re.compile(r"sid:([1-9][0-9]{0,9})")


@dataclass(frozen=True, slots=True)
class Names:
    """A host, and whether what is below it is meant too."""

    host: str
    below: bool

    def hold(self, name: str) -> bool:
        """Whether a name is among them."""
        return name == self.host or (self.below and name.endswith(f".{self.host}"))


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    number: int
    action: str
    protocol: str
    source: str
    names: Names
    besides: tuple[Names, ...]

    def matches(self, name: str) -> bool:
        """Whether the rule is about a name."""
        return self.names.hold(name) and not any(each.hold(name) for each in self.besides)


def read_rules(lines: Sequence[str], path: str) -> Iterator[Rule]:
    """The rules of a file. Raises UnreadableArtifact."""
    sids: set[int] = set()
    said: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if line.startswith("#"):
            continue
        found = _RULE.fullmatch(line)
        if not found or len(line) > LONGEST or len(sids) == MOST:
            raise UnreadableArtifact(path, f"line {number} is no rule, too long or one too many")
        options = found["options"].split("; ")
        sid = _SID.fullmatch(options[-2]) if len(options) > 1 else None
        text = line.replace(options[-2], "") if sid else line
        if sid is None or int(sid[1]) in sids or text in said:
            # Suricata refuses the second one; it may be the one that is meant.
            raise UnreadableArtifact(path, f"line {number} has no id, or is there twice")
        sids.add(int(sid[1]))
        said.add(text)
        names = _names(found["protocol"], options)
        if not names:
            raise UnreadableArtifact(path, f"line {number} looks for something that is not known")
        yield Rule(number, found["action"], found["protocol"], found["source"], names[0], names[1:])


def _names(protocol: str, options: Sequence[str]) -> tuple[Names, ...]:
    """What a rule looks for and what it is not about; nothing where that is not known."""
    # `http.host` is in lower case, and `nocase` is refused there.
    cased = ("nocase",) if protocol != "http" else ()
    before = (_MSG, "flow:to_server", _BUFFERS[protocol], "dotprefix", _CONTENT, *cased)
    head, tests, tail = options[: len(before)], options[len(before) : -2], options[-1:]
    if len(head) != len(before) or list(tail) != ["rev:1"] or not tests:
        return ()
    for wanted, option in zip(before, head, strict=True):
        known = option == wanted if isinstance(wanted, str) else wanted.fullmatch(option)
        if not known:
            return ()
    found = [_PCRE.fullmatch(test) for test in tests]
    parts = [(each[1], each[2], each[3], each[4]) for each in found if each]
    marks, flags = [part[0] for part in parts], {part[3] for part in parts}
    if not all(found) or marks != ["", *["!"] * (len(parts) - 1)]:
        return ()
    names = tuple(Names(text.replace("\\.", "."), not start) for _, start, text, _ in parts)
    looked_for = _CONTENT.fullmatch(head[4])
    # The text is what the expression is about, or the expression is never tried.
    same = looked_for is not None and looked_for[1] == names[0].host
    return names if same and flags == {"i" if cased else ""} else ()
