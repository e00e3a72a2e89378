"""The documents about one stack: outputs, settings, history, locks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.model.report import Configuration, History, LockHolder, Locks, Outputs
from azkeep.model.value import Secret
from azkeep.render.values import plain, stamp
from azkeep.render.view import View


def values(given: Mapping[str, Any], *, reveal: bool = False) -> dict[str, Any]:
    """`{name: {value, secret}}`, sorted by name; a value that holds a secret anywhere is secret."""
    return {
        name: {"value": plain(given[name], reveal=reveal), "secret": holds_secret(given[name])}
        for name in sorted(given)
    }


def holds_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(holds_secret(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(holds_secret(item) for item in value)
    return isinstance(value, Secret)


def outputs(found: Outputs, view: View) -> dict[str, Any]:
    return {"outputs": values(found.values, reveal=view.show_secrets)}


def configuration(found: Configuration, view: View) -> dict[str, Any]:
    entries = [
        {
            "key": entry.key,
            "value": plain(entry.value, reveal=view.show_secrets),
            "secret": holds_secret(entry.value),
            "origin": entry.origin,
        }
        for entry in found.entries
    ]
    return {"entries": entries, "changed": found.changed, "before": plain(found.before)}


def history(found: History, view: View) -> dict[str, Any]:
    return {
        "runs": [
            {
                "at": stamp(run.at),
                "command": run.command,
                "result": run.result,
                "user": run.user,
                "principal": run.principal,
                "commit": run.commit,
                "dirty": run.dirty,
                "plan_digest": run.plan_digest,
                "approved": run.approved,
                "seconds": None if run.seconds is None else round(run.seconds, 3),
                "summary": dict(run.summary),
            }
            for run in found.runs
        ]
    }


def locks(found: Locks, view: View) -> dict[str, Any]:
    return {
        "holders": [holder(each) for each in found.holders],
        "removed": holder(found.removed) if found.removed else None,
    }


def holder(each: LockHolder) -> dict[str, Any]:
    return {
        "user": each.user,
        "host": each.host,
        "pid": each.pid,
        "since": stamp(each.since),
        "alive": each.alive,
    }
