"""Built-in roles of Azure RBAC: the same ids in every tenant. Source: Microsoft Learn, Azure built-in roles."""

from __future__ import annotations

from collections.abc import Mapping

from azkeep.types import built_in_roles

DEFINITIONS = "Microsoft.Authorization/roleDefinitions"

BUILT_IN: Mapping[str, str] = {role.id: role.name for role in built_in_roles.BUILT_IN}
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
