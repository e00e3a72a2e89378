"""Where a body with every property of a model cannot be simply made, sent and met again, each with its reason.

Keys are ARM types, or `*`, with JSON pointers in which `*` stands for any item.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.contract.sdks.estate import FAR, FREE, GROUP, HUB

IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/identity"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/account"
GUID = "12345678-1234-4123-8123-123456789abc"

_ML = "Microsoft.MachineLearningServices/workspaces"
_ML_REGISTRY = "Microsoft.MachineLearningServices/registries"
_NET = "Microsoft.Network"
_ZONE_LINK = f"{_NET}/privateDnsZones/virtualNetworkLinks"
_PEERING = f"{_NET}/virtualNetworks/virtualNetworkPeerings"
_REPLICATION = "Microsoft.ContainerRegistry/registries/replications"
_RULE = f"{_NET}/networkSecurityGroups/securityRules"
_SHARE = "Microsoft.Storage/storageAccounts/fileServices/shares"

_REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/registry"
_WORKSPACE = f"{GROUP}/providers/{_ML}/workspace"
_DETAILS = "/properties/regionDetails/*"
_OWN = "/properties/privateLinkServiceConnections/*"
_MANUAL = "/properties/manualPrivateLinkServiceConnections/*"
_PEERINGS = "/properties/virtualNetworkPeerings/*/properties"

VALUES: Mapping[tuple[str, str], Any] = {
    ("*", "/identity/type"): "UserAssigned",
    ("*", "/identity/userAssignedIdentities"): {IDENTITY: {}},
    ("Microsoft.Authorization/policyAssignments", "/properties/parameters"): {"effect": {"value": "Audit"}},
    (_ML, "/identity/type"): "SystemAssigned,UserAssigned",
    (
        f"{_ML}/computes",
        "/properties/properties/subnet/id",
    ): f"{GROUP}/providers/{_NET}/virtualNetworks/net/subnets/training",
    (_PEERING, "/properties/remoteVirtualNetwork"): {"id": FAR},
    (_PEERING, "/properties/remoteAddressSpace"): {"addressPrefixes": ["10.8.0.0/16"]},
    (_PEERING, "/properties/remoteVirtualNetworkAddressSpace"): {"addressPrefixes": ["10.8.0.0/16"]},
    (f"{_NET}/virtualNetworks", f"{_PEERINGS}/remoteVirtualNetwork"): {"id": HUB},
    (f"{_NET}/virtualNetworks", f"{_PEERINGS}/remoteAddressSpace"): {"addressPrefixes": ["10.8.0.0/16"]},
    (f"{_NET}/virtualNetworks", f"{_PEERINGS}/remoteVirtualNetworkAddressSpace"): {"addressPrefixes": ["10.8.0.0/16"]},
    (f"{_NET}/privateEndpoints", f"{_MANUAL}/properties/privateLinkServiceId"): ACCOUNT,
    (f"{_NET}/privateEndpoints", f"{_MANUAL}/properties/groupIds"): ["file"],
    (_ZONE_LINK, "/properties/virtualNetwork"): {"id": HUB},
    **{
        (f"{_ML}/computes", f"/properties/properties/aksNetworkingConfiguration/{name}"): value
        for name, value in (
            ("serviceCidr", "10.1.0.0/16"),
            ("dnsServiceIP", "10.1.0.10"),
            ("dockerBridgeCidr", "172.17.0.1/16"),
        )
    },
    (f"{_ML}/jobs", "/properties/resources/shmSize"): "2g",
    (f"{_ML}/jobs", "/properties/trial/resources/shmSize"): "2g",
    (f"{_ML}/batchEndpoints", "/properties/defaults/deploymentName"): "blue",
    (f"{_ML}/onlineEndpoints", "/properties/traffic"): {"blue": 100},
    (f"{_ML}/onlineEndpoints", "/properties/mirrorTraffic"): {"blue": 10},
    (f"{_NET}/networkInterfaces", "/properties/ipConfigurations/*/properties/publicIPAddress/id"): FREE,
    (f"{_NET}/networkSecurityGroups", "/properties/securityRules/*/properties/priority"): 200,
    (_RULE, "/properties/destinationPortRange"): "8080-8090",
    (_RULE, "/properties/sourcePortRanges"): ["8080-8090"],
    (_RULE, "/properties/sourceAddressPrefixes"): ["10.0.0.0/8"],
    (_RULE, "/properties/destinationAddressPrefixes"): ["10.0.0.0/8"],
    (f"{_NET}/routeTables/routes", "/properties/nextHopIpAddress"): "10.0.0.4",
    (f"{_NET}/virtualNetworks/subnets", "/properties/addressPrefixes"): ["10.0.2.0/24"],
}
"""Values where any of the property's kind will not do."""

SERVICES: Mapping[tuple[str, str], str] = {
    ("*", "/etag"): "the service counts it",
    ("*", "/properties/privateEndpoint"): "a connection belongs to the endpoint that made it",
    (_ML, "/properties/discoveryUrl"): "made of the workspace's region",
    (f"{_NET}/bastionHosts", "/properties/dnsName"): "a name that the service makes up",
    (f"{_NET}/privateEndpoints", f"{_OWN}/properties/privateLinkServiceConnectionState"): "the target's owner decides",
    (
        f"{_NET}/privateEndpoints",
        f"{_MANUAL}/properties/privateLinkServiceConnectionState",
    ): "the target's owner decides",
    (f"{_NET}/publicIPAddresses", "/properties/ipAddress"): "allocated by the service",
    (f"{_NET}/publicIPAddresses", "/properties/dnsSettings/fqdn"): "made of the label and the region",
    (f"{_NET}/publicIPAddresses", "/properties/natGateway"): "the other end of what the gateway names",
    (f"{_NET}/privateEndpoints", "/properties/customDnsConfigs"): "made of the target's names and addresses",
    (f"{_NET}/virtualNetworks", f"{_PEERINGS}/peeringSyncLevel"): "what the service finds",
    (_ML_REGISTRY, "/properties/discoveryUrl"): "made of the region and the name",
    (_ML_REGISTRY, "/properties/managedResourceGroup"): "a group that the service makes",
    (_ML_REGISTRY, "/properties/mlFlowRegistryUri"): "made of the region and the name",
    (
        _ML_REGISTRY,
        f"{_DETAILS}/acrDetails/*/systemCreatedAcrAccount/armResourceId",
    ): "an account that the service makes",
    (_ML_REGISTRY, f"{_DETAILS}/storageAccountDetails/*/systemCreatedStorageAccount/armResourceId"): (
        "an account that the service makes"
    ),
    (_PEERING, "/properties/peeringSyncLevel"): "what the service finds",
    ("Microsoft.KeyVault/vaults", "/properties/vaultUri"): "made of the vault's name",
    ("Microsoft.KeyVault/vaults", "/properties/createMode"): "says what the request means, and is never returned",
}
"""Properties whose value is the service's own, though the model does not call them read-only."""

INSTEAD: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("*", "/identity"): ("/identity",),
    (_RULE, "/properties/destinationPortRange"): ("/properties/destinationPortRanges",),
    (_RULE, "/properties/sourceAddressPrefixes"): ("/properties/sourceAddressPrefix",),
    (_RULE, "/properties/sourceApplicationSecurityGroups"): ("/properties/sourceAddressPrefix",),
    (_RULE, "/properties/destinationAddressPrefixes"): ("/properties/destinationAddressPrefix",),
    (_RULE, "/properties/destinationApplicationSecurityGroups"): ("/properties/destinationAddressPrefix",),
    (_RULE, "/properties/sourcePortRanges"): ("/properties/sourcePortRange",),
    (_ZONE_LINK, "/properties/virtualNetwork"): ("/properties/virtualNetwork",),
    (_PEERING, "/properties/remoteVirtualNetwork"): ("/properties/remoteVirtualNetwork",),
    (f"{_NET}/publicIPAddresses", "/properties/publicIPAddressVersion"): ("/properties/dnsSettings",),
    (f"{_NET}/publicIPAddresses", "/zones"): ("/properties/dnsSettings",),
    (f"{_NET}/virtualNetworks/subnets", "/properties/addressPrefixes"): ("/properties/addressPrefix",),
    (f"{_ML}/environments/versions", "/properties/build"): ("/properties/image", "/properties/condaFile"),
    (f"{_NET}/privateEndpoints", "/properties/manualPrivateLinkServiceConnections"): (
        "/properties/privateLinkServiceConnections",
        "/properties/ipConfigurations",
    ),
    (f"{_NET}/privateEndpoints", "/properties/subnet"): ("/properties/ipConfigurations",),
    (f"{_NET}/azureFirewalls", "/properties/firewallPolicy"): ("/properties/networkRuleCollections",),
}
"""Properties that exclude others → what is taken out of the example for them."""

WITH: Mapping[tuple[str, str], Mapping[str, Any]] = {
    (_REPLICATION, "/properties/zoneRedundancy"): {"/location": "swedencentral"},
    (f"{_NET}/natGateways", "/zones"): {"/properties/publicIpAddresses": [{"id": FREE}]},
    (f"{_NET}/routeTables/routes", "/properties/nextHopIpAddress"): {"/properties/nextHopType": "VirtualAppliance"},
}
"""Properties that need others → what is put into the example for them."""

ELSEWHERE: frozenset[tuple[str, str]] = frozenset({(_SHARE, "/properties/rootSquash")}) | frozenset(
    (f"{_NET}/networkSecurityGroups", f"/properties/securityRules/*/properties/{name}")
    for name in (
        *("sourceAddressPrefixes", "sourceApplicationSecurityGroups", "sourcePortRanges"),
        *("destinationAddressPrefixes", "destinationApplicationSecurityGroups", "destinationPortRange"),
    )
)
"""Properties that another test has: with the type whose only property they are, or with the account that they need."""

AT_CREATION: frozenset[tuple[str, str]] = frozenset(
    {
        ("keyvault", "Microsoft.KeyVault/vaults/keys"),
        ("machinelearning", _ML),
        ("machinelearning", f"{_ML}/computes"),
        ("machinelearning2", _ML),
        ("machinelearning2", f"{_ML}/computes"),
        ("machinelearning2", f"{_ML}/jobs"),
        ("network", f"{_NET}/virtualNetworks"),
    }
)
"""(type, property) that can be given at creation only, by a check of the type; (SDK, type) of which all can: its API
version does not know what the example has and must keep, or a key is never written again, or children are in use."""

ANOTHER: Mapping[tuple[str, str], str] = {
    (_REPLICATION, "/properties/zoneRedundancy"): f"{_REGISTRY}/replications/swedencentral",
    (f"{_ML}/data/versions", "/properties"): f"{_WORKSPACE}/data/tables/versions/1",
    (f"{_ML}/data/versions", "/properties in its form 1"): f"{_WORKSPACE}/data/files/versions/1",
}
"""(type, part) that needs a resource of its own whose name is not free."""


def value(arm_type: str, pointer: str) -> Any:
    """The value of a property of a type, None where any of its kind will do."""
    return VALUES.get((arm_type, pointer), VALUES.get(("*", pointer)))


def instead(arm_type: str, pointer: str) -> tuple[str, ...]:
    """What is taken out of the example of a type when one of its properties is tried."""
    return INSTEAD.get((arm_type, pointer), INSTEAD.get(("*", pointer), ()))


def by_name(pointer: str) -> Any:
    """A value for what every service calls alike, None for other names."""
    name = pointer.rsplit("/", 1)[1]
    if name in ("tenantId", "clientId", "objectId", "principalId", "applicationId", "subscriptionId"):
        return GUID
    if name == "id" or name.endswith(("esourceId", "ArmId")):
        named = [part for part in pointer.split("/") if part not in ("*", "id", "properties", "")]
        return f"{GROUP}/providers/Microsoft.Network/{named[-1] if named else 'things'}/elsewhere"
    return None
