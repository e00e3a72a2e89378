"""The documents about the local cloud."""

from __future__ import annotations

from typing import Any

from azkeep.model.report import LocalChange, LocalLog, LocalReset
from azkeep.render.values import plain
from azkeep.render.view import View


def change(found: LocalChange, view: View) -> dict[str, Any]:
    return {
        "action": found.action,
        "id": found.id,
        "by": found.by,
        "before": plain(found.before),
        "after": plain(found.after),
    }


def reset(found: LocalReset, view: View) -> dict[str, Any]:
    return {"store": found.store}


def log(found: LocalLog, view: View) -> dict[str, Any]:
    return {"events": [plain(event) for event in found.events]}
