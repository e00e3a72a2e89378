"""Role assignments and custom roles."""

from __future__ import annotations

from fnmatch import fnmatchcase

from azkeep.policy import FALSE, NOT_APPLICABLE, Document, Maps, Needs, Severity, Truth, deferred, rule, settle, when
from azkeep.policy.truth import State, any_of

from ._counts import at_most
from ._roles import (
    ASSIGNMENT,
    CONTRIBUTOR,
    MANAGEMENT_GROUP,
    OWNER,
    SUBSCRIPTION,
    USER_ACCESS_ADMINISTRATOR,
    gives,
    gives_none_of,
    is_for_identity_of_estate,
    is_scope_of_type,
    role_called,
)
from ._workspace import WORKSPACE

DEFINITION = "Microsoft.Authorization/roleDefinitions"
SCHEDULE = "Microsoft.Authorization/roleAssignmentScheduleInstances"


@rule(
    "ID-RBAC-001",
    "Identities of the estate are never Owner",
    severity=Severity.CRITICAL,
    on=ASSIGNMENT,
    needs=Needs.GRAPH,
    paths=("properties.roleDefinitionId", "properties.principalId"),
    fix="Grant the narrow data-plane role.",
)
def identities_of_the_estate_are_never_owner(assignment: Document) -> Truth:
    """Identities of the estate are never Owner.

    Checks: For principals that are managed identities of the estate: the role is not Owner
        (8e3af657-a8ff-443c-a75c-2fe8c4bcb635) or User Access Administrator (18d7d88d-d35e-4fb5-a5c3-7773c20a72d9),
        at any scope. Other principals: not applicable.
    Why: A job could grant itself anything.
    Bad (live):
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          scope: "@vault"
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635
            principalId: 5f1c8a40-0000-4000-8000-0000000000aa
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: training
          properties: {principalId: 5F1C8A40-0000-4000-8000-0000000000AA}
        - type: Microsoft.KeyVault/vaults
          name: vault
    Bad (live):
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/18d7d88d-d35e-4fb5-a5c3-7773c20a72d9
            principalId: 5f1c8a40-0000-4000-8000-0000000000aa
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          identity: {type: SystemAssigned, principalId: 5f1c8a40-0000-4000-8000-0000000000aa}
    Good (live):
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe
            principalId: 5f1c8a40-0000-4000-8000-0000000000aa
        - type: Microsoft.ManagedIdentity/userAssignedIdentities
          name: training
          properties: {principalId: 5f1c8a40-0000-4000-8000-0000000000aa}
    Source: Azure/azure-policy built-in-policies (role definition ids)
    """
    return when(
        is_for_identity_of_estate(assignment), lambda: gives_none_of(assignment, OWNER, USER_ACCESS_ADMINISTRATOR)
    )


@rule(
    "ID-RBAC-002",
    "Contributor is never given at subscription scope",
    severity=Severity.HIGH,
    on=ASSIGNMENT,
    paths=("properties.roleDefinitionId", "properties.scope"),
    fix="Assign at the resource or group.",
    maps=Maps(psrule=("Azure.RBAC.LimitMGDelegation",)),
)
def contributor_is_never_given_at_subscription_scope(
    assignment: Document, *, platform_principals: tuple[str, ...] = ()
) -> Truth:
    """Contributor is never given at subscription scope.

    Checks: No assignment of Contributor (b24988ac-6180-42a0-ab88-20f7382dd24c), Owner or User Access Administrator
        whose scope is a subscription, a management group or the root, unless the principal is in platform_principals.
    Why: Wide roles turn one leak into a full takeover.
    Bad:
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          scope: /subscriptions/00000000-0000-0000-0000-000000000001
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c
    Bad (live):
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          scope: /providers/Microsoft.Management/managementGroups/platform
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635
            principalId: 5f1c8a40-0000-4000-8000-0000000000aa
        - parameters: {platform_principals: [5f1c8a40-0000-4000-8000-0000000000bb]}
    Good:
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          scope: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/example
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c
    Good:
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          scope: /subscriptions/00000000-0000-0000-0000-000000000001
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7
    Good:
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          scope: /subscriptions/00000000-0000-0000-0000-000000000001
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635
            principalId: 5f1c8a40-0000-4000-8000-0000000000aa
        - parameters: {platform_principals: [5F1C8A40-0000-4000-8000-0000000000AA]}
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.RBAC.LimitMGDelegation.md
    """
    is_wide = settle(lambda: is_scope_of_type(assignment, SUBSCRIPTION, MANAGEMENT_GROUP, "/"))
    is_narrow_role = settle(lambda: gives_none_of(assignment, CONTRIBUTOR, OWNER, USER_ACCESS_ADMINISTRATOR))
    is_platform = assignment["properties.principalId"].equals(*platform_principals) if platform_principals else FALSE
    return ~is_wide | is_narrow_role | is_platform


@rule(
    "ID-RBAC-003",
    "The subscription has few owners",
    severity=Severity.MEDIUM,
    on=SUBSCRIPTION,
    needs=Needs.LIVE,
    paths=("Microsoft.Authorization/roleAssignments: properties.roleDefinitionId",),
    fix="Remove owners.",
    maps=Maps(
        azure_policy={
            "4f11b553-d42e-4e3a-89be-32ca364cad4c": "A maximum of 3 owners should be designated for your subscription"
        },
        mcsb=("PA-1",),
        psrule=("Azure.RBAC.LimitOwner",),
    ),
)
def the_subscription_has_few_owners(subscription: Document, *, max_owners: int = 3) -> Truth:
    """The subscription has few owners.

    Checks: Live: at most max_owners Owner assignments at subscription scope. A program that alone declares more
        fails, too; otherwise only real state can tell.
    Why: Each owner is a way in.
    Bad (live):
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          scope: "@example"
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000002
          scope: "@example"
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635
        - parameters: {max_owners: 1}
    Good (live):
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          scope: "@example"
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Security
        Center/ASC_DesignateLessThanXOwners_Audit.json; Azure/PSRule.Rules.Azure docs/en/rules/Azure.RBAC.LimitOwner.md
    """
    assignments = subscription.extensions(ASSIGNMENT).pairs
    few = at_most(max_owners, (_is_owned(*pair) for pair in assignments), subscription)
    if few.state is State.TRUE and not subscription.is_live:
        return deferred("only the live subscription knows all its owners")
    return few


def _is_owned(assignment: Document, relation: Truth) -> Truth:
    return relation & settle(lambda: gives(assignment, OWNER))


@rule(
    "ID-RBAC-004",
    "People get roles through groups",
    severity=Severity.MEDIUM,
    on=ASSIGNMENT,
    paths=("properties.principalType",),
    fix="Assign to a group.",
    maps=Maps(psrule=("Azure.RBAC.UseGroups",)),
)
def people_get_roles_through_groups(assignment: Document) -> Truth:
    """People get roles through groups.

    Checks: principalType equals Group or ServicePrincipal; User fails. Missing passes only for a managed identity of
        the estate, which is a service principal.
    Why: Direct grants outlive the job of the person.
    Bad:
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          properties: {principalType: User}
    Good:
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          properties: {principalType: Group}
    Good:
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          properties: {principalType: ServicePrincipal}
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.RBAC.UseGroups.md
    """
    kind = assignment["properties.principalType"]
    if not kind.is_missing:
        return kind.equals("Group", "ServicePrincipal")
    return kind.equals("Group", "ServicePrincipal") | is_for_identity_of_estate(assignment)


@rule(
    "ID-RBAC-005",
    "Assignments state the principal type",
    severity=Severity.LOW,
    on=ASSIGNMENT,
    paths=("properties.principalType",),
    fix="Set principalType.",
)
def assignments_state_the_principal_type(assignment: Document) -> Truth:
    """Assignments state the principal type.

    Checks: principalType is not empty.
    Why: Without it a new identity may not be found yet and the deployment fails.
    Bad:
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          properties: {principalType: ""}
    Good:
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          properties: {principalType: ServicePrincipal}
    Source: own rule (platform-team practice); no outside rule found
    """
    return assignment["properties.principalType"].has_text()


@rule(
    "ID-RBAC-007",
    "Data scientists are not contributors on the workspace",
    severity=Severity.HIGH,
    on=ASSIGNMENT,
    needs=Needs.GRAPH,
    paths=("properties.roleDefinitionId", "properties.scope"),
    fix="Use the data-scientist role.",
)
def data_scientists_are_not_contributors_on_the_workspace(
    assignment: Document,
    *,
    allowed_workspace_roles: tuple[str, ...] = (
        "AzureML Data Scientist",
        "AzureML Compute Operator",
        "AzureML Registry User",
        "Reader",
    ),
) -> Truth:
    """Data scientists are not contributors on the workspace.

    Checks: At workspace scope the role is in allowed_workspace_roles (names of built-in roles, or ids); Owner and
        Contributor fail. Other scopes, and managed identities of the estate, which other rules judge: not applicable.
    Why: Contributors can reopen the network and read keys.
    Bad:
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          scope: "@workspace"
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c
            principalId: 5f1c8a40-0000-4000-8000-0000000000aa
            principalType: Group
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
    Good:
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          scope: "@workspace"
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/f6c7c914-8db3-469d-8ca1-694a8f32e121
            principalId: 5f1c8a40-0000-4000-8000-0000000000aa
            principalType: Group
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
    Source: own rule (platform-team practice); no outside rule found
    """
    allowed = tuple(role_called(role) for role in allowed_workspace_roles)
    concerned = settle(lambda: is_scope_of_type(assignment, WORKSPACE)) & ~is_for_identity_of_estate(assignment)
    return when(concerned, lambda: gives(assignment, *allowed))


@rule(
    "ID-RBAC-008",
    "Privileged roles are activated, not permanent",
    severity=Severity.MEDIUM,
    on=ASSIGNMENT,
    needs=Needs.LIVE,
    paths=("properties.roleDefinitionId",),
    fix="Use just-in-time activation.",
    maps=Maps(psrule=("Azure.RBAC.PIM",)),
)
def privileged_roles_are_activated_not_permanent(assignment: Document) -> Truth:
    """Privileged roles are activated, not permanent.

    Checks: Live: no permanent Owner or User Access Administrator assignment to a person; one that stems from an
        activation, or has an end, passes. One that a program declares is permanent, and fails before apply.
    Why: Standing privilege is what attackers look for.
    Bad (live):
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635
            principalType: User
    Good (live):
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635
            principalType: User
        - type: Microsoft.Authorization/roleAssignmentScheduleInstances
          name: 5f1c8a40-0000-4000-8000-000000000001
          properties:
            originRoleAssignmentId: "@5f1c8a40-0000-4000-8000-000000000001"
            assignmentType: Activated
    Good (live):
        - type: Microsoft.Authorization/roleAssignments
          name: 5f1c8a40-0000-4000-8000-000000000001
          properties:
            roleDefinitionId: /providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635
            principalType: Group
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.RBAC.PIM.md
    """
    is_plain = settle(lambda: gives_none_of(assignment, OWNER, USER_ACCESS_ADMINISTRATOR))
    is_no_person = assignment["properties.principalType"].differs("User") | is_for_identity_of_estate(assignment)
    harmless = is_plain | is_no_person
    ends = assignment.linked_from(SCHEDULE, "properties.originRoleAssignmentId").some(
        lambda each: each["properties.assignmentType"].equals("Activated") | each["properties.endDateTime"].has_text()
    )
    return any_of((harmless, ends))


@rule(
    "ID-ROLE-001",
    "Custom roles have no wildcard actions",
    severity=Severity.HIGH,
    on=DEFINITION,
    paths=("properties.permissions[*].actions",),
    fix="List the actions.",
    maps=Maps(
        azure_policy={"a451c1ef-c6ca-483d-87ed-f49761e3ffb5": "Audit usage of custom RBAC roles"},
        mcsb=("PA-7",),
        cis=("2.0.0:1.23",),
        checkov=("CKV_AZURE_39",),
        other=("Trivy:limit_role_actions", "KICS:role_definitions_allow_custom_role_creation"),
    ),
)
def custom_roles_have_no_wildcard_actions(
    role: Document,
    *,
    sensitive_providers: tuple[str, ...] = (
        "Microsoft.Authorization",
        "Microsoft.KeyVault",
        "Microsoft.MachineLearningServices",
    ),
) -> Truth:
    """Custom roles have no wildcard actions.

    Checks: No entry of actions is *, and none ends with /* for providers in sensitive_providers. Built-in roles: not
        applicable.
    Why: A wildcard role is Owner under another name.
    Bad:
        - type: Microsoft.Authorization/roleDefinitions
          name: 5f1c8a40-0000-4000-8000-000000000001
          properties:
            permissions:
              - actions: ["*"]
    Bad:
        - type: Microsoft.Authorization/roleDefinitions
          name: 5f1c8a40-0000-4000-8000-000000000001
          properties:
            permissions:
              - actions: [Microsoft.KeyVault/vaults/*]
    Good:
        - type: Microsoft.Authorization/roleDefinitions
          name: 5f1c8a40-0000-4000-8000-000000000001
          properties:
            permissions:
              - actions: [Microsoft.MachineLearningServices/workspaces/read, Microsoft.Insights/alertRules/*]
                notActions: [Microsoft.KeyVault/vaults/*]
              - dataActions: [Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read]
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/General/Subscription_AuditCustomRBACRoles_Audit.json; bridgecrewio/checkov
        checkov/arm/checks/resource/CustomRoleDefinitionSubscriptionOwner.py; aquasecurity/trivy-checks
        checks/cloud/azure/authorization/limit_role_actions.rego; Checkmarx/kics
        assets/queries/azureResourceManager/role_definitions_allow_custom_role_creation
    """
    if role["properties.type"].equals("BuiltInRole").state is State.TRUE:
        return NOT_APPLICABLE
    return role["properties.permissions"].every(
        lambda permission: permission["actions"].every(
            lambda action: action.satisfies(lambda text: not _is_too_wide(text, sensitive_providers))
        ),
        missing=False,
    )


def _is_too_wide(action: str, sensitive_providers: tuple[str, ...]) -> bool:
    provider = action.strip().casefold().partition("/")[0]
    if action.strip() == "*":
        return True
    return action.strip().endswith("/*") and any(
        fnmatchcase(sensitive.casefold(), provider) for sensitive in sensitive_providers
    )
