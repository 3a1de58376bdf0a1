"""A Jamf Pro server that is played, aipol's side of it, and the engine between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from aipol.apply.carrying import Carrying
from aipol.apply.events import Outcome, Result
from aipol.apply.journal import Writer
from aipol.ir import Ir
from aipol.plan.model import Plan
from aipol.plan.planning import Asked, compare
from aipol.remote import Surroundings
from aipol_targets.jamf.remote import JamfRemote, open_remote
from aipol_targets.jamf.target import JAMF, Settings
from aipol_targets.standins.faults import Faults
from aipol_targets.standins.jamf import resources
from aipol_targets.standins.jamf.standin import DEMO, JamfStandin
from aipol_targets.standins.server import Request, serving
from tests.unit.targets.hand import Hand

ORGANIZATION = "com.acme"
GROUPS = ("Finance Macs", "R&amp;D Macs", "Pilot “Macs”")
URL = "https://acme.jamfcloud.example"


@dataclass
class Site:
    """A server and the remote that asks it; `asked` gives the requests that it got."""

    standin: JamfStandin
    remote: JamfRemote
    hand: Hand
    folder: Path
    asked: Callable[[], list[str]]

    def plan(self, files: Mapping[str, bytes], **asked: Any) -> Plan:
        """What is to be done so that the server has what files say."""
        organization = asked.pop("organization", ORGANIZATION)
        return compare(
            self.remote,
            Asked(organization, self.remote.wanted(files), **asked),
            self.remote.observe(),
        )

    def carry(self, made: Plan) -> tuple[Result, ...]:
        """Do it, as `aipol apply` does."""
        journal = Writer(self.folder / "journal.jsonl")
        return Carrying(self.remote, journal, self.hand.clock, lambda _: None).run(made)

    def settle(self, files: Mapping[str, bytes], **asked: Any) -> Plan:
        """Do it, and the plan for what is left, which is for nothing."""
        results = self.carry(self.plan(files, **asked))
        assert [each.why for each in results if each.outcome is not Outcome.DONE] == []
        return self.plan(files, **asked)

    def written(self) -> list[str]:
        """The requests that changed something."""
        return [each for each in self.asked() if not each.startswith("GET") and "token" not in each]

    def by_hand(self, resource: resources.Resource, name: str, body: str) -> int:
        """Let an administrator change an object in the console."""
        number = next(
            number
            for number, record in self.standin.records(resource).items()
            if record.get("general", record)["name"] == name
        )
        path = f"/JSSResource/{resource.path}/id/{number}"
        self.console("PUT", path, f"<{resource.root}>{body}</{resource.root}>".encode())
        return number

    def console(self, method: str, path: str, body: bytes = b"") -> None:
        """Send what an administrator's browser would."""
        form = {"client_id": DEMO.id, "client_secret": DEMO.secret}
        grant = "&".join(f"{key}={value}" for key, value in form.items())
        token = httpx.Response(
            200,
            content=self.standin.answer(
                Request(
                    "POST",
                    "/api/v1/oauth/token",
                    body=f"{grant}&grant_type=client_credentials".encode(),
                )
            ).body,
        ).json()["access_token"]
        # At the server that the remote is stuck to, so that it is seen at once.
        cookies = "; ".join(
            f"{each.name}={each.value}" for each in self.remote.session.client.cookies.jar
        )
        headers = {"authorization": f"Bearer {token}", "cookie": cookies}
        answer = self.standin.answer(Request(method, path, headers=headers, body=body))
        assert answer.status < 300, answer.body
        self.hand.now += 61.0


def _calling(standin: JamfStandin, asked: list[str]) -> httpx.MockTransport:
    """Asks a stand-in without a network between."""

    def answer(request: httpx.Request) -> httpx.Response:
        parts = urlsplit(str(request.url))
        query = {name: tuple(values) for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked.append(f"{request.method} {parts.path}")
        given = standin.answer(Request(request.method, parts.path, query, headers, request.content))
        return httpx.Response(given.status, headers=dict(given.headers), content=given.body)

    return httpx.MockTransport(answer)


def _group(name: str) -> bytes:
    return (
        f"<computer_group><name>{name}</name><is_smart>false</is_smart></computer_group>".encode()
    )


def seeded(hand: Hand, groups: tuple[str, ...] = GROUPS, **how: Any) -> JamfStandin:
    """A server with some groups, which tells the time by the hand."""
    standin = JamfStandin(clock=lambda: hand.now, **how)
    for name in groups:
        standin.seed(resources.GROUPS, _group(name))
    return standin


SiteOf = Callable[..., Site]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SiteOf]:
    """Sets up a server that is asked without a network."""
    opened: list[JamfRemote] = []

    def make(organization: str = ORGANIZATION, **how: Any) -> Site:
        hand = Hand()
        standin = seeded(hand, **how)
        variables = {"JAMF_CLIENT_ID": DEMO.id, "JAMF_CLIENT_SECRET": DEMO.secret}
        given = Surroundings(organization, variables, hand.clock)
        remote = open_remote(Settings(url=URL), given)
        remote.session.client.close()
        asked: list[str] = []
        made = Site(standin, remote, hand, tmp_path, lambda: asked)
        remote.session.client = httpx.Client(transport=_calling(standin, asked))
        opened.append(remote)
        return made

    yield make
    for each in opened:
        each.session.client.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[SiteOf]:
    """Sets up a server on loopback, where faults happen."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def make(faults: Faults | None = None, standin: Any = None, **how: Any) -> Site:
            hand = Hand()
            played = standin or seeded(hand, **how)
            running = stack.enter_context(serving(played, faults))
            variables = {
                "JAMF_URL": running.url,
                "JAMF_CLIENT_ID": DEMO.id,
                "JAMF_CLIENT_SECRET": DEMO.secret,
            }
            remote = open_remote(Settings(), Surroundings(ORGANIZATION, variables, hand.clock))
            stack.callback(remote.session.client.close)
            requests = running.requests
            return Site(
                played,
                remote,
                hand,
                tmp_path,
                lambda: [f"{each.method} {each.path}" for each in requests],
            )

        yield make


@pytest.fixture
def files() -> Callable[..., dict[str, bytes]]:
    """The files that a policy is compiled to."""

    def compiled(ir: Ir, **settings: Any) -> dict[str, bytes]:
        given: dict[str, Any] = {"other_browsers": "absent", **settings}
        return {each.path: each.content for each in JAMF.compile(ir, Settings(**given)).artifacts}

    return compiled
