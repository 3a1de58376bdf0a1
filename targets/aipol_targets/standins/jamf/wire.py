"""The Classic API's bodies: XML in, XML or JSON out, and errors as pages for people."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

from aipol_targets.standins.server import Request, Response, json_response

CDATA = "sent-as-cdata"
"""An attribute that no client can send: the element's text was in CDATA."""

_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    415: "Unsupported Media Type",
}


class Refused(Exception):
    """What the server answers instead of doing it."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def page(status: int, reason: str) -> Response:
    """An error, in the page that jamf/Replicator issue 9 and jamf/mut issue 43 show."""
    title = _TITLES.get(status, "Error")
    body = (
        "<html>\n<head>\n   <title>Status page</title>\n</head>\n"
        f'<body style="font-family: sans-serif;">\n<p style="font-weight: bold;">{title}</p>\n'
        f"<p>Error: {escape(reason)}</p>\n<p>You can get technical details here.<br>\n"
        'Please continue your visit at our <a href="/">home page</a>.\n</p>\n</body>\n</html>\n'
    )
    return Response(status, body.encode(), {"Content-Type": "text/html;charset=UTF-8"})


class _Reader:
    """Builds elements, and remembers which text came in CDATA: ElementTree forgets it."""

    def __init__(self) -> None:
        self._builder = ET.TreeBuilder()
        self._open: list[ET.Element] = []
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._builder.data
        self._parser.StartCdataSectionHandler = self._cdata
        self._parser.StartDoctypeDeclHandler = self._doctype

    def read(self, body: bytes) -> ET.Element:
        self._parser.Parse(body, True)  # noqa: FBT003 - expat takes it by position
        return self._builder.close()

    def _start(self, tag: str, _: Mapping[str, str]) -> None:
        self._open.append(self._builder.start(tag, {}))

    def _end(self, tag: str) -> None:
        self._open.pop()
        self._builder.end(tag)

    def _cdata(self) -> None:
        self._open[-1].set(CDATA, "true")

    @staticmethod
    def _doctype(*_: object) -> None:
        raise Refused(400, "a document type is not allowed")


def parse(request: Request, root: str) -> ET.Element:
    """The body of a write, which has to be XML: the reference is silent on JSON, so it is refused.

    The status of a body that is not XML, or is about something else, is unverified.
    """
    if "json" in request.headers.get("content-type", "").lower():
        raise Refused(415, "the body has to be XML")
    try:
        element = _Reader().read(request.body)
    except expat.ExpatError as fault:
        raise Refused(400, f"the body is not XML: {fault}") from fault
    if element.tag != root:
        raise Refused(400, f"the body is not of <{root}>")
    return element


def document(status: int, element: ET.Element) -> Response:
    """Answer with XML."""
    body = ET.tostring(element, encoding="utf-8", xml_declaration=True)
    return Response(status, body, {"Content-Type": "application/xml;charset=UTF-8"})


def acknowledged(status: int, root: str, number: int) -> Response:
    """What a write answers: the root with the id (macadmins/jamf-pro-sdk-python reads it so)."""
    element = ET.Element(root)
    ET.SubElement(element, "id").text = str(number)
    return document(status, element)


def wants_json(request: Request) -> bool:
    """Whether a read asks for JSON; the Classic API answers XML by default."""
    return "json" in request.headers.get("accept", "").lower()


def json_document(root: str, value: Any) -> Response:
    """Answer with JSON, the root as the only key (macadmins/jamf-pro-sdk-python reads it so)."""
    return json_response(200, {root: value})
