"""Check the rules file of a custom compliance policy as Intune does."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from aipol_targets.standins.graph.errors import Refused, bad

# Keys, operators, types, languages and the two limits: MicrosoftDocs/memdocs
# intune/device-security/compliance/create-custom-json.md (2025-08-15). The codes: the enumeration
# deviceComplianceScriptRulesValidationError of msgraph-beta-sdk 1.66.0.
OPERATORS = ("IsEquals", "NotEquals", "GreaterThan", "GreaterEquals", "LessThan", "LessEquals")
TYPES = ("Boolean", "Int64", "Double", "String", "DateTime", "Version")
# fmt: off
LANGUAGES = frozenset(
    {
        "cs_CZ", "da_DK", "de_DE", "el_GR", "en_US", "es_ES", "fi_FI", "fr_FR", "hu_HU",
        "it_IT", "ja_JP", "ko_KR", "nb_NO", "nl_NL", "pl_PL", "pt_BR", "ro_RO", "ru_RU",
        "sv_SE", "tr_TR", "zh_CN", "zh_TW",
    }
)
# fmt: on
ENGLISH = "en_US"
MOST_RULES = 100
MOST_OCTETS = 100 * 1024  # "100 KB"; which kilobyte is meant is unverified


def check_rules(encoded: str) -> None:
    """Refuse a rules file that Intune would."""
    content = base64.b64decode(encoded)
    if len(content) > MOST_OCTETS:
        raise _fault("jsonFileTooLarge")
    try:
        document = json.loads(content)
    except ValueError:
        raise _fault("jsonFileInvalid") from None
    rules = document.get("Rules") if isinstance(document, dict) else None
    if not isinstance(rules, list) or not rules:
        raise _fault("rulesMissing")
    if len(rules) > MOST_RULES:
        raise _fault("tooManyRulesSpecified")
    names = [_rule(each) for each in rules]
    if len(set(names)) != len(names):
        raise _fault("duplicateRules")


def _rule(rule: object) -> str:
    if not isinstance(rule, dict):
        raise _fault("jsonFileInvalid")
    name = _text(rule, "SettingName", "settingName")
    if _text(rule, "Operator", "operator") not in OPERATORS:
        raise _fault("operatorNotSupported")
    if _text(rule, "DataType", "datatype") not in TYPES:
        raise _fault("datatypeNotSupported")
    if "Operand" not in rule:
        raise _fault("operandMissing")
    if not _fits(rule["DataType"], rule["Operand"]):
        raise _fault("operandInvalid")
    if not _text(rule, "MoreInfoUrl", "moreInfoUri").startswith(("https://", "http://")):
        raise _fault("moreInfoUriInvalid")
    _remediation(rule.get("RemediationStrings"))
    return name


def _fits(data_type: str, operand: object) -> bool:
    number = isinstance(operand, int | float) and not isinstance(operand, bool)
    match data_type:
        case "Boolean":
            return isinstance(operand, bool)
        case "Int64":
            return number and isinstance(operand, int)
        case "Double":
            return number
        case _:
            return isinstance(operand, str)


def _remediation(texts: object) -> None:
    if not isinstance(texts, list) or not texts:
        raise _fault("remediationStringsMissing")
    languages: list[str] = []
    for each in texts:
        if not isinstance(each, dict):
            raise _fault("jsonFileInvalid")
        languages.append(str(each.get("Language")))
        _text(each, "Title", "title")
        _text(each, "Description", "description")
    if not set(languages) <= LANGUAGES:
        raise _fault("unrecognizedLocale")
    if len(set(languages)) != len(languages):
        raise _fault("duplicateLocales")
    if ENGLISH not in languages:
        raise _fault("englishLocaleMissing")


def _text(given: Mapping[str, Any], key: str, code: str) -> str:
    value = given.get(key)
    if value is None:
        raise _fault(f"{code}Missing")
    if not isinstance(value, str) or not value:
        raise _fault(f"{code}Invalid")
    return value


def _fault(code: str) -> Refused:
    return bad(f"The rules of custom compliance are not valid: {code}")
