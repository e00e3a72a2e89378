"""A plan for people: what moved outside azkeep, the steps by kind, and one line that sums it up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from azkeep.model.plan import Operation, OutsideChange, Plan
from azkeep.render.text.change import change_lines, diagnostic_lines, headline, step_lines
from azkeep.render.text.check import policy_lines
from azkeep.render.text.line import EMPTY, Line, Span, counted, heading, line
from azkeep.render.values import clean, resource_name
from azkeep.render.view import View

SECTIONS = (
    (Operation.CREATE, "To create"),
    (Operation.UPDATE, "To update"),
    (Operation.REPLACE, "To replace: deleted and created again"),
    (Operation.DELETE, "To delete"),
    (Operation.IMPORT, "To import"),
    (Operation.FORGET, "To forget: no longer managed, left in the cloud"),
)
BRIEF = (Operation.CREATE, Operation.DELETE)
"""Sections with a line for each resource: what they set or held is in the program, or in the state."""
ALWAYS = (Operation.CREATE, Operation.UPDATE, Operation.REPLACE, Operation.DELETE)


def lines(plan: Plan, view: View) -> Iterator[Line]:
    if not plan.refreshed:
        yield line(Span("The cloud was not read: what changed outside azkeep is not known.", "warning"))
        yield EMPTY
    yield from outside_lines(plan.outside, view)
    sections = (*SECTIONS, (Operation.READ, "Read"), (Operation.SAME, "Unchanged")) if view.verbose else SECTIONS
    for operation, title in sections:
        steps = [step for step in plan.steps if step.operation is operation]
        if not steps:
            continue
        is_brief = operation in BRIEF and not view.verbose
        yield heading(f"{title} ({len(steps)})", *((Span("  -v shows every property", "dim"),) if is_brief else ()))
        for step in steps:
            yield from [headline(step)] if is_brief else step_lines(step, view)
        if is_brief:
            yield EMPTY
    yield from diagnostic_lines(plan.diagnostics, view)
    yield from policy_lines(plan.checked, view)
    if plan.digest is not None:
        yield line("Plan digest: ", Span(plan.digest, "bold"))
    yield summary_line(plan)


def outside_lines(outside: tuple[OutsideChange, ...], view: View) -> Iterator[Line]:
    """Resources that somebody else changed or removed since azkeep last wrote them."""
    if not outside:
        return
    yield heading(f"Changed outside azkeep ({len(outside)}), recorded → live")
    for item in outside:
        is_gone = not item.changes
        sign = Span("-", "delete") if is_gone else Span("~", "update")
        note = f"  {item.kind}" if is_gone else ""
        yield line("  ", sign, " ", clean(item.type), "  ", Span(clean(resource_name(item.id)), "bold"), note)
        yield line("      ", Span(clean(item.id), "dim"))
        yield from change_lines(item.changes, view)
        yield EMPTY


def summary_line(plan: Plan) -> Line:
    """`Plan: 3 to create, …`, or that there is nothing to do."""
    unchanged = plan.summary[Operation.SAME] + plan.summary[Operation.READ]
    if not plan.has_changes:
        if plan.outside:
            left = f"; {len(plan.outside)} changed outside azkeep, which an apply leaves as found:"
            see = f" azkeep audit {plan.typed} says who did it."
            return line(Span("No change in the program", "bold"), f": {counted(unchanged, 'resource')}{left}{see}")
        return line(Span("Nothing to do", "bold"), f": {counted(unchanged, 'resource')} as declared.")
    rest = f"; {unchanged} unchanged" if unchanged else ""
    return line(Span("Plan", "bold"), f": {counts(plan.summary, 'to ')}{rest}")


def counts(summary: Mapping[str, int], prefix: str = "") -> str:
    """`3 to create, 1 to update, 0 to replace, 0 to delete`; import and forget only where there are any."""
    kept = [
        f"{summary[operation]} {prefix}{operation}"
        for operation, _ in SECTIONS
        if operation in ALWAYS or summary[operation]
    ]
    return ", ".join(kept)
