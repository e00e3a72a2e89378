"""What Resource Graph holds, against Microsoft's list."""

from __future__ import annotations

import pytest

from azkeep.model.ids import ArmId
from azkeep.types import all_types
from azkeep.types.resource_graph import DOCUMENTED, covers, keeper, records_changes, table

NETWORK = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/hub"


def test_types_agree_with_the_documented_table() -> None:
    """Exactly those of azkeep's types are in the table `resources` that Microsoft lists there."""
    ours = {type_.arm_type.lower() for type_ in all_types()}
    assert {each for each in ours if covers(each)} == ours & DOCUMENTED


@pytest.mark.parametrize(
    "arm_type",
    [
        "Microsoft.MachineLearningServices/workspaces/computes",
        "Microsoft.MachineLearningServices/workspaces/datastores",
        "Microsoft.MachineLearningServices/workspaces/outboundRules",
        "Microsoft.KeyVault/vaults/privateEndpointConnections",
        "Microsoft.Authorization/locks",
        "Microsoft.Insights/diagnosticSettings",
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
        "Microsoft.Unknown/things",
    ],
)
def test_in_no_table(arm_type: str) -> None:
    """These are in no table, and no change of them is recorded with values."""
    assert table(arm_type) is None
    assert not records_changes(arm_type)


def test_other_tables_record_no_changes() -> None:
    """Role assignments and DNS records can be asked for, and have no change feed; groups have both."""
    assert table("Microsoft.Authorization/roleAssignments") == "authorizationresources"
    assert table("Microsoft.Network/privateDnsZones/A") == "dnsresources"
    assert not records_changes("Microsoft.Authorization/roleAssignments")
    assert records_changes("Microsoft.Resources/resourceGroups")


def test_keeper_of_a_listed_child_is_its_parent() -> None:
    """A subnet is seen in its network, a network by itself, a lock nowhere."""
    network = ArmId.parse(NETWORK)
    assert keeper(network) == network
    assert keeper(network.child("subnets", "a")) == network
    assert keeper(network.extension("Microsoft.Authorization/locks", "keep")) is None


def test_what_belongs_to_the_tenant_hangs_on_nothing() -> None:
    """A built-in definition has no scope, a group has its subscription."""
    built_in = ArmId.parse("/providers/Microsoft.Authorization/policyDefinitions/0a914e76-4921-4c19-b460-a2d36003525a")
    assert (built_in.scope, built_in.parent) == (None, None)
    group = ArmId.parse("/subscriptions/s/resourceGroups/g")
    assert str(group.scope) == "/subscriptions/s"
