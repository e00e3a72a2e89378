"""Names of resources where no id stands."""

from __future__ import annotations

from azkeep.model.value import Reference
from azkeep.policy import TRUE, Document, Node, Truth, deferred


def is_name_of(node: Node, resource: Document) -> Truth:
    """The text at `node` is the name of `resource`, or its output; shown at `node`."""
    value = node.value
    if isinstance(value, Reference) and (value.urn, value.output) == (resource.urn, "name"):
        return node.shown(TRUE)
    if isinstance(value, Reference) or (resource.id is None and isinstance(value, str)):
        return node.shown(deferred("the name is not known yet"))
    return node.equals(resource.name)
