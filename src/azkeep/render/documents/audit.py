"""The audit document."""

from __future__ import annotations

import hashlib
from typing import Any

from azkeep.model.drift import Audit, Census, Drift, DriftKind, Who
from azkeep.render.documents.plan import source
from azkeep.render.values import after, before, plain
from azkeep.render.view import View


def body(found: Audit, view: View) -> dict[str, Any]:
    return {
        "recorded": found.recorded,
        "summary": found.summary,
        "coverage": {"read": found.read, "total": found.total, "percent": found.percent},
        "drifts": [drift(item) for item in found.drifts],
        "census": [line(item) for item in found.census],
        "hidden": found.hidden,
        "skipped": list(found.skipped),
        "unobservable": {name: list(pointers) for name, pointers in sorted(found.unobservable.items())},
        "requests": {"total": found.requests, **dict(sorted(found.calls.items()))},
    }


def line(item: Census) -> dict[str, Any]:
    return {
        "type": item.type,
        "managed": item.managed,
        "read": item.read,
        "unread": item.unread,
        "unmanaged": item.unmanaged,
        "by_service": item.by_service,
    }


def drift(item: Drift) -> dict[str, Any]:
    recorded = plain(before(item.change)) if item.change else None
    declared = recorded if item.declared is None and item.kind is DriftKind.DECLARED else plain(item.declared)
    return {
        "kind": item.kind.value,
        "severity": item.severity.value,
        "id": item.id,
        "type": item.type,
        "path": item.change.path if item.change else None,
        "declared": declared,
        "recorded": recorded,
        "live": plain(after(item.change)) if item.change else None,
        "concern": item.concern,
        "who": [who(each) for each in item.who],
        "who_note": item.who_note,
        "by_policy": item.by_policy or None,
        "ignored": item.ignored or None,
        "soft_deleted": item.soft_deleted,
        "source": source(item.source),
        "rules": list(item.rules),
        "detail": item.detail,
        "fix": item.fix,
        "fingerprint": fingerprint(item),
    }


def who(each: Who) -> dict[str, Any]:
    return {
        "by": each.by,
        "client": each.client,
        "operation": each.operation,
        "at": each.at,
        "correlation_id": each.correlation_id,
        "values_recorded": each.has_values,
        "before": plain(each.before),
        "after": plain(each.after),
    }


def fingerprint(item: Drift) -> str:
    """The same for the same finding in every run: of kind, id and path, whatever the casing and the values."""
    path = item.change.path if item.change else ""
    return hashlib.sha256(f"{item.kind.value}\n{item.id}\n{path}".lower().encode()).hexdigest()[:16]
