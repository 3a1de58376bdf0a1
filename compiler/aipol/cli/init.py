"""`aipol init`: write a policy to start from."""

from __future__ import annotations

from pathlib import Path

import click

from aipol.cli.app import CLEAN
from aipol.cli.options import DEFAULT_POLICY
from aipol.cli.replacing import write_atomically

STARTER = """\
# yaml-language-server: $schema=ai-usage.schema.json
## Who may use which AI app, how, and with which data.
##
##   aipol check      says what is wrong with this file
##   aipol rule CODE  explains a finding
##
## The first line lets an editor complete and check this file. Other lines that begin with one #
## are examples: take `# ` away from each line of one to use it.
version: 1

organization:
  name: Acme Ltd
  ## Reversed domain name: the prefix of every profile and object that is written.
  identifier: com.acme
  contacts: {security: secops@acme.example}

## People, named once. Give each group the identity it has on your platforms: `jamf` the name of a
## computer group, `entra` the object id of a group, `networks` the addresses its devices come from.
groups:
  # finance:
  #   jamf: Finance Macs
  #   networks: [10.20.0.0/24]
  everyone: {all: true}

## From least to most sensitive.
data_classes:
  - {id: public}
  - {id: internal}
  - {id: confidential}

## The first rule that matches decides. A listed app that none matches is blocked: to block only
## some, end with a rule that allows `apps: ["*"]`.
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

## AI that the catalogue does not know.
unlisted_ai: block

## Accounts that must never be locked out.
protected: [breakglass@acme.example]

## Exceptions come before the rules, and end. This one is for the group above.
# exceptions:
#   - id: rfp
#     apps: [claude]
#     groups: [finance]
#     effect: allow
#     until: 2027-01-31
#     owner: cfo@acme.example
#     reason: RFP 88

## What you own, needed to compile. `aipol targets` lists what there is, `aipol targets NAME`
## says what one must be told.
# targets:
#   lists: {outputs: [domains]}

## Questions with the answers they must get.
tests:
  - {app: m365-copilot, expect: allow, account: corporate}
  - {app: deepseek, expect: block}
"""


@click.command("init")
@click.argument("directory", default=".", type=click.Path(file_okay=False))
@click.option("--force", is_flag=True, help="Replace a policy that is already there.")
def command(directory: str, *, force: bool) -> int:
    """Write a small policy with comments to DIRECTORY/policy/ai-usage.yaml.

    Its JSON Schema is written beside it, for completion in an editor.
    """
    from aipol.cli.schema import POLICY, as_text

    file = Path(directory) / DEFAULT_POLICY
    if file.exists() and not force:
        raise click.ClickException(f"`{file}` is there already; --force replaces it")
    _write(file.with_suffix(".schema.json"), as_text(POLICY))
    _write(file, STARTER)
    about = "" if file == Path(DEFAULT_POLICY) else f" {file}"
    click.echo(f"{file}: written; now: aipol check{about}")
    click.echo(f"then take `# ` away from the lines of `targets:`, and: aipol compile{about}")
    return CLEAN


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, text.encode())
    except OSError as error:
        why = (error.strerror or "it cannot be written").lower()
        raise click.ClickException(f"cannot write `{file}`: {why}") from error
