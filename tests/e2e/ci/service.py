"""Answer as the API of a CI service does where a pipeline asks it: reviews, comments, approvals.

Called as `service.py PROGRAM ARGUMENTS...` in place of `gh` or `curl`. What the service knows is in
the JSON file that SERVICE names; every request is noted there.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

WITH_A_VALUE = {"--method", "--request", "--header", "--output", "--data", "--data-urlencode", "-F"}
GITHUB = re.compile(r"repos/acme/policy/(?:pulls/7/(?P<reviews>reviews)|issues/7/comments)")
BOT = {"login": "github-actions[bot]"}


class Request(NamedTuple):
    """What is asked of the service."""

    method: str
    path: str
    query: Mapping[str, str]
    token: str
    body: Any


def request(program: str, arguments: Sequence[str]) -> Request:
    """The request that a command line makes."""
    given: dict[str, list[str]] = {}
    places: list[str] = []
    rest = iter(arguments)
    for each in rest:
        if each in WITH_A_VALUE:
            given.setdefault(each, []).append(next(rest))
        elif not each.startswith("-") and each != "api":
            places.append(each)
    (place,) = places
    headers = [header.partition(": ")[2] for header in given.get("--header", ())]
    token = os.environ["GH_TOKEN"] if program == "gh" else headers[0].removeprefix("Bearer ")
    method = (given.get("--method") or given.get("--request") or ["GET"])[0]
    where = urlsplit(place)
    return Request(method, where.path, dict(parse_qsl(where.query)), token, _body(given))


def _body(given: dict[str, list[str]]) -> Any:
    for option in ("-F", "--data-urlencode"):
        for value in given.get(option, ()):
            key, _, file = value.partition("@")
            return {key.rstrip("="): Path(file).read_text(encoding="utf-8")}
    for value in given.get("--data", ()):
        return json.loads(Path(value.removeprefix("@")).read_text(encoding="utf-8"))
    return None


def github(knows: dict[str, Any], asked: Request) -> Any:
    """https://docs.github.com/rest: comments of issues, reviews of pulls; pages, as `--slurp`."""
    if asked.method == "GET":
        found = GITHUB.fullmatch(asked.path)
        assert found, asked.path
        every = knows["reviews"] if found["reviews"] else knows["comments"]
        return [every[:1], every[1:]]
    if asked.method == "POST":
        assert asked.path == "repos/acme/policy/issues/7/comments"
        knows["comments"].append({"id": len(knows["comments"]) + 1, "user": BOT, **asked.body})
        return None
    number = int(asked.path.removeprefix("repos/acme/policy/issues/comments/"))
    knows["comments"][number - 1] |= asked.body
    return None


def gitlab(knows: dict[str, Any], asked: Request) -> Any:
    """https://docs.gitlab.com/api/notes, .../merge_requests and .../merge_request_approvals."""
    me = {"id": 11}
    if asked.path.endswith("/user"):
        return me
    request_of = "/api/v4/projects/5/merge_requests/7"
    if asked.path == request_of:
        return {"author": {"username": knows["author"]}}
    request_of += "/"
    assert asked.path.startswith(request_of), asked.path
    what, _, number = asked.path.removeprefix(request_of).partition("/")
    if what == "approvals":
        return {"approved_by": [{"user": {"username": who}} for who in knows["approved"]]}
    if asked.method == "POST":
        note = {"id": len(knows["comments"]) + 1, "author": me, **asked.body}
        knows["comments"].append(note)
    if asked.method == "PUT":
        knows["comments"][int(number) - 1] |= asked.body
    size, page = (
        int(asked.query.get(key, default)) for key, default in (("per_page", 20), ("page", 1))
    )
    return knows["comments"][(page - 1) * size : page * size]


def azure(knows: dict[str, Any], asked: Request) -> Any:
    """https://learn.microsoft.com/rest/api/azure/devops/git: threads, comments and reviewers."""
    request_of = "/acme/p-1/_apis/git/repositories/r-1/pullRequests/7"
    if asked.path == request_of:
        return {"createdBy": {"id": knows["author"], "uniqueName": knows["author"]}}
    request_of += "/"
    assert asked.path.startswith(request_of), asked.path
    what = asked.path.removeprefix(request_of).split("/")
    if what[0] == "reviewers":
        return {"value": knows["reviewers"]}
    if asked.method == "POST":
        (comment,) = asked.body["comments"]
        knows["comments"].append({"id": len(knows["comments"]) + 1, "body": comment["content"]})
    if asked.method == "PATCH":
        assert what[2:] == ["comments", "1"]
        knows["comments"][int(what[1]) - 1]["body"] = asked.body["content"]
    threads = (
        {"id": each["id"], "comments": [{"id": 1, "content": each["body"]}]}
        for each in knows["comments"]
    )
    return {"value": list(threads)}


def main() -> None:
    """Answer one request."""
    file = Path(os.environ["SERVICE"])
    knows = json.loads(file.read_text(encoding="utf-8"))
    program, *arguments = sys.argv[1:]
    asked = request(program, arguments)
    assert asked.token == "the-token", asked.token
    answer = {"github": github, "gitlab": gitlab, "azure": azure}[knows["service"]](knows, asked)
    knows["asked"].append([asked.method, asked.path])
    file.write_text(json.dumps(knows), encoding="utf-8")
    if "--output" not in arguments:
        sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
