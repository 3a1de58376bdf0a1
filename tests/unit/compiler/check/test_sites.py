"""An inventory binds what the policy names, and every mistake in it is told at its place there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aipol.catalogue.load import load_catalogue
from aipol.diagnostics.model import Diagnostic
from aipol.language.files import named_by
from aipol.pipeline import Opened, open_policy
from aipol_targets import ALL

POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: com.acme}
groups:
  everyone: {all: true}
  finance: {}
  guests: {}
  office: {networks: [10.30.0.0/24]}
rules: [{id: all, apps: ["*"], groups: [everyone], effect: block}]
network:
  inventory: sites.yaml
  gateways:
    gate: {host: gate.acme.example}
    own: {host: own.acme.example, networks: [10.98.0.8/32]}
  segments:
    - {id: wifi, groups: [guests], only_via: gate}
targets:
"""
FINANCE, GATE = "finance: {networks: [10.20.0.0/24]}", "gate: {networks: [10.99.0.8/32]}"
WIFI = "wifi: {networks: [10.90.0.0/24]}"
GOOD = f"groups: {{{FINANCE}}}, gateways: {{{GATE}}}, segments: {{{WIFI}}}"


def opened(folder: Path, sites: str, targets: str = "{squid: {}}", policy: str = POLICY) -> Opened:
    """The policy with these sites."""
    (folder / "sites.yaml").write_text(f"version: 1\nsites:\n{sites}", encoding="utf-8")
    file = folder / "p.yaml"
    file.write_text(f"{policy.rstrip()} {targets}\n", encoding="utf-8")
    return open_policy(str(file), date(2026, 12, 1), load_catalogue(), ALL)


def found(opened_: Opened) -> list[tuple[str, str, int]]:
    """Code, file and line of each finding."""
    return [(f.code, Path(f.span.file).name, f.span.line) for f in opened_.findings]


def only(opened_: Opened, code: str) -> Diagnostic:
    """The one finding of a code."""
    (finding,) = (each for each in opened_.findings if each.code == code)
    return finding


def test_sites_that_bind_what_there_is_have_no_findings(tmp_path: Path) -> None:
    """Groups, gateways, segments and resolvers at two sites, with addresses that repeat."""
    swapped = GOOD.replace("10.20.", "10.0.").replace("10.90.", "10.20.")
    made = opened(tmp_path, f"  a: {{{GOOD}, resolvers: [10.0.0.53/32]}}\n  b: {{{swapped}}}\n")
    assert made.findings == ()
    assert made.ir is not None
    assert set(made.ir.sites) == {"a", "b"}
    assert made.ir.sites["a"].groups["finance"].networks == ("10.20.0.0/24",)
    assert made.ir.sites["b"].groups["finance"].networks == ("10.0.0.0/24",)
    assert made.ir.sites["b"].groups["guests"].networks == ("10.20.0.0/24",)
    assert made.ir.sites["b"].resolvers == ()
    assert made.ir.groups["finance"].networks == ("10.0.0.0/24", "10.20.0.0/24")
    assert {there.groups["office"].networks for there in made.ir.sites.values()} == {
        ("10.30.0.0/24",)
    }


@pytest.mark.parametrize(
    ("site", "code", "words"),
    [
        ("groups: {finanse: {networks: [10.1.0.0/24]}}", "AIP203", "did you mean `finance`?"),
        ("segments: {wfi: {networks: [10.1.0.0/24]}}", "AIP226", "did you mean `wifi`?"),
        ("gateways: {gat: {networks: [10.1.0.0/24]}}", "AIP206", "did you mean `gate`?"),
        ("targets: {squit: {}}", "AIP207", "did you mean `squid`?"),
        ("targets: {nftables: {}}", "AIP227", "configure it under `targets`"),
        ("targets: {squid: {direktory: /srv}}", "AIP404", "did you mean `directory`?"),
        ("targets: {squid: {directory: srv}}", "AIP404", ""),
        ("groups: {office: {networks: [10.1.0.0/24]}}", "AIP227", "in the inventory alone"),
        ("gateways: {own: {networks: [10.1.0.0/24]}}", "AIP227", "in the inventory alone"),
        ("groups: {finance: {networks: [10.1.0.1/24]}}", "AIP110", ""),
        ("groups: {finance: {vlan: 7}}", "AIP108", ""),
        ("grups: {}", "AIP107", "did you mean `groups`?"),
        ("groups: {finance: {networks: [10.1.0.0/8], vlan: 7}}", "AIP110", ""),
    ],
)
def test_a_mistake_is_told_at_its_place_in_the_inventory(
    site: str, code: str, words: str, tmp_path: Path
) -> None:
    """Names with what was meant, settings, shapes and what is given twice."""
    made = opened(tmp_path, f"  a: {{{GOOD}}}\n  b: {{{site}}}\n")
    assert (code, "sites.yaml", 4) in found(made)
    assert words in only(made, code).hint or not words


def test_addresses_of_two_groups_at_a_site_are_told_and_at_two_sites_are_not(
    tmp_path: Path,
) -> None:
    """Nested and equal networks; of groups, and of segments."""
    clash = "groups: {finance: {networks: [10.1.0.0/16]}, guests: {networks: [10.1.7.0/24]}}"
    finding = only(opened(tmp_path, f"  a: {{{GOOD}}}\n  b: {{{clash}}}\n"), "AIP227")
    assert "10.1.7.0/24 of group `guests` is in 10.1.0.0/16 of group `finance`" in finding.message
    assert [each.message for each in finding.related] == ["group `finance`"]
    apart = "groups: {guests: {networks: [10.20.0.0/24]}}"
    assert opened(tmp_path, f"  a: {{{GOOD}}}\n  b: {{{apart}}}\n").findings == ()


def test_a_segment_whose_gateway_is_not_at_its_site_is_shut(tmp_path: Path) -> None:
    """At the site, and not at the other."""
    made = opened(tmp_path, f"  a: {{{GOOD}}}\n  b: {{segments: {{{WIFI}}}}}\n")
    finding = only(made, "AIP110")
    assert finding.message.endswith("at site `b`")
    assert found(made) == [("AIP110", "sites.yaml", 4)]


def test_what_is_bound_at_no_site_is_told(tmp_path: Path) -> None:
    """A segment that is nowhere, and a group that nothing could know; not one of a directory."""
    policy = POLICY.replace("finance: {}", "finance: {jamf: Finance Macs}")
    made = opened(tmp_path, "  a: {resolvers: [10.0.0.53/32]}\n", policy=policy)
    assert found(made) == [("AIP228", "p.yaml", 6), ("AIP228", "p.yaml", 15)]


def test_targets_are_where_a_site_says(tmp_path: Path) -> None:
    """All of them where it says nothing; a target at no site, and one that is none of a site's."""
    two = "{squid: {}, umbrella: {}}"
    made = opened(tmp_path, f"  a: {{{GOOD}, targets: {{umbrella: {{}}}}}}\n", two)
    assert found(made) == [("AIP227", "p.yaml", 16), ("AIP227", "sites.yaml", 3)]
    both = "{squid: {log: /var/log/p.log}, haproxy: {tls_backend: t, http_backend: h}}"
    there = "targets: {squid: {directory: /srv/squid}}"
    made = opened(tmp_path, f"  a: {{{GOOD}, {there}}}\n  b: {{{GOOD}}}\n", both)
    assert made.findings == ()
    settings = made.settings["squid"].by_site
    assert {name: (each.directory, each.log) for name, each in settings.items()} == {
        "a": ("/srv/squid", "/var/log/p.log"),
        "b": ("/etc/squid/aipol", "/var/log/p.log"),
    }
    assert list(made.settings["haproxy"].by_site) == ["b"]


def test_what_a_target_must_be_told_may_be_told_at_each_site(tmp_path: Path) -> None:
    """A firewall's interfaces are a site's; a site that lacks them is told."""
    there = "targets: {fortigate: {inside: [lan], outside: [wan1]}}"
    made = opened(tmp_path, f"  a: {{{GOOD}, {there}}}\n", "{fortigate: {}}")
    assert made.findings == ()
    made = opened(tmp_path, f"  a: {{{GOOD}, {there}}}\n  b: {{{GOOD}}}\n", "{fortigate: {}}")
    assert {(code, line) for code, _, line in found(made)} == {("AIP404", 4)}


def test_lists_of_two_sites_are_not_fetched_from_one_address(tmp_path: Path) -> None:
    """A firewall would enforce for the other site's people."""
    url = 'paloalto: {edl_url: "https://lists.acme.example/%s"}'
    sites = f"  a: {{{GOOD}, targets: {{{url % 'a'}}}}}\n  b: {{{GOOD}, targets: {{{url}}}}}\n"
    assert opened(tmp_path, sites % "b", "{paloalto: {outputs: [edl]}}").findings == ()
    finding = only(opened(tmp_path, sites % "a", "{paloalto: {outputs: [edl]}}"), "AIP227")
    assert "`edl_url`" in finding.message


def test_one_account_for_all_sites_cannot_tell_the_same_addresses_apart(tmp_path: Path) -> None:
    """Another group's, or a gateway's, at another site; the same group's is well."""
    same = f"  a: {{{GOOD}}}\n  b: {{{GOOD}}}\n"
    assert opened(tmp_path, same, "{umbrella: {}}").findings == ()
    for other in ("guests: {networks: [10.20.0.0/25]}", "finance: {networks: [10.99.0.0/24]}"):
        made = opened(
            tmp_path, f"  a: {{{GOOD}}}\n  b: {{groups: {{{other}}}}}\n", "{umbrella: {}}"
        )
        assert only(made, "AIP406").span.file.endswith("sites.yaml")
        assert opened(tmp_path, f"  a: {{{GOOD}}}\n  b: {{groups: {{{other}}}}}\n").findings == ()


def test_each_clash_of_addresses_at_two_sites_is_told_at_its_network(tmp_path: Path) -> None:
    """Three networks that are others' elsewhere are three findings, in the inventory."""
    here = "  a:\n    groups: {finance: {networks: [10.20.0.0/16]}}\n"
    guests = "".join(f"          - 10.20.{number}.0/24\n" for number in (1, 3, 5))
    there = f"  b:\n    groups:\n      guests:\n        networks:\n{guests}"
    made = opened(tmp_path, here + there, "{umbrella: {}}")
    clashes = [each for each in made.findings if each.code == "AIP406"]
    assert [each.span.line for each in clashes] == [9, 10, 11]
    assert {each.related[0].span.line for each in clashes} == {4}
    assert "10.20.3.0/24 at site `b`" in clashes[1].message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is empty"),
        ("version: 1\nsites: {a: {resolvers: [10.0.0.53/32]}}\n---\nversion: 1\n", "one YAML"),
        (None, "there is no such file"),
    ],
)
def test_an_inventory_that_cannot_be_used_is_told_where_it_is_named(
    text: str | None, words: str, tmp_path: Path
) -> None:
    """In the policy, with the reason."""
    opened(tmp_path, "  a: {}\n")
    file = tmp_path / "sites.yaml"
    if text is None:
        file.unlink()
    else:
        file.write_text(text, encoding="utf-8")
    made = open_policy(str(tmp_path / "p.yaml"), date(2026, 12, 1), load_catalogue(), ALL)
    assert words in only(made, "AIP117").message
    assert only(made, "AIP117").span.line == 10


@pytest.mark.parametrize("name", ["/etc/sites.yaml", "p.yaml"])
def test_an_inventory_is_another_file_beside_the_policy(name: str, tmp_path: Path) -> None:
    """Neither anywhere on the machine, nor the policy itself."""
    policy = POLICY.replace("sites.yaml", name)
    finding = only(opened(tmp_path, f"  a: {{{GOOD}}}\n", policy=policy), "AIP117")
    assert finding.span.line == 10


def test_a_missing_inventory_is_not_taken_for_the_policy(tmp_path: Path) -> None:
    """Whose name is near the one that leads nowhere: it has a form of its own."""
    text = f"{POLICY.rstrip()} {{squid: {{}}}}\n"
    (tmp_path / "site.yaml").write_text(text, encoding="utf-8")
    made = open_policy(str(tmp_path / "site.yaml"), date(2026, 12, 1), load_catalogue(), ALL)
    assert "site.yaml`?" not in only(made, "AIP117").hint
    (tmp_path / "sits.yaml").write_text("", encoding="utf-8")
    made = open_policy(str(tmp_path / "site.yaml"), date(2026, 12, 1), load_catalogue(), ALL)
    assert "did you mean `sits.yaml`?" in only(made, "AIP117").hint


def test_a_segment_without_addresses_needs_an_inventory(tmp_path: Path) -> None:
    """Without one nobody could sit there."""
    policy = POLICY.replace("  inventory: sites.yaml\n", "")
    assert only(opened(tmp_path, "", policy=policy), "AIP108").span.line == 14


def test_a_child_takes_its_own_inventory_but_not_under_a_locked_rule(tmp_path: Path) -> None:
    """The base's stands where the child names none, relative to the base."""
    base = tmp_path / "base"
    base.mkdir()
    opened(base, f"  a: {{{GOOD}}}\n")
    child = tmp_path / "c.yaml"
    head = "version: 1\nextends: base/p.yaml\n"
    child.write_text(head, encoding="utf-8")
    made = open_policy(str(child), date(2026, 12, 1), load_catalogue(), ALL)
    assert (made.ir is not None and list(made.ir.sites), made.findings) == (["a"], ())
    inventory = made.assembled.inventory if made.assembled else None
    assert inventory is not None
    assert named_by(inventory.document, "sites.yaml") == str(base / "sites.yaml")
    (tmp_path / "own.yaml").write_text(f"version: 1\nsites: {{z: {{{GOOD}}}}}\n", encoding="utf-8")
    child.write_text(f"{head}network: {{inventory: own.yaml}}\n", encoding="utf-8")
    made = open_policy(str(child), date(2026, 12, 1), load_catalogue(), ALL)
    assert (made.ir is not None and list(made.ir.sites), made.findings) == (["z"], ())
    text = (base / "p.yaml").read_text(encoding="utf-8")
    (base / "p.yaml").write_text(text.replace("effect: block", "effect: block, locked: true"))
    made = open_policy(str(child), date(2026, 12, 1), load_catalogue(), ALL)
    assert only(made, "AIP309").span.line == 3
