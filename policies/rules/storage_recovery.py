"""Recovery and encryption of Storage: what outlives a mistake."""

from __future__ import annotations

from collections.abc import Callable

from azkeep.policy import Document, Maps, Needs, Node, Severity, Truth, deferred, rule, when

from ._environment import in_production
from ._storage import ACCOUNT, SERVICES, offers

BLOB_SERVICE = f"{ACCOUNT}/blobServices"
FILE_SERVICE = f"{ACCOUNT}/fileServices"
ONE_PLACE = ("Standard_LRS", "Premium_LRS", "StandardV2_LRS", "PremiumV2_LRS")
"""Tiers that keep all copies in one zone. Source: Storage REST API, SKU names."""
DEFAULT_SHARE_DAYS = 7
"""For how long a new account keeps deleted shares. Source: Storage REST examples, file services get."""


@rule(
    "ST-REC-001",
    "Deleted blobs can be restored",
    severity=Severity.MEDIUM,
    on=(BLOB_SERVICE, ACCOUNT),
    needs=Needs.GRAPH,
    paths=("properties.deleteRetentionPolicy.enabled", "properties.deleteRetentionPolicy.days"),
    fix="Enable blob soft delete.",
    maps=Maps(
        azure_policy={
            "9fbd64e3-67b8-489b-98e5-fa0007d17e76": (
                "Configure soft delete for blobs and containers on Storage Accounts"
            ),
        },
        checkov=("CKV2_AZURE_38",),
        psrule=("Azure.Storage.SoftDelete",),
    ),
)
def deleted_blobs_can_be_restored(holder: Document, *, min_days: int = 7) -> Truth:
    """Deleted blobs can be restored.

    Checks: deleteRetentionPolicy.enabled is true and days is at least min_days. An account whose blob service is
        not declared fails, for Azure keeps no deleted blobs by itself.
    Why: A wrong job can delete a data set.
    Bad:
        - type: Microsoft.Storage/storageAccounts/blobServices
          name: example/default
          properties: {deleteRetentionPolicy: {enabled: false}}
    Bad:
        - type: Microsoft.Storage/storageAccounts/blobServices
          name: example/default
          properties: {deleteRetentionPolicy: {enabled: true, days: 3}}
    Bad (live):
        - type: Microsoft.Storage/storageAccounts/blobServices
          name: example/default
          properties: {provisioningState: Succeeded}
    Bad:
        - type: Microsoft.Storage/storageAccounts/blobServices
          name: example/default
          properties: {deleteRetentionPolicy: {enabled: true}}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          kind: StorageV2
    Good:
        - type: Microsoft.Storage/storageAccounts/blobServices
          name: example/default
          properties: {deleteRetentionPolicy: {enabled: true, days: 7}}
        - type: Microsoft.Storage/storageAccounts
          name: example
          kind: StorageV2
        - type: Microsoft.Storage/storageAccounts
          name: files
          kind: FileStorage
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Storage/StorageAccountEnableSoftDelete_DINE.json;
        bridgecrewio/checkov checkov/terraform/checks/graph_checks/azure/AzureStorageAccountEnableSoftDelete.yaml;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.Storage.SoftDelete.md
    """
    return _on_service(holder, "blob", lambda its: _keeps(its["deleteRetentionPolicy"], min_days), default=False)


@rule(
    "ST-REC-002",
    "Deleted containers can be restored",
    severity=Severity.MEDIUM,
    on=(BLOB_SERVICE, ACCOUNT),
    needs=Needs.GRAPH,
    paths=("properties.containerDeleteRetentionPolicy.enabled", "properties.containerDeleteRetentionPolicy.days"),
    fix="Enable container soft delete.",
    maps=Maps(
        psrule=("Azure.Storage.ContainerSoftDelete",), other=("ALZ:Deny-Storage-ContainerDeleteRetentionPolicy",)
    ),
)
def deleted_containers_can_be_restored(holder: Document, *, min_days: int = 7) -> Truth:
    """Deleted containers can be restored.

    Checks: containerDeleteRetentionPolicy.enabled is true and days is at least min_days. An account whose blob
        service is not declared fails, for Azure keeps no deleted containers by itself.
    Why: Deleting a container bypasses blob soft delete.
    Bad:
        - type: Microsoft.Storage/storageAccounts/blobServices
          name: example/default
          properties: {containerDeleteRetentionPolicy: {enabled: false}}
    Bad:
        - type: Microsoft.Storage/storageAccounts/blobServices
          name: example/default
          properties: {containerDeleteRetentionPolicy: {enabled: true, days: 6}}
    Bad:
        - type: Microsoft.Storage/storageAccounts/blobServices
          name: example/default
          properties: {deleteRetentionPolicy: {enabled: true, days: 7}}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          kind: BlockBlobStorage
    Good:
        - type: Microsoft.Storage/storageAccounts/blobServices
          name: example/default
          properties: {containerDeleteRetentionPolicy: {enabled: true, days: 30}}
        - type: Microsoft.Storage/storageAccounts
          name: example
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.Storage.ContainerSoftDelete.md; Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Deny-Storage-ContainerDeleteRetentionPolicy.json
    """
    return _on_service(
        holder, "blob", lambda its: _keeps(its["containerDeleteRetentionPolicy"], min_days), default=False
    )


@rule(
    "ST-REC-003",
    "Blobs keep versions",
    severity=Severity.LOW,
    on=(BLOB_SERVICE, ACCOUNT),
    needs=Needs.GRAPH,
    paths=("properties.isVersioningEnabled", "Microsoft.Storage/storageAccounts: properties.isHnsEnabled"),
    fix="Set isVersioningEnabled true.",
    maps=Maps(
        azure_policy={
            "c36a325b-ae04-4863-ad4f-19c6678f8e08": "Configure your Storage account to enable blob versioning",
        }
    ),
)
def blobs_keep_versions(holder: Document) -> Truth:
    """Blobs keep versions.

    Checks: isVersioningEnabled is true. Not applicable where the account's isHnsEnabled is true, which rules
        versions out. An account whose blob service is not declared fails.
    Why: Versions undo overwrites of data sets.
    Bad:
        - type: Microsoft.Storage/storageAccounts/blobServices
          name: example/default
          properties: {isVersioningEnabled: false}
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {isHnsEnabled: false}
    Bad:
        - type: Microsoft.Storage/storageAccounts/blobServices
          name: example/default
          properties: {provisioningState: Succeeded}
        - type: Microsoft.Storage/storageAccounts
          name: example
          kind: StorageV2
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          kind: StorageV2
    Good:
        - type: Microsoft.Storage/storageAccounts/blobServices
          name: example/default
          properties: {isVersioningEnabled: true}
        - type: Microsoft.Storage/storageAccounts
          name: example
        - type: Microsoft.Storage/storageAccounts/blobServices
          name: lake/default
          properties: {isVersioningEnabled: false}
        - type: Microsoft.Storage/storageAccounts
          name: lake
          properties: {isHnsEnabled: true}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Storage/StorageAccountEnableBlobVersion_Audit.json
    """
    versions = _on_service(holder, "blob", lambda its: its["isVersioningEnabled"].is_true(), default=False)
    return when(_has_no_folders(holder), versions)


@rule(
    "ST-REC-004",
    "Deleted file shares can be restored",
    severity=Severity.MEDIUM,
    on=(FILE_SERVICE, ACCOUNT),
    needs=Needs.GRAPH,
    paths=("properties.shareDeleteRetentionPolicy.enabled", "properties.shareDeleteRetentionPolicy.days"),
    fix="Enable share soft delete.",
    maps=Maps(psrule=("Azure.Storage.FileShareSoftDelete",)),
)
def deleted_file_shares_can_be_restored(holder: Document, *, min_days: int = 7) -> Truth:
    """Deleted file shares can be restored.

    Checks: shareDeleteRetentionPolicy.enabled is true and days is at least min_days. An account whose file service
        is not declared keeps deleted shares for 7 days.
    Why: A deleted share loses every notebook.
    Bad:
        - type: Microsoft.Storage/storageAccounts/fileServices
          name: example/default
          properties: {shareDeleteRetentionPolicy: {enabled: false}}
    Bad:
        - type: Microsoft.Storage/storageAccounts/fileServices
          name: example/default
          properties: {shareDeleteRetentionPolicy: {enabled: true, days: 1}}
    Bad (live):
        - type: Microsoft.Storage/storageAccounts/fileServices
          name: example/default
          properties: {provisioningState: Succeeded}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          kind: StorageV2
        - parameters: {min_days: 14}
    Good:
        - type: Microsoft.Storage/storageAccounts/fileServices
          name: example/default
          properties: {shareDeleteRetentionPolicy: {enabled: true, days: 14}}
        - type: Microsoft.Storage/storageAccounts
          name: example
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          kind: StorageV2
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.Storage.FileShareSoftDelete.md
    """
    kept = min_days <= DEFAULT_SHARE_DAYS
    return _on_service(holder, "file", lambda its: _keeps(its["shareDeleteRetentionPolicy"], min_days), default=kept)


@rule(
    "ST-REC-005",
    "Account data is replicated",
    severity=Severity.LOW,
    on=ACCOUNT,
    paths=("sku.name", "tags"),
    fix="Use ZRS or GRS.",
    sets={"sku.name": "Standard_ZRS"},
    maps=Maps(
        azure_policy={
            "bf045164-79ba-4215-8f95-f8048dc1780b": ("Geo-redundant storage should be enabled for Storage Accounts"),
        },
        checkov=("CKV_AZURE_206",),
        psrule=("Azure.Storage.UseReplication",),
    ),
)
def account_data_is_replicated(account: Document, *, environment_tag: str = "environment") -> Truth:
    """Account data is replicated.

    Checks: When the account's environment tag is production: sku.name keeps copies beyond one zone, so it is none
        of Standard_LRS, Premium_LRS, StandardV2_LRS and PremiumV2_LRS; missing fails. Not applicable elsewhere.
    Why: One zone can be lost.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          tags: {environment: production}
          sku: {name: Standard_LRS}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          tags: {environment: production}
          sku: {name: Premium_LRS}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          tags: {Environment: Production}
          properties: {provisioningState: Succeeded}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          tags: {environment: production}
          sku: {name: Standard_ZRS}
        - type: Microsoft.Storage/storageAccounts
          name: trial
          tags: {environment: test}
          sku: {name: Standard_LRS}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Storage/GeoRedundant_StorageAccounts_Audit.json;
        bridgecrewio/checkov checkov/arm/checks/resource/StorageAccountsUseReplication.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.Storage.UseReplication.md
    """
    return when(in_production(account, tag=environment_tag), account["sku.name"].differs(*ONE_PLACE))


@rule(
    "ST-ENC-001",
    "Account is encrypted with a customer key",
    severity=Severity.LOW,
    on=ACCOUNT,
    paths=("properties.encryption.keySource", "properties.encryption.keyvaultproperties"),
    fix="Add the encryption block.",
    maps=Maps(
        azure_policy={
            "6fac406b-40ca-413b-bf8e-0bf964659c25": ("Storage accounts should use customer-managed key for encryption"),
        },
        mcsb=("DP-5",),
        cis=("1.4.0:3.9", "2.0.0:3.12", "3.0.0:6.1.3"),
        checkov=("CKV2_AZURE_1",),
    ),
)
def account_is_encrypted_with_a_customer_key(account: Document) -> Truth:
    """Account is encrypted with a customer key.

    Checks: encryption.keySource equals Microsoft.Keyvault, and keyvaultproperties has a keyvaulturi and a keyname.
    Why: Key ownership is often a contract term.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {encryption: {keySource: Microsoft.Storage}}
    Bad (live):
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {provisioningState: Succeeded}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {encryption: {keySource: Microsoft.Keyvault, keyvaultproperties: {keyname: data}}}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {encryption: {keySource: Microsoft.Keyvault, keyvaultproperties: {keyvaulturi: "https://v.vault.azure.net"}}}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties:
            encryption:
              keySource: Microsoft.KeyVault
              keyvaultproperties: {keyvaulturi: "https://vault.vault.azure.net", keyname: data}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Storage/StorageAccountCustomerManagedKeyEnabled_Audit.json;
        bridgecrewio/checkov checkov/terraform/checks/graph_checks/azure/StorageCriticalDataEncryptedCMK.yaml
    """
    encryption = account["properties.encryption"]
    key = encryption["keyvaultproperties"]
    return (
        encryption["keySource"].equals("Microsoft.Keyvault") & key["keyvaulturi"].has_text() & key["keyname"].has_text()
    )


@rule(
    "ST-ENC-002",
    "Account is encrypted twice",
    severity=Severity.LOW,
    on=ACCOUNT,
    paths=("properties.encryption.requireInfrastructureEncryption",),
    fix="Create the account with infrastructure encryption.",
    maps=Maps(
        azure_policy={
            "4733ea7b-a883-42fe-8cac-97454c2a9e4a": "Storage accounts should have infrastructure encryption",
        },
        mcsb=("DP-4",),
        cis=("2.0.0:3.2", "3.0.0:4.2"),
    ),
)
def account_is_encrypted_twice(account: Document) -> Truth:
    """Account is encrypted twice.

    Checks: encryption.requireInfrastructureEncryption is true; missing fails. It can be set at creation only.
    Why: A second layer guards against a flaw in the first.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {encryption: {requireInfrastructureEncryption: false}}
    Bad (live):
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {provisioningState: Succeeded}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {encryption: {requireInfrastructureEncryption: true}}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Storage/StorageAccountInfrastructureEncryptionEnabled_Audit.json
    """
    return account["properties.encryption.requireInfrastructureEncryption"].is_true()


def _keeps(policy: Node, min_days: int) -> Truth:
    return policy["enabled"].is_true() & policy["days"].at_least(min_days)


def _on_service(holder: Document, service: str, test: Callable[[Node], Truth], *, default: bool) -> Truth:
    """`test` on the properties of a service, or `default` for an account whose service nobody wrote.

    NOT_APPLICABLE for an account that has the service as a document, which is judged itself, or does not offer it. A
    live account always has it, so that one without has not been read: UNKNOWN.
    """
    if not holder.is_a(ACCOUNT):
        return test(holder["properties"])
    kind = SERVICES[service]
    silent = holder.fact(default).because(f"{kind} is not declared, and stays as Azure makes it")
    if holder.is_live:
        silent = deferred(f"{kind} of the account is not among the documents")
    return when(offers(holder, service) & ~holder.children(kind).any(), silent)


def _has_no_folders(holder: Document) -> Truth:
    """The account of `holder` has no hierarchical namespace."""
    account = holder if holder.is_a(ACCOUNT) else holder.parent()
    if account is None:
        return deferred("the account is not part of the estate")
    return account["properties.isHnsEnabled"].is_false(missing=True)
