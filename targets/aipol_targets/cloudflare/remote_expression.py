"""Turns an expression of a policy into parts that can refer to lists, and into what it means.

Parts are texts with a list between each two: a reference, or the id of a list that is not ours.
"The API automatically formats and sanitizes expressions before storing them" (SDK `cloudflare`
5.9), it does not say how. So two expressions mean the same if they differ in white space, in
parentheses around what they do not change, in the order of a set, or in other words for the same.
What cannot be taken apart is compared word by word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from uuid import UUID

from aipol.remote import REF, Json

# Dashes go where the API stores it (terraform-provider-cloudflare 2770).
_ID = re.compile(
    r"(?<=\$)([0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12})(?![0-9a-z-])",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=\$)<([A-Za-z0-9_-]+)>")
_TOKEN = re.compile(
    r'\s+|("(?:[^"\\]|\\.)*"|==|!=|>=|<=|&&|\|\||\^\^|[(){}!~<>$]|[^\s(){}"!&|^=<>~$]+)'
)
# The two notations of the rules language, which Gateway's is similar to (Gateway policy
# expressions; Rules language, Operators).
_SAME = {"&&": "and", "||": "or", "!": "not", "eq": "==", "ne": "!=", "~": "matches"}
_COMPARED = frozenset({"in", "==", "!=", "matches", "contains", ">", "<", ">=", "<="})
_DEEPEST = 100
_Token = str | tuple[Json]
"""A word or mark, or the list that is referred to, by itself in a tuple."""


def parts(text: str) -> list[Json]:
    """An expression as the server has it: texts, and ids as lists have them."""
    found: list[Json] = list(_ID.split(text))
    found[1::2] = [str(UUID(each)) for each in found[1::2]]
    return found


def named(text: str) -> list[str]:
    """An expression as the files have it: texts, and names of lists."""
    return _NAME.split(text)


def joined(found: Iterable[str]) -> str:
    """The expression of parts whose references are ids."""
    return "".join(found)


def meaning(found: list[Json]) -> Json:
    """What an expression says, alike however it is written."""
    tokens = list(_tokens(found))
    try:
        return _Reading(tokens).whole()
    except _Unread:
        return {"words": [each[0] if isinstance(each, tuple) else each for each in tokens]}


def written(means: Json, names: Mapping[str, str]) -> str:
    """What `meaning` found as an expression of the files, lists by their names.

    A list that is not ours is by its id, as the server has it.
    """
    match means:
        case {"and": terms} | {"or": terms}:
            (operator,) = means
            return f" {operator} ".join(_inside(each, names) for each in terms)
        case {"not": inner}:
            return f"not({written(inner, names)})"
        case {"any": inner} | {"all": inner}:
            (quantifier,) = means
            return f"{quantifier}({written(inner, names)})"
        case {"words": words}:
            return " ".join(_word(each, names) for each in words)
        case [name, operator, value]:
            return f"{name} {operator} {_word(value, names)}"
        case _:
            return _word(means, names)


def _inside(term: Json, names: Mapping[str, str]) -> str:
    """A term among others, in parentheses where it is several."""
    text = written(term, names)
    return f"({text})" if isinstance(term, dict) and term.keys() & {"and", "or"} else text


def _word(value: Json, names: Mapping[str, str]) -> str:
    match value:
        case {"list": {"$ref": key}}:
            return f"$<{names[key]}>"
        case {"list": identifier}:
            return f"${identifier}"
        case {"set": values}:
            return f"{{{' '.join(values)}}}"
        case dict():
            return f"<{names[value[REF]]}>"
        case _:
            return str(value)


def _tokens(found: list[Json]) -> Iterator[_Token]:
    for index, part in enumerate(found):
        if index % 2:
            yield (part,)
            continue
        place = 0
        while place < len(part):
            match = _TOKEN.match(part, place)
            if match is None:
                yield part[place]
                place += 1
                continue
            if match[1]:
                yield _SAME.get(match[1], match[1])
            place = match.end()


class _Unread(Exception):
    """It is no expression that is known, and so compared by its words."""


class _Reading:
    def __init__(self, tokens: list[_Token]) -> None:
        self._left = tokens[::-1]

    def whole(self) -> Json:
        if not self._left:
            return ""
        found = self._joined(0)
        if self._left:
            raise _Unread
        return found

    def _take(self, *wanted: str) -> _Token:
        if not self._left or (wanted and self._left[-1] not in wanted):
            raise _Unread
        return self._left.pop()

    def _next(self) -> _Token:
        return self._left[-1] if self._left else ""

    def _joined(self, depth: int) -> Json:
        """Terms with one operator; which of two binds stronger is nowhere said of Gateway."""
        if depth > _DEEPEST:
            raise _Unread
        terms, operators = [self._term(depth)], list[_Token]()
        while self._next() in ("and", "or"):
            operators.append(self._take())
            terms.append(self._term(depth))
        if any(before != after for before, after in pairwise(operators)):
            raise _Unread
        if not operators:
            return terms[0]
        operator = str(operators[0])
        return {operator: [inner for term in terms for inner in _within(operator, term)]}

    def _term(self, depth: int) -> Json:
        taken = self._take()
        if taken == "not":
            return {"not": self._term(depth + 1)}
        if taken in ("any", "all") and self._next() == "(":
            self._take("(")
            inner = self._comparison(self._take())
            self._take(")")
            return {str(taken): inner}
        if taken == "(":
            found = self._joined(depth + 1)
            self._take(")")
            return found
        return self._comparison(taken)

    def _comparison(self, name: _Token) -> Json:
        if isinstance(name, tuple) or not re.match(r"[A-Za-z]", name):
            raise _Unread
        if self._next() not in _COMPARED:
            return name
        return [name, self._take(), self._value()]

    def _value(self) -> Json:
        taken = self._take()
        if taken == "$":
            found = self._take()
            return {"list": found[0] if isinstance(found, tuple) else found}
        if taken == "{":
            values = list[str]()
            while self._next() != "}":
                value = self._take()
                if isinstance(value, tuple):
                    raise _Unread
                values.append(value)
            self._take("}")
            return {"set": sorted(set(values))}
        if isinstance(taken, tuple) or taken in ("(", ")", "}"):
            raise _Unread
        return taken


def _within(operator: str, term: Json) -> list[Json]:
    """The terms of one that has the same operator and was in parentheses."""
    inner = term.get(operator) if isinstance(term, dict) else None
    return inner if isinstance(inner, list) else [term]
