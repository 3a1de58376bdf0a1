"""What the README of the target tells people to copy works as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

import aipol_targets.dns
from aipol_targets.dns.settings import DnsSettings

README = Path(aipol_targets.dns.__file__).with_name("README.md").read_text(encoding="utf-8")


def test_the_line_to_copy_is_a_setting() -> None:
    """The block under `targets:` passes as settings of the target."""
    (block,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    written = yaml.safe_load(block)["targets"]["dns"]
    assert DnsSettings.model_validate(written).outputs == ("unbound",)
