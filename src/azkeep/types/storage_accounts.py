"""Microsoft.Storage/storageAccounts. Source: Storage resource provider REST API 2024-01-01, storage accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, put
from azkeep.types._blob_plane import BLOBS, KEYS
from azkeep.types._connections import POINTER, connections, in_storage_words
from azkeep.types._document import completed, region, same_text
from azkeep.types._identity import READ_ONLY, identity_fault, with_identity
from azkeep.types._linked_access import let_subnet_in
from azkeep.types._private_link import link_resources
from azkeep.types._region_pairs import PAIRED
from azkeep.types._storage import ACCOUNT, IN_ACCOUNT
from azkeep.types._storage_actions import ACTIONS, usages
from azkeep.types.resource_type import GeneratedSecret, Link, NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write

# Services per kind: storage-account-overview, "Types of storage accounts".
SERVICES: Mapping[str, tuple[str, ...]] = {
    "storage": ("blob", "file", "queue", "table"),
    "storagev2": ("blob", "dfs", "file", "queue", "table", "web"),
    "blobstorage": ("blob", "dfs", "table"),
    "blockblobstorage": ("blob", "dfs", "web"),
    "filestorage": ("file",),
}


# Fixed at create, with what an account has that was made without it; a PUT that leaves one out keeps it.
FIXED: Mapping[str, Any] = {
    "isHnsEnabled": False,
    "isNfsV3Enabled": False,
    "dnsEndpointType": "Standard",
    "encryption/requireInfrastructureEncryption": False,
}


SECONDARY = ("secondaryLocation", "statusOfSecondary", "secondaryEndpoints")
"""What only a geo-redundant account has."""


def _services(body: Body) -> tuple[str, ...]:
    return SERVICES.get(str(body.get("kind", "")).lower(), SERVICES["storagev2"])


def _check(write: Write, estate: Estate) -> ArmFault | None:
    for name, assumed in FIXED.items():
        sent, stored = (get(body, f"/properties/{name}") for body in (write.sent, write.before))
        if write.before is not None and sent is not None and not same_text(sent, assumed if stored is None else stored):
            return _read_only(name.rsplit("/", 1)[-1])
    return identity_fault(write, estate) or _kind_fault(write) or _feature_fault(write.body)


def _kind_fault(write: Write) -> ArmFault | None:
    kind, sku = str(write.body.get("kind", "")), str(get(write.body, "/sku/name", ""))
    if kind.lower() not in SERVICES:
        return ArmFault(400, "InvalidValuesForRequestParameters", "Values for request parameters are invalid: kind.")
    premium_only = kind.lower() in ("filestorage", "blockblobstorage")
    if premium_only and not sku.lower().startswith("premium"):
        return ArmFault(400, "InvalidValuesForRequestParameters", f"The sku {sku} is not supported for kind {kind}.")
    before = str((write.before or {}).get("kind", kind))
    upgraded = (before.lower(), kind.lower()) in (("storage", "storagev2"), ("blobstorage", "storagev2"))
    if before.lower() != kind.lower() and not upgraded:
        return _read_only("kind")
    return None


def _feature_fault(body: Body) -> ArmFault | None:
    hierarchical = get(body, "/properties/isHnsEnabled") is True
    if hierarchical and str(body.get("kind", "")).lower() not in ("storagev2", "blockblobstorage"):
        return ArmFault(
            400, "HnsNotSupportedForAccountKind", "Hierarchical namespace is not supported for this kind of account."
        )
    for feature in ("isNfsV3Enabled", "isSftpEnabled"):
        if get(body, f"/properties/{feature}") is True and not hierarchical:
            return ArmFault(
                400,
                "InvalidRequestPropertyValue",
                f"The value 'True' is not allowed for property {feature}: the account has no hierarchical namespace.",
            )
    return None


def _read_only(name: str) -> ArmFault:
    return ArmFault(
        409,
        "AccountPropertyCannotBeUpdated",
        f"The property '{name}' was specified in the input, but it cannot be updated as it is read-only. For more"
        " information, see - https://aka.ms/storageaccountupdate",
    )


def _endpoints(account: str, services: Iterable[str]) -> dict[str, str]:
    # The zone number of the web endpoint depends on the region; one stands for all here.
    hosts = {service: "z1.web" if service == "web" else service for service in services}
    return {service: f"https://{account}.{host}.core.windows.net/" for service, host in hosts.items()}


def _routed(body: Body, account: str, services: tuple[str, ...]) -> dict[str, Any]:
    """Addresses for one way to the account: over the internet there is none for queues and tables."""
    preference = get(body, "/properties/routingPreference") or {}
    ways = (
        ("internet", "publishInternetEndpoints", [each for each in services if each not in ("queue", "table")]),
        ("microsoft", "publishMicrosoftEndpoints", services),
    )
    return {
        f"{way}Endpoints": _endpoints(f"{account}-{way}routing", reached)
        for way, published, reached in ways
        if preference.get(published) is True
    }


def _secondary(body: Body, account: str, services: tuple[str, ...]) -> dict[str, Any]:
    """Where a geo-redundant account is kept too, with addresses where that copy may be read (files may not)."""
    sku, pair = str(get(body, "/sku/name", "")).upper(), PAIRED.get(region(body))
    if pair is None or not sku.endswith(("_GRS", "_RAGRS", "_GZRS", "_RAGZRS")):
        return {}
    found: dict[str, Any] = {"/properties/secondaryLocation": pair, "/properties/statusOfSecondary": "available"}
    if "_RA" in sku:
        readable = [each for each in services if each != "file"]
        found["/properties/secondaryEndpoints"] = _endpoints(f"{account}-secondary", readable)
    return found


def _complete(write: Write, estate: Estate) -> Body:
    name, services = write.id.name.lower(), _services(write.body)
    sku = str(get(write.body, "/sku/name", ""))
    always: dict[str, Any] = {
        "/sku/tier": "Premium" if sku.lower().startswith("premium") else "Standard",
        "/properties/primaryEndpoints": {**_endpoints(name, services), **_routed(write.body, name, services)},
        "/properties/primaryLocation": region(write.body),
        "/properties/statusOfPrimary": "available",
        **_secondary(write.body, name, services),
    }
    stored = {f"/properties/{name}": get(write.before, f"/properties/{name}") for name in FIXED}
    always |= {pointer: value for pointer, value in stored.items() if value is not None}
    once = {
        "/properties/creationTime": write.now,
        "/properties/keyCreationTime": dict.fromkeys(KEYS, write.now),
    }
    for service in ("blob", "file"):
        if service in services:
            once[f"/properties/encryption/services/{service}"] = {
                "enabled": True,
                "keyType": "Account",
                "lastEnabledTime": write.now,
            }
    body = completed(write, once=once, always=always)
    left = [each for each in SECONDARY if f"/properties/{each}" not in always]
    if same_text(write.body.get("kind"), "Storage") and get(write.sent, "/properties/accessTier") is None:
        left.append("accessTier")  # accounts of the first generation have none
    properties = {key: value for key, value in body["properties"].items() if key not in left}
    return with_identity({**body, "properties": properties}, write, estate)


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    shown: Body = put(body, POINTER, [in_storage_words(each) for each in connections(id, estate)])
    return shown


TYPE = ResourceType(
    arm_type=ACCOUNT,
    token="azure-native:storage:StorageAccount",
    path=IN_ACCOUNT,
    renames={
        "networkRuleSet": "networkAcls",
        "enableHttpsTrafficOnly": "supportsHttpsTrafficOnly",
        "enableNfsV3": "isNfsV3Enabled",
    },
    force_new=("isHnsEnabled", "location"),
    reset_to={
        "networkRuleSet": {
            "bypass": "AzureServices",
            "defaultAction": "Allow",
            "ipRules": [],
            "virtualNetworkRules": [],
        }
    },
    name=NameRule(
        pattern=r"^[a-z0-9]+$",
        minimum=3,
        maximum=24,
        unique="global",
        code="AccountNameInvalid",
        message="{name} is not a valid storage account name. Storage account name must be between 3 and 24 characters"
        " in length and use numbers and lower-case letters only.",
        reason="AccountNameInvalid",
        taken_code="StorageAccountAlreadyTaken",
        taken_message="The storage account named {name} is already taken.",
        own_code="StorageAccountInAnotherResourceGroup",
        own_message="The account {name} is already in another resource group in this subscription.",
    ),
    longest_tag_name=128,  # tag-resources, limitations
    required=("/sku/name", "/kind"),
    linked=(let_subnet_in("/properties/networkAcls/virtualNetworkRules/*/id"),),
    links=(
        Link("/properties/networkAcls/virtualNetworkRules/*/id", types=("Microsoft.Network/virtualNetworks/subnets",)),
        Link(
            "/properties/encryption/identity/userAssignedIdentity",
            types=("Microsoft.ManagedIdentity/userAssignedIdentities",),
        ),
    ),
    read_only=(
        *READ_ONLY,
        "/sku/tier",
        "/properties/creationTime",
        "/properties/keyCreationTime",
        "/properties/primaryEndpoints",
        "/properties/primaryLocation",
        "/properties/statusOfPrimary",
        "/properties/secondaryEndpoints",
        "/properties/secondaryLocation",
        "/properties/statusOfSecondary",
        "/properties/privateEndpointConnections",
        "/properties/encryption/services/*/lastEnabledTime",
    ),
    generated_secrets=tuple(GeneratedSecret(key) for key in KEYS),
    # Answer of StorageAccountCreate in the REST examples; TLS 1.0, shared keys and cross-tenant rules as documented
    # for the properties when they are not set.
    defaults={
        "/tags": {},
        "/properties/accessTier": "Hot",
        "/properties/allowBlobPublicAccess": False,
        "/properties/allowCrossTenantReplication": False,
        "/properties/allowSharedKeyAccess": True,
        "/properties/minimumTlsVersion": "TLS1_0",
        "/properties/publicNetworkAccess": "Enabled",
        "/properties/supportsHttpsTrafficOnly": True,
        "/properties/encryption/keySource": "Microsoft.Storage",
        "/properties/networkAcls/bypass": "AzureServices",
        "/properties/networkAcls/defaultAction": "Allow",
        "/properties/networkAcls/ipRules": [],
        "/properties/networkAcls/virtualNetworkRules": [],
    },
    # Sent and not in the answer of StorageAccountCreate in the REST examples.
    assumed={"/properties/defaultToOAuthAuthentication": False},
    check=_check,
    complete=_complete,
    present=_present,
    views={"privateLinkResources": link_resources},
    put=Timing(created=200, updated=200, asynchronous=True, accepted=True, seconds=10),
    actions=ACTIONS,
    regional={"usages": usages},
    in_resource_graph=True,
    blobs=BLOBS,
    volatile=(
        *(f"/properties/{name}" for name in ("geoReplicationStats", "statusOfPrimary", "statusOfSecondary")),
        # Keys of a vault that are rotated are taken over by themselves.
        "/properties/encryption/keyVaultProperties/currentVersionedKeyExpirationTimestamp",
        "/properties/encryption/keyVaultProperties/currentVersionedKeyIdentifier",
        "/properties/encryption/keyVaultProperties/lastKeyRotationTimestamp",
    ),
    unordered=(
        "/properties/networkAcls/ipRules",
        "/properties/networkAcls/virtualNetworkRules",
        "/properties/networkAcls/resourceAccessRules",
        "/properties/privateEndpointConnections",
    ),
)
