"""`aipol schema`: print the JSON Schema of the policy language, or of a catalogue's files."""

from __future__ import annotations

import json
from typing import Any

import click

from aipol.cli.app import CLEAN

_HELP = """Print the JSON Schema of the policy language, for completion in an editor.

`aipol init` writes it beside the policy, whose first line names it. After an update of aipol:

\b
  aipol schema > policy/ai-usage.schema.json

OF is `policy`, `sites`, which is the inventory that `network.inventory` names, or what a file of
the catalogue holds: `apps`, `protected`, `sources` and so on.
"""


POLICY, SITES = "policy", "sites"


@click.command("schema", help=_HELP)
@click.argument("of", default=POLICY, metavar="[OF]")
def command(of: str) -> int:
    """Print the JSON Schema of the policy language, or of a catalogue's files."""
    click.echo(as_text(of), nl=False)
    return CLEAN


def as_text(of: str) -> str:
    """The schema as it is printed, and as it stands beside a policy."""
    known = {POLICY: _policy, SITES: _sites}
    schema = known[of]() if of in known else _catalogue(of)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _policy() -> dict[str, Any]:
    from aipol.cli.composition import all_targets
    from aipol.language.schema import policy_schema

    settings = {target.id: target.settings.model_json_schema() for target in all_targets()}
    return policy_schema(settings)


def _sites() -> dict[str, Any]:
    from aipol.cli.composition import all_targets
    from aipol.language.schema import inventory_schema
    from aipol.sites import has_sites

    sited = filter(has_sites, all_targets())
    return inventory_schema({target.id: target.settings.model_json_schema() for target in sited})


def _catalogue(of: str) -> dict[str, Any]:
    from aipol.catalogue.schema import apps_schema, names, special_schema
    from aipol.language.words import suggest

    known = (POLICY, SITES, *names())
    if of not in known:
        raise click.UsageError(f"no schema of `{of}`; {suggest(of, known)}")
    return apps_schema() if of == "apps" else special_schema(of)
