"""The shape of the apps a policy declares or corrects."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from aipol.language.strict import Model
from aipol.language.types import Guid, Names, Slug, Text


class AppDomain(Model):
    """A host name of an app."""

    domain: Text
    """Host name without scheme, port or wildcard, such as `gpt.acme.example`."""
    role: Literal["ui", "api", "backend", "auth", "cdn", "telemetry", "marketing"] = "ui"
    """What the host is for, such as `ui`."""
    match: Literal["exact", "subtree", "children"] = "subtree"
    """What the name stands for: itself (`exact`), itself and all below (`subtree`), all below
    (`children`)."""
    shared: bool = False
    """Whether services other than AI use the host too: `true` keeps it from being blocked."""


class AppUrl(Model):
    """An address of an app that is a part of a site of others."""

    url: Text
    """Address with the path that is the app's, such as `https://site.example/assistant/`: that
    page and all below it."""
    role: Literal["ui", "api", "backend", "auth", "cdn", "telemetry", "marketing"] = "ui"
    """What the address is for, such as `ui`."""


class AppMacos(Model):
    """How macOS knows the app."""

    bundle_ids: Names | None = None
    """Bundle identifiers, such as `[com.acme.gpt]`."""
    team_ids: Names | None = None
    """Signing teams, such as `[ABCDE12345]`."""
    processes: Names | None = None
    """Process names, such as `[AcmeGPT]`."""


class AppWindows(Model):
    """How Windows knows the app."""

    executables: Names | None = None
    """File names, such as `[acme-gpt.exe]`."""
    package_families: Names | None = None
    """Package family names, such as `[Acme.GPT_8wekyb3d8bbwe]`."""
    winget_ids: Names | None = None
    """Package ids in winget, such as `[Acme.GPT]`."""


class AppExtensions(Model):
    """Extensions of browsers and editors, by the store's own id."""

    chrome: Names | None = None
    """Ids in the Chrome Web Store, such as `[abcdefghijklmnopabcdefghijklmnop]`."""
    edge: Names | None = None
    """Ids in the Edge add-on store, such as `[abcdefghijklmnopabcdefghijklmnop]`."""
    firefox: Names | None = None
    """Add-on ids, such as `[gpt@acme.example]`."""
    vscode: Names | None = None
    """Publisher and name, such as `[acme.gpt]`."""
    jetbrains: Names | None = None
    """Plugin ids, such as `[com.acme.gpt]`."""


class App(Model):
    """An app the catalogue lacks, or corrections: given keys replace the catalogue's."""

    name: Text | None = None
    """Name as people know it, such as `Acme GPT`."""
    vendor: Slug | None = None
    """Who makes it, such as `acme`."""
    category: Slug | None = None
    """Category of the catalogue, such as `chat`."""
    domains: Annotated[tuple[AppDomain, ...], Field(min_length=1)] | None = None
    """Its hosts, such as `[{domain: gpt.acme.example, role: ui}]`."""
    urls: Annotated[tuple[AppUrl, ...], Field(min_length=1)] | None = None
    """Its addresses on sites of others, such as `[{url: https://site.example/assistant/}]`."""
    macos: AppMacos | None = None
    """How macOS knows it, such as `{bundle_ids: [com.acme.gpt]}`."""
    windows: AppWindows | None = None
    """How Windows knows it, such as `{executables: [acme-gpt.exe]}`."""
    extensions: AppExtensions | None = None
    """Its extensions, such as `{vscode: [acme.gpt]}`."""
    binaries: Names | None = None
    """Its command-line programs, such as `[acme-gpt]`."""
    entra_app_id: Guid | None = None
    """Application id of its Entra registration in this tenant, such as
    `91ab3c7d-5e2f-4a18-8c6b-d0e1f2a3b4c5`."""
    mda_app_id: Annotated[int, Field(ge=1)] | None = None
    """Its number in the tenant's Defender for Cloud Apps catalogue, such as `25275`."""
