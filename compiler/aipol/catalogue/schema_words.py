"""What an editor says of each key of the catalogue's files, with a value that it may have."""

from __future__ import annotations

from collections.abc import Mapping

# By key, where it means the same in every kind of row.
COMMON: Mapping[str, str] = {
    "source": "Where it was read, such as `page:docs.acme.example/network`; in an overlay also "
    "`own: WHY`.",
    "tier": "How good the source is: `A` is the vendor's own word, `B` a curated project, `C` a "
    "community list, which needs a second source; such as `A`.",
    "also": "A second, independent source, such as `page:status.acme.example/hosts`.",
    "seen": "The month or day on which it was seen, such as `2026-11`.",
    "note": "A remark for people, such as `renamed in 2026`.",
    "host": "Host name without scheme, port or wildcard, such as `api.acme.example`.",
    "match": "What the name stands for: itself (`exact`), itself and all below (`subtree`), all "
    "below (`children`); such as `subtree`.",
    "role": "What it is for, such as `ui`: people open it; `api`: programs call it; `backend`: the "
    "app's own clients do; `marketing` is not blocked with the product.",
    "surface": "The way that it is, where its kind alone does not say so, such as `cli`.",
    "match_alone": "Whether it says by itself which app it is: `false` where it is too generic.",
    "shared": "Whether it also serves what is no AI app: `true` keeps it from being blocked.",
    "shared_with": "Other apps with the very same identifier, such as `[acme-chat]`.",
    "breaks": 'What would stop with it, in words that finish "a block would break ...", such as '
    "`the editor itself`.",
    "serves": 'What else it serves, in words that finish "a block would break ...", such as '
    "`sign-in to other products`.",
    "vendor": "Its maker, by the id in `vendors.yaml`, such as `acme`.",
}

_READ = "source: page:docs.acme.example/network, tier: A"


def _rows(what: str, row: str) -> str:
    return f"{what}, such as `[{{{row}, {_READ}}}]`."


# By kind of row and key, where it means something of its own.
OWN: Mapping[str, Mapping[str, str]] = {
    "app": {
        "name": "Name as people read it, such as `Acme Chat`.",
        "kind": "A finer word than the category, such as `chat`.",
        "source": "Where the app itself was read of, such as `page:docs.acme.example/chat`.",
        "edition_of": "The app that this is, under another contract, such as `acme-chat`.",
        "homepage": "The page that the vendor shows of it, such as `https://acme.example/chat`.",
        "notes": "Remarks for people, such as `the free edition ended in 2026`.",
        "features": "Built-in AI that a target can switch, such as `[windows-copilot]`.",
        "tenant_restriction": (
            "The header by which only the company's own accounts get in, such as `{header: "
            "Acme-Allowed-Tenants, value: <tenant id>, hosts: [{host: acme.example, match: "
            f"subtree}}], {_READ}}}`."
        ),
        "domains": _rows("Its hosts", "domain: chat.acme.example, role: ui, match: subtree"),
        "urls": _rows(
            "Its addresses, where it is a part of a site",
            'url: "https://site.example/assistant/", role: ui',
        ),
        "macos": _rows("How macOS knows it", "kind: bundle_id, value: example.acme.chat"),
        "windows": _rows("How Windows knows it", "kind: exe, value: acme-chat.exe"),
        "cli": _rows("Its commands and packages", "kind: binary, value: acme"),
        "extensions": _rows(
            "Extensions of browsers and editors", "store: vscode, id: acme.chat, name: Acme Chat"
        ),
        "oauth": _rows(
            "Client ids that people grant access to",
            "provider: entra, client_id: 3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1, name: Acme Chat",
        ),
        "firewall": _rows(
            "Its names in the catalogues of firewalls",
            "product: zscaler-zia, kind: cloud_app, name: acme-chat",
        ),
        "facts": _rows("Anything else that a source says", 'fact: port, value: "11434"'),
    },
    "domains": {
        "domain": "Host name without scheme, port or wildcard, such as `chat.acme.example`.",
        "sources": "How many independent sources have it, such as `2`.",
        "own_suffix": "Whether all below it is shown inside this app, although the Public Suffix "
        "List has it: `true`.",
    },
    "urls": {
        "url": "Address with the path that is the app's, such as `https://site.example/assistant/`.",
    },
    "identifiers": {
        "kind": "What kind of identifier it is.",
        "value": "The identifier.",
    },
    "extensions": {
        "store": "The store whose id it is, such as `vscode`.",
        "id": "The store's own id, such as `acme.chat`.",
        "name": "Name as the store has it, such as `Acme Chat`.",
    },
    "oauth": {
        "provider": "Whose client ids they are, such as `entra`.",
        "client_id": "The client id, such as `3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1`.",
        "name": "Name that people grant access to, such as `Acme Chat`.",
    },
    "firewall": {
        "product": "The product whose catalogue has it, such as `zscaler-zia`.",
        "kind": "What it is there, such as `cloud_app`.",
        "name": "Its name there, such as `acme-chat`.",
    },
    "facts": {
        "fact": "What is said, such as `port`.",
        "value": 'What it is, such as `"11434"`.',
    },
    "tenant_restriction": {
        "header": "The header, such as `Acme-Allowed-Tenants`.",
        "value": "What it holds, such as `<tenant id>`.",
        "hosts": "Where it is sent, such as `[{host: acme.example, match: subtree}]`.",
        "needs": "What the company must have for it, such as `Enterprise`.",
        "effect": "What it does, such as `other tenants are refused`.",
        "also_block": "Addresses by which people would get around it, such as "
        "`[https://acme.example/guest/]`.",
        "format": "Regular expression for one tenant, such as `acme-[0-9a-f]+`.",
    },
    "protected": {
        "purpose": "What it is for, such as `identity`.",
    },
    "protected_programs": {
        "kind": "What kind of identifier it is, such as `process`.",
        "value": "The program, such as `acme-agent`.",
    },
    "shared_platforms": {
        "suffix": "The name below which unrelated sites live, such as `pages.acme.example`.",
    },
    "common_hosts": {
        "kind": "What kind of service it is, such as `payment`.",
    },
    "teams": {
        "signs": "What else the team signs, such as `[Acme Office]`.",
    },
    "sources": {
        "tier": "The best tier that it can give, such as `B`.",
        "is": "What it is, such as `the vendor's own pages`.",
        "speaks_for": "The vendors for whom it speaks, such as `[acme]`.",
        "licence": "Under which licence it stands, such as `MIT`.",
    },
    "gaps": {
        "app": "The app, by its id, such as `acme-chat`.",
        "what": "What was looked for, such as `domains`.",
        "sought": "Where it was looked for, such as `the vendor's pages and two lists`.",
        "looked": "The month or day on which it was looked for, such as `2026-11`.",
        "why": "Why it was not found, such as `the vendor names no hosts`.",
    },
    "vendors": {
        "name": "Name as people read it, such as `Acme`.",
        "country": "Two letters of its country, such as `DE`.",
    },
    "index": {
        "schema": "The number of the layout, such as `2`.",
        "seen": "How recent the newest source is, such as `2026-11`.",
        "categories": "The categories, each the name of a file with a sentence, such as `{chat: "
        "Assistants people talk to}`.",
    },
}

# An identifier of each kind, as it may stand there.
VALUES: Mapping[str, Mapping[str, str]] = {
    "macos": {
        "bundle_id": "example.acme.chat",
        "team_id": "ABCDE12345",
        "signing_id": "acme-chat",
        "requirement": 'identifier "example.acme.chat" and anchor apple generic and certificate '
        "leaf[subject.OU] = ABCDE12345",
        "app_name": "Acme Chat.app",
        "process": "acme-chat",
        "cask": "acme-chat",
    },
    "windows": {
        "winget_id": "Acme.Chat",
        "exe": "acme-chat.exe",
        "pfn": "Acme.Chat_8wekyb3d8bbwe",
        "product_code": "AcmeChat_is1",
        "upgrade_code": "{3F0C9A52-7D1E-4B86-A2F4-5C1E8A20E7F1}",
        "install_path": r"%LOCALAPPDATA%\Programs\acme-chat\acme-chat.exe",
        "command": "acme",
        "publisher": "O=ACME LTD, L=BERLIN, C=DE",
        "store_id": "9NBLGGH4NNS1",
    },
    "cli": {
        "binary": "acme",
        "npm": "@acme/chat",
        "pypi": "acme-chat",
        "brew_formula": "acme",
        "brew_cask": "acme-chat",
    },
    "extensions": {
        "chrome": "abcdefghijklmnopabcdefghijklmnop",
        "edge": "abcdefghijklmnopabcdefghijklmnop",
        "firefox": "chat@acme.example",
        "vscode": "acme.chat",
        "jetbrains": "example.acme.chat",
    },
    "oauth": {
        "entra": "3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1",
        "google": "1234567890-abc123.apps.googleusercontent.com",
    },
}


def described(kind: str, key: str) -> str:
    """What a key of one kind of row is."""
    return OWN.get(kind, {}).get(key) or COMMON[key]
