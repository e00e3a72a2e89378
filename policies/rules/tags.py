"""Tags."""

from __future__ import annotations

from collections.abc import Mapping

from azkeep.policy import ANY, NOT_APPLICABLE, Document, Maps, Severity, Truth, rule

from ._tags import REQUIRED_TAGS, carries_tags
from ._tracked import GROUP, is_tracked


@rule(
    "GOV-TAG-001",
    "Resources carry the required tags",
    severity=Severity.LOW,
    on=ANY,
    paths=("tags",),
    fix="Add the tags, best through one transformation for the whole program.",
    maps=Maps(
        azure_policy={
            "871b6d14-10aa-478d-b590-94f262ecfa99": "Require a tag on resources",
            "1e30110a-5ceb-460c-a204-c1c3969c6d62": "Require a tag and its value on resources",
        },
        psrule=("Azure.Resource.RequiredTags", "Azure.Resource.UseTags"),
        other=("cloudsploit:mlWorkspaceHasTags", "ALZ:Audit-Tags-Mandatory"),
    ),
)
def resources_carry_the_required_tags(
    resource: Document, *, required_tags: Mapping[str, str | None] = REQUIRED_TAGS
) -> Truth:
    """Resources carry the required tags.

    Checks: Holds every key in required_tags, in any letter case, with a non-empty value that matches the value pattern
        when one is given. Types that cannot be tagged, and what a service makes by itself: not applicable.
    Why: Tags say who owns a resource and what it may cost.
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          tags: {owner: ml-platform, environment: production, costCenter: "4711"}
    Bad:
        - type: Microsoft.KeyVault/vaults
          name: example
          tags: {owner: ml-platform, environment: sandbox, costCenter: "4711", dataClass: internal}
    Good:
        - type: Microsoft.KeyVault/vaults
          name: example
          tags: {Owner: ml-platform, environment: production, costcenter: "4711", dataClass: internal}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Tags/RequireTag_Deny.json; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.Resource.RequiredTags.md; aquasecurity/cloudsploit
        plugins/azure/machinelearning/mlWorkspaceHasTags.js; Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Audit-Tags-Mandatory.json
    """
    return carries_tags(resource, required_tags) if is_tracked(resource) else NOT_APPLICABLE


@rule(
    "GOV-TAG-002",
    "Resource groups carry the required tags",
    severity=Severity.LOW,
    on=GROUP,
    paths=("tags",),
    fix="Add the tags to the group.",
    maps=Maps(
        azure_policy={
            "96670d01-0a4d-4649-9c89-2d3abc0a5025": "Require a tag on resource groups",
            "8ce3da23-7156-49e4-b145-24f95f9dcb46": "Require a tag and its value on resource groups",
        },
        psrule=("Azure.Group.RequiredTags",),
        other=("ALZ:Audit-Tags-Mandatory-Rg",),
    ),
)
def resource_groups_carry_the_required_tags(
    group: Document, *, required_tags: Mapping[str, str | None] = REQUIRED_TAGS
) -> Truth:
    """Resource groups carry the required tags.

    Checks: As GOV-TAG-001 on the group.
    Why: Group tags feed cost reports.
    Bad:
        - type: Microsoft.Resources/resourceGroups
          name: example
          tags: {owner: " ", environment: production, costCenter: "4711", dataClass: internal}
    Good:
        - type: Microsoft.Resources/resourceGroups
          name: example
          tags: {owner: ml-platform, environment: production, costCenter: "4711", dataClass: internal}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Tags/ResourceGroupRequireTag_Deny.json;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.Group.RequiredTags.md; Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Audit-Tags-Mandatory-Rg.json
    """
    return carries_tags(group, required_tags)
