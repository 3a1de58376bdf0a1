"""The mistakes that lists of hosts are known for, made in emitted files as each format has them.

A change finds a piece of a file and puts another in its place; for JSON there is one that takes an
element out. `why` is what a reader may say of it; without it, `verify` has to find that answers
differ. A mutant that dies of anything else died for the wrong reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Files = Mapping[str, bytes]
HOST = r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+"


@dataclass(frozen=True)
class Change:
    """One mistake in the files of a target: `find` in those named `path` becomes `put`.

    `given` are settings of the target, so that no other output gives the mistake away.
    """

    target: str
    mistake: str
    path: str
    find: str
    put: str
    why: str = ""
    given: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a test of it is called."""
        only = f" ({', '.join(self.given)})" if self.given else ""
        return f"{self.target}{only}: {self.mistake} in {self.path}"

    def mutants(self, files: Files) -> Iterator[tuple[str, Files]]:
        """Each piece changed by itself, with what it was; the same piece once in each file."""
        for path, content in files.items():
            if not re.search(self.path, path):
                continue
            text, seen = content.decode(), set[str]()
            for found in re.finditer(self.find, text, re.MULTILINE):
                other = text[: found.start()] + found.expand(self.put) + text[found.end() :]
                if other != text and found.group() not in seen:
                    seen.add(found.group())
                    yield f"{path}: {found.group().strip()}", {**files, path: other.encode()}


@dataclass(frozen=True)
class Dropped(Change):
    """An element of a list in JSON is taken out, and the rest written as it was."""

    def mutants(self, files: Files) -> Iterator[tuple[str, Files]]:
        """Each element by itself, if its list has others."""
        for path, content in files.items():
            if not re.search(self.path, path):
                continue
            indent = _indent(content)
            value = json.loads(content)
            for elements in list(_lists(value)):
                for place, element in enumerate(list(elements)):
                    if len(elements) > 1 and re.fullmatch(self.find, _said(element)):
                        del elements[place]
                        other = f"{json.dumps(value, indent=indent)}\n".encode()
                        yield f"{path}: {_said(element)}", {**files, path: other}
                        elements.insert(place, element)


@dataclass(frozen=True)
class Everywhere(Change):
    """One mistake that is made in all places at once: as if somebody had changed a setting."""

    def mutants(self, files: Files) -> Iterator[tuple[str, Files]]:
        """All files with all of it changed."""
        other = {
            path: re.sub(self.find, self.put, content.decode(), flags=re.MULTILINE).encode()
            if re.search(self.path, path)
            else content
            for path, content in files.items()
        }
        if other != files:
            yield self.find, other


@dataclass(frozen=True)
class Gone(Change):
    """Files that are there no more."""

    def mutants(self, files: Files) -> Iterator[tuple[str, Files]]:
        """All files but those."""
        left = {path: content for path, content in files.items() if not re.search(self.path, path)}
        if left != files:
            yield self.path, left


def _indent(content: bytes) -> int:
    """As the emitter writes: another form might be refused for the form."""
    value = json.loads(content)
    (indent,) = (n for n in (1, 2) if f"{json.dumps(value, indent=n)}\n".encode() == content)
    return indent


def _lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
    for child in value.values() if isinstance(value, dict) else value:
        if isinstance(child, dict | list):
            yield from _lists(child)


def _said(element: Any) -> str:
    """The host of an element: a text, or wrapped as all there is."""
    if isinstance(element, dict) and len(element) == 1:
        (element,) = element.values()
    return element if isinstance(element, str) else ""


NO_APEX, NO_CHILDREN = "missing apex", "missing children"
TOO_WIDE, WIDER, LOOKALIKE = "exact as a subtree", "exception one label too wide", "look-alike"
CASE, DOT, LOST = "case counts", "trailing dot", "entry lost"

# --- resolvers ------------------------------------------------------------------------------------

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

# --- lists in the notation of PAN-OS --------------------------------------------------------------

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


DOMAINS = tuple(
    Change("lists", mistake, path, find, put, why, ("domains",))
    for mistake, path, find, put, why in (
        (NO_CHILDREN, "domains/rules.csv", ",subtree,", ",exact,", ""),
        (TOO_WIDE, "domains/rules.csv", ",exact,", ",subtree,", ""),
        (LOST, r"/domains/level-0-block-subtree", rf"^{HOST}\n", "", ""),
        (WIDER, r"/domains/level-1-allow", r"^a\.(b\.big\.test)$", r"\1", ""),
        (WIDER, r"/domains/level-1-allow", r"^(?:api|own)\.(\S+)$", r"\1", ""),
        (LOOKALIKE, r"/domains/level-", rf"^({HOST})$", r"*\1", "is not a name"),
        (DOT, r"/domains/level-", rf"^({HOST})$", r"\1.", "is not a name"),
    )
)

_URI = r"/sonicwall/"
SONICWALL = tuple(
    Change("lists", mistake, path, find, put, why, ("sonicwall",))
    for mistake, path, find, put, why in (
        (LOST, rf"{_URI}forbidden", rf"^{HOST}\n", "", "exception from no block"),
        ("exception lost", rf"{_URI}allowed", rf"^{HOST}\n", "", ""),
        (WIDER, rf"{_URI}allowed", r"^a\.(b\.big\.test)$", r"\1", ""),
        (WIDER, rf"{_URI}allowed", r"^api\.(big\.test)$", r"\1", ""),
        (NO_APEX, rf"{_URI}forbidden", rf"^({HOST})$", r"*.\1", "exception from no block"),
        (LOOKALIKE, rf"{_URI}forbidden", rf"^({HOST})$", r"*\1", "is not an entry"),
        ("dot before it", rf"{_URI}forbidden", rf"^({HOST})$", r".\1", "is not an entry"),
        ("forbidden first", r"sonicwall/policies", "allowed first", "forbidden first", ""),
    )
)
_BOX = r"/watchguard/"
_UNKNOWN = "is not known"
WATCHGUARD = tuple(
    Change("lists", mistake, _BOX, find, put, why, ("watchguard",))
    for mistake, find, put, why in (
        (NO_CHILDREN, r"(,\(\?i\)\^)\(\[\^\./:\]\+\\\.\)\*", r"\1", ""),
        (NO_APEX, r"(,\(\?i\)\^\(\[\^\./:\]\+\\\.\))\*", r"\1+", ""),
        ("apex too many", r"(,\(\?i\)\^\(\[\^\./:\]\+\\\.\))\+", r"\1*", ""),
        (TOO_WIDE, r"(,\(\?i\)\^)(one\\\.)", r"\1([^./:]+\\.)*\2", ""),
        (WIDER, r"(,\(\?i\)\^)a\\\.(b\\\.big)", r"\1\2", ""),
        (WIDER, r"(^aipol allow .*\.\))([*+])(?:api|own)\\\.", r"\1\2", ""),
        (LOST, r"^aipol deny subtree .*\n", "", ""),
        ("exception lost", r"^aipol allow .*\n", "", ""),
        ("unanchored", r",\(\?i\)\^", ",(?i)", _UNKNOWN),
        ("unanchored", r"\(:\|/\|\$\)$", "", _UNKNOWN),
        (LOOKALIKE, r"([a-z])\\\.(test)", r"\1.\2", _UNKNOWN),
        (CASE, r"\(\?i\)", "", _UNKNOWN),
        ("asterisk", r"regular expression,.*$", "pattern match,*big.test/*", _UNKNOWN),
        (
            "exceptions behind blocks",
            r"^((?:aipol allow .*\n)+)((?:aipol deny .*\n)+)",
            r"\2\1",
            "",
        ),
    )
)

# --- proxies --------------------------------------------------------------------------------------

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

# --- firewalls ------------------------------------------------------------------------------------


def _fortigate() -> Iterator[Change]:
    """For each form by itself: with both, the other one would give the mistake away."""
    known = "not known in both modes"
    for output, path, url, domain in (
        ("cli", "aipol.conf", "set url ", "set domain "),
        ("rest", "rest.json", '"url": ', '"domain": '),
    ):
        for what, word in ((url, r"\(\[\^\./:\]\+"), (domain, r"\(\[\^\.\]\+")):
            labels = rf"({what}\"\^){word}\\\\\.\)\*"
            some = rf"({what}\"\^)({word}\\\\\.\))\*"
            for mistake, find, put, why in (
                (NO_CHILDREN, labels, r"\1", ""),
                (NO_APEX, some, r"\1\2+", ""),
                (TOO_WIDE, rf"({what}\"\^)(one|y)", _any(what), ""),
                (WIDER, rf"({what}\"\^)a\\\\\.(b\\\\\.big)", r"\1\2", ""),
                (WIDER, rf"({what}\"\^\S+\*)(?:api|own)\\\\\.", r"\1", ""),
                ("unanchored", rf"({what}\")\^", r"\1", known),
                ("unanchored", rf"({what}\"\S*)(?:\(:\|/\|\$\)|\$)\"", r'\1"', known),
                (LOOKALIKE, rf"({what}\"\S*?[a-z])\\\\\.", r"\1.", known),
                ("asterisk", rf"{what}\"\S*?([a-z.\\-]+?)\\\\\.\*\S*\"", rf'{what}"*\1"', known),
            ):
                yield Change("fortigate", mistake, path, find, put, why, (output,))
        quoted = output == "rest"
        kind, simple = (
            ('"type": "regex"', '"type": "simple"')
            if quoted
            else (
                "set type regex",
                "set type simple",
            )
        )
        wildcard = simple.replace("simple", "wildcard")
        regex = "`type` is not `regex`"
        yield Change("fortigate", "substring", path, kind, simple, regex, (output,))
        yield Change("fortigate", "asterisk", path, kind, wildcard, regex, (output,))


def _any(what: str) -> str:
    """Any labels before the rest."""
    label = "[^./:]+" if "url" in what else "[^.]+"
    return rf"\1({label}\\\\.)*\2"


# --- services -------------------------------------------------------------------------------------

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


def _pairs() -> Iterator[Change]:
    """Of two lists of names, one of which always wins."""
    for target, blocking, allowing, value in (
        ("meraki", r"\.json$", r"\.json$", ""),
        ("umbrella", r"block\.json$", r"allow\.json$", '"destination": '),
    ):
        for mistake, path, find, put, why in (
            (WIDER, allowing, rf'({value}")a\.(b\.big\.test")', r"\1\2", ""),
            (WIDER, allowing, rf'({value}")api\.(big\.test")', r"\1\2", ""),
            ("one label too wide", blocking, rf'({value}")split\.(test")', r"\1\2", ""),
            (
                LOOKALIKE,
                blocking,
                rf'({value}")({HOST}\.test|[a-z]+\.test)"',
                r'\1*\2"',
                "not a host",
            ),
            ("asterisk", blocking, rf'({value}")([a-z]+\.test)"', r'\1*.\2"', "not a host"),
            (DOT, blocking, rf'({value}")([a-z]+\.test)"', r'\1\2."', "not a host"),
        ):
            yield Change(target, mistake, path, find, put, why)
        yield Dropped(target, LOST, blocking, r"[a-z0-9-]+\.test", "", "exception from no block")
        yield Dropped(target, "exception lost", allowing, r"(?:api|a\.b)\.big\.test", "")


CHANGES: tuple[Change, ...] = (
    *DNS,
    *LOCAL,
    *DNSMASQ,
    *HOSTS,
    *ADGUARD,
    *PIHOLE,
    *_pan(),
    *DOMAINS,
    *SONICWALL,
    *WATCHGUARD,
    *SQUID,
    *E2GUARDIAN,
    *HAPROXY,
    *SURICATA,
    *PAC,
    *_fortigate(),
    *CLOUDFLARE,
    *ZSCALER,
    *NETSKOPE,
    *_pairs(),
)
