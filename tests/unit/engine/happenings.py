"""Engine events for tests, written the way the engine logs them."""

from __future__ import annotations

from typing import Any

from azkeep.engine.event_log import Event

from .checkpoints import PROVIDER


def step(
    kind: str,
    operation: str,
    urn: str,
    *,
    at: float = 0.0,
    planning: bool = False,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    **more: Any,
) -> Event:
    """One step event; `old` and `new` are the states' members beyond the usual ones."""
    token = urn.split("::")[2].rsplit("$", 1)[-1]
    metadata = {
        "op": operation,
        "urn": urn,
        "type": token,
        "old": _state(urn, token, old),
        "new": _state(urn, token, new),
        "detailedDiff": None,
        **more,
    }
    return Event({"sequence": 0, "timestamp": 0, kind: {"metadata": metadata, "planning": planning}}, at)


def began(operation: str, urn: str, **more: Any) -> Event:
    return step("resourcePreEvent", operation, urn, **more)


def ended(operation: str, urn: str, **more: Any) -> Event:
    return step("resOutputsEvent", operation, urn, **more)


def failed(operation: str, urn: str, **more: Any) -> Event:
    return step("resOpFailedEvent", operation, urn, **more)


def said(message: str, severity: str = "error", urn: str = "", **more: Any) -> Event:
    payload = {"message": message, "severity": severity, "urn": urn, **more}
    return Event({"sequence": 0, "diagnosticEvent": payload}, 0.0)


def _state(urn: str, token: str, given: dict[str, Any] | None) -> dict[str, Any] | None:
    if given is None:
        return None
    return {"urn": urn, "type": token, "custom": True, "id": "", "provider": PROVIDER, "inputs": {}, **given}
