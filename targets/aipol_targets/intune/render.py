"""Render Intune's objects to the bodies of Graph requests, and what ties them together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_never

from aipol.target import Artifact
from aipol_targets.common.apple.render_profile import render_profile
from aipol_targets.intune.graph import assign_body, block_after, canonical, encoded, typed
from aipol_targets.intune.model import (
    Baseline,
    BrowserLists,
    FeatureSwitches,
    IntuneObject,
    MacProfile,
    Model,
    ProgramCompliance,
    file_name,
    platform_of,
    script_file_name,
)
from aipol_targets.intune.script import detection_script, rules_file
from aipol_targets.intune.settings_ids import ListSetting, NodeSetting

BINDINGS = "bindings.json"


def render(model: Model) -> tuple[Artifact, ...]:
    """One file a body, with the assignment beside it; equal models give equal bytes."""
    found = [each for item in model.objects for each in _files(model, item)]
    bindings = [
        {
            "idOf": script_file_name(item),
            "object": file_name(item),
            "property": "deviceCompliancePolicyScript.deviceComplianceScriptId",
        }
        for item in model.objects
        if isinstance(item, ProgramCompliance)
    ]
    if bindings:
        found.append(Artifact(BINDINGS, canonical({"bindings": bindings})))
    return tuple(sorted(found, key=lambda artifact: artifact.path))


def _files(model: Model, item: IntuneObject) -> Iterator[Artifact]:
    yield Artifact(file_name(item), canonical(_body(model, item)))
    yield Artifact(file_name(item, "assign"), canonical(assign_body(item.assignment)))
    if isinstance(item, ProgramCompliance):
        yield Artifact(script_file_name(item), canonical(_script(model, item)))


def _body(model: Model, item: IntuneObject) -> dict[str, Any]:
    match item:
        case ProgramCompliance():
            return _program_compliance(model, item)
        case BrowserLists():
            return _browser_lists(model, item)
        case FeatureSwitches():
            return typed(
                "windows10CustomConfiguration",
                **_named(model, item),
                omaSettings=[_node(node) for node in item.nodes],
            )
        case MacProfile():
            return typed(
                "macOSCustomConfiguration",
                **_named(model, item),
                payload=encoded(render_profile(item.profile)),
                payloadFileName=f"{item.name}.mobileconfig",
                payloadName=item.profile.title,
            )
        case Baseline():
            return _baseline(model, item)
        case _:
            assert_never(item)


def _named(model: Model, item: IntuneObject, part: str = "") -> dict[str, str]:
    """What people see; the mark in the description is how an object is known again as ours.

    A script is a part of its policy: it has the policy's name, and a mark of its own.
    """
    mark = f"{_mark(model, item)}{part}"
    return {"displayName": _display_name(model, item), "description": mark}


def _display_name(model: Model, item: IntuneObject) -> str:
    return f"{model.organization} AI usage: {item.name}"


def _mark(model: Model, item: IntuneObject) -> str:
    return f"AI usage policy. aipol:{model.organization}/{platform_of(item)}/{item.name}"


def _program_compliance(model: Model, item: ProgramCompliance) -> dict[str, Any]:
    """The policy without its script's id: only the tenant knows that, see bindings.json."""
    return typed(
        "windows10CompliancePolicy",
        **_named(model, item),
        deviceCompliancePolicyScript={"rulesContent": encoded(rules_file(item))},
        roleScopeTagIds=["0"],
        scheduledActionsForRule=block_after(item.grace_hours),
    )


def _script(model: Model, item: ProgramCompliance) -> dict[str, Any]:
    return typed(
        "deviceComplianceScript",
        **_named(model, item, "/script"),
        detectionScriptContent=encoded(detection_script(item)),
        enforceSignatureCheck=False,
        publisher="aipol",
        roleScopeTagIds=["0"],
        runAs32Bit=False,
        # Other people's packages can only be listed by the system.
        runAsAccount="system",
    )


def _browser_lists(model: Model, item: BrowserLists) -> dict[str, Any]:
    return {
        "name": _display_name(model, item),
        "description": _mark(model, item),
        "platforms": "windows10",
        "technologies": "mdm",
        "roleScopeTagIds": ["0"],
        "settings": [
            typed("deviceManagementConfigurationSetting", settingInstance=_list(setting, values))
            for setting, values in item.lists
        ],
    }


def _list(setting: ListSetting, values: tuple[str, ...]) -> dict[str, Any]:
    texts = [typed("deviceManagementConfigurationStringSettingValue", value=v) for v in values]
    child = typed(
        "deviceManagementConfigurationSimpleSettingCollectionInstance",
        settingDefinitionId=setting.child,
        simpleSettingCollectionValue=texts,
    )
    choice = typed(
        "deviceManagementConfigurationChoiceSettingValue", value=setting.enabled, children=[child]
    )
    return typed(
        "deviceManagementConfigurationChoiceSettingInstance",
        settingDefinitionId=setting.definition,
        choiceSettingValue=choice,
    )


def _node(node: NodeSetting) -> dict[str, Any]:
    return typed("omaSettingInteger", displayName=node.title, omaUri=node.uri, value=node.off)


def _baseline(model: Model, item: Baseline) -> dict[str, Any]:
    kind = "macOSCompliancePolicy" if item.platform == "macos" else "windows10CompliancePolicy"
    required: dict[str, Any] = {}
    if item.encryption:
        required["storageRequireEncryption"] = True
    if item.minimum_os:
        required["osMinimumVersion"] = item.minimum_os
    return typed(
        kind,
        **_named(model, item),
        **required,
        scheduledActionsForRule=block_after(item.grace_hours),
    )
