"""Turn a policy's text into the text with every fix made that holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from aipol.fixing.clauses import idle_fixes
from aipol.fixing.model import Fix, Refused, apart, applied
from aipol.fixing.places import Written
from aipol.fixing.proof import objection
from aipol.fixing.shape import shape_fixes
from aipol.language.load import load_text
from aipol.pipeline import Opened

Open = Callable[[str], Opened]
"""The policy, had its file this text."""


@dataclass(frozen=True, slots=True)
class Mended:
    """The policy before and after, what was done, and what was tried in vain."""

    before: Opened
    after: Opened
    done: tuple[Fix, ...]
    refused: tuple[Refused, ...]

    @property
    def texts(self) -> tuple[str, str]:
        """The file before and after."""
        path = self.before.path
        return self.before.sources.texts[path], self.after.sources.texts[path]


@dataclass(slots=True)
class _Work:
    opened: Opened
    again: Open
    done: list[Fix] = field(default_factory=list[Fix])
    refused: list[Refused] = field(default_factory=list[Refused])

    @property
    def text(self) -> str:
        return self.opened.sources.texts[self.opened.path]

    def waiting(self) -> tuple[Fix, ...]:
        """The fixes that were not tried: first what is wrong, then what is idle."""
        tried = {(each.fix.code, each.fix.says, each.fix.gone) for each in self.refused}
        every = (fix for fix in _fixes(self.opened, self.text))
        return tuple(fix for fix in every if (fix.code, fix.says, fix.gone) not in tried)

    def attempt(self, fixes: tuple[Fix, ...]) -> str:
        """Make the fixes if they hold; else why they do not."""
        after = self.again(applied(self.text, fixes))
        why = objection(self.opened, after, fixes)
        if not why:
            self.opened = after
            self.done.extend(fixes)
        return why


def mended(opened: Opened, again: Open) -> Mended:
    """The policy with all fixes that hold, together where they do, else one by one."""
    work = _Work(opened, again)
    while fixes := work.waiting():
        together = apart(fixes)
        if len(together) > 1 and not work.attempt(together):
            continue
        first = together[:1]
        if why := work.attempt(first):
            work.refused.extend(Refused(each, why) for each in first)
    return Mended(opened, work.opened, tuple(work.done), tuple(work.refused))


def _fixes(opened: Opened, text: str) -> Iterator[Fix]:
    document, findings = load_text(opened.path, text)
    if document is None or findings:
        return  # what is not in the language at all comes first, and has no one way
    written = Written(text)
    repairs = tuple(shape_fixes(document, written))
    if repairs or opened.ir is None or opened.assembled is None:
        yield from repairs
        return
    own = next(each for each in opened.assembled.written if each.document.file == opened.path)
    yield from idle_fixes(opened, own, written)
