"""What a block of one AI app must not take with it, as the shipped catalogue says."""

from __future__ import annotations

import pytest

from aipol.catalogue.load import load_catalogue
from aipol.catalogue.model import Use

HELD = {
    ("gemini-code-assist", "cloudaicompanion.googleapis.com"),
    ("google-labs-flow", "aisandbox-pa.googleapis.com"),
}


@pytest.mark.parametrize(("app", "host"), sorted(HELD))
def test_a_host_behind_several_products_stays_open(app: str, host: str) -> None:
    """It says whose sake it is for."""
    (row,) = [row for row in load_catalogue().app(app).domains if row.domain == host]
    assert row.shared
    assert row.serves


def test_a_file_name_of_another_vendors_service_does_not_stop_a_program() -> None:
    """`lms.exe` is a service of Intel's as well: it only narrows another identifier."""
    rows = {row.value: row.use for row in load_catalogue().app("lm-studio").windows}
    assert rows["lms.exe"] is Use.NARROW


def test_bedrock_is_known_in_more_than_one_region() -> None:
    """Every host of AWS's own list is there, each by its name and none by a pattern."""
    hosts = {row.domain for row in load_catalogue().app("amazon-bedrock").domains}
    assert {
        "bedrock-runtime.us-east-1.amazonaws.com",
        "bedrock-runtime.eu-central-1.amazonaws.com",
        "bedrock-runtime.ap-southeast-2.amazonaws.com",
        "bedrock-runtime-fips.us-west-2.amazonaws.com",
    } <= hosts
    assert len(hosts) >= 25
