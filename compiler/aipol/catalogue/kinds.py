"""The closed sets of words that the catalogue's rows are written in."""

from __future__ import annotations

from aipol.vocabulary import Word


class Role(Word):
    """What a host does for the app."""

    UI = "ui"
    API = "api"
    """What programs of anybody's may call: a way to use the app of its own."""
    BACKEND = "backend"
    """What the app's own clients call: each of them needs it, nobody is offered it."""
    AUTH = "auth"
    CDN = "cdn"
    TELEMETRY = "telemetry"
    MARKETING = "marketing"
    """The vendor's public pages: not part of the product, not blocked with it."""


class Match(Word):
    """What a host name stands for."""

    EXACT = "exact"
    SUBTREE = "subtree"
    """The name and everything below it."""
    CHILDREN = "children"
    """Everything below the name, not the name itself."""

    def covers(self, name: str, host: str) -> bool:
        """Whether `name`, meant this way, stands for `host`; lower case, no trailing dot."""
        below = host.endswith(f".{name}")
        match self:
            case Match.EXACT:
                return host == name
            case Match.SUBTREE:
                return below or host == name
            case Match.CHILDREN:
                return below

    def meets(self, name: str, other: str, reach: Match) -> bool:
        """Whether `name`, meant this way, and `other`, meant as `reach`, have a host in common."""
        if name == other:
            return {self, reach} != {Match.EXACT, Match.CHILDREN}
        if other.endswith(f".{name}"):
            return self is not Match.EXACT
        return name.endswith(f".{other}") and reach is not Match.EXACT


class Tier(Word):
    """How good the source is."""

    A = "A"
    """The vendor's own repository or documentation."""
    B = "B"
    """A curated packaging or domain project."""
    C = "C"
    """A community list or public code; ships only with a second, independent source."""


class Store(Word):
    """Where an extension comes from."""

    CHROME = "chrome"
    EDGE = "edge"
    FIREFOX = "firefox"
    VSCODE = "vscode"
    JETBRAINS = "jetbrains"


class Feature(Word):
    """A built-in AI feature that a target can switch; a closed set."""

    APPLE_INTELLIGENCE = "apple-intelligence"
    SIRI = "siri"
    EXTERNAL_INTELLIGENCE = "external-intelligence"
    """Apple's hand-off to ChatGPT."""
    WINDOWS_COPILOT = "windows-copilot"
    WINDOWS_RECALL = "windows-recall"
    WINDOWS_CLICK_TO_DO = "windows-click-to-do"
    CHROME_GENAI = "chrome-genai"
    EDGE_COPILOT = "edge-copilot"
    FIREFOX_GENAI = "firefox-genai"


class Use(Word):
    """What an identifier may be used for."""

    DECIDE = "decide"
    """A rule about the app may be carried out by it alone."""
    NARROW = "narrow"
    """Only together with another identifier of the app."""
    FIND = "find"
    """It tells where the app is, for an inventory; nothing is stopped by it."""
    KEEP_OPEN = "keep-open"
    """It does more than the app: no rule about the app may block it."""


class Purpose(Word):
    """Why a host is protected."""

    ATTESTATION = "attestation"
    CERTIFICATE = "certificate"
    CONNECTIVITY = "connectivity"
    DEVICE_MANAGEMENT = "device-management"
    ENDPOINT_SECURITY = "endpoint-security"
    IDENTITY = "identity"
    PUSH = "push"
    UPDATE = "update"


class CommonKind(Word):
    """What a host of many apps is for."""

    IDENTITY = "identity"
    CDN = "cdn"
    PLATFORM = "platform"
    TELEMETRY = "telemetry"
    SUPPORT = "support"
    PAYMENT = "payment"
    BOT_CHECK = "bot-check"
    FEATURE_FLAGS = "feature-flags"


class IdentifierKind(Word):
    """What an identifier names on macOS, on Windows or in a shell."""

    BUNDLE_ID = "bundle_id"
    TEAM_ID = "team_id"
    SIGNING_ID = "signing_id"
    REQUIREMENT = "requirement"
    """A designated requirement: what the code's signature must satisfy, in Apple's language."""
    APP_NAME = "app_name"
    PROCESS = "process"
    CASK = "cask"
    WINGET_ID = "winget_id"
    EXE = "exe"
    PFN = "pfn"
    """Package family name."""
    PRODUCT_CODE = "product_code"
    UPGRADE_CODE = "upgrade_code"
    INSTALL_PATH = "install_path"
    PUBLISHER = "publisher"
    """The subject of the certificate that signs it."""
    STORE_ID = "store_id"
    """Product id in the Microsoft Store."""
    COMMAND = "command"
    BINARY = "binary"
    NPM = "npm"
    PYPI = "pypi"
    BREW_FORMULA = "brew_formula"
    BREW_CASK = "brew_cask"


STOPPING_KINDS = frozenset(
    {
        IdentifierKind.APP_NAME,
        IdentifierKind.BINARY,
        IdentifierKind.BUNDLE_ID,
        IdentifierKind.EXE,
        IdentifierKind.PFN,
        IdentifierKind.PROCESS,
        IdentifierKind.PRODUCT_CODE,
    }
)
"""What a device is searched for: a program as it runs, or as Windows lists it as installed."""

DECIDING_KINDS = STOPPING_KINDS | {IdentifierKind.WINGET_ID}
"""What names one program and no other, to a package manager too; the rest says where or whose."""
