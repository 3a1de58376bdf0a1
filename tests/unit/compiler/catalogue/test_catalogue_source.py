"""Where a fact was read, taken apart."""

from __future__ import annotations

import pytest

from aipol.catalogue.source import Kind, Source, parse

FORMS = {
    "v2fly/domain-list-community:data/openai@c975cce": Source(
        Kind.REPOSITORY, "v2fly/domain-list-community", "data/openai", "c975cce"
    ),
    "a/b:c d.rb (via e/f@0123abc) (zap path)": Source(
        Kind.REPOSITORY, "a/b", "c d.rb", "", ("via e/f@0123abc", "zap path")
    ),
    "a/b:Casks/devin@next.rb": Source(Kind.REPOSITORY, "a/b", "Casks/devin@next.rb"),
    "a/b@0123abc (exports)": Source(Kind.REPOSITORY, "a/b", "", "0123abc", ("exports",)),
    "a/b (via c/d:index.csv@0123abc)": Source(
        Kind.REPOSITORY, "a/b", "", "", ("via c/d:index.csv@0123abc",)
    ),
    "page:docs.acme.example/network?a=1 (copy)": Source(
        Kind.PAGE, "docs.acme.example", "/network?a=1", "", ("copy",)
    ),
    "page:acme.example": Source(Kind.PAGE, "acme.example"),
    "public-code:123": Source(Kind.PUBLIC_CODE, "123"),
    "catalogue:gemini.google.com": Source(Kind.CATALOGUE, "gemini.google.com"),
    "own: seen in proxy logs": Source(Kind.OWN, "seen in proxy logs"),
}


@pytest.mark.parametrize(("text", "parts"), FORMS.items())
def test_each_form_is_taken_apart(text: str, parts: Source) -> None:
    """Repository, path, commit and remarks are told apart."""
    assert parse(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I looked it up",
        "a/b",
        "a/b:",
        "https://acme.example/x",
        "page:Acme.example/x",
        "page:acme.example and more",
        "public-code:12a",
        "public-code:1; agrees with 2",
        "a/b:path (unclosed",
        "own:",
        "own: ",
        "page:acme.example\nnext",
    ],
)
def test_anything_else_is_no_source(text: str) -> None:
    """A free text is not taken for a place."""
    assert parse(text) is None


def test_what_is_registered_is_the_repository_or_the_site() -> None:
    """Every file of a repository shares its line in the register; unknown places have none."""
    names = {text: found.registered_as for text in FORMS if (found := parse(text))}
    assert names["a/b:Casks/devin@next.rb"] == "a/b"
    assert names["page:docs.acme.example/network?a=1 (copy)"] == "page:docs.acme.example"
    assert names["public-code:123"] is None
    assert names["own: seen in proxy logs"] is None
