"""Data of Storage: who may read it, and where it may go."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Node, Severity, Truth, rule, when

from ._storage import ACCOUNT, SERVICES, offers

CONTAINER = f"{ACCOUNT}/blobServices/containers"


@rule(
    "ST-DAT-001",
    "Anonymous blob reads are impossible",
    severity=Severity.CRITICAL,
    on=ACCOUNT,
    paths=("properties.allowBlobPublicAccess", "kind"),
    fix="Set allowBlobPublicAccess false.",
    sets={"properties.allowBlobPublicAccess": False},
    maps=Maps(
        azure_policy={
            "4fa4b6c0-31ca-4c0d-b10d-24b96f62a751": "Storage account public access should be disallowed",
        },
        mcsb=("NS-2",),
        cis=("1.4.0:3.5", "1.4.0:5.1.3", "2.0.0:3.7", "2.0.0:5.1.3", "2.1.0:3.7", "3.0.0:4.6"),
        checkov=("CKV_AZURE_190", "CKV2_AZURE_47"),
        psrule=("Azure.Storage.BlobPublicAccess",),
    ),
)
def anonymous_blob_reads_are_impossible(account: Document) -> Truth:
    """Anonymous blob reads are impossible.

    Checks: allowBlobPublicAccess is false; missing fails on live documents, and means false in a declaration. Not
        applicable to the kind FileStorage.
    Why: One public container exposes data to the world.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          kind: StorageV2
          properties: {allowBlobPublicAccess: true}
    Bad (live):
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {provisioningState: Succeeded}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          kind: StorageV2
          properties: {allowBlobPublicAccess: false}
        - type: Microsoft.Storage/storageAccounts
          name: files
          kind: FileStorage
          properties: {allowBlobPublicAccess: true}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Storage/ASC_Storage_DisallowPublicBlobAccess_Audit.json;
        bridgecrewio/checkov checkov/terraform/checks/resource/azure/StorageBlobRestrictPublicAccess.py;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.Storage.BlobPublicAccess.md
    """
    return when(offers(account, "blob"), account["properties.allowBlobPublicAccess"].is_false())


@rule(
    "ST-DAT-002",
    "Containers are private",
    severity=Severity.HIGH,
    on=CONTAINER,
    paths=("properties.publicAccess",),
    fix="Set publicAccess to None.",
    sets={"properties.publicAccess": "None"},
    maps=Maps(
        checkov=("CKV_AZURE_34",),
        psrule=("Azure.Storage.BlobAccessType",),
        other=("KICS:storage_blob_service_container_with_public_access",),
    ),
)
def containers_are_private(container: Document) -> Truth:
    """Containers are private.

    Checks: publicAccess is missing or equals None.
    Why: Container access overrides intent on older accounts.
    Bad:
        - type: Microsoft.Storage/storageAccounts/blobServices/containers
          name: example/default/data
          properties: {publicAccess: Blob}
    Bad:
        - type: Microsoft.Storage/storageAccounts/blobServices/containers
          name: example/default/data
          properties: {publicAccess: Container}
    Good:
        - type: Microsoft.Storage/storageAccounts/blobServices/containers
          name: example/default/data
          properties: {publicAccess: None}
    Good (live):
        - type: Microsoft.Storage/storageAccounts/blobServices/containers
          name: example/default/data
          properties: {leaseState: Available}
    Source: bridgecrewio/checkov checkov/arm/checks/resource/StorageBlobServiceContainerPrivateAccess.py;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.Storage.BlobAccessType.md; Checkmarx/kics
        assets/queries/azureResourceManager/storage_blob_service_container_with_public_access
    """
    return container["properties.publicAccess"].equals("None", missing=True)


@rule(
    "ST-DAT-003",
    "Objects are not copied to other tenants",
    severity=Severity.MEDIUM,
    on=ACCOUNT,
    paths=("properties.allowCrossTenantReplication",),
    fix="Set allowCrossTenantReplication false.",
    sets={"properties.allowCrossTenantReplication": False},
    maps=Maps(
        azure_policy={
            "92a89a79-6c52-4a7e-a03f-61306fc49312": ("Storage accounts should prevent cross tenant object replication"),
        }
    ),
)
def objects_are_not_copied_to_other_tenants(account: Document) -> Truth:
    """Objects are not copied to other tenants.

    Checks: allowCrossTenantReplication is false; missing fails on live documents, and means false in a declaration.
    Why: Replication to another tenant is silent exfiltration.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {allowCrossTenantReplication: true}
    Bad (live):
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {provisioningState: Succeeded}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {allowCrossTenantReplication: false}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Storage/StorageAccountAllowCrossTenantReplication_Audit.json
    """
    return account["properties.allowCrossTenantReplication"].is_false()


@rule(
    "ST-DAT-004",
    "Copy stays within the tenant or private links",
    severity=Severity.MEDIUM,
    on=ACCOUNT,
    paths=("properties.allowedCopyScope",),
    fix="Set allowedCopyScope to PrivateLink.",
    sets={"properties.allowedCopyScope": "PrivateLink"},
    maps=Maps(other=("ALZ:Deny-Storage-CopyScope",)),
)
def copy_stays_within_the_tenant_or_private_links(account: Document) -> Truth:
    """Copy stays within the tenant or private links.

    Checks: allowedCopyScope equals AAD or PrivateLink; missing fails.
    Why: Server-side copy can target any account.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {allowedCopyScope: Anywhere}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {provisioningState: Succeeded}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {allowedCopyScope: AAD}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {allowedCopyScope: privateLink}
    Source: Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Deny-Storage-CopyScope.json
    """
    return account["properties.allowedCopyScope"].equals("AAD", "PrivateLink")


@rule(
    "ST-DAT-005",
    "Cross-origin rules are narrow",
    severity=Severity.MEDIUM,
    on=tuple(f"{ACCOUNT}/{kind}" for kind in SERVICES.values()),
    paths=("properties.cors.corsRules[*].allowedOrigins",),
    fix="List the studio origins only.",
    maps=Maps(other=("ALZ:Deny-Storage-CorsRules",)),
)
def cross_origin_rules_are_narrow(
    service: Document, *, allowed_origins: tuple[str, ...] = ("https://ml.azure.com",)
) -> Truth:
    """Cross-origin rules are narrow.

    Checks: On the blob, file, queue and table service: every origin of every rule is in allowed_origins, and none
        is *, whatever the list holds. An empty list forbids * only.
    Why: A wildcard origin lets any page read with the user token.
    Bad:
        - type: Microsoft.Storage/storageAccounts/blobServices
          name: example/default
          properties:
            cors: {corsRules: [{allowedOrigins: ["https://ml.azure.com", "*"], allowedMethods: [GET]}]}
    Bad:
        - type: Microsoft.Storage/storageAccounts/fileServices
          name: example/default
          properties:
            cors: {corsRules: [{allowedOrigins: ["https://example.org"], allowedMethods: [GET]}]}
    Bad:
        - type: Microsoft.Storage/storageAccounts/tableServices
          name: example/default
          properties:
            cors: {corsRules: [{allowedOrigins: ["*"], allowedMethods: [GET]}]}
        - parameters: {allowed_origins: []}
    Bad:
        - type: Microsoft.Storage/storageAccounts/queueServices
          name: example/default
          properties:
            cors: {corsRules: [{allowedOrigins: ["*"], allowedMethods: [GET]}]}
        - parameters: {allowed_origins: ["*"]}
    Good:
        - type: Microsoft.Storage/storageAccounts/blobServices
          name: example/default
          properties:
            cors: {corsRules: [{allowedOrigins: ["https://ml.azure.com"], allowedMethods: [GET]}]}
    Good:
        - type: Microsoft.Storage/storageAccounts/queueServices
          name: example/default
          properties:
            cors: {corsRules: [{allowedOrigins: ["https://example.org"], allowedMethods: [GET]}]}
        - parameters: {allowed_origins: []}
    Good (live):
        - type: Microsoft.Storage/storageAccounts/blobServices
          name: example/default
          properties: {provisioningState: Succeeded}
    Source: Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Deny-Storage-CorsRules.json
    """
    return service["properties.cors.corsRules"].every(lambda each: _is_narrow(each, allowed_origins))


def _is_narrow(cors_rule: Node, allowed_origins: tuple[str, ...]) -> Truth:
    return cors_rule["allowedOrigins"].every(lambda each: _is_agreed(each, allowed_origins), missing=False)


def _is_agreed(origin: Node, allowed_origins: tuple[str, ...]) -> Truth:
    """Not every page, and one of `allowed_origins` where there are any."""
    narrow = origin.differs("*")
    return narrow & origin.equals(*allowed_origins) if allowed_origins else narrow
