"""Where a subnet may send data through a service endpoint of storage.

Source: docs page "Azure Machine Learning data exfiltration prevention" (MicrosoftDocs/azure-docs).
"""

from __future__ import annotations

from azkeep.policy import Document, Node, Truth, deferred

ACCOUNT = "Microsoft.Storage/storageAccounts"
SERVICES = ("Microsoft.Storage", "Microsoft.Storage.Global")
ALIASES = ("/services/Azure/MachineLearning",)
"""What a policy has to let through for the service itself."""


def has_storage_endpoint(subnet: Document) -> Truth:
    """The subnet has a service endpoint of storage."""
    return subnet["properties.serviceEndpoints"].some(lambda each: each["service"].equals(*SERVICES))


def limits_storage(subnet: Document) -> Truth:
    """Policies of the subnet let its service endpoint reach accounts of the estate and the service's own only."""
    policies = subnet["properties.serviceEndpointPolicies"]
    return policies.has_items() & policies.every(lambda each: _is_limit(each["id"]))


def _is_limit(id: Node) -> Truth:
    policy = id.resolve()
    if policy is None:
        return id.has_text() & deferred("the service endpoint policy is not part of the estate")
    definitions = policy.children("serviceEndpointPolicyDefinitions")
    return definitions.every(lambda each: each["properties.serviceResources"].every(_is_own, missing=False))


def _is_own(resource: Node) -> Truth:
    target = resource.resolve()
    if target is None:
        return resource.equals(*ALIASES)
    return resource.shown(target.fact(target.is_a(ACCOUNT)))
