"""Mistakes in what proxies, and a sensor, read."""

from __future__ import annotations

from tests.mutation.mistakes.change import (
    CASE,
    DOT,
    HOST,
    LOOKALIKE,
    LOST,
    NO_APEX,
    NO_CHILDREN,
    TOO_WIDE,
    WIDER,
    Change,
)

_LEVEL = r"/level-\d-(block|allow)"
SQUID = tuple(
    Change("squid", *each)
    for each in (
        (NO_CHILDREN, r"/(level|inspect|tenant-\w+)-\d", rf"^\.({HOST})$", r"\1", ""),
        (TOO_WIDE, _LEVEL, rf"^({HOST})$", r".\1", ""),
        ("asterisk", _LEVEL, rf"^(\.{HOST})$", r"*\1", ""),
        (DOT, _LEVEL, rf"^(\.?{HOST})$", r"\1.", ""),
        (LOST, r"/level-0-block", r"^\S+\n", "", ""),
        ("`.d` and `d`", _LEVEL, rf"^\.({HOST})$", r".\1\n\1", "squid refuses"),
        ("`d` and `.d`", _LEVEL, rf"^\.({HOST})$", r"\1\n.\1", "squid refuses"),
        ("child before parent", _LEVEL, rf"^\.({HOST})$", r".www.\1\n.\1", "squid refuses"),
        (WIDER, "level-1-allow", r"^a\.(b\.big\.test)$", r"\1", ""),
        (WIDER, "level-1-allow", r"^a\.(b\.big\.test)$", r".\1", ""),
        (WIDER, "level-1-allow", r"^\.api(\.big\.test)$", r"\1", ""),
        ("scheme", _LEVEL, rf"^\.?({HOST})$", r"https://\1/", ""),
        ("no handshake", "aipol.conf", r"^ssl_bump terminate \S+ \S+-n\d.*\n", "", ""),
        ("no request", "aipol.conf", r"^http_access deny \S+ \S+-h\d.*\n", "", ""),
        ("dot gets past", "aipol.conf", r"^ssl_bump terminate \S+ aipol_dot\n", "", "final dot"),
        ("exception lost", "aipol.conf", r" ![\w-]+-[hn]1$", "", ""),
    )
)
E2GUARDIAN = tuple(
    Change("e2guardian", *each)
    for each in (
        (TOO_WIDE, r"f\d\.conf", r"sitewild=false,", "", ""),
        (NO_CHILDREN, r"f\d\.conf", r"(-subtree,messageno=500,)", r"\1sitewild=false,", ""),
        (LOST, r"level-0-block-subtree", rf"^{HOST}\n", "", ""),
        (WIDER, "level-1-allow", r"^a\.(b\.big\.test)$", r"\1", ""),
        (WIDER, "level-1-allow", r"^(?:api|own)\.(\S+)$", r"\1", ""),
        (LOOKALIKE, _LEVEL, rf"^({HOST})$", r"*\1", "is no site"),
        ("dot before it", _LEVEL, rf"^({HOST})$", r".\1", "is no site"),
        (DOT, _LEVEL, rf"^({HOST})$", r"\1.", "is no site"),
        (
            "exceptions behind blocks",
            r"group\.story",
            r"^(if\(\S+aipol-1\S+ return false\n)((?:if.*\n)*?)(if\(\S+aipol-0-subtree\S+ .*\n)",
            r"\2\3\1",
            "",
        ),
    )
)
HAPROXY = tuple(
    Change("haproxy", *each)
    for each in (
        (NO_CHILDREN, r"level-0-block-below", r"^\S+\n", "", ""),
        (NO_APEX, r"level-0-block-names", r"^\S+\n", "", ""),
        (LOOKALIKE, r"-below", r"^\.", "", "is no entry"),
        (LOOKALIKE, r"\.cfg", r"-m end ", "-m dom ", "not known"),
        (LOOKALIKE, r"\.cfg", r"-m str (.*names)", r"-m end \1", "is no entry"),
        (NO_CHILDREN, r"\.cfg", r"-m end (.*below)", r"-m str \1", "is no entry"),
        (CASE, r"\.cfg", r"ssl_sni,lower,", "ssl_sni,", "not known"),
        (DOT, r"\.cfg", r",rtrim\(\.\)", "", "not known"),
        (WIDER, "level-1-allow-names", r"^a\.(b\.big\.test)$", r"\1", ""),
        (WIDER, "level-1-allow-below", r"^\.(?:api|own)(\.\S+)$", r"\1", ""),
        ("exception lost", r"\.cfg", r" !host-\S+$", "", ""),
    )
)
_RULE = "no rule|not known"
SURICATA = tuple(
    Change("suricata", mistake, r"\.rules$", find, put, why)
    for mistake, find, put, why in (
        (LOOKALIKE, r"dotprefix; ", "", _RULE),
        (LOOKALIKE, r'content:"\.', 'content:"', _RULE),
        (LOOKALIKE, r'(pcre:"/\^?\\\.\S+)\\\.\*\$/', r"\1/", _RULE),
        (LOOKALIKE, r'pcre:"/\\\.', 'pcre:"/', _RULE),
        (LOOKALIKE, r'(pcre:"/\^?\\\.[a-z]+)\\\.', r"\1.", _RULE),
        (TOO_WIDE, r'pcre:"/\^', 'pcre:"/', ""),
        (NO_CHILDREN, r'pcre:"/\\\.', r'pcre:"/^\\.', ""),
        (DOT, r"\\\.\*\$/", "$/", _RULE),
        (CASE, r" nocase;", "", _RULE),
        (CASE, r"\$/i", "$/", _RULE),
        ("exception lost", r' pcre:!"\S+;', "", ""),
        (TOO_WIDE, r'pcre:!"/\^', 'pcre:!"/', ""),
        (WIDER, r'(pcre:!"/)\^?(\\\.)(?:api|a|own)\\\.', r"\1\2", ""),
        (LOST, r"^drop .*\n", "", ""),
        ("only reports", r"^drop ", "alert ", ""),
    )
)
PAC = tuple(
    Change("pac", mistake, r"\.pac$", find, put, why)
    for mistake, find, put, why in (
        (NO_CHILDREN, r'^"\.[^"]*": "block",\n', "", ""),
        (NO_APEX, r'^"=[^"]*": "block",\n', "", ""),
        (TOO_WIDE, r'^"=(one\.two\.test": .*)$', r'".\1', ""),
        ("exception lost", r'^"[.=][^"]*": "direct",\n', "", ""),
        (WIDER, r'^"=a\.(b\.big\.test)', r'"=\1', ""),
        (WIDER, r'^"([.=])(?:api|own)\.(\S+: "direct")', r'"\1\2', "there twice"),
        (LOOKALIKE, r'rules\["\." \+ name\]', "rules[name]", "another program"),
        (LOOKALIKE, r'rules\["=" \+ name\]', 'dnsDomainIs(host, "big.test")', "another program"),
        (CASE, r"\.toLowerCase\(\)", "", "another program"),
        (DOT, r"    while \(name\.charAt(?:.*\n){3}", "", "another program"),
    )
)

CHANGES: tuple[Change, ...] = (*SQUID, *E2GUARDIAN, *HAPROXY, *SURICATA, *PAC)
