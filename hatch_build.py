"""Turns the catalogue's YAML into the derived form that the wheel and an editable install read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface[Any]):
    """Hatchling calls it for the wheel and for an editable install alike."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the derived form; a fault in the catalogue stops the build."""
        if version == "standard":
            # An editable install reads the checkout; a copy beside it would only go stale.
            build_data["force_include"] |= {
                "policy/catalogue": "aipol/catalogue/data",
                "docs/rules": "aipol/docs/rules",
            }
        compiler = Path(self.root) / "compiler"
        # The package is not installed yet: this is the step that installs it.
        sys.path.insert(0, str(compiler))
        try:
            from aipol.catalogue.derive import derive

            content = derive(Path(self.root) / "policy" / "catalogue")
        finally:
            sys.path.remove(str(compiler))
        (compiler / "aipol" / "catalogue" / "_derived.json").write_bytes(content)
