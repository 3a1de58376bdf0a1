"""Every kind of finding aipol can make, once."""

from __future__ import annotations

from aipol.diagnostics.model import Rule, Severity

_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

# 1xx: the text and its shape
UNREADABLE_FILE = Rule("AIP101", "unreadable-file", _E, "cannot read `{file}`: {why}")
FILE_TOO_LARGE = Rule("AIP102", "file-too-large", _E, "`{file}` has more than {limit} bytes")
YAML_SYNTAX = Rule("AIP103", "yaml-syntax", _E, "{why}")
DUPLICATE_KEY = Rule("AIP104", "duplicate-key", _E, "key `{key}` is given twice")
ALIAS_USED = Rule("AIP105", "alias-used", _E, "anchors and aliases are not part of the language")
UNKNOWN_TAG = Rule("AIP106", "unknown-tag", _E, "tag `{tag}` is not part of the language")
UNKNOWN_KEY = Rule("AIP107", "unknown-key", _E, "unknown key `{key}` in {where}")
MISSING_KEY = Rule("AIP108", "missing-key", _E, "{where} lacks `{key}`")
WRONG_TYPE = Rule("AIP109", "wrong-type", _E, "{what} must be {expected}, not {found}")
BAD_VALUE = Rule("AIP110", "bad-value", _E, "{what} {why}")
EMPTY = Rule("AIP111", "empty", _E, "{what} is empty")
TOO_DEEP = Rule("AIP112", "too-deep", _E, "nested more than {limit} levels deep")
SEVERAL_DOCUMENTS = Rule("AIP113", "several-documents", _E, "a policy is one YAML document")
MISSING_BASE = Rule("AIP114", "missing-base", _E, "base `{base}` cannot be used: {why}")
MORE_FINDINGS = Rule("AIP115", "more-findings", _N, "`{file}` has more than {limit} findings")
CATALOGUE_UNUSABLE = Rule(
    "AIP116", "catalogue-unusable", _E, "{what} `{file}` cannot be used: {why}"
)
INVENTORY_UNUSABLE = Rule(
    "AIP117", "inventory-unusable", _E, "inventory `{file}` cannot be used: {why}"
)

# 2xx: names and what they stand for
UNKNOWN_APP = Rule("AIP201", "unknown-app", _E, "app `{app}` is not in the catalogue")
UNKNOWN_CATEGORY = Rule("AIP202", "unknown-category", _E, "no category `{category}`")
UNKNOWN_GROUP = Rule("AIP203", "unknown-group", _E, "group `{group}` is not defined")
UNKNOWN_DATA_CLASS = Rule("AIP204", "unknown-data-class", _E, "no data class `{data_class}`")
UNKNOWN_VENDOR = Rule("AIP205", "unknown-vendor", _E, "vendor `{vendor}` is not known")
UNKNOWN_GATEWAY = Rule("AIP206", "unknown-gateway", _E, "gateway `{gateway}` is not defined")
UNKNOWN_TARGET = Rule("AIP207", "unknown-target", _E, "no target `{target}`")
DUPLICATE_ID = Rule("AIP208", "duplicate-id", _E, "id `{id}` is used twice")
BAD_DOMAIN = Rule("AIP209", "bad-domain", _E, "`{domain}` is not a host name: {why}")
PROTECTED_HOST = Rule(
    "AIP210",
    "protected-host",
    _E,
    "`{domain}` would block `{host}`, which is protected: it would break {breaks}",
)
SHARED_PLATFORM = Rule(
    "AIP211",
    "shared-platform",
    _E,
    "`{domain}` is a platform that unrelated sites share: blocking it would break {breaks}",
)
GROUP_CYCLE = Rule("AIP212", "group-cycle", _E, "group `{group}` is defined by itself")
EMPTY_GROUP = Rule("AIP213", "empty-group", _E, "nobody can be in group `{group}`")
APP_IS_EDITION = Rule("AIP214", "app-is-edition", _E, "`{app}` is an edition of `{parent}`")
APP_UNREACHABLE = Rule(
    "AIP215", "app-unreachable", _W, "`{app}` has no identifier that a target could act on"
)
SURFACE_ABSENT = Rule(
    "AIP216", "surface-absent", _E, "none of the apps of `{rule}` has the surface `{surface}`"
)
EXCEPTION_EXPIRED = Rule(
    "AIP217", "exception-expired", _W, "exception `{exception}` ended on {until}"
)
OVERLAPPING_IDENTITY = Rule(
    "AIP218", "overlapping-identity", _E, "groups `{group}` and `{other}` share the {kind} identity"
)
OPEN_TIERS = Rule("AIP219", "open-tiers", _E, "the last vendor tier has a `when`")
PROTECTED_ACCOUNT = Rule(
    "AIP220", "protected-account", _E, "`{account}` must stay reachable and cannot be governed"
)
SHARED_NETWORK = Rule(
    "AIP221", "shared-network", _W, "groups `{group}` and `{other}` both list {network}"
)
OVERLAY_FAULT = Rule("AIP223", "overlay-fault", _E, "{why}")
CATALOGUE_FAULT = Rule("AIP224", "catalogue-fault", _E, "{why}")
SHARED_IDENTIFIER = Rule(
    "AIP225", "shared-identifier", _E, "blocking `{app}` by `{value}` would break {breaks}"
)
UNKNOWN_SEGMENT = Rule("AIP226", "unknown-segment", _E, "segment `{segment}` is not defined")
BAD_BINDING = Rule("AIP227", "bad-binding", _E, "{why}")
UNBOUND = Rule("AIP228", "unbound", _W, "{kind} `{name}` has no address at any site")
BAD_ADDRESS = Rule("AIP229", "bad-address", _E, "`{url}` is not an address of an app: {why}")
UNKNOWN_CONTACT = Rule(
    "AIP230", "unknown-contact", _E, "contact `{contact}` is not under `organization.contacts`"
)
APPROVAL_REDEFINED = Rule(
    "AIP231",
    "approval-redefined",
    _E,
    "{what} is redefined under the approval `{approval}` of {file}",
)
HOST_SPELLING = Rule("AIP236", "host-spelling", _N, "`{text}` is read as `{host}`")

# 3xx: what the policy means
SHADOWED_RULE = Rule("AIP301", "shadowed-rule", _W, "{kind} `{rule}` can never decide anything")
REDUNDANT_RULE = Rule("AIP302", "redundant-rule", _W, "removing {kind} `{rule}` changes nothing")
LOCKED_FLOOR = Rule(
    "AIP303", "locked-floor", _W, "{kind} `{rule}` is looser than the locked rule `{locked}`"
)
POLICY_TEST_FAILED = Rule("AIP304", "policy-test-failed", _E, "test {number}: {why}")
EVIDENCE_EXPIRED = Rule(
    "AIP305", "evidence-expired", _W, "`{fact}` of vendor `{vendor}` ended on {until}"
)
TENANT_UNKNOWN = Rule(
    "AIP306", "tenant-unknown", _W, "`{rule}` allows corporate accounts of `{app}` but names none"
)
REDIRECT_BLOCKED = Rule(
    "AIP307", "redirect-blocked", _W, "`{rule}` sends people to `{app}`, which is blocked for {who}"
)
GROUP_WITHOUT_IDENTITY = Rule(
    "AIP308",
    "group-without-identity",
    _W,
    "`{group}` has no {kinds}, so {targets} cannot tell its people apart",
)
FLOOR_REDEFINED = Rule(
    "AIP309",
    "floor-redefined",
    _E,
    "{what} is redefined under the locked rule `{locked}` of {file}",
)
TENANT_MALFORMED = Rule(
    "AIP311",
    "tenant-malformed",
    _W,
    "`{tenant}` is not of the form that `{header}` takes for `{app}`",
)
COLLATERAL = Rule("AIP310", "collateral", _N, "`{rule}` {what}: {examples}")
REPEATED_ITEM = Rule("AIP312", "repeated-item", _N, "`{item}` appears twice in {where}")

# 4xx: lowering to targets
TOO_MANY_CLASSES = Rule(
    "AIP401", "too-many-classes", _E, "{target} would need {count} classes of people, limit {limit}"
)
LIMIT_EXCEEDED = Rule("AIP402", "limit-exceeded", _E, "{target}: {what} {count}, limit {limit}")
GAP_BUDGET = Rule("AIP403", "gap-budget", _E, "{count} gaps, and the policy allows {budget}")
BAD_SETTING = Rule("AIP404", "bad-setting", _E, "{why}")
NEARLY_FULL = Rule(
    "AIP405", "nearly-full", _W, "{target}: {what} {count}, {share} % of the limit {limit}"
)
SITES_ALIKE = Rule(
    "AIP406",
    "sites-alike",
    _E,
    "{target} is one for all sites and cannot tell {network} at site `{site}` ({here}) from the "
    "same addresses at site `{other}` ({there})",
)
IDLE_TARGET = Rule(
    "AIP407",
    "idle-target",
    _W,
    "target `{target}` would do nothing: the policy asks for none of what it does",
)

# 5xx: reading artefacts back
VERDICT_DIFFERS = Rule(
    "AIP501", "verdict-differs", _E, "{artifact}: {question} is {found}, the policy says {expected}"
)
ARTIFACT_UNREADABLE = Rule("AIP502", "artifact-unreadable", _E, "{artifact}: {why}")
ARTIFACT_MISSING = Rule("AIP503", "artifact-missing", _E, "{artifact} is missing")
ARTIFACT_UNEXPECTED = Rule(
    "AIP504", "artifact-unexpected", _E, "{artifact} is not an output of this policy"
)
LOCK_OUT = Rule("AIP505", "lock-out", _E, "{artifact} blocks the protected host `{host}`")
PROGRAM_LOCK_OUT = Rule(
    "AIP509",
    "program-lock-out",
    _E,
    "{artifact} stops the protected program `{program}`: it would break {breaks}",
)
COVERAGE_UNTRUE = Rule(
    "AIP506", "coverage-untrue", _E, "{target} claims {claim} for {ruling}, which is not so: {why}"
)
ARTIFACT_STALE = Rule("AIP507", "artifact-stale", _E, "{artifact} is not what compile gives: {why}")
VERIFICATION_SAMPLED = Rule(
    "AIP508",
    "verification-sampled",
    _N,
    "`{target}` can see more than {limit} combinations of memberships: {asked} were checked",
)

# 6xx: putting files where devices fetch them
LIST_EMPTIED = Rule("AIP601", "list-emptied", _E, "`{list}` would be empty: {now}")
LIST_SHRINKS = Rule(
    "AIP602",
    "list-shrinks",
    _E,
    "`{list}` would lose {gone} of its {before} entries, more than {limit} %",
)
FILE_GOES = Rule("AIP603", "file-goes", _E, "`{file}` would be there no more: it has {now}")
EDITED_SINCE = Rule("AIP604", "edited-since", _E, "`{file}` was edited since aipol published it")
IN_THE_WAY = Rule("AIP605", "in-the-way", _E, "`{file}` {why}")
OTHER_ORGANIZATION = Rule(
    "AIP606",
    "other-organization",
    _E,
    "`{directory}` has the lists of `{theirs}`; the policy is that of `{ours}`",
)
NOTHING_EARLIER = Rule(
    "AIP607", "nothing-earlier", _E, "`{directory}` has no earlier version to go back to"
)
EARLIER_LOST = Rule(
    "AIP608", "earlier-lost", _E, "the earlier version of `{file}` is not kept any more"
)

NAME_TAKEN = Rule(
    "AIP701",
    "name-taken",
    _E,
    "`{name}` at {place} is somebody else's {kind}, with the name of ours",
)
MANY_DELETIONS = Rule(
    "AIP702", "many-deletions", _E, "{target} would lose {number} of our {all} objects at {place}"
)
MANY_UPDATES = Rule(
    "AIP703",
    "many-updates",
    _E,
    "{number} of our {all} {target} objects at {place} would change at once",
)
EVERYBODY_LOSES = Rule(
    "AIP704", "everybody-loses", _E, "of what is about everybody at {place} would go {objects}"
)
FIRST_ENFORCEMENT = Rule(
    "AIP705",
    "first-enforcement",
    _E,
    "{target} would enforce at once at {place}, where aipol has pushed nothing before",
)
STALE_PLAN = Rule("AIP706", "stale-plan", _E, "{plan} is not what would be done now: {why}")
NOT_AS_WRITTEN = Rule(
    "AIP707",
    "not-as-written",
    _E,
    "`{name}` at {place}, which bears our mark and is not as aipol wrote it, would go",
)
LOCKED_OUT = Rule(
    "AIP708", "locked-out", _E, "{names} would be blocked at {place}, and nothing may block that"
)
NOT_READ_BACK = Rule(
    "AIP713", "not-read-back", _E, "`{name}` would be at {place} and cannot be read back: {why}"
)

MISSING_THERE = Rule(
    "AIP715", "missing-there", _E, "the {what} `{name}`, which ours need, is not at {place}"
)

# 8xx: what a change of the policy does
SPACE_CHANGES_MEANING = Rule(
    "AIP801",
    "space-changes-meaning",
    _W,
    "only white space differs here, and `{what}` means something else: {keys}",
)
LIMIT_LOST = Rule(
    "AIP802", "limit-lost", _W, "`{rule}` no longer has `{key}` (it was {was}): it matches all"
)
ORDER_MATTERS = Rule(
    "AIP803",
    "order-matters",
    _W,
    "`{moved}` stands {way} `{other}` now, so `{decides}` decides for {who}: {use}: {result}",
)
EFFECT_ELSEWHERE = Rule(
    "AIP804",
    "effect-elsewhere",
    _W,
    "{what} changes the outcome of {count} not edited: {rules}",
)
LOOSER_EFFECT = Rule("AIP805", "looser-effect", _W, "looser: {effect}")
GAP_OPENED = Rule("AIP806", "gap-opened", _W, "a new gap: {gap}")
CEILING_RAISED = Rule("AIP807", "ceiling-raised", _W, "more sensitive data is allowed: {effect}")
LICENCE_NEEDED = Rule("AIP808", "licence-needed", _W, "{target} lacks the licence: {what}")
UNPROTECTED = Rule(
    "AIP809", "unprotected", _W, "`{host}` is no longer protected: it can be blocked"
)
LOOSER_SETTING = Rule("AIP810", "looser-setting", _W, "looser for everybody: {what}")
GUARD_WEAKENED = Rule("AIP812", "guard-weakened", _W, "a guard is weaker: {what}")
LESS_RECOGNISED = Rule("AIP813", "less-recognised", _W, "{what}")
OTHER_PEOPLE = Rule("AIP811", "other-people", _W, "`{group}` stands for other people: {what}")

# 82x: people who are counted, and who must agree
PEOPLE_UNREADABLE = Rule("AIP821", "people-unreadable", _E, "`{file}` cannot be used: {why}")
PEOPLE_COLUMNS = Rule("AIP822", "people-columns", _E, "{why}")
PEOPLE_ROW = Rule("AIP823", "people-row", _E, "{why}")
PEOPLE_TWICE = Rule("AIP824", "people-twice", _E, "this person is listed above")
PEOPLE_ELSEWHERE = Rule(
    "AIP825", "people-elsewhere", _N, "the file names {what} that the policy does not"
)
PEOPLE_NOWHERE = Rule("AIP826", "people-nowhere", _N, "nobody in `{file}` is in {groups}")
APPROVAL_MISSING = Rule("AIP827", "approval-missing", _W, "{who} has to agree: {why}")

ALL: tuple[Rule, ...] = tuple(
    sorted(
        (rule for rule in list(globals().values()) if isinstance(rule, Rule)), key=lambda r: r.code
    )
)
OF_CHANGES: tuple[Rule, ...] = tuple(rule for rule in ALL if rule.code.startswith("AIP8"))
BY_CODE: dict[str, Rule] = {rule.code: rule for rule in ALL}
