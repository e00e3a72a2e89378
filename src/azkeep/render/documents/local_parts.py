"""The documents about the local cloud's snapshots, principals and environments."""

from __future__ import annotations

from typing import Any

from azkeep.model.local import (
    KeptSnapshot,
    KnownPrincipal,
    LocalEnvironment,
    LocalPrincipal,
    LocalPrincipals,
    LocalSnapshot,
    LocalSnapshots,
)
from azkeep.render.values import stamp
from azkeep.render.view import View


def snapshot(found: LocalSnapshot, view: View) -> dict[str, Any]:
    return {"action": found.action, "snapshot": _snapshot(found.snapshot)}


def snapshots(found: LocalSnapshots, view: View) -> dict[str, Any]:
    return {"snapshots": [_snapshot(each) for each in found.snapshots]}


def _snapshot(found: KeptSnapshot) -> dict[str, Any]:
    return {
        "name": found.name,
        "file": found.file,
        "taken_at": stamp(found.taken_at),
        "resources": found.resources,
    }


def principal(found: LocalPrincipal, view: View) -> dict[str, Any]:
    """`client_secret` is null but where the principal was added."""
    return {
        "action": found.action,
        "principal": _principal(found.principal),
        "client_secret": found.client_secret,
    }


def principals(found: LocalPrincipals, view: View) -> dict[str, Any]:
    return {"principals": [_principal(each) for each in found.principals]}


def _principal(found: KnownPrincipal) -> dict[str, Any]:
    return {
        "name": found.name,
        "kind": found.kind,
        "role": found.role,
        "client_id": found.client_id,
        "object_id": found.object_id,
        "resource": found.resource or None,
    }


def environment(found: LocalEnvironment, view: View) -> dict[str, Any]:
    return {
        "client": found.client,
        "principal": found.principal,
        "variables": dict(found.variables),
        "commands": [list(command) for command in found.commands],
    }
