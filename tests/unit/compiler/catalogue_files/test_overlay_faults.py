"""What an overlay may not say, each told at its own file and line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aipol.diagnostics.report_text import report_text
from aipol.pipeline import Opened

Open = Callable[..., Opened]
Overlaying = Callable[..., dict[str, str]]
OWN = 'source: "own: proxy logs", tier: A'


def _row(host: str, **more: str) -> str:
    keys = {"domain": host, "role": "ui", "match": "subtree", **more}
    return f"{{{', '.join(f'{key}: {value}' for key, value in keys.items())}, {OWN}}}"


def _domains(app: str, *rows: str) -> str:
    return f"apps: {{{app}: {{domains: [{', '.join(rows)}]}}}}"


def _urls(app: str, *urls: str) -> str:
    rows = ", ".join(f'{{url: "{url}", role: ui, {OWN}}}' for url in urls)
    return f"apps: {{{app}: {{urls: [{rows}]}}}}"


NAMED = 'name: Bot, vendor: twin, category: chat, kind: bot, source: "own: ours"'
BOT = f"{NAMED}, domains: [{_row('bot.test')}]"
EXE = f"{{kind: exe, value: chatter.exe, shared_with: [answers], {OWN}}}"
CHROME = f"{{store: chrome, id: {'a' * 32}, name: Twin, {OWN}}}"
MOVED = f"""
apps:
  answers: {{drop: {{extensions: [{{store: chrome, id: {"a" * 32}}}]}}}}
  twin: {{extensions: [{CHROME}]}}
"""
PROTECT = "host: {}, match: exact, purpose: identity"


@pytest.mark.parametrize(
    ("overlay", "why"),
    [
        # The layout, at every level.
        ("[apps]", "must be a mapping"),
        ("text", "must be a mapping"),
        ("{}", "the overlay is empty"),
        ("", "the overlay is empty"),
        ("app: {}", "unknown key `app`"),
        ("apps: []", "`apps` must be a mapping, and not empty"),
        ("apps: {}", "`apps` must be a mapping, and not empty"),
        ("vendors: 3", "`vendors` must be a mapping"),
        ("vendors: {acme: Acme}", "`acme` must be a mapping"),
        ("vendors: {Acme Ltd: {name: Acme}}", "is not an id"),
        ("vendors: {acme: {name: 3}}", "`name` must be text"),
        ("apps: {answers: }", "must be a mapping, and not empty"),
        ("apps: {answers: {}}", "must be a mapping, and not empty"),
        ("apps: {answers: [domains]}", "must be a mapping, and not empty"),
        ("apps: {answers: {domain: []}}", "unknown key `domain`"),
        ("apps: {answers: {domains: {}}}", "`domains` must be a list, and not empty"),
        ("apps: {answers: {domains: []}}", "`domains` must be a list, and not empty"),
        ("apps: {answers: {domains: [new.test]}}", "must be a mapping"),
        ("apps: {answers: {domains: [{domain: {a: b}}]}}", "is not a host name"),
        (_urls("answers", "https://site.test/"), "is not an address of an app: it has no path"),
        (_urls("answers", "https://site.test/x?y"), "it has a query, which does not count"),
        (_urls("answers", "https://mdm.test/x"), "is on the protected host `mdm.test`"),
        (_urls("answers", "https://site.test/x", "https://site.test/x"), "stands here twice"),
        ("apps: {answers: {macos: [{kind: [bundle_id], value: a.b}]}}", "is not one of"),
        ("apps: {answers: {features: siri}}", "must be a list"),
        ("apps: {helper: {features: [Siri]}}", "`Siri` is not one of"),
        ("apps: {answers: {tenant_restriction: yes}}", "must be a mapping"),
        ("apps: {answers: {category: chta}}", "`chta` is not one of chat, search"),
        ("apps: {answers: {vendor: acme}}", "vendor `acme` is not in the catalogue"),
        ("apps: {answers: {vendor: [acme]}}", "is not an id"),
        ("apps: {answers: {edition_of: [a]}}", "is not an id"),
        ("apps: {answers: {edition_of: nobody}}", "no app that can have the edition"),
        ("apps: {answers: {edition_of: answers}}", "no app that can have the edition"),
        ("protected: [mdm.test]", "`protected` must be a mapping"),
        ("protected: {acme: {host: mdm.acme.test}}", "`acme` must be a list"),
        ("protected: {acme: [mdm.acme.test]}", "must be a mapping"),
        (f"protected: {{acme: [{{{PROTECT.format('m.test')}, tier: A}}]}}", "`source` is missing"),
        # Rows.
        (_domains("answers", _row('"*.new.test"')), "is not a host name"),
        (_domains("answers", _row("xn--99999999.test")), "is not a host name"),
        (_domains("answers", _row("new.test", rol="x")), "unknown key `rol`"),
        (_domains("answers", _row("new.test"), _row("new.test")), "stands here twice"),
        (_domains("answers", _row("new.test").replace("tier: A", "tier: C")), "second source"),
        (
            _domains("answers", _row("new.test").replace("own: proxy logs", "own:")),
            "`own:` lacks the words",
        ),
        # An app of its own.
        (f"apps: {{bot: {{{BOT.replace('name: Bot, ', '')}}}}}", "`name` is missing"),
        (f"apps: {{Bot: {{{BOT}}}}}", "is not an id"),
        (f"apps: {{bot: {{{BOT}, drop: {{domains: [a.test]}}}}}}", "unknown key `drop`"),
        (f"apps: {{bot: {{{NAMED}}}}}", "could be recognised"),
        # What is to be dropped.
        ("apps: {answers: {drop: []}}", "`drop` must be a mapping"),
        ("apps: {answers: {drop: {domain: [x]}}}", "`domain` has no rows to drop"),
        ("apps: {answers: {drop: {domains: answers.test}}}", "must be a list"),
        ("apps: {answers: {drop: {domains: [3]}}}", "a row to drop is written"),
        ("apps: {answers: {drop: {domains: [{domain: answers.test, role: ui}]}}}", "is written"),
        ("apps: {answers: {drop: {macos: [test.answers.mac]}}}", "a row to drop is written"),
        ("apps: {answers: {drop: {domains: [nswers.test]}}}", "has no `nswers.test`"),
        ("apps: {answers: {drop: {features: [[siri]]}}}", "under `features` to drop"),
        ("apps: {answers: {drop: {oauth: [{provider: entra, client_id: x}]}}}", "has no"),
        ("apps: {twin: {drop: {cli: [{kind: binary, value: twin}]}}}", "nothing is left"),
        # What is not its own.
        (_domains("answers", _row("mdm.test")), "overlaps the protected host `mdm.test`"),
        (_domains("answers", _row("test")), "is not a host name"),
        (_domains("answers", _row("any.mdm.test").replace("any.", "")), "overlaps the protected"),
        (_domains("answers", _row("platform.test")), "a platform that unrelated sites share"),
        (_domains("answers", _row("github.io")), "`github.io` is a public suffix"),
        (f"apps: {{twin: {{extensions: [{CHROME}]}}}}", "is an identifier of app `answers`"),
        (f"apps: {{twin: {{windows: [{EXE}]}}}}", "`shared_with` must be ['chatter']"),
        (
            f"protected: {{acme: [{{{PROTECT.format('www.answers.test')}, {OWN}}}]}}",
            "`www.answers.test` is a host of app `answers`, which a rule may block",
        ),
    ],
)
def test_a_fault_is_told_in_the_overlays_own_file(
    opened: Open, overlaying: Overlaying, overlay: str, why: str
) -> None:
    """Every fault has the overlay's name and line, and stops the policy."""
    found = opened(overlaying(overlay))
    assert found.ir is None
    assert {finding.span.file for finding in found.findings} == {"ours.yaml"}
    assert {finding.code for finding in found.findings} == {"AIP223"}
    assert any(why in finding.message for finding in found.findings), found.findings


@pytest.mark.parametrize(
    ("overlay", "hint"),
    [
        ("apps: {answers: {domian: []}}", "did you mean `domains`?"),
        ("apps: {answers: {drop: {domains: [nswers.test]}}}", "did you mean `answers.test`?"),
        (
            "apps: {answers: {drop: {macos: [{kind: bundle_id, value: test.answer.mac}]}}}",
            "did you mean `bundle_id test.answers.mac`?",
        ),
        ("apps: {answer: {name: Answers}}", "did you mean `answers`?"),
        ("apps: {answers: {vendor: answer-inc}}", "did you mean `answers-inc`?"),
        (_domains("answers", _row("New.test")), "write `new.test`"),
        (_domains("answers", _row("new.test", role="uii")), "did you mean `ui`?"),
    ],
)
def test_a_near_miss_is_named(
    opened: Open, overlaying: Overlaying, overlay: str, hint: str
) -> None:
    """Whoever misspelt is told what was most likely meant."""
    assert any(hint in finding.hint for finding in opened(overlaying(overlay)).findings)


@pytest.mark.parametrize(
    "overlay",
    [
        _domains("answers", _row("mdm.test", shared="true", serves="all")),
        _domains("answers", _row("platform.test", shared="true", serves="all")),
        _domains("answers", _row("a.platform.test")),
        _domains("answers", _row("github.io", own_suffix="true")),
        _domains("answers", _row("platform.test").replace("subtree", "children")).replace(
            "platform.test", "b.platform.test"
        ),
        f"apps: {{bot: {{{BOT}}}}}",
        f"apps: {{twin: {{windows: [{EXE.replace('answers', 'chatter')}]}}}}",
        MOVED,
        _domains("answers", _row("new.test").replace("own: proxy logs", "page:answers.test/hosts")),
    ],
)
def test_what_is_right_has_no_finding(opened: Open, overlaying: Overlaying, overlay: str) -> None:
    """Shared rows, hosts below a platform and identifiers that were dropped first are fine."""
    found = opened(overlaying(overlay))
    assert report_text(found.findings, found.sources) == ""


def test_all_faults_are_told_at_once_in_reading_order(opened: Open, overlaying: Overlaying) -> None:
    """One pass is enough to mend an overlay."""
    overlay = "apps:\n  answers:\n    nme: x\n    domains: [1]\nvendors:\n  acme: {}\n"
    lines = [finding.span.line for finding in opened(overlaying(overlay)).findings]
    assert lines == sorted(lines) == [3, 4, 6]


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"


@pytest.mark.parametrize(
    ("overlay", "code", "why"),
    [
        (BOMB, "AIP105", "anchors and aliases"),
        ("apps: {answers: {name: a}}\napps: {}", "AIP104", "given twice"),
        ("apps: {answers: {name: a, name: b}}", "AIP104", "given twice"),
        ("apps: {answers: {name: !!str a}}", "AIP106", "tag"),
        ("apps: {answers: {name: a\x1b[2J}}", "AIP103", "U+001B"),
        ('apps: {answers: {name: "a\\e[2J"}}', "AIP223", "cannot be seen"),
        ('apps: {answers: {name: "\\u202Eevil"}}', "AIP223", "changes the direction"),
        ('apps: {"an\\u200Bswers": {name: a}}', "AIP223", "cannot be seen"),
        (f"apps: {{answers: {{name: {'a' * 1_000_000}}}}}", "AIP223", "at most 1024 characters"),
        (f"apps: {{{'a' * 100_000}: {{}}}}", "AIP103", ""),
        (f"apps: {'[' * 5000}", "AIP112", "levels deep"),
        ("apps: {}\n---\napps: {}", "AIP223", "one YAML document"),
        ("\tapps: {}", "AIP103", "tab"),
        ("apps: {answers: {<<: {name: a}}}", "AIP223", "unknown key `<<`"),
        ("apps: {answers: {? [a] : b}}", "AIP103", "a key must be text"),
        ("apps: {answers: {kind: 123}}", "AIP223", "is not an id"),
        (f"apps: {{answers: {{kind: {'9' * 50}}}}}", "AIP110", "at most 18 digits"),
    ],
)
def test_a_hostile_overlay_is_refused_in_a_few_words(
    opened: Open, overlaying: Overlaying, overlay: str, code: str, why: str
) -> None:
    """Whatever it holds, it gives findings of readable length and never a traceback."""
    found = opened(overlaying(overlay))
    assert code in {finding.code for finding in found.findings}, found.findings
    assert any(why in finding.message for finding in found.findings)
    report = report_text(found.findings, found.sources)
    assert len(report) < 4_000
    assert "\x1b" not in report
    assert "\u202e" not in report


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff\xfea\0", "it is UTF-16, not UTF-8"),
        (b"apps\0", "it is not a text file"),
        (b"#" * 8_000_001, "more than 8000000 bytes"),
    ],
)
def test_what_is_no_text_is_a_fault_of_the_line_that_names_it(
    opened: Open, overlaying: Overlaying, data: bytes, why: str
) -> None:
    """A file that cannot be read is told where the policy asks for it."""
    found = opened({**overlaying(""), "ours.yaml": data})
    assert [(each.code, each.span.file, each.span.line) for each in found.findings] == [
        ("AIP116", "p.yaml", 5)
    ]
    assert why in found.findings[0].message


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ("[none.yaml]", "there is no such file"),
        ("[.]", "it is a directory"),
        ("[/etc/passwd]", "it must be relative to this file"),
        ('["C:\\\\x.yaml"]', "it must be relative to this file"),
        ("[ours.yaml, ./ours.yaml]", "it is named twice"),
        ('["ours.yaml", "a\\u0000b"]', ""),
    ],
)
def test_a_name_that_leads_nowhere_is_refused(
    opened: Open, overlaying: Overlaying, names: str, why: str
) -> None:
    """Absolute names, folders and names of nothing are told at the name."""
    files = overlaying("vendors: {acme: {name: Acme}}")
    files["p.yaml"] = files["p.yaml"].replace("[ours.yaml]", names)
    found = opened(files)
    assert found.ir is None
    assert any(why in each.message for each in found.findings if each.span.file == "p.yaml")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("{}", "AIP110"),
        ("[]", "AIP109"),
        ("ours.yaml", "AIP109"),
        ("{overlay: []}", "AIP111"),
        ("{overlay: ours.yaml}", "AIP109"),
        ("{overlays: [ours.yaml]}", "AIP107"),
        ("{lock: ''}", "AIP111"),
        ("{lock: [c.json]}", "AIP109"),
    ],
)
def test_the_key_itself_is_held_to_its_shape(
    opened: Open, overlaying: Overlaying, value: str, code: str
) -> None:
    """`catalogue` is as strict as every key of a policy."""
    files = overlaying("vendors: {acme: {name: Acme}}")
    files["p.yaml"] = files["p.yaml"].replace("{overlay: [ours.yaml]}", value)
    assert code in {finding.code for finding in opened(files).findings}


def test_an_identifier_of_very_many_apps_is_refused(opened: Open, overlaying: Overlaying) -> None:
    """Each would have to name all the others; the first past the limit is told, once."""
    row = f"macos: [{{kind: bundle_id, value: test.same, {OWN}}}]"
    apps = "".join(f"  bot-{number}: {{{NAMED}, {row}}}\n" for number in range(300))
    found = opened(overlaying(f"apps:\n{apps}vendors: {{twin: {{name: Twin}}}}\n")).findings
    assert [(each.code, each.span.line) for each in found] == [("AIP223", 102)]
    assert "`test.same` is the bundle_id of more than 100 apps" in found[0].message
