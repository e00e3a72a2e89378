"""What another run is changing while an audit looks."""

from __future__ import annotations

from azkeep.engine.state import State
from azkeep.jobs.moving import _begun

GROUP = "urn:pulumi:dev::shop::azure-native:resources:ResourceGroup::group"
ID = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/shop"


def test_an_operation_without_an_id_yet_has_that_of_the_resource_beside_it() -> None:
    """An engine may write that it updates a resource before it has given the new state its id."""
    resource = {"urn": GROUP, "type": "azure-native:resources:ResourceGroup", "custom": True, "inputs": {}}
    pending = [{"type": "updating", "resource": resource}]
    assert _begun(State({"resources": [{**resource, "id": ID}], "pending_operations": pending})) == {ID}
    assert _begun(State({"resources": [], "pending_operations": pending})) == set()
