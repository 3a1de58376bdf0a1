"""Turn what to look for into the discovery script and the rules of a custom compliance policy."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from aipol_targets.intune.graph import compact, encoded
from aipol_targets.intune.model import ProgramCompliance, Programs, ProgramSetting

_PLACE = "@DATA@"
NONE_FOUND = "none"


def detection_script(item: ProgramCompliance) -> bytes:
    """The one script, with what to look for as base64: nothing of a policy becomes PowerShell."""
    wanted = {
        "settings": [
            {"name": setting.name, "apps": [_app(app) for app in setting.apps]}
            for setting in item.settings
        ]
    }
    return _template().replace(_PLACE, encoded(compact(wanted))).encode("ascii")


@cache
def _template() -> str:
    return files("aipol_targets.intune").joinpath("detection.ps1").read_text(encoding="ascii")


def _app(app: Programs) -> dict[str, Any]:
    return {
        "name": app.name,
        "exe": list(app.exe),
        "family": list(app.family),
        "product": list(app.product),
    }


def rules_file(item: ProgramCompliance) -> bytes:
    """The JSON that says which value of each setting is compliant."""
    return compact({"Rules": [_rule(setting, item.more_info_url) for setting in item.settings]})


def _rule(setting: ProgramSetting, more_info_url: str) -> dict[str, Any]:
    return {
        "SettingName": setting.name,
        "Operator": "IsEquals",
        "DataType": "String",
        "Operand": NONE_FOUND,
        "MoreInfoUrl": more_info_url,
        "RemediationStrings": [
            {"Language": "en_US", "Title": setting.title, "Description": setting.description}
        ],
    }
