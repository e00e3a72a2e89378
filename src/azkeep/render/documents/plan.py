"""The plan document, and the parts that others share with it."""

from __future__ import annotations

from typing import Any

from azkeep.errors import Source
from azkeep.model.plan import Change, Diagnostic, Plan, Step
from azkeep.render.documents.check import broken
from azkeep.render.values import after, before, plain
from azkeep.render.view import View


def body(found: Plan, view: View) -> dict[str, Any]:
    """Every step, `same` included, in the engine's order."""
    return {
        "refreshed": found.refreshed,
        "summary": found.summary,
        "outside": [
            {"kind": item.kind, "id": item.id, "type": item.type, "changes": [change(c) for c in item.changes]}
            for item in found.outside
        ],
        "steps": [step(item) for item in found.steps],
        "findings": broken(found.checked),
        "diagnostics": [diagnostic(item) for item in found.diagnostics],
        "digest": found.digest,
    }


def step(item: Step) -> dict[str, Any]:
    return {
        "op": item.operation.value,
        "id": item.id,
        "type": item.type,
        "name": item.name,
        "urn": item.urn,
        "changes": [change(each) for each in item.changes],
        "reason": item.reason,
    }


def change(item: Change) -> dict[str, Any]:
    return {
        "path": item.path,
        "before": plain(before(item)),
        "after": plain(after(item)),
        "forces_replace": item.forces_replace,
        "secret": item.secret,
        "unknown": item.unknown,
    }


def diagnostic(item: Diagnostic) -> dict[str, Any]:
    return {
        "severity": item.severity,
        "message": item.message,
        "urn": item.urn or None,
        "source": source(item.source),
    }


def source(place: Source | None) -> dict[str, Any] | None:
    return {"file": place.file, "line": place.line} if place else None
