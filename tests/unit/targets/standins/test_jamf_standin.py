"""A Jamf Pro server as the stand-in plays it, asked as a careless client would ask."""

from __future__ import annotations

import http.client
import json
import plistlib
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest

from aipol_targets.standins import faults
from aipol_targets.standins.faults import Faults
from aipol_targets.standins.jamf import resources
from aipol_targets.standins.jamf.standin import DEMO, JamfStandin
from aipol_targets.standins.jamf.tokens import ApiClient
from aipol_targets.standins.server import Request, Response, serving

GENERATED = Path(__file__).parents[4] / "generated" / "jamf"

PROFILES = "/JSSResource/osxconfigurationprofiles"
RESTRICTIONS = "/JSSResource/restrictedsoftware"
GROUPS = "/JSSResource/computergroups"
CATEGORIES = "/JSSResource/categories"


@dataclass
class Hand:
    """A clock that is moved by hand."""

    now: float = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock() -> Hand:
    """Start at some time."""
    return Hand()


@pytest.fixture
def jamf(clock: Hand) -> JamfStandin:
    """Start an empty server."""
    return JamfStandin(clock=clock)


@pytest.fixture
def client(jamf: JamfStandin) -> Client:
    """Log in."""
    return Client(jamf)


@dataclass
class Client:
    """Asks the stand-in without a server between them; keeps its cookie unless told not to."""

    standin: JamfStandin
    credentials: ApiClient = DEMO
    sticky: bool = True
    token: str = ""
    cookie: str = field(default="", init=False)

    def __post_init__(self) -> None:
        """Get a token."""
        self.token = self.token or self.renew()

    def renew(self) -> str:
        """Ask for a token."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.credentials.id,
            "client_secret": self.credentials.secret,
        }
        answer = self.ask("POST", "/api/v1/oauth/token", urlencode(form))
        self.token = plain(answer)["access_token"]
        return self.token

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> Response:
        """Send one request."""
        given = {"authorization": f"Bearer {self.token}", **headers}
        if self.sticky and self.cookie:
            given["cookie"] = self.cookie
        answer = self.standin.answer(Request(method, path, {}, given, body.encode()))
        self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return answer

    def xml(self, path: str) -> ET.Element:
        """Read an object."""
        return root(self.ask("GET", path))

    def made(self, path: str, body: str) -> int:
        """Create an object; its id."""
        answer = self.ask("POST", f"{path}/id/0", body)
        assert answer.status == 201, answer.body
        return int(root(answer).findtext("id") or "")


def root(answer: Response) -> ET.Element:
    """The element of an answer."""
    return ET.fromstring(answer.body)  # noqa: S314 - the stand-in's own answer


def plain(answer: Response) -> Any:
    """The JSON of an answer."""
    return json.loads(answer.body)


def plist(**changes: Any) -> dict[str, Any]:
    """A profile with one payload."""
    inner = {
        "PayloadType": "com.google.Chrome",
        "PayloadVersion": 1,
        "PayloadIdentifier": "INNER",
        "PayloadUUID": "INNER",
        "URLBlocklist": ["chatgpt.com"],
    }
    outer = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": "MINE",
        "PayloadUUID": "MINE",
        "PayloadDisplayName": "Mine",
        "PayloadScope": "System",
    }
    return {**outer, "PayloadContent": [{**inner, **changes.pop("inner", {})}], **changes}


def text_of(value: dict[str, Any]) -> str:
    """A plist as text."""
    return plistlib.dumps(value).decode()


def profile(
    name: str = "Browsers",
    payloads: str | None = None,
    scope: str = "<all_computers>true</all_computers>",
    general: str = "",
) -> str:
    """A body of a profile; the payloads are what stands in the XML."""
    inside = escape(text_of(plist())) if payloads is None else payloads
    return (
        f"<os_x_configuration_profile><general><name>{escape(name)}</name>{general}"
        f"<payloads>{inside}</payloads></general><scope>{scope}</scope>"
        "</os_x_configuration_profile>"
    )


def group(name: str, criteria: str = "") -> str:
    """A body of a smart group."""
    return (
        f"<computer_group><name>{escape(name)}</name><is_smart>true</is_smart>"
        f"<criteria>{criteria}</criteria></computer_group>"
    )


def restriction(name: str = "No ChatGPT", scope: str = "", general: str = "") -> str:
    """A body of a Restricted Software record."""
    return (
        f"<restricted_software><general><name>{name}</name>"
        f"<process_name>ChatGPT</process_name>{general}</general><scope>{scope}</scope>"
        "</restricted_software>"
    )


def groups(*names: str) -> str:
    """Groups of a scope, by name."""
    inside = "".join(
        f"<computer_group><name>{escape(each)}</name></computer_group>" for each in names
    )
    return f"<computer_groups>{inside}</computer_groups>"


def payload_of(element: ET.Element) -> dict[str, Any]:
    """The plist of a profile that was read."""
    found: dict[str, Any] = plistlib.loads((element.findtext("general/payloads") or "").encode())
    return found


def reason(answer: Response) -> tuple[int, str]:
    """The status and what the error page says."""
    text = answer.body.decode()
    return answer.status, text.partition("<p>Error: ")[2].partition("</p>")[0]


@pytest.mark.parametrize("path", ["/api/v1/oauth/token", "/api/oauth/token"])
def test_a_token_is_given_for_credentials_and_ends(
    jamf: JamfStandin, clock: Hand, path: str
) -> None:
    """It lives for sixty seconds, and then nothing is answered but 401."""
    client = Client(jamf, token="none")
    form = {"client_id": DEMO.id, "client_secret": DEMO.secret}
    answer = client.ask("POST", path, urlencode({**form, "grant_type": "client_credentials"}))
    client.token = plain(answer)["access_token"]
    assert (plain(answer)["expires_in"], plain(answer)["token_type"]) == (60, "Bearer")
    clock.now += 59
    assert client.ask("GET", PROFILES).status == 200
    clock.now += 1
    assert reason(client.ask("GET", PROFILES))[0] == 401
    client.renew()
    assert client.ask("GET", PROFILES).status == 200


@pytest.mark.parametrize(
    ("change", "status"),
    [({"client_secret": "x"}, 401), ({"client_id": "x"}, 401), ({"grant_type": "password"}, 400)],
)
def test_no_token_for_the_wrong_credentials(
    jamf: JamfStandin, change: dict[str, str], status: int
) -> None:
    """A wrong secret, an unknown client, another grant."""
    form = {
        "client_id": DEMO.id,
        "client_secret": DEMO.secret,
        "grant_type": "client_credentials",
        **change,
    }
    answer = Client(jamf, token="none").ask("POST", "/api/oauth/token", urlencode(form))
    assert answer.status == status


def test_by_default_a_second_passes_with_each_request() -> None:
    """So that a run of a hundred requests meets the end of its token."""
    client = Client(JamfStandin())
    statuses = [client.ask("GET", PROFILES).status for _ in range(60)]
    assert statuses == [200] * 59 + [401]


def test_a_client_that_may_only_read_changes_nothing() -> None:
    """Reads are answered, a write is refused."""
    reader = ApiClient("reader", "secret", writes=False)
    jamf = JamfStandin((reader,), clock=Hand())
    client = Client(jamf, reader)
    assert client.ask("GET", PROFILES).status == 200
    assert client.ask("POST", f"{PROFILES}/id/0", profile()).status == 403
    assert jamf.records(resources.PROFILES) == {}
    told = json.loads(client.ask("GET", "/api/v1/auth").body)["account"]
    assert {each.split()[0] for each in told["privilegesBySite"]["-1"]} == {"Read"}
    assert client.ask("POST", "/api/v1/auth").status in {403, 405}


def test_objects_are_listed_and_read_as_xml_or_json(jamf: JamfStandin, client: Client) -> None:
    """By id and by name; the list has the id, the name and little else."""
    jamf.seed(resources.GROUPS, group("R&D Macs").encode())
    assert [each.tag for each in client.xml(GROUPS)] == ["size", "computer_group"]
    listed = plain(client.ask("GET", GROUPS, accept="application/json"))
    assert listed == {"computer_groups": [{"id": 1, "name": "R&D Macs", "is_smart": True}]}
    assert client.xml(f"{GROUPS}/name/R%26D%20Macs").findtext("id") == "1"
    one = plain(client.ask("GET", f"{GROUPS}/id/1", accept="application/json"))
    assert one["computer_group"]["name"] == "R&D Macs"
    assert client.ask("GET", f"{GROUPS}/id/2").status == 404


def test_the_root_of_the_list_of_restrictions_is_that_of_one(client: Client) -> None:
    """What is in it is called a title."""
    client.made(RESTRICTIONS, restriction())
    assert client.xml(RESTRICTIONS).findtext("restricted_software_title/name") == "No ChatGPT"
    listed = plain(client.ask("GET", RESTRICTIONS, accept="application/json"))
    assert listed == {"restricted_software": [{"id": 1, "name": "No ChatGPT"}]}


def test_a_profile_is_stored_under_another_identity_and_rewritten(client: Client) -> None:
    """Top-level names come from the record, keys are added, those within are kept."""
    number = client.made(PROFILES, profile(general="<description>Why</description>"))
    read = client.xml(f"{PROFILES}/id/{number}")
    stored = payload_of(read)
    made = stored["PayloadUUID"]
    assert made == stored["PayloadIdentifier"] == read.findtext("general/uuid") != "MINE"
    assert (stored["PayloadDisplayName"], stored["PayloadDescription"]) == ("Browsers", "Why")
    assert stored["PayloadEnabled"] is True
    inner = stored["PayloadContent"][0]
    assert (inner["PayloadUUID"], inner["URLBlocklist"]) == ("INNER", ["chatgpt.com"])
    assert inner["PayloadEnabled"] is True
    assert "\n" not in (read.findtext("general/payloads") or "").partition("?>")[2]


def test_whom_an_update_goes_to_is_never_read_again(jamf: JamfStandin, client: Client) -> None:
    """It reads as Newly Assigned, and without All a change misses the Macs that have it."""
    everyone = "<redeploy_on_update>All</redeploy_on_update>"
    number = client.made(PROFILES, profile(general=everyone))
    path = f"{PROFILES}/id/{number}"
    assert client.xml(path).findtext("general/redeploy_on_update") == "Newly Assigned"
    stored = payload_of(client.xml(path))
    changed = escape(text_of({**stored, "PayloadContent": [{"PayloadType": "x"}]}))
    client.ask("PUT", path, profile(payloads=changed))
    client.ask("PUT", path, profile(payloads=escape(text_of(stored)), general=everyone))
    assert [each.missed for each in jamf.deliveries] == [True, False]
    assert jamf.ghosts == ()


@pytest.mark.parametrize("change", [{"PayloadUUID": "X"}, {"PayloadIdentifier": "X"}, {}])
def test_an_update_under_another_identity_leaves_a_ghost(
    jamf: JamfStandin, client: Client, change: dict[str, Any]
) -> None:
    """Macs keep the old profile and get a second one."""
    path = f"{PROFILES}/id/{client.made(PROFILES, profile())}"
    kept = payload_of(client.xml(path))
    mine = text_of({**kept, **change}) if change else text_of(plist())
    assert client.ask("PUT", path, profile(payloads=escape(mine))).status == 201
    (ghost,) = jamf.ghosts
    assert ghost.kept.uuid == kept["PayloadUUID"]
    assert ghost.new != ghost.kept


AWKWARD = plist(inner={"note": "R&D <3"})


@pytest.mark.parametrize(
    "payloads",
    [
        escape(text_of(AWKWARD)),
        f"<![CDATA[{text_of(AWKWARD).replace('&', '&amp;')}]]>",
    ],
    ids=["text", "escaped CDATA"],
)
def test_a_payload_escaped_as_the_server_decodes_it_survives(client: Client, payloads: str) -> None:
    """Once as text, or in CDATA with every ampersand escaped once more."""
    path = f"{PROFILES}/id/{client.made(PROFILES, profile(payloads=payloads))}"
    assert payload_of(client.xml(path))["PayloadContent"][0]["note"] == "R&D <3"


@pytest.mark.parametrize(
    "payloads",
    [escape(escape(text_of(AWKWARD))), f"<![CDATA[{text_of(AWKWARD)}]]>", "", "<plist/>"],
    ids=["twice", "CDATA", "empty", "unescaped"],
)
def test_another_payload_is_a_conflict(jamf: JamfStandin, client: Client, payloads: str) -> None:
    """The answer does not say what is wrong with it, and nothing is stored."""
    answer = client.ask("POST", f"{PROFILES}/id/0", profile(payloads=payloads))
    assert reason(answer) == (409, "Unable to update the database")
    assert jamf.records(resources.PROFILES) == {}


def test_white_space_around_values_is_lost(client: Client) -> None:
    """Around strings of the plist."""
    payloads = escape(text_of(plist(inner={"note": "  a b\n"})))
    path = f"{PROFILES}/id/{client.made(PROFILES, profile(payloads=payloads))}"
    assert payload_of(client.xml(path))["PayloadContent"][0]["note"] == "a b"


def test_an_update_replaces_what_was_sent(jamf: JamfStandin, client: Client) -> None:
    """A scope alone leaves the rest alone, and is itself replaced as a whole."""
    for name in ("A", "B"):
        jamf.seed(resources.GROUPS, group(name).encode())
    path = f"{PROFILES}/id/{client.made(PROFILES, profile(scope=groups('A')))}"
    before = client.xml(path)
    exclusion = f"<exclusions>{groups('B')}</exclusions>"
    body = f"<os_x_configuration_profile><scope>{exclusion}</scope></os_x_configuration_profile>"
    assert client.ask("PUT", path, body).status == 201
    after = client.xml(path)
    assert payload_of(after) == payload_of(before)
    assert after.findtext("general/name") == "Browsers"
    assert after.findtext("scope/computer_groups/computer_group/name") is None
    assert after.findtext("scope/exclusions/computer_groups/computer_group/id") == "2"


def test_a_name_is_used_once(client: Client) -> None:
    """At creation and at a change of names, but not against itself."""
    client.made(PROFILES, profile("A"))
    number = client.made(PROFILES, profile("B"))
    expected = (409, "Duplicate name")
    assert reason(client.ask("POST", f"{PROFILES}/id/0", profile("A"))) == expected
    assert reason(client.ask("PUT", f"{PROFILES}/id/{number}", profile("A"))) == expected
    assert client.ask("PUT", f"{PROFILES}/id/{number}", profile("B")).status == 201


@pytest.mark.parametrize(
    ("part", "missing"),
    [
        ("<category><name>AI</name></category>", "category AI"),
        ("<category><id>7</id></category>", "category 7"),
        ("<site><name>Berlin</name></site>", "site Berlin"),
    ],
)
def test_what_is_referred_to_has_to_exist(client: Client, part: str, missing: str) -> None:
    """A category or a site, by name or id."""
    answer = client.ask("POST", f"{PROFILES}/id/0", profile(general=part))
    assert reason(answer) == (409, f"No match found for {missing}")


@pytest.mark.parametrize("where", ["{}", "<exclusions>{}</exclusions>"])
def test_a_group_of_a_scope_has_to_exist(client: Client, where: str) -> None:
    """Included or excluded, for profiles and restrictions."""
    scope = where.format(groups("Nobody"))
    for path, body in ((PROFILES, profile(scope=scope)), (RESTRICTIONS, restriction(scope=scope))):
        assert reason(client.ask("POST", f"{path}/id/0", body))[0] == 409


def test_no_category_and_no_site_read_as_such(client: Client) -> None:
    """With the id -1, which may be sent back."""
    none = "<category><id>-1</id><name>Unknown</name></category><site><id>-1</id></site>"
    read = client.xml(f"{PROFILES}/id/{client.made(PROFILES, profile(general=none))}")
    assert read.findtext("general/category/id") == read.findtext("general/site/id") == "-1"


def test_what_comes_too_late_in_a_scope_is_ignored(jamf: JamfStandin, client: Client) -> None:
    """And nothing says so: here the profile goes to nobody."""
    jamf.seed(resources.GROUPS, group("A").encode())
    path = f"{PROFILES}/id/{client.made(PROFILES, profile())}"
    scope = f"<exclusions/>{groups('A')}"
    assert client.ask("PUT", path, profile(scope=scope)).status == 200
    assert client.xml(path).find("scope/computer_groups/computer_group") is None


def test_with_everybody_in_a_scope_groups_are_dropped(jamf: JamfStandin, client: Client) -> None:
    """And nothing says so."""
    jamf.seed(resources.GROUPS, group("A").encode())
    path = f"{RESTRICTIONS}/id/{client.made(RESTRICTIONS, restriction())}"
    scope = f"<all_computers>true</all_computers>{groups('A')}"
    assert client.ask("PUT", path, restriction(scope=scope)).status == 200
    assert client.xml(path).find("scope/computer_groups/computer_group") is None


def test_the_unknown_is_dropped_and_the_wrong_becomes_the_default(client: Client) -> None:
    """With 201: only reading it again shows it."""
    general = "<kill_proces>true</kill_proces><send_notification>yes</send_notification><id>77</id>"
    number = client.made(RESTRICTIONS, restriction(general=general))
    read = client.xml(f"{RESTRICTIONS}/id/{number}")
    assert (number, read.findtext("general/kill_process")) == (1, "false")
    assert read.findtext("general/send_notification") == "false"
    assert read.find("general/kill_proces") is None
    level = "<level>everyone</level><distribution_method>Push</distribution_method>"
    read = client.xml(f"{PROFILES}/id/{client.made(PROFILES, profile(general=level))}")
    assert read.findtext("general/level") == "System"
    assert read.findtext("general/distribution_method") == "Install Automatically"


def test_a_wrong_word_between_criteria_becomes_and(client: Client) -> None:
    """Silently: a group may hold fewer Macs than was meant."""
    criteria = (
        "<criterion><name>Computer Group</name><priority>0</priority><and_or>maybe</and_or>"
        "<search_type>member of</search_type><value>A</value></criterion>"
    )
    number = client.made(GROUPS, group("B", criteria))
    assert client.xml(f"{GROUPS}/id/{number}").findtext("criteria/criterion/and_or") == "and"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (PROFILES, "<os_x_configuration_profile><general/></os_x_configuration_profile>"),
        (
            RESTRICTIONS,
            "<restricted_software><general><name>A</name></general></restricted_software>",
        ),
        (GROUPS, "<computer_group><name>A</name></computer_group>"),
    ],
)
def test_what_is_required_is_asked_for(client: Client, path: str, body: str) -> None:
    """A field at a time, inside a page for people."""
    status, text = reason(client.ask("POST", f"{path}/id/0", body))
    assert status == 409
    assert text.endswith(" is required")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{}", "application/json", 415),
        ("<restricted_software>", "text/xml", 400),
        ("<restricted_software/>", "text/xml", 400),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><os_x_configuration_profile/>", "text/xml", 400),
    ],
)
def test_a_write_is_xml_of_the_right_root(
    client: Client, body: str, kind: str, status: int
) -> None:
    """JSON is for reading only."""
    headers = {"content-type": kind}
    assert client.ask("POST", f"{PROFILES}/id/0", body, **headers).status == status


def test_a_server_of_the_cluster_learns_late_of_writes_at_another(
    jamf: JamfStandin, clock: Hand
) -> None:
    """Without the cookie a read may miss the newest write, and a minute later it does not."""
    client = Client(jamf)
    loose = Client(jamf, token=client.token, sticky=False)
    number = client.made(PROFILES, profile())
    assert client.ask("GET", f"{PROFILES}/id/{number}").status == 200
    seen = {loose.ask("GET", f"{PROFILES}/id/{number}").status for _ in range(2)}
    assert seen == {200, 404}
    clock.now += 60
    loose.renew()
    assert {loose.ask("GET", f"{PROFILES}/id/{number}").status for _ in range(2)} == {200}


def test_an_update_or_a_deletion_is_missed_alike(jamf: JamfStandin, clock: Hand) -> None:
    """A server shows what was, until it is told."""
    number = jamf.seed(resources.RESTRICTIONS, restriction().encode())
    here, there = Client(jamf), Client(jamf)
    assert here.cookie != there.cookie
    path = f"{RESTRICTIONS}/id/{number}"
    here.ask("PUT", path, restriction("Renamed"))
    names = [each.xml(path).findtext("general/name") for each in (here, there)]
    assert names == ["Renamed", "No ChatGPT"]
    here.ask("DELETE", path)
    assert [each.ask("GET", path).status for each in (here, there)] == [404, 200]
    clock.now += 60
    there.renew()
    assert there.ask("GET", path).status == 404


def test_a_deleted_object_is_gone_and_its_id_is_not_used_again(client: Client) -> None:
    """The next one has another."""
    number = client.made(RESTRICTIONS, restriction())
    assert client.ask("DELETE", f"{RESTRICTIONS}/id/{number}").status == 200
    assert client.ask("DELETE", f"{RESTRICTIONS}/id/{number}").status == 404
    assert client.made(RESTRICTIONS, restriction()) == number + 1


def test_a_group_that_is_used_stays(client: Client) -> None:
    """By a scope, or by a criterion of another group."""
    member = (
        "<criterion><name>Computer Group</name><search_type>member of</search_type>"
        "<value>A</value></criterion>"
    )
    first = client.made(GROUPS, group("A"))
    second = client.made(GROUPS, group("B", member))
    number = client.made(PROFILES, profile(scope=groups("B")))
    for each in (first, second):
        assert client.ask("DELETE", f"{GROUPS}/id/{each}").status == 409
    client.ask("DELETE", f"{PROFILES}/id/{number}")
    for each in (second, first):
        assert client.ask("DELETE", f"{GROUPS}/id/{each}").status == 200


def test_a_scope_follows_a_group_that_is_renamed(client: Client) -> None:
    """It knows the group by id."""
    number = client.made(GROUPS, group("A"))
    path = f"{PROFILES}/id/{client.made(PROFILES, profile(scope=groups('A')))}"
    client.ask("PUT", f"{GROUPS}/id/{number}", group("Z"))
    assert client.xml(path).findtext("scope/computer_groups/computer_group/name") == "Z"


def test_a_change_of_a_category_answers_200(client: Client) -> None:
    """Other updates answer 201, like creations."""
    body = "<category><name>AI</name></category>"
    number = client.made(CATEGORIES, body)
    assert client.ask("PUT", f"{CATEGORIES}/id/{number}", body).status == 200
    assert client.xml(f"{CATEGORIES}/id/{number}").findtext("priority") == "9"


def test_the_version_is_told(client: Client) -> None:
    """By the newer API."""
    assert plain(client.ask("GET", "/api/v1/jamf-pro-version"))["version"]


@pytest.mark.parametrize("path", ["/", "/JSSResource/policies", f"{PROFILES}/uuid/1"])
def test_anything_else_is_not_found(client: Client, path: str) -> None:
    """What the stand-in does not play it does not pretend to know."""
    assert client.ask("GET", path).status == 404


def test_the_same_requests_have_the_same_answers() -> None:
    """Ids, identities and tokens come from a seed and a counter."""
    texts = []
    for _ in range(2):
        client = Client(JamfStandin(clock=Hand()))
        client.made(PROFILES, profile())
        texts.append((client.token, client.ask("GET", f"{PROFILES}/id/1").body))
    assert texts[0] == texts[1]
    assert Client(JamfStandin(clock=Hand(), seed="other")).token != texts[0][0]


def _over_http(url: str, token: str, method: str, path: str, body: str = "") -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request(method, path, body.encode() or None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_writes_that_overlap_are_a_fault_of_the_client() -> None:
    """One after another there is none, two at once there is, and six of anything."""
    jamf = JamfStandin(clock=Hand(), pace=0.05)
    token = Client(jamf).token
    with serving(jamf) as running:
        for name in ("A", "B"):
            _over_http(running.url, token, "POST", f"{PROFILES}/id/0", profile(name))
        assert jamf.conduct.faults == []
        calls = [("POST", f"{PROFILES}/id/0", profile(name)) for name in ("C", "D")]
        _together(running.url, token, calls)
        assert [each.partition(":")[0] for each in jamf.conduct.faults] == ["2 writes at once"]
        _together(running.url, token, [("GET", PROFILES, "")] * 6)
    assert jamf.conduct.faults[-1] == f"6 requests at once: {PROFILES}"
    assert jamf.conduct.most == 6


def _together(url: str, token: str, calls: list[tuple[str, str, str]]) -> None:
    threads = [threading.Thread(target=_over_http, args=(url, token, *each)) for each in calls]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def test_a_fault_has_the_form_of_the_classic_api_and_spares_tokens() -> None:
    """The first write is the first write, and not the request for a token."""
    jamf = JamfStandin(clock=Hand())
    with serving(jamf, Faults(at_write={1: faults.conflict()})) as running:
        form = urlencode(
            {
                "client_id": DEMO.id,
                "client_secret": DEMO.secret,
                "grant_type": "client_credentials",
            }
        )
        _, granted = _over_http(running.url, "", "POST", "/api/oauth/token", form)
        assert running.writes == []
        token = json.loads(granted)["access_token"]
        answer = _over_http(running.url, token, "POST", f"{PROFILES}/id/0", profile())
    assert answer[0] == 409
    assert "<p>Error: " in answer[1]
    assert jamf.records(resources.PROFILES) == {}


def test_what_is_emitted_for_the_example_is_taken_whole(jamf: JamfStandin, client: Client) -> None:
    """Every body is accepted, and what is read back has its scope."""
    paths = sorted(GENERATED.rglob("*.xml"))
    bodies = {path: ET.fromstring(path.read_bytes()) for path in paths}  # noqa: S314 - our own
    names = {each.text or "" for body in bodies.values() for each in body.findall(".//scope//name")}
    for name in sorted(names):
        jamf.seed(resources.GROUPS, group(name).encode())
    assert bodies
    for path, body in bodies.items():
        at = PROFILES if body.tag == "os_x_configuration_profile" else RESTRICTIONS
        read = client.xml(f"{at}/id/{client.made(at, path.read_text(encoding='utf-8'))}")
        for part in ("computer_groups", "exclusions/computer_groups"):
            sent, stored = (
                [each.text for each in element.findall(f"scope/{part}/computer_group/name")]
                for element in (body, read)
            )
            assert sent == stored, path
