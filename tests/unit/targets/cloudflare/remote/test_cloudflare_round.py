"""What is pushed to Cloudflare is there afterwards, and is what the next plan asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from aipol.apply.events import Outcome
from aipol.plan.model import Action, Cause, Plan
from aipol.remote import Surroundings, Unusable, WrongPlace
from aipol_targets.cloudflare.remote import open_remote
from aipol_targets.cloudflare.settings import CloudflareSettings
from aipol_targets.standins.cloudflare.standin import ACCOUNT, TOKEN
from aipol_targets.standins.server import Request, Response

Files = dict[str, bytes]
Many = Callable[..., Files]
OTHERS = {"name": "theirs", "action": "allow", "filters": ["dns"], "traffic": 'dns.fqdn == "a.b"'}


def acts(plan: Plan) -> list[Action]:
    """What a plan does."""
    return [each.action for each in plan.changes]


def to_do(plan: Plan) -> list[tuple[str, Action, Cause, tuple[str, ...]]]:
    """What is not as it should be, and where."""
    return [
        (each.name, each.action, each.cause, tuple(one.path for one in each.differences))
        for each in plan.changes
        if each.action is not Action.NO_OP
    ]


# --- all of it ------------------------------------------------------------------------------------


def test_everything_is_made_and_then_nothing_is_left(site: Any, files: Files) -> None:
    """Lists before the policies that name them, and each of them once."""
    here = site()
    assert acts(here.plan(files)) == [Action.CREATE] * 6
    left = here.settle(files)
    assert acts(left) == [Action.NO_OP] * 6
    assert here.written() == ["POST lists"] * 3 + ["POST rules"] * 3
    marks = [each.description for each in (*here.standin.lists, *here.standin.rules)]
    assert all(
        re.search(r" aipol:com\.acme/(list|policy)/\S+ sha256:[0-9a-f]{16}$", each)
        for each in marks
    )
    assert here.carry(left) is not None
    assert len(here.written()) == 6


def test_a_policy_names_the_lists_of_this_account(site: Any, files: Files) -> None:
    """By their ids, which the API keeps without dashes."""
    here = site()
    here.settle(files)
    known = {each.id.replace("-", "") for each in here.standin.lists}
    used = {each for rule in here.standin.rules for each in rule.lists}
    assert used == known
    assert all("$" in each.traffic and "<" not in each.traffic for each in here.standin.rules)


def test_a_list_is_whole_before_a_policy_names_it(site: Any, files: Files) -> None:
    """Every policy is written after each of its lists has been read back."""
    here = site()
    here.settle(files)
    asked = here.asked()
    first = asked.index("POST rules")
    read = [
        each for each in asked[:first] if each.startswith("GET lists/") and each.endswith("/items")
    ]
    assert len(set(read)) == 3


def test_each_object_takes_few_requests(site: Any, files: Files) -> None:
    """A list three, a policy three; a plan one for each list of ours and four for all the rest."""
    here = site()
    made = here.plan(files)
    before = len(here.asked())
    here.carry(made)
    assert len(here.asked()) - before <= 3 * len(made.changes)
    before = len(here.asked())
    here.plan(files)
    assert len(here.asked()) - before <= 3 + 2 + 4


def test_a_plan_writes_nothing(site: Any, files: Files) -> None:
    """Nor does a token that may only read keep anybody from making one."""
    here = site(tokens={TOKEN: False})
    assert acts(here.plan(files)) == [Action.CREATE] * 6
    assert here.written() == []


def test_a_thousand_entries_are_sent_and_read_at_once(site: Any, many: Many) -> None:
    """Not page by page of fifty."""
    here = site()
    given = many("long")
    lists = json.loads(given["lists.json"])
    lists[0]["items"] = [{"value": f"h{number}.test"} for number in range(1_000)]
    given["lists.json"] = json.dumps(lists).encode()
    assert acts(here.settle(given)) == [Action.NO_OP] * 2
    assert len([each for each in here.asked() if each.endswith("/items")]) == 2


def test_headers_and_settings_are_kept(site: Any, many: Many) -> None:
    """What a policy sets is there, and what the API adds to it is nothing."""
    here = site()
    given = many("one", add_headers={"X-Tenant": ["abc"]})
    assert acts(here.settle(given)) == [Action.NO_OP] * 2
    assert here.standin.rules[0].settings["add_headers"] == {"X-Tenant": ["abc"]}


# --- whose they are -------------------------------------------------------------------------------


def test_what_others_have_stays_as_it_is(site: Any, files: Files) -> None:
    """Lists and policies without our mark, and with another organisation's."""
    here = site()
    here.standin.seed_list({"name": "theirs", "type": "DOMAIN", "items": [{"value": "x.test"}]})
    here.standin.seed_rule({**OTHERS, "description": "aipol:org.other/policy/x"})
    before = (here.standin.lists, here.standin.rules)
    assert len(here.plan(files).foreign) == 2
    here.settle(files)
    here.settle({"lists.json": b"[]", "rules.json": b'{"dns": []}'})
    assert (here.standin.lists, here.standin.rules) == before


def test_a_name_that_others_have_is_a_collision_until_it_is_adopted(
    site: Any, files: Files
) -> None:
    """Nothing of theirs is taken without being told to."""
    here = site()
    name = "aipol_default_0-subtree"
    here.standin.seed_list({"name": name, "type": "DOMAIN", "items": [{"value": "x.test"}]})
    made = here.plan(files)
    assert [(each.kind, each.name) for each in made.collisions] == [("list", name)]
    here.settle(files, adopt=frozenset({f"com.acme/list/{name}"}))
    assert len(here.standin.lists) == 1
    left = here.settle(files)
    assert set(acts(left)) == {Action.NO_OP}
    assert len(here.standin.lists) == 3


def test_what_is_wanted_no_more_goes_policies_first(site: Any, files: Files) -> None:
    """A list that a policy names cannot be deleted."""
    here = site()
    here.settle(files)
    none = {"lists.json": b"[]", "rules.json": b'{"dns": [], "l4": null}'}
    assert here.settle(none).changes == ()
    assert (here.standin.lists, here.standin.rules) == ((), ())


def test_another_account_is_the_wrong_place(site: Any, files: Files) -> None:
    """Whether the API refuses the account or tells of another one."""
    here = site()
    session = here.remote.session
    asked = session.client
    told = {"success": True, "result": {"id": "f" * 32}}
    with httpx.Client(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=told))
    ) as odd:
        session.client = odd
        with pytest.raises(WrongPlace, match=ACCOUNT):
            here.plan(files)
    session.client = asked
    other = open_remote(
        CloudflareSettings(on_ramp="wan", account="e" * 32),
        Surroundings("com.acme", {"CLOUDFLARE_API_TOKEN": TOKEN}, here.hand.clock),
    )
    other.session.client.close()
    other.session.client = asked
    with pytest.raises(WrongPlace, match="Account Settings Read"):
        other.observe()
    assert here.written() == []


# --- by hand --------------------------------------------------------------------------------------

_RULE = "aipol_default_dns"
_LIST = "aipol_default_0-subtree"
EDITS: Mapping[str, tuple[str, Callable[[Any], None], tuple[str, ...]]] = {
    "an entry less, one more": (
        _LIST,
        lambda here: here.entries(_LIST, remove=["deepl.com"], append=[{"value": "x.test"}]),
        ("items[0].value",),
    ),
    "an entry more": (
        _LIST,
        lambda here: here.entries(_LIST, append=[{"value": "x.test"}]),
        ("items",),
    ),
    "turned off": (_RULE, lambda here: here.by_hand(_RULE, enabled=False), ("enabled",)),
    "allowed": (_RULE, lambda here: here.by_hand(_RULE, action="allow"), ("action",)),
    "for others": (
        _RULE,
        lambda here: here.by_hand(_RULE, traffic="not(dns.src_internal_ip in {10.20.0.0/16})"),
        ("traffic.and", "traffic.not"),
    ),
    "for some people": (
        _RULE,
        lambda here: here.by_hand(_RULE, identity='identity.email == "a@b.example"'),
        ("identity",),
    ),
    "moved": (_RULE, lambda here: here.by_hand(_RULE, precedence=9_000), ("precedence",)),
    "with a page": (
        _RULE,
        lambda here: here.by_hand(
            _RULE, rule_settings={"block_page_enabled": True, "block_reason": "no"}
        ),
        ("rule_settings",),
    ),
    "another setting": (
        "aipol_unlisted_dns",
        lambda here: here.by_hand("aipol_unlisted_dns", rule_settings={"ip_categories": True}),
        ("rule_settings.ignore_cname_category_matches", "rule_settings.ip_categories"),
    ),
}


@pytest.mark.parametrize("how", EDITS)
def test_what_somebody_edited_is_seen_and_put_right(site: Any, files: Files, how: str) -> None:
    """As an edit at its place, in one write."""
    here = site()
    here.settle(files)
    name, edit, paths = EDITS[how]
    edit(here)
    assert to_do(here.plan(files)) == [(name, Action.UPDATE, Cause.EDITED, paths)]
    before = len(here.written())
    assert set(acts(here.settle(files))) == {Action.NO_OP}
    assert len(here.written()) - before == 1


def test_a_mark_that_was_deleted_makes_a_policy_foreign(site: Any, files: Files) -> None:
    """Its name then stands in the way of ours."""
    here = site()
    here.settle(files)
    here.by_hand(_RULE, description="mine now")
    assert [each.name for each in here.plan(files).collisions] == [_RULE]


def test_another_place_within_its_ten_is_the_same(site: Any, files: Files) -> None:
    """No policy of ours is passed by it."""
    here = site()
    here.settle(files)
    here.by_hand(_RULE, precedence=109)
    assert to_do(here.plan(files)) == []


# --- order ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("abc", "bca"),
        ("abcd", "dcba"),
        ("abc", "bc"),
        ("bc", "abc"),
        ("abcd", "aefbcd"),
        ("abcdef", "af"),
        ("abcdefgh", "hbcdefga"),
    ],
)
def test_policies_change_places_although_each_number_is_one_policys(
    site: Any, many: Many, before: str, after: str
) -> None:
    """Whichever is written first; in the end they stand in their order."""
    here = site()
    here.settle(many(*before))
    assert set(acts(here.settle(many(*after)))) == {Action.NO_OP}
    stand = sorted(here.standin.rules, key=lambda rule: rule.precedence)
    assert "".join(each.name for each in stand) == after


def test_what_is_pushed_up_by_one_keeps_its_order_all_the_time(site: Any, many: Many) -> None:
    """Each goes before the one whose place it takes, which has not gone yet."""
    here = site()
    here.settle(many(*"bcde"))
    orders = list[str]()
    answer = here.standin.answer

    def watched(request: Request) -> Response:
        given: Response = answer(request)
        stand = sorted(here.standin.rules, key=lambda rule: rule.precedence)
        orders.append("".join(each.name for each in stand))
        return given

    here.standin.answer = watched
    here.settle(many(*"abcde"))
    assert set(orders) == {"bcde", "abcde"}


def test_others_within_the_ten_are_left_where_they_are(site: Any, many: Many) -> None:
    """There are nine more numbers; when all are gone it is told."""
    here = site()
    here.standin.seed_rule({**OTHERS, "precedence": 105})
    assert set(acts(here.settle(many("a")))) == {Action.NO_OP}
    full = site()
    for number in range(100, 110):
        full.standin.seed_rule({**OTHERS, "name": f"t{number}", "precedence": number})
    results = full.carry(full.plan(many("a")))
    (why,) = (each.why for each in results if each.outcome is Outcome.FAILED)
    assert "100 to 109" in why
    assert "first_precedence" in why


# --- back ----------------------------------------------------------------------------------------


def test_a_policy_goes_back_to_the_list_it_named(site: Any, many: Many) -> None:
    """Although nothing is to be done about either list."""
    here = site()
    files = many("a", "b")
    here.settle(files)
    before = here.state()
    other = files["rules.json"].replace(b"$<a>", b"$<b>")
    assert other != files["rules.json"]
    here.settle({**files, "rules.json": other})
    assert here.state() != before
    here.back()
    assert here.state() == before


# --- what a person should know --------------------------------------------------------------------


def test_what_makes_policies_idle_is_noted(site: Any, many: Many) -> None:
    """An account that does not decrypt, and others' policies that let through before ours."""
    here = site()
    here.settle(many("a"))
    here.standin.decrypts = False
    on = {"action": "allow", "filters": ["http"], "enabled": True, "traffic": 'a.b == "c"'}
    here.standin.seed_rule({**on, "name": "early", "precedence": 1})
    here.standin.seed_rule({**on, "name": "idle", "precedence": 2, "enabled": False})
    here.standin.seed_rule({**on, "name": "names", "precedence": 3, "filters": ["dns"]})
    here.standin.seed_rule({**on, "name": "late", "precedence": 900})
    here.standin.seed_rule({**on, "name": "spared", "precedence": 901, "action": "off"})
    notes = " ".join(here.plan(many("a")).notes)
    assert "does not decrypt" in notes
    assert "`early`" in notes
    assert "`spared`" in notes
    assert "`idle`" not in notes
    assert "`late`" not in notes
    assert "`names`" not in notes


# --- what it takes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("account", "variables", "why"),
    [
        ("", {"CLOUDFLARE_API_TOKEN": "t"}, "targets.cloudflare.account"),
        (ACCOUNT, {}, "set CLOUDFLARE_API_TOKEN"),
        (ACCOUNT, {"CLOUDFLARE_API_TOKEN": "canary\nx"}, "characters"),
        (ACCOUNT, {"CLOUDFLARE_API_TOKEN": "canary x"}, "characters"),
        (
            ACCOUNT,
            {"CLOUDFLARE_API_TOKEN": "canary", "CLOUDFLARE_API_URL": "https://evil.example"},
            "stand-ins",
        ),
        (
            ACCOUNT,
            {
                "CLOUDFLARE_API_TOKEN": "canary",
                "CLOUDFLARE_API_URL": "http://127.0.0.1@evil.example",
            },
            "stand-ins",
        ),
    ],
)
def test_without_what_it_takes_nothing_is_asked(
    account: str, variables: dict[str, str], why: str
) -> None:
    """And what is wrong is said without the token."""
    settings = CloudflareSettings(on_ramp="wan", account=account)
    with pytest.raises(Unusable, match=why) as caught:
        open_remote(settings, Surroundings("com.acme", variables))
    assert "canary" not in str(caught.value)
