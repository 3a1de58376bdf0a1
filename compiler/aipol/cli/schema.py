"""`aipol schema`: print the JSON Schema of the policy language."""

from __future__ import annotations

import json

import click

from aipol.cli.app import CLEAN

_HELP = """Print the JSON Schema of the policy language, for completion in an editor.

Write it beside the policy, and name it in the policy's first line:

\b
  aipol schema > policy/ai-usage.schema.json
  # yaml-language-server: $schema=ai-usage.schema.json
"""


@click.command("schema", help=_HELP)
def command() -> int:
    """Print the JSON Schema of the policy language."""
    from aipol.cli.composition import all_targets
    from aipol.language.schema import policy_schema

    settings = {target.id: target.settings.model_json_schema() for target in all_targets()}
    click.echo(json.dumps(policy_schema(settings), indent=2, ensure_ascii=False))
    return CLEAN
