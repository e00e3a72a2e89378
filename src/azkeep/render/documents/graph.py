"""The graph document: what a program declares and how it hangs together."""

from __future__ import annotations

from typing import Any

from azkeep.model.report import Declared
from azkeep.model.resource import Resource
from azkeep.render.documents.plan import source
from azkeep.render.view import View


def body(found: Declared, view: View) -> dict[str, Any]:
    """Resources in the program's order; their inputs are left out: `check` and `preview` have them."""
    return {"resources": [resource(each) for each in found.resources], "not_seen": list(found.not_seen)}


def resource(each: Resource) -> dict[str, Any]:
    return {
        "urn": each.urn,
        "id": each.id,
        "type": each.type,
        "name": each.name,
        "parent": each.parent or None,
        "dependencies": sorted(each.dependencies),
        "component": each.is_component,
        "protect": each.protect,
        "source": source(each.source),
    }
