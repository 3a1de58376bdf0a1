"""What is said of a wrong overlay: at which word, in which words, and what to do instead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aipol.pipeline import Opened

Open = Callable[..., Opened]
Overlaying = Callable[..., dict[str, str]]
OWN = 'source: "own: ours", tier: A'
NEW = f"role: ui, match: exact, {OWN}"
BOT = 'name: Bot, vendor: twin, category: chat, kind: bot, source: "own: ours"'
LONG = "a" * 1025


def app(name: str, *lines: str) -> str:
    """An overlay that says this of an app, the first line of it in line 3."""
    return f"apps:\n  {name}:\n" + "".join(f"    {line}\n" for line in lines)


def domain(host: str, rest: str = NEW) -> str:
    """One host of an app, in one line."""
    return f"domains: [{{domain: {host}, {rest}}}]"


# The overlay -> each finding as place, message and hint.
SAID: tuple[tuple[str, list[str]], ...] = (
    (
        "[apps]",
        ["1:1 '[apps]' an overlay must be a mapping | it has `apps`, `vendors`, `protected`"],
    ),
    ("{}", ["1:1 '{}' the overlay is empty | it has `apps`, `vendors`, `protected`"]),
    (
        "vendors: {acme: {name: A}}\nvendor: {}",
        ["2:1 'vendor' unknown key `vendor` | did you mean `vendors`?"],
    ),
    (
        "vendors: {acme: {name: A}}\napps: []",
        ["2:1 'apps' `apps` must be a mapping, and not empty"],
    ),
    (
        "vendors: {acme: {name: A}, Acme: {name: A}}",
        ["1:28 'Acme' `Acme` is not an id of lower-case letters, digits and hyphens"],
    ),
    (
        "vendors: {acme: {nam: A}}",
        ["1:11 'acme' `name` is missing", "1:18 'nam' unknown key `nam` | did you mean `name`?"],
    ),
    (
        f"protected: {{Acme: [{{host: m.test, match: exact, purpose: push, {OWN}}}]}}",
        ["1:13 'Acme' `Acme` is not an id of lower-case letters, digits and hyphens"],
    ),
    (
        f"protected: {{acme: [{{host: 1.test, match: exac, purpose: push, {OWN}}}]}}",
        ["1:42 'exac' `exac` is not one of exact, subtree, children | did you mean `exact`?"],
    ),
    (
        f"protected: {{acme: [{{host: M.test, match: exact, purpose: push, {OWN}}}]}}",
        [
            (
                "1:27 'M.test' `M.test` is not a host name (two labels or more, lower case, no "
                "wildcard, no URL) | write `m.test`"
            )
        ],
    ),
    (
        f"protected: {{acme: [{{host: a.0x1, match: exact, purpose: push, {OWN}}}]}}",
        ["1:27 'a.0x1' `a.0x1` is not a host name: it is an address, or would be read as one"],
    ),
    ("protected: {acme: {}}", ["1:13 'acme' `acme` must be a list, and not empty"]),
    (
        app("answers", f"name: {LONG}"),
        ["3:11 'aaaaaaaaaaaaaaaaaaaa' it must have at most 1024 characters"],
    ),
    (app("answers", f"name: {LONG[1:]}"), []),
    (
        app("answers", f"features: [siri, {LONG}]"),
        ["3:22 'aaaaaaaaaaaaaaaaaaaa' it must have at most 1024 characters"],
    ),
    (
        app("answers", 'features: ["si\\u200Bri"]'),
        [
            (
                "3:16 '\"si\\\\u200Bri\"' it has a character that cannot be seen or changes the "
                "direction of the text"
            )
        ],
    ),
    (
        app("answers", "{}")[:-7] + "    []\n",
        ["2:3 'answers' app `answers` must be a mapping, and not empty"],
    ),
    (
        app("answers", "vendor: acme"),
        ["3:13 'acme' vendor `acme` is not in the catalogue | name it under `vendors`"],
    ),
    (
        app("answers", "vendor: answers-icn"),
        [
            (
                "3:13 'answers-icn' vendor `answers-icn` is not in the catalogue | did you mean "
                "`answers-inc`? Or name it under `vendors`"
            )
        ],
    ),
    (app("answers", "vendor: acme") + "vendors: {acme: {name: A}}\n", []),
    (
        app("answers", "features: [siri, Siri]"),
        [
            (
                "3:22 'Siri' `Siri` is not one of apple-intelligence, siri, external-intelligence, "
                "windows-copilot, windows-recall, windows-click-to-do, chrome-genai, edge-copilot, "
                "firefox-genai"
            )
        ],
    ),
    (app("answers", "features: siri"), ["3:15 'siri' `features` must be a list of texts"]),
    (app("answers", "features: []"), ["3:5 'features' `features` must be a list of texts"]),
    (
        app("answers", domain("a.test", NEW.replace("exact", "exat"))),
        ["3:49 'exat' `exat` is not one of exact, subtree, children | did you mean `exact`?"],
    ),
    (
        app("answers", domain("a.test", NEW.replace("ui", "zzz"))),
        ["3:38 'zzz' `zzz` is not one of ui, api, backend, auth, cdn, telemetry, marketing"],
    ),
    (
        app("answers", domain("https://a.test/x")),
        [
            (
                "3:24 'https://a.test/x' `https://a.test/x` is not a host name (two labels or "
                "more, lower case, no wildcard, no URL) | write `a.test`"
            )
        ],
    ),
    (
        app("answers", domain("xn--zzzzzz.test")),
        [
            (
                "3:24 'xn--zzzzzz.test' `xn--zzzzzz.test` is not a host name: it has a character, "
                "or an `xn--` label, that no host name can have"
            )
        ],
    ),
    (
        app("answers", domain("a.test", NEW.replace("A", "C"))),
        [
            (
                "3:15 '{domain: a.test, rol' tier C takes a second source: `also:`, or `sources:` "
                "above 1"
            )
        ],
    ),
    (
        app("answers", domain("a.test", NEW.replace("A", "C, sources: 1"))),
        [
            (
                "3:15 '{domain: a.test, rol' tier C takes a second source: `also:`, or `sources:` "
                "above 1"
            )
        ],
    ),
    (app("answers", domain("a.test", NEW.replace("A", "C, sources: 2"))), []),
    (app("answers", domain("a.test", NEW.replace("A", 'C, also: "own: b"'))), []),
    (
        app("answers", domain("a.test", NEW.replace("own: ours", "own:ours"))),
        ["3:64 '\"own:ours\"' `own:ours` lacks the words"],
    ),
    (
        app("answers", domain("a.test", NEW.replace("own: ours", "own: "))),
        ["3:64 '\"own: \"' it begins or ends with a blank"],
    ),
    (
        app("answers", domain("a.test", NEW.replace("own: ours", "mine"))),
        [
            (
                "3:64 '\"mine\"' `mine` is not a source: write `owner/repository:path@commit`, "
                "`page:host/path` or `public-code:number`, with remarks in parentheses, or "
                "`own: <words>` for what you found yourself"
            )
        ],
    ),
    (
        app("answers", f"macos: [{{kind: team_id, value: abc, {OWN}}}]"),
        ["3:36 'abc' `abc` is not a Team id (10 letters and digits)"],
    ),
    (
        app("answers", f"macos: [{{kind: process, value: {'b' * 300}, {OWN}, x: 1}}]"),
        [
            (
                "3:368 'x' unknown key `x` | known: `also`, `breaks`, `kind`, `match_alone`, "
                "`note`, `seen`, `shared`, `shared_with`, `source`, `surface`, `tier`, `value`"
            )
        ],
    ),
    (
        app(
            "answers",
            f"cli: [{{kind: binary, value: a, {OWN}}}, {{kind: binary, value: a, {OWN}}}]",
        ),
        ["3:67 '{kind: binary, value' the same row stands here twice"],
    ),
    (
        app("answers", "tenant_restriction: {header: X, value: id, hosts: [{host: A.test}]}"),
        [
            "3:5 'tenant_restriction' `source` is missing",
            "3:5 'tenant_restriction' `tier` is missing",
            "3:56 '{host: A.test}' `match` is missing",
            (
                "3:63 'A.test' `A.test` is not a host name (two labels or more, lower case, no "
                "wildcard, no URL) | write `a.test`"
            ),
        ],
    ),
    (
        app("answers", f"tenant_restriction: {{header: X, value: id, hosts: [], {OWN}}}"),
        ["3:48 'hosts' `hosts` must be a list, and not empty"],
    ),
    (
        app("twin", "drop: {cli: [{kind: binary, value: twin}]}"),
        ["2:3 'twin' nothing is left by which `twin` could be recognised"],
    ),
    (
        app("answers", "drop: []"),
        ["3:5 'drop' `drop` must be a mapping of sections, and not empty"],
    ),
    (
        app("answers", "drop: {domain: [a.test]}"),
        ["3:12 'domain' `domain` has no rows to drop | did you mean `domains`?"],
    ),
    (
        app("answers", "drop: {domains: a.test}"),
        ["3:21 'a.test' `domains` must be a list, and not empty"],
    ),
    (
        app("answers", "drop: {domains: []}"),
        ["3:12 'domains' `domains` must be a list, and not empty"],
    ),
    (
        app("answers", "drop: {domains: [answers.test, answer.test]}"),
        [
            (
                "3:36 'answer.test' `answers` has no `answer.test` under `domains` to drop | did "
                "you mean `answers.test`?"
            )
        ],
    ),
    (
        app("answers", "drop: {oauth: [{provider: entra, client_id: x}]}"),
        [
            (
                "3:20 '{provider: entra, cl' `answers` has no `entra x` under `oauth` to drop | it "
                "has no `oauth` at all"
            )
        ],
    ),
    (
        app("answers", "drop: {macos: [test.answers.mac]}"),
        ["3:20 'test.answers.mac' a row to drop is written `{kind: ..., value: ...}`"],
    ),
    (
        app("answers", "drop: {macos: [{kind: team_id, value: ABCDE12345, tier: A}]}"),
        ["3:20 '{kind: team_id, valu' a row to drop is written `{kind: ..., value: ...}`"],
    ),
    (
        app("helper", "drop: {features: [siry]}"),
        ["3:23 'siry' `helper` has no `siry` under `features` to drop | did you mean `siri`?"],
    ),
    (app("helper", "drop: {features: [siri]}"), []),
    (
        app("answers", "edition_of: nobody"),
        ["3:17 'nobody' `nobody` is no app that can have the edition `answers`"],
    ),
    (
        app("answers", "edition_of: chatter") + "  chatter: {edition_of: answers}\n",
        [
            "3:17 'chatter' `chatter` is no app that can have the edition `answers`",
            "4:25 'answers' `answers` is no app that can have the edition `chatter`",
        ],
    ),
    (
        app("answer", "name: Answers"),
        [
            (
                "2:3 'answer' `category` is missing | did you mean `answers`? Else the catalogue "
                "lacks this app, so the overlay must say what it is"
            ),
            (
                "2:3 'answer' `kind` is missing | did you mean `answers`? Else the catalogue lacks "
                "this app, so the overlay must say what it is"
            ),
            (
                "2:3 'answer' `source` is missing | did you mean `answers`? Else the catalogue "
                "lacks this app, so the overlay must say what it is"
            ),
            (
                "2:3 'answer' `vendor` is missing | did you mean `answers`? Else the catalogue "
                "lacks this app, so the overlay must say what it is"
            ),
            "2:3 'answer' nothing is left by which `answer` could be recognised",
        ],
    ),
    (app("bot", f"{{{BOT}}}"), ["2:3 'bot' nothing is left by which `bot` could be recognised"]),
    (app("bot", f"{{{BOT}, edition_of: twin}}"), []),
    (app("bot", f"{{{BOT}, features: [siri]}}"), []),
)


@pytest.mark.parametrize(("overlay", "said"), SAID)
def test_each_fault_is_told_in_full(
    opened: Open, overlaying: Overlaying, overlay: str, said: list[str]
) -> None:
    """Whoever reads the message knows the word that is wrong and what to write."""
    lines = overlay.splitlines()
    found: list[str] = []
    for each in opened(overlaying(overlay)).findings:
        span = each.span
        word = lines[span.line - 1][span.column - 1 :][: span.width][:20]
        hint = f" | {each.hint}" if each.hint else ""
        found.append(f"{span.line}:{span.column} {word!r} {each.message}{hint}")
    assert found == said
