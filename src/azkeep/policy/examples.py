"""The examples of a rule's docstring as estates.

A document needs `type` and `name`; its id is made up, below the subscription and group `example`, where it has none.
A child's name is `parent/child`, an extension has a `scope`. The text `@name` stands for the id of the document of that
name, `?` for a value that is not known yet, `secret:text` for a secret. `program` holds what only a program knows. An
item that has only `parameters` is no document: it gives the rule's parameters their values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.model.value import Secret, Unknown
from azkeep.policy.defaults import with_defaults
from azkeep.policy.document import Program
from azkeep.policy.estate import Estate, Given
from azkeep.policy.sections import Example
from azkeep.types import by_arm_type

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"
GROUP = f"{SUBSCRIPTION}/resourceGroups/example"
_OWN = frozenset({"id", "type", "name", "scope", "program"})


def estate_of(example: Example) -> Estate:
    """The estate of one example."""
    ids: dict[str, str] = {}
    for document in sorted(example.documents, key=lambda each: "scope" in each):
        ids[str(document.get("name"))] = _id(document, ids)
    given = tuple(_given(document, ids, example.is_live) for document in example.documents)
    return Estate(given, is_live=example.is_live)


def _given(document: Mapping[str, Any], ids: Mapping[str, str], is_live: bool) -> Given:
    type_, name = str(document["type"]), str(document.get("name"))
    body = _resolved({key: value for key, value in document.items() if key not in _OWN}, ids)
    known = by_arm_type(type_)
    if known is not None and not is_live:
        body = with_defaults(known, body)
    facts = document.get("program")
    program = None if is_live else Program(**_resolved(facts or {}, ids))
    return Given(type_, name.rsplit("/", 1)[-1], ids[name] or None, body, program=program)


def _id(document: Mapping[str, Any], ids: Mapping[str, str]) -> str:
    type_, name = str(document["type"]), str(document.get("name"))
    if "id" in document:
        return str(document["id"])
    if type_.casefold() == "microsoft.resources/resourcegroups":
        return f"{SUBSCRIPTION}/resourceGroups/{name}"
    if type_.casefold() == "microsoft.resources/subscriptions":
        return SUBSCRIPTION
    if "/" not in type_:
        return ""
    scope = str(_resolved(document["scope"], ids)) if "scope" in document else GROUP
    namespace, *kinds = type_.split("/")
    pairs = zip(kinds, name.split("/"), strict=True)
    return "/".join((scope, "providers", namespace, *(part for pair in pairs for part in pair)))


def _resolved(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {_resolved(key, ids): _resolved(item, ids) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, ids) for item in value]
    if value == "?":
        return Unknown()
    if isinstance(value, str) and value.startswith("secret:"):
        return Secret(value.removeprefix("secret:"))
    if isinstance(value, str) and value.startswith("@"):
        name, below = ([*value[1:].split("#", 1), ""])[:2]
        return ids[name] + below
    return value
