"""What the lint says about hosts: the whole sentence, its place, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aipol.catalogue.lint import lint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

Rows = tuple[str, ...]
Faults = list[str]

SOURCED = "source: page:acme.example, tier: A"


def rest(row: str) -> str:
    """What every row must say: its source, and what a shared one serves."""
    return f"serves: mail, {SOURCED}" if "shared: true" in row else SOURCED


def chat(one: Rows, two: Rows) -> str:
    """Two apps with these hosts; the first row of the first is in line 7."""
    entries: list[str] = []
    for name, rows in (("one", one), ("two", two)):
        head = (
            f"{name}:\n  name: N\n  vendor: acme-labs\n  kind: chat\n  source: page:acme.example\n"
        )
        hosts = "".join(f"    - {{domain: {row}, role: ui, {rest(row)}}}\n" for row in rows)
        entries.append(f"{head}  domains:\n{hosts}")
    return "".join(entries)


@pytest.fixture
def faults(catalogue: Path) -> Callable[..., Faults]:
    """What the lint says of two apps with these hosts, beside other special files."""

    def found(one: Rows, two: Rows = ("two.example, match: exact",), **files: str) -> Faults:
        texts = {"chat": chat(one, two), "gaps": GAPS, **files}
        for name, text in texts.items():
            (catalogue / f"{name}.yaml").write_text(text, encoding="utf-8")
        return [str(fault) for fault in lint(catalogue)]

    return found


GAPS = "- {app: one, what: host, sought: its API, looked: 2026-11}\n"
PLATFORM = "- {{suffix: {}, source: page:acme.example}}\n"
PROTECTED = (
    "acme:\n  - {{host: {}, match: {}, purpose: update, source: page:acme.example, tier: A}}\n"
)
COMMON = "- {{host: {}, match: {}, kind: cdn, serves: fonts, source: page:acme.example, tier: A}}\n"

NO_NAME = "is not a host name: it has a character, or an `xn--` label, that no host name can have"
AN_ADDRESS = "is not a host name: it is an address, or would be read as one"
ANYBODYS = (
    "is a public suffix, below which anybody may register: say `shared: true`, "
    "or `own_suffix: true` where all below it is this app's"
)
SAY = ": say `shared: true`"
INSIDE = "is inside `a.example`, which is `one`'s own: leave `shared` out"

# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a.example, match: exact", []),
        ("xn--mller-kva.example, match: exact", []),
        (
            "xn--zzzzzz.example, match: exact",
            [f"chat.yaml:7:8: `xn--zzzzzz.example` {NO_NAME}"],
        ),
        (
            "xn--faa.example, match: exact",
            [f"chat.yaml:7:8: `xn--faa.example` {NO_NAME}"],
        ),
        (
            "a.0x10, match: exact",
            [f"chat.yaml:7:8: `a.0x10` {AN_ADDRESS}"],
        ),
        ("github.io, match: exact", []),
        ("github.io, match: subtree, own_suffix: true", []),
        ("github.io, match: children, shared: true", []),
        (
            "github.io, match: children",
            [f"chat.yaml:7:8: `github.io` {ANYBODYS}"],
        ),
        (
            "xn--55qx5d.cn, match: subtree",
            [f"chat.yaml:7:8: `xn--55qx5d.cn` {ANYBODYS}"],
        ),
        (
            "a.example, match: subtree, own_suffix: true",
            ["chat.yaml:7:43: `a.example` is no public suffix: leave `own_suffix` out"],
        ),
        (
            "github.io, match: exact, own_suffix: true",
            ["chat.yaml:7:41: `github.io` is meant alone: leave `own_suffix` out"],
        ),
        (
            "a.example, match: subtree, shared: true, own_suffix: true",
            ["chat.yaml:7:57: `a.example` is no public suffix: leave `own_suffix` out"],
        ),
    ],
)
def test_a_host_is_a_name_that_somebody_owns(
    faults: Callable[..., Faults], row: str, said: Faults
) -> None:
    """No suffix below which anybody may register, unless the row says how that can be."""
    assert faults((row,)) == said


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"protected": PROTECTED.format("xn--zzzzzz.example", "exact")},
            [f"protected.yaml:2:6: `xn--zzzzzz.example` {NO_NAME}"],
        ),
        (
            {"common_hosts": COMMON.format("xn--zzzzzz.example", "exact")},
            [f"common_hosts.yaml:1:4: `xn--zzzzzz.example` {NO_NAME}"],
        ),
    ],
)
def test_special_hosts_are_names_too(
    faults: Callable[..., Faults], files: Mapping[str, str], said: Faults
) -> None:
    """What must never be blocked, and what is nobody's own, is checked in its own file."""
    assert faults(("a.example, match: subtree",), **files) == said


# --- hosts that are not an app's own --------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "files", "said"),
    [
        (
            "a.example, match: subtree",
            {"protected": ("mdm.a.example", "exact")},
            [f"chat.yaml:7:7: `a.example` overlaps the protected host `mdm.a.example`{SAY}"],
        ),
        (
            "a.example, match: subtree",
            {"common_hosts": ("a.example", "exact")},
            [f"chat.yaml:7:7: `a.example` overlaps the common host `a.example`{SAY}"],
        ),
        ("a.example, match: exact", {"common_hosts": ("a.example", "children")}, []),
        ("a.example, match: subtree, shared: true", {"protected": ("a.example", "exact")}, []),
        (
            "a.example, match: subtree",
            {"shared_platforms": ("a.example",)},
            [f"chat.yaml:7:7: `a.example` is a platform of many services{SAY}"],
        ),
        (
            "a.example, match: children",
            {"shared_platforms": ("b.a.example",)},
            [f"chat.yaml:7:7: `a.example` is a platform of many services{SAY}"],
        ),
        ("a.example, match: exact", {"shared_platforms": ("a.example",)}, []),
        ("b.a.example, match: subtree", {"shared_platforms": ("a.example",)}, []),
        ("a.example, match: subtree, shared: true", {"shared_platforms": ("a.example",)}, []),
    ],
)
def test_an_app_owns_no_host_of_everybody(
    faults: Callable[..., Faults], row: str, files: Mapping[str, tuple[str, ...]], said: Faults
) -> None:
    """A protected or common host, or a platform, is shared or is not reached."""
    forms = {"protected": PROTECTED, "common_hosts": COMMON, "shared_platforms": PLATFORM}
    written = {name: forms[name].format(*values) for name, values in files.items()}
    assert faults((row,), **written) == said


def test_one_platform_of_several_is_enough(faults: Callable[..., Faults]) -> None:
    """The other platforms need not be reached."""
    platforms = PLATFORM.format("other.example") + PLATFORM.format("a.example")
    assert faults(("a.example, match: subtree",), shared_platforms=platforms) == [
        f"chat.yaml:7:7: `a.example` is a platform of many services{SAY}"
    ]


@pytest.mark.parametrize(
    ("host", "match", "said"),
    [
        (
            "mdm.acme.example",
            "exact",
            ["common_hosts.yaml:1:4: `mdm.acme.example` is protected already"],
        ),
        ("mdm.acme.example", "subtree", []),
        ("cdn.example", "exact", []),
    ],
)
def test_a_common_host_is_not_protected_as_well(
    faults: Callable[..., Faults], host: str, match: str, said: Faults
) -> None:
    """The same host with the same reach stands in one of the two files."""
    files = {"common_hosts": COMMON.format(host, match)}
    assert faults(("a.example, match: subtree",), **files) == said


def test_first_layout_has_no_common_hosts(catalogue: Path) -> None:
    """A catalogue of the first layout is clean without the files that came later."""
    index = catalogue / "index.yaml"
    index.write_text(index.read_text(encoding="utf-8").replace("schema: 2", "schema: 1"))
    for name in ("common_hosts", "gaps", "teams"):
        (catalogue / f"{name}.yaml").unlink()
    assert lint(catalogue) == ()


# --- between two apps -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        ("a.example, match: exact", "a.example, match: exact", []),
        (
            "a.example, match: exact",
            "a.example, match: subtree",
            ["chat.yaml:14:27: `match` of `a.example` is not the same for `one`"],
        ),
        (
            "a.example, match: exact",
            "a.example, match: exact, shared: true",
            ["chat.yaml:14:41: `shared` of `a.example` is not the same for `one`"],
        ),
        ("a.example, match: exact, shared: true", "a.example, match: exact, shared: true", []),
    ],
)
def test_two_apps_say_the_same_of_a_host(
    faults: Callable[..., Faults], one: str, two: str, said: Faults
) -> None:
    """Whether it is shared and how far it reaches, for a list has one row for both."""
    assert faults((one,), (two,)) == said


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        (
            ("a.example, match: subtree",),
            ("b.a.example, match: exact, shared: true",),
            [f"chat.yaml:14:43: `b.a.example` {INSIDE}"],
        ),
        (
            ("a.example, match: children",),
            ("c.b.a.example, match: exact, shared: true",),
            [f"chat.yaml:14:45: `c.b.a.example` {INSIDE}"],
        ),
        (("a.example, match: exact",), ("b.a.example, match: exact, shared: true",), []),
        (("a.example, match: subtree",), ("b.a.example, match: exact",), []),
        (
            ("a.example, match: subtree, shared: true",),
            ("b.a.example, match: exact, shared: true",),
            [],
        ),
        (("a.example, match: subtree", "b.a.example, match: exact, shared: true"), (), []),
    ],
)
def test_a_shared_host_opens_no_other_apps_own(
    faults: Callable[..., Faults], one: Rows, two: Rows, said: Faults
) -> None:
    """Inside a host that a rule about another app blocks, nothing may be left open."""
    assert faults(one, two or ("two.example, match: exact",)) == said


def test_a_marketing_site_is_no_apps_own(faults: Callable[..., Faults], catalogue: Path) -> None:
    """The vendor's public site is not blocked with the app: a shared host below opens nothing."""
    assert faults(("a.example, match: subtree",), ("b.a.example, match: exact, shared: true",))
    path = catalogue / "chat.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("role: ui", "role: marketing", 1), encoding="utf-8")
    assert lint(catalogue) == ()


# --- addresses ------------------------------------------------------------------------------------

KEPT = "chat.yaml:9:8: `https://kept.example/part`"
URL = "  urls:\n    - {{url: {}, role: ui, source: page:acme.example, tier: A}}\n"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://site.example/part/", []),
        (
            "https://site.example/",
            ["chat.yaml:9:8: `https://site.example/` is not an address of an app: it has no path"],
        ),
        (
            "https://kept.example/part",
            [
                f"{KEPT} is on the protected host `kept.example`: leave it out",
            ],
        ),
    ],
)
def test_an_address_is_a_part_of_a_site_that_may_be_denied(
    faults: Callable[..., Faults], url: str, said: Faults
) -> None:
    """With a path, and not on a host that nothing may block."""
    text = chat(("a.example, match: exact",), ("two.example, match: exact",))
    head, mark, rest_of = text.partition("two:")
    found = faults(
        (),
        chat=f"{head}{URL.format(url)}{mark}{rest_of}",
        protected=PROTECTED.format("kept.example", "exact"),
    )
    assert found == said
