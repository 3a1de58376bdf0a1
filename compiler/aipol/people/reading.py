"""Read a file of people into sums; of what is wrong with it the place is told, and no name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from aipol.diagnostics import codes
from aipol.diagnostics.model import Diagnostic, has_errors
from aipol.ir import Ir
from aipol.language.order import in_order
from aipol.language.text import read_bytes, reason
from aipol.language.words import clip, enumerated, listed, near
from aipol.people.export import from_export
from aipol.people.model import People
from aipol.people.sums import Sums
from aipol.people.table import from_table
from aipol.report.words import count
from aipol.source import whole_file

MOST_OCTETS = 256_000_000
_GUESSES = 3
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class PeopleRead:
    """A file of people as far as it could be read; `people` is None where an error is in it."""

    people: People | None
    findings: tuple[Diagnostic, ...]


def identities(*policies: Ir) -> Mapping[str, str]:
    """The groups of policies, by name and by Entra id; of two policies the later one's ids count.

    Groups whose membership follows from others stand for nothing: it is worked out, not read.
    """
    found: dict[str, str] = {}
    for ir in policies:
        for group in ir.groups.values():
            name = group.name if group.name in ir.universe.groups else ""
            found |= {group.entra.casefold(): name} if group.entra else {}
            found[group.name] = name
    return found


def read_people(file: str, known: Mapping[str, str]) -> PeopleRead:
    """Everybody in `file`, a CSV or, as its name ends in `.json`, an export of a directory.

    `known` has the policy's groups by what the file may call them.
    """
    text = people_text(file)
    return text if isinstance(text, PeopleRead) else people_in(file, text, known)


def people_text(file: str) -> str | PeopleRead:
    """What `file` has, before it is known what a policy calls its groups; or why it has nothing."""
    try:
        return read_bytes(file, MOST_OCTETS).removeprefix(_BOM).decode("utf-8")
    except OverflowError:
        return _unreadable(file, f"it has more than {MOST_OCTETS:,} bytes")
    except UnicodeDecodeError as error:
        hint = "save it as `CSV UTF-8`" if not _is_export(file) else "save it as UTF-8"
        line = error.object.count(b"\n", 0, error.start) + 1
        return _unreadable(file, f"line {line:,} is not UTF-8", hint)
    except (OSError, ValueError) as error:
        return _unreadable(file, reason(error))


def people_in(file: str, text: str, known: Mapping[str, str]) -> PeopleRead:
    """Everybody in the text of `file`."""
    sums = Sums(file, known)
    (from_export if _is_export(file) else from_table)(text, sums)
    if not sums.counted and not sums.findings:
        return _unreadable(file, "it has nobody in it")
    findings = in_order(file, sums.findings)
    if has_errors(findings):
        return PeopleRead(None, findings)
    return PeopleRead(sums.people(), (*findings, *_remarks(sums)))


def _is_export(file: str) -> bool:
    return PurePath(file).suffix.casefold() == ".json"


def _unreadable(file: str, why: str, hint: str = "") -> PeopleRead:
    found = codes.PEOPLE_UNREADABLE.at(whole_file(file), file=file, why=why, hint=hint)
    return PeopleRead(None, (found,))


def _remarks(sums: Sums) -> Iterable[Diagnostic]:
    """Groups that the policy does not know, and groups of the policy in which nobody is."""
    place = whole_file(sums.file)
    if sums.elsewhere:
        groups = sorted(set(sums.known.values()) - {""})
        # The others are not named: where columns are mixed up, they are people.
        meant = {name: guess for name in sorted(sums.elsewhere) if (guess := near(name, groups))}
        guesses = [f"`{clip(name)}` for `{guess}`" for name, guess in meant.items()][:_GUESSES]
        hint = f"did you mean {enumerated(guesses, 'or')}? Entra ids do as well" if guesses else ""
        yield codes.PEOPLE_ELSEWHERE.at(place, what=count(len(sums.elsewhere), "group"), hint=hint)
    nobody = sorted(set(sums.known.values()) - sums.named - {""})
    if nobody:
        yield codes.PEOPLE_NOWHERE.at(place, file=sums.file, groups=listed(nobody))
