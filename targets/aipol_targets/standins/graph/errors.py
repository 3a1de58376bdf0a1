"""Say no as Graph does: a code, a message, and what support would ask for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

# {"error":{"code","message","innerError":{"date","request-id","client-request-id"}}}: Graph's
# documentation of errors. Intune puts a JSON document into the message, as seen in
# microsoftgraph/powershell-intune-samples#89 and jseerden/IntuneBackupAndRestore#39.
_NOBODY = "00000000-0000-0000-0000-000000000000"

CODES = {
    400: "BadRequest",
    401: "InvalidAuthenticationToken",
    403: "Forbidden",
    404: "ResourceNotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    412: "PreconditionFailed",
    424: "FailedDependency",
    429: "TooManyRequests",
    500: "InternalServerError",
    503: "ServiceUnavailable",
}


@dataclass
class Refused(Exception):
    """A request that is answered with an error."""

    status: int
    message: str
    code: str = ""
    by_intune: bool = False  # the service behind Graph says so, in its own form

    def body(self, date: str, request_id: str, client_request_id: str) -> dict[str, Any]:
        """Give the document that is answered."""
        message = _intune(self.message, request_id) if self.by_intune else self.message
        inner = {"date": date, "request-id": request_id, "client-request-id": client_request_id}
        code = self.code or CODES.get(self.status, "UnknownError")
        return {"error": {"code": code, "message": message, "innerError": inner}}


def bad(message: str, code: str = "BadRequest") -> Refused:
    """400: what was sent is wrong, and Intune says why."""
    return Refused(400, message, code, by_intune=True)


def not_found(what: str) -> Refused:
    """404 (code and form: ThomasKur/IntuneDocumentation#39, Microsoft365DSC#3970)."""
    return Refused(404, what, by_intune=True)


def no_segment(segment: str) -> Refused:
    """400: this version has no such thing (ugurkocde/IntuneAssignmentChecker#62)."""
    return Refused(400, f"Resource not found for the segment '{segment}'.")


def no_route(method: str, path: str) -> Refused:
    """400: in the metadata but not in the service (microsoftgraph/microsoft-graph-docs#4104)."""
    message = f"No OData route exists for {path} with http verb {method}."
    return Refused(400, message, "No method match route template")


def _intune(message: str, request_id: str) -> str:
    operation = f"Operation ID (for customer support): {_NOBODY} - Activity ID: {request_id}"
    return json.dumps(
        {
            "_version": 3,
            "Message": f"{message} - {operation}",
            "CustomApiErrorPhrase": "",
            "RetryAfter": None,
            "ErrorSourceService": "",
            "HttpHeaders": "{}",
        },
        indent=2,
    )
