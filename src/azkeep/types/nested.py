"""Nested objects whose form in azure-native differs from ARM's: flattened ones, and renamed members.

Keyed by module, then by class name without its `Args` or `Response` ending. Source: the azure-mgmt clients' attribute
maps against pulumi_azure_native's classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class NestedShape:
    """`outside`: members that stay outside `holder`, None if not flattened. `renames`: input → ARM."""

    outside: frozenset[str] | None = None
    renames: Mapping[str, str] = field(default_factory=dict)
    holder: str = "properties"


def _flat(*outside: str) -> NestedShape:
    return NestedShape(outside=frozenset(outside))


_NAMED = _flat("id", "name", "type", "etag")
_WHOLE = _flat("id", "name", "type", "etag", "location", "tags", "sku", "zones", "extendedLocation", "kind")
_CONNECTION = _flat("id", "name", "type", "etag", "systemData")

_NETWORK: Mapping[str, NestedShape] = {
    **dict.fromkeys(
        ("Subnet", "SecurityRule", "Route", "Delegation", "ServiceEndpointPolicyDefinition", "VirtualNetworkPeering",
         "VirtualNetworkPeeringVirtualNetwork",
         "ResourceNavigationLink", "ServiceAssociationLink", "IPConfigurationProfile"),
        _NAMED,
    ),
    **dict.fromkeys(
        ("NetworkSecurityGroup", "RouteTable", "PublicIPAddress", "NatGateway", "ApplicationSecurityGroup",
         "ServiceEndpointPolicy", "PrivateEndpoint", "NetworkInterface", "VirtualNetworkTap",
         "PrivateLinkService"),
        _WHOLE,
    ),
    **dict.fromkeys(
        ("PrivateLinkServiceConnection", "IPConfiguration", "NetworkInterfaceIPConfiguration",
         "BastionHostIPConfiguration", "AzureFirewallIPConfiguration", "AzureFirewallNetworkRuleCollection",
         "AzureFirewallApplicationRuleCollection", "AzureFirewallNatRuleCollection", "BackendAddressPool",
         "InboundNatRule", "PrivateEndpointConnection", "NetworkInterfaceTapConfiguration",
         "PrivateLinkServiceIpConfiguration", "VirtualNetworkGatewayIPConfiguration",
         "LoadBalancerBackendAddress", "ApplicationGatewayIPConfiguration", "ApplicationGatewayBackendAddressPool"),
        _CONNECTION,
    ),
    "FlowLog": _flat("id", "name", "type", "etag", "location", "tags", "identity"),
    "FrontendIPConfiguration": _flat("id", "name", "type", "etag", "zones"),
    "IpamPoolPrefixAllocation": NestedShape(
        outside=frozenset({"numberOfIpAddresses", "allocatedAddressPrefixes"}), holder="pool"
    ),
    "PrivateEndpointIPConfiguration": _flat("name", "type", "etag"),
    "PrivateDnsZoneConfig": _flat("name"),
}  # fmt: skip

_STORAGE: Mapping[str, NestedShape] = {
    "PrivateEndpointConnection": _CONNECTION,
    "IPRule": NestedShape(renames={"iPAddressOrRange": "value"}),
    "VirtualNetworkRule": NestedShape(renames={"virtualNetworkResourceId": "id"}),
    "Encryption": NestedShape(renames={"keyVaultProperties": "keyvaultproperties", "encryptionIdentity": "identity"}),
    "EncryptionIdentity": NestedShape(
        renames={
            "encryptionUserAssignedIdentity": "userAssignedIdentity",
            "encryptionFederatedIdentityClientId": "federatedIdentityClientId",
        }
    ),
    "KeyVaultProperties": NestedShape(
        renames={"keyName": "keyname", "keyVersion": "keyversion", "keyVaultUri": "keyvaulturi"}
    ),
}

_TIMES = NestedShape(renames={"notBefore": "nbf", "expires": "exp"})
_KEY_VAULT: Mapping[str, NestedShape] = {
    "PrivateEndpointConnectionItem": _flat("id", "etag"),
    "KeyAttributes": _TIMES,
    "SecretAttributes": _TIMES,
    "KeyProperties": NestedShape(renames={"releasePolicy": "release_policy"}),
}

_ODATA = NestedShape(renames={"odataType": "odata.type"})
_METRIC_CRITERIA = (
    "MetricAlertMultipleResourceMultipleMetricCriteria",
    "MetricAlertSingleResourceMultipleMetricCriteria",
    "WebtestLocationAvailabilityCriteria",
)

NESTED: Mapping[str, Mapping[str, NestedShape]] = {
    "network": _NETWORK,
    "storage": _STORAGE,
    "keyvault": _KEY_VAULT,
    "containerregistry": {
        "PrivateEndpointConnection": _CONNECTION,
        "IPRule": NestedShape(renames={"iPAddressOrRange": "value"}),
    },
    "machinelearningservices": {
        "SharedPrivateLinkResource": _flat("name"),
        "PrivateEndpointConnection": _flat(
            "id", "name", "type", "etag", "identity", "location", "sku", "tags", "systemData"
        ),
        "RegistryPrivateEndpointConnection": _flat("id", "location"),
    },
    "monitor": {"PrivateEndpointConnection": _CONNECTION, **dict.fromkeys(_METRIC_CRITERIA, _ODATA)},
}
"""azure-native module → class → shape: one class name means different objects in different modules."""


def nested_shape(token: str, class_name: str) -> NestedShape | None:
    """How `class_name` (with its `Args` or `Response` ending) of the type `token` differs from ARM; None if not."""
    base = class_name.removesuffix("Args").removesuffix("Response")
    return NESTED.get(token.split(":")[1], {}).get(base)
