"""Role assignments: which role, to whom, and where. Shared by the rules of identities and of governance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from azkeep.model.ids import ArmId
from azkeep.model.value import Reference, Secret
from azkeep.policy import FALSE, TRUE, Candidates, Document, Estate, Node, Truth, any_of, deferred
from azkeep.policy.node import MISSING
from azkeep.policy.truth import State
from azkeep.types._roles import BUILT_IN

ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
MANAGEMENT_GROUP = "Microsoft.Management/managementGroups"
SUBSCRIPTION = "Microsoft.Resources/subscriptions"
RESOURCE_GROUP = "Microsoft.Resources/resourceGroups"

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
USER_ACCESS_ADMINISTRATOR = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"

_MORE_ROLES: Mapping[str, str] = {
    "12338af0-0e69-4776-bea7-57ae8d297424": "Key Vault Crypto User",
    "e147488a-f6f5-4113-8e2d-b22465e65bf6": "Key Vault Crypto Service Encryption User",
}
"""Source: Azure, "Azure built-in roles"."""
ROLE_NAMES: Mapping[str, str] = {**BUILT_IN, **_MORE_ROLES}
ROLE_IDS = {name.casefold(): guid for guid, name in ROLE_NAMES.items()}
"""Name of a built-in role → its id."""
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def role_of(definition_id: str) -> str:
    """The GUID at the end of a role definition id. Raises ValueError where there is none."""
    guid = definition_id.rstrip("/").rsplit("/", 1)[-1].casefold()
    if _GUID.fullmatch(guid) is None:
        raise ValueError(f"not the id of a role: {definition_id}")
    return guid


def role_called(name: str) -> str:
    """The id of the built-in role called `name`; a GUID, or an unknown name, is given back as it is."""
    return ROLE_IDS.get(name.casefold(), name.casefold())


def gives(assignment: Document, *roles: str) -> Truth:
    """The assigned role is one of `roles` (GUIDs); a role that the estate itself defines is no built-in one."""
    node = assignment["properties.roleDefinitionId"]
    if not isinstance(node.value, Reference):
        return node.satisfies(lambda text: role_of(text) in roles)
    if node.resolve() is None:
        return node.shown(deferred("the role is not part of the estate"))
    return node.shown(FALSE)


def gives_none_of(assignment: Document, *roles: str) -> Truth:
    """The assigned role is named, and none of `roles`."""
    return assignment["properties.roleDefinitionId"].has_text() & ~gives(assignment, *roles)


def scope_of(assignment: Document) -> Node:
    """The id that the assignment hangs on; of an assignment at the root, its own property."""
    scope = assignment.scope_id
    return assignment["properties.scope"] if scope.is_missing else scope


def is_scope_of_type(assignment: Document, *types: str) -> Truth:
    """The assignment hangs on a resource of one of `types`, in the estate or not."""
    wanted = {type_.casefold() for type_ in types}
    node = scope_of(assignment)
    if isinstance(node.value, Reference):
        target = node.resolve()
        if target is None:
            return node.shown(deferred("the scope is not part of the estate"))
        return node.shown(TRUE if target.is_a(*types) else FALSE)
    return node.satisfies(lambda text: _type_of(text).casefold() in wanted)


def _type_of(id: str) -> str:
    """The type of the resource with `id`; "/" for the root. Raises ValueError for what is no id."""
    return "/" if id.strip() == "/" else ArmId.parse(id).type


def is_for_identity_of_estate(assignment: Document) -> Truth:
    """The principal is a managed identity that a resource of the estate is or has."""
    node = assignment["properties.principalId"]
    value = node.value
    if isinstance(value, Reference):
        known = assignment.estate.declared(value.urn) is not None
        return node.shown(TRUE) if known else node.shown(deferred("the principal is not part of the estate"))
    principals, doubts = assignment.estate.kept("principals", _principals)
    found = node.satisfies(lambda text: text.casefold() in principals)
    return found | any_of(doubts) if found.state is State.FALSE and not node.is_missing else found


def _principals(estate: Estate) -> tuple[frozenset[str], tuple[Truth, ...]]:
    """Object ids of all managed identities, and those that are not known or no text."""
    nodes = [node for document in estate.documents for node in _own_principals(document) if not node.is_missing]
    known = frozenset(node.value.casefold() for node in nodes if isinstance(node.value, str))
    return known, tuple(node.shown(deferred("")) for node in nodes if not isinstance(node.value, str))


def _own_principals(document: Document) -> Iterable[Node]:
    if document.is_a(IDENTITY):
        yield document["properties.principalId"]
    yield document["identity.principalId"]
    listed = document["identity.userAssignedIdentities"].value
    for id in listed if isinstance(listed, Mapping) else ():
        if isinstance(id, str):
            yield document["identity.userAssignedIdentities"].member(id)["principalId"]


def assignments_to(identity: Document) -> Candidates:
    """Role assignments to the user-assigned `identity`; one to a principal that is not known stays uncertain."""
    index = identity.estate.kept("assignments by principal", _by_principal)
    principal = identity["properties.principalId"].value
    keys = [f"urn {identity.urn}"] if identity.urn else []
    if isinstance(principal, str):
        keys.append(principal.casefold())
    sure = tuple((each, TRUE) for key in keys for each in index.get(key, ()))
    open_ = deferred("the principal is not known yet")
    return Candidates(sure + tuple((each, open_) for each in index.get(None, ())))


def _by_principal(estate: Estate) -> dict[str | None, tuple[Document, ...]]:
    found: dict[str | None, list[Document]] = {}
    for assignment in estate.of_type(ASSIGNMENT):
        key = _principal_key(assignment["properties.principalId"].value)
        if key != "":
            found.setdefault(key, []).append(assignment)
    return {key: tuple(assignments) for key, assignments in found.items()}


def _principal_key(value: object) -> str | None:
    """The key of a principal; None for one that is not known or no text, "" for none."""
    if isinstance(value, Secret):
        return _principal_key(value.value)
    if isinstance(value, Reference):
        return f"urn {value.urn}"
    if value is MISSING:
        return ""
    return value.casefold() if isinstance(value, str) else None
