"""Rules with their condition broken in one place: what a test of the rule has to notice."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from azkeep.policy.rule import Rule

SWAPPED = {
    "equals": "differs",
    "differs": "equals",
    "is_true": "is_false",
    "is_false": "is_true",
    "every": "some",
    "some": "every",
    "all_of": "any_of",
    "any_of": "all_of",
    "at_least": "at_most",
    "at_most": "at_least",
}
JOINED: dict[type[ast.operator], type[ast.operator]] = {ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}
COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """The rule with one change, told by `change`, in words with its line."""

    change: str
    rule: Rule


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Every change of one place in the rule's function and in what it calls of its own file."""
    path = Path(rule.test.__code__.co_filename)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = _reached(tree, rule.test.__name__)
    kept = [
        node for node in tree.body if not isinstance(node, ast.FunctionDef) or node.name in own or not _is_rule(node)
    ]
    tree.body = kept
    for name in sorted(own):
        places = sum(1 for _ in _places(_function(tree, name)))
        for index in range(places):
            changed = deepcopy(tree)
            words = _change(_function(changed, name), index)
            found = _load(changed, rule, path)
            if found is not None:
                yield Mutant(f"{name}, {words}", found)


def _function(tree: ast.Module, name: str) -> ast.FunctionDef:
    return next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)


def _is_rule(node: ast.FunctionDef) -> bool:
    return bool(node.decorator_list)


def _reached(tree: ast.Module, name: str) -> set[str]:
    """The function and all of its file that it calls, directly or not."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    found, open_ = set(), [name]
    while open_:
        each = open_.pop()
        if each in functions and each not in found:
            found.add(each)
            open_ += [node.id for node in ast.walk(functions[each]) if isinstance(node, ast.Name)]
    return found


def _places(function: ast.FunctionDef) -> Iterator[tuple[str, Callable[[], Any]]]:
    """(what is changed, the change) of each place of the function's body, its defaults and decorators left out."""
    for statement in function.body:
        for node in ast.walk(statement):
            yield from _changes(node)


def _change(function: ast.FunctionDef, index: int) -> str:
    for at, (words, change) in enumerate(_places(function)):
        if at == index:
            change()
            return words
    raise AssertionError(index)


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[], Any]]]:
    if isinstance(node, ast.Attribute) and node.attr in SWAPPED:
        yield _told(node, f"{node.attr} → {SWAPPED[node.attr]}"), lambda: setattr(node, "attr", SWAPPED[node.attr])
    if isinstance(node, ast.Name) and node.id in SWAPPED:
        yield _told(node, f"{node.id} → {SWAPPED[node.id]}"), lambda: setattr(node, "id", SWAPPED[node.id])
    if isinstance(node, ast.BinOp) and type(node.op) in JOINED:
        yield _told(node, "& ↔ |"), lambda: setattr(node, "op", JOINED[type(node.op)]())
        yield _told(node, "left operand alone"), lambda: _alone(node, node.left)
        yield _told(node, "right operand alone"), lambda: _alone(node, node.right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        yield _told(node, "~ left out"), lambda: _invert(node)
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield _told(node, f"{node.value} → {not node.value}"), lambda: setattr(node, "value", not node.value)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARED:
        yield _told(node, "comparison turned"), lambda: setattr(node, "ops", [COMPARED[type(node.ops[0])]()])


def _told(node: Any, words: str) -> str:
    return f"line {node.lineno}: {words}"


def _alone(node: ast.BinOp, operand: ast.expr) -> None:
    """`node` as one of its operands: joined with itself it comes to the same, and stays a node of its kind."""
    node.left = node.right = operand


def _invert(node: ast.UnaryOp) -> None:
    """`~x` as `~~x`, which is `x`."""
    node.operand = ast.UnaryOp(ast.Invert(), node.operand)


def _load(tree: ast.Module, rule: Rule, path: Path) -> Rule | None:
    """The rule of the changed file, beside the true one; None where Python cannot even run it."""
    true = sys.modules[rule.test.__module__]
    module = ModuleType(true.__name__)
    module.__package__, module.__file__ = true.__package__, true.__file__
    exec(compile(ast.fix_missing_locations(tree), str(path), "exec"), vars(module))
    return next((each for each in vars(module).values() if isinstance(each, Rule) and each.id == rule.id), None)
