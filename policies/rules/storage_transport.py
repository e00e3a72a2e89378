"""Transport of Storage: what travels encrypted."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Severity, Truth, rule, when

from ._storage import ACCOUNT
from ._versions import is_older

ON_BY_DEFAULT = "2019-04-01"
"""Since this API version, supportsHttpsTrafficOnly is true where it is missing. Source: Storage REST API."""


@rule(
    "ST-NET-005",
    "Only encrypted transport is accepted",
    severity=Severity.HIGH,
    on=ACCOUNT,
    paths=("properties.supportsHttpsTrafficOnly", "properties.isNfsV3Enabled"),
    fix="Set supportsHttpsTrafficOnly true.",
    sets={"properties.supportsHttpsTrafficOnly": True},
    maps=Maps(
        azure_policy={
            "404c3081-a854-4457-ae30-26a93ef643f9": "Secure transfer to storage accounts should be enabled",
        },
        mcsb=("DP-3",),
        cis=("1.4.0:3.1", "2.0.0:3.1", "2.1.0:3.1", "3.0.0:4.1"),
        checkov=("CKV_AZURE_3",),
        psrule=("Azure.Storage.SecureTransfer",),
        other=("KICS:storage_account_allows_unsecure_transfer",),
    ),
)
def only_encrypted_transport_is_accepted(account: Document) -> Truth:
    """Only encrypted transport is accepted.

    Checks: supportsHttpsTrafficOnly is true or missing, which means on since API version 2019-04-01. Not applicable
        where isNfsV3Enabled is true.
    Why: Plain transport exposes data and tokens.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {supportsHttpsTrafficOnly: false}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {supportsHttpsTrafficOnly: false, isNfsV3Enabled: false}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {supportsHttpsTrafficOnly: true}
    Good (live):
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {provisioningState: Succeeded}
        - type: Microsoft.Storage/storageAccounts
          name: files
          properties: {supportsHttpsTrafficOnly: false, isNfsV3Enabled: true}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Storage/Storage_AuditForHTTPSEnabled_Audit.json;
        bridgecrewio/checkov checkov/arm/checks/resource/StorageAccountsTransportEncryption.py;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.Storage.SecureTransfer.md; Checkmarx/kics
        assets/queries/azureResourceManager/storage_account_allows_unsecure_transfer
    """
    by_default = not is_older(account, ON_BY_DEFAULT)
    encrypted = account["properties.supportsHttpsTrafficOnly"].is_true(missing=by_default)
    return when(account["properties.isNfsV3Enabled"].is_false(missing=True), encrypted)


@rule(
    "ST-NET-006",
    "Old TLS versions are refused",
    severity=Severity.HIGH,
    on=ACCOUNT,
    paths=("properties.minimumTlsVersion",),
    fix="Set minimumTlsVersion to TLS1_2.",
    sets={"properties.minimumTlsVersion": "TLS1_2"},
    maps=Maps(
        azure_policy={
            "fe83a0eb-a853-422d-aac2-1bffd182c5d0": ("Storage accounts should have the specified minimum TLS version"),
        },
        mcsb=("DP-3",),
        cis=("2.0.0:3.15", "2.1.0:3.15", "3.0.0:4.15"),
        checkov=("CKV_AZURE_44",),
        psrule=("Azure.Storage.MinTLS",),
        other=("ALZ:Deny-Storage-minTLS",),
    ),
)
def old_tls_versions_are_refused(account: Document) -> Truth:
    """Old TLS versions are refused.

    Checks: minimumTlsVersion equals TLS1_2 or TLS1_3; missing fails.
    Why: Old TLS can be broken.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {minimumTlsVersion: TLS1_0}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {minimumTlsVersion: TLS1_1}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {publicNetworkAccess: Disabled}
    Bad (live):
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {provisioningState: Succeeded}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {minimumTlsVersion: TLS1_2}
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          properties: {minimumTlsVersion: tls1_3}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Storage/StorageAccountMinimumTLSVersion_Audit.json; bridgecrewio/checkov
        checkov/arm/checks/resource/StorageAccountMinimumTlsVersion.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.Storage.MinTLS.md; Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Deny-Storage-minTLS.json
    """
    return account["properties.minimumTlsVersion"].equals("TLS1_2", "TLS1_3")
