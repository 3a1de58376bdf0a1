"""Mistakes in lists in the notation of PAN-OS."""

from __future__ import annotations

from collections.abc import Iterator

from tests.mutation.mistakes.change import (
    CASE,
    HOST,
    LOOKALIKE,
    NO_APEX,
    NO_CHILDREN,
    WIDER,
    Change,
)

_XML_LIST = r"<list>\s*(?:<member>[^<]*</member>\s*)*?<member>"
_PAN = (
    # The target and its output, the files, and what is before an entry, the same in a list of
    # exceptions, and after it.
    ("lists", "edl", r"/edl/level-\d-(block|allow)", "^", "^", "$"),
    ("paloalto", "edl", r"edl/lists/.*_\d-(block|allow)", "^", "^", "$"),
    (
        "paloalto",
        "set",
        r"set/",
        r"^set profiles \S+ \S+_\d-(?:block|allow) list ",
        r"^set profiles \S+ \S+_1-allow list ",
        "$",
    ),
    (
        "paloalto",
        "xml",
        r"xml/",
        r"^ *<member>",
        rf'name="\S+_1-allow">\s*{_XML_LIST}',
        "</member>$",
    ),
)


def _pan() -> Iterator[Change]:
    for target, output, path, before, exception, after in _PAN:
        allow = path.replace("(block|allow)", "allow")
        lost = f"{before}{{}}{after}\n"
        kept, inside = f"({before}){{}}({after})", f"({exception}){{}}({after})"
        for mistake, where, find, put, why in (
            (NO_CHILDREN, path, lost.format(rf"\*\.{HOST}/"), "", ""),
            (NO_APEX, path, lost.format(rf"{HOST}/"), "", ""),
            ("no slash", path, kept.format(rf"((?:\*\.)?{HOST})/"), r"\1\2\3", "has no slash"),
            (LOOKALIKE, path, kept.format(rf"\*\.({HOST}/)"), r"\1*\2\3", "is not an entry"),
            (WIDER, allow, inside.format(r"a\.(b\.big\.test/)"), r"\1\2\3", ""),
            (WIDER, allow, inside.format(r"api\.(big\.test/)"), r"\1\2\3", ""),
            (WIDER, allow, inside.format(r"\*\.own\.(sites\.test/)"), r"\1*.\2\3", ""),
            (CASE, path, kept.format(r"b(ig\.test/)"), r"\1B\2\3", "is not an entry"),
        ):
            yield Change(target, mistake, where, find, put, why, (output,))


CHANGES = tuple(_pan())
