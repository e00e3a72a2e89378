"""The documents about azkeep itself: init, engine, doctor."""

from __future__ import annotations

from typing import Any

from azkeep.model.report import Doctor, EngineFound, Scaffold
from azkeep.render.view import View


def scaffold(found: Scaffold, view: View) -> dict[str, Any]:
    return {"folder": found.folder, "files": list(found.files), "next": list(found.next_steps)}


def engine(found: EngineFound, view: View) -> dict[str, Any]:
    return {"action": found.action, "engine": engine_found(found)}


def engine_found(found: EngineFound) -> dict[str, Any]:
    return {"path": found.path, "version": found.version, "origin": found.origin, "sha256": found.sha256 or None}


def doctor(found: Doctor, view: View) -> dict[str, Any]:
    return {
        "engine": engine_found(found.engine) if found.engine else None,
        "checks": [
            {"name": check.name, "state": check.state.value, "found": check.found, "fix": check.fix}
            for check in found.checks
        ],
    }
