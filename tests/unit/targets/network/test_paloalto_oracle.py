"""The vendor's own library renders the same objects and rules from the same values."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from aipol_targets.paloalto.read_tree import read_document

# Fields of a rule that the library writes out though they are what a firewall assumes anyway.
ASSUMED = {
    "<rule-type>universal</rule-type>",
    "<source-hip><member>any</member></source-hip>",
    "<destination-hip><member>any</member></destination-hip>",
    "<negate-source>no</negate-source>",
}


@pytest.fixture(scope="module")
def library() -> Any:
    """The modules of pan-os-python; it warns about itself while it is loaded."""
    pytest.importorskip("panos", reason="pan-os-python is not installed", exc_type=ImportError)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        modules = (importlib.import_module(f"panos.{name}") for name in ("objects", "policies"))
        return dict(zip(("objects", "policies"), modules, strict=True))


def plain(element: ET.Element) -> str:
    """An element with its children in a fixed order, and no blanks between them."""
    name = f' name="{element.attrib["name"]}"' if element.attrib else ""
    inner = sorted(plain(child) for child in element) or [(element.text or "").strip()]
    return f"<{element.tag}{name}>{''.join(inner)}</{element.tag}>"


def address(library: Any, name: str, found: Mapping[str, Any]) -> Any:
    """An address object."""
    return library["objects"].AddressObject(name, found["ip-netmask"], type="ip-netmask")


def group(library: Any, name: str, found: Mapping[str, Any]) -> Any:
    """An address group."""
    return library["objects"].AddressGroup(name, static_value=found["static"])


def category(library: Any, name: str, found: Mapping[str, Any]) -> Any:
    """A custom URL category."""
    kind = library["objects"].CustomUrlCategory
    return kind(name, url_value=found["list"], type=found["type"])


def fetched(library: Any, name: str, found: Mapping[str, Any]) -> Any:
    """An external list."""
    ((kind, values),) = found["type"].items()
    return library["objects"].Edl(name, edl_type=kind, source=values["url"], repeat="hourly")


def security(library: Any, name: str, found: Mapping[str, Any]) -> Any:
    """A security rule."""
    profiles = found.get("profile-setting", {}).get("profiles", {})
    watching = {kind.replace("-", "_"): names[0] for kind, names in profiles.items()}
    return library["policies"].SecurityRule(
        name,
        fromzone=found["from"],
        tozone=found["to"],
        source=found["source"],
        negate_source=found.get("negate-source") == "yes",
        source_user=found["source-user"],
        destination=found["destination"],
        application=found["application"],
        service=found["service"],
        category=found["category"],
        action=found["action"],
        log_end=found["log-end"] == "yes",
        **watching,
    )


def decryption(library: Any, name: str, found: Mapping[str, Any]) -> Any:
    """A decryption rule."""
    return library["policies"].DecryptionRule(
        name,
        source_zones=found["from"],
        destination_zones=found["to"],
        source_addresses=found["source"],
        negate_source=found.get("negate-source") == "yes",
        source_users=found["source-user"],
        destination_addresses=found["destination"],
        services=found["service"],
        url_categories=found["category"],
        action=found["action"],
        decryption_type="ssl-forward-proxy",
        decryption_profile=found.get("profile"),
    )


MAKERS: Mapping[str, Callable[[Any, str, Mapping[str, Any]], Any]] = {
    "address": address,
    "address-group": group,
    "external-list": fetched,
    "profiles/custom-url-category": category,
    "rulebase/security/rules": security,
    "rulebase/decryption/rules": decryption,
}


def differences(library: Any, content: bytes, said: bytes = b"") -> Iterator[tuple[str, set[str]]]:
    """Where an object is not as the library renders it from the same values, or from others."""
    values = read_document(said or content, "aipol.xml")
    system = ET.fromstring(content).find("devices/entry/vsys/entry")  # noqa: S314 - our own output
    assert system is not None
    for path, make in MAKERS.items():
        found: Any = values
        for step in path.split("/"):
            found = found.get(step, {})
        for element in system.findall(f"{path}/entry"):
            name = element.attrib["name"]
            theirs = ET.fromstring(make(library, name, found[name]).element_str())  # noqa: S314
            ours = {plain(child) for child in element}
            differing = ours ^ {plain(child) for child in theirs}
            if theirs.attrib != element.attrib or differing - ASSUMED or ours & ASSUMED:
                yield f"{path} {name}", differing


@pytest.mark.parametrize("output", ["edl", "xml"])
def test_the_library_renders_the_same(output: str, library: Any, small: Any) -> None:
    """Objects, lists and rules of both kinds, element by element."""
    settings = {"threat_profiles": {"virus": "strict"}, "from_zones": ["trust", "guest"]}
    policy = small.everything()
    content = small.firewalled(policy, output, **settings).files[f"{output}/aipol.xml"]
    assert list(differences(library, content)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<ip-netmask>10.20.0.0/24", "<ip-netmask>10.21.0.0/24"),
        ("<type>URL List<", "<type>Category Match<"),
        ("<log-end>yes<", "<log-end>no<"),
        ("<negate-source>yes<", "<negate-source>no<"),
    ],
)
def test_another_element_is_a_difference(old: str, new: str, library: Any, small: Any) -> None:
    """The comparison would find one."""
    values = small.firewalled(small.everything(), "xml").files["xml/aipol.xml"]
    other = values.replace(old.encode(), new.encode(), 1)
    assert other != values
    assert len(list(differences(library, other, values))) == 1
