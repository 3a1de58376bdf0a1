"""Limits of Suricata, and what it cannot do, each with where that comes from."""

from __future__ import annotations

from datetime import date

from aipol.target import Limit, Reason

RULES = Limit(
    "rules",
    10_000,
    "our own: 100,000 rules took Suricata 7.0.10 36.8 s and 566 MB to load, 10,000 took 1.9 s",
    date(2026, 11, 28),
)
RULE_LENGTH = Limit(
    "rule, characters",
    8191,
    "OISF/suricata, detect.h (`DETECT_MAX_RULE_SIZE`, with the end of the text); measured with"
    " 7.0.10, which leaves a longer rule out and starts all the same",
    date(2026, 11, 28),
)
DETECTS_ONLY = Reason(
    "detects-only",
    "rules with the action `alert` record the use and let it through",
    "set `action: drop` for a Suricata that runs inline",
)
