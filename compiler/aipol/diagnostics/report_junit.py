"""Render findings as JUnit XML, which CI services show as tests that passed or failed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

from aipol.diagnostics.model import Diagnostic, Rule, Severity
from aipol.diagnostics.quoting import printable


def report_junit(found: Sequence[Diagnostic], asked: Iterable[Rule], suite: str) -> str:
    """A case for each rule that was asked or has findings; it fails where it has any but notes."""
    names = {rule.code: rule.name for rule in asked} | {each.code: each.name for each in found}
    root = ET.Element("testsuites")
    cases = [_case(code, names[code], _of(code, found), suite) for code in sorted(names)]
    failed = sum(1 for case in cases if case.find("failure") is not None)
    counts = {"name": printable(suite), "tests": str(len(cases)), "failures": str(failed)}
    ET.SubElement(root, "testsuite", counts).extend(cases)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _of(code: str, found: Sequence[Diagnostic]) -> list[Diagnostic]:
    return [each for each in found if each.code == code]


def _case(code: str, name: str, found: Sequence[Diagnostic], suite: str) -> ET.Element:
    case = ET.Element("testcase", {"classname": printable(suite), "name": f"{code} {name}"})
    weighty = [each for each in found if each.severity is not Severity.NOTE]
    if weighty:
        attributes = {"message": _line(weighty[0]), "type": weighty[0].severity.value}
        ET.SubElement(case, "failure", attributes).text = "\n".join(map(_line, weighty))
    if notes := [each for each in found if each.severity is Severity.NOTE]:
        ET.SubElement(case, "system-out").text = "\n".join(map(_line, notes))
    return case


def _line(finding: Diagnostic) -> str:
    hint = f" ({finding.hint})" if finding.hint else ""
    return printable(f"{finding.span.file}:{finding.span.line}: {finding.message}{hint}")
