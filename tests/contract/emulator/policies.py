"""Assignments of policies, as tests make them for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.contract.emulator.arm import Arm
from tests.contract.emulator.cast import put

AUTHORIZATION = "providers/Microsoft.Authorization"
POLICY_VERSION = "2025-01-01"
UNKNOWN = "0a914e76-4921-4c19-b460-a2d36003525a"
"""A built-in definition that the local cloud does not hold."""


def built_in(guid: str) -> str:
    return f"/{AUTHORIZATION}/policyDefinitions/{guid}"


def assignment_id(scope: str, name: str = "rule") -> str:
    return f"{scope}/{AUTHORIZATION}/policyAssignments/{name}"


@contextmanager
def assigned(
    arm: Arm, scope: str, definition: str, parameters: dict[str, Any] | None = None, **more: Any
) -> Iterator[str]:
    """Id of an assignment that lasts as long as the context."""
    id = assignment_id(scope)
    properties = {"policyDefinitionId": definition, "parameters": parameters or {}, **more}
    put(arm, id, {"properties": properties}, POLICY_VERSION)
    try:
        yield id
    finally:
        assert arm.send("DELETE", id, version=POLICY_VERSION).ok
