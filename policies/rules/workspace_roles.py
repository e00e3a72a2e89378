"""The roles of a workspace's own identity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from azkeep.model.value import Reference
from azkeep.policy import (
    FALSE,
    NOT_APPLICABLE,
    TRUE,
    Candidates,
    Document,
    Needs,
    Node,
    Severity,
    Truth,
    deferred,
    every,
    fact,
    rule,
    some,
)
from azkeep.policy.truth import State

from ._places import key_at
from ._private_link import ENDPOINT
from ._roles import (
    MANAGEMENT_GROUP,
    RESOURCE_GROUP,
    ROLE_NAMES,
    SUBSCRIPTION,
    assignments_to,
    gives,
    is_scope_of_type,
    role_called,
    scope_of,
)
from ._workspace import WORKSPACE

COMPANIONS = {
    "storage": "properties.storageAccount",
    "vault": "properties.keyVault",
    "registry": "properties.containerRegistry",
    "insights": "properties.applicationInsights",
}
"""Companion → where the workspace names it."""
ANYWHERE = "any"
_VAULT_ROLE = role_called("Key Vault Administrator")
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "storage": ("Contributor", "Storage Blob Data Contributor"),
    "vault": ("Contributor", "Key Vault Administrator"),
    "registry": ("Contributor",),
    "insights": ("Contributor",),
}
"""Source: Azure Machine Learning, "Set up service authentication", user-assigned managed identity."""
ACCEPTED: Mapping[str, tuple[str, ...]] = {
    "workspace": ("Contributor",),
    "storage": ("Storage File Data Privileged Contributor",),
    "registry": ("AcrPull", "AcrPush"),
    "endpoint": ("Reader",),
    ANYWHERE: (
        "Azure AI Enterprise Network Connection Approver",
        "Key Vault Crypto User",
        "Key Vault Crypto Service Encryption User",
    ),
}
"""Source: as above, and Azure Machine Learning, "Workspace managed virtual network isolation"."""


@rule(
    "ID-RBAC-006",
    "Workspace identity has the roles it needs, and no more",
    severity=Severity.HIGH,
    on=WORKSPACE,
    needs=Needs.GRAPH,
    paths=(
        "properties.primaryUserAssignedIdentity",
        "Microsoft.Authorization/roleAssignments: properties.principalId",
        "Microsoft.Authorization/roleAssignments: properties.roleDefinitionId",
        "Microsoft.Authorization/roleAssignments: properties.scope",
    ),
    fix="Align the assignments with the table.",
)
def workspace_identity_has_the_roles_it_needs_and_no_more(
    workspace: Document,
    *,
    required_roles: Mapping[str, tuple[str, ...]] = REQUIRED,
    accepted_roles: Mapping[str, tuple[str, ...]] = ACCEPTED,
) -> Truth:
    """Workspace identity has the roles it needs, and no more.

    Checks: The identity in primaryUserAssignedIdentity has each of required_roles, by companion (storage, vault,
        registry, insights), on the companion or on what encloses it; and it has no other role but those and
        accepted_roles (also on workspace, on any private endpoint, or any resource). The Key Vault Administrator of a
        vault with access policies is neither wanted nor refused. Without such an identity: not applicable.
    Why: Missing roles break jobs; extra roles widen a leak.
    Bad (live):
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            primaryUserAssignedIdentity: "@identity"
            storageAccount: "@storage"
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: identity
          properties: {principalId: 5f1c8a40-0000-4000-8000-0000000000aa}
        - type: Microsoft.Storage/storageAccounts
          name: storage
    Bad (live):
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            primaryUserAssignedIdentity: "@identity"
            storageAccount: "@storage"
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: identity
          properties: {principalId: 5f1c8a40-0000-4000-8000-0000000000aa}
        - type: Microsoft.Storage/storageAccounts
          name: storage
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          scope: "@storage"
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c
            principalId: 5f1c8a40-0000-4000-8000-0000000000aa
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000002
          scope: "@storage"
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe
            principalId: 5f1c8a40-0000-4000-8000-0000000000aa
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000003
          scope: "@storage"
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635
            principalId: 5f1c8a40-0000-4000-8000-0000000000aa
    Good (live):
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            primaryUserAssignedIdentity: "@identity"
            storageAccount: "@storage"
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: identity
          properties: {principalId: 5f1c8a40-0000-4000-8000-0000000000aa}
        - type: Microsoft.Storage/storageAccounts
          name: storage
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          scope: "@storage"
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c
            principalId: 5f1c8a40-0000-4000-8000-0000000000aa
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000002
          scope: "@storage"
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe
            principalId: 5f1c8a40-0000-4000-8000-0000000000aa
    Source: own rule (platform-team practice); Azure Machine Learning documentation, "Set up service authentication"
    """
    node = workspace["properties.primaryUserAssignedIdentity"]
    if node.is_missing:
        return NOT_APPLICABLE
    identity = node.resolve()
    if identity is None:
        return node.shown(deferred("the identity is not part of the estate"))
    assignments = assignments_to(identity)
    required = _grants(workspace, required_roles)
    permitted = (*required, *_grants(workspace, accepted_roles))
    wanted = tuple(grant for grant in required if not (grant.role == _VAULT_ROLE and _has_access_policies(workspace)))
    return every(wanted, lambda grant: _is_given(grant, assignments)) & assignments.every(
        lambda assignment: _is_permitted(assignment, permitted)
    )


@dataclass(frozen=True)
class _Grant:
    """`role` (a GUID) on the resource whose id stands at `on`; where that is None on any resource, or any of `type`."""

    role: str
    on: Node | None = None
    type: str = ""


def _grants(workspace: Document, table: Mapping[str, Iterable[str]]) -> tuple[_Grant, ...]:
    """The rows of `table` for what the workspace has."""
    return tuple(
        _Grant(role_called(role), *place) for name, roles in table.items() for place in _places(workspace, name)
        for role in roles
    )  # fmt: skip


def _places(workspace: Document, name: str) -> tuple[tuple[Node | None, str], ...]:
    if name in COMPANIONS:
        node = workspace[COMPANIONS[name]]
        return () if node.is_missing else ((node, ""),)
    if name == "workspace":
        return ((Node(workspace, (), workspace.id or Reference(workspace.urn, "id")), ""),)
    anywhere = {"endpoint": ENDPOINT, ANYWHERE: ""}
    return ((None, anywhere[name]),) if name in anywhere else ()


def _has_access_policies(workspace: Document) -> bool:
    """The vault of the workspace is in the estate and goes by access policies, where roles on data mean nothing."""
    node = workspace[COMPANIONS["vault"]]
    vault = node.resolve() if isinstance(node.value, str) else None
    return vault is not None and vault["properties.enableRbacAuthorization"].is_false().state is State.TRUE


def _is_given(grant: _Grant, assignments: Candidates) -> Truth:
    found = assignments.some(lambda each: _matches(each, grant, lambda: _covers(scope_of(each), grant.on)))
    if found.state is not State.FALSE or grant.on is None:
        return found
    return grant.on.shown(found).because(f"the workspace's identity lacks {_called(grant.role)} here")


def _is_permitted(assignment: Document, permitted: tuple[_Grant, ...]) -> Truth:
    found = some(permitted, lambda grant: _matches(assignment, grant, lambda: _is_placed(assignment, grant)))
    if found.state is not State.FALSE:
        return found
    role, scope = assignment["properties.roleDefinitionId"], scope_of(assignment)
    return Truth(State.FALSE, (role.evidence(), scope.evidence()), "the workspace's identity has more than it needs")


def _matches(assignment: Document, grant: _Grant, place: Callable[[], Truth]) -> Truth:
    """The role, and the place where the role is right."""
    role = gives(assignment, grant.role)
    return role if role.state is State.FALSE else role & place()


def _is_placed(assignment: Document, grant: _Grant) -> Truth:
    if grant.on is not None:
        return _is_same(scope_of(assignment), grant.on)
    if grant.type:
        return is_scope_of_type(assignment, grant.type)
    return ~is_scope_of_type(assignment, SUBSCRIPTION, RESOURCE_GROUP, MANAGEMENT_GROUP, "/")


def _is_same(scope: Node, on: Node) -> Truth:
    one, other = key_at(scope), key_at(on)
    if one is None or other is None:
        return deferred("the scope is not known yet")
    return fact(one == other)


def _covers(scope: Node, on: Node | None) -> Truth:
    """`scope` is what stands at `on`, or encloses it; anything does where `on` is None."""
    if on is None:
        return TRUE
    one, other = key_at(scope), key_at(on)
    if one is None or other is None:
        return deferred("the scope is not known yet")
    if one == other or other.startswith(f"{one}/"):
        return TRUE
    enclosing, target = scope.resolve(), on.resolve()
    if enclosing is None or target is None or not enclosing.is_a(RESOURCE_GROUP):
        return FALSE
    return fact(target.group() is enclosing)


def _called(role: str) -> str:
    return ROLE_NAMES.get(role, f"the role {role}")
