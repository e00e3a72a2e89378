"""Registries of models and environments that workspaces share."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from azkeep.policy import Document, Maps, Needs, Node, Severity, Truth, fact, rule, some, when

from ._identity import has_identity
from ._private_link import is_reached_through
from ._regions import is_in_regions
from ._tags import REQUIRED_TAGS, carries_tags

REGISTRY = "Microsoft.MachineLearningServices/registries"
REGIONS = "properties.regionDetails"
CONNECTIONS = "properties.registryPrivateEndpointConnections"
STATES = ("registryPrivateLinkServiceConnectionState", "privateLinkServiceConnectionState")
"""Where a connection of a registry says whether it is approved: in the models of the service, and elsewhere in ARM."""


@rule(
    "AML-REG-001",
    "Shared registry refuses public traffic",
    severity=Severity.HIGH,
    on=REGISTRY,
    paths=("properties.publicNetworkAccess",),
    fix="Set publicNetworkAccess to Disabled.",
    sets={"properties.publicNetworkAccess": "Disabled"},
    maps=Maps(other=("cloudsploit:mlRegistryPublicAccess",)),
)
def shared_registry_refuses_public_traffic(registry: Document) -> Truth:
    """Shared registry refuses public traffic.

    Checks: publicNetworkAccess equals Disabled; missing fails.
    Why: A registry holds models and environments that every workspace trusts.
    Bad:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          properties: {publicNetworkAccess: Enabled}
    Bad:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          properties: {}
    Good:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          properties: {publicNetworkAccess: Disabled}
    Source: aquasecurity/cloudsploit plugins/azure/machinelearning/mlRegistryPublicAccess.js; azure-ai-ml 1.35.2,
        arm_ml_service models (ARM API 2025-12-01)
    """
    return registry["properties.publicNetworkAccess"].equals("Disabled")


@rule(
    "AML-REG-002",
    "Shared registry has an approved private endpoint",
    severity=Severity.HIGH,
    on=REGISTRY,
    needs=Needs.GRAPH,
    paths=(
        "properties.registryPrivateEndpointConnections[*].properties.registryPrivateLinkServiceConnectionState.status",
        "Microsoft.Network/privateEndpoints: properties.privateLinkServiceConnections[*].properties.groupIds",
    ),
    fix="Declare a private endpoint for the registry, with group id amlregistry.",
)
def shared_registry_has_an_approved_private_endpoint(registry: Document) -> Truth:
    """Shared registry has an approved private endpoint.

    Checks: Declared: a private endpoint points at the registry id with group id amlregistry. Live: at least one
        connection is Approved.
    Why: A closed registry without an endpoint cannot be used.
    Bad:
        - type: Microsoft.MachineLearningServices/registries
          name: example
        - type: Microsoft.Network/privateEndpoints
          name: endpoint
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [registry]}
    Bad (live):
        - type: Microsoft.MachineLearningServices/registries
          name: example
          properties:
            registryPrivateEndpointConnections:
              - properties: {registryPrivateLinkServiceConnectionState: {status: Pending}}
    Good:
        - type: Microsoft.MachineLearningServices/registries
          name: example
        - type: Microsoft.Network/privateEndpoints
          name: endpoint
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [amlregistry]}
    Good (live):
        - type: Microsoft.MachineLearningServices/registries
          name: example
          properties:
            registryPrivateEndpointConnections:
              - properties: {registryPrivateLinkServiceConnectionState: {status: Approved}}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    if not registry.is_live:
        return is_reached_through(registry, "amlregistry").otherwise("no private endpoint with group amlregistry")
    return registry[CONNECTIONS].some(
        lambda each: some(STATES, lambda state: each[f"properties.{state}.status"].equals("Approved"))
    )


@rule(
    "AML-REG-003",
    "Registry storage blocks anonymous blobs",
    severity=Severity.HIGH,
    on=REGISTRY,
    paths=("properties.regionDetails[*].storageAccountDetails[*].systemCreatedStorageAccount.allowBlobPublicAccess",),
    fix="Set allowBlobPublicAccess false in each region.",
    sets={
        "properties.regionDetails.*.storageAccountDetails.*.systemCreatedStorageAccount.allowBlobPublicAccess": False
    },
)
def registry_storage_blocks_anonymous_blobs(registry: Document) -> Truth:
    """Registry storage blocks anonymous blobs.

    Checks: allowBlobPublicAccess is false on every storage account of every region; missing fails, and so does a
        region without storage. An account that the service did not make is judged by the rules of storage accounts.
    Why: Registry assets include models that must not leak.
    Bad:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          properties:
            regionDetails:
              - location: westeurope
                storageAccountDetails: [{systemCreatedStorageAccount: {allowBlobPublicAccess: false}}]
              - location: northeurope
                storageAccountDetails: [{systemCreatedStorageAccount: {allowBlobPublicAccess: true}}]
    Bad:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          properties:
            regionDetails:
              - location: westeurope
                storageAccountDetails: [{systemCreatedStorageAccount: {storageAccountType: Standard_ZRS}}]
    Bad:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          properties:
            regionDetails: [{location: westeurope}]
    Good:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          properties:
            regionDetails:
              - location: westeurope
                storageAccountDetails: [{systemCreatedStorageAccount: {allowBlobPublicAccess: false}}]
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    return _every_account(
        registry,
        "storageAccountDetails",
        "StorageAccount",
        lambda account: account["allowBlobPublicAccess"].is_false(),
    )


@rule(
    "AML-REG-004",
    "Registry image store uses the Premium tier",
    severity=Severity.MEDIUM,
    on=REGISTRY,
    paths=("properties.regionDetails[*].acrDetails[*].systemCreatedAcrAccount.acrAccountSku",),
    fix="Set acrAccountSku to Premium.",
    sets={"properties.regionDetails.*.acrDetails.*.systemCreatedAcrAccount.acrAccountSku": "Premium"},
)
def registry_image_store_uses_the_premium_tier(registry: Document) -> Truth:
    """Registry image store uses the Premium tier.

    Checks: acrAccountSku equals Premium on every image store of every region; missing fails, and so does a region
        without one. An image store that the service did not make is judged by the rules of container registries.
    Why: Lower tiers cannot take private endpoints.
    Bad:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          properties:
            regionDetails:
              - location: westeurope
                acrDetails: [{systemCreatedAcrAccount: {acrAccountSku: Standard}}]
    Bad:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          properties:
            regionDetails:
              - location: westeurope
                acrDetails: [{systemCreatedAcrAccount: {acrAccountSku: Premium}}]
              - location: northeurope
                acrDetails: []
    Good:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          properties:
            regionDetails:
              - location: westeurope
                acrDetails: [{systemCreatedAcrAccount: {acrAccountSku: premium}}]
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    return _every_account(
        registry, "acrDetails", "AcrAccount", lambda account: account["acrAccountSku"].equals("Premium")
    )


@rule(
    "AML-REG-005",
    "Registry has a managed identity",
    severity=Severity.LOW,
    on=REGISTRY,
    paths=("identity.type",),
    fix="Add an identity block.",
    sets={"identity.type": "SystemAssigned"},
)
def registry_has_a_managed_identity(registry: Document) -> Truth:
    """Registry has a managed identity.

    Checks: identity.type names SystemAssigned or UserAssigned.
    Why: Without an identity the registry cannot be granted access to keys or stores.
    Bad:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          identity: {type: None}
    Bad:
        - type: Microsoft.MachineLearningServices/registries
          name: example
    Good:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          identity: {type: "SystemAssigned,UserAssigned"}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    return has_identity(registry, "SystemAssigned", "UserAssigned")


@rule(
    "AML-REG-006",
    "Registry regions stay inside the allowed set",
    severity=Severity.MEDIUM,
    on=REGISTRY,
    paths=("properties.regionDetails[*].location",),
    fix="Remove regions outside the allowed geography.",
    maps=Maps(
        azure_policy={"e56962a6-4747-49cd-b67b-bf8b01975c4c": "Allowed locations"},
        psrule=("Azure.Resource.AllowedRegions",),
    ),
)
def registry_regions_stay_inside_the_allowed_set(
    registry: Document, *, allowed_locations: tuple[str, ...] = ()
) -> Truth:
    """Registry regions stay inside the allowed set.

    Checks: Every location is in allowed_locations, compared without blanks and letter case; a region without a
        location fails. An empty list allows every region.
    Why: Each listed region receives copies of the assets.
    Bad:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          properties: {regionDetails: [{location: westeurope}, {location: eastus}]}
        - parameters: {allowed_locations: [westeurope, northeurope]}
    Bad:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          properties: {regionDetails: [{location: ""}]}
    Good:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          properties: {regionDetails: [{location: West Europe}, {location: northeurope}]}
        - parameters: {allowed_locations: [westeurope, North Europe]}
    Good:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          properties: {regionDetails: [{location: westeurope}]}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/General/AllowedLocations_Deny.json;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.Resource.AllowedRegions.md; azure-ai-ml 1.35.2, arm_ml_service
        models (ARM API 2025-12-01)
    """
    return registry[REGIONS].every(lambda detail: is_in_regions(detail["location"], allowed_locations), missing=False)


@rule(
    "AML-REG-007",
    "Registry carries the required tags",
    severity=Severity.LOW,
    on=REGISTRY,
    paths=("tags",),
    fix="Add the tags.",
    maps=Maps(other=("cloudsploit:mlRegistryHasTags",)),
)
def registry_carries_the_required_tags(
    registry: Document, *, required_tags: Mapping[str, str | None] = REQUIRED_TAGS
) -> Truth:
    """Registry carries the required tags.

    Checks: Holds every key in required_tags, in any letter case, with a value that is not blank and matches the
        pattern given for it.
    Why: Untagged registries have no owner when they break.
    Bad:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          tags: {owner: models, environment: production, costCenter: "4711"}
    Bad:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          tags: {owner: models, environment: production, costCenter: "4711", dataClass: " "}
    Bad:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          tags: {owner: models, environment: sandbox, costCenter: "4711", dataClass: internal}
    Good:
        - type: Microsoft.MachineLearningServices/registries
          name: example
          tags: {Owner: models, environment: production, costcenter: "4711", dataClass: internal}
    Source: aquasecurity/cloudsploit plugins/azure/machinelearning/mlRegistryHasTags.js
    """
    return carries_tags(registry, required_tags)


def _every_account(registry: Document, details: str, account: str, test: Callable[[Node], Truth]) -> Truth:
    """The service's own account passes in each entry of each region, and each region has an entry."""

    def passes(entry: Node) -> Truth:
        made = entry[f"systemCreated{account}"]
        is_foreign = fact(made.is_missing) & entry[f"userCreated{account}"].has_members()
        return when(~is_foreign, lambda: test(made))

    return (
        registry[REGIONS].every(lambda region: region[details].has_items() & region[details].every(passes))
        & registry[REGIONS].has_items()
    )
