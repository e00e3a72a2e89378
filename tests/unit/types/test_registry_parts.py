"""What lies in a container registry: replications, scope maps, tokens, cache rules, credential sets."""

from __future__ import annotations

from typing import Any

import pytest

from azkeep.errors import ArmFault
from azkeep.model.value import get
from estate import GROUP, NOW, MemoryEstate

REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/registry"
MAP, TOKEN = f"{REGISTRY}/scopeMaps/readers", f"{REGISTRY}/tokens/agent"
READ = {"actions": ["repositories/models/content/read"]}


def estate_with(sku: str = "Premium") -> MemoryEstate:
    estate = MemoryEstate()
    estate.put(REGISTRY, {"location": "westeurope", "sku": {"name": sku}, "properties": {}})
    return estate


def refused(estate: MemoryEstate, id: str, body: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(ArmFault) as fault:
        estate.put(id, body)
    return fault.value.code, fault.value.message


def test_a_registry_is_in_each_region_once() -> None:
    """A replication needs the Premium tier and a region that the registry is not in yet."""
    there, here = f"{REGISTRY}/replications/northeurope", f"{REGISTRY}/replications/westeurope"
    body = {"location": "northeurope"}
    assert refused(estate_with("Standard"), there, body)[0] == "SkuFeatureNotSupported"
    estate = estate_with()
    shown = estate.put(there, body)["properties"]
    assert (shown["status"]["displayStatus"], shown["zoneRedundancy"]) == ("Ready", "Disabled")
    assert estate.put(there, body)["properties"]["status"] == shown["status"]
    assert refused(estate, here, {"location": "West Europe"})[0] == "ReplicationAlreadyExists"
    assert refused(estate, f"{there}2", body)[0] == "ReplicationAlreadyExists"


def test_a_scope_map_names_what_may_be_done() -> None:
    """Actions have a form; a map that a token uses stays."""
    estate = estate_with()
    assert refused(estate, MAP, {"properties": {"actions": ["everything"]}})[0] == "ScopeMapActionsInvalid"
    assert get(estate.put(MAP, {"properties": READ}), "/properties/creationDate") == NOW
    estate.put(TOKEN, {"properties": {"scopeMapId": MAP}})
    with pytest.raises(ArmFault, match="in use by the token agent"):
        estate.delete(MAP)
    estate.delete(TOKEN)
    estate.delete(MAP)


@pytest.mark.parametrize("name", ["_repositories_pull", "_repositories_admin"])
def test_a_token_may_use_the_maps_that_every_registry_has(name: str) -> None:
    """They come with the registry; any other must be made."""
    estate = estate_with()
    built_in = f"{REGISTRY}/scopeMaps/{name}"
    assert get(estate.put(TOKEN, {"properties": {"scopeMapId": built_in}}), "/properties/status") == "enabled"
    assert refused(estate, TOKEN, {"properties": {"scopeMapId": MAP}})[0] == "ScopeMapNotFound"


def test_a_credential_set_gets_an_identity() -> None:
    """It reads the two secrets with it."""
    estate = estate_with()
    body = {"identity": {"type": "SystemAssigned"}, "properties": {"loginServer": "docker.io", "authCredentials": []}}
    shown = estate.put(f"{REGISTRY}/credentialSets/upstream", body)
    assert estate.principal(shown["identity"]["principalId"]) == "ServicePrincipal"
