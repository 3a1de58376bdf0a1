"""An account of Cloudflare that is played, aipol's side of it, and the engine between them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from aipol.apply.carrying import Carrying
from aipol.apply.events import Outcome, Result
from aipol.apply.journal import Head, read, start
from aipol.apply.undoing import undo
from aipol.plan.model import Inputs, Plan
from aipol.plan.planning import Asked, compare
from aipol.remote import Surroundings, referring
from aipol_targets.cloudflare.remote import CloudflareRemote, open_remote
from aipol_targets.cloudflare.settings import CloudflareSettings
from aipol_targets.standins.cloudflare.standin import ACCOUNT, TOKEN, CloudflareStandin
from aipol_targets.standins.faults import Fault, Faults
from aipol_targets.standins.server import Request, serving
from tests.unit.targets.hand import Hand

ORGANIZATION = "com.acme"
CASE = Path(__file__).parents[4] / "cases" / "cloudflare" / "expected" / "cloudflare"
SETTINGS = CloudflareSettings(on_ramp="wan", account=ACCOUNT, tls_decryption=True)

DECRYPTING: dict[str, Any] = {"decrypts": True}


@dataclass
class Site:
    """An account and the remote that asks it; `asked` gives the requests that it got."""

    standin: CloudflareStandin
    remote: CloudflareRemote
    hand: Hand
    folder: Path
    asked: Callable[[], list[str]]
    sent: list[Any] = field(default_factory=list[Any])
    journals: list[Path] = field(default_factory=list[Path])

    def plan(self, files: Mapping[str, bytes], **asked: Any) -> Plan:
        """What is to be done so that the account has what files say."""
        organization = asked.pop("organization", ORGANIZATION)
        return compare(
            self.remote,
            Asked(organization, self.remote.wanted(files), **asked),
            self.remote.observe(),
        )

    def carry(self, made: Plan) -> tuple[Result, ...]:
        """Do it, as `aipol apply` does."""
        inputs = Inputs("0", "policy.yaml", "2026-11-29", "0", "0", "0")
        journal = start(self.folder, "journal", Head(self.hand.now, "0", inputs, made))
        self.journals.append(journal.path)
        return Carrying(self.remote, journal, self.hand.clock, lambda _: None).run(made)

    def back(self) -> None:
        """Undo the last that was done, as `aipol rollback` does."""
        made = undo(self.remote, read(self.journals[-1]), self.remote.observe())
        assert [each.why for each in self.carry(made) if each.outcome is not Outcome.DONE] == []

    def state(self) -> list[str]:
        """What there is, with keys instead of ids for what is ours."""
        lives = self.remote.observe().objects
        keys = {each.id: each.mark.key for each in lives if each.mark}
        canonical = self.remote.canonical
        return sorted(
            json.dumps([keys.get(each.id), canonical(each.kind, referring(each.body, keys))])
            for each in lives
        )

    def settle(self, files: Mapping[str, bytes], **asked: Any) -> Plan:
        """Do it, and the plan for what is left, which is for nothing."""
        results = self.carry(self.plan(files, **asked))
        assert [each.why for each in results if each.outcome is not Outcome.DONE] == []
        return self.plan(files, **asked)

    def written(self) -> list[str]:
        """The requests that changed something."""
        return [each for each in self.asked() if not each.startswith("GET")]

    def by_hand(self, name: str, /, **changes: Any) -> None:
        """Let an administrator change a policy in the dashboard."""
        rule = next(each for each in self.standin.rules if each.name == name)
        names = ("name", "description", "action", "enabled", "precedence", "traffic", "identity")
        body = {each: getattr(rule, each) for each in names}
        body |= {"filters": list(rule.filters), "rule_settings": dict(rule.settings)}
        self.console("PUT", f"rules/{rule.id}", {**body, **changes})

    def entries(self, name: str, **changes: Any) -> None:
        """Let an administrator change the entries of a list."""
        (found,) = (each for each in self.standin.lists if each.name == name)
        self.console("PATCH", f"lists/{found.id}", changes)

    def console(self, method: str, path: str, body: Any = None) -> None:
        """Send what an administrator's browser would."""
        answer = self.standin.answer(
            Request(
                method,
                f"/client/v4/accounts/{ACCOUNT}/gateway/{path}",
                headers={"authorization": f"Bearer {TOKEN}"},
                body=json.dumps(body).encode(),
            )
        )
        assert answer.status == 200, answer.body


def _calling(
    standin: CloudflareStandin, asked: list[str], sent: list[Any], faults: Faults
) -> httpx.MockTransport:
    """Asks a stand-in without a network between, but with a network's faults."""

    def answer(request: httpx.Request) -> httpx.Response:
        parts = urlsplit(str(request.url))
        query = {name: tuple(values) for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked.append(f"{request.method} {parts.path.partition('/gateway/')[2]}")
        sent.append(json.loads(request.content) if request.content else None)
        fault = faults.next(write=request.method != "GET")
        if fault is not None and not fault.acts:
            return _failed(fault, request)
        given = standin.answer(Request(request.method, parts.path, query, headers, request.content))
        if fault is not None:
            return _failed(fault, request)
        return httpx.Response(given.status, headers=dict(given.headers), content=given.body)

    return httpx.MockTransport(answer)


def _failed(fault: Fault, request: httpx.Request) -> httpx.Response:
    if not fault.status:
        raise httpx.ReadError("cut", request=request)
    return httpx.Response(fault.status, headers=dict(fault.headers), text="failed")


SiteOf = Callable[..., Site]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SiteOf]:
    """Sets up an account that is asked without a network."""
    with ExitStack() as stack:

        def make(faults: Faults | None = None, **how: Any) -> Site:
            hand = Hand()
            standin = CloudflareStandin(clock=lambda: hand.now, **DECRYPTING | how)
            given = Surroundings(ORGANIZATION, {"CLOUDFLARE_API_TOKEN": TOKEN}, hand.clock)
            remote = open_remote(SETTINGS, given)
            remote.session.client.close()
            asked, sent = list[str](), list[Any]()
            remote.session.client = stack.enter_context(
                httpx.Client(transport=_calling(standin, asked, sent, faults or Faults()))
            )
            return Site(standin, remote, hand, tmp_path, lambda: asked, sent)

        yield make


@pytest.fixture
def served(tmp_path: Path) -> Iterator[SiteOf]:
    """Sets up an account on loopback, where faults happen."""
    with ExitStack() as stack:

        def make(faults: Faults | None = None, **how: Any) -> Site:
            hand = Hand()
            standin = CloudflareStandin(clock=lambda: hand.now, **DECRYPTING | how)
            running = stack.enter_context(serving(standin, faults))
            variables = {"CLOUDFLARE_API_URL": running.url, "CLOUDFLARE_API_TOKEN": TOKEN}
            remote = open_remote(SETTINGS, Surroundings(ORGANIZATION, variables, hand.clock))
            stack.callback(remote.session.client.close)
            requests = running.requests
            return Site(
                standin,
                remote,
                hand,
                tmp_path,
                lambda: [f"{each.method} {each.path}" for each in requests],
            )

        yield make


@pytest.fixture
def files() -> dict[str, bytes]:
    """The files of a policy with three lists and three policies."""
    return {each.name: each.read_bytes() for each in sorted(CASE.iterdir())}


@pytest.fixture
def many() -> Callable[..., dict[str, bytes]]:
    """The files of so many policies in their order, each with a list of its own."""

    def make(*names: str, first: int = 105, **settings: Any) -> dict[str, bytes]:
        lists = [
            {
                "name": name,
                "description": "AI rules",
                "type": "DOMAIN",
                "items": [{"value": f"{name}.test"}, {"value": f"{name}.example"}],
            }
            for name in names
        ]
        rules = [
            {
                "name": name,
                "description": "AI rules",
                "action": "allow" if settings else "block",
                "enabled": True,
                "filters": ["http"],
                "precedence": first + 10 * index,
                "traffic": f"http.request.host in $<{name}>",
                **({"rule_settings": settings} if settings else {}),
            }
            for index, name in enumerate(names)
        ]
        found = {"dns": None, "http": rules, "l4": None}
        return {
            "lists.json": json.dumps(lists).encode(),
            "rules.json": json.dumps(found).encode(),
        }

    return make
