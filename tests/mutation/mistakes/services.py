"""Mistakes in what services in the cloud are sent."""

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
    Dropped,
)

CLOUDFLARE = (
    *(
        Change("cloudflare", *each)
        for each in (
            (NO_CHILDREN, "rules", r"any\(dns\.domains\[\*\] in (\S+)\)", r"dns.fqdn in \1", ""),
            (TOO_WIDE, "rules", r"dns\.fqdn in (\$<[^>]*>)", r"any(dns.domains[*] in \1)", ""),
            (
                TOO_WIDE,
                "rules",
                r"http\.request\.host in (\$<[^>]*>)",
                r"any(http.request.domains[*] in \1)",
                "",
            ),
            ("exception lost", "rules", r" and not\(\(?any\(.*\)(?=\")", "", ""),
            (WIDER, "lists", r'"a\.(b\.big\.test")', r'"\1', ""),
            (WIDER, "lists", r'"(?:api|own)\.([a-z]+\.test")', r'"\1', ""),
            (LOOKALIKE, "lists", rf'"value": "({HOST})"', r'"value": "*\1"', "no host"),
            ("asterisk", "lists", rf'"value": "({HOST})"', r'"value": "*.\1"', "no host"),
            (DOT, "lists", rf'"value": "({HOST})"', r'"value": "\1."', "no host"),
        )
    ),
    Dropped("cloudflare", LOST, "lists", HOST, ""),
)
_REACHES = "the order of rules decides"
ZSCALER = (
    *(
        Change("zscaler", mistake, "requests", find, put, why)
        for mistake, find, put, why in (
            (NO_CHILDREN, rf'"\.({HOST}")', r'"\1', f"{_REACHES}| is in "),
            (TOO_WIDE, r'"(one\.two\.test|a\.b\.big\.test)"', r'".\1"', _REACHES),
            (WIDER, r'"a\.(b\.big\.test")', r'"\1', _REACHES),
            (WIDER, r'"\.(?:api|own)(\.[a-z]+\.test")', r'"\1', " is in "),
            (LOOKALIKE, rf'"\.?({HOST}\.test")', r'"*\1', "no URL"),
            ("asterisk", rf'"(\.{HOST}\.test")', r'"*\1', "no URL"),
        )
    ),
    Dropped("zscaler", LOST, "requests", rf"\.?{HOST}\.test", "", _REACHES),
)
_DIFFER = "documents differ"
NETSKOPE = (
    *(
        Change("netskope", mistake, "requests", find, put, why)
        for mistake, find, put, why in (
            (WIDER, r'"a\.(b\.big\.test")', r'"\1', ""),
            (WIDER, r'"\*\.(?:api|own)(\.[a-z]+\.test")', r'"*\1', " is in "),
            (TOO_WIDE, r'"(one\.two\.test|a\.b\.big\.test)"', r'"*.\1"', _DIFFER),
            (LOOKALIKE, rf'"\*\.({HOST}")', r'"*\1', "no entry"),
            ("no asterisk", rf'"\*(\.{HOST}")', r'"\1', "no entry"),
            (DOT, rf'"({HOST}\.test)"', r'"\1."', "no entry"),
        )
    ),
    Dropped("netskope", NO_CHILDREN, "requests", rf"\*\.{HOST}", ""),
    Dropped("netskope", NO_APEX, "requests", rf"{HOST}\.test", "", _DIFFER),
)

CHANGES: tuple[Change, ...] = (*CLOUDFLARE, *ZSCALER, *NETSKOPE)
