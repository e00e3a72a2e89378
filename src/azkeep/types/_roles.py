"""Built-in roles of Azure RBAC: the same ids in every tenant. Source: Microsoft Learn, Azure built-in roles."""

from __future__ import annotations

from collections.abc import Mapping

DEFINITIONS = "Microsoft.Authorization/roleDefinitions"

BUILT_IN: Mapping[str, str] = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
    "4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
    "b12aa53e-6015-4669-85d0-8515ebb3ae7f": "Private DNS Zone Contributor",
    "f6c7c914-8db3-469d-8ca1-694a8f32e121": "AzureML Data Scientist",
    "e503ece1-11d0-4e8e-8e2c-7a6c3bf38815": "AzureML Compute Operator",
    "635dd51f-9968-44d3-b7fb-6d9a6bd613ae": "AzureML Metrics Writer",
    "1823dd4f-9b8c-4ab6-ab4e-7397a3684615": "AzureML Registry User",
    "b78c5d69-af96-48a3-bf8d-a8b4d589de94": "Azure AI Administrator",
    "b556d68e-0be0-4f35-a333-ad7ee1ce17ea": "Azure AI Enterprise Network Connection Approver",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
    "69566ab7-960f-475b-8e7c-b3118f30c6bd": "Storage File Data Privileged Contributor",
    "7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
    "8311e382-0749-4cb8-b61a-304f252e45ec": "AcrPush",
    "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
    "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
    "f1a07417-d97a-45cb-824c-7a7467783830": "Managed Identity Operator",
}
"""Role id → name."""


def role_guid(definition_id: str) -> str:
    """The lower-case GUID at the end of a role definition id."""
    return definition_id.rstrip("/").rsplit("/", 1)[-1].lower()


def role_name(definition_id: str) -> str | None:
    """Name of the built-in role that `definition_id` (an id of any scope, or a GUID) means; None for other roles."""
    return BUILT_IN.get(role_guid(definition_id))


def role_id(name: str, subscription: str) -> str | None:
    """Definition id, as ARM returns it in `subscription`, of the built-in role called `name`; None if unknown."""
    found = next((guid for guid, known in BUILT_IN.items() if known.lower() == name.lower()), None)
    return found and f"/subscriptions/{subscription}/providers/{DEFINITIONS}/{found}"
