"""A Plan as JSON and back, for the plan file. Secrets are not kept: what is read back has empty ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.engine.values import masked
from azkeep.errors import Source
from azkeep.model.plan import Change, Diagnostic, Operation, OutsideChange, Plan, Step
from azkeep.model.value import Reference, Secret, Unknown

MARK = "$azkeep"


def to_document(plan: Plan) -> dict[str, Any]:
    """The plan as plain JSON."""
    return {
        "refreshed": plan.refreshed,
        "steps": [_step(step) for step in plan.steps],
        "outside": [
            {
                "kind": found.kind,
                "id": found.id,
                "type": found.type,
                "changes": [_change(item) for item in found.changes],
            }
            for found in plan.outside
        ],
        "diagnostics": [
            {"severity": said.severity, "message": said.message, "urn": said.urn} for said in plan.diagnostics
        ],
    }


def from_document(document: Mapping[str, Any]) -> Plan:
    """The plan that `to_document` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    return Plan(
        steps=tuple(
            Step(**{**step, "operation": Operation(step["operation"]), "changes": _changes(step["changes"])})
            for step in document["steps"]
        ),
        outside=tuple(
            OutsideChange(found["kind"], found["id"], found["type"], _changes(found["changes"]))
            for found in document["outside"]
        ),
        diagnostics=tuple(
            Diagnostic(said["severity"], said["message"], said["urn"]) for said in document["diagnostics"]
        ),
        refreshed=bool(document["refreshed"]),
    )


def _step(step: Step) -> dict[str, Any]:
    return {
        "operation": step.operation.value,
        "id": step.id,
        "type": step.type,
        "name": step.name,
        "urn": step.urn,
        "token": step.token,
        "reason": step.reason,
        "changes": [_change(change) for change in step.changes],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "path": change.path,
        "before": encode(masked(change.before)),
        "after": encode(masked(change.after)),
        "forces_replace": change.forces_replace,
        "secret": change.secret,
        "unknown": change.unknown,
    }


def _changes(documents: list[dict[str, Any]]) -> tuple[Change, ...]:
    return tuple(
        Change(**{**found, "before": decode(found["before"]), "after": decode(found["after"])}) for found in documents
    )


def encode(value: Any) -> Any:
    """`value` as plain JSON, secrets without what they hold."""
    if isinstance(value, Unknown):
        return {MARK: "unknown"}
    if isinstance(value, Secret):
        return {MARK: "secret"}
    if isinstance(value, Reference):
        return {MARK: "reference", "urn": value.urn, "output": value.output}
    if isinstance(value, Source):
        return str(value)
    if isinstance(value, Mapping):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    return value


def decode(value: Any) -> Any:
    """The value that `encode` wrote; secrets are empty."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    kind = value.get(MARK)
    if kind == "unknown":
        return Unknown()
    if kind == "secret":
        return Secret(None)
    if kind == "reference":
        return Reference(str(value["urn"]), str(value["output"]))
    return {key: decode(item) for key, item in value.items()}
