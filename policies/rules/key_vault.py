"""Key Vault: access, recovery, flags and logs of vaults."""

from __future__ import annotations

from azkeep.policy import NOT_APPLICABLE, Document, Maps, Needs, Node, Severity, Truth, every, rule, when

from ._diagnostics import is_logged
from ._versions import is_older

VAULT = "Microsoft.KeyVault/vaults"
POLICIES = "Microsoft.KeyVault/vaults/accessPolicies"
KEPT_BY_DEFAULT = "2019-09-01"
"""Since this API version, enableSoftDelete is true where it is missing. Source: the `if` of Recoverable_Audit.json."""
FLAGS = ("enabledForDeployment", "enabledForTemplateDeployment", "enabledForDiskEncryption")


@rule(
    "KV-REC-001",
    "Vault cannot be purged early",
    severity=Severity.HIGH,
    on=VAULT,
    paths=("properties.enablePurgeProtection",),
    fix="Set enablePurgeProtection true (it cannot be undone).",
    sets={"properties.enablePurgeProtection": True},
    maps=Maps(
        azure_policy={
            "0b60c0b2-2dc2-4e1c-b5c9-abbed971de53": "Key vaults should have deletion protection enabled",
        },
        mcsb=("DP-8",),
        cis=("1.4.0:8.6", "2.0.0:8.5", "3.0.0:3.3.5"),
        checkov=("CKV_AZURE_110", "CKV_AZURE_42"),
        psrule=("Azure.KeyVault.PurgeProtect",),
        other=("KICS:key_vault_not_recoverable", "Trivy:no_purge"),
    ),
)
def vault_cannot_be_purged_early(vault: Document) -> Truth:
    """Vault cannot be purged early.

    Checks: True; missing fails.
    Why: A purge destroys keys at once, and with them the data.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {enableSoftDelete: true}
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {enablePurgeProtection: false}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {enablePurgeProtection: true}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Key Vault/Recoverable_Audit.json;
        bridgecrewio/checkov checkov/arm/checks/resource/KeyVaultEnablesPurgeProtection.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.KeyVault.PurgeProtect.md; Checkmarx/kics
        assets/queries/azureResourceManager/key_vault_not_recoverable; aquasecurity/trivy-checks
        checks/cloud/azure/keyvault/no_purge.rego
    """
    return vault["properties.enablePurgeProtection"].is_true()


@rule(
    "KV-REC-002",
    "Vault keeps deleted items",
    severity=Severity.HIGH,
    on=VAULT,
    paths=("properties.enableSoftDelete", "properties.softDeleteRetentionInDays"),
    fix="Turn soft delete on and keep 90 days.",
    sets={"properties.enableSoftDelete": True, "properties.softDeleteRetentionInDays": 90},
    maps=Maps(
        azure_policy={
            "1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d": "Key vaults should have soft delete enabled",
        },
        mcsb=("DP-8",),
        cis=("2.0.0:8.5", "3.0.0:3.3.5"),
        checkov=("CKV_AZURE_111",),
        psrule=("Azure.KeyVault.SoftDelete",),
    ),
)
def vault_keeps_deleted_items(vault: Document, *, min_days: int = 90) -> Truth:
    """Vault keeps deleted items.

    Checks: enableSoftDelete is not false (missing means on since API version 2019-09-01), and
        softDeleteRetentionInDays is missing or at least min_days.
    Why: Deleted secrets must be recoverable.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {enableSoftDelete: false}
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {enableSoftDelete: true, softDeleteRetentionInDays: 7}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {enableSoftDelete: true, softDeleteRetentionInDays: 90}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {tenantId: 00000000-0000-0000-0000-000000000002}
    Good (live):
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {enableSoftDelete: null}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Key Vault/SoftDeleteMustBeEnabled_Audit.json;
        bridgecrewio/checkov checkov/arm/checks/resource/KeyVaultEnablesSoftDelete.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.KeyVault.SoftDelete.md
    """
    kept = vault["properties.enableSoftDelete"].is_true(missing=not is_older(vault, KEPT_BY_DEFAULT))
    return kept & vault["properties.softDeleteRetentionInDays"].at_least(min_days, missing=True)


@rule(
    "KV-IDN-001",
    "Vault uses role assignments, not access policies",
    severity=Severity.MEDIUM,
    on=VAULT,
    paths=("properties.enableRbacAuthorization",),
    fix="Set enableRbacAuthorization true and move the policies to roles.",
    sets={"properties.enableRbacAuthorization": True},
    maps=Maps(
        azure_policy={
            "12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5": "Azure Key Vault should use RBAC permission model",
        },
        mcsb=("PA-7",),
        cis=("2.0.0:8.6", "3.0.0:3.3.6"),
        psrule=("Azure.KeyVault.RBAC",),
    ),
)
def vault_uses_role_assignments_not_access_policies(vault: Document) -> Truth:
    """Vault uses role assignments, not access policies.

    Checks: enableRbacAuthorization is true; missing fails, because the service then reads access policies.
    Why: Access policies cannot be scoped, timed or reviewed like roles.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {enableRbacAuthorization: false}
    Bad (live):
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {enableRbacAuthorization: null}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {enableRbacAuthorization: true}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Key Vault/Should_Use_RBAC.json;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.KeyVault.RBAC.md
    """
    return vault["properties.enableRbacAuthorization"].is_true()


@rule(
    "KV-IDN-002",
    "Access policies grant no all or purge",
    severity=Severity.HIGH,
    on=(VAULT, POLICIES),
    needs=Needs.GRAPH,
    paths=("properties.accessPolicies[*].permissions",),
    fix="Remove all and purge.",
    maps=Maps(psrule=("Azure.KeyVault.AccessPolicy",)),
)
def access_policies_grant_no_all_or_purge(holder: Document) -> Truth:
    """Access policies grant no all or purge.

    Checks: No permission list of an access policy holds all or purge; policies written apart are judged with their
        vault, or by themselves where the vault is not in the estate. Not applicable without access policies.
    Why: Purge rights defeat soft delete.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties:
            accessPolicies:
              - {objectId: one, permissions: {secrets: [get, list], keys: [get]}}
              - {objectId: two, permissions: {secrets: [get, Purge]}}
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties:
            accessPolicies:
              - {objectId: one, permissions: {certificates: [all]}}
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
        - type: Microsoft.KeyVault/vaults/accessPolicies
          name: example/add
          properties:
            accessPolicies:
              - {objectId: one, permissions: {keys: [purge]}}
    Bad:
        - type: Microsoft.KeyVault/vaults/accessPolicies
          name: elsewhere/replace
          properties:
            accessPolicies:
              - {objectId: one, permissions: {storage: [all]}}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties:
            accessPolicies:
              - {objectId: one, permissions: {secrets: [get, list], keys: [get, wrapKey, unwrapKey]}}
        - type: Microsoft.KeyVault/vaults/accessPolicies
          name: example/add
          properties:
            accessPolicies:
              - {objectId: two, permissions: {secrets: [get]}}
        - type: Microsoft.KeyVault/vaults/accessPolicies
          name: example/remove
          properties:
            accessPolicies:
              - {objectId: three, permissions: {secrets: [purge]}}
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.KeyVault.AccessPolicy.md
    """
    if holder.is_a(POLICIES):
        return NOT_APPLICABLE if holder.parent() is not None else _grants_little(holder)
    apart = holder.children("accessPolicies")
    return _grants_little(holder) & (apart.every(_grants_little) if apart.pairs else NOT_APPLICABLE)


@rule(
    "KV-CFG-001",
    "Vault is not opened to deployments and disks by default",
    severity=Severity.LOW,
    on=VAULT,
    paths=(
        "properties.enabledForDeployment",
        "properties.enabledForTemplateDeployment",
        "properties.enabledForDiskEncryption",
    ),
    fix="Set the flags to false.",
    sets={
        "properties.enabledForDeployment": False,
        "properties.enabledForTemplateDeployment": False,
        "properties.enabledForDiskEncryption": False,
    },
)
def vault_is_not_opened_to_deployments_and_disks_by_default(
    vault: Document, *, needed_flags: tuple[str, ...] = ()
) -> Truth:
    """Vault is not opened to deployments and disks by default.

    Checks: Each is missing or false, unless listed in needed_flags.
    Why: The flags let platform services read every secret.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {enabledForDeployment: true}
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {enabledForDeployment: false, enabledForTemplateDeployment: true}
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {enabledForDiskEncryption: true}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {enabledForDiskEncryption: false}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          properties: {enabledForDiskEncryption: true}
        - parameters: {needed_flags: [enabledForDiskEncryption]}
    Source: own rule (platform-team practice); no outside rule found
    """
    needed = {flag.casefold() for flag in needed_flags}
    judged = tuple(flag for flag in FLAGS if flag.casefold() not in needed)
    return every(judged, lambda flag: vault["properties"].member(flag).is_false(missing=True))


@rule(
    "KV-LOG-001",
    "Vault audit events are recorded",
    severity=Severity.HIGH,
    on=VAULT,
    needs=Needs.GRAPH,
    paths=("Microsoft.Insights/diagnosticSettings: properties.logs[*]",),
    fix="Add a diagnostic setting.",
    maps=Maps(
        azure_policy={
            "cf820ca0-f99e-4f3e-84fb-66e913812d21": "Resource logs in Key Vault should be enabled",
            "951af2fa-529b-416e-ab6e-066fd85ac459": (
                "Deploy - Configure diagnostic settings for Azure Key Vault to Log Analytics workspace"
            ),
        },
        mcsb=("DP-8", "LT-3", "LT-4"),
        cis=("1.4.0:5.1.5", "1.4.0:5.3", "2.0.0:5.1.5", "2.0.0:5.4", "3.0.0:6.1.4"),
        psrule=("Azure.KeyVault.Logs",),
    ),
)
def vault_audit_events_are_recorded(vault: Document) -> Truth:
    """Vault audit events are recorded.

    Checks: A diagnostic setting scoped to the vault has an enabled entry with category AuditEvent or category group
        audit or allLogs, and a destination.
    Why: Secret reads must be traceable.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
        - type: Microsoft.Insights/diagnosticSettings
          name: logs
          scope: "@example"
          properties:
            workspaceId: "@central"
            logs: [{category: AuditEvent, enabled: false}, {category: AzurePolicyEvaluationDetails, enabled: true}]
        - type: Microsoft.OperationalInsights/workspaces
          name: central
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
        - type: Microsoft.Insights/diagnosticSettings
          name: logs
          scope: "@example"
          properties:
            logs: [{categoryGroup: audit, enabled: true}]
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
        - type: Microsoft.KeyVault/vaults
          name: other
        - type: Microsoft.Insights/diagnosticSettings
          name: logs
          scope: "@other"
          properties:
            workspaceId: "@central"
            logs: [{categoryGroup: audit, enabled: true}]
        - type: Microsoft.OperationalInsights/workspaces
          name: central
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
        - type: Microsoft.Insights/diagnosticSettings
          name: logs
          scope: "@example"
          properties:
            workspaceId: "@central"
            logs: [{category: AuditEvent, enabled: true}]
        - type: Microsoft.OperationalInsights/workspaces
          name: central
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
        - type: Microsoft.Insights/diagnosticSettings
          name: logs
          scope: "@example"
          properties:
            storageAccountId: "@archive"
            logs: [{categoryGroup: allLogs, enabled: true}]
        - type: Microsoft.Storage/storageAccounts
          name: archive
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Key Vault/AuditDiagnosticLog_Audit.json;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.KeyVault.Logs.md
    """
    return is_logged(vault, "AuditEvent")


def _grants_little(holder: Document) -> Truth:
    """No permission, whatever it is for, is all or purge; NOT_APPLICABLE where there are none, or some are taken away.

    The child `remove` takes permissions away. Source: Key Vault management REST API, vaults update access policy.
    """
    if holder.is_a(POLICIES) and holder.name.casefold() == "remove":
        return NOT_APPLICABLE
    policies = holder["properties.accessPolicies"]
    return when(policies.has_items(), lambda: policies.every(_is_modest))


def _is_modest(policy: Node) -> Truth:
    return policy["permissions"].every(lambda kind: kind.every(lambda each: each.differs("all", "purge")))
