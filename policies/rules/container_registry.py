"""Container Registry: who signs in, and what leaves or enters."""

from __future__ import annotations

from azkeep.policy import FALSE, Document, Maps, Severity, Truth, rule, when

REGISTRY = "Microsoft.ContainerRegistry/registries"
TOKEN = "Microsoft.ContainerRegistry/registries/tokens"
CACHE_RULE = "Microsoft.ContainerRegistry/registries/cacheRules"


@rule(
    "ACR-IDN-001",
    "Registry admin user is off",
    severity=Severity.HIGH,
    on=REGISTRY,
    paths=("properties.adminUserEnabled",),
    fix="Set adminUserEnabled false.",
    sets={"properties.adminUserEnabled": False},
    maps=Maps(
        azure_policy={
            "dc921057-6b28-4fbe-9b83-f7bec05db6c2": ("Container registries should have local admin account disabled."),
        },
        mcsb=("IM-1", "IM-3", "PA-1"),
        checkov=("CKV_AZURE_137",),
        psrule=("Azure.ACR.AdminUser",),
    ),
)
def registry_admin_user_is_off(registry: Document) -> Truth:
    """Registry admin user is off.

    Checks: adminUserEnabled is missing or false.
    Why: The admin user is one shared password.
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {adminUserEnabled: true}
    Good:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {adminUserEnabled: false}
    Good (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {adminUserEnabled: null}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Container
        Registry/ACR_AdminAccountDisabled_AuditDeny.json; bridgecrewio/checkov
        checkov/arm/checks/resource/ACRAdminAccountDisabled.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.ACR.AdminUser.md
    """
    return registry["properties.adminUserEnabled"].is_false(missing=True)


@rule(
    "ACR-IDN-002",
    "Nobody pulls without signing in",
    severity=Severity.HIGH,
    on=REGISTRY,
    paths=("properties.anonymousPullEnabled", "sku.name"),
    fix="Set anonymousPullEnabled false.",
    sets={"properties.anonymousPullEnabled": False},
    maps=Maps(
        azure_policy={
            "9f2dea28-e834-476c-99c5-3507b4728395": (
                "Container registries should have anonymous authentication disabled."
            ),
        },
        mcsb=("IM-1",),
        checkov=("CKV_AZURE_138",),
        psrule=("Azure.ACR.AnonymousAccess",),
    ),
)
def nobody_pulls_without_signing_in(registry: Document) -> Truth:
    """Nobody pulls without signing in.

    Checks: anonymousPullEnabled is missing or false. Not applicable to the Basic tier, which does not have it.
    Why: Images can carry models and configuration.
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          sku: {name: Standard}
          properties: {anonymousPullEnabled: true}
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {anonymousPullEnabled: true}
    Good:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          sku: {name: Premium}
          properties: {anonymousPullEnabled: false}
    Good (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          sku: {name: Premium}
          properties: {loginServer: example.azurecr.io}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Container
        Registry/ACR_AnonymousPullDisabled_AuditDeny.json; bridgecrewio/checkov
        checkov/arm/checks/resource/ACRAnonymousPullDisabled.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.ACR.AnonymousAccess.md
    """
    signed_in = registry["properties.anonymousPullEnabled"].is_false(missing=True)
    return when(registry["sku.name"].differs("Basic", missing=True), signed_in)


@rule(
    "ACR-IDN-003",
    "Tokens for the resource manager are not accepted",
    severity=Severity.LOW,
    on=REGISTRY,
    paths=("properties.policies.azureADAuthenticationAsArmPolicy.status",),
    fix="Set the status to disabled.",
    sets={"properties.policies.azureADAuthenticationAsArmPolicy.status": "disabled"},
    maps=Maps(
        azure_policy={
            "42781ec6-6127-4c30-bdfa-fb423a0047d3": (
                "Container registries should have ARM audience token authentication disabled."
            ),
        }
    ),
)
def tokens_for_the_resource_manager_are_not_accepted(registry: Document) -> Truth:
    """Tokens for the resource manager are not accepted.

    Checks: azureADAuthenticationAsArmPolicy.status equals disabled; missing fails.
    Why: Broad tokens should not open the image store.
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {policies: {azureADAuthenticationAsArmPolicy: {status: enabled}}}
    Bad (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {loginServer: example.azurecr.io}
    Good:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {policies: {azureADAuthenticationAsArmPolicy: {status: Disabled}}}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Container
        Registry/ACR_AADAuthenticationAsArmPolicy_AuditDeny.json
    """
    return registry["properties.policies.azureADAuthenticationAsArmPolicy.status"].equals("disabled")


@rule(
    "ACR-IDN-004",
    "Repository tokens are disabled",
    severity=Severity.MEDIUM,
    on=TOKEN,
    paths=("properties.status",),
    fix="Disable the token; use identities.",
    sets={"properties.status": "disabled"},
    maps=Maps(
        azure_policy={
            "ff05e24e-195c-447e-b322-5e90c9f9f366": (
                "Container registries should have repository scoped access token disabled."
            ),
        }
    ),
)
def repository_tokens_are_disabled(token: Document, *, allowed_tokens: tuple[str, ...] = ()) -> Truth:
    """Repository tokens are disabled.

    Checks: status equals disabled, or the token's name is in allowed_tokens; missing fails.
    Why: Scoped tokens are static passwords.
    Bad:
        - type: Microsoft.ContainerRegistry/registries/tokens
          name: example/build
          properties: {status: enabled}
    Bad:
        - type: Microsoft.ContainerRegistry/registries/tokens
          name: example/build
          properties: {scopeMapId: example}
    Good:
        - type: Microsoft.ContainerRegistry/registries/tokens
          name: example/build
          properties: {status: disabled}
    Good:
        - type: Microsoft.ContainerRegistry/registries/tokens
          name: example/Build
          properties: {status: enabled}
        - parameters: {allowed_tokens: [build]}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Container
        Registry/ACR_TokenDisabled_AuditDeny.json
    """
    allowed = token.name.casefold() in {name.casefold() for name in allowed_tokens}
    return token["properties.status"].equals("disabled") | token.fact(allowed)


@rule(
    "ACR-DAT-001",
    "Registry exports are blocked",
    severity=Severity.MEDIUM,
    on=REGISTRY,
    paths=("properties.policies.exportPolicy.status", "properties.publicNetworkAccess"),
    fix="Set the export policy to disabled.",
    sets={"properties.policies.exportPolicy.status": "disabled", "properties.publicNetworkAccess": "Disabled"},
    maps=Maps(
        azure_policy={
            "524b0254-c285-4903-bee6-bb8126cde579": "Container registries should have exports disabled",
        },
        psrule=("Azure.ACR.ExportPolicy",),
    ),
)
def registry_exports_are_blocked(registry: Document) -> Truth:
    """Registry exports are blocked.

    Checks: exportPolicy.status equals disabled and publicNetworkAccess equals Disabled; the service takes the first
        only with the second.
    Why: Export copies images past the network boundary.
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {publicNetworkAccess: Disabled, policies: {exportPolicy: {status: enabled}}}
    Bad:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {publicNetworkAccess: Enabled, policies: {exportPolicy: {status: disabled}}}
    Bad (live):
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {publicNetworkAccess: Disabled}
    Good:
        - type: Microsoft.ContainerRegistry/registries
          name: example
          properties: {publicNetworkAccess: Disabled, policies: {exportPolicy: {status: disabled}}}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Container
        Registry/ACR_ExportPolicy_AuditDeny.json; Azure/PSRule.Rules.Azure docs/en/rules/Azure.ACR.ExportPolicy.md
    """
    closed = registry["properties.publicNetworkAccess"].equals("Disabled")
    return registry["properties.policies.exportPolicy.status"].equals("disabled") & closed


@rule(
    "ACR-DAT-002",
    "Cache rules are agreed",
    severity=Severity.LOW,
    on=CACHE_RULE,
    paths=("properties.sourceRepository",),
    fix="Remove the rule or list its source.",
    maps=Maps(
        azure_policy={
            "84497762-32b6-4ab3-80b6-732ea48b85a2": "Container registries should prevent cache rule creation",
        }
    ),
)
def cache_rules_are_agreed(cache_rule: Document, *, allowed_sources: tuple[str, ...] = ()) -> Truth:
    """Cache rules are agreed.

    Checks: sourceRepository is an entry of allowed_sources or lies below one; an empty list forbids cache rules.
    Why: A cache rule pulls outside images into the trusted store.
    Bad:
        - type: Microsoft.ContainerRegistry/registries/cacheRules
          name: example/ubuntu
          properties: {sourceRepository: docker.io/library/ubuntu}
    Bad:
        - type: Microsoft.ContainerRegistry/registries/cacheRules
          name: example/base
          properties: {sourceRepository: mcr.microsoft.com.example.org/base}
        - parameters: {allowed_sources: [mcr.microsoft.com]}
    Bad:
        - type: Microsoft.ContainerRegistry/registries/cacheRules
          name: example/base
          properties: {targetRepository: base}
        - parameters: {allowed_sources: [mcr.microsoft.com]}
    Good:
        - type: Microsoft.ContainerRegistry/registries/cacheRules
          name: example/base
          properties: {sourceRepository: mcr.microsoft.com/azureml/base}
        - parameters: {allowed_sources: [mcr.microsoft.com/azureml/]}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Container Registry/ACR_PTCDisabled_AuditDeny.json
    """
    source = cache_rule["properties.sourceRepository"]
    if not allowed_sources:
        return source.shown(FALSE)
    return source.satisfies(lambda text: any(_lies_below(text, allowed) for allowed in allowed_sources))


def _lies_below(source: str, allowed: str) -> bool:
    """`source` is `allowed` or a repository below it: docker.io/library holds docker.io/library/ubuntu."""
    place, prefix = source.strip().casefold(), allowed.strip().casefold().removesuffix("*").rstrip("/")
    return bool(prefix) and (place == prefix or place.startswith(f"{prefix}/"))
