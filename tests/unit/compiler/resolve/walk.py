"""Policies to resolve, and a walk through their clauses for one person at a time."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import date
from itertools import chain, combinations
from pathlib import Path
from typing import Any, cast

import yaml
from hypothesis import strategies as st

from aipol.catalogue.load import Catalogue
from aipol.catalogue.model import App, Domain, Identifier, IdentifierKind, Match, Role, Tier
from aipol.diagnostics import Diagnostic
from aipol.ir import Ir, Ruling
from aipol.language.assemble import assemble
from aipol.resolve import resolve
from aipol.vocabulary import Surface

TODAY = date(2026, 6, 15)
DAYS = ("2026-06-14", "2026-06-15", "2026-06-16")
BASE_GROUPS = ("a", "b", "c")
PERSONS = tuple(
    frozenset(chosen)
    for chosen in chain.from_iterable(combinations(BASE_GROUPS, n) for n in range(4))
)
ACCOUNTS = ("corporate", "personal")
LADDER = ("public", "internal", "secret")
EFFECTS = ("allow", "warn", "justify", "block")
Raw = dict[str, Any]


# --- a small catalogue ----------------------------------------------------------------------------


def _app(name: str, vendor: str, category: str, *roles: Role, desktop: bool = False) -> App:
    domains = tuple(
        Domain(f"{role}.{name}.example", role, Match.SUBTREE, "s", Tier.A) for role in roles
    )
    program = Identifier(IdentifierKind.PROCESS, name, "s", Tier.A, Surface.DESKTOP)
    macos = (program,) if desktop else ()
    return App(name, name, vendor, category, category, "s", domains=domains, macos=macos)


APPS = (
    _app("one", "v1", "chat", Role.UI),
    _app("two", "v1", "coding", Role.UI, Role.API),
    _app("three", "v2", "chat", Role.API, desktop=True),
    _app("mute", "v2", "chat"),
)
USES = tuple((app, surface) for app in APPS for surface in app.surfaces)


@dataclass(frozen=True)
class _SmallCatalogue:
    protected: tuple[Any, ...] = ()
    protected_programs: tuple[Any, ...] = ()

    def apps(self) -> tuple[App, ...]:
        return APPS


def resolved(child: Raw, base: Raw) -> tuple[Ir, tuple[Diagnostic, ...]]:
    """The policy of two files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, raw in (("child.yaml", child), ("base.yaml", base)):
            # The detour makes equal parts separate, or they would be written as aliases.
            text = yaml.safe_dump(json.loads(json.dumps(raw)), sort_keys=False)
            Path(folder, name).write_text(text, encoding="utf-8")
        assembled, findings, _ = assemble(Path(folder, "child.yaml"))
    assert assembled is not None, [finding.message for finding in findings]
    ir, meaning = resolve(assembled, cast("Catalogue", _SmallCatalogue()), TODAY)
    assert ir is not None
    return ir, meaning


# --- the walk -------------------------------------------------------------------------------------


def is_member(groups: Raw, name: str, person: frozenset[str]) -> bool:
    """Whether a person in exactly these base groups is in a group."""
    group = groups[name]
    if "all" in group:
        return True
    if not {"all_of", "any_of", "none_of"} & group.keys():
        return name in person
    return (
        all(is_member(groups, other, person) for other in group.get("all_of", []))
        and ("any_of" not in group or any(is_member(groups, o, person) for o in group["any_of"]))
        and not any(is_member(groups, other, person) for other in group.get("none_of", []))
    )


def means(selectors: list[str], app: App) -> bool:
    """Whether one of the selectors is about an app."""
    names = {"*", app.id, f"category:{app.category}", f"vendor:{app.vendor}"}
    return any(item in names for item in selectors)


def speaks(clause: Raw, app: App, surface: Surface, account: str) -> bool:
    """Whether a clause is about a use."""
    matched = clause.get("account")
    return (
        means(clause["apps"], app)
        and not means(clause.get("except_apps", []), app)
        and surface.value in clause.get("surfaces", [surface.value])
        and (matched is None or account in matched)
    )


def taken(clause: Raw, account: str) -> Raw:
    """What a clause by itself gives."""
    require = dict(clause.get("require", {}))
    effect = clause["effect"]
    if require.pop("account", None) and account == "personal":
        effect = "block"
    tenants: list[str] = (
        clause["account"].get("corporate", []) if type(clause.get("account")) is dict else []
    )
    return {
        "effect": effect,
        "require": {} if effect == "block" else require,
        "tenants": tenants if account == "corporate" else [],
        "message": clause.get("message", ""),
        "redirect_to": clause.get("redirect_to", ""),
    }


RATE = {"minute": 1, "hour": 60, "day": 1440}


def implies(one: Raw, other: Raw) -> bool:
    """Whether whoever keeps to one rate keeps to the other."""
    windows = max(1.0, RATE[other["per"]] / RATE[one["per"]])
    return bool(one["requests"] * windows <= other["requests"])


def stricter(mine: Raw, floor: Raw) -> Raw:
    """Obligations that hold both."""
    both = {**mine, **floor}
    for key in mine.keys() & floor.keys():
        if key == "data":
            both[key] = min(mine[key], floor[key], key=lambda limit: LADDER.index(limit["max"]))
        elif key in {"log", "device"}:
            both[key] = min(mine[key], floor[key])  # `full` and `compliant` come first
        elif key == "rate":
            both[key] = mine[key] if implies(mine[key], floor[key]) else floor[key]
        elif key == "redact":
            both[key] = sorted({*mine[key], *floor[key]})
    return both


def floored(result: Raw, floor: Raw, account: str) -> Raw:
    """A result, no less strict than a locked rule."""
    least = taken(floor, account)
    raised = dict(result)
    if EFFECTS.index(least["effect"]) > EFFECTS.index(result["effect"]):
        raised.update({key: least[key] for key in ("effect", "message", "redirect_to")})
    blocked = raised["effect"] == "block"
    raised["require"] = {} if blocked else stricter(result["require"], least["require"])
    named = set(least["tenants"])
    if named and not (result["tenants"] and set(result["tenants"]) <= named):
        raised["tenants"] = least["tenants"]
    return raised


def cap_of(policy: Raw, vendor: str) -> str | None:
    """The most sensitive data an app of a vendor may get."""
    facts = policy["vendors"].get(vendor, {})
    for tier in policy["vendor_tiers"]:
        held = True
        for name, wanted in tier.get("when", {}).items():
            fact = facts.get(name)
            given: Raw = cast("Raw", fact) if isinstance(fact, dict) else {"value": fact}
            value = given.get("value", "valid")
            number = type(wanted) is int and type(value) is int
            held &= fact is not None and (value <= wanted if number else value == wanted)
            held &= date.fromisoformat(given.get("until", "9999-01-01")) >= TODAY
        if held:
            return str(tier["max_data"])
    return None


def clauses_of(child: Raw, base: Raw) -> list[Raw]:
    """Every clause in force, in the order of the walk."""
    exceptions = [
        clause
        for layer in (child, base)
        for clause in layer["exceptions"]
        if date.fromisoformat(clause["until"]) >= TODAY
    ]
    return [*exceptions, *child["rules"], *base["rules"]]


def walk(
    policy: Raw, clauses: list[Raw], person: frozenset[str], use: tuple[App, Surface], account: str
) -> tuple[str, list[str], Raw]:
    """Who decides, which floors raised it, and what one person gets."""
    matching = [
        clause
        for clause in clauses
        if speaks(clause, *use, account)
        and any(is_member(policy["groups"], name, person) for name in clause["groups"])
    ]
    first = matching[0] if matching else {"id": "default", "effect": "block"}
    result, floors = taken(first, account), list[str]()
    for floor in (clause for clause in matching if clause.get("locked")):
        raised = floored(result, floor, account)
        if raised != result:
            result, floors = raised, [*floors, floor["id"]]
    cap = cap_of(policy, use[0].vendor)
    if cap and result["effect"] != "block":
        require = stricter(result["require"], {"data": {"max": cap}})
        result = {**result, "require": require}
    return first["id"], floors, result


def everything(policy: Raw, clauses: list[Raw]) -> dict[Any, tuple[str, list[str], Raw]]:
    """The walk for everybody, for every use."""
    return {
        (person, app.id, surface, account): walk(policy, clauses, person, (app, surface), account)
        for person in PERSONS
        for app, surface in USES
        for account in ACCOUNTS
    }


def in_words(ruling: Ruling) -> Raw:
    """A ruling, as the walk puts it."""
    held = ruling.obligations
    require: Raw = {key: True for key in ("sso", "mfa", "inspect_tls") if getattr(held, key)}
    require |= {key: v for key in ("device", "log", "via") if (v := getattr(held, key))}
    if held.data_max:
        require["data"] = {"max": held.data_max}
    if held.redact:
        require["redact"] = list(held.redact)
    if held.rate:
        requests, per = held.rate.split("/")
        require["rate"] = {"requests": int(requests), "per": per}
    return {
        "effect": ruling.effect.value,
        "require": require,
        "tenants": list(ruling.tenants),
        "message": ruling.message,
        "redirect_to": ruling.redirect_to,
    }


# --- policies -------------------------------------------------------------------------------------

names = st.sampled_from(["everyone", *BASE_GROUPS, "both", "some"])
selectors = st.sampled_from(["*", "category:chat", "vendor:v1", "one", "two", "three", "mute"])


def few(items: st.SearchStrategy[str], most: int = 2) -> st.SearchStrategy[list[str]]:
    """One or more different items."""
    return st.lists(items, min_size=1, max_size=most, unique=True)


rates: st.SearchStrategy[Raw] = st.fixed_dictionaries(
    {"requests": st.sampled_from([1, 10, 60, 100]), "per": st.sampled_from(sorted(RATE))}
)
requires: st.SearchStrategy[Raw] = st.fixed_dictionaries(
    {},
    optional={
        "sso": st.just(value=True),
        "device": st.sampled_from(["managed", "compliant"]),
        "account": st.just("corporate"),
        "data": st.sampled_from(LADDER).map(lambda name: {"max": name}),
        "redact": few(st.sampled_from(["pii", "secrets"])).map(sorted),
        "log": st.sampled_from(["metadata", "full"]),
        "via": st.sampled_from(["g1", "g2"]),
        "rate": rates,
    },
).filter(bool)
accounts = st.sampled_from(
    [{"corporate": []}, {"personal": []}, {"corporate": ["ws1"]}, {"corporate": ["ws1", "ws2"]}]
)


@st.composite
def clauses(draw: st.DrawFn, *, exception: bool = False, lockable: bool = False) -> Raw:
    """A clause without its id."""
    made: Raw = {
        "id": "",
        "apps": draw(few(selectors)),
        "groups": draw(few(names)),
        "effect": draw(st.sampled_from(EFFECTS)),
    }
    made |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "except_apps": few(selectors, 1),
                "surfaces": few(st.sampled_from(["web", "api", "desktop"])),
                "account": accounts,
                "message": st.sampled_from(["no", "ask"]),
                "redirect_to": st.just("one"),
            },
        )
    )
    if made["effect"] != "block" and draw(st.booleans()):
        made["require"] = draw(requires)
    if exception:
        until = draw(st.sampled_from(DAYS))
        made |= {"until": until, "owner": "cfo@acme.example", "reason": "RFP"}
    if lockable and draw(st.booleans()):
        made["locked"] = True
    return made


facts = st.sampled_from([True, False, *({"value": False, "until": day} for day in DAYS)])
vendor_facts = st.fixed_dictionaries(
    {},
    optional={
        "trains_on_customer_data": facts,
        "soc2": st.sampled_from(["valid", "no", *({"until": day} for day in DAYS)]),
        "breach_notice_hours": st.sampled_from([24, 72]),
    },
)
conditions = st.fixed_dictionaries(
    {},
    optional={
        "trains_on_customer_data": st.booleans(),
        "soc2": st.just("valid"),
        "breach_notice_hours": st.sampled_from([24, 72]),
    },
).filter(bool)


@st.composite
def policies(draw: st.DrawFn) -> tuple[Raw, Raw]:
    """A child policy and its base."""
    derived: Raw = {"both": {"all_of": ["a", "b"]}}
    derived["some"] = draw(
        st.sampled_from(
            [
                {"any_of": ["both", "c"], "none_of": ["a"]},
                {"all_of": ["c"], "none_of": ["both"]},
                {"none_of": ["a", "b"]},
                {"any_of": ["a", "c"]},
            ]
        )
    )
    tiers = [
        {"id": f"t{n}", "when": when, "max_data": draw(st.sampled_from(LADDER))}
        for n, when in enumerate(draw(st.lists(conditions, max_size=2)))
    ]
    if tiers:
        tiers.append({"id": "last", "max_data": "public"})
    base: Raw = {
        "version": 1,
        "organization": {"name": "Acme", "identifier": "com.acme"},
        "groups": {"everyone": {"all": True}, **{name: {} for name in BASE_GROUPS}, **derived},
        "data_classes": [{"id": name} for name in LADDER],
        "vendors": {v: f for v in ("v1", "v2") if (f := draw(vendor_facts))},
        "vendor_tiers": tiers,
        "network": {"gateways": {name: {"host": f"{name}.acme.example"} for name in ("g1", "g2")}},
        "exceptions": draw(st.lists(clauses(exception=True), max_size=1)),
        "rules": draw(st.lists(clauses(lockable=True), min_size=1, max_size=3)),
    }
    child: Raw = {
        "version": 1,
        "extends": "base.yaml",
        "exceptions": draw(st.lists(clauses(exception=True), max_size=2)),
        "rules": draw(st.lists(clauses(lockable=True), min_size=1, max_size=3)),
    }
    every = [c for layer in (child, base) for key in ("exceptions", "rules") for c in layer[key]]
    for number, clause in enumerate(every):
        clause["id"] = f"c{number}"
    return child, base
