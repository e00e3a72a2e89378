"""Names of resources where no id stands."""

from __future__ import annotations

from azkeep.model.expressions import is_expression
from azkeep.model.value import Reference, Unknown
from azkeep.policy import TRUE, Document, Node, Truth, deferred
from azkeep.types import by_token


def is_name_of(node: Node, resource: Document) -> Truth:
    """The text at `node` is the name of `resource`, or its output; shown at `node`."""
    value = node.value
    if isinstance(value, Reference) and (value.urn, value.output) == (resource.urn, "name"):
        return node.shown(TRUE)
    if isinstance(value, Reference) or (resource.id is None and isinstance(value, str)):
        return node.shown(deferred("the name is not known yet"))
    return node.equals(resource.name)


def own_name(resource: Document) -> Node:
    """The resource's own name as a place to ask; questions are UNKNOWN where it is not known yet."""
    if resource.path:
        return resource["name"]
    if resource.id is not None or resource.program is None:
        return Node(resource, ("name",), Unknown() if is_open(resource) else resource.name)
    type_ = by_token(resource.program.token)
    given = resource.program.inputs.get(type_.path_inputs[-1]) if type_ is not None else None
    return Node(resource, ("name",), Unknown() if given is None else given)


def is_open(resource: Document) -> bool:
    """A resource of a template whose name is an expression, which only a deployment replaces."""
    return resource.id is None and resource.program is None and is_expression(resource.name)
