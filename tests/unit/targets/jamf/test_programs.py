"""Restricted Software stops exactly the programs the policy blocks, for exactly those people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

from aipol.catalogue.model import App
from aipol.ir import Ir
from aipol.target import Kind, Question
from aipol.vocabulary import MACOS, WINDOWS, Effect, Surface
from aipol_targets.jamf.target import JAMF, Settings

PolicyOf = Callable[..., Ir]
Rule = Callable[..., Any]
HOSTILE = 'No. <b>Ask</b> R&D "now" $(reboot) \u2019 \u202eab\n]]>'


def files(ir: Ir, **chosen: Any) -> dict[str, bytes]:
    """What is emitted, by path."""
    return {each.path: each.content for each in JAMF.compile(ir, Settings(**chosen)).artifacts}


def stopped(found: dict[str, bytes], program: str, *groups: str) -> bool:
    """Whether a Mac in `groups` stops `program`."""
    question = Question(
        Kind.PROGRAM, program, frozenset(groups), program.rpartition(":")[0], MACOS[0]
    )
    return JAMF.read(found).decide(question).effect is Effect.BLOCK


def test_an_app_is_named_as_its_bundle_and_a_tool_as_its_process(policy: PolicyOf) -> None:
    """`Chat.app` stops the app inside the bundle, `chat` the process so called."""
    found = files(policy([]))
    assert "restricted-software/apps/Chat.app--rest.xml" in found
    assert "restricted-software/tools/chat--rest.xml" in found
    assert stopped(found, "macos:process:Chat")
    assert stopped(found, "cli:binary:chat")
    assert not stopped(found, "macos:process:Cha")
    assert not stopped(found, "cli:binary:Chat")


def test_a_record_stops_without_deleting_and_matches_exactly(policy: PolicyOf) -> None:
    """The record ends the process, matches the whole name and leaves the file alone."""
    general = ET.fromstring(files(policy([]))["restricted-software/apps/Chat.app--rest.xml"])[0]  # noqa: S314
    told = {each.tag: each.text for each in general}
    assert told["kill_process"] == told["match_exact_process_name"] == "true"
    assert told["delete_executable"] == told["send_notification"] == "false"


def test_the_policys_message_is_shown_whatever_it_holds(policy: PolicyOf, rule: Rule) -> None:
    """A hostile message is data: it comes back character for character."""
    ir = policy([rule("r", ("chat",), ("finance",), Effect.BLOCK, message=HOSTILE)])
    record = ET.fromstring(files(ir)["restricted-software/apps/Chat.app--r.xml"])  # noqa: S314
    assert record.findtext("general/display_message") == HOSTILE


def test_groups_are_named_as_jamf_knows_them(policy: PolicyOf, rule: Rule) -> None:
    """Scopes carry the names of computer groups, hostile ones too, and exclusions count."""
    ir = policy([rule("r", ("chat",), ("engineering",), Effect.ALLOW)])
    found = files(ir)
    assert b"R&amp;D Macs" in found["restricted-software/apps/Chat.app--rest.xml"]
    assert not stopped(found, "macos:process:Chat", "R&D Macs")
    assert stopped(found, "macos:process:Chat", "Finance Macs")


def test_a_name_two_apps_share_is_spared_for_the_usable_one(policy: PolicyOf, rule: Rule) -> None:
    """`chat` is a tool of one app and a process of another: allowing either spares it."""
    ir = policy([rule("r", ("paint",), ("finance",), Effect.ALLOW, surfaces=(Surface.DESKTOP,))])
    found = files(ir)
    assert not stopped(found, "cli:binary:chat", "Finance Macs")
    assert stopped(found, "cli:binary:chat", "R&D Macs")


def test_programs_can_be_left_to_something_else(policy: PolicyOf) -> None:
    """The setting leaves every record out."""
    assert not [path for path in files(policy([]), programs="none") if "restricted" in path]


def test_a_mac_says_nothing_about_windows(policy: PolicyOf) -> None:
    """Outside its reach the target has no effect."""
    question = Question(
        Kind.PROGRAM, "macos:process:Chat", frozenset(), "macos:process", WINDOWS[0]
    )
    assert JAMF.read(files(policy([]))).decide(question).effect is None


def test_a_wildcard_is_never_a_process_name(policy: PolicyOf, known_apps: tuple[App, ...]) -> None:
    """A name that Jamf would read as a pattern is reported, not sent."""
    chat = known_apps[0]
    wild = replace(chat, cli=(replace(chat.cli[0], value="ch*t"),))
    ir = policy([], apps=(wild,))
    compiled = JAMF.compile(ir, Settings())
    assert not [each.path for each in compiled.artifacts if "tools" in each.path]
    ruling = ir.by_use["chat", Surface.CLI][0]
    reasons = {r.reason.code for r in compiled.coverage if r.ruling == ruling.id and r.reason}
    assert reasons == {"process-name-unmatchable"}


def test_a_program_that_does_more_than_ai_is_never_stopped(
    policy: PolicyOf, known_apps: tuple[App, ...]
) -> None:
    """Blocking the AI in an editor does not stop the editor; the coverage says so."""
    chat = known_apps[0]
    shared = replace(chat, macos=(replace(chat.macos[0], shared=True),))
    ir = policy([], apps=(shared,))
    compiled = JAMF.compile(ir, Settings())
    assert not [each.path for each in compiled.artifacts if "Chat.app" in each.path]
    ruling = ir.by_use["chat", Surface.DESKTOP][0]
    reasons = {r.reason.code for r in compiled.coverage if r.ruling == ruling.id and r.reason}
    assert reasons == {"shared-program"}


def test_a_record_that_would_stop_what_manages_the_mac_is_an_error(policy: PolicyOf) -> None:
    """Whatever let such a program into the policy, it does not get into a record unsaid."""
    protected = (("process", "chat", "the management of Macs"), ("process", "Jamf", "the same"))
    ir = replace(policy([]), protected_programs=protected)
    found = {(each.code, each.message) for each in JAMF.compile(ir, Settings()).findings}
    assert {code for code, _ in found} == {"AIP509"}
    assert any("tools/chat--rest.xml stops the protected program `chat`" in it for _, it in found)
