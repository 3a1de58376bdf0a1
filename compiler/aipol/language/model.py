"""The shape of a policy file, version 1: what the author wrote, not yet what it means."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from aipol.language.model_approvals import Approval
from aipol.language.model_apps import App, AppDomain, AppExtensions, AppMacos, AppWindows
from aipol.language.model_catalogue import CatalogueFiles
from aipol.language.model_data import DataClass, Fact, Pattern, TierConditions, Vendor, VendorTier
from aipol.language.shapes import is_list, is_mapping
from aipol.language.strict import Model
from aipol.language.types import (
    Cidrs,
    Day,
    Guid,
    Mail,
    MisfitError,
    Names,
    ReverseDns,
    Slug,
    Text,
    Version,
    Vlan,
    Yes,
)
from aipol.vocabulary import Effect, Surface

__all__ = [
    "AccountMatch",
    "App",
    "AppDomain",
    "AppExtensions",
    "AppMacos",
    "AppWindows",
    "Approval",
    "CatalogueFiles",
    "Clause",
    "DataClass",
    "DataLimit",
    "Exemption",
    "Fact",
    "Gateway",
    "Group",
    "Logging",
    "Model",
    "Network",
    "Organization",
    "Pattern",
    "Policy",
    "PolicyTest",
    "Rate",
    "Require",
    "Rule",
    "Segment",
    "TierConditions",
    "Vendor",
    "VendorTier",
]


class Organization(Model):
    """Whose policy this is."""

    name: Text
    """Name as people read it, such as `Acme Ltd`."""
    identifier: ReverseDns
    """Reverse-DNS prefix of every profile and object, such as `com.acme`."""
    contacts: dict[Slug, Mail] = Field(default_factory=dict)
    """Mail addresses by purpose, such as `{security: secops@acme.example}`."""


class Group(Model):
    """People or devices, named once, with an identity on each platform that can name them."""

    all: Yes | None = None
    """Everybody: `true`."""
    all_of: Names | None = None
    """Whoever is in all of these groups, such as `[finance, ai-pilot]`."""
    any_of: Names | None = None
    """Whoever is in at least one of these groups, such as `[finance, legal]`."""
    none_of: Names | None = None
    """Whoever is in none of these groups, such as `[contractors]`."""
    entra: Guid | None = None
    """Object id of the Entra group, such as `3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1`."""
    jamf: Text | None = None
    """Name of the Jamf Pro computer group, such as `Finance Macs`."""
    networks: Cidrs | None = None
    """Source networks whose addresses belong to this group, such as `[10.20.0.0/24]`."""
    vlan: Vlan | None = None
    """VLAN the group's devices are in, such as `20`."""
    paloalto: Text | None = None
    """Group as the Palo Alto user mapping names it, such as `acme\\finance`."""
    cloudflare: Text | None = None
    """Id or name of the group in Cloudflare Zero Trust, such as `finance`."""

    @property
    def derived(self) -> bool:
        """Whether membership follows from other groups."""
        return bool(self.all_of or self.any_of or self.none_of)

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        if self.all and self.derived:
            msg = "cannot be both `all` and derived from other groups"
            raise MisfitError(msg, "all")
        return self


class DataLimit(Model):
    """How sensitive the data may be."""

    max: Slug
    """The most sensitive data class that may be given to the app, such as `internal`."""


class Rate(Model):
    """How often the app may be used."""

    requests: Annotated[int, Field(ge=1)]
    """Number of requests, such as `100`."""
    per: Literal["minute", "hour", "day"]
    """The span of time they are counted over, such as `hour`."""


class Require(Model):
    """Obligations: what must hold for the use to be allowed."""

    sso: Yes | None = None
    """The person signs in with the organisation's identity: `true`."""
    mfa: Yes | None = None
    """The sign-in takes a second factor: `true`."""
    device: Literal["managed", "compliant"] | None = None
    """What the device must be, such as `compliant`."""
    account: Literal["corporate"] | None = None
    """Whose account the person is signed in to: `corporate`."""
    data: DataLimit | None = None
    """How sensitive the data may be, such as `{max: internal}`."""
    redact: Annotated[tuple[Slug, ...], Field(min_length=1)] | None = None
    """Kinds of data that are removed before they leave, such as `[pii]`."""
    log: Literal["metadata", "full"] | None = None
    """What is recorded, such as `full`."""
    inspect_tls: Yes | None = None
    """The traffic is decrypted and inspected: `true`."""
    via: Slug | None = None
    """Gateway of `network.gateways` through which the app must be reached, such as `gateway`."""
    rate: Rate | None = None
    """How often the app may be used, such as `{requests: 100, per: hour}`."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            msg = "is empty, which means nothing"
            raise ValueError(msg)
        return self


_ACCOUNT_WORDS = "must be `corporate`, `personal` or `{corporate: [workspace ids]}`"


def _as_account(value: Any) -> Any:
    if isinstance(value, str) and value in {"corporate", "personal"}:
        return {value: ()}
    if not is_mapping(value):
        raise ValueError(_ACCOUNT_WORDS)
    # What comes from JSON is a list; a strict tuple wants a tuple.
    return {key: tuple(ids) if is_list(ids) else ids for key, ids in value.items()}


class AccountMatch(Model):
    """Which accounts a rule is about, with the workspaces that count as the company's own."""

    corporate: tuple[Text, ...] | None = None
    """Ids of the organisation's own workspaces, such as `[ws-12ab]`."""
    personal: tuple[()] | None = None
    """Always empty: a personal account is any that is not the organisation's."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.corporate is None) == (self.personal is None):
            raise ValueError(_ACCOUNT_WORDS)
        return self


_Account = Annotated[
    AccountMatch,
    BeforeValidator(_as_account),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": ["corporate", "personal"]},
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["corporate"],
                    "properties": {
                        "corporate": {
                            "description": "Ids of the organisation's own workspaces, such as "
                            "`[ws-12ab]`.",
                            "type": "array",
                            "items": {"type": "string", "minLength": 1, "maxLength": 1024},
                        }
                    },
                },
            ],
        }
    ),
]


class Clause(Model):
    """What rules and exceptions share: apps x groups (x surfaces x account) -> effect."""

    id: Slug
    """Name by which reports and tests speak of it, such as `chatgpt-business`."""
    apps: Names
    """App ids, `category:<name>`, `vendor:<name>` or `*`, such as `[chatgpt, "category:chat"]`."""
    except_apps: Names | None = None
    """What `apps` says but is not meant, in the same words, such as `[claude]`."""
    groups: Names
    """Whom it is about, such as `[finance]`."""
    surfaces: Annotated[tuple[Surface, ...], Field(min_length=1)] | None = None
    """Ways to reach the app, such as `[web, desktop]`; all of them when absent."""
    account: _Account | None = None
    """Whose account, such as `personal` or `{corporate: [ws-12ab]}`; both when absent."""
    effect: Effect
    """What happens to the use, such as `block`."""
    require: Require | None = None
    """What must hold for the use to be allowed, such as `{sso: true, data: {max: internal}}`."""
    redirect_to: Slug | None = None
    """The app to use instead, such as `m365-copilot`."""
    message: Text | None = None
    """What a person who is stopped reads, such as `Use Microsoft 365 Copilot.`"""

    @model_validator(mode="after")
    def _effect_fits(self) -> Self:
        if self.effect is Effect.BLOCK and self.require is not None:
            msg = "is a `block`, which has nothing to require"
            raise MisfitError(msg, "require")
        return self


class Rule(Clause):
    """One ordered clause; the first that matches decides."""

    locked: bool = False
    """In a base policy: `true` makes it a floor that no child may go below."""


class Exemption(Clause):
    """An exception: evaluated before rules, and only until its last day."""

    until: Day
    """The last day on which it holds, such as `2027-01-31`."""
    owner: Mail
    """Who answers for it, such as `cfo@acme.example`."""
    reason: Text
    """Why it was granted, such as `RFP 88`."""


class Logging(Model):
    """What becomes of the records."""

    retention_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """How long they are kept, such as `90`."""
    sink: Slug | None = None
    """Where they go, such as `sentinel`."""


class Gateway(Model):
    """A proxy of the organisation through which apps are reached."""

    host: Text
    """Its host name, such as `ai-gateway.acme.example`."""
    networks: Cidrs | None = None
    """Source networks of the gateway itself, which may reach what people may not, such as
    `[10.99.0.8/32]`."""


class Segment(Model):
    """A network and who sits there."""

    id: Slug
    """Name of the segment, such as `branch-berlin`."""
    networks: Cidrs | None = None
    """Its addresses, such as `[10.40.0.0/16]`; those of the inventory's sites when absent."""
    groups: Names
    """Who sits there, such as `[finance]`."""
    only_via: Slug | None = None
    """Gateway of `network.gateways` that is their only way to the internet, such as `gateway`:
    everything else that they send is denied."""


class Network(Model):
    """What the organisation's network does with traffic to AI."""

    inventory: Text | None = None
    """File that says which addresses groups, segments, gateways and resolvers have at each site,
    relative to this file, such as `sites.yaml`; there are no sites when absent."""
    inspect_tls: Literal["none", "ai-only", "all"] = "none"
    """Which TLS connections are decrypted, such as `ai-only`."""
    never_inspect: Names | None = None
    """Hosts whose connections are never decrypted, with all below them: banks, health, apps that
    pin certificates, such as `[bank.example]`."""
    close_bypasses: bool = False
    """Whether ways around the network's rules, such as DNS over HTTPS and QUIC, are closed:
    `true`."""
    resolvers: Cidrs | None = None
    """Addresses of the organisation's own resolvers, the only ones that may be asked when ways
    around are closed, such as `[10.0.0.53/32]`."""
    gateways: dict[Slug, Gateway] = Field(default_factory=dict)
    """Proxies that `via` can name, such as `{gateway: {host: ai-gateway.acme.example}}`."""
    segments: tuple[Segment, ...] = ()
    """Networks with who sits there, such as `[{id: lab, networks: [10.40.0.0/16], groups:
    [engineering]}]`."""


class PolicyTest(Model):
    """A question with the answer the author expects."""

    who: tuple[Text, ...] = ()
    """The groups a person is in, such as `[finance]`; nobody's group but everyone's when empty."""
    app: Slug
    """The app asked about, such as `deepseek`."""
    surface: Surface = Surface.WEB
    """The way the app is reached, such as `web`."""
    account: Literal["corporate", "personal"] = "personal"
    """Whose account, such as `personal`."""
    expect: Effect
    """The effect that is right, such as `block`."""
    rule: Slug | None = None
    """The rule or exception that must decide, such as `everything-else`."""
    as_of: Day | None = None
    """The day of the question, such as `2027-02-01`; the day of the check when absent."""
    enforced_by: tuple[Slug, ...] | None = None
    """Exactly the targets that must enforce it somewhere, such as `[dns, squid]`."""
    gaps: tuple[Text, ...] | None = None
    """Exactly the situations in which nothing enforces it, such as `[unmanaged/elsewhere]`."""


class Policy(Model):
    """Who may use which AI app, how, and with which data: one policy file."""

    version: Version
    """Version of the language: `1`."""
    extends: Text | None = None
    """Path of a base policy, relative to this file, such as `../base.yaml`."""
    organization: Organization | None = None
    """Whose policy this is, such as `{name: Acme Ltd, identifier: com.acme}`."""
    groups: dict[Slug, Group] = Field(default_factory=dict)
    """People and devices by name, such as `{everyone: {all: true}}`."""
    data_classes: tuple[DataClass, ...] = ()
    """The sensitivity ladder from least to most sensitive, such as `[{id: public}, {id:
    internal}]`."""
    vendors: dict[Slug, Vendor] = Field(default_factory=dict)
    """What vendors were found to do, such as `{openai: {soc2: {until: 2027-03-31}}}`."""
    vendor_tiers: tuple[VendorTier, ...] = ()
    """Classes of vendors, the first that fits decides, such as `[{id: trial, max_data:
    public}]`."""
    catalogue: CatalogueFiles | None = None
    """Which catalogue of apps is used, such as `{lock: catalogue.lock.json, overlay:
    [our-apps.yaml]}`; the shipped one when absent."""
    apps: dict[Slug, App] = Field(default_factory=dict)
    """Apps the catalogue lacks, or corrections, such as `{acme-gpt: {name: Acme GPT, vendor: acme,
    category: chat, domains: [{domain: gpt.acme.example}]}}`."""
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)] | None = None
    """The rules, the first that matches decides, such as
    `[{id: all, apps: ["*"], groups: [everyone], effect: block}]`."""
    exceptions: tuple[Exemption, ...] = ()
    """Exceptions with an end, evaluated before rules; each has `until`, `owner` and `reason`,
    such as `[{id: rfp, apps: [claude], groups: [finance], effect: allow, until: 2027-01-31, owner:
    cfo@acme.example, reason: RFP 88}]`."""
    unlisted_ai: Effect | None = None
    """What happens to AI that the catalogue does not know, such as `block` (the default)."""
    on_gap: Literal["report", "tighten"] | None = None
    """What cannot be limited where an app is reached: `report` it (the default) or `tighten` to a
    block."""
    gap_budget: Annotated[int, Field(ge=0)] | None = None
    """The greatest number of gaps `coverage` and `compile` accept, such as `12`."""
    logging: Logging | None = None
    """What becomes of the records, such as `{retention_days: 90, sink: sentinel}`."""
    network: Network | None = None
    """What the network does, such as `{inspect_tls: ai-only, close_bypasses: true}`."""
    approvals: tuple[Approval, ...] = ()
    """Who must agree to which changes of this policy, such as
    `[{id: security, when: [looser], contacts: [security]}]`."""
    protected: tuple[Mail, ...] = ()
    """Accounts that are never locked out, such as `[breakglass@acme.example]`."""
    targets: dict[Slug, dict[str, Any]] = Field(default_factory=dict)
    """What the organisation owns, with each target's settings, such as `{jamf: {}, intune: {tenant:
    3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1, mode: report-only}}`."""
    tests: tuple[PolicyTest, ...] = ()
    """Questions with the answers they must get, such as
    `[{who: [finance], app: deepseek, surface: web, expect: block}]`."""
