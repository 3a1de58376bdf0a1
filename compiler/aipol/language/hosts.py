"""Turn a host name as people write it into the one form that is compared."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

_LONGEST_NAME, _LONGEST_LABEL = 253, 63
# Underscores and two hyphens in a row are no host names by the letter, yet hosts have them.
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?")
# What most names are, and what all that follows leaves as it is.
_PLAIN = re.compile(
    r"(?=.{1,253}\Z)(?:(?!xn--)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+"
    r"(?!xn--|rpz-)[a-z](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
)
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:/*", re.IGNORECASE)
_PORT = re.compile(r"(.+):[0-9]+")


class HostError(ValueError):
    """A text is no host name; `instead` is what to write, where that can be told."""

    def __init__(self, why: str, instead: str = "") -> None:
        super().__init__(why)
        self.instead = instead


# Many such names, one a line, of which none is longer than a label may be.
_PLAIN_LINES = re.compile(
    r"(?:(?:[a-z0-9_]++(?:-++[a-z0-9_]++)*+\.)++[a-z][a-z0-9_]*+(?:-++[a-z0-9_]++)*+\n)*+"
)


def are_canonical(texts: Sequence[str]) -> bool:
    """Whether all texts are host names in that form, found out at once; False means nothing."""
    lines = "\n".join((*texts, ""))
    if lines.count("\n") != len(texts) or "xn--" in lines or "rpz-" in lines:
        return False
    if not _PLAIN_LINES.fullmatch(lines):
        return False
    return all(_PLAIN.fullmatch(text) for text in texts if len(text) > _LONGEST_LABEL)


def canonical_host(text: str) -> str:
    """`text` in lower case and punycode, without a trailing dot."""
    if _PLAIN.fullmatch(text):
        return text
    _refuse_other_things(text)
    name = text if text.isascii() else _mapped(text)
    name = name.lower().removesuffix(".")
    if not name:
        raise HostError("it is empty")
    labels = [_label(label) for label in name.split(".")]
    if _NUMBER.fullmatch(labels[-1]):
        raise HostError("it is an address, or would be read as one", "name the host")
    if labels[-1].startswith("rpz-"):
        # In a policy zone such a name is an address or a server, whose every name it would stop.
        raise HostError("it is a trigger of response policy zones", "name the host")
    name = ".".join(labels)
    if len(name) > _LONGEST_NAME:
        raise HostError(f"it is longer than {_LONGEST_NAME} characters")
    return name


def _refuse_other_things(text: str) -> None:
    scheme = _SCHEME.match(text)
    if scheme and "/" in scheme.group():
        raise HostError("it has a scheme", _only_host(text[scheme.end() :]))
    if any(part in text for part in "/?#@"):
        raise HostError("it has more than a host name", _only_host(text))
    if "*" in text:
        bare = text.rpartition("*")[2].removeprefix(".")
        instead = f"write `{bare}` with `match: subtree` or `match: children`" if bare else ""
        raise HostError("it has a wildcard", instead)
    if text.startswith(".") and text != ".":
        raise HostError("it starts with a dot", f"write `{text[1:]}` with `match: children`")
    port = _PORT.fullmatch(text)
    if _is_address(text) or _is_address((port.group(1) if port else text).strip("[]")):
        raise HostError("it is an address", "name the host; addresses of people go into `networks`")
    if port:
        raise HostError("it has a port", f"write `{port.group(1)}`")


def _only_host(text: str) -> str:
    host = re.split(r"[/?#]", text)[0].rpartition("@")[2]
    return f"write `{host}`" if host and "*" not in host else ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _mapped(text: str) -> str:
    import idna

    try:
        return idna.uts46_remap(text, std3_rules=False, transitional=False)
    except idna.IDNAError as error:
        raise HostError(_plain(error)) from None


def _label(label: str) -> str:
    if not label:
        raise HostError("it has an empty label")
    if not label.isascii() or label.startswith("xn--"):
        label = _punycode(label)
    if len(label) > _LONGEST_LABEL:
        raise HostError(f"a label is longer than {_LONGEST_LABEL} characters")
    if not _LABEL.fullmatch(label):
        raise HostError(f"`{label}` is not a label: letters, digits and hyphens between them")
    return label


def _punycode(label: str) -> str:
    import idna

    try:
        # An `xn--` label is decoded first: one that stands for nothing is no name.
        unicode_label = idna.ulabel(label) if label.isascii() else label
        return idna.alabel(unicode_label).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise HostError(_plain(error)) from None


def _plain(error: Exception) -> str:
    if "too long" in str(error).lower():
        return f"a label is longer than {_LONGEST_LABEL} characters"
    return "it has a character, or an `xn--` label, that no host name can have"
