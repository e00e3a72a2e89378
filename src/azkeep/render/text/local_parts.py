"""Snapshots, principals and environments of the local cloud, for people."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from azkeep.model.local import LocalEnvironment, LocalPrincipal, LocalPrincipals, LocalSnapshot, LocalSnapshots
from azkeep.render.text.line import Line, Span, columns, counted, line
from azkeep.render.values import clean, stamp
from azkeep.render.view import View

KINDS = {"User": "user", "ServicePrincipal": "service principal"}


def snapshot(found: LocalSnapshot, view: View) -> Iterator[Line]:
    """What was done; after a restore also how to take it back, and what did not move with it."""
    kept = found.snapshot
    verb = "Saved" if found.action == "saved" else "Restored"
    yield line(f"{verb} ", Span(clean(kept.name), "bold"), f": {counted(kept.resources, 'resource')}")
    yield line("  ", Span(clean(kept.file), "dim"))
    if found.action == "restored":
        yield line("What was there before is the snapshot before-restore. What stacks recorded did not move with it.")


def snapshots(found: LocalSnapshots, view: View) -> Iterator[Line]:
    if not found.snapshots:
        yield line("There are no snapshots.")
    yield from columns(
        ((clean(each.name), stamp(each.taken_at) or "", counted(each.resources, "resource")))
        for each in found.snapshots
    )


def principal(found: LocalPrincipal, view: View) -> Iterator[Line]:
    """Who was added or removed; the secret of a new one stands here once."""
    one = found.principal
    verb = "Added" if found.action == "added" else "Removed"
    yield line(f"{verb} {KINDS.get(one.kind, one.kind)} ", Span(clean(one.name), "bold"), f", {clean(one.role)}")
    rows = [("client id", one.client_id), ("object id", one.object_id)]
    if found.client_secret is not None:
        rows.append(("client secret", found.client_secret))
    yield from columns(rows)
    if found.client_secret is not None:
        yield line("The secret is not shown again.")


def principals(found: LocalPrincipals, view: View) -> Iterator[Line]:
    yield from columns(
        (clean(each.name), KINDS.get(each.kind, each.kind), clean(each.role), each.client_id)
        for each in found.principals
    )


def environment(found: LocalEnvironment, view: View) -> Iterator[Line]:
    """Lines for a POSIX shell's `eval`."""
    for name, value in found.variables.items():
        yield line(f"export {name}={shlex.quote(value)}")
    for command in found.commands:
        yield line(shlex.join(command))
