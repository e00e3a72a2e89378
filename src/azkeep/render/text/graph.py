"""What a program declares, as a tree of components and resources."""

from __future__ import annotations

from collections.abc import Iterator

from azkeep.model.report import Declared
from azkeep.model.resource import Resource
from azkeep.render.text.line import EMPTY, Line, Span, counted, heading, line
from azkeep.render.values import clean, resource_name
from azkeep.render.view import View

ROOT_TYPE = "pulumi:pulumi:Stack"


def lines(found: Declared, view: View) -> Iterator[Line]:
    """Each resource under its parent, with the names of those that it needs first."""
    kept = [each for each in found.resources if each.token != ROOT_TYPE]
    known = {each.urn for each in kept}
    for top in [each for each in kept if each.parent not in known]:
        yield from _tree(top, kept, 0)
    if found.not_seen:
        yield EMPTY
        yield heading(f"Not seen ({len(found.not_seen)}): declared only once a value is known")
        for name in found.not_seen:
            yield line("  ", clean(name))
    yield EMPTY
    yield line(Span(counted(sum(not each.is_component for each in kept), "resource"), "bold"))


def _tree(resource: Resource, all_resources: list[Resource], depth: int) -> Iterator[Line]:
    needs = sorted({resource_name(urn) for urn in resource.dependencies})
    tail = f"  needs {', '.join(needs)}" if needs else ""
    yield line("  " * depth, clean(resource.type), "  ", Span(clean(resource.name), "bold"), Span(clean(tail), "dim"))
    for child in all_resources:
        if child.parent == resource.urn:
            yield from _tree(child, all_resources, depth + 1)
