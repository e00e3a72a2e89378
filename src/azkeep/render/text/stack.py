"""Outputs, settings, history and locks of a stack, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azkeep.model.report import Configuration, History, LockHolder, Locks, Outputs
from azkeep.model.value import Secret
from azkeep.render.text.line import Line, Span, columns, line
from azkeep.render.values import clean, plain, shown, stamp
from azkeep.render.view import View


def outputs(found: Outputs, view: View) -> Iterator[Line]:
    """All outputs, or the chosen one alone; `raw` gives its bare value."""
    if view.raw and found.chosen is not None:
        value = plain(found.values[found.chosen], reveal=view.show_secrets)
        yield line(value if isinstance(value, str) else shown(value, full=True))
    elif found.values:
        yield from output_lines(found.values, view, indent=0)
    else:
        yield line("This stack has no outputs.")


def output_lines(values: Mapping[str, Any], view: View, *, indent: int = 2) -> Iterator[Line]:
    """`name  value`, sorted by name, secrets masked unless they are to be shown."""
    reveal = view.show_secrets
    rows = ((name, plain(values[name], reveal=True) if reveal else values[name]) for name in sorted(values))
    yield from columns(((clean(name), shown(value, full=True)) for name, value in rows), indent=indent)


def configuration(found: Configuration, view: View) -> Iterator[Line]:
    if found.changed is not None:
        yield _changed(found.changed, found, view)
        return
    if not found.entries:
        yield line("This stack has no settings.")
    yield from columns(
        ((clean(entry.key), _setting(entry.value, view), clean(entry.origin)) for entry in found.entries), indent=0
    )


def _changed(key: str, found: Configuration, view: View) -> Line:
    """`Set KEY: old → new`; what was not set before, and secrets, without their old value."""
    now = next((entry.value for entry in found.entries if entry.key == key), None)
    name = Span(clean(key), "bold")
    if isinstance(now, Secret):
        return line("Set ", name, ", encrypted.")
    if found.before is None:
        return line("Set ", name, ": ", _setting(now, view))
    return line("Set ", name, ": ", _setting(found.before, view), " → ", _setting(now, view))


def _setting(value: Any, view: View) -> str:
    revealed = plain(value, reveal=True) if isinstance(value, Secret) and view.show_secrets else value
    return clean(revealed) if isinstance(revealed, str) else shown(revealed, full=True)


def history(found: History, view: View) -> Iterator[Line]:
    """One line for each run, newest first."""
    if not found.runs:
        yield line("Nothing was applied yet.")
    for run in found.runs:
        counts = ", ".join(f"{number} {name}" for name, number in run.summary.items() if number and name != "same")
        commit = (run.commit or "")[:12] + ("+" if run.dirty else "")
        who = run.user if run.user == run.principal or not run.principal else f"{run.user} as {run.principal}"
        style = "create" if run.result == "succeeded" else "error"
        plan = f"approved plan {(run.plan_digest or '')[:12]}" if run.approved else ""
        parts = [part for part in (who, commit and f"commit {commit}", plan, counts) if part]
        yield line(
            f"{stamp(run.at)}  {run.command.ljust(7)}  ",
            Span(clean(run.result).ljust(11), style),
            f"  {clean('  '.join(parts))}",
        )


def locks(found: Locks, view: View) -> Iterator[Line]:
    if found.removed:
        yield line("Removed the lock of ", _holder(found.removed), ".")
    elif not found.holders:
        yield line("The stack is not locked.")
    for holder in found.holders:
        yield line("Locked by ", _holder(holder), ".")


def _holder(holder: LockHolder) -> str:
    state = {True: ", still running", False: ", which has ended", None: ""}[holder.alive]
    return clean(f"{holder.user}@{holder.host}, process {holder.pid}{state}, since {stamp(holder.since)}")
