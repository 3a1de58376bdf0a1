"""Works out what a list does to all of an app's hosts alike, once for each list and app."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from aipol.claims import Claim, alike
from aipol.domains import HostTrie
from aipol.hosts import names_meant
from aipol.vocabulary import Effect

_Claims = tuple[Claim, ...]
# By identity: surfaces with the same hosts share one tuple of claims. It is kept with what was
# found, so that no other can take its place.
_KNOWN: WeakKeyDictionary[HostTrie, dict[int, tuple[_Claims, Effect | None]]] = WeakKeyDictionary()


def uniform(trie: HostTrie, claims: _Claims) -> Effect | None:
    """The effect on all that is claimed; None where there are two, or a part of a host is meant."""
    known = _KNOWN.setdefault(trie, {})
    if id(claims) not in known:
        known[id(claims)] = (claims, _effect(trie, claims))
    return known[id(claims)][1]


def _effect(trie: HostTrie, claims: _Claims) -> Effect | None:
    if any(claim.address for claim in claims):
        return None
    if not trie.minimal():
        return Effect.ALLOW
    answers: set[bool] = set()
    for each in alike(claims):
        answers |= trie.answers(names_meant(each))
        if len(answers) > 1:
            return None
    return Effect.BLOCK if True in answers else Effect.ALLOW
