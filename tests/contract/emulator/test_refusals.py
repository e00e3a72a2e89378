"""What the local cloud refuses: status, code and message are ARM's."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.contract.emulator.arm import GROUPS_VERSION, Arm, deployer, error, token

from azkeep.emulator import control
from azkeep.testing import emulator


def test_no_api_version(arm: Arm) -> None:
    """A request without api-version is told so before anything else."""
    answer = arm.send("GET", f"{arm.subscription}/resourceGroups/any", version=None)
    assert error(answer) == (
        400,
        "MissingApiVersionParameter",
        "The api-version query parameter (?api-version=) is required for all requests.",
    )


def test_unknown_version_of_a_known_type(arm: Arm) -> None:
    """A version that does not exist is named, with those that do and the place of the group that was looked in."""
    group = arm.group("versions")
    for path in (f"{group}/providers/Microsoft.Network/virtualNetworks{name}" for name in ("/v", "")):
        status, code, message = error(arm.send("GET", path, version="2099-01-01"))
        assert (status, code) == (400, "NoRegisteredProviderFound")
        assert message.startswith(
            "No registered resource provider found for location 'westeurope' and API version '2099-01-01' for type"
            " 'virtualNetworks'. The supported api-versions are '2025-07-01, "
        )


@pytest.mark.parametrize(
    ("kind", "version", "status"),
    [
        pytest.param("Microsoft.Network/virtualNetworks", "2023-11-01", 200, id="known"),
        pytest.param("Microsoft.Network/virtualNetworks", "2023-11-02", 404, id="between known ones"),
        pytest.param("Microsoft.Network/virtualNetworks", "2023-11-01-preview", 404, id="a preview that never was"),
        pytest.param("Microsoft.Network/virtualNetworks", "2014-01-01", 404, id="before the first"),
        pytest.param("Microsoft.Network/virtualNetworks", "2099-01-01", 404, id="still to come"),
        pytest.param("Microsoft.Network/virtualNetworks", "TODAY", 200, id="newer than all that are known"),
        pytest.param("Microsoft.Storage/storageAccounts", "2021-05-01", 200, id="known to Azure alone"),
        pytest.param("Microsoft.MachineLearningServices/workspaces", "2020-08-01", 200, id="an old client's"),
        pytest.param("Microsoft.MachineLearningServices/workspaces", "2022-05-02", 404, id="no client's"),
    ],
)
def test_versions_of_a_list_over_a_subscription(arm: Arm, kind: str, version: str, status: int) -> None:
    """Known versions and newer ones are answered; of any other one the type is not there, as no region is asked."""
    version = datetime.now(UTC).date().isoformat() if version == "TODAY" else version
    answer = arm.send("GET", f"{arm.subscription}/providers/{kind}", version=version)
    assert answer.status_code == status
    if status == 404:
        namespace, name = kind.split("/")
        assert error(answer)[2].startswith(
            f"The resource type '{name}' could not be found in the namespace '{namespace}' for api version '{version}'."
            " The supported api-versions are '20"
        )


def test_unknown_version_of_an_extension(arm: Arm) -> None:
    """What hangs on any scope is in no region: Azure's own refusal of a role assignment at another version."""
    path = f"{arm.group('roles')}/providers/Microsoft.Authorization/roleAssignments"
    status, code, message = error(arm.send("GET", path, version="2018-06-01"))
    assert (status, code) == (404, "InvalidResourceType")
    assert message.startswith(
        "The resource type 'roleAssignments' could not be found in the namespace 'Microsoft.Authorization' for api"
        " version '2018-06-01'. The supported api-versions are '2022-04-01,2020-10-01-preview,"
    )


def test_a_nested_type_is_younger_than_its_parent(arm: Arm) -> None:
    """Workspaces of 2020-08-01 had no endpoints; those of every version since the first endpoint have."""
    workspace = f"{arm.group('young')}/providers/Microsoft.MachineLearningServices/workspaces/w"
    for version, code in (("2020-08-01", "NoRegisteredProviderFound"), ("2021-10-01", "ParentResourceNotFound")):
        assert error(arm.send("GET", f"{workspace}/onlineEndpoints/e", version=version))[1] == code


def test_unknown_version_names_the_place(arm: Arm) -> None:
    """The location that a PUT sends is repeated."""
    network = f"{arm.group('versions')}/providers/Microsoft.Network/virtualNetworks/net"
    answer = arm.send("PUT", network, {"location": "westeurope"}, version="2099-01-01")
    assert error(answer)[2].startswith(
        "No registered resource provider found for location 'westeurope' and API version '2099-01-01' for type"
    )


def test_taken_account_name(arm: Arm) -> None:
    """In the same subscription the service says so; a check of the name only says that it is taken."""
    body = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    accounts = "providers/Microsoft.Storage/storageAccounts"
    assert arm.send("PUT", f"{arm.group('holds')}/{accounts}/takenname", body, version="2024-01-01").ok
    answer = arm.send("PUT", f"{arm.group('wants')}/{accounts}/takenname", body, version="2024-01-01")
    assert error(answer) == (
        409,
        "StorageAccountInAnotherResourceGroup",
        "The account takenname is already in another resource group in this subscription.",
    )
    check = f"{arm.subscription}/providers/Microsoft.Storage/checkNameAvailability"
    asked = {"name": "takenname", "type": "Microsoft.Storage/storageAccounts"}
    assert arm.send("POST", check, asked, version="2024-01-01").json() == {
        "nameAvailable": False,
        "reason": "AlreadyExists",
        "message": "The storage account named takenname is already taken.",
    }


def test_unknown_version_of_arm_itself(arm: Arm) -> None:
    """ARM's own types have a code of their own for it."""
    group = arm.group("versions")
    for method, path in (
        ("GET", group),
        ("GET", f"{group}/providers/Microsoft.Resources/tags/default"),
        ("GET", f"{group}/providers/Microsoft.Resources/deployments"),
        ("GET", f"{arm.subscription}/providers/Microsoft.Network"),
        ("POST", f"{arm.subscription}/providers/Microsoft.Network/register"),
        ("GET", f"{arm.subscription}/locations"),
    ):
        for version in ("nonsense", "2024-07-02", "2099-01-01"):
            status, code, message = error(arm.send(method, path, version=version))
            assert (status, code) == (400, "InvalidApiVersionParameter"), path
            assert message.startswith(
                f"The api-version '{version}' is invalid. The supported versions are '2025-04-01,2025-03-01,"
            )


def test_unknown_type_and_namespace(arm: Arm) -> None:
    """An unknown type in a known namespace and an unknown namespace are told apart."""
    group = arm.group("unknown")
    answer = arm.send("PUT", f"{group}/providers/Microsoft.Network/teapots/t", {})
    assert error(answer) == (
        404,
        "InvalidResourceType",
        "The resource type could not be found in the namespace 'Microsoft.Network' for api version '2024-05-01'.",
    )
    answer = arm.send("PUT", f"{group}/providers/Contoso.Tea/teapots/t", {})
    assert error(answer) == (
        404,
        "InvalidResourceNamespace",
        "The resource namespace 'Contoso.Tea' is invalid.",
    )


def test_unknown_subscription(arm: Arm) -> None:
    """A subscription that is not in the store is not found."""
    other = "11111111-2222-4333-8444-555555555555"
    answer = arm.send("GET", f"/subscriptions/{other}/resourceGroups/g", version=GROUPS_VERSION)
    assert error(answer) == (404, "SubscriptionNotFound", f"The subscription '{other}' could not be found.")


def test_resource_in_a_missing_group(arm: Arm) -> None:
    """The missing group is named, not the resource."""
    path = f"{arm.subscription}/resourceGroups/missing/providers/Microsoft.Network/virtualNetworks/v"
    for method, body in (("GET", None), ("PUT", {"location": "westeurope"}), ("DELETE", None)):
        answer = arm.send(method, path, body)
        assert error(answer) == (404, "ResourceGroupNotFound", "Resource group 'missing' could not be found.")


def test_missing_resource_and_parent(arm: Arm) -> None:
    """GET names the resource in ARM's words; a child without its parent names the parent."""
    group = arm.group("absent")
    network = f"{group}/providers/Microsoft.Network/virtualNetworks/v"
    assert error(arm.send("GET", network)) == (
        404,
        "ResourceNotFound",
        "The Resource 'Microsoft.Network/virtualNetworks/v' under resource group 'absent' was not found. For more"
        " details please go to https://aka.ms/ARMResourceNotFoundFix",
    )
    answer = arm.send("PUT", f"{network}/subnets/s", {"properties": {"addressPrefix": "10.0.0.0/24"}})
    status, code, message = error(answer)
    assert (status, code) == (404, "ParentResourceNotFound")
    assert f"the parent resource '{network}' could not be found" in message


@pytest.mark.parametrize(
    ("method", "below", "kind", "verb"),
    [
        ("GET", "blobServices/default", "blobServices", "read"),
        ("GET", "blobServices/default/containers", "blobServices/containers", "read"),
        ("GET", "blobServices/default/containers/c", "blobServices/containers", "read"),
        ("GET", "privateLinkResources", "privateLinkResources", "read"),
        ("PUT", "blobServices/default/containers/con", "blobServices/containers", "write"),
        ("PATCH", "blobServices/default/containers/con", "blobServices/containers", "write"),
        ("POST", "listServiceSas", "listServiceSas", "action"),
    ],
)
def test_below_what_is_not_there(arm: Arm, method: str, below: str, kind: str, verb: str) -> None:
    """Whatever is asked for in a top-level resource that is not there, it is named, and the type without its namespace.

    Source: ParentResourceNotFound, as clients have shown it of storage accounts, DNS zones and workspaces.
    """
    account = f"{arm.subscription}/resourceGroups/below/providers/Microsoft.Storage/storageAccounts/absent"
    arm.group("below")
    answer = arm.send(method, f"{account}/{below}", {} if method != "GET" else None, version="2024-01-01")
    assert error(answer) == (
        404,
        "ParentResourceNotFound",
        f"Failed to perform '{verb}' on resource(s) of type 'storageAccounts/{kind}', because the parent resource"
        f" '{account}' could not be found.",
    )


def test_delete_of_nothing(arm: Arm) -> None:
    """DELETE of what is not there is 204."""
    group = arm.group("nothing")
    assert arm.send("DELETE", f"{group}/providers/Microsoft.Network/virtualNetworks/v").status_code == 204


def test_body_that_is_no_json(arm: Arm) -> None:
    """A broken body is InvalidRequestContent and nothing is written."""
    group = f"{arm.subscription}/resourceGroups/broken"
    json_said = {"Content-Type": "application/json"}
    answer = arm.session.put(
        f"{arm.ready['arm']}{group}?api-version={GROUPS_VERSION}", data="{'location'", headers=json_said, timeout=30
    )
    assert error(answer)[:2] == (400, "InvalidRequestContent")
    assert arm.send("GET", group, version=GROUPS_VERSION).status_code == 404


@pytest.mark.parametrize(
    ("location", "code"),
    [
        (None, "LocationRequired"),
        ("atlantis", "LocationNotAvailableForResourceGroup"),
        ("global", "LocationNotAvailableForResourceGroup"),
    ],
)
def test_location_is_checked(arm: Arm, location: str | None, code: str) -> None:
    """A group needs a location that exists."""
    body = {} if location is None else {"location": location}
    answer = arm.send("PUT", f"{arm.subscription}/resourceGroups/placed", body, version=GROUPS_VERSION)
    assert error(answer)[:2] == (400, code)


def test_group_cannot_move(arm: Arm) -> None:
    """Another location on PUT is refused in ARM's words, another spelling of the same one is not."""
    group = arm.group("fixed")
    answer = arm.send("PUT", group, {"location": "northeurope"}, version=GROUPS_VERSION)
    assert error(answer) == (
        409,
        "InvalidResourceGroupLocation",
        "Invalid resource group location 'northeurope'. The Resource group already exists in location 'westeurope'.",
    )
    assert arm.send("PUT", group, {"location": "West Europe"}, version=GROUPS_VERSION).status_code == 200


def test_network_cannot_move(arm: Arm) -> None:
    """A tracked resource in another location is InvalidResourceLocation."""
    group = arm.group("moving")
    network = arm.network(group, "net")
    body = {"location": "eastus", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}}
    assert error(arm.send("PUT", network, body)) == (
        409,
        "InvalidResourceLocation",
        "The resource 'net' already exists in location 'westeurope' in resource group 'moving'. A resource with the"
        " same name cannot be created in location 'eastus'. Please select a new resource name.",
    )


def test_zones_of_an_address_are_fixed(arm: Arm) -> None:
    """Neither taken away nor changed nor added later, in the words of the network provider."""
    addresses = f"{arm.group('zoned')}/providers/Microsoft.Network/publicIPAddresses"
    body = {"location": "westeurope", "properties": {"publicIPAllocationMethod": "Static"}}
    for name, before, after, said in (
        ("zonal", ["1", "2"], ["3"], ("1, 2", "3")),
        ("none", ["1"], None, ("1", "NoZone")),
        ("added", None, ["1"], ("NoZone", "1")),
    ):
        path = f"{addresses}/{name}"
        assert arm.send("PUT", path, {**body, "zones": before}).ok
        status, code, message = error(arm.send("PUT", path, {**body, "zones": after}))
        assert (status, code) == (400, "ResourceAvailabilityZonesCannotBeModified")
        assert f"constraint {said[0]} and the request has availability zone constraint {said[1]}, which do" in message


def test_global_is_no_place_for_a_network(arm: Arm) -> None:
    """A network is in a region; what watches over all of them can be global."""
    provider = f"{arm.group('everywhere')}/providers"
    space = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
    network = f"{provider}/Microsoft.Network/virtualNetworks/net"
    refused = arm.send("PUT", network, {"location": "global", "properties": space})
    assert error(refused)[:2] == (400, "LocationNotAvailableForResourceType")
    group = f"{provider}/Microsoft.Insights/actionGroups/oncall"
    body = {"location": "Global", "properties": {"groupShortName": "oncall", "enabled": True}}
    assert arm.send("PUT", group, body, version="2023-01-01").status_code == 201


def test_group_name_is_checked(arm: Arm) -> None:
    """A name with a character that groups cannot have is refused in ARM's words."""
    answer = arm.send(
        "PUT", f"{arm.subscription}/resourceGroups/a!b", {"location": "westeurope"}, version=GROUPS_VERSION
    )
    assert error(answer)[:2] == (400, "InvalidResourceGroup")


def test_no_token(ready: Mapping[str, Any], arm: Arm) -> None:
    """Without a token: 401, the challenge, and ARM's message."""
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(f"{ready['arm']}/subscriptions?api-version=2022-12-01", verify=ready["ca"], timeout=30)
    assert error(answer) == (
        401,
        "AuthenticationFailed",
        "Authentication failed. The 'Authorization' header is missing.",
    )
    assert answer.headers["WWW-Authenticate"].startswith('Bearer authorization_uri="https://login.windows.net/')


def _forged(ready: Mapping[str, Any], **changes: Any) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = {
        "aud": ready["arm"],
        "tid": ready["tenant"],
        "oid": ready["principals"][0]["object_id"],
        "exp": int(time.time()) + 600,
    }
    return jwt.encode({**claims, **changes}, key, algorithm="RS256")


def test_forged_token(ready: Mapping[str, Any]) -> None:
    """A token of right claims signed by another key is refused, and so is nonsense."""
    for forged in (_forged(ready), "nonsense"):
        with Arm(ready, forged) as forger:
            answer = forger.send("GET", "/subscriptions", version="2022-12-01")
        assert error(answer) == (401, "InvalidAuthenticationToken", "The access token is invalid.")


def test_token_for_another_audience(arm: Arm, ready: Mapping[str, Any]) -> None:
    """A good token for another service does not open ARM."""
    with Arm(ready, token(ready, "https://storage.azure.com/.default")) as other:
        answer = other.send("GET", "/subscriptions", version="2022-12-01")
    assert error(answer)[:2] == (401, "InvalidAuthenticationTokenAudience")


def test_foreign_host_header(arm: Arm) -> None:
    """A request that was meant for another host is not answered."""
    answer = arm.send("GET", "/subscriptions", version="2022-12-01", headers={"Host": "management.azure.com"})
    assert answer.status_code == 421


def test_reader_cannot_write(tmp_path: Path) -> None:
    """A Reader reads, and is refused by ARM's own words on write, before the missing resource is told."""
    control.ensure_principal(tmp_path, "looker", "Reader")
    with emulator(tmp_path) as ready, deployer(ready) as owner, deployer(ready, name="looker") as looker:
        group = owner.group("seen")
        assert looker.send("GET", group, version=GROUPS_VERSION).status_code == 200
        principal = next(each for each in ready["principals"] if each["name"] == "looker")
        absent = f"{group}/providers/Microsoft.Network/virtualNetworks/v"
        assert error(looker.send("DELETE", absent)) == (
            403,
            "AuthorizationFailed",
            f"The client '{principal['client_id']}' with object id '{principal['object_id']}' does not have"
            f" authorization to perform action 'Microsoft.Network/virtualNetworks/delete' over scope '{absent}' or the"
            " scope is invalid. If access was recently granted, please refresh your credentials.",
        )


def test_role_on_a_group_reaches_below_it_only(tmp_path: Path) -> None:
    """A role assignment at a group opens what is in it, and nothing beside it; deleting it closes it again."""
    principal = control.ensure_principal(tmp_path, "guest", "AcrPull")
    with emulator(tmp_path) as ready, deployer(ready) as owner, deployer(ready, name="guest") as guest:
        inside, outside = owner.group("inside"), owner.group("outside")
        network = owner.network(inside, "net")
        other = owner.network(outside, "net")
        assert guest.send("GET", network).status_code == 403
        reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
        name = "5a2b7f1e-0000-4000-8000-000000000001"
        assignment = f"{inside}/providers/Microsoft.Authorization/roleAssignments/{name}"
        definition = f"{owner.subscription}/providers/Microsoft.Authorization/roleDefinitions/{reader}"
        properties = {
            "roleDefinitionId": definition,
            "principalId": principal.object_id,
            "principalType": "ServicePrincipal",
        }
        made = owner.send("PUT", assignment, {"properties": properties}, version="2022-04-01")
        assert made.status_code == 201, made.text
        assert guest.send("GET", network).status_code == 200
        assert guest.send("GET", other).status_code == 403
        listed = guest.send("GET", f"{owner.subscription}/resourceGroups", version=GROUPS_VERSION).json()["value"]
        assert [group["name"] for group in listed] == ["inside"]
        assert owner.send("DELETE", assignment, version="2022-04-01").status_code == 200
        assert guest.send("GET", network).status_code == 403


def test_unregistered_namespace(tmp_path: Path) -> None:
    """After unregister a write is MissingSubscriptionRegistration with its detail; register mends it."""
    with emulator(tmp_path) as ready, deployer(ready) as arm:
        group = arm.group("registered")
        provider = f"{arm.subscription}/providers/Microsoft.Network"
        answer = arm.send("POST", f"{provider}/unregister", version="2021-04-01")
        assert answer.json()["registrationState"] == "Unregistering"
        assert arm.send("GET", provider, version="2021-04-01").json()["registrationState"] == "Unregistered"
        network = f"{group}/providers/Microsoft.Network/virtualNetworks/v"
        answer = arm.send("PUT", network, {"location": "westeurope"})
        assert error(answer)[:2] == (409, "MissingSubscriptionRegistration")
        assert answer.json()["error"]["details"][0]["target"] == "Microsoft.Network"
        answer = arm.send("POST", f"{provider}/register", version="2021-04-01")
        assert answer.json()["registrationState"] == "Registering"
        assert arm.send("GET", provider, version="2021-04-01").json()["registrationState"] == "Registered"
        used = arm.network(group, "net")
        status, code, message = error(arm.send("POST", f"{provider}/unregister", version="2021-04-01"))
        assert (status, code) == (409, "Conflict")
        assert used in message


def test_empty_group_name(arm: Arm) -> None:
    """A path without the name of its group is told as ARM tells it; elsewhere a doubled slash is one."""
    answer = arm.send("GET", f"{arm.subscription}/resourceGroups//providers/Microsoft.Network/virtualNetworks/net")
    assert error(answer)[:2] == (400, "InvalidApiVersionParameter")


@pytest.mark.parametrize("action", ["moveResources", "validateMoveResources"])
def test_move_is_refused(arm: Arm, action: str) -> None:
    """A faulty request is told what is wrong with it, a good one that its resources do not move."""
    here, there = arm.group("here"), arm.group("there")
    network = arm.network(here, "net")

    def told(target: str, *resources: str) -> tuple[int, str]:
        body = {"targetResourceGroup": target, "resources": list(resources)}
        return error(arm.send("POST", f"{here}/{action}", body, version="2021-04-01"))[:2]

    assert told(there, network) == (409, "ResourceMoveNotSupported")
    assert told(f"{there}-not", network) == (404, "ResourceGroupNotFound")
    assert told(there, f"{network}-not") == (404, "ResourceNotFound")
    assert told(there) == (400, "InvalidRequestContent")
    assert arm.send("GET", network).status_code == 200


def test_body_of_another_shape(arm: Arm) -> None:
    """A body whose members are of other JSON types than the resource's is refused, and nothing is written."""
    group = arm.group("shapes")
    network = f"{group}/providers/Microsoft.Network/virtualNetworks/net"
    for properties in ("text", {"addressSpace": "text"}, {"addressSpace": {"addressPrefixes": [{}]}}, {"subnets": 1}):
        answer = arm.send("PUT", network, {"location": "westeurope", "properties": properties})
        assert answer.status_code == 400, answer.text
    assert arm.send("GET", network).status_code == 404
