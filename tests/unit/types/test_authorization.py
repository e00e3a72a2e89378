"""Identities, role assignments, custom roles and locks."""

from __future__ import annotations

from typing import Any

import pytest

from azkeep.errors import ArmFault
from azkeep.types import by_arm_type, by_token
from azkeep.types._roles import role_id, role_name
from azkeep.types.conversion import arm_id, path_values, to_body
from estate import CALLER, GROUP, NOW, SUBSCRIPTION, TENANT, MemoryEstate

IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/cluster"
ROLES = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
READER = f"{ROLES}/acdd72a7-3385-48ef-bd42-f606fba81ae7"
ASSIGNMENT = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/11111111-2222-4333-8444-555555555555"
OTHER = ASSIGNMENT.replace("11111111", "99999999")
CUSTOM = f"{ROLES}/21111111-2222-4333-8444-555555555555"
USER = "00000000-0000-0000-0000-0000000000f1"
NOBODY = "00000000-0000-0000-0000-0000000000f2"


@pytest.fixture
def estate() -> MemoryEstate:
    return MemoryEstate(principals={USER: "User"})


def grant(principal: str, kind: str | None = "ServicePrincipal", role: str = READER) -> dict[str, Any]:
    properties = {"roleDefinitionId": role, "principalId": principal}
    return {"properties": {**properties, "principalType": kind} if kind else properties}


def code(refused: pytest.ExceptionInfo[ArmFault]) -> tuple[int, str]:
    return refused.value.status, refused.value.code


def test_identity_gets_its_ids(estate: MemoryEstate) -> None:
    """Tenant, principal and client id are given once, and are three different ones."""
    shown = estate.put(IDENTITY, {"location": "westeurope"})["properties"]
    assert shown["tenantId"] == TENANT
    assert len({shown["tenantId"], shown["principalId"], shown["clientId"]}) == 3
    assert estate.put(IDENTITY, {"location": "westeurope", "tags": {"a": "b"}})["properties"] == shown


def test_issuer_and_subject_are_trusted_once(estate: MemoryEstate) -> None:
    """A second credential for the same issuer and subject is refused."""
    estate.put(IDENTITY, {"location": "westeurope"})
    trust = {"issuer": "https://issuer.example.com", "subject": "repo:a/b", "audiences": ["api://AzureADTokenExchange"]}
    estate.put(f"{IDENTITY}/federatedIdentityCredentials/one", {"properties": trust})
    with pytest.raises(ArmFault) as refused:
        estate.put(f"{IDENTITY}/federatedIdentityCredentials/two", {"properties": trust})
    assert code(refused) == (409, "Conflict")
    other = {"properties": {**trust, "subject": "repo:a/c"}}
    assert estate.put(f"{IDENTITY}/federatedIdentityCredentials/two", other)["name"] == "two"


def test_assignment_is_shown_as_azure_shows_it(estate: MemoryEstate) -> None:
    """Scope, times and authors are filled in; the role is named by its id in the subscription."""
    tenant_role = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
    shown = estate.put(ASSIGNMENT, grant(CALLER.object_id, role=tenant_role))
    assert shown["properties"] == {
        "roleDefinitionId": READER,
        "principalId": CALLER.object_id,
        "principalType": "ServicePrincipal",
        "scope": GROUP,
        "condition": None,
        "conditionVersion": None,
        "delegatedManagedIdentityResourceId": None,
        "description": None,
        "createdOn": NOW,
        "createdBy": CALLER.object_id,
        "updatedOn": NOW,
        "updatedBy": CALLER.object_id,
    }


def test_identity_is_no_user(estate: MemoryEstate) -> None:
    """azure-native's default type User is refused for an identity, in Azure's own words."""
    principal = estate.put(IDENTITY, {"location": "westeurope"})["properties"]["principalId"]
    with pytest.raises(ArmFault) as refused:
        estate.put(ASSIGNMENT, grant(principal, "User"))
    assert code(refused) == (400, "UnmatchedPrincipalType")
    assert refused.value.message == (
        f"The PrincipalId '{principal.replace('-', '')}' has type 'ServicePrincipal' , which is different from"
        " specified PrinciaplType 'User'."
    )


def test_type_is_found_out(estate: MemoryEstate) -> None:
    """Without a type Azure looks the principal up."""
    assert estate.put(ASSIGNMENT, grant(USER, None))["properties"]["principalType"] == "User"


@pytest.mark.parametrize("kind", [None, "User", "Group"])
def test_unknown_principal_is_refused(estate: MemoryEstate, kind: str | None) -> None:
    """Nobody has this object id."""
    with pytest.raises(ArmFault, match=f"does not exist in the directory {TENANT}") as refused:
        estate.put(ASSIGNMENT, grant(NOBODY, kind))
    assert code(refused) == (400, "PrincipalNotFound")


def test_new_service_principal_is_not_looked_up(estate: MemoryEstate) -> None:
    """With the type ServicePrincipal an id that the directory does not hold yet is taken."""
    assert estate.put(ASSIGNMENT, grant(NOBODY))["properties"]["principalId"] == NOBODY


def test_same_grant_twice_is_refused(estate: MemoryEstate) -> None:
    """A role at a scope for a principal exists once; another scope is another grant."""
    estate.put(ASSIGNMENT, grant(CALLER.object_id))
    with pytest.raises(ArmFault) as refused:
        estate.put(OTHER, grant(CALLER.object_id))
    assert code(refused) == (409, "RoleAssignmentExists")
    assert refused.value.message.endswith("The ID of the existing role assignment is 11111111222243338444555555555555.")
    elsewhere = OTHER.replace("/resourceGroups/rg", "/resourceGroups/other")
    assert estate.put(elsewhere, grant(CALLER.object_id))["properties"]["scope"].endswith("/other")


@pytest.mark.parametrize(
    "changed",
    [grant(USER, "User"), grant(CALLER.object_id, role=str(role_id("Contributor", SUBSCRIPTION)))],
    ids=["principal", "role"],
)
def test_grant_cannot_change(estate: MemoryEstate, changed: dict[str, Any]) -> None:
    """Principal and role of an assignment are fixed."""
    estate.put(ASSIGNMENT, grant(CALLER.object_id))
    with pytest.raises(ArmFault) as refused:
        estate.put(ASSIGNMENT, changed)
    assert code(refused) == (400, "RoleAssignmentUpdateNotPermitted")


def test_role_must_exist(estate: MemoryEstate) -> None:
    """Neither built-in nor custom: refused. Once the custom role exists: taken."""
    with pytest.raises(ArmFault) as refused:
        estate.put(ASSIGNMENT, grant(CALLER.object_id, role=CUSTOM))
    assert code(refused) == (400, "RoleDefinitionDoesNotExist")
    estate.put(CUSTOM, custom("Operator"))
    assert estate.put(ASSIGNMENT, grant(CALLER.object_id, role=CUSTOM))["properties"]["roleDefinitionId"] == CUSTOM


def custom(name: str, *scopes: str) -> dict[str, Any]:
    permissions = [{"actions": ["Microsoft.Network/*/read"]}]
    assignable = list(scopes or (f"/subscriptions/{SUBSCRIPTION}",))
    return {"properties": {"roleName": name, "permissions": permissions, "assignableScopes": assignable}}


def test_custom_role_is_completed(estate: MemoryEstate) -> None:
    """The type and the empty sets of permissions are filled in."""
    shown = estate.put(CUSTOM, custom("Operator"))["properties"]
    assert shown["type"] == "CustomRole"
    assert shown["permissions"] == [
        {"actions": ["Microsoft.Network/*/read"], "notActions": [], "dataActions": [], "notDataActions": []}
    ]


def test_role_in_use_cannot_be_deleted(estate: MemoryEstate) -> None:
    """A role goes after its assignments."""
    estate.put(CUSTOM, custom("Operator"))
    estate.put(ASSIGNMENT, grant(CALLER.object_id, role=CUSTOM))
    with pytest.raises(ArmFault) as refused:
        estate.delete(CUSTOM)
    assert code(refused) == (400, "RoleDefinitionHasAssignments")
    estate.delete(ASSIGNMENT)
    estate.delete(CUSTOM)
    assert estate.get(CUSTOM) is None


def test_role_names_are_unique(estate: MemoryEstate) -> None:
    """A second role of one name is refused, in any case; a built-in role cannot be written."""
    estate.put(CUSTOM, custom("Operator"))
    with pytest.raises(ArmFault) as refused:
        estate.put(CUSTOM.replace("2111", "3111"), custom("OPERATOR"))
    assert code(refused) == (409, "RoleDefinitionWithSameNameExists")
    with pytest.raises(ArmFault) as built_in:
        estate.put(READER, custom("My reader"))
    assert built_in.value.code == "RoleDefinitionCannotBeModified"


def test_built_in_roles_by_name_and_id() -> None:
    """Names and ids lead to each other, in any case and from any scope."""
    found = role_id("azureml data scientist", SUBSCRIPTION)
    assert found == f"{ROLES}/f6c7c914-8db3-469d-8ca1-694a8f32e121"
    assert role_name(found.upper()) == "AzureML Data Scientist"
    assert role_id("No Such Role", SUBSCRIPTION) is None


@pytest.mark.parametrize("properties", [{"level": "Never"}, {"level": "ReadOnly", "notes": "x" * 513}])
def test_wrong_lock_is_refused(estate: MemoryEstate, properties: dict[str, str]) -> None:
    """A lock has one of two levels, and notes of 512 characters at most."""
    with pytest.raises(ArmFault) as refused:
        estate.put(f"{GROUP}/providers/Microsoft.Authorization/locks/keep", {"properties": properties})
    assert code(refused) == (400, "InvalidRequestContent")


LOCK = "/providers/Microsoft.Authorization/locks/keep"
ON_SUBNET = {
    "resourceGroupName": "rg",
    "resourceProviderNamespace": "Microsoft.Network",
    "parentResourcePath": "virtualNetworks/net",
    "resourceType": "subnets",
    "resourceName": "training",
}
ON_ACCOUNT = {
    "resourceGroupName": "rg",
    "resourceProviderNamespace": "Microsoft.Storage",
    "parentResourcePath": "",
    "resourceType": "storageAccounts",
    "resourceName": "account",
}


@pytest.mark.parametrize(
    ("class_name", "inputs", "scope"),
    [
        ("ManagementLockByScope", {"scope": GROUP}, GROUP),
        ("ManagementLockAtSubscriptionLevel", {}, f"/subscriptions/{SUBSCRIPTION}"),
        ("ManagementLockAtResourceGroupLevel", {"resourceGroupName": "rg"}, GROUP),
        (
            "ManagementLockAtResourceLevel",
            ON_SUBNET,
            f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net/subnets/training",
        ),
        ("ManagementLockAtResourceLevel", ON_ACCOUNT, f"{GROUP}/providers/Microsoft.Storage/storageAccounts/account"),
    ],
)
def test_each_lock_class_finds_its_scope(class_name: str, inputs: dict[str, str], scope: str) -> None:
    """The four classes name the same ARM type by different inputs, there and back; none of them is in the document."""
    type_ = by_token(f"azure-native:authorization:{class_name}")
    assert type_ is not None
    assert type_.arm_type == "Microsoft.Authorization/locks"
    given = {**inputs, "lockName": "keep"}
    assert arm_id(type_, given, SUBSCRIPTION) == scope + LOCK
    expected = {name: value.strip("/") for name, value in given.items()}
    assert path_values(type_, scope + LOCK) == expected
    body = to_body(
        type_,
        {**given, "apiVersion": "2024-05-01", "level": "ReadOnly"}
        if "resourceName" in given
        else {**given, "level": "ReadOnly"},
    )
    assert body == {"properties": {"level": "ReadOnly"}}


def test_locks_are_one_type() -> None:
    """By its ARM type a lock is found as the class that takes any scope."""
    found = by_arm_type("microsoft.authorization/LOCKS")
    assert found is not None
    assert found.token == "azure-native:authorization:ManagementLockByScope"
