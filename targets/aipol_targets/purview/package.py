"""Turn patterns of data classes into the XML rule package of custom sensitive information types.

Shape: MicrosoftDocs, "Create a custom sensitive information type using PowerShell", sample and
schema (public copy, read 2026-11-23). The file is UTF-8 so that people can review it; the service
wants UTF-16, to which apply-dlp.ps1 turns it.
"""

from __future__ import annotations

import uuid
from xml.etree import ElementTree as ET

from aipol.remote import Mark
from aipol_targets.purview.model import DlpModel, Pattern
from aipol_targets.purview.remote_form import package_digest, package_key

NAMESPACE = "http://schemas.microsoft.com/office/2011/mce"
_LANGUAGE = "en-us"
# One pattern and no supporting evidence: Microsoft calls 75 medium confidence.
_CONFIDENCE = {"Low": "65", "Medium": "75", "High": "85"}


def rule_package(model: DlpModel) -> bytes:
    """The package with one type a pattern."""
    root = ET.Element("RulePackage", xmlns=NAMESPACE)
    pack = ET.SubElement(root, "RulePack", id=_identity(model, "package"))
    ET.SubElement(pack, "Version", major="1", minor="0", build="0", revision="0")
    ET.SubElement(pack, "Publisher", id=_identity(model, "publisher"))
    details = ET.SubElement(pack, "Details", defaultLangCode=_LANGUAGE)
    words = ET.SubElement(details, "LocalizedDetails", langcode=_LANGUAGE)
    ET.SubElement(words, "PublisherName").text = model.organization[:256]
    ET.SubElement(words, "Name").text = "aipol data classes"
    description = ET.SubElement(words, "Description")
    _add_types(ET.SubElement(root, "Rules"), model)
    digest = package_digest(ET.tostring(root, encoding="unicode"))
    description.text = str(Mark(package_key(model.organization), digest))
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _add_types(rules: ET.Element, model: DlpModel) -> None:
    confidence = _CONFIDENCE[model.confidence]
    for pattern in model.patterns:
        entity = ET.SubElement(
            rules,
            "Entity",
            id=pattern.type.id.upper(),
            patternsProximity="300",
            recommendedConfidence=confidence,
        )
        found = ET.SubElement(entity, "Pattern", confidenceLevel=confidence)
        ET.SubElement(found, "IdMatch", idRef=_regex_id(pattern))
    for pattern in model.patterns:
        ET.SubElement(rules, "Regex", id=_regex_id(pattern)).text = pattern.regex
    strings = ET.SubElement(rules, "LocalizedStrings")
    for pattern in model.patterns:
        resource = ET.SubElement(strings, "Resource", idRef=pattern.type.id.upper())
        name = ET.SubElement(resource, "Name", default="true", langcode=_LANGUAGE)
        name.text = pattern.type.name
        words = ET.SubElement(resource, "Description", default="true", langcode=_LANGUAGE)
        words.text = "Written by aipol from a pattern of the policy."


def _regex_id(pattern: Pattern) -> str:
    return f"Regex_{pattern.type.id.replace('-', '')}"


def _identity(model: DlpModel, what: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{model.organization}/purview/{what}")).upper()
