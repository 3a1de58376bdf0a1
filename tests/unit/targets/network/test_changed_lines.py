"""No line of any file can be changed without somebody noticing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from aipol.target import UnreadableArtifact
from tests.unit.targets.network.policies import TARGETS


def mutants(files: dict[str, bytes]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Each file with one line dropped, widened, turned round or repeated elsewhere."""
    for path, content in files.items():
        lines = content.decode().split("\n")[:-1]
        within = ""
        for number, line in enumerate(lines):
            if named := re.search(r'<entry name="([^"]*)">', line):
                within = named[1]
            if line.startswith(("#", ";", "//", "--")) or not line.strip():
                continue
            for what, changed in changes(line):
                text = "\n".join([*lines[:number], *changed, *lines[number + 1 :], ""])
                where = f"{path}:{number + 1} {within}"
                yield f"{where} {what}: {line}", {**files, path: text.encode()}


def changes(line: str) -> Iterator[tuple[str, list[str]]]:
    """What a slip or an intruder would do to one line."""
    yield "dropped", []
    swaps = [
        ("CNAME .", "CNAME rpz-passthru."),
        ("always_nxdomain", "transparent"),
        ("transparent", "always_nxdomain"),
        ("view-first: yes", "view-first: no"),
        ("address=/", "address=/*."),
        ("address=/*.", "address=/"),
        ("server=/*.", "server=/"),
        ("||*.", "||"),
        ("||", "|"),
        ("||", "||*."),
        ("@@", ""),
        ("^$", "^,"),
        ("~", ""),
        ("denyallow=", "denyallow=x"),
        ("client=", "ctag="),
        ("|", "|x."),
        ("/#", "/"),
        ("0.0.0.0 ", "127.0.0.1 "),
        ("CNAME rpz-passthru.", "CNAME ."),
        (",block,", ",allow,"),
        (",allow,", ",block,"),
        (",deny,", ",allow,"),
        (",allow,", ",deny,"),
        ("allowed first", "forbidden first"),
        ("regular expression", "pattern match"),
        (",enabled", ",disabled"),
        ("(?i)", ""),
        (r"\.?(:|/|$)", ""),
        (r"]+\.)*", r"]+\.)+"),
        (r"]+\.)+", r"]+\.)*"),
        (r"([^./:]+\.)*", ".*"),
        (r"\.test", ".test"),
        ("txt segments", "txt,segments"),
        (",in,", ",not-in,"),
        (",not-in,", ",in,"),
        ("http_access deny", "http_access allow"),
        ("ssl_bump terminate", "ssl_bump splice"),
        ("ssl_bump bump", "ssl_bump splice"),
        ("/24", "/25"),
        ("/255.255.255.0", "/255.255.255.128"),
        ("setblock", "false"),
        ("return false", "return setblock"),
        (",sitewild=false", ""),
        (",path=", ",sitewild=false,path="),
        ("if(sitein,", "ifnot(sitein,"),
        ("filter2", "filter1"),
        ("filter3", "filter2"),
        ("groups = 3", "groups = 2"),
        ("-m end", "-m str"),
        ("-m str", "-m end"),
        (",lower", ""),
        (",rtrim(.)", ""),
        ("inspect-delay 5s", "inspect-delay 0"),
        ("content reject", "content accept"),
        ("http-request deny", "http-request allow"),
        (" if ", " unless "),
        ("drop ", "alert "),
        ("drop ", "pass "),
        ('"block"', '"direct"'),
        ('"direct"', '"block"'),
        ("PROXY 127", "DIRECT; PROXY 127"),
        (':9"', ':9; DIRECT"'),
        ('"=', '".'),
        ('".', '"='),
        ('"=', '"=x'),
        ("toLowerCase", "toString"),
        ("=== ", "!== "),
        ("[any,", "["),
        ("!$", "$"),
        ("pcre:!", "pcre:"),
        ("/^", "/"),
        ("/\\.", "/^\\."),
        ("\\.*$/", "/"),
        ("dotprefix; ", ""),
        ("nocase; ", ""),
        ("/i", "/"),
        ("finance", "engineering"),
        ("ws-1,ws-2", "ws-1"),
        ("action deny", "action allow"),
        ("action allow", "action deny"),
        ("action decrypt", "action no-decrypt"),
        ("<action>deny", "<action>allow"),
        ("<action>allow", "<action>deny"),
        ("<action>decrypt", "<action>no-decrypt"),
        ("negate-source yes", "negate-source no"),
        ("<negate-source>yes", "<negate-source>no"),
        ("<log-end>yes</log-end>", "<disabled>yes</disabled>"),
        ("log-end yes", "disabled yes"),
        ("strip-alpn yes", "strip-alpn no"),
        ("-block", "-allow"),
        ("-allow", "-block"),
        (" !", " "),
        ("action block", "action allow"),
        ("action allow", "action block"),
        ("action accept", "action deny"),
        ("type regex", "type simple"),
        ("type regex", "type wildcard"),
        ("status enable", "status disable"),
        ("certificate-inspection", "disable"),
        ("255.255.255.0", "255.255.255.128"),
        ("/64", "/65"),
        ('"^', '"'),
        (r"(:|/|$)", ""),
        (r"\\.*$", ""),
        (r"\\.test", ".test"),
        (r"]+\\.)*", r"]+\\.)+"),
        (r"]+\\.)+", r"]+\\.)*"),
        (r"([^./:]+\\.)*", ".*"),
        ('"BLOCK"', '"ALLOW"'),
        ('"ALLOW"', '"BLOCK"'),
        ('"ENABLED"', '"DISABLED"'),
        ('".', '"'),
        ('".', '"*.'),
        ('"ANY_RULE"', '"HTTP_RULE"'),
        ("${aipol-0", "${aipol-1"),
        ("${aipol__gateways", "${aipol-finance"),
        (",aipol__gateways", ",aipol-finance"),
        (",Block", ",Allow"),
        (",Allow", ",Block"),
        ('"exact"', '"regex"'),
        ('"action": "block"', '"action": "allow"'),
        ('"action": "allow"', '"action": "block"'),
        (") and not(", ") and ("),
        (") or ", ") and "),
    ]
    for old, new in swaps:
        if old in line:
            yield f"{old} -> {new}", [line.replace(old, new)]
    if (wider := re.sub(r"[a-z]+\\\\\.(?=[a-z]+\\\\\.test)", "", line)) != line:
        yield "one label wider", [wider]
    if line.startswith("."):
        yield "narrowed", [line[1:]]
        yield "useless", [f"*{line}"]
    if line.endswith(".test"):
        yield "widened", [f".{line.removeprefix('.').partition('.')[2]}"]
    yield from other_urls(line)
    if line.endswith(".test/"):
        yield "unanchored", [line[:-1]]
    for host in re.findall(r"(?:^|<member>| )((?:\*\.)?[a-z0-9.-]+\.test)/(?:$|<)", line):
        bare = host.removeprefix("*.")
        yield "lookalike", [line.replace(bare, f"x{bare}")]
        yield "unanchored", [line.replace(f"{host}/", host)]
        if bare.count(".") > 1:
            yield "wider", [line.replace(bare, bare.partition(".")[2])]


def other_urls(line: str) -> Iterator[tuple[str, list[str]]]:
    """What a slip would do to a host in quotes."""
    for host in re.findall(r'"(?:\*?\.)?([a-z0-9.-]+\.test)"', line):
        yield "lookalike", [line.replace(host, f"x{host}")]
        yield "useless", [line.replace(host, f"{host}.")]
        if host.count(".") > 1:
            yield "wider", [line.replace(host, host.partition(".")[2])]


def only_script(small: Any) -> Any:
    """A FortiGate without the second form, which would give away every change of the first."""
    return lambda policy: small.guarded(policy, outputs=["cli"])


@pytest.mark.parametrize("target", TARGETS)
def test_every_change_of_a_line_is_noticed(target: str, small: Any) -> None:
    """A dropped, flipped, narrowed or widened line is unreadable or contradicts the policy."""
    # Of a group with IPv6 addresses two accounts admit that some of them get others' answers.
    networks = small.FOUR if target in {"netskope", "zscaler"} else small.NETWORKS
    make = {**small.MAKERS, "fortigate": only_script(small)}[target]
    emitted = make(small.everything(networks=networks))
    assert emitted.findings() == ()
    survivors = []
    for what, files in mutants(dict(emitted.files)):
        try:
            if not emitted.findings(files):
                survivors.append(what)
        except UnreadableArtifact:
            continue
    assert [each for each in survivors if not any(word in each for word in UNASKED)] == []


# What decides nothing: a network that is treated as everybody else is, and what things are called.
UNASKED = (
    "10.30.0.0/24",
    "10.30.0.0 255.255.255.0",
    "10.30.0.0/255.255.255.0",
    "aipol-10-30-0-0_24",
    "groupname = 'aipol-finance'",
    'set name "aipol-finance_v6"',
    '"name": "aipol_finance',
    '"name": "aipol-1-',
    '"name": "aipol-0-',
    '<entry name="aipol-',
    "policies.csv:4  -allow",
)
