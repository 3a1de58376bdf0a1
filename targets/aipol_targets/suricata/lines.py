"""Turns rules into lines of a file of rules; every value in them is escaped."""

from __future__ import annotations

import re

from aipol.domains import Intent
from aipol_targets.common.network.escape import checked
from aipol_targets.suricata.model import Names, Rule, Source

_WORD = re.compile(r"[a-z]+")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_GROUP = re.compile(r"[A-Z][A-Z0-9_]*")
_BUFFERS = {"dns": "dns.query", "http": "http.host", "tls": "tls.sni"}
_LOWER = frozenset({"http"})
"""Protocols whose names Suricata has put in lower case itself, and where `nocase` is refused."""


def rule_line(rule: Rule) -> str:
    """`drop tls any any -> any any (...)`; names have a dot before them, so that labels are whole.

    The text is looked for first, and the expression then says where it must begin and end: names in
    handshakes and requests may have the dot of the root.
    """
    cased = rule.protocol in _LOWER
    flags = "" if cased else "i"
    names = rule.pattern.names
    options = (
        f'msg:"aipol {checked(_HOST, names.host)}"',
        "flow:to_server",
        _BUFFERS[rule.protocol],
        "dotprefix",
        f'content:".{checked(_HOST, names.host)}"',
        *(() if cased else ("nocase",)),
        f'pcre:"{_expression(names)}{flags}"',
        *(f'pcre:!"{_expression(each)}{flags}"' for each in rule.pattern.besides),
        f"sid:{rule.sid}",
        "rev:1",
    )
    head = f"{checked(_WORD, rule.action)} {checked(_WORD, rule.protocol)} {source(rule.source)}"
    return f"{head} any -> any any ({'; '.join(options)};)"


def source(found: Source) -> str:
    """The addresses of a rule: groups by their names, or all addresses but those of groups.

    Without `any` a negated group is for its own families only: `!` before one that has no IPv6
    addresses matches no IPv6 address (measured with 7.0.10).
    """
    mark = "!" if found.others else ""
    names = [f"{mark}${checked(_GROUP, name)}" for name in found.groups]
    listed = ["any", *names] if found.others else names
    return listed[0] if len(listed) == 1 else f"[{','.join(listed)}]"


def _expression(names: Names) -> str:
    start = "^" if names.intent is Intent.EXACT else ""
    text = checked(_HOST, names.host).replace(".", r"\.")
    return rf"/{start}\.{text}\.*$/"
