"""What a plan would do, resource by resource, and what moved outside azkeep before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from azkeep.model.plan import Change, Operation, OutsideChange, Plan, Step
from azkeep.render.page.markup import Markup, tag
from azkeep.render.page.parts import cut, section, table
from azkeep.render.values import after, before, dotted, resource_name, shown

MOST = 1_000
MOST_CHANGES = 12


def steps(plan: Plan) -> Iterator[Markup]:
    """Changes outside azkeep, then the steps; what stays as it is is counted at the top alone."""
    if plan.outside:
        rows = [_outside(each) for each in plan.outside[:MOST]]
        title = f"Changed outside azkeep ({len(plan.outside)})"
        yield section("outside", title, table(("what", "resource", "recorded → live"), rows))
    todo = [each for each in plan.steps if each.operation not in (Operation.SAME, Operation.READ)]
    if todo:
        left = [cut(len(todo) - MOST, "step")] if len(todo) > MOST else []
        listed = table(("step", "resource", "changes"), map(_step, todo[:MOST]))
        yield section("steps", f"Steps ({len(todo)})", listed, left)


def _outside(found: OutsideChange) -> Iterable[Iterable[str]]:
    name = [tag("b", {}, resource_name(found.id)), tag("div", {"class": "small faint"}, found.type)]
    return [found.kind], name, _changes(found.changes)


def _step(step: Step) -> Iterable[Iterable[str]]:
    name = [tag("b", {}, step.name), tag("div", {"class": "small faint"}, step.type)]
    reason = [tag("div", {"class": "small"}, step.reason)] if step.reason else []
    return [tag("strong", {}, step.operation.value)], name, [*reason, *_changes(step.changes)]


def _changes(changes: tuple[Change, ...]) -> list[Markup]:
    listed = [tag("div", {}, tag("code", {}, _change(each))) for each in changes[:MOST_CHANGES]]
    more = len(changes) - MOST_CHANGES
    return [*listed, *([tag("div", {"class": "small faint"}, f"and {more} more")] if more > 0 else [])]


def _change(change: Change) -> str:
    old, new = before(change), after(change)
    sides = ["absent" if value is None else shown(value) for value in (old, new)]
    return f"{dotted(change.path)}: {' → '.join(sides)}{', which replaces it' if change.forces_replace else ''}"
