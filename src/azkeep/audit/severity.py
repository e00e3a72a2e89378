"""How bad a finding is, by what the property or the resource does: data, and two lookups.

A policy rule that the live document breaks raises it (`azkeep.audit.rules`); without one this is all there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from azkeep.model.drift import Severity
from azkeep.model.plan import Change
from azkeep.model.value import split


@dataclass(frozen=True)
class Concern:
    """What properties of these names are about. `opens`: values (lower case, () for none) that open what was closed;
    then it is `worst`, else `usual`. A name ending in `*` stands for all that begin so."""

    name: str
    properties: tuple[str, ...]
    usual: Severity
    worst: Severity
    opens: tuple[str, ...] = ()


CONCERNS = (
    Concern(
        "access",
        ("publicNetworkAccess", "allowPublicAccessWhenBehindVnet", "allowBlobPublicAccess", "publicAccess",
         "publicNetworkAccessForIngestion", "publicNetworkAccessForQuery", "anonymousPullEnabled", "defaultAction",
         "networkAccessPolicy", "remoteLoginPortPublicAccess", "sshPublicAccess", "enableNodePublicIp"),
        Severity.HIGH, Severity.CRITICAL,
        ("enabled", "true", "allow", "allowall", "blob", "container", "notspecified"),
    ),
    Concern(
        "keys",
        ("allowSharedKeyAccess", "disableLocalAuth", "adminUserEnabled", "isLocalUserEnabled", "enablePurgeProtection",
         "enableSoftDelete", "softDeleteRetentionInDays", "keyPolicy", "sasPolicy", "defaultToOAuthAuthentication",
         "systemDatastoresAuthMode", "authMode", "credentials"),
        Severity.HIGH, Severity.HIGH,
    ),
    Concern(
        "identity",
        ("identity", "principalId", "roleDefinitionId", "enableRbacAuthorization", "accessPolicies", "permissions",
         "userAssignedIdentities", "primaryUserAssignedIdentity", "actions", "notActions", "dataActions",
         "assignableScopes", "issuer", "subject", "audiences", "condition"),
        Severity.HIGH, Severity.HIGH,
    ),
    Concern(
        "encryption",
        ("encryption", "minimumTlsVersion", "supportsHttpsTrafficOnly", "keyVaultProperties", "keySource",
         "hbiWorkspace", "encryptionAtHost", "requireInfrastructureEncryption", "sslConfiguration"),
        Severity.HIGH, Severity.HIGH,
    ),
    Concern(
        "network",
        ("networkAcls", "networkRuleSet", "ipRules", "virtualNetworkRules", "securityRules", "access", "direction",
         "sourceAddressPrefix*", "destinationAddressPrefix*", "sourcePortRange*", "destinationPortRange*", "protocol",
         "priority", "bypass", "routes", "nextHop*", "subnet", "subnets", "networkSecurityGroup", "routeTable",
         "managedNetwork", "isolationMode", "outboundRules", "egressPublicNetworkAccess", "natGateway",
         "privateLinkServiceConnectionState", "privateEndpoint*", "serviceEndpoint*", "delegations",
         "allowForwardedTraffic", "allowGatewayTransit", "useRemoteGateways", "allowVirtualNetworkAccess",
         "addressPrefix*", "addressSpace", "destination", "fqdns", "registrationEnabled", "aRecords", "cnameRecord",
         "aaaaRecords", "dhcpOptions", "threatIntelMode", "ingestionAccessMode", "queryAccessMode"),
        Severity.HIGH, Severity.HIGH,
    ),
    Concern("logging", ("logs", "metrics", "workspaceId", "retention*", "deleteRetentionPolicy", "enabled"),
            Severity.MEDIUM, Severity.MEDIUM),
    Concern("state", ("provisioningState",), Severity.HIGH, Severity.HIGH),
    Concern("locks", ("level",), Severity.HIGH, Severity.HIGH),
    Concern(
        "cost",
        ("sku", "vmSize", "instanceType", "instanceCount", "scaleSettings", "maxNodeCount", "minNodeCount",
         "nodeIdleTimeBeforeScaleDown", "dailyQuotaGb", "capacity", "traffic", "accessTier", "shareQuota"),
        Severity.MEDIUM, Severity.MEDIUM,
    ),
    Concern("tags", ("tags",), Severity.LOW, Severity.LOW),
)  # fmt: skip
"""The first that has a part of the property's path decides, the last part of the path looked at first."""

OTHER = Concern("other", (), Severity.MEDIUM, Severity.MEDIUM)

ALWAYS_WEAK = {
    "minimumtlsversion": ("tls1_0", "tls1_1"),
    "supportshttpstrafficonly": ("false",),
    "allowsharedkeyaccess": ("true",),
    "disablelocalauth": ("false",),
    "adminuserenabled": ("true",),
    "enablerbacauthorization": ("false",),
    "enablepurgeprotection": ("false",),
    "egresspublicnetworkaccess": ("enabled",),
    "isolationmode": ("disabled", "allowinternetoutbound"),
    "sourceaddressprefix": ("*", "internet", "0.0.0.0/0"),
}
"""Property → values that weaken it, for telling in words; none of them ranks below high."""

UNMANAGED: dict[str, tuple[str, Severity]] = {
    "federatedidentitycredentials": ("identity", Severity.CRITICAL),
    "roleassignments": ("identity", Severity.HIGH),
    "privateendpointconnections": ("access", Severity.HIGH),
    "securityrules": ("network", Severity.HIGH),
    "outboundrules": ("network", Severity.HIGH),
    "virtualnetworkpeerings": ("network", Severity.HIGH),
    "publicipaddresses": ("access", Severity.HIGH),
    "onlineendpoints": ("access", Severity.HIGH),
    "batchendpoints": ("access", Severity.HIGH),
    "deployments": ("access", Severity.HIGH),
    "connections": ("keys", Severity.HIGH),
    "keys": ("keys", Severity.MEDIUM),
    "secrets": ("keys", Severity.MEDIUM),
    "a": ("network", Severity.HIGH),
    "aaaa": ("network", Severity.HIGH),
    "cname": ("network", Severity.HIGH),
    "diagnosticsettings": ("logging", Severity.MEDIUM),
    "computes": ("cost", Severity.MEDIUM),
    "locks": ("locks", Severity.LOW),
}
"""Last word of an ARM type → what a resource of it that nobody declared is about."""


def of_change(change: Change) -> tuple[str, Severity]:
    """Concern and severity of one changed property."""
    parts = [part.lower() for part in split(change.path)]
    if parts[:1] == ["tags"]:
        return "tags", Severity.LOW
    for part in reversed(parts):
        for concern in CONCERNS:
            if any(_names(name, part) for name in concern.properties):
                return concern.name, _grade(concern, parts, change.after)
    return OTHER.name, OTHER.usual


def of_unmanaged(arm_type: str) -> tuple[str, Severity]:
    """Concern and severity of a resource that nobody declared."""
    return UNMANAGED.get(arm_type.rsplit("/", 1)[-1].lower(), (OTHER.name, Severity.MEDIUM))


def _grade(concern: Concern, parts: list[str], value: Any) -> Severity:
    text = str(value).replace(" ", "").lower()
    if text in concern.opens:
        return concern.worst
    weak = text in ALWAYS_WEAK.get(parts[-1], ())
    return max(concern.usual, Severity.HIGH, key=lambda found: found.rank) if weak else concern.usual


def _names(name: str, part: str) -> bool:
    lowered = name.lower()
    return part.startswith(lowered[:-1]) if lowered.endswith("*") else part == lowered
