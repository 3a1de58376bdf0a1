"""The vendors that are pushed to, as faults are tried on them: what is played, what is wanted."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from aipol.remote import Clock, Remote, Surroundings, mark_in
from aipol_targets.cloudflare.remote import open_remote as open_cloudflare
from aipol_targets.cloudflare.settings import CloudflareSettings
from aipol_targets.common.microsoft.transport import Timeouts
from aipol_targets.intune.remote import open_remote as open_intune
from aipol_targets.intune.settings import Settings as IntuneSettings
from aipol_targets.jamf.remote import open_remote as open_jamf
from aipol_targets.jamf.target import Settings as JamfSettings
from aipol_targets.standins.cloudflare import standin as cloudflare
from aipol_targets.standins.graph.standin import GraphStandin
from aipol_targets.standins.graph.tenant import Tenant
from aipol_targets.standins.jamf import resources
from aipol_targets.standins.jamf import standin as jamf
from aipol_targets.standins.server import Standin

ALL = os.environ.get("AIPOL_FAULTS") == "all"
"""Whether every fault is tried at every write."""
ANSWER = 0.5
"""Seconds that aipol waits for an answer here."""
TENANT = "11111111-2222-4333-8444-555555555555"
_ROOT = Path(__file__).parents[2]
_CASES = _ROOT / "tests" / "cases"
_SOME = re.compile(r"/\w+-(engineering-not-)?contractors\.")

Dies = Callable[[int, bool], bool]
"""Whether the process ends at the write of a number, before it is sent or when it is answered."""


class Killed(BaseException):
    """The process is no more; nothing catches it."""


@dataclass(frozen=True, slots=True)
class Held:
    """One object that the vendor holds."""

    ours: bool
    kind: str
    name: str
    body: str


class Subject(Protocol):
    """One vendor."""

    target: str
    organization: str

    def files(self) -> dict[str, bytes]:
        """What a policy was compiled to."""
        ...

    def standin(self, clock: Clock) -> Any:
        """What is played, with something of somebody else's in it."""
        ...

    def opened(self, url: str, clock: Clock, dies: Dies | None) -> Any:
        """The vendor's side as a new process has it, for as long as the context lasts."""
        ...

    def held(self, standin: Any) -> Iterator[Held]:
        """All there is, as the vendor holds it."""
        ...

    def altered(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """A body that says something else."""
        ...

    def renamed(self, kind: str, body: dict[str, Any], name: str) -> dict[str, Any]:
        """A body of another object."""
        ...


def _below(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


class Intune:
    """Microsoft Graph, with the objects of the example policy."""

    target, organization = "intune", "example.acme"

    def __init__(self, tenant: Tenant | None = None) -> None:
        self._tenant = tenant or Tenant(id=TENANT)

    def files(self) -> dict[str, bytes]:
        """All that the example is compiled to; where only some faults are tried, for two classes.

        Each kind is among these, too.
        """
        found = _below(_ROOT / "generated" / "intune")
        if ALL:
            return found
        some = {path: each for path, each in found.items() if _SOME.search(path)}
        bindings = json.loads(found["bindings.json"])["bindings"]
        kept = [each for each in bindings if each["object"] in some]
        return {**some, "bindings.json": json.dumps({"bindings": kept}).encode()}

    def standin(self, clock: Clock) -> Standin:
        """A tenant with a policy about something else."""
        del clock
        found = GraphStandin(self._tenant)
        others = {"name": "Wi-Fi at the office", "description": "By hand"}
        rest = {"platforms": "windows10", "technologies": "mdm", "settings": list[Any]()}
        found.seed("configurationPolicies", others | rest)
        return found

    @contextmanager
    def opened(self, url: str, clock: Clock, dies: Dies | None) -> Iterator[Remote]:
        """With a transport that ends the process."""
        variables = {"AIPOL_GRAPH_URL": url, "AIPOL_GRAPH_TOKEN": "demo"}
        settings = IntuneSettings.model_validate_json(json.dumps({"tenant": TENANT}))
        surroundings = Surroundings(self.organization, variables, clock)
        remote = open_intune(settings, surroundings, Timeouts(answer=ANSWER))
        if dies is not None:
            _mortal(remote, dies)
        try:
            yield remote
        finally:
            remote.close()

    def held(self, standin: Any) -> Iterator[Held]:
        """By the marks in descriptions."""
        for kind, objects in standin.state().items():
            for each in objects.values():
                ours = mark_in(str(each.get("description") or "")) is not None
                name = str(each.get("displayName") or each.get("name"))
                yield Held(ours, kind, name, json.dumps(each, sort_keys=True, default=str))

    def altered(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """What people read, which is written with all the rest."""
        del kind
        return {**body, "object": {**body["object"], "description": "As it was"}}

    def renamed(self, kind: str, body: dict[str, Any], name: str) -> dict[str, Any]:
        """By the property that its kind has."""
        called = "name" if kind == "configurationPolicies" else "displayName"
        return {**body, "object": {**body["object"], called: name}}


def _mortal(remote: Any, dies: Dies) -> None:
    transport: Any = remote._graph.transport
    send, count = transport.send, iter(range(1, 10_000))

    def sending(request: Any) -> Any:
        if request.method == "GET" or request.url.endswith("/$batch"):
            return send(request)
        number = next(count)
        if dies(number, False):
            raise Killed
        answer = send(request)
        if dies(number, True):
            raise Killed
        return answer

    transport.send = sending


def _watched(client: Any, dies: Dies) -> None:
    """The same for what asks with a client of HTTP."""
    numbers: dict[int, int] = {}
    count = iter(range(1, 10_000))

    def before(request: Any) -> None:
        if request.method == "GET" or request.url.path.endswith("/token"):
            return
        numbers[id(request)] = next(count)
        if dies(numbers[id(request)], False):
            raise Killed

    def after(response: Any) -> None:
        number = numbers.pop(id(response.request), 0)
        if number and dies(number, True):
            raise Killed

    client.event_hooks = {"request": [before], "response": [after]}


class Jamf:
    """A cluster of two Jamf Pro servers that agree once a minute; a policy with every kind."""

    target, organization = "jamf", "com.acme"

    def files(self) -> dict[str, bytes]:
        """Three profiles, a record and a smart group."""
        return _below(_CASES / "derived-group" / "expected" / "jamf")

    def standin(self, clock: Clock) -> Standin:
        """With the groups that the policy names, and a record about something else."""
        found = jamf.JamfStandin(clock=clock.now)
        for name in ("AI Pilot", "Finance Macs", "Macs of old"):
            text = f"<name>{name}</name><is_smart>false</is_smart>"
            found.seed(resources.GROUPS, f"<computer_group>{text}</computer_group>".encode())
        others = "<general><name>No games</name><process_name>Chess</process_name></general>"
        text = f"<restricted_software>{others}</restricted_software>"
        found.seed(resources.RESTRICTIONS, text.encode())
        return found

    @contextmanager
    def opened(self, url: str, clock: Clock, dies: Dies | None) -> Iterator[Remote]:
        """With hooks that end the process."""
        variables = {
            "JAMF_URL": url,
            "JAMF_CLIENT_ID": jamf.DEMO.id,
            "JAMF_CLIENT_SECRET": jamf.DEMO.secret,
        }
        remote = open_jamf(JamfSettings(), Surroundings(self.organization, variables, clock))
        if dies is not None:
            _watched(remote.session.client, dies)
        with remote.session.client:
            yield remote

    def held(self, standin: Any) -> Iterator[Held]:
        """By name."""
        kinds = {
            "computer-group": resources.GROUPS,
            "profile": resources.PROFILES,
            "restricted-software": resources.RESTRICTIONS,
        }
        for kind, resource in kinds.items():
            for record in standin.records(resource).values():
                name = record.get("general", record)["name"]
                body = json.dumps(record, sort_keys=True, default=str)
                yield Held(name.startswith("aipol "), kind, name, body)

    def altered(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """Its first criterion, its description, or what it says to people."""
        if kind == "computer-group":
            first, *rest = body["criteria"]
            return {**body, "criteria": [{**first, "value": "Macs of old"}, *rest]}
        name = "description" if kind == "profile" else "display_message"
        return {**body, "general": {**body["general"], name: "As it was"}}

    def renamed(self, kind: str, body: dict[str, Any], name: str) -> dict[str, Any]:
        """In what is general."""
        del kind
        return {**body, "general": {**body["general"], "name": name}}


class Cloudflare:
    """An account with Gateway, and a policy of three lists and three policies."""

    target, organization = "cloudflare", "com.acme"

    def files(self) -> dict[str, bytes]:
        """Three lists and three policies."""
        return _below(_CASES / "cloudflare" / "expected" / "cloudflare")

    def standin(self, clock: Clock) -> Standin:
        """With a list and a policy about something else."""
        found = cloudflare.CloudflareStandin(clock=clock.now, decrypts=True, invisible_for=1)
        others = {"name": "Printers", "type": "DOMAIN", "items": [{"value": "printers.example"}]}
        number = found.seed_list(others)
        traffic = f"any(dns.domains[*] in ${number})"
        body = {"name": "No printers", "action": "block", "enabled": True, "traffic": traffic}
        found.seed_rule({**body, "filters": ["dns"], "precedence": 5_000})
        return found

    @contextmanager
    def opened(self, url: str, clock: Clock, dies: Dies | None) -> Iterator[Remote]:
        """With hooks that end the process."""
        variables = {"CLOUDFLARE_API_URL": url, "CLOUDFLARE_API_TOKEN": cloudflare.TOKEN}
        settings = CloudflareSettings(
            on_ramp="wan", account=cloudflare.ACCOUNT, tls_decryption=True
        )
        remote = open_cloudflare(settings, Surroundings(self.organization, variables, clock))
        if dies is not None:
            _watched(remote.session.client, dies)
        with remote.session.client:
            yield remote

    def held(self, standin: Any) -> Iterator[Held]:
        """By name."""
        for kind, objects in (("list", standin.lists), ("policy", standin.rules)):
            for each in objects:
                body = json.dumps(asdict(each), sort_keys=True, default=str)
                yield Held(each.name.startswith("aipol_"), kind, each.name, body)

    def altered(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """Its entries, or that it is turned off."""
        if kind == "list":
            return {**body, "items": [{"value": "of-old.example"}]}
        return {**body, "enabled": False}

    def renamed(self, kind: str, body: dict[str, Any], name: str) -> dict[str, Any]:
        """Its name."""
        del kind
        return {**body, "name": name}


SUBJECTS: Mapping[str, Subject] = {each.target: each for each in (Intune(), Jamf(), Cloudflare())}
