"""Microsoft.Authorization/roleDefinitions (custom ones). Source: Role Definitions REST API 2022-05-01-preview."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._roles import BUILT_IN, DEFINITIONS, role_guid
from azkeep.types.resource_type import LinkedAccess, NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write

SETS = ("actions", "notActions", "dataActions", "notDataActions")


def _check(write: Write, estate: Estate) -> ArmFault | None:
    if write.id.name.lower() in BUILT_IN:
        text = f"The built-in role '{BUILT_IN[write.id.name.lower()]}' cannot be modified."
        return ArmFault(400, "RoleDefinitionCannotBeModified", text)
    name = str(get(write.body, "/properties/roleName")).lower()
    others = (each for each in estate.of_type(DEFINITIONS) if str(each["name"]).lower() != write.id.name.lower())
    if any(str(get(each, "/properties/roleName", "")).lower() == name for each in others):
        text = "A custom role with the same name already exists in this directory. Use a different name"
        return ArmFault(409, "RoleDefinitionWithSameNameExists", text)
    if not get(write.body, "/properties/assignableScopes"):
        text = "The role definition must have at least one assignable scope."
        return ArmFault(400, "MissingAssignableScopes", text)
    return None


def _complete(write: Write, estate: Estate) -> Body:
    sent = get(write.body, "/properties", {})
    before = get(write.before or {}, "/properties", {})
    permissions = [
        {**each, **{name: each.get(name) or [] for name in SETS}} for each in sent.get("permissions", None) or []
    ]
    properties = {
        **sent,
        "permissions": permissions,
        "createdOn": before.get("createdOn", write.now),
        "createdBy": before.get("createdBy", write.caller.object_id),
        "updatedOn": write.now,
        "updatedBy": write.caller.object_id,
    }
    return {**write.body, "properties": properties}


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    for assignment in estate.of_type("Microsoft.Authorization/roleAssignments"):
        if role_guid(str(get(assignment, "/properties/roleDefinitionId", ""))) == id.name.lower():
            text = "There are existing role assignments referencing role (code: RoleDefinitionHasAssignments)"
            return ArmFault(400, "RoleDefinitionHasAssignments", text)
    return None


TYPE = ResourceType(
    arm_type=DEFINITIONS,
    token="azure-native:authorization:RoleDefinition",
    path="{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
    renames={"roleType": "type"},
    autoname="uuid",
    name=NameRule(
        pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
        code="InvalidRoleDefinitionId",
        message="The role definition ID '{name}' is not valid. The role definition ID must be a GUID.",
    ),
    # troubleshooting, custom roles: the right to write the role is needed at all its assignable scopes.
    linked=(LinkedAccess("/properties/assignableScopes/*", f"{DEFINITIONS}/write"),),
    location="none",
    tags=False,
    required=("/properties/roleName",),
    required_code="RoleDefinitionNameNotSpecified",
    read_only=(
        "/properties/createdOn",
        "/properties/createdBy",
        "/properties/updatedOn",
        "/properties/updatedBy",
    ),
    # Role Definitions REST API: a definition that says no type is a custom one.
    defaults={"/properties/type": "CustomRole"},
    check=_check,
    complete=_complete,
    blocks_delete=_blocks_delete,
    put=Timing(created=201, updated=201),
    shown_when_deleted=True,
    # List Azure role definitions: `az role definition list` shows built-in roles with ids of the subscription, by which
    # clients find the names of roles that assignments in it hold.
    tenant_id_in_subscription=True,
    provisioning_state=None,
    lists_at="nowhere",  # the list holds every built-in role
    lists_above=True,
    list_queries={
        "atscope": "",
        "atscopeandbelow": "",
        "rolename": "/properties/roleName",
        "type": "/properties/type",
    },
    list_refusal="Supported filters are either roleName eq '{value}' or type eq 'BuiltInRole|CustomRole'.",
    tracked=False,
    in_resource_graph=False,
    volatile=("/etag", "/systemData", "/properties/updatedOn", "/properties/updatedBy"),
    unordered=(
        "/properties/assignableScopes",
        *(f"/properties/permissions/*/{name}" for name in SETS),
    ),
)
