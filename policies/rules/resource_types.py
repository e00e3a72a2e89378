"""Types of resources, and the API versions they are declared in."""

from __future__ import annotations

import re

from azkeep.policy import ANY, NOT_APPLICABLE, Document, Maps, Needs, Severity, Truth, fact, rule
from azkeep.policy.truth import Evidence

_PREVIEW = re.compile(r"v(\d{4})(\d\d)(\d\d)preview", re.IGNORECASE)
SUBSCRIPTION = "Microsoft.Resources/subscriptions"


@rule(
    "GOV-TYP-001",
    "Only agreed resource types are declared",
    severity=Severity.MEDIUM,
    on=ANY,
    paths=("type",),
    fix="List the type or remove it.",
    maps=Maps(
        azure_policy={
            "a08ec900-254a-4555-9bf5-e42af04b5c5c": "Allowed resource types",
            "6c112d4e-5bc7-47ae-a041-ea2d9dccd749": "Not allowed resource types",
        }
    ),
)
def only_agreed_resource_types_are_declared(
    resource: Document, *, allowed_types: tuple[str, ...] = (), denied_types: tuple[str, ...] = ()
) -> Truth:
    """Only agreed resource types are declared.

    Checks: The type is in allowed_types when that list is not empty, and not in denied_types. An entry that ends with
        /* means every type that begins so. Without both lists: not applicable.
    Why: New services arrive without review.
    Bad:
        - type: Microsoft.Network/publicIPAddresses
          name: example
        - parameters: {denied_types: [Microsoft.Network/publicIPAddresses]}
    Bad:
        - type: Microsoft.Network/publicIPAddresses
          name: example
        - parameters: {allowed_types: [Microsoft.MachineLearningServices/*]}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - parameters: {allowed_types: [Microsoft.MachineLearningServices/*], denied_types: [Microsoft.Network/*]}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/General/AllowedResourceTypes_Deny.json
    """
    if not (allowed_types or denied_types) or "/" not in resource.type or resource.is_a(SUBSCRIPTION):
        return NOT_APPLICABLE
    admitted = not allowed_types or _is_listed(resource.type, allowed_types)
    agreed = admitted and not _is_listed(resource.type, denied_types)
    return fact(agreed, Evidence(resource, "/type", resource.type))


def _is_listed(type_: str, types: tuple[str, ...]) -> bool:
    given = type_.casefold()
    return any(
        given.startswith(each[:-1]) if each.endswith("/*") else given == each
        for each in (listed.casefold() for listed in types)
    )


@rule(
    "GOV-API-001",
    "Resources use stable API versions",
    severity=Severity.LOW,
    on=ANY,
    needs=Needs.PROGRAM,
    paths=("apiVersion (module of the Pulumi type token)",),
    fix="Use the stable module.",
)
def resources_use_stable_api_versions(resource: Document, *, preview_allowed: tuple[str, ...] = ()) -> Truth:
    """Resources use stable API versions.

    Checks: The version that the module of the Pulumi type names does not end with preview, unless the type is in
        preview_allowed. A module without a version takes the default, and passes. What is only live, and what is no
        resource: not applicable.
    Why: Preview versions change or go away.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          program: {token: "azure-native:machinelearningservices/v20240101preview:Workspace"}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          program: {token: "azure-native:machinelearningservices/v20240401:Workspace"}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          program: {token: "azure-native:machinelearningservices:Workspace"}
    Source: Azure/AzPolicyFactory issue 38
    """
    if "/" not in resource.type or resource.is_a(SUBSCRIPTION):
        return NOT_APPLICABLE
    if resource.program is None or not resource.program.token:
        return NOT_APPLICABLE
    version = _PREVIEW.search(resource.program.token)
    if version is None:
        return resource.fact(True)
    allowed = any(resource.is_a(type_) for type_ in preview_allowed)
    return fact(allowed, Evidence(resource, "/apiVersion", f"{'-'.join(version.groups())}-preview"))
