"""What `targets.purview` accepts, and names at their longest."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from aipol.cli.app import main
from aipol.remote import Mark
from aipol.scoping import Scope
from aipol_targets.purview.facts import APPLICATION, COMMENT_LENGTH, NAME_LENGTH, Carrier
from aipol_targets.purview.model import DlpModel, DlpPolicy, LimitedApp
from aipol_targets.purview.settings import PurviewSettings
from aipol_targets.purview.shape import marked, policy_key, rule_name


@pytest.mark.parametrize(
    "wrong",
    [
        {"mod": "test"},
        {"mode": "Enable"},
        {"mode": True},
        {"licence": "E5"},
        {"info_types": {"Acme Badge": "not a guid"}},
        {"info_types": {"": "11111111-2222-4333-8444-555555555555"}},
        {"info_types": {"a\nb": "11111111-2222-4333-8444-555555555555"}},
        {"asking_apps": "acme-gpt"},
        {"asking_apps": ["Acme GPT"]},
    ],
)
def test_a_wrong_setting_is_refused(wrong: dict[str, Any]) -> None:
    """Unknown keys, wrong values and wrong types are errors."""
    with pytest.raises(ValidationError):
        PurviewSettings(**wrong)


def test_a_list_from_yaml_is_taken() -> None:
    """Apps are written as a list."""
    assert PurviewSettings(asking_apps=["acme-gpt"]).asking_apps == ("acme-gpt",)  # type: ignore[arg-type]


def test_the_longest_names_fit() -> None:
    """The longest app id and organisation stay within the vendor's limits."""
    app = LimitedApp("a" * 63, "A", APPLICATION, "0" * 36, APPLICATION.carriers)
    policy = DlpPolicy(app, Scope((), (), everyone=True), (), (), ())
    model = DlpModel("o" * 155, "Enable", "Medium", (), (policy,), ())
    assert all(len(rule_name(model, policy, c)) <= NAME_LENGTH.value for c in Carrier)
    mark = Mark(f"{policy_key(model, policy)}/items", "0" * 16)
    assert len(marked({"Name": "n"}, mark)["Comment"]) <= COMMENT_LENGTH.value


def test_how_it_is_installed_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Aipol writes on Windows alone; elsewhere a person does."""
    assert main(["targets", "purview"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "by `aipol apply` on Windows, elsewhere by hand: see its README" in told
