"""One policy at two sites, as an administrator compiles, verifies and asks about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aipol.cli.app import main

# What is the finance department's in Berlin is the guests' in Paris, and the other way round.
POLICY = """\
version: 1
organization: {name: Acme Ltd, identifier: example.acme}
groups:
  everyone: {all: true}
  finance: {}
  guests: {}
network:
  inventory: sites.yaml
  gateways:
    gateway: {host: proxy.acme.example}
  segments:
    - {id: guest-wifi, groups: [guests], only_via: gateway}
rules:
  - {id: claude, apps: [claude], groups: [finance], effect: allow}
  - {id: rest, apps: ["*"], groups: [everyone], effect: block}
targets:
  nftables: {}
  squid: {}
"""
SITES = """\
version: 1
sites:
  berlin:
    groups: {finance: {networks: [10.20.0.0/24]}}
    segments: {guest-wifi: {networks: [10.90.0.0/24]}}
    gateways: {gateway: {networks: [10.99.0.8/32]}}
  paris:
    groups: {finance: {networks: [10.90.0.0/24]}}
    segments: {guest-wifi: {networks: [10.20.0.0/24]}}
    gateways: {gateway: {networks: [10.99.0.9/32]}}
    targets: {squid: {directory: /srv/squid}}
"""
DAY = ("--as-of", "2026-12-01")
CLAUDE = ("explain", "--app", "claude", "--surface", "web", *DAY)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Run:
    """Run a command line in a folder with the policy and its sites."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy").mkdir()
    Path("policy/ai-usage.yaml").write_text(POLICY, encoding="utf-8")
    Path("policy/sites.yaml").write_text(SITES, encoding="utf-8")

    def go(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


def answered(run: Run, *more: str) -> dict[str, Any]:
    """The answer about Claude."""
    code, out, err = run(*CLAUDE, "--format", "json", *more)
    assert code == 0, err
    answer: dict[str, Any] = json.loads(out)
    return answer


def test_each_site_has_files_of_its_own_that_say_what_is_so_there(run: Run) -> None:
    """The same network is of other groups at the other site, and what runs there is told."""
    code, out, err = run("compile", *DAY)
    assert code == 0, err
    assert "squid at berlin" in out
    files = {path.as_posix() for path in Path("generated").rglob("*") if path.is_file()}
    assert "generated/nftables/sites/berlin/aipol.nft" in files
    assert not any("nftables/sites/paris" in name for name in files)
    for site, group in (("berlin", "finance"), ("paris", "guests")):
        place = Path(f"generated/squid/sites/{site}/segments/{group}/networks.txt")
        assert place.read_text(encoding="utf-8") == "10.20.0.0/24\n"
    assert b"/srv/squid/" in Path("generated/squid/sites/paris/aipol.conf").read_bytes()
    assert run("verify", *DAY)[0] == 0
    assert run("compile", "--check", *DAY)[0] == 0
    manifest = json.loads(Path("generated/manifest.json").read_bytes())
    assert set(manifest["policy"]) == {"ai-usage.yaml", "sites.yaml"}


def test_files_of_another_site_are_not_taken_for_a_sites_own(run: Run) -> None:
    """Whoever copies the folder of Paris to Berlin lets the guests in: verify says so."""
    assert run("compile", *DAY)[0] == 0
    here = Path("generated/squid/sites/berlin")
    for path in Path("generated/squid/sites/paris").rglob("*.txt"):
        place = here / path.relative_to("generated/squid/sites/paris")
        place.write_bytes(path.read_bytes())
    code, out, _ = run("verify", *DAY, "--format", "json")
    assert code == 1
    found = [each for each in json.loads(out)["findings"] if each["code"] == "AIP501"]
    assert found
    assert any("sites/berlin/" in each["message"] for each in found)
    assert not any("sites/paris/" in each["message"] for each in found)


def test_a_source_address_says_who_it_is_where(run: Run) -> None:
    """With the site, and without it where only one site knows the address."""
    berlin = answered(run, "--source", "10.20.0.7", "--site", "berlin")
    paris = answered(run, "--source", "10.20.0.7", "--site", "paris")
    assert (berlin["effect"], berlin["groups"], berlin["site"]) == ("allow", ["finance"], "berlin")
    assert (paris["effect"], paris["groups"], paris["site"]) == ("block", ["guests"], "paris")
    by = [each for each in paris["enforced_by"] if each["artifact"]]
    assert {(each["target"], each["site"]) for each in by} == {("squid", "paris")}
    assert all(each["artifact"].startswith("squid/sites/paris/") for each in by)
    for wrong, words in (
        (("--source", "10.20.0.7"), "bound at `berlin` and `paris`"),
        (("--source", "10.1.1.1"), "bound at no site"),
        (("--source", "10.99.0.9"), "is a gateway's"),
        (("--site", "pari"), "did you mean `paris`?"),
        (("--source", "10.20.0.300", "--site", "paris"), "is not an address"),
        (("--source", "10.20.0.7", "--site", "paris", "--group", "finance"), "--group"),
    ):
        code, _, err = run(*CLAUDE, *wrong)
        assert code == 2, wrong
        assert words in " ".join(err.split()), wrong
    Path("policy/sites.yaml").write_text(SITES.replace("10.90.0.0/24", "10.91.0.0/24", 1))
    text = run(*CLAUDE, "--source", "10.91.0.7")[1]
    assert "10.91.0.7 at berlin" in text or "10.91.0.7 at paris" in text


def test_without_an_inventory_a_source_address_says_who_it_is(run: Run) -> None:
    """There is no site to name then."""
    text = POLICY.replace("  inventory: sites.yaml\n", "").replace(
        "finance: {}", "finance: {networks: [10.20.0.0/24]}"
    )
    text = text.replace("guest-wifi, ", "guest-wifi, networks: [10.90.0.0/24], ")
    text = text.replace("proxy.acme.example", "proxy.acme.example, networks: [10.99.0.8/32]")
    Path("policy/ai-usage.yaml").write_text(text, encoding="utf-8")
    assert answered(run, "--source", "10.20.0.7")["effect"] == "allow"
    assert answered(run, "--source", "10.1.1.1")["groups"] == []
    assert "no inventory" in run(*CLAUDE, "--site", "berlin")[2]


def test_what_a_site_lacks_is_a_gap_there(run: Run) -> None:
    """A firewall in Berlin makes up for none in Paris; what all sites lack is told once."""
    Path("policy/sites.yaml").write_text(
        SITES.replace("targets: {squid: {directory: /srv/squid}}", "targets: {nftables: {}}"),
        encoding="utf-8",
    )
    code, out, err = run("coverage", "--format", "json", *DAY)
    assert code == 0, err
    answer = json.loads(out)
    rows = [row for row in answer["rows"] if row["target"] == "squid"]
    assert {row.get("site") for row in rows} == {"berlin", None}
    assert {row["reason"] for row in rows if "site" not in row} == {"out-of-reach"}
    gaps = [gap for gap in answer["gaps"] if gap["ruling"].startswith("claude/web/any/rest")]
    by_place = {gap["situation"]: gap.get("sites") for gap in gaps}
    assert by_place["unmanaged/corporate"] == ["paris"]
    assert by_place["unmanaged/elsewhere"] is None
    assert "at paris" in run("coverage", *DAY)[1]
    assert "at paris" in run(*CLAUDE, "--group", "guests")[1]
    at_berlin = answered(run, "--group", "guests", "--site", "berlin")
    assert {gap["situation"].rpartition("/")[2] for gap in at_berlin["gaps"]} == {"elsewhere"}


def test_publishing_gives_each_site_its_own(run: Run) -> None:
    """A firewall fetches the lists of its site."""
    text = POLICY.replace("  nftables: {}\n  squid: {}\n", "  lists: {outputs: [edl]}\n")
    Path("policy/ai-usage.yaml").write_text(text, encoding="utf-8")
    sites = SITES.replace("    targets: {squid: {directory: /srv/squid}}\n", "")
    Path("policy/sites.yaml").write_text(sites, encoding="utf-8")
    code, _, err = run("publish", "--to", "web", *DAY)
    assert code == 0, err
    for site, group in (("berlin", "finance"), ("paris", "guests")):
        place = Path(f"web/lists/sites/{site}/segments/{group}/networks.txt")
        assert place.read_text(encoding="utf-8") == "10.20.0.0/24\n"


def test_a_target_at_two_sites_is_named_once_where_nothing_is_fetched(run: Run) -> None:
    """Its files are many, and it is one."""
    code, _, err = run("publish", "--to", "web", *DAY)
    said = " ".join(err.split())
    assert code == 2
    assert "devices fetch none of the files of" in said
    assert said.partition(" as it is configured")[0].count("`squid`") == 1


def test_the_merged_policy_names_the_inventory(run: Run) -> None:
    """As a base's child would name it."""
    Path("child.yaml").write_text("version: 1\nextends: policy/ai-usage.yaml\n", encoding="utf-8")
    out = run("show", "--merged", "child.yaml", *DAY)[1]
    assert "inventory: policy/sites.yaml" in out


def test_tightening_is_for_the_sites_that_lack_something(run: Run) -> None:
    """What squid limits in Berlin stays limited there, and is blocked in Paris by the resolver."""
    text = POLICY.replace("rules:\n", "on_gap: tighten\nrules:\n").replace(
        "effect: allow}\n  - {id: rest", "effect: allow, require: {log: full}}\n  - {id: rest"
    )
    text = text.replace("  nftables: {}\n", "  dns: {outputs: [unbound-local]}\n")
    Path("policy/ai-usage.yaml").write_text(text, encoding="utf-8")
    sites = SITES.replace("targets: {squid: {directory: /srv/squid}}", "targets: {dns: {}}")
    sites = sites.replace(
        "    gateways: {gateway: {networks: [10.99.0.8/32]}}\n",
        ("    gateways: {gateway: {networks: [10.99.0.8/32]}}\n    targets: {squid: {}}\n"),
    )
    Path("policy/sites.yaml").write_text(sites, encoding="utf-8")
    code, _, err = run("compile", *DAY)
    assert code == 0, err
    coverage = json.loads(Path("generated/coverage.json").read_bytes())
    tightened = {
        (target, record["site"])
        for target, section in coverage["targets"].items()
        for record in section["records"]
        if record["reason"] == "tightened"
    }
    assert ("dns", "paris") in tightened


ELSEWHERE = """\
version: 1
sites:
  berlin: {groups: {finance: {networks: [10.20.0.0/24]}}}
  paris: {groups: {guests: {networks: [10.90.0.0/24]}}}
"""


def test_what_is_one_for_all_sites_knows_that_people_sit_where_nothing_is_bound(run: Run) -> None:
    """Finance has no address in Paris: there its people are among everybody else."""
    one_for_all = POLICY.replace("  nftables: {}\n  squid: {}\n", "  umbrella: {}\n")
    bare = (
        one_for_all[: one_for_all.index("  gateways:")] + one_for_all[one_for_all.index("rules:") :]
    )
    Path("policy/ai-usage.yaml").write_text(bare, encoding="utf-8")
    Path("policy/sites.yaml").write_text(ELSEWHERE, encoding="utf-8")
    assert run("compile", *DAY)[0] == 0
    lists = json.loads(Path("generated/umbrella/policies.json").read_text(encoding="utf-8"))
    assert "claude.ai" not in Path("generated/umbrella/lists/aipol_default_block.json").read_text()
    assert lists
    code, out, _ = run(*CLAUDE, "--group", "finance", "--site", "paris")
    assert (code, "Let through by umbrella" in out) == (0, True)
    code, _, err = run(*CLAUDE, "--source", "10.20.0.5", "--site", "paris")
    assert (code, "10.20.0.5 is bound at `berlin`, and `umbrella` is one for all sites" in err) == (
        2,
        True,
    )


@pytest.mark.parametrize("verb", [("coverage",), CLAUDE, ("compile",)])
def test_what_cannot_be_written_is_not_told_of(verb: tuple[str, ...], run: Run) -> None:
    """Addresses that two sites give to different people, in an account for both of them."""
    Path("policy/ai-usage.yaml").write_text(
        POLICY.replace("  squid: {}\n", "  umbrella: {}\n"), encoding="utf-8"
    )
    day = () if verb == CLAUDE else DAY
    Path("policy/sites.yaml").write_text(SITES.replace("    targets: {squid", "    # {squid"))
    code, out, err = run(*verb, *day)
    assert (code, "AIP406" in out + err) == (1, True)
    assert "nforced" not in out


@pytest.mark.parametrize(
    ("address", "told"),
    [("::ffff:10.20.0.5", "write 10.20.0.5"), ("fe80::1%eth0", "has a scope")],
)
def test_an_address_that_nothing_sends_is_no_source(address: str, told: str, run: Run) -> None:
    """IPv4 clients are known by their IPv4 address, and a scope is one machine's."""
    code, _, err = run(*CLAUDE, "--source", address, "--site", "berlin")
    assert (code, told in err) == (2, True)


def test_a_network_with_a_scope_is_none(run: Run) -> None:
    """Whatever stands behind the percent sign, and at the line where it is."""
    Path("policy/sites.yaml").write_text(SITES.replace("10.20.0.0/24", '"fe80::%eth0/64"', 1))
    code, out, err = run("check")
    assert (code, "AIP110" in out + err, "has a scope" in out + err) == (1, True, True)
