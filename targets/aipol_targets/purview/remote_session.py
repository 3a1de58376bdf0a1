"""A child process that speaks to Security & Compliance PowerShell, one line of JSON at a time."""

from __future__ import annotations

import json
import queue
import re
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import IO, Any

from aipol.remote import InDoubt, Json, Refused, RemoteError, Unusable, WrongPlace
from aipol.secret import Secret
from aipol_targets.purview.remote_write import Call

SCRIPT = "session-dlp.ps1"
PREFIX = "aipol:"
TIMEOUT = 600.0
_END = 5.0
_SHOWN = 300
# How the service says no: `|Microsoft.Exchange...Exception|what is wrong` (errors quoted in the
# issues of Microsoft365DSC and in public deployments, read 2026-11-29; not seen on a tenant).
_SERVICES = re.compile(r"\bMicrosoft\.[\w.]+Exception\|")
_PASSING = re.compile(r"Transient|Timeout", re.IGNORECASE)
# What PowerShell itself says before anything is sent.
_BEFORE = ("CommandNotFoundException", "ParameterBindingException")
WRONG = "it is the tenant {found}, and the policy names {wanted} (targets.purview.tenant)"
# A program that is started needs no other program's credentials.
_PRIVATE = re.compile(r"SECRET|TOKEN|PASSWORD|CERTIFICATE|KEY", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Login:
    """Who connects, as Connect-IPPSSession is told, and to which tenant."""

    tenant: str
    given: Mapping[str, str]
    password: Secret
    """Of the certificate's file; empty where there is none."""


class Session:
    """One connection, made when it is first needed, and again after it broke."""

    def __init__(
        self,
        command: tuple[str, ...],
        login: Login,
        variables: Mapping[str, str],
        timeout: float = TIMEOUT,
    ) -> None:
        self._command, self._login = command, login
        self._variables = {n: each for n, each in variables.items() if not _PRIVATE.search(n)}
        self._timeout, self._number = timeout, 0
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._said = ""
        self._reading: threading.Thread | None = None

    def read(self) -> Json:
        """What the tenant has, as export-dlp.ps1 writes it."""
        self._connected()
        return self._asked({"do": "read"}, changes=False)

    def change(self, call: Call) -> str:
        """Make one change; the id of what it made, where that is told. Never done twice."""
        self._connected()
        asked = {"do": "change", "call": call.name, "given": dict(call.given)}
        return str(self._asked(asked, changes=True)["guid"]).lower()

    def close(self) -> None:
        """End the process; it ends by itself, too, once nobody writes to it any more."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            with suppress(OSError):  # it may have ended before it read what was written
                process.stdin.close()
        try:
            process.wait(_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._reading is not None:
            self._reading.join(_END)

    def _connected(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        self._start()
        given: dict[str, Json] = dict(self._login.given)
        if self._login.password:
            given["CertificatePassword"] = self._login.password.reveal()
        try:
            found = self._asked({"do": "connect", "given": given}, changes=False)["tenant"]
        except RemoteError as error:
            self.close()
            raise Unusable(f"cannot connect: {error}") from None
        wanted = self._login.tenant.lower()
        if found != wanted:
            self.close()
            raise WrongPlace(WRONG.format(found=found, wanted=wanted))

    def _start(self) -> None:
        with as_file(files("aipol_targets.purview").joinpath(SCRIPT)) as script:
            try:
                process = subprocess.Popen(
                    [*self._command, str(script)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    encoding="utf-8",
                    errors="replace",
                    env=self._variables,
                )
            except OSError as error:
                raise Unusable(f"cannot start `{self._command[0]}`: {error.strerror}") from None
        self._process, self._lines, self._said = process, queue.Queue(), ""
        reading = (process.stdout, self._lines)
        self._reading = threading.Thread(target=_read_all, args=reading, daemon=True)
        self._reading.start()

    def _asked(self, request: dict[str, Json], *, changes: bool) -> Any:
        """One request and its answer. Raises Refused and InDoubt."""
        self._number += 1
        process = self._process
        if process is None or process.stdin is None:
            raise InDoubt("the session has ended")
        try:
            process.stdin.write(f"{json.dumps({'id': self._number, **request})}\n")
            process.stdin.flush()
        except OSError:
            raise self._broken("it ended") from None
        answer = self._answer()
        if answer.get("ok") is True:
            return answer["value"]
        raise self._failed(answer, changes=changes)

    def _answer(self) -> dict[str, Any]:
        while True:
            try:
                line = self._lines.get(timeout=self._timeout)
            except queue.Empty:
                raise self._broken(f"no answer in {self._timeout:.0f} s") from None
            if line is None:
                raise self._broken("it ended")
            if not line.startswith(PREFIX):
                self._said = line.strip() or self._said
                continue
            answer = _parsed(line.removeprefix(PREFIX))
            if answer.get("id") == self._number:
                return answer

    def _broken(self, why: str) -> InDoubt:
        """That nobody knows whether it was done; the next request begins a new session."""
        self.close()
        while not self._lines.empty():
            self._said = (self._lines.get() or "").strip() or self._said
        said = f"; it said: {self._plain(self._said)}" if self._said else ""
        return InDoubt(f"PowerShell: {why}{said}")

    def _failed(self, answer: Mapping[str, Any], *, changes: bool) -> RemoteError:
        text = self._plain(" ".join(str(answer.get("error", "")).split()))
        said = _SERVICES.search(text)
        no = said is not None and not _PASSING.search(said.group())
        no = no or answer.get("type") in _BEFORE
        return Refused(text) if no or not changes else InDoubt(text)

    def _plain(self, text: str) -> str:
        """What was said, short and without the password."""
        secret = self._login.password.reveal()
        return (text.replace(secret, "***") if secret else text)[:_SHOWN]


def _read_all(stream: IO[str], lines: queue.Queue[str | None]) -> None:
    with stream:
        for line in stream:
            lines.put(line)
    lines.put(None)


def _parsed(text: str) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
