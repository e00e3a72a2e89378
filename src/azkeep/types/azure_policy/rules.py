"""Conditions of a policy rule, read from JSON and evaluated on a document.

Source: "Azure Policy definition structure: policy rule". Texts compare without case; the negation of a condition on
something absent holds. A condition on `[*]` holds where it does for every item, so for an empty list too.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from azkeep.model import expressions
from azkeep.model.expression_functions import EvaluationFailed
from azkeep.types.azure_policy.comparisons import OPERATORS
from azkeep.types.azure_policy.fields import PLAIN, alias_of, tag_of
from azkeep.types.azure_policy.functions import check

DEEPEST = 60
OWN_FUNCTIONS = frozenset(
    {"parameters", "field", "current", "resourcegroup", "subscription", "requestcontext", "utcnow", "policy"}
)


class RuleError(ValueError):
    """A rule that is not in the language."""


@dataclass(frozen=True)
class Group:
    kind: Literal["allOf", "anyOf", "not"]
    of: tuple[Condition, ...]


@dataclass(frozen=True)
class Count:
    """The number of items of `field` (an alias with `[*]`) or `value` (an array called `name`) for which `where`
    holds."""

    field: str
    value: Any
    name: str
    where: Condition | None


@dataclass(frozen=True)
class Leaf:
    subject: Literal["field", "value", "count"]
    of: Any
    operator: str
    target: Any


Condition = Group | Leaf


def read(node: Any, path: str = "policyRule.if", depth: int = 0) -> Condition:
    """The condition in JSON `node`, which stands at `path`. Raises RuleError, ExpressionError."""
    if not isinstance(node, Mapping) or depth > DEEPEST:
        raise RuleError(f"'{path}' must be a condition")
    members = {str(name).lower(): (str(name), value) for name, value in node.items()}
    kind = next((each for each in ("allOf", "anyOf", "not") if each.lower() in members), None)
    if kind is not None:
        if len(members) > 1:
            raise _unknown(next(name for low, (name, _) in members.items() if low != kind.lower()), path)
        return _group(kind, members[kind.lower()][1], f"{path}.{kind}", depth)
    return _leaf(members, path, depth)


def _group(kind: str, value: Any, path: str, depth: int) -> Group:
    if kind == "not":
        return Group("not", (read(value, path, depth + 1),))
    if not isinstance(value, list) or not value:
        raise RuleError(f"'{path}' must be a list of conditions")
    inner = tuple(read(each, f"{path}[{index}]", depth + 1) for index, each in enumerate(value))
    return Group("allOf" if kind == "allOf" else "anyOf", inner)


def _leaf(members: Mapping[str, tuple[str, Any]], path: str, depth: int) -> Leaf:
    subjects = [each for each in ("field", "value", "count") if each in members]
    operators = [each for each in members if each in OPERATORS]
    strange = [name for low, (name, _) in members.items() if low not in OPERATORS and low not in subjects]
    if strange:
        raise _unknown(strange[0], path)
    if len(subjects) != 1 or len(operators) != 1:
        raise RuleError(f"'{path}' must have one of 'field', 'value' and 'count', and one operator")
    target = members[operators[0]][1]
    of = members[subjects[0]][1]
    check(target, OWN_FUNCTIONS)
    check(of if subjects[0] != "count" else None, OWN_FUNCTIONS)
    if subjects == ["count"]:
        return Leaf("count", _count(of, f"{path}.count", depth), operators[0], target)
    if subjects == ["field"]:
        _check_field(of, path)
        return Leaf("field", of, operators[0], target)
    return Leaf("value", of, operators[0], target)


def _count(node: Any, path: str, depth: int) -> Count:
    members = {str(name).lower(): value for name, value in node.items()} if isinstance(node, Mapping) else {}
    strange = sorted(members.keys() - {"field", "value", "name", "where"})
    if strange or ("field" in members) == ("value" in members):
        raise _unknown(strange[0], path) if strange else RuleError(f"'{path}' must have a 'field' or a 'value'")
    counted = str(members.get("field", ""))
    if "field" in members:
        _check_field(counted, path)
        if "[*]" not in counted:
            raise RuleError(f"the field '{counted}' of '{path}' must be an array alias")
    check(members.get("value"), OWN_FUNCTIONS)
    where = read(members["where"], f"{path}.where", depth + 1) if "where" in members else None
    return Count(counted, members.get("value"), str(members.get("name", "")), where)


def _check_field(value: Any, path: str) -> None:
    if not isinstance(value, str) or not value:
        raise RuleError(f"the field of '{path}' must be a text")
    if expressions.is_expression(value) or value.lower() in PLAIN or tag_of(value) is not None or alias_of(value):
        return
    raise RuleError(f"the field '{value}' of '{path}' is neither a known field nor an alias")


def _unknown(name: str, path: str) -> RuleError:
    return RuleError(f"Could not find member '{name}' on object of type 'LeafExpressionDefinition'. Path '{path}'.")


def fields_of(condition: Condition) -> frozenset[str]:
    """All fields that a condition names outright."""
    match condition:
        case Group(_, of):
            return frozenset().union(*(fields_of(each) for each in of))
        case Leaf("count", Count() as count, _, _):
            inner = fields_of(count.where) if count.where is not None else frozenset()
            return inner | ({count.field} if count.field else frozenset())
        case Leaf("field", str() as name, _, _) if not expressions.is_expression(name):
            return frozenset({name})
    return frozenset()


@dataclass(frozen=True)
class Scene:
    """What a rule sees: `field(name)` gives (values, whether they are items of a list, path in the document)."""

    field: Callable[[str, Mapping[str, Any]], tuple[list[Any], bool, str]]
    functions: expressions.Scope
    trace: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    current: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def holds(condition: Condition, scene: Scene) -> bool:
    """True if the condition does; each comparison is noted in the trace. Raises EvaluationFailed."""
    match condition:
        case Group("allOf", of):
            return all(holds(each, scene) for each in of)
        case Group("anyOf", of):
            return any(holds(each, scene) for each in of)
        case Group(_, of):
            return not holds(of[0], scene)
        case Leaf():
            return _compare(condition, scene)


def _compare(leaf: Leaf, scene: Scene) -> bool:
    scope = functions(scene)
    target = expressions.resolved(leaf.target, scope)
    compare = OPERATORS[leaf.operator]
    values, note = _subject(leaf, scene, scope)
    result = all(compare.holds(value, target) for value in values)
    shown = {**note, "targetValue": target, "operator": compare.name}
    scene.trace.append({"result": "True" if result else "False", **shown})
    return result


def _subject(leaf: Leaf, scene: Scene, scope: expressions.Scope) -> tuple[list[Any], dict[str, Any]]:
    """(values that must all satisfy the operator, how the trace shows them)."""
    if leaf.subject == "field":
        name = str(expressions.resolved(leaf.of, scope))
        values, many, path = scene.field(name, scene.current)
        note = {"expressionKind": "Field", "expression": name, "path": path}
        return values, note | _shown(values if many else values[0])
    if leaf.subject == "value":
        value = expressions.resolved(leaf.of, scope)
        return [value], {"expressionKind": "Value", "expression": leaf.of} | _shown(value)
    number = _counted(leaf.of, scene, scope)
    return [number], {"expressionKind": "Count", "expression": leaf.of.field or leaf.of.name} | _shown(number)


def _shown(value: Any) -> dict[str, Any]:
    return {} if value is None else {"expressionValue": value}


def _counted(count: Count, scene: Scene, scope: expressions.Scope) -> int:
    if count.field:
        items, key = scene.field(count.field, scene.current)[0], count.field.lower()
    else:
        items, key = expressions.resolved(count.value, scope), count.name.lower()
        if not isinstance(items, list):
            raise EvaluationFailed(f"what '{count.name}' counts is no array")
    if count.where is None:
        return len(items)
    inner = (Scene(scene.field, scene.functions, [], {**scene.current, key: item}) for item in items)
    return sum(holds(count.where, each) for each in inner)


def functions(scene: Scene) -> expressions.Scope:
    """The functions of a rule, with those that read the document where it stands in its counts."""

    def field_(name: str) -> Any:
        values, many, _ = scene.field(name, scene.current)
        return values if many else values[0]

    def current(name: str | None = None) -> Any:
        key = next(reversed(list(scene.current)), "") if name is None else name.lower()
        if key in scene.current:
            return scene.current[key]
        if name is not None and any(key.startswith(f"{each}.") for each in scene.current):
            return scene.field(name, scene.current)[0][0]
        raise EvaluationFailed(f"there is no current '{name or ''}' here")

    return {**scene.functions, "field": field_, "current": current}


def effect_name(text: str) -> str:
    """An effect without case and blanks, as assignments may write it."""
    return re.sub(r"\s", "", text).lower()
