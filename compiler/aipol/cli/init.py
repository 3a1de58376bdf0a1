"""`aipol init`: write a policy to start from."""

from __future__ import annotations

from pathlib import Path

import click

from aipol.cli.app import CLEAN
from aipol.cli.options import DEFAULT_POLICY
from aipol.cli.replacing import write_atomically

STARTER = """\
# Who may use which AI app, how, and with which data.
#
#   aipol check      says what is wrong with this file
#   aipol rule CODE  explains a finding
#   aipol schema     prints a JSON Schema, for completion in an editor
version: 1

organization:
  name: Acme Ltd
  # Reversed domain name: the prefix of every profile and object that is written.
  identifier: com.acme
  contacts: {security: secops@acme.example}

# People, named once. Give each group the identity it has on your platforms:
#   finance:
#     entra: 3f0c9a52-7d1e-4b86-a2f4-5c1e8a20e7f1
#     jamf: Finance Macs
#     networks: [10.20.0.0/24]
groups:
  everyone: {all: true}

# From least to most sensitive.
data_classes:
  - {id: public}
  - {id: internal}
  - {id: confidential}

# The first rule that matches decides.
rules:
  - id: copilot
    apps: [m365-copilot]
    groups: [everyone]
    effect: allow
    require: {sso: true, data: {max: internal}}

  - id: everything-else
    apps: ["*"]
    groups: [everyone]
    effect: block
    redirect_to: m365-copilot
    message: Use Microsoft 365 Copilot; ask secops@acme.example for an exception.

# AI that the catalogue does not know.
unlisted_ai: block

# Accounts that must never be locked out.
protected: [breakglass@acme.example]

# Exceptions come before the rules, and end:
#   exceptions:
#     - id: rfp
#       apps: [claude]
#       groups: [finance]
#       effect: allow
#       until: 2027-01-31
#       owner: cfo@acme.example
#       reason: RFP 88

# What you own, needed to compile; `aipol targets` lists what there is:
#   targets:
#     egress: {outputs: [domains]}
#     intune: {tenant: 0f3b6a1e-52c4-4b8e-9d07-3c1f5a7e2b90, mode: report-only}

# Questions with the answers they must get.
tests:
  - {app: m365-copilot, expect: allow, account: corporate}
  - {app: deepseek, expect: block}
"""


@click.command("init")
@click.argument("directory", default=".", type=click.Path(file_okay=False))
@click.option("--force", is_flag=True, help="Replace a policy that is already there.")
def command(directory: str, *, force: bool) -> int:
    """Write a small policy with comments to DIRECTORY/policy/ai-usage.yaml."""
    file = Path(directory) / DEFAULT_POLICY
    if file.exists() and not force:
        raise click.ClickException(f"`{file}` is there already; --force replaces it")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, STARTER.encode())
    except OSError as error:
        why = (error.strerror or "it cannot be written").lower()
        raise click.ClickException(f"cannot write `{file}`: {why}") from error
    about = "" if file == Path(DEFAULT_POLICY) else f" {file}"
    click.echo(f"{file}: written; now: aipol check{about}")
    click.echo("then uncomment `targets:` in it, and: aipol compile" + about)
    return CLEAN
