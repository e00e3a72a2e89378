"""Microsoft.Authorization/roleAssignments. Source: Role Assignments REST API 2022-04-01; role-based-access-control."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._roles import BUILT_IN, DEFINITIONS, role_guid
from azkeep.types.resource_type import NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write

ARM_TYPE = "Microsoft.Authorization/roleAssignments"
ASSIGNABLE = "/properties/assignableScopes"
ROLE, PRINCIPAL = "/properties/roleDefinitionId", "/properties/principalId"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    return _moved(write) or _role_fault(write, estate) or _principal_fault(write, estate) or _twin(write, estate)


def _moved(write: Write) -> ArmFault | None:
    if write.before is None or _grant(write.before) == _grant(write.body):
        return None
    text = "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
    return ArmFault(400, "RoleAssignmentUpdateNotPermitted", text)


def _grant(body: Body) -> tuple[str, str]:
    return role_guid(str(get(body, ROLE, ""))), str(get(body, PRINCIPAL, "")).lower()


def _role_fault(write: Write, estate: Estate) -> ArmFault | None:
    guid = role_guid(str(get(write.body, ROLE)))
    if guid in BUILT_IN or any(_assignable(each, guid, write) for each in estate.of_type(DEFINITIONS)):
        return None
    text = f"The specified role definition with ID '{guid.replace('-', '')}' does not exist."
    return ArmFault(400, "RoleDefinitionDoesNotExist", text)


def _assignable(role: Body, guid: str, write: Write) -> bool:
    """True for the role, where it may be assigned at the scope; elsewhere a custom role does not exist."""
    if str(role.get("name", "")).lower() != guid:
        return False
    scope = f"{_scope(write).lower()}/"
    return any(scope.startswith(f"{str(each).rstrip('/').lower()}/") for each in get(role, ASSIGNABLE, []))


def _principal_fault(write: Write, estate: Estate) -> ArmFault | None:
    principal = str(get(write.body, PRINCIPAL))
    wanted = str(get(write.body, "/properties/principalType") or "")
    kind = estate.principal(principal)
    if kind is None and wanted.lower() != "serviceprincipal":
        # With the type ServicePrincipal Azure does not look the principal up: role-assignments-rest, new principals.
        text = (
            f"Principal {principal.replace('-', '')} does not exist in the directory {write.caller.tenant}. Check that"
            " you have the correct principal ID. If you are creating this principal and then immediately assigning a"
            " role, this error might be related to a replication delay. In this case, set the role assignment"
            " principalType property to a value, such as ServicePrincipal, User, or Group.  See"
            " https://aka.ms/docs-principaltype"
        )
        return ArmFault(400, "PrincipalNotFound", text)
    if kind is None or not wanted or wanted.lower() == kind.lower():
        return None
    # The misspelling is Azure's own.
    text = f"The PrincipalId '{principal.replace('-', '')}' has type '{kind}' , which is different from specified"
    return ArmFault(400, "UnmatchedPrincipalType", f"{text} PrinciaplType '{wanted}'.")


def _twin(write: Write, estate: Estate) -> ArmFault | None:
    """Another assignment of the same role to the same principal at the same scope."""
    scope = _scope(write).lower()
    for other in estate.of_type(ARM_TYPE):
        same_scope = str(get(other, "/properties/scope", "")).lower() == scope
        if same_scope and str(other["id"]).lower() != write.id.key and _grant(other) == _grant(write.body):
            text = "The role assignment already exists. The ID of the existing role assignment is"
            return ArmFault(409, "RoleAssignmentExists", f"{text} {str(other['name']).replace('-', '')}.")
    return None


def _scope(write: Write) -> str:
    return write.id.scope.text if write.id.scope else "/"


def _complete(write: Write, estate: Estate) -> Body:
    sent = get(write.body, "/properties", {})
    before = get(write.before or {}, "/properties", {})
    guid = role_guid(str(sent.get("roleDefinitionId")))
    home = f"/subscriptions/{write.subscription}" if write.id.subscription else ""
    properties = {
        "condition": None,
        "conditionVersion": None,
        "delegatedManagedIdentityResourceId": None,
        "description": None,
        **sent,
        "roleDefinitionId": f"{home}/providers/{DEFINITIONS}/{guid}",
        "principalType": sent.get("principalType") or estate.principal(str(sent.get("principalId"))),
        "scope": _scope(write),
        "createdOn": before.get("createdOn", write.now),
        "createdBy": before.get("createdBy", write.caller.object_id),
        "updatedOn": write.now,
        "updatedBy": write.caller.object_id,
    }
    return {**write.body, "properties": properties}


def _nobody_denied(id: ArmId, body: Body, estate: Estate) -> Body:
    """Deny assignments come from deployment stacks and managed applications, of which this cloud has none."""
    return {"value": []}


TYPE = ResourceType(
    arm_type=ARM_TYPE,
    token="azure-native:authorization:RoleAssignment",
    path="{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
    autoname="uuid",
    force_new=("principalId", "scope"),
    name=NameRule(
        pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
        code="InvalidRoleAssignmentId",
        message="The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID.",
    ),
    location="none",
    tags=False,
    required=(ROLE, PRINCIPAL),
    required_code="BadRequestFormat",
    read_only=(
        "/properties/scope",
        "/properties/createdOn",
        "/properties/createdBy",
        "/properties/updatedOn",
        "/properties/updatedBy",
    ),
    beside={"Microsoft.Authorization/denyAssignments": _nobody_denied},
    check=_check,
    complete=_complete,
    put=Timing(),
    shown_when_deleted=True,
    provisioning_state=None,
    lists_at="subscription",
    # Role Assignments - List For Scope: at, above or below the scope, and the answer to any other filter.
    lists_above=True,
    list_queries={"atscope": "", "assignedto": PRINCIPAL, "principalid": PRINCIPAL},
    list_refusal="Supported filters are either 'atScope()' or 'principalId eq '{value}' or assignedTo('{value}')'.",
    tracked=False,
    in_resource_graph=False,
    volatile=("/etag", "/systemData", "/properties/updatedOn", "/properties/updatedBy"),
)
