"""A stand-in of Graph to ask, and bodies that it takes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from aipol_targets.standins.graph.standin import GraphStandin
from aipol_targets.standins.graph.tenant import Tenant
from aipol_targets.standins.server import Request, Response

G = "#microsoft.graph."
CATALOG = "deviceManagementConfiguration"
EDGE = "device_vendor_msft_policy_config_microsoft_edge~policy~microsoft_edge~extensions"
BLOCK = [
    {
        "ruleName": "PasswordRequired",
        "scheduledActionConfigurations": [
            {
                "actionType": "block",
                "gracePeriodHours": 24,
                "notificationTemplateId": "",
                "notificationMessageCCList": [],
            }
        ],
    }
]
RULE = {
    "SettingName": "Found",
    "Operator": "IsEquals",
    "DataType": "Int64",
    "Operand": 0,
    "MoreInfoUrl": "https://intranet.example/ai",
    "RemediationStrings": [{"Language": "en_US", "Title": "{ActualValue}", "Description": "No."}],
}


@dataclass
class Asked:
    """A stand-in, and how to ask it."""

    standin: GraphStandin

    def raw(
        self, method: str, url: str, body: Any = None, bearer: str = "t", **more: Any
    ) -> Response:
        """Ask as a client does."""
        parts = urlsplit(url.removeprefix("http://graph.test"))
        query = {name: tuple(v) for name, v in parse_qs(parts.query).items()}
        headers = {"authorization": f"Bearer {bearer}", "host": "graph.test"}
        content = b""
        if body is not None:
            headers["content-type"] = "application/json"
            content = json.dumps(body).encode()
        request = Request(
            method, parts.path, query, {**headers, **more.pop("headers", {})}, content
        )
        return self.standin.answer(Request(*_fields(request), **more))

    def __call__(self, method: str, url: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        """Ask below /deviceManagement of a version: `beta:deviceConfigurations`."""
        version, _, rest = url.partition(":")
        whole = url if url.startswith(("/", "http")) else f"/{version}/deviceManagement/{rest}"
        answer = self.raw(method, whole, body, **more)
        return answer.status, json.loads(answer.body) if answer.body else None

    def made(self, url: str, body: Any) -> str:
        """Make an object; give its id."""
        status, answer = self("POST", url, body)
        assert status == 201, answer
        return str(answer["id"])

    def refused(self, method: str, url: str, body: Any = None, status: int = 400) -> str:
        """Ask for what is refused; give the message."""
        given, answer = self(method, url, body)
        assert given == status, answer
        return str(answer["error"]["message"])


def _fields(request: Request) -> tuple[Any, ...]:
    return request.method, request.path, request.query, request.headers, request.body


@pytest.fixture
def asked() -> Callable[..., Asked]:
    """Make a stand-in of the tenant that is described."""
    return lambda **facts: Asked(GraphStandin(Tenant(**facts)))


def encoded(value: object) -> str:
    """Base64 of a document."""
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.b64encode(text.encode()).decode()


def windows(**more: Any) -> dict[str, Any]:
    """A compliance policy."""
    kind = f"{G}windows10CompliancePolicy"
    return {"@odata.type": kind, "displayName": "w", "scheduledActionsForRule": BLOCK, **more}


def script(**more: Any) -> dict[str, Any]:
    """A compliance script."""
    return {"displayName": "s", "detectionScriptContent": encoded("exit"), **more}


def custom(**more: Any) -> dict[str, Any]:
    """A custom configuration with a number and a text."""
    return {
        "@odata.type": f"{G}windows10CustomConfiguration",
        "displayName": "c",
        "omaSettings": [
            {
                "@odata.type": f"{G}omaSettingInteger",
                "displayName": "n",
                "omaUri": "./a",
                "value": 1,
            },
            {
                "@odata.type": f"{G}omaSettingString",
                "displayName": "t",
                "omaUri": "./b",
                "value": "x",
            },
        ],
        **more,
    }


def choice(name: str, option: str = "1") -> dict[str, Any]:
    """One setting of the catalog."""
    return {
        "@odata.type": f"{G}{CATALOG}Setting",
        "settingInstance": {
            "@odata.type": f"{G}{CATALOG}ChoiceSettingInstance",
            "settingDefinitionId": name,
            "choiceSettingValue": {
                "@odata.type": f"{G}{CATALOG}ChoiceSettingValue",
                "value": f"{name}_{option}",
                "children": [
                    {
                        "@odata.type": f"{G}{CATALOG}SimpleSettingCollectionInstance",
                        "settingDefinitionId": f"{name}_desc",
                        "simpleSettingCollectionValue": [
                            {"@odata.type": f"{G}{CATALOG}StringSettingValue", "value": "*"}
                        ],
                    }
                ],
            },
        },
    }


def catalog(*names: str, **more: Any) -> dict[str, Any]:
    """A policy of the settings catalog."""
    settings = [choice(each) for each in names or (EDGE,)]
    base = {"name": "e", "platforms": "windows10", "technologies": "mdm", "settings": settings}
    return {**base, **more}


def to_group(group: str, *, excluded: bool = False) -> dict[str, Any]:
    """One assignment."""
    kind = "exclusionGroupAssignmentTarget" if excluded else "groupAssignmentTarget"
    return {"target": {"@odata.type": f"{G}{kind}", "groupId": group}}


@pytest.fixture
def make() -> Any:
    """Bodies by name, and what they are made of."""
    return SimpleNamespace(
        block=BLOCK,
        catalog=catalog,
        choice=choice,
        custom=custom,
        edge=EDGE,
        encoded=encoded,
        rule=RULE,
        script=script,
        to_group=to_group,
        windows=windows,
    )
