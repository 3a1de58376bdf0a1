"""What `aipol diff` asks about people and approvals, and what it does with the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from aipol.cli.options import Place

if TYPE_CHECKING:
    from aipol.people import People
    from aipol.people.reading import PeopleRead
    from aipol.review import Review

F = TypeVar("F", bound=Callable[..., Any])


def approval_options(command: F) -> F:
    """The options about people and approvals."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option(
        "--people",
        type=Place(),
        metavar="FILE",
        help="Count people by this CSV (user,groups,devices) or export of a directory (.json).",
    ),
    click.option(
        "--exact-counts", is_flag=True, help="Tell numbers of people below 5 as they are, too."
    ),
    click.option(
        "--require-approvals",
        is_flag=True,
        help="Exit with 1 where an approval that the change needs is not given.",
    ),
    click.option(
        "--new-policy",
        is_flag=True,
        help="With `--require-approvals`: there is no policy before whose approvals count.",
    ),
    click.option(
        "--approved",
        multiple=True,
        metavar="CONTACT",
        help="A contact of the policy who has agreed to the change. May be repeated.",
    ),
)


def prepared(given: dict[str, Any]) -> None:
    """Refuse what cannot be answered before anything is compiled, and read who there is."""
    from aipol.people import people_text

    if given["require_approvals"] and given["chosen"]:
        raise click.UsageError("`--require-approvals` is about all targets: leave `-t` out")
    if given["require_approvals"] and given["live"]:
        raise click.UsageError("`--require-approvals` compares two policies: leave `--live` out")
    if given["people"]:
        text = people_text(given["people"])
        if not isinstance(text, str):
            _unusable(given["people"], text)
        given["people_text"] = text


def _unusable(file: str, found: PeopleRead) -> NoReturn:
    from aipol.cli import output
    from aipol.source import Sources

    output.warnings(found.findings, Sources({}))
    raise click.ClickException(f"`{file}` cannot be used to count people")


def approving(review: Review, given: dict[str, Any]) -> Review:
    """The review with people counted and the approvals that it needs."""
    from aipol.review.approving import compared, with_approvals

    if given["require_approvals"] and not review.of_policies:
        raise click.UsageError("`--require-approvals` compares two policies: name a revision")
    _known_before(review, given)
    change = compared(review)
    if change is not None:
        _unknown(change.contacts, given["approved"])
    people = _people(review, given)
    return with_approvals(review, people, given["approved"])


def _known_before(review: Review, given: dict[str, Any]) -> None:
    """Wrong usage where approvals are required, and those of the policy before are not known.

    A change may have moved the policy, and would be held to nothing but what it says itself.
    """
    there = review.base.opened
    known = there is not None and there.assembled is not None
    if given["new_policy"] and (known or not given["require_approvals"]):
        raise click.UsageError(
            "`--new-policy` goes with `--require-approvals`, and only where there is no policy "
            "before; leave it out"
        )
    if given["require_approvals"] and not known and not given["new_policy"]:
        what = "has errors" if there is not None else "is not there"
        raise click.ClickException(
            f"the policy of `{review.base.name}` {what}, so it is not known which approvals the "
            "change needs; where it is meant to be so, somebody who may says `--new-policy`"
        )


def _unknown(contacts: Mapping[str, frozenset[str]], approved: tuple[str, ...]) -> None:
    """Say who agreed to no purpose: several policies may share one list of approvers."""
    from aipol.cli import output
    from aipol.language.words import suggest

    mails = frozenset[str]().union(*contacts.values())
    for name in approved:
        if name not in contacts and name not in mails:
            hint = suggest(name, contacts)
            said = f"neither policy has a contact `{name}`, whose approval is not counted; {hint}"
            output.remark(said.rstrip("; "))


def _people(review: Review, given: dict[str, Any]) -> People | None:
    """The people in the file, told what is wrong with it. No line of it is quoted anywhere."""
    from aipol.cli import output
    from aipol.people import identities, people_in
    from aipol.source import Sources

    if not given["people"]:
        return None
    irs = [side.ir for side in (review.base, review.new) if side.ir is not None]
    found = people_in(given["people"], given["people_text"], identities(*irs))
    if found.people is None:
        _unusable(given["people"], found)
    output.warnings(found.findings, Sources({}))
    return replace(found.people, least_told=1) if given["exact_counts"] else found.people


def lacking(review: Review, given: dict[str, Any]) -> bool:
    """Whether an approval is required and not given; each is told."""
    from aipol.cli import output
    from aipol.source import Sources

    if not given["require_approvals"]:
        return False
    # A line of the policy before is not one of the text that is quoted.
    quoted = {needed.span for needed in review.required if needed.after}
    for each in review.lacking:
        texts = dict(review.new.texts()) if each.span in quoted else {}
        output.warnings((each,), Sources(texts))
    return bool(review.lacking)
