"""The local cloud, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from azkeep.model.plan import Change
from azkeep.model.report import LocalChange, LocalLog, LocalReady, LocalReset
from azkeep.model.value import get, leaves
from azkeep.render.text.change import change_lines
from azkeep.render.text.line import EMPTY, Line, Span, columns, heading, line
from azkeep.render.values import clean, resource_name, shown
from azkeep.render.view import View

PAST = {"create": "Created", "edit": "Edited", "delete": "Deleted"}


def ready(found: LocalReady, view: View) -> Iterator[Line]:
    """Addresses, ids and principals; a client needs the secrets, so `--format json` alone has them."""
    document = found.document
    yield line(Span("The local cloud is ready.", "bold"))
    names = [name for name in ("arm", "identity", "proxy", "ca", "tenant", "subscription") if name in document]
    rows = [(name, clean(str(document[name]))) for name in names]
    managed = document.get("managed_identity")
    if isinstance(managed, Mapping):
        rows.append(("managed identity", clean(str(managed.get("metadata", "")))))
    yield from columns(rows)
    principals = document.get("principals") or ()
    if principals:
        yield EMPTY
        yield heading("Principals")
        yield from columns(_principal(principal) for principal in principals)
    yield EMPTY
    yield line("Ctrl-C ends it. `--format json` also gives the principals' secrets and the environment of a client.")


def _principal(principal: Mapping[str, Any]) -> tuple[str, str, str]:
    return tuple(clean(str(principal.get(name, ""))) for name in ("name", "client_id", "role"))  # type: ignore[return-value]


def change(found: LocalChange, view: View) -> Iterator[Line]:
    """The resource, by whom, and the properties that moved."""
    name = Span(clean(resource_name(found.id)), "bold")
    yield line(f"{PAST.get(found.action, found.action)} ", name, f" as {clean(found.by)}")
    yield line("  ", Span(clean(found.id), "dim"))
    if found.before is not None and found.after is not None:
        yield from change_lines(_moved(found.before, found.after), view)


def _moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    pointers = dict.fromkeys([path for path, _ in leaves(before)] + [path for path, _ in leaves(after)])
    for pointer in pointers:
        old, new = get(before, pointer), get(after, pointer)
        if old != new and not pointer.startswith("/systemData"):
            yield Change(pointer, old, new)


def reset(found: LocalReset, view: View) -> Iterator[Line]:
    yield line("The local cloud is empty: ", clean(found.store))


def log(found: LocalLog, view: View) -> Iterator[Line]:
    """One line for each write: when, who, what, on which resource, how it ended."""
    if not found.events:
        yield line("Nothing was written yet.")
    for event in _writes(found.events):
        operation = event.get("operationName")
        status = event.get("status")
        named = operation.get("value") if isinstance(operation, Mapping) else operation
        ended = status.get("value") if isinstance(status, Mapping) else status
        words = (event.get("eventTimestamp"), _who(event), named, ended, event.get("resourceId"))
        yield line("  ".join(clean(word) if isinstance(word, str) else shown(word) for word in words if word))


def _who(event: Mapping[str, Any]) -> Any:
    """The caller's name, where the log has only the object id of a service principal beside it."""
    claims = event.get("claims")
    return (claims.get("name") if isinstance(claims, Mapping) else None) or event.get("caller")


def _writes(events: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The last event of each write, in the order they ended: Azure logs when one is accepted and when it is done."""
    last: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for number, event in enumerate(events):
        names = ("correlationId", "operationId", "operationName", "resourceId")
        key = tuple(str(event.get(name, number)) for name in names)
        last.pop(key, None)
        last[key] = event
    yield from last.values()
