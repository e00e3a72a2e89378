"""A number or truth value is answered as text, or the other way round: `"30"` and 30, `"True"` and true.

Only where the type's schema says which it is. Source: Application Insights answers retention as text in some API
versions and as a number in others.
"""

from typing import Any

from azkeep.model.value import Body, join, put
from azkeep.types.members import inputs_of
from azkeep.types.resource_type import ResourceType


def fold_numbers(body: Body, type_: ResourceType | None) -> Body:
    """`body` with numbers and truth values as the schema has them."""
    if type_ is None:
        return body
    for member in list(inputs_of(type_, body)):
        folded = _folded(member.node.get("type"), member.value)
        if folded is not member.value:
            body = put(body, join(member.path), folded)
    return body


def _folded(kind: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if kind in ("integer", "number"):
        try:
            return int(value) if kind == "integer" else float(value)
        except ValueError:
            return value
    if kind == "boolean" and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return value
