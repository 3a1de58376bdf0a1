"""An account of Cloudflare as the stand-in plays it."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from aipol_targets.standins.cloudflare.expressions import Malformed, lists_in, normalized
from aipol_targets.standins.cloudflare.standin import (
    ACCOUNT,
    ENTERPRISE_ITEMS,
    TOKEN,
    CloudflareStandin,
)
from aipol_targets.standins.server import Request, serving

EMITTED = Path(__file__).parents[3] / "cases" / "cloudflare" / "expected" / "cloudflare"
LISTS, RULES = "/gateway/lists", "/gateway/rules"
MISSING = "11111111-2222-3333-4444-555555555555"


@dataclass
class Client:
    """Asks the stand-in without a server between them."""

    standin: CloudflareStandin
    token: str = TOKEN
    account: str = ACCOUNT

    def ask(
        self, method: str, path: str, body: object = None, **query: str
    ) -> tuple[int, dict[str, Any]]:
        """Send one request: the status and the envelope."""
        answer = self.standin.answer(
            Request(
                method,
                f"/client/v4/accounts/{self.account}{path}",
                {name: (value,) for name, value in query.items()},
                {"authorization": f"Bearer {self.token}"},
                b"" if body is None else json.dumps(body).encode(),
            )
        )
        return answer.status, json.loads(answer.body)

    def got(self, method: str, path: str, body: object = None, **query: str) -> Any:
        """The result of a request that is taken."""
        status, envelope = self.ask(method, path, body, **query)
        assert (status, envelope["success"], envelope["errors"]) == (200, True, []), envelope
        return envelope["result"]

    def refused(self, method: str, path: str, body: object = None) -> int:
        """The status of a request that is not."""
        status, envelope = self.ask(method, path, body)
        assert (envelope["success"], envelope["result"]) == (False, None)
        assert all(each["code"] >= 1000 for each in envelope["errors"])
        return status


@pytest.fixture
def client() -> Client:
    """Start an empty account."""
    return Client(CloudflareStandin())


def hosts(name: str = "hosts", *values: str, **fields: Any) -> dict[str, Any]:
    """A body of a list."""
    items = [{"value": each} for each in values]
    return {"name": name, "type": "DOMAIN", "items": items, **fields}


def rule(name: str = "block", **fields: Any) -> dict[str, Any]:
    """A body of a policy."""
    body = {"name": name, "action": "block", "filters": ["dns"], "enabled": True}
    return {**body, "traffic": 'any(dns.domains[*] == "a.example")', **fields}


@pytest.mark.parametrize(
    ("token", "account", "status"), [("other", ACCOUNT, 401), (TOKEN, "f" * 32, 403)]
)
def test_a_token_is_for_an_account(token: str, account: str, status: int) -> None:
    """Neither an unknown token nor another account."""
    client = Client(CloudflareStandin(), token, account)
    got, envelope = client.ask("GET", LISTS)
    assert (got, envelope["errors"][0]["code"]) == (status, 10000)


def test_a_token_may_be_for_reading_only() -> None:
    """A write is refused, and nothing is changed."""
    client = Client(CloudflareStandin(tokens={"reader": False}), "reader")
    assert client.ask("GET", RULES)[0] == 200
    assert client.refused("POST", LISTS, hosts()) == 403
    assert client.standin.lists == ()


def test_nothing_is_null(client: Client) -> None:
    """An account without lists and policies, and a list without items."""
    assert client.got("GET", LISTS) is client.got("GET", RULES) is None
    made = client.got("POST", LISTS, hosts())
    assert made["items"] is client.got("GET", f"{LISTS}/{made['id']}/items") is None


def test_a_list_is_read_apart_from_its_items(client: Client) -> None:
    """Its creation answers with them, and no read does but that of the items."""
    made = client.got("POST", LISTS, hosts("hosts", "a.example", "b.example"))
    assert [each["value"] for each in made["items"]] == ["a.example", "b.example"]
    for read in (client.got("GET", LISTS)[0], client.got("GET", f"{LISTS}/{made['id']}")):
        assert ("items" in read, read["count"], read["type"]) == (False, 2, "DOMAIN")


def test_items_come_in_pages_and_in_another_order(client: Client) -> None:
    """Fifty, unless more are asked for."""
    values = [f"{each}.example" for each in range(120)]
    made = client.got("POST", LISTS, hosts("hosts", *values))
    path = f"{LISTS}/{made['id']}/items"
    _, envelope = client.ask("GET", path)
    assert envelope["result_info"] == {
        "page": 1,
        "per_page": 50,
        "count": 50,
        "total_count": 120,
    }
    pages = [client.got("GET", path, page=str(each)) or [] for each in range(1, 5)]
    assert [len(each) for each in pages] == [50, 50, 20, 0]
    found = [each["value"] for page in pages for each in page]
    assert found != values
    assert sorted(found) == sorted(values)
    assert len(client.got("GET", path, per_page="1000")) == 120
    assert client.ask("GET", path, per_page="0")[0] == 400


def test_an_update_of_a_list_does_not_empty_it(client: Client) -> None:
    """Items that are not sent stay, and so do they if none are sent."""
    made = client.got("POST", LISTS, hosts("hosts", "a.example", description="Why"))
    path = f"{LISTS}/{made['id']}"
    for body in ({"name": "b"}, {"name": "c", "items": []}):
        changed = client.got("PUT", path, body)
        assert (changed["name"], changed["count"]) == (body["name"], 1)
        assert changed["description"] == "Why"
    client.got("PUT", path, {"name": "d", "items": [{"value": "z.example"}]})
    assert [each["value"] for each in client.got("GET", f"{path}/items")] == ["z.example"]
    assert client.refused("PUT", path, {"items": []}) == 400


def test_a_list_is_patched_by_value(client: Client) -> None:
    """What is removed goes, what is appended comes."""
    made = client.got("POST", LISTS, hosts("hosts", "a.example", "b.example"))
    path = f"{LISTS}/{made['id']}"
    client.got("PATCH", path, {"remove": ["a.example"], "append": [{"value": "c.example"}]})
    found = {each["value"] for each in client.got("GET", f"{path}/items")}
    assert found == {"b.example", "c.example"}
    client.got("PATCH", path, {"remove": ["b.example", "c.example"]})
    assert client.got("GET", path)["count"] == 0
    assert client.refused("PATCH", path, {"remove": "b.example"}) == 400


@pytest.mark.parametrize(
    "body",
    [
        hosts("hosts", "a.example", "a.example"),
        hosts("", "a.example"),
        hosts(type="HOSTS"),
        hosts(items=["a.example"]),
        hosts(items=[{"description": "no value"}]),
        [],
    ],
)
def test_a_wrong_list_is_refused(client: Client, body: object) -> None:
    """Duplicates, no name, an unknown type, items that are none."""
    assert client.refused("POST", LISTS, body) == 400
    assert client.standin.lists == ()


def test_what_is_in_a_list_is_not_appended_again(client: Client) -> None:
    """Nor is anything else of the same request."""
    made = client.got("POST", LISTS, hosts("hosts", "a.example"))
    body = {"append": [{"value": "b.example"}, {"value": "a.example"}]}
    assert client.refused("PATCH", f"{LISTS}/{made['id']}", body) == 400
    assert client.standin.lists[0].items[0].value == "a.example"
    assert len(client.standin.lists[0].items) == 1


def test_a_url_loses_its_last_slash(client: Client) -> None:
    """So that what is read is not what was sent."""
    made = client.got("POST", LISTS, hosts("urls", "https://a.example/", type="URL"))
    assert made["items"][0]["value"] == "https://a.example"


@pytest.mark.parametrize("most", [1_000, ENTERPRISE_ITEMS])
def test_a_list_holds_as_many_as_the_plan(most: int) -> None:
    """One more is refused, at once or appended."""
    client = Client(CloudflareStandin(most_items=most))
    values = [f"{each}.example" for each in range(most + 1)]
    assert client.refused("POST", LISTS, hosts("hosts", *values)) == 400
    made = client.got("POST", LISTS, hosts("hosts", *values[1:]))
    more = {"append": [{"value": values[0]}]}
    assert client.refused("PATCH", f"{LISTS}/{made['id']}", more) == 400


def test_an_account_has_a_hundred_lists(client: Client) -> None:
    """Those of others count."""
    for each in range(100):
        client.standin.seed_list(hosts(f"theirs {each}"))
    assert client.refused("POST", LISTS, hosts()) == 400


def test_six_hundred_requests_about_lists_are_a_minute_s_worth() -> None:
    """The next one is refused until the first is a minute old."""
    now = [0.0]
    client = Client(CloudflareStandin(clock=lambda: now[0]))
    assert {client.ask("GET", LISTS)[0] for _ in range(600)} == {200}
    assert client.ask("GET", LISTS)[0] == 429
    assert client.ask("GET", RULES)[0] == 200
    now[0] = 60.0
    assert client.ask("GET", LISTS)[0] == 200


def test_a_list_that_a_policy_names_stays(client: Client) -> None:
    """Until the policy is gone, or names it no more."""
    made = client.got("POST", LISTS, hosts("hosts", "a.example"))
    traffic = f"any(dns.domains[*] in ${made['id']})"
    policy = client.got("POST", RULES, rule(traffic=traffic))
    assert client.refused("DELETE", f"{LISTS}/{made['id']}") == 400
    client.got("PUT", f"{RULES}/{policy['id']}", rule())
    client.got("DELETE", f"{LISTS}/{made['id']}")
    assert client.refused("GET", f"{LISTS}/{made['id']}") == 404


def test_a_list_may_not_be_held_at_all() -> None:
    """What the API does is unverified: a client has to do right by both."""
    client = Client(CloudflareStandin(lists_are_held=False))
    made = client.got("POST", LISTS, hosts("hosts", "a.example"))
    client.got("POST", RULES, rule(traffic=f"any(dns.domains[*] in ${made['id']})"))
    client.got("DELETE", f"{LISTS}/{made['id']}")


def test_a_policy_comes_back_formatted(client: Client) -> None:
    """The expression says the same in other characters, and there is more than was sent."""
    made = client.got("POST", LISTS, hosts("hosts", "a.example"))
    sent = f'  any(dns.domains[*]\n in ${made["id"]})  and not(dns.fqdn in {{"b"  "a b"}}) '
    got = client.got("POST", RULES, rule(traffic=sent))
    bare = made["id"].replace("-", "")
    expected = f'any(dns.domains[*] in ${bare}) and not(dns.fqdn in {{"a b" "b"}})'
    assert got["traffic"] == expected
    assert normalized(expected) == expected
    assert (got["version"], got["identity"], got["schedule"]) == (1, "", None)
    assert got["rule_settings"]["ip_categories"] is False
    assert client.got("GET", RULES) == [got]


def test_an_update_of_a_policy_replaces_all_of_it(client: Client) -> None:
    """But its place, if none is given; the version goes up."""
    made = client.got("POST", RULES, rule(description="Why", precedence=7))
    path = f"{RULES}/{made['id']}"
    body = {"name": "allow", "action": "allow", "filters": ["http"]}
    got = client.got("PUT", path, body)
    assert (got["description"], got["traffic"], got["enabled"]) == ("", "", False)
    assert (got["precedence"], got["version"]) == (7, 2)
    assert got["created_at"] == made["created_at"] < got["updated_at"]


def test_a_precedence_is_used_once_in_an_account(client: Client) -> None:
    """By policies of any type, so that two cannot change places in two requests."""
    first = client.got("POST", RULES, rule("a", precedence=1))
    second = client.got("POST", RULES, rule("b", precedence=2, filters=["l4"]))
    assert client.refused("POST", RULES, rule("c", precedence=2)) == 400
    assert client.refused("PUT", f"{RULES}/{first['id']}", rule("a", precedence=2)) == 400
    client.got("PUT", f"{RULES}/{second['id']}", rule("b", precedence=3, filters=["l4"]))
    client.got("PUT", f"{RULES}/{first['id']}", rule("a", precedence=2))


def test_a_policy_without_a_precedence_is_the_last(client: Client) -> None:
    """From a thousand upwards, with gaps."""
    places = [client.got("POST", RULES, rule(str(each)))["precedence"] for each in range(3)]
    assert places[0] == 1000
    assert all(1 <= later - earlier <= 100 for earlier, later in pairwise(places))


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"action": "deny"},
        {"action": None},
        {"filters": []},
        {"filters": ["dns", "http"]},
        {"filters": ["network"]},
        {"precedence": "1"},
        {"enabled": "true"},
        {"traffic": "any(dns.domains[*] in $<hosts>)"},
        {"traffic": f"any(dns.domains[*] in ${MISSING})"},
        {"traffic": "any(dns.domains[*]"},
        {"traffic": 'dns.fqdn == "a'},
        {"traffic": f'dns.fqdn == "{"a" * 140_000}"'},
        {"rule_settings": {"add_headers": {"A": ["b"]}}},
        {"filters": ["l4"], "rule_settings": {"ignore_cname_category_matches": True}},
        {"rule_settings": []},
    ],
)
def test_a_wrong_policy_is_refused(client: Client, change: dict[str, Any]) -> None:
    """Nothing is stored, and the place is free."""
    assert client.refused("POST", RULES, {**rule(precedence=5), **change}) == 400
    assert client.standin.rules == ()


def test_headers_are_for_policies_that_let_through(client: Client) -> None:
    """Twenty of them."""
    headers = {f"h{each}": ["v"] for each in range(20)}
    body = rule(action="allow", filters=["http"], rule_settings={"add_headers": headers})
    made = client.got("POST", RULES, body)
    assert made["rule_settings"]["add_headers"] == headers
    headers["one-more"] = ["v"]
    assert client.refused("PUT", f"{RULES}/{made['id']}", body) == 400


def test_five_hundred_policies_of_a_type_are_enough(client: Client) -> None:
    """Of another type there may be as many."""
    for each in range(500):
        client.standin.seed_rule(rule(f"theirs {each}"))
    assert client.refused("POST", RULES, rule()) == 400
    client.got("POST", RULES, rule(filters=["l4"]))


def test_a_policy_shared_by_an_organisation_cannot_be_changed(client: Client) -> None:
    """It is there, it takes up its place, and it is read only."""
    key = client.standin.seed_rule(rule("theirs", precedence=1), read_only=True)
    assert client.got("GET", f"{RULES}/{key}")["read_only"] is True
    assert client.refused("PUT", f"{RULES}/{key}", rule("ours")) == 403
    assert client.refused("DELETE", f"{RULES}/{key}") == 403


@pytest.mark.parametrize(("path", "body"), [(LISTS, hosts()), (RULES, rule())])
def test_what_is_new_may_be_shown_late(path: str, body: dict[str, Any]) -> None:
    """Neither listed nor found for some reads, although it is there."""
    client = Client(CloudflareStandin(invisible_for=2))
    key = client.got("POST", path, body)["id"]
    assert client.got("GET", path) is None
    assert client.refused("GET", f"{path}/{key}") == 404
    assert [each["id"] for each in client.got("GET", path)] == [key]
    assert client.got("GET", f"{path}/{key}")["id"] == key


def test_an_account_tells_of_itself_and_of_its_settings() -> None:
    """Whose it is, and whether it decrypts; nobody changes it here."""
    for decrypts in (True, False):
        client = Client(CloudflareStandin(decrypts=decrypts))
        assert client.got("GET", "")["id"] == client.account
        told = client.got("GET", "/gateway/configuration")["settings"]
        assert told["tls_decrypt"] == {"enabled": decrypts}
        assert client.refused("PUT", "", {}) == 404


@pytest.mark.parametrize("path", ["/gateway", "/gateway/lists/a/b/c", "/access/apps"])
def test_anything_else_has_no_route(client: Client, path: str) -> None:
    """What the stand-in does not play it does not pretend to know."""
    assert client.refused("GET", path) == 404


def test_the_same_requests_have_the_same_answers() -> None:
    """Ids come from a seed and a counter, times from a clock that counts."""
    answers = [Client(CloudflareStandin()).got("POST", LISTS, hosts()) for _ in range(2)]
    assert answers[0] == answers[1]
    other = Client(CloudflareStandin(seed="other")).got("POST", LISTS, hosts())
    assert other["id"] != answers[0]["id"]


def test_the_server_s_own_errors_have_the_envelope() -> None:
    """Without a header for a token nothing reaches the account."""
    with serving(CloudflareStandin()) as running:
        connection = http.client.HTTPConnection(urlsplit(running.url).netloc, timeout=2)
        connection.request("GET", f"/client/v4/accounts/{ACCOUNT}{LISTS}")
        answer = connection.getresponse()
        envelope = json.load(answer)
        connection.close()
    assert (answer.status, envelope["errors"][0]["code"]) == (401, 9106)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("", ""),
        ("net.dst.port in {80 443}", "net.dst.port in {443 80}"),
        ('a == "two  spaces {b a} $c"', 'a == "two  spaces {b a} $c"'),
        (r'a matches "\"(" and (b)', r'a matches "\"(" and (b)'),
    ],
)
def test_strings_are_left_alone(expression: str, expected: str) -> None:
    """Only what is around them is formatted."""
    assert normalized(expression) == expected
    assert lists_in(expression) == frozenset()


@pytest.mark.parametrize("expression", ["a in $b", "a in $", "a in $<b>"])
def test_the_name_of_a_list_is_no_list(expression: str) -> None:
    """An expression knows lists by id."""
    with pytest.raises(Malformed):
        lists_in(expression)


def test_what_is_emitted_is_taken_whole(client: Client) -> None:
    """Lists first, then policies with the lists' ids in place of their names."""
    ids = {}
    for body in json.loads((EMITTED / "lists.json").read_text(encoding="utf-8")):
        ids[body["name"]] = client.got("POST", LISTS, body)["id"]
    policies = json.loads((EMITTED / "rules.json").read_text(encoding="utf-8"))
    sent = [each for layer in policies.values() for each in layer or ()]
    assert sent
    for body in sent:
        assert client.refused("POST", RULES, body) == 400
        traffic = body["traffic"]
        for name, key in ids.items():
            traffic = traffic.replace(f"<{name}>", key)
        got = client.got("POST", RULES, {**body, "traffic": traffic})
        assert got["precedence"] == body["precedence"]
