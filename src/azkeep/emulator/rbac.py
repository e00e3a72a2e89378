"""Who may do what: role assignments at a scope and its ancestors, decided as Azure does.

Role ids and actions: Azure built-in roles. An assignment is a stored document of type roleAssignments; a custom role
one of type roleDefinitions. dataActions never give control-plane rights.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.emulator.store import Store
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.types.built_in_roles import BUILT_IN, Role
from azkeep.types.write import Caller

ASSIGNMENTS = "microsoft.authorization/roleassignments"
DEFINITIONS = "microsoft.authorization/roledefinitions"

__all__ = ["BUILT_IN", "AccessControl", "Role", "built_in", "client_of", "definition", "forbidden", "permissions"]

_BY_ID = {role.id: role for role in BUILT_IN}
_BY_NAME = {role.name.lower(): role for role in BUILT_IN}


def built_in(name: str) -> Role | None:
    """The built-in role with this name or id, in any case."""
    return _BY_NAME.get(name.lower()) or _BY_ID.get(name.lower())


def definition(role: Role) -> dict[str, Any]:
    """The document of a built-in role, at the tenant."""
    return {
        "id": f"/providers/Microsoft.Authorization/roleDefinitions/{role.id}",
        "type": "Microsoft.Authorization/roleDefinitions",
        "name": role.id,
        "properties": {
            "roleName": role.name,
            "type": "BuiltInRole",
            "description": "",
            "assignableScopes": ["/"],
            "permissions": [permissions(role)],
        },
    }


def permissions(role: Role) -> dict[str, list[str]]:
    """What a role allows and what it does not, as documents have it."""
    return {
        "actions": list(role.actions),
        "notActions": list(role.not_actions),
        "dataActions": list(role.data_actions),
        "notDataActions": list(role.not_data_actions),
    }


class AccessControl:
    """Decides from the assignments stored now; what it read is kept until the next commit of any process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: object = None
        self._by_principal: dict[str, list[tuple[str, Role]]] = {}

    def check(self, caller: Caller, action: str, scope: ArmId | None) -> None:
        """Nothing if `caller` may do `action` at `scope` (None: the tenant), else ArmFault 403."""
        if not self.allows(caller, action, scope):
            raise forbidden(caller, action, scope)

    def allows(self, caller: Caller, action: str, scope: ArmId | None) -> bool:
        """True if a role of the caller at the scope or above it allows the action."""
        return self.granted_by(caller, action, scope) is not None

    def roles(self, caller: Caller, scope: ArmId) -> list[Role]:
        """The roles that the caller has at the scope, one for each assignment there and above."""
        held = self._assignments().get(caller.object_id.lower(), ())
        return [role for assigned, role in held if f"{scope.key}/".startswith(f"{assigned}/")]

    def granted_by(self, caller: Caller, action: str, scope: ArmId | None) -> Role | None:
        """The first role of the caller at the scope or above it that allows the action; None if none does."""
        key = scope.key if scope else ""
        for assigned, role in self._assignments().get(caller.object_id.lower(), ()):
            if (key == assigned or key.startswith(assigned + "/")) and role.allows(action):
                return role
        return None

    def allows_data(self, caller: Caller, action: str, scope: ArmId) -> bool:
        """True if a role of the caller at the scope or above it allows the data action."""
        held = self._assignments().get(caller.object_id.lower(), ())
        return any(role.allows_data(action) for at, role in held if scope.key == at or scope.key.startswith(f"{at}/"))

    def scopes(self, caller: Caller) -> tuple[str, ...]:
        """Lower-case ids of the scopes at which the caller holds any role."""
        return tuple(scope for scope, _ in self._assignments().get(caller.object_id.lower(), ()))

    def _assignments(self) -> Mapping[str, list[tuple[str, Role]]]:
        version = self._store.rights_version()
        if self._seen != version:
            self._by_principal = self._read()
            self._seen = version
        return self._by_principal

    def _read(self) -> dict[str, list[tuple[str, Role]]]:
        known = {
            row.key.rsplit("/", 1)[1]: _custom(row.body)
            for row in self._store.of_type(DEFINITIONS)
            if row.key.startswith("/subscriptions/")
        }
        known |= {id: (role,) for id, role in _BY_ID.items()}
        found: dict[str, list[tuple[str, Role]]] = {}
        for row in self._store.of_type(ASSIGNMENTS):
            properties = row.body.get("properties", {})
            role_id = str(properties.get("roleDefinitionId", "")).rsplit("/", 1)[-1].lower()
            scope = row.key.rsplit("/providers/", 1)[0]
            held = found.setdefault(str(properties.get("principalId", "")).lower(), [])
            held.extend((scope, role) for role in known.get(role_id, ()))
        return found


def _custom(body: Mapping[str, Any]) -> tuple[Role, ...]:
    """One role for each set of permissions: what one of them excludes, another may allow."""
    properties = body.get("properties", {})
    return tuple(
        Role(
            id=str(body.get("name", "")),
            name=str(properties.get("roleName", "")),
            actions=tuple(each.get("actions") or ()),
            not_actions=tuple(each.get("notActions") or ()),
            data_actions=tuple(each.get("dataActions") or ()),
            not_data_actions=tuple(each.get("notDataActions") or ()),
        )
        for each in properties.get("permissions") or ()
    )


def client_of(caller: Caller) -> str:
    """What ARM calls a caller in its refusals: the name of a user, the application's id of anything else."""
    return caller.application_id if caller.kind != "User" and caller.application_id else caller.name


def forbidden(caller: Caller, action: str, scope: ArmId | None) -> ArmFault:
    """ARM's refusal for a caller without the right."""
    return ArmFault(
        403,
        "AuthorizationFailed",
        f"The client '{client_of(caller)}' with object id '{caller.object_id}' does not have authorization to perform"
        f" action '{action}' over scope '{scope or '/'}' or the scope is invalid. If access was recently granted,"
        " please refresh your credentials.",
    )
