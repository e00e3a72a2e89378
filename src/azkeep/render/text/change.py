"""Steps and their property changes as lines, shared by plan, outcome and audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from azkeep.model.plan import Change, Diagnostic, Operation, Step
from azkeep.render.text.line import EMPTY, Line, Span, heading, line
from azkeep.render.values import after, before, clean, clean_lines, dotted, resource_name, shown
from azkeep.render.view import View

SIGNS = {
    Operation.CREATE: "+",
    Operation.UPDATE: "~",
    Operation.REPLACE: "±",
    Operation.DELETE: "-",
    Operation.IMPORT: "=",
    Operation.FORGET: "!",
    Operation.READ: "<",
    Operation.SAME: " ",
}
WIDEST_PATH = 48


def headline(step: Step, *, note: str = "") -> Line:
    """What happens to which resource."""
    tail = [Span(f"  {note}", "dim")] if note else []
    sign = Span(SIGNS[step.operation], step.operation.value)
    return line("  ", sign, " ", clean(step.type), "  ", Span(clean(step.name), "bold"), *tail)


def step_lines(step: Step, view: View, *, note: str = "") -> Iterator[Line]:
    """The resource, its id, why, and its changes; a blank line follows."""
    yield headline(step, note=note)
    if step.id:
        yield line("      ", Span(clean(step.id), "dim"))
    if step.reason:
        yield line("      because ", clean(step.reason))
    yield from change_lines(step.changes, view, is_new=step.operation is Operation.CREATE)
    yield EMPTY


def change_lines(changes: Iterable[Change], view: View, *, is_new: bool = False) -> Iterator[Line]:
    """One line for each change, `before → after`; of a new resource the values alone."""
    kept = tuple(changes)
    width = min(max((len(dotted(change.path)) for change in kept), default=0), WIDEST_PATH)
    for change in kept:
        path = dotted(change.path).ljust(width) or "(whole)"
        yield line("      ", path, "  ", *_values(change, view, is_new=is_new))


def _values(change: Change, view: View, *, is_new: bool) -> Iterator[Span]:
    old, new = before(change), after(change)
    if is_new and old is None:
        yield Span(shown(new, full=view.verbose), "create")
    elif change.secret and old is not None and new is not None and not change.unknown:
        yield Span("[secret] changed", "update")
    else:
        yield Span(_side(change.before is None, shown(old, full=view.verbose)), "delete")
        yield Span(" → ", "dim")
        yield Span(_side(change.after is None and not change.unknown, shown(new, full=view.verbose)), "create")
    if change.forces_replace:
        yield Span("  # forces replacement", "replace")


def _side(is_absent: bool, text: str) -> str:
    return "(none)" if is_absent else text


def diagnostic_lines(diagnostics: Iterable[Diagnostic], view: View) -> Iterator[Line]:
    """Errors, then warnings; what is said for information only where `verbose`."""
    kept = tuple(diagnostics)
    for severity, title in (("error", "Errors"), ("warning", "Warnings"), ("info", "Messages")):
        chosen = [item for item in kept if item.severity == severity]
        if not chosen or (severity == "info" and not view.verbose):
            continue
        yield heading(f"{title} ({len(chosen)})")
        for item in chosen:
            yield from _diagnostic(item, severity)
        yield EMPTY


def _diagnostic(item: Diagnostic, style: str) -> Iterator[Line]:
    where = [clean(str(item.source))] if item.source else []
    where += [clean(resource_name(item.urn))] if item.urn else []
    words = clean_lines(item.message) or ["(no message)"]
    prefix = f"{', '.join(where)}: " if where else ""
    yield line("  ", Span(prefix, "bold"), Span(words[0], style))
    for more in words[1:]:
        yield line("    ", more)
