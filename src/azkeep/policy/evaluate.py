"""Every rule on every resource: findings."""

from __future__ import annotations

import hashlib
import json
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from azkeep.model.finding import Finding, Place, Verdict
from azkeep.model.value import Reference, Secret, Unknown, join, split
from azkeep.policy.document import Document
from azkeep.policy.estate import Estate
from azkeep.policy.node import Misplaced
from azkeep.policy.rule import ANY, Rule
from azkeep.policy.truth import Evidence, State, Truth, settle
from azkeep.types import by_arm_type

_VERDICTS = {
    State.TRUE: Verdict.PASS,
    State.FALSE: Verdict.FAIL,
    State.WRONG: Verdict.FAIL,
    State.UNKNOWN: Verdict.UNKNOWN,
    State.NOT_APPLICABLE: Verdict.NOT_APPLICABLE,
}


@dataclass(frozen=True)
class Parameters:
    """Values for rules' parameters: `of_rule` by rule id, `shared` by name for every rule that has it."""

    shared: Mapping[str, Any] = field(default_factory=dict)
    of_rule: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def chosen(self, rule: Rule) -> dict[str, Any]:
        """What differs from the defaults of `rule`."""
        own = self.of_rule.get(rule.id, {})
        return {
            name: own.get(name, self.shared.get(name)) for name in rule.parameters if name in own or name in self.shared
        }


def evaluate(rules: Iterable[Rule], estate: Estate, parameters: Parameters | None = None) -> tuple[Finding, ...]:
    """One finding for each rule and each document that it judges, by rule and then in the estate's order."""
    chosen = parameters or Parameters()
    return tuple(finding for rule in rules for finding in _judged(rule, estate, chosen.chosen(rule)))


def judge(rule: Rule, document: Document, parameters: Mapping[str, Any] | None = None) -> Finding:
    """The finding of one rule on one document; a rule that raises is an ERROR."""
    try:
        truth = settle(lambda: rule.test(document, **(parameters or {})))
        verdict = _VERDICTS[truth.state]
        return _finding(rule, document, verdict, truth)
    except Exception as error:  # whatever a rule raises is a finding about the rule
        return replace(
            _finding(rule, document, Verdict.ERROR, Truth(State.UNKNOWN, (), _raised(rule, document, error))),
            fix=f"Mend {rule.id}; {document.name or 'the resource'} is not judged by it.",
        )


def _raised(rule: Rule, document: Document, error: Exception) -> str:
    """What `rule` raised and at which of its lines. Its words are left out where they could hold a secret."""
    file = Path(rule.test.__code__.co_filename)
    frames = traceback.extract_tb(error.__traceback__)
    at = next((frame for frame in reversed(frames) if frame.filename == str(file)), frames[-1])
    here = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else Path(*file.parts[-2:])
    words = "" if _holds_secrets(document) else f": {error}".rstrip(": ")
    return f"the rule raised {type(error).__name__}{words}\nat {here}:{at.lineno}, in {at.name}"


def _holds_secrets(document: Document) -> bool:
    """True where `document`, or another of its estate, has a value that the program or its type calls secret."""
    return any(_has_secret(masked(each.type, "", each.body)) for each in document.estate.documents)


def _has_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_has_secret(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_has_secret(item) for item in value)
    return isinstance(value, Secret) and bool(value.value)


def _judged(rule: Rule, estate: Estate, parameters: Mapping[str, Any]) -> Iterator[Finding]:
    """Nothing is said of a child inside a parent that the rule judges, too: the parent's verdict holds the child's."""
    for type_ in rule.on:
        for document in estate.documents if type_ == ANY else estate.of_type(type_):
            if document.holder is None or not rule.judges(document.holder):
                yield judge(rule, document, parameters)


def _finding(rule: Rule, document: Document, verdict: Verdict, truth: Truth) -> Finding:
    places = tuple(_place(evidence, document) for evidence in truth.evidence) if verdict is not Verdict.PASS else ()
    default = _plain_path(rule.paths[0]) if rule.paths else ""
    first = places[0] if places else Place(document.id, default)
    return Finding(
        rule=rule.id,
        title=rule.title,
        severity=rule.severity,
        verdict=verdict,
        id=document.id,
        type=document.type,
        name=document.name,
        urn=document.urn,
        path=first.path,
        found=first.found,
        places=places,
        message=truth.reason,
        fix=rule.fix,
        fingerprint=_fingerprint(rule, document, places),
        source=document.source,
    )


def _plain_path(path: str) -> str:
    """The JSON pointer of a dotted path; "" for one with `*` and for one of another type (`Type: path`)."""
    return "" if "*" in path or ":" in path else join(tuple(path.split(".")))


def _place(evidence: Evidence, document: Document) -> Place:
    holder = document.holder or document
    path = evidence.path
    own = join(document.path)
    if evidence.document is holder and own and path.startswith(own):
        path = path[len(own) :]
    id = document.id if evidence.document is holder else evidence.document.id
    return Place(id, path, shown(masked(evidence.document.type, evidence.path, evidence.found)))


def masked(type_: str, path: str, found: Any) -> Any:
    """`found` at `path` of a document of `type_`, with what the type calls secret marked so, whoever wrote it."""
    known = by_arm_type(type_)
    for pointer in known.secrets if known is not None else ():
        found = _hide(found, split(path), split(pointer))
    return found


def _hide(found: Any, at: tuple[str, ...], secret: tuple[str, ...]) -> Any:
    if any(part != "*" and part.casefold() != own.casefold() for own, part in zip(at, secret, strict=False)):
        return found
    below = secret[len(at) :]
    if not below:
        return found if found is None or isinstance(found, Unknown | Reference) else Secret(found)
    if isinstance(found, Mapping):
        return {key: _hide(item, (str(key),), below) for key, item in found.items()}
    return [_hide(item, (str(index),), below) for index, item in enumerate(found)] if isinstance(found, list) else found


def shown(value: Any) -> Any:
    """A value as a reader may see it: JSON, secrets masked, what is not known in words."""
    if isinstance(value, Secret):
        return "[secret]"
    if isinstance(value, Misplaced):
        return shown(value.value)
    if isinstance(value, Unknown):
        return "not known yet"
    if isinstance(value, Reference):
        return f"{value.output or 'an output'} of {value.urn.rsplit('::', 1)[-1]}"
    if isinstance(value, Mapping):
        return {str(key): shown(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [shown(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _fingerprint(rule: Rule, document: Document, places: tuple[Place, ...]) -> str:
    """The same for a declared resource whether its subscription is known or not, and for ids in any letter case."""

    def portable(text: str) -> str:
        own = document.subscription
        return (
            text.casefold().replace(f"/subscriptions/{own}".casefold(), "/subscriptions/-") if own else text.casefold()
        )

    who = portable(document.id) if document.id else document.urn or f"{document.type}/{document.name}".casefold()
    causes = sorted(
        (portable(place.id or ""), place.path, portable(json.dumps(place.found, sort_keys=True))) for place in places
    )
    return hashlib.sha256(json.dumps([rule.id, who, causes]).encode()).hexdigest()[:32]
