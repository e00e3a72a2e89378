"""Linked access checks: a write needs rights on what its body names, asked by Microsoft's clients and by raw requests.

Texts: answers of Azure Resource Manager, code LinkedAuthorizationFailed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.network import NetworkManagementClient
from tests.contract.emulator.arm import Arm, client_settings, credential, error
from tests.contract.emulator.cast import ML_VERSION, Cast, cast_of, known, ml_parts, put

from azkeep.emulator import control
from azkeep.emulator.store_principals import Principal
from azkeep.testing import emulator

NETWORK = "providers/Microsoft.Network"
PLACE = {"location": "westeurope"}
ELSEWHERE = "a2cee900-0000-4000-8000-0000000000e1"
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("linked")


@pytest.fixture(scope="module")
def ready(store: Path) -> Iterator[Mapping[str, Any]]:
    control.ensure_subscription(store, ELSEWHERE, "elsewhere")
    with emulator(store) as document:
        yield document


@pytest.fixture(scope="module")
def cast(store: Path, arm: Arm) -> Iterator[Cast]:
    with cast_of(store, arm) as found:
        yield found


def subnet(arm: Arm, group: str, name: str = "net") -> str:
    network = arm.network(group, name)
    return put(arm, f"{network}/subnets/inner", {"properties": {"addressPrefix": "10.0.1.0/24"}})


def vault(arm: Arm, group: str, name: str) -> str:
    body = {"tenantId": arm.ready["tenant"], "sku": {"family": "A", "name": "standard"}, "accessPolicies": []}
    path = f"{group}/providers/Microsoft.KeyVault/vaults/{name}"
    return put(arm, path, {"location": "westeurope", "properties": body}, "2023-07-01")


def refusal(principal: Principal, action: str, scope: str, *lacking: tuple[str, str]) -> tuple[int, str, str]:
    """Azure's answer where `principal` may do `action` at `scope` and lacks these (action, scope)."""
    actions, scopes = (",".join(each) for each in zip(*lacking, strict=True))
    return (
        403,
        "LinkedAuthorizationFailed",
        f"The client '{principal.client_id}' with object id '{principal.object_id}' has permission to perform action"
        f" '{action}' on scope '{scope}'; however, it does not have permission to perform action(s) '{actions}' on the"
        f" linked scope(s) '{scopes}' (respectively) or the linked scope(s) are invalid.",
    )


def endpoint_body(subnet: str, target: str, group: str, *, manual: bool = False) -> dict[str, Any]:
    kind = "manualPrivateLinkServiceConnections" if manual else "privateLinkServiceConnections"
    connection = {"name": "link", "properties": {"privateLinkServiceId": target, "groupIds": [group]}}
    return {"location": "westeurope", "properties": {"subnet": {"id": subnet}, kind: [connection]}}


def test_an_endpoint_asks_for_subnet_and_target(arm: Arm, cast: Cast) -> None:
    """Network rights at home are not enough for a subnet and a vault elsewhere; each right granted takes one away."""
    shared, home = arm.group("shared"), arm.group("home")
    inner, target = subnet(arm, shared), vault(arm, shared, "linkedvault")
    principal, hand = cast.newcomer()
    cast.grant(principal, NETWORK_CONTRIBUTOR, home)
    id = f"{home}/{NETWORK}/privateEndpoints/pe"
    write, join = "Microsoft.Network/privateEndpoints/write", "Microsoft.Network/virtualNetworks/subnets/join/action"
    approve = "Microsoft.KeyVault/vaults/privateEndpointConnectionsApproval/action"
    body = endpoint_body(inner, target, "vault")
    with credential({**arm.ready, "principals": [known(principal)]}, name=principal.name) as own:
        client = NetworkManagementClient(**client_settings(arm.ready, own))
        with client, pytest.raises(HttpResponseError) as caught:
            client.private_endpoints.begin_create_or_update("home", "pe", body)
    assert caught.value.status_code == 403
    assert caught.value.error is not None
    expected = refusal(principal, write, id, (join, inner), (approve, target))
    assert (caught.value.error.code, caught.value.error.message) == expected[1:]
    cast.grant(principal, cast.custom(join), inner)
    assert error(hand.send("PUT", id, body)) == refusal(principal, write, id, (approve, target))
    manual = endpoint_body(inner, target, "vault", manual=True)
    assert hand.send("PUT", f"{id}-manual", manual).status_code == 201
    cast.grant(principal, cast.custom(approve), target)
    assert hand.send("PUT", id, body).status_code == 201


def test_a_subnet_asks_for_all_it_is_attached_to(arm: Arm, cast: Cast) -> None:
    """Security group, route table, NAT gateway and service endpoint policy; written in its network it asks for the
    same, and an unchanged document asks again."""
    shared, home = arm.group("attached"), arm.group("attaching")
    network = arm.network(home, "net")
    sku = {"location": "westeurope", "sku": {"name": "Standard"}}
    attached = {
        "networkSecurityGroups": put(arm, f"{shared}/{NETWORK}/networkSecurityGroups/x", PLACE),
        "routeTables": put(arm, f"{shared}/{NETWORK}/routeTables/x", PLACE),
        "natGateways": put(arm, f"{shared}/{NETWORK}/natGateways/x", sku),
        "serviceEndpointPolicies": put(
            arm, f"{shared}/{NETWORK}/serviceEndpointPolicies/x", {"location": "westeurope"}
        ),
    }
    properties = {
        "addressPrefix": "10.0.2.0/24",
        "networkSecurityGroup": {"id": attached["networkSecurityGroups"]},
        "routeTable": {"id": attached["routeTables"]},
        "natGateway": {"id": attached["natGateways"]},
        "serviceEndpoints": [{"service": "Microsoft.Storage"}],
        "serviceEndpointPolicies": [{"id": attached["serviceEndpointPolicies"]}],
    }
    principal, hand = cast.newcomer()
    cast.grant(principal, NETWORK_CONTRIBUTOR, home)
    joins = [(f"Microsoft.Network/{kind}/join/action", id) for kind, id in attached.items()]
    write = "Microsoft.Network/virtualNetworks/subnets/write"
    mine = f"{network}/subnets/mine"
    assert error(hand.send("PUT", mine, {"properties": properties})) == refusal(principal, write, mine, *joins)
    whole = {
        "location": "westeurope",
        "properties": {
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "subnets": [{"name": "mine", "properties": properties}],
        },
    }
    outer = refusal(principal, "Microsoft.Network/virtualNetworks/write", network, *joins)
    assert error(hand.send("PUT", network, whole)) == outer
    put(arm, network, whole)
    again = arm.send("GET", network).json()
    assert error(hand.send("PUT", network, again)) == outer
    tags = {"tags": {"team": "data"}}
    assert hand.send("PATCH", network, tags).status_code == 200
    cast.grant(principal, cast.custom("Microsoft.Network/*/join/action"), shared)
    assert hand.send("PUT", mine, {"properties": properties}).status_code == 200


def test_an_identity_is_assigned_by_whoever_may(arm: Arm, cast: Cast) -> None:
    """Contributor on a group may not use an identity of another one; Managed Identity Operator there may."""
    shared, home = arm.group("identities"), arm.group("users")
    identity = put(
        arm,
        f"{shared}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/robot",
        {"location": "westeurope"},
        "2023-01-31",
    )
    body = {
        "location": "westeurope",
        "sku": {"name": "Standard_LRS"},
        "kind": "StorageV2",
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {identity: {}}},
        "properties": {},
    }
    principal, hand = cast.newcomer()
    cast.grant(principal, CONTRIBUTOR, home)
    id = f"{home}/providers/Microsoft.Storage/storageAccounts/linkedaccount"
    assign = ("Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", identity)
    answer = error(hand.send("PUT", id, body, version="2024-01-01"))
    assert answer == refusal(principal, "Microsoft.Storage/storageAccounts/write", id, assign)
    cast.grant(principal, IDENTITY_OPERATOR, identity)
    put(hand, id, body, "2024-01-01")


def test_rules_and_zones_and_settings(arm: Arm, cast: Cast) -> None:
    """Network rules, zone groups, network links and diagnostic settings each ask for the right that Azure names."""
    shared, home = arm.group("hub"), arm.group("spoke")
    inner = subnet(arm, shared)
    zone = f"{shared}/{NETWORK}/privateDnsZones/privatelink.vaultcore.azure.net"
    put(arm, zone, {"location": "global"}, "2024-06-01")
    log = f"{shared}/providers/Microsoft.OperationalInsights/workspaces/hublog"
    put(arm, log, {"location": "westeurope", "properties": {"sku": {"name": "PerGB2018"}}}, "2023-09-01")
    mine = vault(arm, home, "spokevault")
    near = subnet(arm, home)
    put(arm, f"{home}/{NETWORK}/privateEndpoints/pe", endpoint_body(near, mine, "vault"))
    principal, hand = cast.newcomer()
    cast.grant(principal, CONTRIBUTOR, home)
    rule = {"defaultAction": "Deny", "virtualNetworkRules": [{"id": inner}]}
    vault_body = {**arm.send("GET", mine, version="2023-07-01").json()}
    vault_body["properties"]["networkAcls"] = rule
    config = {"name": "vault", "properties": {"privateDnsZoneId": zone}}
    local_zone = f"{home}/{NETWORK}/privateDnsZones/example.internal"
    put(hand, local_zone, {"location": "global"}, "2024-06-01")
    network = inner.rsplit("/subnets/", 1)[0]
    cases: list[tuple[str, str, dict[str, Any], str, str, str]] = [
        (
            mine,
            "Microsoft.KeyVault/vaults",
            vault_body,
            "2023-07-01",
            "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action",
            inner,
        ),
        (
            f"{home}/{NETWORK}/privateEndpoints/pe/privateDnsZoneGroups/default",
            "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
            {"properties": {"privateDnsZoneConfigs": [config]}},
            "2024-05-01",
            "Microsoft.Network/privateDnsZones/join/action",
            zone,
        ),
        (
            f"{local_zone}/virtualNetworkLinks/hub",
            "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
            {"location": "global", "properties": {"virtualNetwork": {"id": network}, "registrationEnabled": False}},
            "2024-06-01",
            "Microsoft.Network/virtualNetworks/join/action",
            network,
        ),
        (
            f"{mine}/providers/Microsoft.Insights/diagnosticSettings/all",
            "Microsoft.Insights/diagnosticSettings",
            {"properties": {"workspaceId": log, "logs": [{"categoryGroup": "audit", "enabled": True}]}},
            "2021-05-01-preview",
            "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
            log,
        ),
    ]
    for id, kind, body, version, action, scope in cases:
        refused = error(hand.send("PUT", id, body, version=version))
        assert refused == refusal(principal, f"{kind}/write", id, (action, scope))
        cast.grant(principal, cast.custom(action), scope)
        put(hand, id, body, version)


def test_another_subscription_asks_too(arm: Arm, cast: Cast) -> None:
    """A subnet of another subscription needs the right there; one of a subscription that nobody knows is out of
    reach, also for an owner."""
    far_group = f"/subscriptions/{ELSEWHERE}/resourceGroups/far"
    put(arm, far_group, {"location": "westeurope"}, "2024-03-01")
    inner = subnet(arm, far_group, "farnet")
    home = arm.group("near")
    principal, hand = cast.newcomer()
    cast.grant(principal, CONTRIBUTOR, arm.subscription)
    id = f"{home}/{NETWORK}/networkInterfaces/nic"
    configuration = {"name": "ip", "properties": {"subnet": {"id": inner}}}
    body = {"location": "westeurope", "properties": {"ipConfigurations": [configuration]}}
    join = "Microsoft.Network/virtualNetworks/subnets/join/action"
    write = "Microsoft.Network/networkInterfaces/write"
    assert error(hand.send("PUT", id, body)) == refusal(principal, write, id, (join, inner))
    cast.grant(principal, cast.custom(join, scopes=(f"/subscriptions/{ELSEWHERE}",)), f"/subscriptions/{ELSEWHERE}")
    put(hand, id, body)
    nowhere = "a2cee900-0000-4000-8000-0000000000ff"
    configuration["properties"] = {"subnet": {"id": inner.replace(ELSEWHERE, nowhere)}}
    assert error(arm.send("PUT", id, body)) == (
        403,
        "LinkedAuthorizationFailed",
        f"The client has permission to perform action '{join}' on scope '{id}', however the current tenant"
        f" '{arm.ready['tenant']}' is not authorized to access linked subscription '{nowhere}'.",
    )


def test_a_flow_log_asks_for_its_account(arm: Arm, cast: Cast) -> None:
    """Rights on the network are not enough to write its traffic into somebody's account and log workspace."""
    shared, home = arm.group("flows-kept"), arm.group("flows")
    account = f"{shared}/providers/Microsoft.Storage/storageAccounts/linkedflows"
    put(arm, account, {**PLACE, "sku": {"name": "Standard_LRS"}, "kind": "StorageV2", "properties": {}}, "2024-01-01")
    log = f"{shared}/providers/Microsoft.OperationalInsights/workspaces/flowlog"
    put(arm, log, {**PLACE, "properties": {"sku": {"name": "PerGB2018"}}}, "2023-09-01")
    network = arm.network(home, "net")
    watcher = put(arm, f"{home}/{NETWORK}/networkWatchers/watcher", PLACE)
    principal, hand = cast.newcomer()
    cast.grant(principal, NETWORK_CONTRIBUTOR, home)
    id = f"{watcher}/flowLogs/net"
    analytics = {"networkWatcherFlowAnalyticsConfiguration": {"enabled": True, "workspaceResourceId": log}}
    properties = {"targetResourceId": network, "storageId": account, "flowAnalyticsConfiguration": analytics}
    storage = "Microsoft.Storage/storageAccounts"
    lacking = [(f"{storage}/{verb}/action", account) for verb in ("listServiceSas", "listAccountSas", "listKeys")]
    lacking.append(("Microsoft.OperationalInsights/workspaces/sharedKeys/action", log))
    refused = error(hand.send("PUT", id, {**PLACE, "properties": properties}))
    assert refused == refusal(principal, "Microsoft.Network/networkWatchers/flowLogs/write", id, *lacking)
    cast.grant(principal, CONTRIBUTOR, shared)
    put(hand, id, {**PLACE, "properties": properties})


def test_a_project_asks_its_hub(arm: Arm, cast: Cast) -> None:
    """Whoever makes a project workspace needs the right to join the hub."""
    shared, home = arm.group("hubs"), arm.group("projects")
    kind = "Microsoft.MachineLearningServices/workspaces"
    hub = put(arm, f"{shared}/providers/{kind}/hub", {**ml_parts(arm, shared, "linkedhub"), "kind": "Hub"}, ML_VERSION)
    principal, hand = cast.newcomer()
    cast.grant(principal, CONTRIBUTOR, home)
    id = f"{home}/providers/{kind}/project"
    identity = {"type": "SystemAssigned"}
    body = {"location": "westeurope", "kind": "Project", "identity": identity, "properties": {"hubResourceId": hub}}
    join = (f"{kind}/hubs/join/action", hub)
    assert error(hand.send("PUT", id, body, version=ML_VERSION)) == refusal(principal, f"{kind}/write", id, join)
    cast.grant(principal, cast.custom(join[0]), hub)
    put(hand, id, body, ML_VERSION)


def test_a_custom_role_reaches_as_far_as_its_maker(arm: Arm, cast: Cast) -> None:
    """Whoever writes a role needs that right at all its assignable scopes."""
    principal, hand = cast.newcomer()
    cast.grant(principal, "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", arm.subscription)
    guid, elsewhere = str(uuid.uuid4()), f"/subscriptions/{ELSEWHERE}"
    id = f"{arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/{guid}"
    properties = {"roleName": guid, "permissions": [{"actions": ["*/read"]}]}
    body = {"properties": {**properties, "assignableScopes": [arm.subscription, elsewhere]}}
    write = "Microsoft.Authorization/roleDefinitions/write"
    assert error(hand.send("PUT", id, body, version="2022-04-01")) == refusal(principal, write, id, (write, elsewhere))
    put(hand, id, {"properties": {**properties, "assignableScopes": [arm.subscription]}}, "2022-04-01")
