"""Container Registry: images, encryption and replicas."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Severity, Truth, deferred, rule, when

from ._defender import plan_is_on
from ._environment import in_production
from ._regions import is_in_regions

REGISTRY = "Microsoft.ContainerRegistry/registries"
REPLICATION = "Microsoft.ContainerRegistry/registries/replications"
FINDING = "Microsoft.Security/assessments/subAssessments"


@rule(
    "ACR-ENC-001",
    "Registry is encrypted with a customer key",
    severity=Severity.LOW,
    on=REGISTRY,
    paths=(
        "properties.encryption.status",
        "properties.encryption.keyVaultProperties.keyIdentifier",
        "properties.encryption.keyVaultProperties.identity",
    ),
    fix="Create the registry with the encryption block.",
    maps=Maps(
        azure_policy={
            "5b9159ae-1701-4a6f-9a7a-aa9c8ddd0580": (
                "Container registries should be encrypted with a customer-managed key"
            ),
        },
        mcsb=("DP-5",),
    ),
)
def registry_is_encrypted_with_a_customer_key(registry: Document) -> Truth:
    """Registry is encrypted with a customer key.

    Checks: encryption.status equals enabled, and keyVaultProperties has a keyIdentifier and an identity. It can be
        set at creation only.
    Why: Key ownership is often a contract term.
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {encryption: {status: disabled}}
    Bad (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {loginServer: example.azurecr.io}
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties:
            encryption:
              status: enabled
              keyVaultProperties: {identity: 00000000-0000-0000-0000-000000000003}
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties:
            encryption:
              status: enabled
              keyVaultProperties: {keyIdentifier: "https://vault.vault.azure.net/keys/registry"}
    Good:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties:
            encryption:
              status: enabled
              keyVaultProperties:
                keyIdentifier: https://vault.vault.azure.net/keys/registry
                identity: 00000000-0000-0000-0000-000000000003
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Container
        Registry/ACR_CMKEncryptionEnabled_Audit.json
    """
    encryption = registry["properties.encryption"]
    key = encryption["keyVaultProperties"]
    return encryption["status"].equals("enabled") & key["keyIdentifier"].has_text() & key["identity"].has_text()


@rule(
    "ACR-IMG-001",
    "New images wait in quarantine",
    severity=Severity.LOW,
    on=REGISTRY,
    paths=("properties.policies.quarantinePolicy.status",),
    fix="Enable the quarantine policy.",
    sets={"properties.policies.quarantinePolicy.status": "enabled"},
    maps=Maps(mcsb=("DS-6", "PV-5"), checkov=("CKV_AZURE_166",), psrule=("Azure.ACR.Quarantine",)),
)
def new_images_wait_in_quarantine(registry: Document) -> Truth:
    """New images wait in quarantine.

    Checks: quarantinePolicy.status equals enabled.
    Why: Images should be scanned before use.
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {policies: {quarantinePolicy: {status: disabled}}}
    Bad (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {loginServer: example.azurecr.io}
    Good:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {policies: {quarantinePolicy: {status: enabled}}}
    Source: bridgecrewio/checkov checkov/arm/checks/resource/ACREnableImageQuarantine.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.ACR.Quarantine.md
    """
    return registry["properties.policies.quarantinePolicy.status"].equals("enabled")


@rule(
    "ACR-IMG-002",
    "Signed images are required",
    severity=Severity.LOW,
    on=REGISTRY,
    paths=("properties.policies.trustPolicy.status", "properties.encryption.status"),
    fix="Enable content trust, or verify signatures in the cluster.",
    sets={"properties.policies.trustPolicy.status": "enabled"},
    maps=Maps(checkov=("CKV_AZURE_164",), psrule=("Azure.ACR.ContentTrust",)),
)
def signed_images_are_required(registry: Document) -> Truth:
    """Signed images are required.

    Checks: trustPolicy.status equals enabled. Not applicable with a customer key, which rules content trust out.
    Why: A signature ties an image to its builder.
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {policies: {trustPolicy: {type: Notary, status: disabled}}}
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {encryption: {status: disabled}}
    Bad (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {loginServer: example.azurecr.io}
    Good:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {policies: {trustPolicy: {type: Notary, status: enabled}}}
        - type: Microsoft.ContainerRegistry/registries
          name: keyed
          properties: {encryption: {status: enabled}, policies: {trustPolicy: {status: disabled}}}
    Source: bridgecrewio/checkov checkov/terraform/checks/resource/azure/ACRUseSignedImages.py;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.ACR.ContentTrust.md
    """
    own_key = registry["properties.encryption.status"].equals("enabled")
    return when(~own_key, registry["properties.policies.trustPolicy.status"].equals("enabled"))


@rule(
    "ACR-IMG-003",
    "Untagged images are cleaned up",
    severity=Severity.LOW,
    on=REGISTRY,
    paths=("properties.policies.retentionPolicy.status", "properties.policies.retentionPolicy.days"),
    fix="Enable the retention policy.",
    sets={"properties.policies.retentionPolicy.status": "enabled", "properties.policies.retentionPolicy.days": 30},
    maps=Maps(checkov=("CKV_AZURE_167",), psrule=("Azure.ACR.Retention",)),
)
def untagged_images_are_cleaned_up(registry: Document, *, max_days: int = 30) -> Truth:
    """Untagged images are cleaned up.

    Checks: retentionPolicy.status equals enabled and days is at most max_days; missing days are 7.
    Why: Old layers cost money and hide known flaws.
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {policies: {retentionPolicy: {status: disabled, days: 7}}}
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {policies: {retentionPolicy: {status: enabled, days: 90}}}
    Bad (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {loginServer: example.azurecr.io}
    Good:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {policies: {retentionPolicy: {status: enabled, days: 30}}}
    Good (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {policies: {retentionPolicy: {status: enabled}}}
    Source: bridgecrewio/checkov checkov/terraform/checks/resource/azure/ACREnableRetentionPolicy.py;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.ACR.Retention.md
    """
    policy = registry["properties.policies.retentionPolicy"]
    return policy["status"].equals("enabled") & policy["days"].at_most(max_days, missing=True)


@rule(
    "ACR-IMG-004",
    "Images are scanned for flaws",
    severity=Severity.HIGH,
    on=REGISTRY,
    needs=Needs.LIVE,
    paths=(
        "Microsoft.Security/pricings: properties.pricingTier",
        "Microsoft.Security/assessments/subAssessments: properties.status",
    ),
    fix="Turn on the plan and rebuild images.",
    maps=Maps(
        azure_policy={
            "090c7b07-b4ed-4561-ad20-e9075f3ccaff": (
                "Azure registry container images should "
                "have vulnerabilities resolved (powered by "
                "Microsoft Defender Vulnerability "
                "Management)"
            ),
        },
        mcsb=("DS-6", "PV-6"),
        checkov=("CKV_AZURE_163",),
        psrule=("Azure.ACR.ContainerScan", "Azure.ACR.ImageHealth"),
    ),
)
def images_are_scanned_for_flaws(registry: Document) -> Truth:
    """Images are scanned for flaws.

    Checks: Live: the plan Containers is Standard, and no image of the registry has an open critical finding. Before
        apply a declared plan that is Free fails; all else is deferred.
    Why: Base images age into vulnerable ones.
    Bad (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {loginServer: example.azurecr.io}
        - type: Microsoft.Security/pricings
          name: Containers
          scope: /subscriptions/00000000-0000-0000-0000-000000000001
          properties: {pricingTier: Free}
    Bad (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {loginServer: example.azurecr.io}
        - type: Microsoft.Security/pricings
          name: KeyVaults
          scope: /subscriptions/00000000-0000-0000-0000-000000000001
          properties: {pricingTier: Standard}
    Bad (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {loginServer: example.azurecr.io}
        - type: Microsoft.Security/pricings
          name: Containers
          scope: /subscriptions/00000000-0000-0000-0000-000000000001
          properties: {pricingTier: Standard}
        - type: Microsoft.Security/assessments/subAssessments
          name: scan/CVE-2026-0001
          scope: "@example"
          properties:
            status: {code: Unhealthy, severity: Critical}
    Bad (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {loginServer: example.azurecr.io}
        - type: Microsoft.Security/pricings
          name: Containers
          scope: /subscriptions/00000000-0000-0000-0000-000000000001
          properties: {pricingTier: Standard}
        - type: Microsoft.Security/assessments/subAssessments
          name: scan/CVE-2026-0001
          scope: "@example"
          properties:
            status: {code: Unhealthy, severity: High}
            additionalData: {vulnerabilityDetails: {severity: Critical}}
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {loginServer: example.azurecr.io}
        - type: Microsoft.Security/pricings
          name: Containers
          scope: /subscriptions/00000000-0000-0000-0000-000000000001
          properties: {pricingTier: Free}
    Good (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {loginServer: example.azurecr.io}
        - type: Microsoft.Security/pricings
          name: Containers
          scope: /subscriptions/00000000-0000-0000-0000-000000000001
          properties: {pricingTier: Standard}
        - type: Microsoft.Security/assessments/subAssessments
          name: scan/CVE-2026-0001
          scope: "@example"
          properties:
            status: {code: Healthy, severity: Critical}
    Good (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {loginServer: example.azurecr.io}
        - type: Microsoft.Security/pricings
          name: Containers
          scope: /subscriptions/00000000-0000-0000-0000-000000000001
          properties: {pricingTier: Standard}
        - type: Microsoft.Security/assessments/subAssessments
          name: scan/CVE-2026-0001
          scope: "@example"
          properties:
            status: {code: Unhealthy, severity: Medium}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Security
        Center/MDC_AzureContainerRegistryVulnerabilityAssessment_Audit.json; bridgecrewio/checkov
        checkov/arm/checks/resource/ACRContainerScanEnabled.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.ACR.ContainerScan.md
    """
    if not registry.is_live:
        return _is_scanned(registry) & deferred("what is found in images is known only in Azure")
    return _is_scanned(registry) & registry.extensions(FINDING).every(lambda each: ~_is_open_and_critical(each))


@rule(
    "ACR-REL-001",
    "Registry is zone redundant",
    severity=Severity.LOW,
    on=REGISTRY,
    needs=Needs.GRAPH,
    paths=(
        "properties.zoneRedundancy",
        "tags",
        "Microsoft.ContainerRegistry/registries/replications: properties.zoneRedundancy",
    ),
    fix="Enable zone redundancy at creation.",
    maps=Maps(
        azure_policy={
            "9d2b0a20-57d6-474c-9d12-44a4a20999c6": "[Preview]: Container Registry should be Zone Redundant",
        },
        checkov=("CKV_AZURE_233",),
    ),
)
def registry_is_zone_redundant(registry: Document, *, environment_tag: str = "environment") -> Truth:
    """Registry is zone redundant.

    Checks: When the registry's environment tag is production: zoneRedundancy equals Enabled for the registry and
        each of its replications. Not applicable elsewhere.
    Why: A zone outage stops scaling and deployment.
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          tags: {Environment: Production}
          properties: {zoneRedundancy: Disabled}
    Bad (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          tags: {Environment: Production}
          properties: {loginServer: example.azurecr.io}
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          tags: {Environment: Production}
          properties: {zoneRedundancy: Enabled}
        - type: Microsoft.ContainerRegistry/registries/replications
          name: example/north
          properties: {zoneRedundancy: Disabled}
    Good:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          tags: {Environment: Production}
          properties: {zoneRedundancy: Enabled}
        - type: Microsoft.ContainerRegistry/registries/replications
          name: example/north
          properties: {zoneRedundancy: enabled}
        - type: Microsoft.ContainerRegistry/registries
          name: trial
          tags: {environment: test}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Resilience/ContainerRegistry_registries_ZoneRedundant_Audit.json;
        bridgecrewio/checkov checkov/arm/checks/resource/ACREnableZoneRedundancy.py
    """
    own = registry["properties.zoneRedundancy"].equals("Enabled")
    replicas = registry.children("replications").every(lambda each: each["properties.zoneRedundancy"].equals("Enabled"))
    return when(in_production(registry, tag=environment_tag), own & replicas)


@rule(
    "ACR-REL-002",
    "Registry replicas stay in the allowed geography",
    severity=Severity.MEDIUM,
    on=REPLICATION,
    paths=("location",),
    fix="Remove the replica.",
    maps=Maps(psrule=("Azure.ACR.ReplicaLocation",)),
)
def registry_replicas_stay_in_the_allowed_geography(
    replica: Document, *, allowed_locations: tuple[str, ...] = ()
) -> Truth:
    """Registry replicas stay in the allowed geography.

    Checks: location is in allowed_locations, compared without blanks and letter case; an empty list sets no limit,
        but a missing location fails.
    Why: Replicas copy all images to that region.
    Bad:
        - type: Microsoft.ContainerRegistry/registries/replications
          name: example/east
          location: eastasia
        - parameters: {allowed_locations: [westeurope, northeurope]}
    Bad:
        - type: Microsoft.ContainerRegistry/registries/replications
          name: example/east
          properties: {zoneRedundancy: Enabled}
    Good:
        - type: Microsoft.ContainerRegistry/registries/replications
          name: example/north
          location: North Europe
        - parameters: {allowed_locations: [westeurope, northeurope]}
    Good:
        - type: Microsoft.ContainerRegistry/registries/replications
          name: example/east
          location: eastasia
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.ACR.ReplicaLocation.md
    """
    return is_in_regions(replica["location"], allowed_locations)


def _is_scanned(registry: Document) -> Truth:
    if registry.subscription is None:
        return deferred("the subscription is not known yet")
    subscription = registry.estate.find(f"/subscriptions/{registry.subscription}")
    if subscription is None:
        return deferred("the subscription is not part of the estate")
    return plan_is_on(subscription, "Containers")


def _is_open_and_critical(finding: Document) -> Truth:
    """A flaw that nobody has dealt with. Source: Microsoft Defender for Cloud REST API, sub assessments."""
    critical = finding["properties.status.severity"].equals("Critical") | finding[
        "properties.additionalData.vulnerabilityDetails.severity"
    ].equals("Critical")
    return finding["properties.status.code"].equals("Unhealthy") & critical
