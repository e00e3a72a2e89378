"""Threat protection of a subscription: plans of Microsoft Defender for Cloud."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Severity, Truth, rule

from ._defender import plan_is_on

SUBSCRIPTION = "Microsoft.Resources/subscriptions"
TIER, SUB_PLAN = (f"Microsoft.Security/pricings: properties.{name}" for name in ("pricingTier", "subPlan"))
STORAGE_PLAN = "DefenderForStorageV2"


@rule(
    "MON-DEF-001",
    "Threat protection plan covers storage",
    severity=Severity.MEDIUM,
    on=SUBSCRIPTION,
    needs=Needs.LIVE,
    paths=(TIER, SUB_PLAN),
    fix="Set the plan StorageAccounts to Standard, with the sub-plan DefenderForStorageV2.",
    maps=Maps(
        azure_policy={"640d2586-54d2-465f-877f-9ffc1d2109f4": "Microsoft Defender for Storage should be enabled"},
        mcsb=("DP-2", "IR-3", "IR-5", "LT-1", "LT-2"),
        cis=("1.4.0:2.5", "2.0.0:2.1.7"),
        checkov=("CKV_AZURE_84",),
        psrule=("Azure.Defender.Storage", "Azure.Storage.DefenderCloud"),
    ),
)
def threat_protection_plan_covers_storage(subscription: Document) -> Truth:
    """Threat protection plan covers storage.

    Checks: The pricing named StorageAccounts has pricingTier Standard with subPlan DefenderForStorageV2 in each
        subscription of the estate. Only the live subscription tells where no pricing is declared.
    Why: The plan raises alerts that resource rules cannot see.
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: StorageAccounts
          scope: "@example"
          properties: {pricingTier: Free}
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: StorageAccounts
          scope: "@example"
          properties: {pricingTier: Standard, subPlan: PerTransaction}
    Bad (live):
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: Dns
          scope: "@example"
          properties: {pricingTier: Standard}
    Good:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: StorageAccounts
          scope: "@example"
          properties: {pricingTier: Standard, subPlan: DefenderForStorageV2}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Security
        Center/MDC_Microsoft_Defender_For_Storage_Full_Audit.json; bridgecrewio/checkov
        checkov/arm/checks/resource/AzureDefenderOnStorage.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.Defender.Storage.md
    """
    return plan_is_on(subscription, "StorageAccounts", sub_plan=STORAGE_PLAN)


@rule(
    "MON-DEF-002",
    "Threat protection plan covers vaults",
    severity=Severity.MEDIUM,
    on=SUBSCRIPTION,
    needs=Needs.LIVE,
    paths=(TIER,),
    fix="Set the plan KeyVaults to Standard.",
    maps=Maps(
        azure_policy={"0e6763cc-5078-4e64-889d-ff4d9a839047": "Azure Defender for Key Vault should be enabled"},
        mcsb=("DP-8", "IR-3", "IR-5", "LT-1", "LT-2"),
        cis=("1.4.0:2.8", "2.0.0:2.1.10", "3.0.0:3.1.8.1"),
        checkov=("CKV_AZURE_87",),
        psrule=("Azure.Defender.KeyVault",),
    ),
)
def threat_protection_plan_covers_vaults(subscription: Document) -> Truth:
    """Threat protection plan covers vaults.

    Checks: The pricing named KeyVaults has pricingTier Standard in each subscription of the estate. Only the live
        subscription tells where no pricing is declared.
    Why: The plan raises alerts that resource rules cannot see.
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: KeyVaults
          scope: "@example"
          properties: {pricingTier: Free}
    Bad (live):
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: Dns
          scope: "@example"
          properties: {pricingTier: Standard}
    Good:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: KeyVaults
          scope: "@example"
          properties: {pricingTier: Standard}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Security
        Center/ASC_EnableAdvancedThreatProtectionOnKeyVaults_Audit.json; bridgecrewio/checkov
        checkov/arm/checks/resource/AzureDefenderOnKeyVaults.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.Defender.KeyVault.md
    """
    return plan_is_on(subscription, "KeyVaults")


@rule(
    "MON-DEF-003",
    "Threat protection plan covers containers",
    severity=Severity.MEDIUM,
    on=SUBSCRIPTION,
    needs=Needs.LIVE,
    paths=(TIER,),
    fix="Set the plan Containers to Standard.",
    maps=Maps(
        azure_policy={"1c988dd6-ade4-430f-a608-2a3e5b0a6d38": "Microsoft Defender for Containers should be enabled"},
        mcsb=("IR-3", "IR-5", "LT-1", "LT-2"),
        cis=("1.4.0:2.6", "1.4.0:2.7", "2.0.0:2.1.8", "2.0.0:2.1.17", "3.0.0:3.1.4.1"),
        checkov=("CKV_AZURE_85",),
        psrule=("Azure.Defender.Containers",),
    ),
)
def threat_protection_plan_covers_containers(subscription: Document) -> Truth:
    """Threat protection plan covers containers.

    Checks: The pricing named Containers has pricingTier Standard in each subscription of the estate. Only the live
        subscription tells where no pricing is declared.
    Why: The plan raises alerts that resource rules cannot see.
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: Containers
          scope: "@example"
          properties: {pricingTier: Free}
    Bad (live):
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: Dns
          scope: "@example"
          properties: {pricingTier: Standard}
    Good:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: Containers
          scope: "@example"
          properties: {pricingTier: Standard}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Security
        Center/ASC_EnableAdvancedThreatProtectionOnContainers_Audit.json; bridgecrewio/checkov
        checkov/arm/checks/resource/AzureDefenderOnKubernetes.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.Defender.Containers.md
    """
    return plan_is_on(subscription, "Containers")


@rule(
    "MON-DEF-004",
    "Threat protection plan covers the resource manager",
    severity=Severity.MEDIUM,
    on=SUBSCRIPTION,
    needs=Needs.LIVE,
    paths=(TIER,),
    fix="Set the plan Arm to Standard.",
    maps=Maps(
        azure_policy={"c3d20c29-b36d-48fe-808b-99a87530ad99": "Azure Defender for Resource Manager should be enabled"},
        mcsb=("IR-3", "IR-5", "LT-1", "LT-2"),
        cis=("2.0.0:2.1.12", "3.0.0:3.1.9.1"),
        checkov=("CKV_AZURE_234",),
        psrule=("Azure.Defender.Arm",),
    ),
)
def threat_protection_plan_covers_the_resource_manager(subscription: Document) -> Truth:
    """Threat protection plan covers the resource manager.

    Checks: The pricing named Arm has pricingTier Standard in each subscription of the estate. Only the live
        subscription tells where no pricing is declared.
    Why: The plan raises alerts that resource rules cannot see.
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: Arm
          scope: "@example"
          properties: {pricingTier: Free}
    Bad (live):
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: Dns
          scope: "@example"
          properties: {pricingTier: Standard}
    Good:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: Arm
          scope: "@example"
          properties: {pricingTier: Standard}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Security
        Center/ASC_EnableAzureDefenderOnResourceManager_Audit.json; bridgecrewio/checkov
        checkov/terraform/checks/resource/azure/AzureDefenderDisabledForResManager.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.Defender.Arm.md
    """
    return plan_is_on(subscription, "Arm")


@rule(
    "MON-DEF-005",
    "Threat protection plan covers web apps",
    severity=Severity.LOW,
    on=SUBSCRIPTION,
    needs=Needs.LIVE,
    paths=(TIER,),
    fix="Set the plan AppServices to Standard.",
    maps=Maps(
        azure_policy={"2913021d-f2fd-4f3d-b958-22354e2bdbcb": "Azure Defender for App Service should be enabled"},
        mcsb=("IR-3", "IR-5", "LT-1", "LT-2"),
        cis=("1.4.0:2.2", "2.0.0:2.1.2", "3.0.0:3.1.6.1"),
        checkov=("CKV_AZURE_61",),
        psrule=("Azure.Defender.AppServices",),
    ),
)
def threat_protection_plan_covers_web_apps(subscription: Document) -> Truth:
    """Threat protection plan covers web apps.

    Checks: The pricing named AppServices has pricingTier Standard in each subscription of the estate. Only the live
        subscription tells where no pricing is declared.
    Why: The plan raises alerts that resource rules cannot see.
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: AppServices
          scope: "@example"
          properties: {pricingTier: Free}
    Bad (live):
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: Dns
          scope: "@example"
          properties: {pricingTier: Standard}
    Good:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: AppServices
          scope: "@example"
          properties: {pricingTier: Standard}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Security
        Center/ASC_EnableAdvancedThreatProtectionOnAppServices_Audit.json; bridgecrewio/checkov
        checkov/terraform/checks/resource/azure/AzureDefenderOnAppServices.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.Defender.AppServices.md
    """
    return plan_is_on(subscription, "AppServices")


@rule(
    "MON-DEF-006",
    "Threat protection plan covers SQL servers",
    severity=Severity.MEDIUM,
    on=SUBSCRIPTION,
    needs=Needs.LIVE,
    paths=(TIER,),
    fix="Set the plan SqlServers to Standard.",
    maps=Maps(
        azure_policy={
            "7fe3b40f-802b-4cdd-8bd4-fd799c948cc2": "Azure Defender for Azure SQL Database servers should be enabled"
        },
        mcsb=("DP-2", "IR-3", "IR-5", "LT-1", "LT-2"),
        cis=("1.4.0:2.3", "2.0.0:2.1.3", "2.0.0:2.1.4"),
        checkov=("CKV_AZURE_69",),
        psrule=("Azure.Defender.SQL",),
    ),
)
def threat_protection_plan_covers_sql_servers(subscription: Document) -> Truth:
    """Threat protection plan covers SQL servers.

    Checks: The pricing named SqlServers has pricingTier Standard in each subscription of the estate. Only the live
        subscription tells where no pricing is declared.
    Why: The plan raises alerts that resource rules cannot see.
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: SqlServers
          scope: "@example"
          properties: {pricingTier: Free}
    Bad (live):
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: Dns
          scope: "@example"
          properties: {pricingTier: Standard}
    Good:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: SqlServers
          scope: "@example"
          properties: {pricingTier: Standard}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Security
        Center/ASC_EnableAdvancedDataSecurityOnSqlServers_Audit.json; bridgecrewio/checkov
        checkov/terraform/checks/resource/azure/AzureDefenderOnSqlServers.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.Defender.SQL.md
    """
    return plan_is_on(subscription, "SqlServers")


@rule(
    "MON-DEF-007",
    "Threat protection plan covers posture",
    severity=Severity.LOW,
    on=SUBSCRIPTION,
    needs=Needs.LIVE,
    paths=(TIER,),
    fix="Set the plan CloudPosture to Standard.",
    maps=Maps(
        azure_policy={"1f90fc71-a595-4066-8974-d4d0802e8ef0": "Microsoft Defender CSPM should be enabled"},
        mcsb=("IR-3", "IR-5", "LT-1", "LT-2"),
        psrule=("Azure.Defender.Cspm",),
    ),
)
def threat_protection_plan_covers_posture(subscription: Document) -> Truth:
    """Threat protection plan covers posture.

    Checks: The pricing named CloudPosture has pricingTier Standard in each subscription of the estate. Only the
        live subscription tells where no pricing is declared.
    Why: The plan raises alerts that resource rules cannot see.
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: CloudPosture
          scope: "@example"
          properties: {pricingTier: Free}
    Bad (live):
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: Dns
          scope: "@example"
          properties: {pricingTier: Standard}
    Good:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: CloudPosture
          scope: "@example"
          properties: {pricingTier: Standard}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Security
        Center/ASC_Azure_Defender_CSPM_Audit.json; Azure/PSRule.Rules.Azure docs/en/rules/Azure.Defender.Cspm.md
    """
    return plan_is_on(subscription, "CloudPosture")


@rule(
    "MON-DEF-008",
    "Threat protection plan covers AI services",
    severity=Severity.LOW,
    on=SUBSCRIPTION,
    needs=Needs.LIVE,
    paths=(TIER,),
    fix="Set the plan AI to Standard.",
    maps=Maps(
        azure_policy={"c2c0c6d8-007b-4a48-8d9b-3539bddd8e87": "Microsoft Defender for AI Services should be enabled"},
    ),
)
def threat_protection_plan_covers_ai_services(subscription: Document) -> Truth:
    """Threat protection plan covers AI services.

    Checks: The pricing named AI has pricingTier Standard in each subscription of the estate. Only the live
        subscription tells where no pricing is declared.
    Why: The plan raises alerts that resource rules cannot see.
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: AI
          scope: "@example"
          properties: {pricingTier: Free}
    Bad (live):
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: Dns
          scope: "@example"
          properties: {pricingTier: Standard}
    Good:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/pricings
          name: AI
          scope: "@example"
          properties: {pricingTier: Standard}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Security Center/ASC_Azure_Defender_AI_AINE.json
    """
    return plan_is_on(subscription, "AI")
