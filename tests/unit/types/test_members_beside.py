"""Which properties a client may give beside another."""

from __future__ import annotations

from typing import Any

import pytest

from azkeep import types
from azkeep.types.validation import members_beside

WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
VAULT = "Microsoft.KeyVault/vaults"
COMPUTE = "Microsoft.MachineLearningServices/workspaces/computes"
CLUSTER = {"properties": {"computeType": "AmlCompute", "properties": {"scaleSettings": {"maxNodeCount": 1}}}}


@pytest.mark.parametrize(
    ("arm_type", "document", "pointer", "has", "has_not"),
    [
        (WORKSPACE, {"properties": {}}, "/properties/x", "publicnetworkaccess", "publicnetworkacces"),
        (WORKSPACE, {"properties": {}}, "/x", "identity", "publicnetworkaccess"),
        (WORKSPACE, {"properties": {}}, "/properties/managedNetwork/x", "isolationmode", "identity"),
        (VAULT, {"properties": {"networkAcls": {}}}, "/properties/networkAcls/x", "defaultaction", "sku"),
        (VAULT, {"properties": {"accessPolicies": [{}]}}, "/properties/accessPolicies/0/x", "objectid", "sku"),
        (COMPUTE, CLUSTER, "/properties/properties/scaleSettings/x", "maxnodecount", "vmsize"),
    ],
)
def test_members(arm_type: str, document: Any, pointer: str, has: str, has_not: str) -> None:
    """The names are those of the place in the ARM document, not those of azure-native's class."""
    type_ = types.by_arm_type(arm_type)
    assert type_ is not None
    found = members_beside(type_, document, pointer)
    assert found is not None
    assert has in found
    assert has_not not in found


@pytest.mark.parametrize("pointer", ["/tags/anything", "/properties/nowhere/x"])
def test_where_anything_goes(pointer: str) -> None:
    """Tags have any name, and what lies in an unknown member is unknown."""
    type_ = types.by_arm_type(WORKSPACE)
    assert type_ is not None
    assert members_beside(type_, {"properties": {}}, pointer) is None
