"""What roles allow, asked by requests: built-in and custom ones, at a scope and below it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.authorization import AuthorizationManagementClient
from tests.contract.emulator.arm import Arm, client_settings, credential, error, version_of
from tests.contract.emulator.cast import ML_VERSION, Cast, cast_of, ml_parts, put

AUTHORIZATION = "providers/Microsoft.Authorization"
ML = "Microsoft.MachineLearningServices/workspaces"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
USER_ACCESS_ADMINISTRATOR = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
DATA_SCIENTIST = "f6c7c914-8db3-469d-8ca1-694a8f32e121"
COMPUTE_OPERATOR = "e503ece1-11d0-4e8e-8e2c-7a6c3bf38815"
KEY_OPERATOR = "81a9662b-bebf-436f-a333-f67b29880f12"
ROLES_USED = {
    "7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
    "b556d68e-0be0-4f35-a333-ad7ee1ce17ea": "Azure AI Enterprise Network Connection Approver",
    DATA_SCIENTIST: "AzureML Data Scientist",
    COMPUTE_OPERATOR: "AzureML Compute Operator",
    CONTRIBUTOR: "Contributor",
    "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
    "4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
    OWNER: "Owner",
    "b12aa53e-6015-4669-85d0-8515ebb3ae7f": "Private DNS Zone Contributor",
    READER: "Reader",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
    "69566ab7-960f-475b-8e7c-b3118f30c6bd": "Storage File Data Privileged Contributor",
    USER_ACCESS_ADMINISTRATOR: "User Access Administrator",
}


@pytest.fixture(scope="module")
def cast(arm: Arm) -> Iterator[Cast]:
    with cast_of(Path(arm.ready["ca"]).parent, arm) as found:
        yield found


@pytest.fixture(scope="module")
def workspace(arm: Arm) -> str:
    """A workspace with a datastore `data`, which has a key, and the compute clusters `cpu` and `gpu`."""
    group = arm.group("roles")
    path = put(arm, f"{group}/providers/{ML}/workspace", ml_parts(arm, group, "rolestests"), ML_VERSION)
    key = {"credentialsType": "AccountKey", "secrets": {"secretsType": "AccountKey", "key": "c2VjcmV0"}}
    store = {
        "datastoreType": "AzureBlob",
        "accountName": "rolestestsaccount",
        "containerName": "data",
        "credentials": key,
    }
    put(arm, f"{path}/datastores/data?skipValidation=true", {"properties": store}, ML_VERSION)
    for name in ("cpu", "gpu"):
        put(arm, f"{path}/computes/{name}", cluster(), ML_VERSION)
    return path


def group_of(path: str) -> str:
    return path.split("/providers/", maxsplit=1)[0]


def cluster() -> dict[str, Any]:
    scale = {"minNodeCount": 0, "maxNodeCount": 1, "nodeIdleTimeBeforeScaleDown": "PT2M"}
    inner = {"vmSize": "STANDARD_DS3_V2", "scaleSettings": scale}
    return {"location": "westeurope", "properties": {"computeType": "AmlCompute", "properties": inner}}


def may(hand: Arm, method: str, path: str, body: Any = None, **query: str) -> bool:
    """True if the request passes ARM's check of rights; a refusal must be AuthorizationFailed."""
    named = path.rsplit("/", 1)[0] if method == "POST" else path
    answer = hand.send(method, path, body, version=version_of(named), query=query)
    if answer.status_code != 403:
        assert answer.ok, answer.text
        return True
    assert error(answer)[1] == "AuthorizationFailed"
    return False


def test_a_data_scientist_is_no_contributor(arm: Arm, cast: Cast, workspace: str) -> None:
    """Secrets of datastores, computes, the workspace and its keys are out of reach; endpoints and data are not."""
    who, hand = cast.newcomer()
    cast.grant(who, DATA_SCIENTIST, workspace)
    answer = hand.send("POST", f"{workspace}/datastores/data/listSecrets", version=ML_VERSION)
    assert error(answer) == (
        403,
        "AuthorizationFailed",
        f"The client '{who.client_id}' with object id '{who.object_id}' does not have authorization to perform action"
        f" '{ML}/datastores/listSecrets/action' over scope '{workspace}/datastores/data' or the scope is invalid. If"
        " access was recently granted, please refresh your credentials.",
    )
    assert not may(hand, "DELETE", f"{workspace}/computes/cpu", underlyingResourceAction="Delete")
    assert not may(hand, "PUT", f"{workspace}/computes/mine", cluster())
    assert not may(hand, "POST", f"{workspace}/listKeys")
    assert not may(hand, "DELETE", workspace)
    assert may(hand, "GET", f"{workspace}/datastores/data")
    assert may(hand, "GET", f"{workspace}/computes/cpu")
    endpoint = {"location": "westeurope", "properties": {"authMode": "Key"}}
    assert may(hand, "PUT", f"{workspace}/onlineEndpoints/roles-endpoint", endpoint)
    assert may(hand, "DELETE", f"{workspace}/onlineEndpoints/roles-endpoint")
    contributor, other = cast.newcomer()
    cast.grant(contributor, CONTRIBUTOR, workspace)
    told = other.send("POST", f"{workspace}/datastores/data/listSecrets", version=ML_VERSION)
    assert (told.status_code, told.json()["key"]) == (200, "c2VjcmV0")
    assert may(other, "DELETE", f"{workspace}/computes/cpu", underlyingResourceAction="Delete")
    assert arm.send("GET", f"{workspace}/computes/cpu", version=ML_VERSION).status_code == 404


def test_rights_reach_down_and_not_up(arm: Arm, cast: Cast, workspace: str) -> None:
    """A role on a group holds for all within; on one compute it holds there alone, in any spelling of the id."""
    who, hand = cast.newcomer()
    group = group_of(workspace)
    compute = f"{workspace}/computes/gpu"
    cast.grant(who, COMPUTE_OPERATOR, compute.upper().replace("/SUBSCRIPTIONS/", "/subscriptions/"))
    assert may(hand, "GET", compute)
    assert not may(hand, "GET", workspace)
    assert not may(hand, "GET", f"{workspace}/computes/other")
    cast.grant(who, READER, group)
    assert may(hand, "GET", workspace)
    assert not may(hand, "GET", arm.group("roles-aside")), "the name of a group begins another one's"


def test_a_grant_that_is_gone_is_gone(arm: Arm, cast: Cast, workspace: str) -> None:
    """Rights end with their assignment; two assignments add up."""
    who, hand = cast.newcomer()
    account = f"{group_of(workspace)}/providers/Microsoft.Storage/storageAccounts/rolestestsaccount"
    reading = cast.grant(who, READER, account)
    assert not may(hand, "POST", f"{account}/listKeys")
    cast.grant(who, KEY_OPERATOR, account)
    assert may(hand, "POST", f"{account}/listKeys")
    cast.roles.role_assignments.delete_by_id(reading)
    assert not may(hand, "GET", account)
    assert may(hand, "POST", f"{account}/listKeys")


def test_custom_roles_take_wildcards_and_exceptions(cast: Cast, workspace: str) -> None:
    """`*` stands for any part, exceptions are taken out of their own role and not of another one."""
    who, hand = cast.newcomer()
    wide = cast.custom(f"{ML}/*/read", "Microsoft.Storage/*/list*/action", without=(f"{ML}/computes/read",))
    cast.grant(who, wide, group_of(workspace))
    account = f"{group_of(workspace)}/providers/Microsoft.Storage/storageAccounts/rolestestsaccount"
    assert may(hand, "GET", f"{workspace}/datastores/data")
    assert may(hand, "POST", f"{account}/listKeys")
    assert not may(hand, "POST", f"{account}/regenerateKey", {"keyName": "key1"})
    assert not may(hand, "GET", f"{workspace}/computes/gpu")
    cast.grant(who, COMPUTE_OPERATOR, workspace)
    assert may(hand, "GET", f"{workspace}/computes/gpu")


def test_sets_of_permissions_add_up(arm: Arm, cast: Cast, workspace: str) -> None:
    """What one set of a role excludes, another set of it may allow."""
    who, hand = cast.newcomer()
    guid = cast.custom("*/read", without=(f"{ML}/read",))
    path = f"{arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/{guid}"
    document = arm.send("GET", path, version="2022-04-01").json()
    cast.grant(who, guid, workspace)
    assert not may(hand, "GET", workspace)
    document["properties"]["permissions"].append({"actions": [f"{ML}/read"], "notActions": []})
    put(arm, path, document, "2022-04-01")
    assert may(hand, "GET", workspace)


def test_a_custom_role_exists_where_it_may_be_assigned(arm: Arm, cast: Cast) -> None:
    """At its assignable scopes and below; elsewhere it does not exist."""
    inside, outside = arm.group("roles-inside"), arm.group("roles-outside")
    guid = cast.custom("*/read")
    path = f"{arm.subscription}/{AUTHORIZATION}/roleDefinitions/{guid}"
    document = arm.send("GET", path, version="2022-04-01").json()
    document["properties"]["assignableScopes"] = [inside]
    put(arm, path, document, "2022-04-01")
    who, hand = cast.newcomer()
    cast.grant(who, guid, inside)
    assert may(hand, "GET", inside)
    with pytest.raises(HttpResponseError) as caught:
        cast.grant(who, guid, outside)
    assert caught.value.error is not None
    assert caught.value.error.code == "RoleDefinitionDoesNotExist"


def test_who_gives_access(arm: Arm, cast: Cast) -> None:
    """A Contributor gives nobody access and locks nothing; a User Access Administrator does, and writes nothing."""
    group = arm.group("roles-access")
    giver, hand = cast.newcomer()
    maker, other = cast.newcomer()
    cast.grant(giver, USER_ACCESS_ADMINISTRATOR, group)
    cast.grant(maker, CONTRIBUTOR, group)
    lock = f"{group}/providers/Microsoft.Authorization/locks/kept"
    body = {"properties": {"level": "CanNotDelete"}}
    assert error(other.send("PUT", lock, body, version="2016-09-01"))[1] == "AuthorizationFailed"
    assert hand.send("PUT", lock, body, version="2016-09-01").ok
    assert hand.send("DELETE", lock, version="2016-09-01").ok
    table = f"{group}/providers/Microsoft.Network/routeTables/table"
    assert error(hand.send("PUT", table, {"location": "westeurope"}))[1] == "AuthorizationFailed"
    assert other.send("PUT", table, {"location": "westeurope"}).status_code == 201
    unknown = f"{group}/providers/Microsoft.Network/routeTables/nowhere"
    assert other.send("GET", unknown).status_code == 404
    hidden = f"{arm.subscription}/resourceGroups/nowhere/providers/Microsoft.Network/routeTables/nowhere"
    assert error(other.send("GET", hidden))[:2] == (403, "AuthorizationFailed")


def test_roles_of_the_secure_workspace_are_known(arm: Arm) -> None:
    """Every role that it uses is in the list and read by its id, with what it allows."""
    with credential(arm.ready) as own, AuthorizationManagementClient(**client_settings(arm.ready, own)) as roles:
        listed = {str(each.name): each.role_name for each in roles.role_definitions.list(arm.subscription.lstrip("/"))}
        assert {id: listed.get(id) for id in ROLES_USED} == ROLES_USED
        scientist = roles.role_definitions.get_by_id(
            f"/providers/Microsoft.Authorization/roleDefinitions/{DATA_SCIENTIST}"
        )
    assert (scientist.role_type, scientist.assignable_scopes) == ("BuiltInRole", ["/"])
    (permission,) = scientist.permissions or ()
    assert f"{ML}/*/action" in (permission.actions or ())
    assert f"{ML}/datastores/listSecrets/action" in (permission.not_actions or ())


def test_every_role_has_an_id_of_its_own(arm: Arm) -> None:
    """No two built-in roles share an id or a name."""
    path = "/providers/Microsoft.Authorization/roleDefinitions"
    found = arm.send("GET", path, version="2022-04-01").json()["value"]
    for member in (lambda each: each["name"], lambda each: each["properties"]["roleName"]):
        names = [member(each) for each in found]
        assert len(names) == len(set(names)), "two roles with one name"
