"""Expressions where they stand in a template, and what is wrong with them in the words of Deployments.

Source: Azure Resource Manager, template syntax and expressions; limits of templates.
"""

from __future__ import annotations

from typing import Any

from azkeep.model.expression_functions import EvaluationFailed
from azkeep.model.expressions import ExpressionError, Scope, parsed, resolved, texts_of

LONGEST = 24_576


class TemplateError(Exception):
    """What is wrong with a template, in ARM's words."""


def evaluated(value: Any, functions: Scope) -> Any:
    """`value` with every expression in it replaced by its result. Raises TemplateError."""
    for text in texts_of(value):
        _check(text)
    try:
        return resolved(value, functions)
    except EvaluationFailed as failure:
        raise TemplateError(str(failure)) from None


def _check(text: str) -> None:
    if len(text) > LONGEST:
        raise TemplateError(f"The template language expression is longer than {LONGEST} characters: '{text[:40]}…'.")
    try:
        parsed(text)
    except ExpressionError:
        raise TemplateError(f"The template language expression '{text[1:-1]}' is not valid.") from None
