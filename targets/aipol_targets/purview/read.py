"""Read Purview's JSON back into a decider: what data an app gets from whom."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from aipol.target import Answer, Kind, Question, UnreadableArtifact
from aipol.vocabulary import Effect
from aipol_targets.purview.read_index import INDEX, Index, read_index
from aipol_targets.purview.read_package import PACKAGE, check_package
from aipol_targets.purview.read_policies import POLICIES, ReadPolicy, read_policies
from aipol_targets.purview.read_rules import RULES, Content, ReadRule, read_rules

# The scripts are the same for every policy: anything else in their place is not ours to vouch for.
SCRIPTS = {
    "apply-dlp.ps1": "321aee61b11b1682b7fc610fbee5aef93fe0c0e743630d391ec990b61aeea330",
    "export-dlp.ps1": "7e09f7e7807a5b67f3d205d6c63a8bcc7f322d9715c5e874fc28ed9e159b159e",
}

_CLIENTS = ("items", "text")
_BLOCKING = "Enable"


@dataclass(frozen=True, slots=True)
class PurviewDecider:
    """Decides as Purview would: policies add up, and only `Enable` blocks."""

    index: Index
    policies: tuple[ReadPolicy, ...]
    rules: tuple[ReadRule, ...]

    def clients(self, kind: Kind) -> tuple[str, ...]:
        """Data reaches an app in files and mails it reads, or as text."""
        return _CLIENTS if kind is Kind.DATA else ()

    def view(self, identity: frozenset[str], kind: Kind) -> Hashable:  # noqa: ARG002  (only data)
        """The policies that a person is in."""
        return frozenset(policy.name for policy in self.policies if policy.applies(identity))

    def decide(self, question: Question) -> Answer:
        """Block when each mark of the class, on its own, is blocked."""
        app, _, data_class = question.value.rpartition("/")
        if question.kind is not Kind.DATA or app not in self.index.apps:
            return Answer(None)
        contents = self.index.contents(data_class, question.client)
        if contents is None:
            return Answer(None)
        found = [self._blocked_by(app, content, question.identity) for content in contents]
        rules = [rule for rule in found if rule is not None]
        if not rules or len(rules) < len(found):
            return Answer(Effect.ALLOW, f"purview/{POLICIES}")
        return Answer(Effect.BLOCK, f"purview/{RULES}", rules[0].locator, rules[0].name)

    def mentions(self) -> Iterable[tuple[Kind, str]]:
        """Every app and data class the index names."""
        return tuple(
            (Kind.DATA, f"{app}/{data_class}")
            for app in self.index.apps
            for data_class in self.index.classes
        )

    def groups(self) -> Iterable[str]:
        """Every group that a policy includes or excludes."""
        for policy in self.policies:
            yield from (*(policy.include or ()), *policy.exclude)

    def _blocked_by(self, app: str, content: Content, identity: frozenset[str]) -> ReadRule | None:
        acting = {
            policy.name
            for policy in self.policies
            if policy.app == app and policy.mode == _BLOCKING and policy.applies(identity)
        }
        return next(
            (rule for rule in self.rules if rule.policy in acting and rule.blocks(content)), None
        )


def read(files: Mapping[str, bytes]) -> PurviewDecider:
    """The decider behind the files; raises UnreadableArtifact for what it cannot account for."""
    for path in files:
        if path not in (*SCRIPTS, INDEX, POLICIES, RULES, PACKAGE):
            raise UnreadableArtifact(path, "not a file of this target")
    for path in (*SCRIPTS, INDEX, POLICIES, RULES):
        if path not in files:
            raise UnreadableArtifact(path, "missing")
    for path, digest in SCRIPTS.items():
        if hashlib.sha256(files[path]).hexdigest() != digest:
            raise UnreadableArtifact(path, "not the script this version of aipol writes")
    index = read_index(files[INDEX])
    policies = read_policies(files[POLICIES], index)
    rules = read_rules(files[RULES], index, policies)
    check_package(files.get(PACKAGE), rules, index.organization)
    return PurviewDecider(index, policies, rules)
