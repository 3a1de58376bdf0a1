"""Mistakes in what resolvers read."""

from __future__ import annotations

from tests.mutation.mistakes.change import (
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

_ZONE = r"rpz\.zone$"
# What is below `y.a.b.big.test` is blocked as well, and open for want of a way to say so.
_DATA = r'local-zone: "((?!y\.)\S+)\." transparent\nlocal-data: "\1\. TXT aipol"\n'
DNS = tuple(
    Change("dns", mistake, path, find, put, why, ("bind", "knot", "powerdns", "unbound"))
    for mistake, path, find, put, why in (
        (NO_CHILDREN, _ZONE, r"^\*\.\S+ CNAME \.\n", "", ""),
        (NO_APEX, _ZONE, rf"^{HOST} CNAME \.\n", "", ""),
        ("exception without children", _ZONE, r"^\*\.\S+ CNAME rpz-passthru\.\n", "", ""),
        ("exception without apex", _ZONE, rf"^{HOST} CNAME rpz-passthru\.\n", "", ""),
        (
            WIDER,
            _ZONE,
            r"^(\*\.|)((?:b\.)?big\.test) CNAME \.$",
            r"\1\2 CNAME rpz-passthru.",
            "",
        ),
        (LOOKALIKE, _ZONE, r"^\*\.(\S+ CNAME)", r"*\1", "is not a policy"),
        (DOT, _ZONE, rf"^({HOST}) CNAME", r"\1. CNAME", "is not a policy"),
        (TOO_WIDE, _ZONE, r"^(one\.two\.test) CNAME \.$", "\\g<0>\n*.\\1 CNAME .", ""),
    )
)
_LOCAL = r"unbound-local\.conf$"
LOCAL = tuple(
    Change("dns", mistake, _LOCAL, find, put, why, ("unbound-local",))
    for mistake, find, put, why in (
        (LOST, r'^local-zone: "\S+" always_nxdomain\n', "", ""),
        ("exception lost", r'^local-zone: "(?:api|a\.b)\.big\.test\." transparent\n', "", ""),
        (NO_APEX, r'^local-data: "\S+ TXT aipol"\n', "", ""),
        (TOO_WIDE, _DATA, 'local-zone: "\\1." always_nxdomain\n', ""),
        (WIDER, r'"a\.(b\.big\.test\." transparent)', r'"\1', ""),
        (WIDER, r'"api\.(big\.test\." transparent)', r'"\1', "repeated"),
        (LOOKALIKE, r'local-zone: "', 'local-zone: "*.', "unknown"),
        ("no final dot", r'\." always_nxdomain', '" always_nxdomain', "unknown"),
    )
)
_MASQ = r"dnsmasq/aipol\.conf$"
DNSMASQ = tuple(
    Change("dns", mistake, _MASQ, find, put, why, ("dnsmasq",))
    for mistake, find, put, why in (
        (NO_APEX, rf"^address=/({HOST})/$(?!\nserver=/\*\.\1/)", r"address=/*.\1/", ""),
        (
            "apex too many",
            r"^address=/\*\.(sites\.test|a\.b\.big\.test)/$",
            r"address=/\1/",
            "twice",
        ),
        (TOO_WIDE, r"^server=/\*\.\S+/#\n", "", ""),
        ("exception lost", rf"^server=/{HOST}/#\n", "", ""),
        (WIDER, r"^server=/a\.(b\.big\.test)/#$", r"server=/\1/#", ""),
        (WIDER, r"^server=/api\.(big\.test)/#$", r"server=/\1/#", "twice"),
        (LOOKALIKE, r"^address=/(?:\*\.)?(\S+)/$", r"address=/*\1/", "unknown"),
        ("exception that blocks", r"^(server=/\S+/)#$", r"\1", "unknown"),
        ("address given", r"^(address=/\S+/)$", r"\1#", "unknown"),
    )
)
HOSTS = tuple(
    Change("dns", mistake, r"hosts/hosts$", find, put, why, ("hosts",))
    for mistake, find, put, why in (
        (LOST, r"^0\.0\.0\.0 (\S+)\n:: \1\n", "", ""),
        ("one family", r"^:: \S+\n", "", "one family"),
        (LOOKALIKE, r"^0\.0\.0\.0 ", "0.0.0.0 *.", "unknown"),
        ("one label too wide", r"^0\.0\.0\.0 x\.(\S+)\n:: x\.\1\n", r"0.0.0.0 \1\n:: \1\n", ""),
    )
)
_RULES = r"adguard/rules\.txt$"
ADGUARD = tuple(
    Change("dns", mistake, _RULES, find, put, why, ("adguard",))
    for mistake, find, put, why in (
        (NO_CHILDREN, rf"^\|\|({HOST}\^)", r"|\1", ""),
        (NO_APEX, rf"^\|\|({HOST}\^)", r"||*.\1", ""),
        ("apex too many", r"^\|\|\*\.", "||", ""),
        (TOO_WIDE, rf"^\|({HOST}\^)", r"||\1", ""),
        (LOST, r"^\|.*\n", "", ""),
        ("exception lost", r"denyallow=[^,]*,", "", ""),
        (WIDER, r"(=|\|)a\.(b\.big\.test),", r"\1\2,", ""),
        (WIDER, r"=api\.(big\.test)", r"=\1", ""),
        (WIDER, r"=own\.(sites\.test)", r"=\1", ""),
        (LOOKALIKE, rf"^(\|\|{HOST})\^", r"\1", "unknown"),
        (LOOKALIKE, rf"^\|\|({HOST}\^)", r"*\1", "unknown"),
    )
)
PIHOLE = tuple(
    Change("dns", mistake, path, find, put, why, ("pihole",))
    for mistake, path, find, put, why in (
        (NO_CHILDREN, "block", rf"^\|\|({HOST})\^$", r"\1", ""),
        (TOO_WIDE, "block", r"^one\.two\.test$", r"||\g<0>^", ""),
        (LOST, "block", r"^[|a-z].*\n", "", ""),
        ("exception lost", "allow", r"^[@a-z].*\n", "", ""),
        (TOO_WIDE, "allow", r"^a\.b\.big\.test$", r"@@||\g<0>^", ""),
        (WIDER, "allow", r"^a\.(b\.big\.test)$", r"\1", ""),
        (WIDER, "allow", r"^@@\|\|(?:api|own)\.(\S+)$", r"@@||\1", ""),
        ("exception of a blocklist", "allow", r"^@@(\S+)$", r"\1", "unknown"),
        (LOOKALIKE, "block", rf"^\|\|({HOST})\^$", r"*\1", "unknown"),
    )
)

CHANGES: tuple[Change, ...] = (*DNS, *LOCAL, *DNSMASQ, *HOSTS, *ADGUARD, *PIHOLE)
