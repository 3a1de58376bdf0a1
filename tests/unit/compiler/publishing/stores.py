"""Stores to publish into: one in memory with faults, S3 and Azure as servers on this machine."""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import pytest

from aipol.publishing.guards import Consent
from aipol.publishing.objects import Changed, Found, Objects, StoreError
from aipol.publishing.opening import place_of
from aipol.publishing.plan import Plan
from aipol.publishing.record import Published
from aipol.publishing.store import Store
from aipol.publishing.ways import Wanted, backward, forward
from tests.unit.compiler.publishing.conftest import GOING, NOBODY, Files, contents


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Memory:
    """Objects in memory. `faults` are by the number of a write, from 1.

    `meanwhile` is what somebody else does just before one.
    """

    held: dict[str, Found] = field(default_factory=dict[str, Found])
    written: list[str] = field(default_factory=list[str])
    faults: dict[int, str] = field(default_factory=dict[int, str])
    meanwhile: dict[int, Callable[[], object]] = field(
        default_factory=dict[int, Callable[[], object]]
    )
    conditional: bool = True
    tags: int = 0

    def get(self, path: str) -> Found | None:
        """What is held."""
        return self.held.get(path)

    def put(self, path: str, content: bytes, tag: str) -> str:
        """On the condition, unless the store knows none."""
        fault = self._fault()
        if self.conditional:
            self._check(path, tag)
        self.written.append(path)
        self.tags += 1
        self.held[path] = Found(content, f"tag {self.tags}")
        self._after(fault)
        return f"tag {self.tags}"

    def remove(self, path: str, tag: str) -> None:
        """On the condition."""
        fault = self._fault()
        if path not in self.held:
            raise Changed("it is gone")
        self._check(path, tag)
        self.written.append(f"-{path}")
        del self.held[path]
        self._after(fault)

    def below(self, folder: str) -> list[str]:
        """In a folder."""
        return [path for path in sorted(self.held) if path.startswith(f"{folder}/")]

    def _check(self, path: str, tag: str) -> None:
        found = self.held.get(path)
        if (found.tag if found else "") != tag:
            raise Changed(f"{path} has another tag")

    def _fault(self) -> str:
        number = len(self.written) + 1
        self.meanwhile.pop(number, lambda: None)()
        fault = self.faults.pop(number, "")
        if fault == "killed":
            raise Killed
        if fault == "refused":
            raise StoreError("AccessDenied: no")
        return fault

    def _after(self, fault: str) -> None:
        """What a library tells that has sent it twice, the first answer being lost."""
        if fault == "twice":
            raise Changed("the condition does not hold")
        if fault == "killed after":
            raise Killed


@dataclass
class Shelf:
    """A place to publish into, asked anew each time as each process does."""

    name: str
    objects: Objects
    going: Consent = GOING

    @property
    def store(self) -> Store:
        """As a process has it that has seen nothing."""
        return Store(self.name, self.objects)

    def plan(self, store: Store, files: Files, consent: Consent = NOBODY) -> Plan:
        """What publishing these files would do."""
        wanted = Wanted(Published("com.acme", "2026-12-01"), contents(files), frozenset())
        return forward(store, wanted, consent, 1_000)

    def give(self, files: Files, consent: Consent = NOBODY) -> Plan:
        """Publish these files; nothing may be refused."""
        store = self.store
        plan = store.carry_out(lambda: self.plan(store, files, consent))
        assert plan.refusals == ()
        return plan

    def back(self) -> Plan:
        """Go back; nothing may be refused."""
        store = self.store
        plan = store.carry_out(lambda: backward(store, NOBODY, 1_000))
        assert plan.refusals == ()
        return plan

    def served(self) -> dict[str, bytes]:
        """What devices can fetch."""
        found = {path: self.objects.get(path) for path in self.objects.below("lists")}
        return {path: each.content for path, each in found.items() if each}

    def tags(self) -> dict[str, str]:
        """What changes whenever something is written."""
        paths = [*self.objects.below("lists"), *self.objects.below(".aipol-publish")]
        found = {path: self.objects.get(path) for path in (*paths, ".aipol-publish.json")}
        return {path: each.tag for path, each in found.items() if each}


Shelves = Callable[[], Shelf]


@contextmanager
def s3(monkeypatch: pytest.MonkeyPatch, endpoint: str, bucket: str) -> Iterator[Shelf]:
    """A bucket of the server, with AWS' own variables for it."""
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    import_module("boto3.session").Session().client("s3").create_bucket(Bucket=bucket)
    name = f"s3://{bucket}/devices/lists"
    place = place_of(name, os.environ)
    assert isinstance(place, Store)
    yield Shelf(name, place.objects)


ACCOUNT, KEY = "acme", base64.b64encode(b"canary-key" * 6).decode()


@contextmanager
def azurite(folder: Path) -> Iterator[str]:
    """Microsoft's emulator of Blob Storage; the test is skipped where there is none."""
    found = shutil.which("azurite-blob")
    if found is None:
        pytest.skip("Azurite is not installed: npm install -g azurite")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ("--silent", "--skipApiVersionCheck", "--blobPort", str(port), "-l", str(folder))
    environment = {**os.environ, "AZURITE_ACCOUNTS": f"{ACCOUNT}:{KEY}"}
    with subprocess.Popen([found, *arguments], env=environment) as process:
        try:
            _until_open(port)
            yield f"http://127.0.0.1:{port}/{ACCOUNT}"
        finally:
            process.terminate()


def _until_open(port: int) -> None:
    for _ in range(100):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError("it does not listen")


@contextmanager
def azure(monkeypatch: pytest.MonkeyPatch, address: str, container: str) -> Iterator[Shelf]:
    """A container of the emulator, with Azure's own variables for it."""
    monkeypatch.setenv("AZURE_STORAGE_KEY", KEY)
    key = {"account_name": ACCOUNT, "account_key": KEY}
    blob = import_module("azure.storage.blob")
    with blob.ContainerClient(address, container, credential=key) as client:
        client.create_container()
    name = f"{address}/{container}/devices/lists"
    place = place_of(name, os.environ)
    assert isinstance(place, Store)
    yield Shelf(name, place.objects)
