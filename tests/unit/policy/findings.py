"""Findings and waivers as tests write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from azkeep.model.finding import Finding, Verdict, Waiver
from azkeep.model.severity import Severity

WORKSPACE = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"
    "/providers/Microsoft.MachineLearningServices/workspaces/mlw-a"
)
URN = "urn:pulumi:dev::shop::azure-native:machinelearningservices:Workspace::workspace"
TODAY = date(2026, 6, 1)
FOUND = Finding(
    rule="AML-NET-001",
    title="Workspace refuses public network traffic",
    severity=Severity.CRITICAL,
    verdict=Verdict.FAIL,
    id=WORKSPACE,
    type="Microsoft.MachineLearningServices/workspaces",
    name="mlw-a",
    urn=URN,
    fingerprint="aaaa",
)


def finding(**changes: Any) -> Finding:
    return replace(FOUND, **changes)


def waiver(resource: str = "mlw-a", expires: date = date(2026, 12, 31), rule: str = "AML-NET-001") -> Waiver:
    return Waiver(rule, resource, "reached by the vendor until March", "platform@example.com", expires)
