"""`aipol init`: write a policy to start from."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click

from aipol.cli.app import CLEAN
from aipol.cli.options import DEFAULT_POLICY
from aipol.cli.replacing import write_atomically
from aipol.cli.upstream import MAIN, merged_into, repository

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


CI: dict[str, str] = {
    "github": ".github/workflows/ai-policy.yml",
    "gitlab": ".gitlab-ci.yml",
    "azure": "azure-pipelines.yml",
    "pre-commit": ".pre-commit-config.yaml",
}
"""Where each service looks for what it is to do."""


@click.command("init")
@click.argument("directory", default=".", type=click.Path(file_okay=False))
@click.option(
    "--ci",
    "services",
    type=click.Choice(list(CI)),
    multiple=True,
    help="Instead, write what has this service check, review and apply the policy.",
)
@click.option("--force", is_flag=True, help="Replace a file that is already there.")
@click.option("--stdout", is_flag=True, help="With --ci, print what would be written instead.")
def command(directory: str, services: tuple[str, ...], *, force: bool, stdout: bool) -> int:
    """Write a small policy with comments to DIRECTORY/policy/ai-usage.yaml.

    Its JSON Schema is written beside it, for completion in an editor. With --ci, the policy is left
    as it is, and the file that the service reads is written; its first lines say how to set it up.
    """
    if stdout and len(services) != 1:
        raise click.UsageError("`--stdout` prints the file of one `--ci SERVICE`")
    if stdout:
        click.echo(template(services[0], merged_into(Path(directory))), nl=False)
        return CLEAN
    if services:
        return _services(Path(directory), services, force=force)
    return _policy(Path(directory), force=force)


def _policy(directory: Path, *, force: bool) -> int:
    from aipol.cli.schema import POLICY, as_text

    file = directory / DEFAULT_POLICY
    _free(file, force=force)
    _write(file.with_suffix(".schema.json"), as_text(POLICY))
    _write(file, STARTER)
    about = "" if file == Path(DEFAULT_POLICY) else f" {file}"
    click.echo(f"{file}: written; now: aipol check{about}")
    click.echo(f"then take `# ` away from the lines of `targets:`, and: aipol compile{about}")
    return CLEAN


def _services(directory: Path, services: tuple[str, ...], *, force: bool) -> int:
    from aipol.cli import output

    _at_the_top(directory, services)
    branch = merged_into(directory)
    files = {directory / CI[name]: (name, template(name, branch)) for name in services}
    for file, (name, _) in files.items():
        _free(file, force=force, instead=f"`aipol init --ci {name} --stdout` prints what to add")
    for file, (_, text) in files.items():
        _write(file, text)
        click.echo(f"{file}: written; its first lines say what is left to set up")
    if not (directory / DEFAULT_POLICY).exists():
        output.remark(
            f"there is no `{directory / DEFAULT_POLICY}` yet, which these files name: `aipol init` "
            "writes one; where the policy is another file, change the name in them"
        )
    return CLEAN


def _at_the_top(directory: Path, services: tuple[str, ...]) -> None:
    """Wrong usage where no service would find the file: below the top of a repository."""
    top = repository(directory)
    if top is not None and top != directory.resolve():
        again = shlex.join(("aipol", "init", *(f"--ci={name}" for name in services), str(top)))
        raise click.ClickException(
            f"`{directory}` is below the top of its repository, where {_listed(services)} "
            f"would not look: `{again}`, and then name the policy's place in the file"
        )


def _listed(services: tuple[str, ...]) -> str:
    """The services, for a sentence."""
    from aipol.language.words import enumerated

    return enumerated(list(dict.fromkeys(services)), "or")


def template(service: str, branch: str = MAIN) -> str:
    """What a service is told to do, once something is merged into the branch."""
    from importlib.resources import files

    text = files("aipol.templates").joinpath(f"{service}.yaml").read_text(encoding="utf-8")
    # The word alone: GitLab has variables with it in their names.
    return re.sub(r"\bBRANCH\b", lambda _: branch, text)


def _free(file: Path, *, force: bool, instead: str = "") -> None:
    if file.exists() and not force:
        other = f"{instead}; " if instead else ""
        raise click.ClickException(f"`{file}` is there already; {other}--force replaces it")


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, text.encode())
    except OSError as error:
        why = (error.strerror or "it cannot be written").lower()
        raise click.ClickException(f"cannot write `{file}`: {why}") from error
