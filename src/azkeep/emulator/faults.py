"""ARM's refusals that more than one place gives, word for word. Source: observed answers of Azure Resource Manager."""

from __future__ import annotations

from collections.abc import Sequence

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId


def subscription_not_found(id: str) -> ArmFault:
    return ArmFault(404, "SubscriptionNotFound", f"The subscription '{id}' could not be found.")


def invalid_subscription(id: str) -> ArmFault:
    message = f"The provided subscription identifier '{id}' is malformed or invalid."
    return ArmFault(400, "InvalidSubscriptionId", message)


def missing_subscription() -> ArmFault:
    message = "The request did not have a subscription or a valid tenant level resource provider."
    return ArmFault(404, "MissingSubscription", message)


def group_not_found(name: str) -> ArmFault:
    return ArmFault(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")


def resource_not_found(id: ArmId) -> ArmFault:
    """404 for a resource whose group exists, a group, or anything else."""
    if id.resource_group and len(id.segments) == 4:
        return group_not_found(id.name)
    path = "/".join((id.type, *id.names)) if len(id.names) == 1 else _interleaved(id)
    where = f" under resource group '{id.resource_group}'" if id.resource_group else ""
    return ArmFault(
        404,
        "ResourceNotFound",
        f"The Resource '{path}'{where} was not found. For more details please go to"
        " https://aka.ms/ARMResourceNotFoundFix",
    )


def _interleaved(id: ArmId) -> str:
    namespace, *kinds = id.type.split("/")
    return "/".join((namespace, *(part for pair in zip(kinds, id.names, strict=True) for part in pair)))


def parent_not_found(type_: str, parent: ArmId, operation: str) -> ArmFault:
    """404 for a resource below one that does not exist; of its type, the message leaves out the namespace."""
    return ArmFault(
        404,
        "ParentResourceNotFound",
        f"Failed to perform '{operation}' on resource(s) of type '{type_.partition('/')[2]}', because the parent"
        f" resource '{parent}' could not be found.",
    )


def invalid_type(namespace: str, version: str) -> ArmFault:
    return ArmFault(
        404,
        "InvalidResourceType",
        f"The resource type could not be found in the namespace '{namespace}' for api version '{version}'.",
    )


def invalid_namespace(namespace: str) -> ArmFault:
    return ArmFault(404, "InvalidResourceNamespace", f"The resource namespace '{namespace}' is invalid.")


def no_type_at_version(namespace: str, kind: str, version: str, known: Sequence[str]) -> ArmFault:
    """404 for a type that no region is asked for, at a version it does not have: the list runs on without spaces."""
    return ArmFault(
        404,
        "InvalidResourceType",
        f"The resource type '{kind}' could not be found in the namespace '{namespace}' for api version '{version}'. The"
        f" supported api-versions are '{','.join(known)}'.",
    )


def no_registered_provider(
    location: str, kind: str, version: str, known: Sequence[str], regions: Sequence[str]
) -> ArmFault:
    """400 for a type at a version that it does not have in a region."""
    return ArmFault(
        400,
        "NoRegisteredProviderFound",
        f"No registered resource provider found for location '{location}' and API version '{version}' for type"
        f" '{kind}'. The supported api-versions are '{', '.join(known)}'. The supported locations are"
        f" '{', '.join(regions)}'.",
    )


def invalid_api_version(version: str, known: Sequence[str]) -> ArmFault:
    """400 for a version that Resource Manager itself does not have."""
    return ArmFault(
        400,
        "InvalidApiVersionParameter",
        f"The api-version '{version}' is invalid. The supported versions are '{','.join(known)}'.",
    )


def not_found() -> ArmFault:
    return ArmFault(404, "NotFound", "The requested path does not exist in the local cloud.")


def method_not_allowed(method: str) -> ArmFault:
    return ArmFault(405, "MethodNotAllowed", f"The request method '{method}' is not allowed for this path.")
