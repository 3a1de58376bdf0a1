"""Whatever is asked of the stand-ins of Jamf Pro and Cloudflare, they answer."""

from __future__ import annotations

import json
import plistlib
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from aipol_targets.standins.cloudflare.standin import ACCOUNT, TOKEN, CloudflareStandin
from aipol_targets.standins.jamf import resources
from aipol_targets.standins.jamf.standin import DEMO, JamfStandin
from aipol_targets.standins.server import Request, Response

WORDS = st.sampled_from(["a", "dns", "block", "DOMAIN", "$", "{", "a in {b", "\ud800", "", "²"])
PLAIN = st.none() | st.booleans() | st.integers() | WORDS
JSON = st.recursive(
    PLAIN, lambda each: st.lists(each, max_size=3) | st.dictionaries(WORDS, each, max_size=3)
)
FIELDS = [
    "name",
    "type",
    "items",
    "append",
    "remove",
    "description",
    "action",
    "filters",
    "precedence",
    "enabled",
    "traffic",
    "identity",
]
BODIES = st.dictionaries(st.sampled_from([*FIELDS, "rule_settings"]), JSON)
SOUND = {"name": "a", "type": "DOMAIN", "action": "block", "filters": ["dns"]}

TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=6)
PLIST = st.recursive(
    TEXTS | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.binary(max_size=4) | st.floats(),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(TEXTS, each, max_size=3),
)
TOP = ("PayloadUUID", "PayloadIdentifier", "PayloadContent", "PayloadOrganization", "other")
PROFILES = st.dictionaries(st.sampled_from(TOP), PLIST)
ELEMENTS = st.recursive(
    TEXTS.map(escape),
    lambda each: st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "general",
                    "scope",
                    "name",
                    "id",
                    "category",
                    "site",
                    "computer_groups",
                    "computer_group",
                    "all_computers",
                    "exclusions",
                    "criteria",
                    "criterion",
                    "priority",
                    "is_smart",
                    "payloads",
                    "process_name",
                    "size",
                ]
            ),
            each,
        ).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>"),
        max_size=4,
    ).map("".join),
    max_leaves=12,
)


def _cloudflare(standin: CloudflareStandin, method: str, path: str, body: object) -> Response:
    headers = {"authorization": f"Bearer {TOKEN}"}
    at = f"/accounts/{ACCOUNT}/gateway/{path}"
    return standin.answer(Request(method, at, {}, headers, json.dumps(body).encode()))


@settings(max_examples=40, deadline=None)
@given(JSON | BODIES | BODIES.map(lambda body: {**SOUND, **body}))
def test_any_body_sent_to_cloudflare_is_taken_or_refused(body: object) -> None:
    """To be created or to replace what is there; what was taken can be read."""
    standin = CloudflareStandin()
    keys = {
        "lists": standin.seed_list({**SOUND, "name": "b"}),
        "rules": standin.seed_rule({**SOUND, "name": "b"}),
    }
    for kind, key in keys.items():
        for method, path in (
            ("POST", kind),
            ("PUT", f"{kind}/{key}"),
            ("PATCH", f"{kind}/{key}"),
            ("GET", kind),
        ):
            answer = _cloudflare(standin, method, path, body)
            assert answer.status in {200, 400, 404}
            assert json.loads(answer.body)["success"] is (answer.status == 200)


def _jamf(standin: JamfStandin, token: str, method: str, path: str, body: str) -> Response:
    headers = {"authorization": f"Bearer {token}"}
    return standin.answer(Request(method, f"/JSSResource/{path}", {}, headers, body.encode()))


def _token(standin: JamfStandin) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": DEMO.id,
        "client_secret": DEMO.secret,
    }
    body = urlencode(form).encode()
    granted = standin.answer(Request("POST", "/api/oauth/token", body=body))
    token: str = json.loads(granted.body)["access_token"]
    return token


def _asked(root: str, path: str, inside: str, seed: str) -> None:
    """Create and update with a body, and read both, in one form and the other."""
    resource = next(each for each in resources.ALL if each.path == path)
    standin = JamfStandin(nodes=1)
    key = standin.seed(resource, f"<{root}>{seed}</{root}>".encode())
    token = _token(standin)
    body = f"<{root}>{inside}</{root}>"
    for method, at in (("POST", f"{path}/id/0"), ("PUT", f"{path}/id/{key}")):
        assert _jamf(standin, token, method, at, body).status in {200, 201, 400, 409}
    for number in standin.records(resource):
        assert _jamf(standin, token, "GET", f"{path}/id/{number}", "").status == 200


@settings(max_examples=40, deadline=None)
@given(PROFILES)
def test_any_plist_sent_to_jamf_is_taken_or_refused(plist: dict[str, object]) -> None:
    """And what was taken is a plist that can be read."""
    content = plistlib.dumps({"PayloadContent": [], **plist}).decode(errors="replace")
    name = "<general><name>{}</name><payloads>{}</payloads></general>"
    _asked(
        "os_x_configuration_profile",
        "osxconfigurationprofiles",
        name.format("a", escape(content)),
        name.format("b", escape(plistlib.dumps({"PayloadContent": []}).decode())),
    )


@settings(max_examples=40, deadline=None)
@given(ELEMENTS, st.sampled_from(resources.ALL))
def test_any_elements_sent_to_jamf_are_taken_or_refused(
    inside: str, resource: resources.Resource
) -> None:
    """Whatever is where something else should be."""
    flat = "<name>b</name><is_smart>true</is_smart>"
    headed = "<general><name>b</name><process_name>b</process_name></general>"
    _asked(resource.root, resource.path, inside, headed if resource.headed else flat)
