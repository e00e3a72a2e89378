"""What an apply or destroy did, for people."""

from __future__ import annotations

from collections.abc import Iterator

from azkeep.model.plan import Operation, Outcome, Step
from azkeep.render.text.change import diagnostic_lines, step_lines
from azkeep.render.text.check import policy_lines
from azkeep.render.text.line import EMPTY, Line, Span, counted, heading, line
from azkeep.render.text.reviewed import reviewed_lines
from azkeep.render.text.stack import output_lines
from azkeep.render.view import View

SECTIONS = (
    (Operation.CREATE, "Created"),
    (Operation.UPDATE, "Updated"),
    (Operation.REPLACE, "Replaced"),
    (Operation.DELETE, "Deleted"),
    (Operation.IMPORT, "Imported"),
    (Operation.FORGET, "Forgotten"),
)
DONE = (None, "done", "succeeded")
"""Values of a step's status that say it went well."""
UNCHANGED = (Operation.SAME, Operation.READ)


def lines(outcome: Outcome, view: View) -> Iterator[Line]:
    for operation, title in SECTIONS:
        steps = [step for step in outcome.steps if step.operation is operation and step.status in DONE]
        if not steps:
            continue
        yield heading(f"{title} ({len(steps)})")
        for step in steps:
            yield _done(step, view)
        yield EMPTY
    yield from _not_done(outcome, view)
    yield from diagnostic_lines(outcome.diagnostics, view)
    yield from policy_lines(outcome.checked, view)
    yield from reviewed_lines(outcome.reviewed, outcome.checked, view)
    if outcome.outputs:
        yield heading("Outputs")
        yield from output_lines(outcome.outputs, view)
        yield EMPTY
    yield summary_line(outcome)


def _done(step: Step, view: View) -> Line:
    took = f"  {step.seconds:.1f} s" if step.seconds is not None and step.seconds >= 0.05 else ""
    return next(step_lines(step, view, note=took.strip()))


def _not_done(outcome: Outcome, view: View) -> Iterator[Line]:
    steps = [step for step in outcome.steps if step.status not in DONE and step.operation not in UNCHANGED]
    if not steps:
        return
    yield heading(f"Not done ({len(steps)})")
    for step in steps:
        yield from step_lines(step, view, note=f"{step.operation} {(step.status or '').replace('_', ' ')}")


def summary_line(outcome: Outcome) -> Line:
    """`Done: 3 created, …` or `Failed: …`, counting only what went well, and all else as not done."""
    done = [step for step in outcome.steps if step.status in DONE]
    kept = []
    for operation, title in SECTIONS:
        number = sum(step.operation is operation for step in done)
        if number or operation not in (Operation.IMPORT, Operation.FORGET):
            kept.append(f"{number} {title.lower()}")
    missed = sum(step.status not in DONE and step.operation not in UNCHANGED for step in outcome.steps)
    unchanged = sum(step.operation in UNCHANGED for step in outcome.steps)
    if outcome.succeeded and not outcome.steps:
        return line(Span("Nothing to do", "bold"), ": this stack has no resources, nothing is left of it.")
    if outcome.succeeded and unchanged == len(outcome.steps):
        return line(Span("Nothing to do", "bold"), f": {counted(unchanged, 'resource')} as declared.")
    if missed:
        kept.append(f"{missed} not done")
    text = ", ".join(kept) + (f"; {unchanged} unchanged" if unchanged else "")
    if outcome.succeeded:
        return line(Span("Done", "bold"), f": {text}")
    return line(Span("Failed", "error"), f": {text}")
