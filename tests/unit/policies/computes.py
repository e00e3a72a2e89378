"""Documents of computes, and the verdicts by short names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.model.finding import Verdict

Body = Mapping[str, Any]
PASS, FAIL, OPEN, OUT = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
COMPUTE = "Microsoft.MachineLearningServices/workspaces/computes"
WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
SUBNET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/n/subnets/training"
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/example/providers"


def cluster(inner: Any = None, **members: Any) -> Body:
    return compute("AmlCompute", inner, **members)


def instance(inner: Any = None, **members: Any) -> Body:
    return compute("ComputeInstance", inner, **members)


def compute(kind: Any, inner: Any = None, *, tags: Any = None, identity: Any = None, **properties: Any) -> Body:
    given = {"computeType": kind, "properties": inner, **properties}
    return {"type": COMPUTE, "name": "home/one", "tags": tags, "identity": identity, "properties": given}
