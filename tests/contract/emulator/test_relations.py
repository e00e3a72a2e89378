"""What a write of one resource does to others, and what services tell beside their documents."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest
from azure.mgmt.network import NetworkManagementClient
from tests.contract.emulator.arm import GROUPS_VERSION, Arm, credential, error, local_cloud

LEARNING = "2025-12-01"
STORAGE = "2024-01-01"
VAULTS = "2024-11-01"
ZONES = "2024-06-01"
SETTINGS = "2021-05-01-preview"


def made(arm: Arm, path: str, body: Mapping[str, Any], version: str = "2024-05-01") -> dict[str, Any]:
    """The answer to a PUT that must be taken."""
    answer = arm.send("PUT", path, body, version=version)
    assert answer.ok, answer.text
    found: dict[str, Any] = answer.json() if answer.content else {}
    return found


def account(arm: Arm, group: str, name: str) -> str:
    path = f"{group}/providers/Microsoft.Storage/storageAccounts/{name}"
    made(arm, path, {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}, STORAGE)
    return path


def vault(arm: Arm, group: str, name: str) -> str:
    path = f"{group}/providers/Microsoft.KeyVault/vaults/{name}"
    sku = {"family": "A", "name": "standard"}
    properties = {"tenantId": arm.ready["tenant"], "sku": sku, "accessPolicies": []}
    made(arm, path, {"location": "westeurope", "properties": properties}, VAULTS)
    return path


def small_subnet(arm: Arm, group: str) -> str:
    """A subnet with three addresses to give away."""
    subnet = {"name": "small", "properties": {"addressPrefix": "10.0.0.0/29"}}
    return f"{arm.network(group, 'net', subnets=[subnet])}/subnets/small"


def endpoint(subnet: str, target: str, group_id: str, address: str | None = None) -> dict[str, Any]:
    link = {"name": "link", "properties": {"privateLinkServiceId": target, "groupIds": [group_id]}}
    properties: dict[str, Any] = {"subnet": {"id": subnet}, "privateLinkServiceConnections": [link]}
    if address:
        chosen = {"groupId": group_id, "memberName": group_id, "privateIPAddress": address}
        properties["ipConfigurations"] = [{"name": "chosen", "properties": chosen}]
    return {"location": "westeurope", "properties": properties}


def test_chosen_addresses_are_free_ones(arm: Arm) -> None:
    """An address that another endpoint has, that Azure keeps, or outside the subnet is refused; a free one is kept."""
    group = arm.group("addresses")
    subnet, target = small_subnet(arm, group), account(arm, group, "addressed")
    endpoints = f"{group}/providers/Microsoft.Network/privateEndpoints"
    made(arm, f"{endpoints}/first", endpoint(subnet, target, "blob"))
    for address, code in (
        ("10.0.0.4", "PrivateIPAddressIsAllocated"),
        ("10.0.0.3", "PrivateIPAddressInReservedRange"),
        ("10.0.0.7", "PrivateIPAddressInReservedRange"),
        ("10.0.1.4", "PrivateIPAddressNotInSubnet"),
    ):
        refused = arm.send("PUT", f"{endpoints}/second", endpoint(subnet, target, "file", address))
        assert error(refused)[:2] == (400, code)
    for _ in range(2):
        shown = made(arm, f"{endpoints}/second", endpoint(subnet, target, "file", "10.0.0.6"))
        assert shown["properties"]["customDnsConfigs"][0]["ipAddresses"] == ["10.0.0.6"]
    made(arm, f"{endpoints}/third", endpoint(subnet, target, "queue"))
    full = arm.send("PUT", f"{endpoints}/fourth", endpoint(subnet, target, "table"))
    assert error(full) == (
        400,
        "SubnetIsFull",
        "Subnet small with address prefix 10.0.0.0/29 does not have enough capacity for 1 IP addresses.",
    )


def test_interface_of_an_endpoint_takes_tags(arm: Arm) -> None:
    """Its tags are patched; a PUT is refused, because the interface is the endpoint's."""
    group = arm.group("tagged")
    subnet, target = small_subnet(arm, group), account(arm, group, "taggednic")
    made(arm, f"{group}/providers/Microsoft.Network/privateEndpoints/link", endpoint(subnet, target, "blob"))
    shown = arm.send("GET", f"{group}/providers/Microsoft.Network/privateEndpoints/link").json()
    interface = shown["properties"]["networkInterfaces"][0]["id"]
    before = arm.send("GET", interface).json()
    patched = arm.send("PATCH", interface, {"tags": {"team": "data"}})
    assert patched.status_code == 200, patched.text
    assert patched.json() == {**before, "tags": {"team": "data"}, "etag": patched.json()["etag"]}
    refused = arm.send("PUT", interface, {**before, "tags": {}})
    assert error(refused)[:2] == (400, "CannotModifyNicAttachedToPrivateEndpoint")


def test_account_shows_connections_in_its_own_words(arm: Arm) -> None:
    """Storage says actionRequired, in its connections and in the account; the endpoint says actionsRequired."""
    group = arm.group("words")
    subnet, target = small_subnet(arm, group), account(arm, group, "ownwords")
    path = f"{group}/providers/Microsoft.Network/privateEndpoints/link"
    made(arm, path, endpoint(subnet, target, "blob"))
    state = "privateLinkServiceConnectionState"
    [shown] = arm.send("GET", target, version=STORAGE).json()["properties"]["privateEndpointConnections"]
    assert shown["properties"][state]["actionRequired"] == "None"
    rejected = {"properties": {state: {"status": "Rejected", "description": "not ours"}}}
    made(arm, shown["id"], rejected, STORAGE)
    [link] = arm.send("GET", path).json()["properties"]["privateLinkServiceConnections"]
    assert link["properties"][state] == {
        "status": "Rejected",
        "description": "not ours",
        "actionsRequired": "None",
    }


def test_group_with_a_subnet_in_use_elsewhere_stays(arm: Arm) -> None:
    """What another group uses keeps a whole group from being deleted; what it uses itself does not."""
    used, using = arm.group("used"), arm.group("using")
    subnet = small_subnet(arm, used)
    inside = f"{used}/providers/Microsoft.Network/privateEndpoints/inside"
    outside = f"{using}/providers/Microsoft.Network/privateEndpoints/outside"
    made(arm, inside, endpoint(subnet, account(arm, used, "insidegroup"), "blob"))
    made(arm, outside, endpoint(subnet, account(arm, using, "outsidegroup"), "blob"))
    answer = arm.send("DELETE", used, version=GROUPS_VERSION)
    status, code, message = error(answer)
    assert (status, code) == (409, "ResourceGroupDeletionBlocked")
    assert "'Microsoft.Network/virtualNetworks/net' could not be deleted" in message
    assert [each["code"] for each in answer.json()["error"]["details"]] == ["InUseSubnetCannotBeDeleted"]
    assert arm.send("GET", inside).status_code == 200
    assert arm.send("DELETE", outside).status_code == 200
    assert arm.send("DELETE", used, version=GROUPS_VERSION).status_code == 200


def test_twins_in_a_list_are_refused(arm: Arm) -> None:
    """Two subnets whose names differ in case only are not two subnets."""
    network = f"{arm.group('twins')}/providers/Microsoft.Network/virtualNetworks/net"
    subnets = [{"name": name, "properties": {"addressPrefix": f"10.0.{at}.0/24"}} for at, name in enumerate(("a", "A"))]
    properties = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": subnets}
    answer = arm.send("PUT", network, {"location": "westeurope", "properties": properties})
    assert error(answer)[:2] == (400, "InvalidRequestFormat")
    assert answer.json()["error"]["details"][0]["code"] == "DuplicateResourceName"


@pytest.mark.parametrize("prefix", ["10.0.0.0/33", "300.1.2.3", "no tag"])
def test_rule_with_an_impossible_prefix(arm: Arm, prefix: str) -> None:
    """A rule takes addresses, ranges and tags, and nothing else."""
    group = f"{arm.group('prefixes')}/providers/Microsoft.Network/networkSecurityGroups/rules"
    rule = {
        "access": "Allow",
        "direction": "Inbound",
        "priority": 100,
        "protocol": "*",
        "sourceAddressPrefix": prefix,
        "sourcePortRange": "*",
        "destinationAddressPrefix": "VirtualNetwork",
        "destinationPortRange": "*",
    }
    body = {"location": "westeurope", "properties": {"securityRules": [{"name": "in", "properties": rule}]}}
    assert error(arm.send("PUT", group, body))[:2] == (400, "SecurityRuleInvalidAddressPrefix")


def test_microsofts_client_reads_default_rules(arm: Arm, ready: Mapping[str, Any]) -> None:
    """azure-mgmt-network lists the six default rules of a group, and gets one by name."""
    group = f"{arm.group('defaults')}/providers/Microsoft.Network/networkSecurityGroups/bare"
    made(arm, group, {"location": "westeurope"})
    with (
        credential(ready) as own,
        NetworkManagementClient(own, ready["subscription"], **local_cloud(ready)) as client,
    ):
        names = [each.name for each in client.default_security_rules.list("defaults", "bare")]
        assert names[0::3] == ["AllowVnetInBound", "AllowVnetOutBound"]
        assert client.default_security_rules.get("defaults", "bare", "DenyAllInBound").priority == 65500


def test_zone_lists_all_its_records(arm: Arm) -> None:
    """The start of authority first, then what was written."""
    zone = f"{arm.group('records')}/providers/Microsoft.Network/privateDnsZones/example.internal"
    made(arm, zone, {"location": "global"}, ZONES)
    made(arm, f"{zone}/A/host", {"properties": {"ttl": 60, "aRecords": [{"ipv4Address": "10.0.0.4"}]}}, ZONES)
    found = arm.send("GET", f"{zone}/ALL", version=ZONES).json()["value"]
    assert [each["type"].rsplit("/", 1)[1] for each in found] == ["SOA", "A"]
    assert arm.send("GET", f"{zone}/SOA/@", version=ZONES).json()["properties"]["fqdn"] == "example.internal."


def test_target_names_its_private_link_groups(arm: Arm) -> None:
    """With their zones, and a 404 for a target that does not exist."""
    target = vault(arm, arm.group("linked"), "linked-vault")
    [only] = arm.send("GET", f"{target}/privateLinkResources", version=VAULTS).json()["value"]
    assert only["properties"] == {
        "groupId": "vault",
        "requiredMembers": ["default"],
        "requiredZoneNames": ["privatelink.vaultcore.azure.net"],
    }
    missing = arm.send("GET", f"{target}-not/privateLinkResources", version=VAULTS)
    assert error(missing)[:2] == (404, "ParentResourceNotFound")


def test_setting_shows_every_category(arm: Arm) -> None:
    """A setting for one category of a vault has the others too, switched off."""
    group = arm.group("settings")
    target, logs = vault(arm, group, "logged-vault"), f"{group}/providers/Microsoft.OperationalInsights/workspaces/logs"
    made(arm, logs, {"location": "westeurope", "properties": {}}, "2023-09-01")
    setting = f"{target}/providers/Microsoft.Insights/diagnosticSettings/audit"
    sent = {"workspaceId": logs, "logs": [{"category": "AuditEvent", "enabled": True}]}
    shown = made(arm, setting, {"properties": sent}, SETTINGS)["properties"]
    off = {"enabled": False, "days": 0}
    assert shown["logs"] == [
        {"category": "AuditEvent", "enabled": True, "retentionPolicy": off},
        {"category": "AzurePolicyEvaluationDetails", "enabled": False, "retentionPolicy": off},
    ]
    assert shown["metrics"] == [{"category": "AllMetrics", "enabled": False, "retentionPolicy": off}]


@pytest.fixture(scope="module")
def workspace(arm: Arm) -> str:
    group = arm.group("learning")
    path = f"{group}/providers/Microsoft.MachineLearningServices/workspaces/hub"
    properties = {
        "storageAccount": account(arm, group, "learninghub"),
        "keyVault": vault(arm, group, "learning-hub"),
    }
    body = {"location": "westeurope", "kind": "Hub", "identity": {"type": "SystemAssigned"}, "properties": properties}
    made(arm, path, body, LEARNING)
    return path


def test_workspace_has_a_default_datastore(arm: Arm, workspace: str) -> None:
    """One of the four that it makes, and a list can ask for it."""
    listed = arm.send("GET", f"{workspace}/datastores", version=LEARNING, query={"isDefault": "true"}).json()["value"]
    assert [each["name"] for each in listed] == ["workspaceblobstore"]
    everything = arm.send("GET", f"{workspace}/datastores", version=LEARNING).json()["value"]
    assert sorted(each["name"] for each in everything if not each["properties"]["isDefault"]) == [
        "workspaceartifactstore",
        "workspacefilestore",
        "workspaceworkingdirectory",
    ]


def test_instances_take_addresses_and_cores(arm: Arm, workspace: str) -> None:
    """Each instance stands in its subnet with an address, until there is none; its cores are in the usages."""
    subnet = small_subnet(arm, arm.group("instances"))

    def instance(number: int) -> tuple[str, dict[str, Any]]:
        inner = {"vmSize": "Standard_E4s_v3", "subnet": {"id": subnet}}
        properties = {"computeType": "ComputeInstance", "properties": inner}
        return f"{workspace}/computes/instance{number}", {"location": "westeurope", "properties": properties}

    def used() -> dict[str, int]:
        place = f"{arm.subscription}/providers/Microsoft.MachineLearningServices/locations/westeurope/usages"
        listed = arm.send("GET", place, version=LEARNING).json()["value"]
        return {each["name"]["value"]: each["currentValue"] for each in listed}

    before = used()["standardESv3Family"]
    answers = [made(arm, *instance(number), LEARNING) for number in range(3)]
    addresses = [each["properties"]["properties"]["connectivityEndpoints"]["privateIpAddress"] for each in answers]
    assert addresses == ["10.0.0.4", "10.0.0.5", "10.0.0.6"]
    assert used()["standardESv3Family"] == before + 12
    path, body = instance(3)
    status, _, message = error(arm.send("PUT", path, body, version=LEARNING))
    assert status == 400
    assert "does not have enough free IP addresses" in message
    first = instance(0)[0]
    assert error(arm.send("DELETE", first, version=LEARNING)) == (
        400,
        "ValidationError",
        "The underlyingResourceAction field is required.",
    )
    query = {"underlyingResourceAction": "Delete"}
    assert arm.send("DELETE", first, version=LEARNING, query=query).status_code == 200
    made(arm, path, body, LEARNING)


def test_sizes_and_quotas_of_a_region(arm: Arm) -> None:
    """Sizes come with their family, families with the cores that they may use; GPU families begin with none."""
    place = f"{arm.subscription}/providers/Microsoft.MachineLearningServices/locations"
    sizes = arm.send("GET", f"{place}/westeurope/vmSizes", version=LEARNING).json()["value"]
    families = {each["name"]: each["family"] for each in sizes}
    quotas = arm.send("GET", f"{place}/westeurope/quotas", version=LEARNING).json()["value"]
    limits = {each["name"]["value"]: each["limit"] for each in quotas}
    assert limits[families["STANDARD_NC24ADS_A100_V4"]] == 0
    assert limits[families["STANDARD_DS3_V2"]] > 0
    unknown = arm.send("GET", f"{place}/atlantis/vmSizes", version=LEARNING)
    assert error(unknown)[:2] == (400, "LocationNotAvailableForResourceType")


def test_idle_time_of_an_instance(arm: Arm, workspace: str) -> None:
    """An action of its own sets it and takes it away; it lies between a quarter of an hour and three days."""
    path = f"{workspace}/computes/idle-instance"
    inner = {"vmSize": "STANDARD_DS3_V2"}
    body = {"location": "westeurope", "properties": {"computeType": "ComputeInstance", "properties": inner}}
    made(arm, path, body, LEARNING)
    found = []
    for idle in ("PT2H", "PT14M", "P4D", "soon", ""):
        action = f"{path}/updateIdleShutdownSetting"
        answer = arm.send("POST", action, {"idleTimeBeforeShutdown": idle}, version=LEARNING)
        shown = arm.send("GET", path, version=LEARNING).json()["properties"]["properties"]
        found.append((answer.status_code, shown.get("idleTimeBeforeShutdown")))
    assert found == [(200, "PT2H"), (400, "PT2H"), (400, "PT2H"), (400, "PT2H"), (200, None)]


def test_endpoints_token_ends_later(arm: Arm, workspace: str) -> None:
    """A token of an endpoint says when it ends and when to renew it, both in the future."""
    path = f"{workspace}/onlineEndpoints/token-endpoint"
    body = {"location": "westeurope", "identity": {"type": "SystemAssigned"}, "properties": {"authMode": "AMLToken"}}
    made(arm, path, body, LEARNING)
    token = arm.send("POST", f"{path}/token", version=LEARNING).json()
    assert time.time() < token["refreshAfterTimeUtc"] < token["expiryTimeUtc"]


def test_managed_network_connects_to_its_targets(arm: Arm) -> None:
    """Rules are Inactive and leave no trace until the network is made; then targets show approved connections.

    A rule that comes later connects at once, and what connected goes with its rule or with the workspace.
    """
    group = arm.group("managed")
    keys, store = vault(arm, group, "managed-keys"), account(arm, group, "managedstore")
    hub = f"{group}/providers/Microsoft.MachineLearningServices/workspaces/managed"
    properties = {
        "storageAccount": store,
        "keyVault": keys,
        "managedNetwork": {"isolationMode": "AllowOnlyApprovedOutbound"},
    }
    body = {"location": "westeurope", "kind": "Hub", "identity": {"type": "SystemAssigned"}, "properties": properties}
    made(arm, hub, body, LEARNING)

    def connected(target: str, version: str) -> list[tuple[str, str]]:
        listed = arm.send("GET", f"{target}/privateEndpointConnections", version=version).json()["value"]
        found = (each["properties"] for each in listed)
        return sorted(
            (
                each["privateEndpoint"]["id"].rsplit("/", 1)[1].split("_")[-2],
                each["privateLinkServiceConnectionState"]["status"],
            )
            for each in found
        )

    def statuses() -> set[str]:
        listed = arm.send("GET", f"{hub}/outboundRules", version=LEARNING).json()["value"]
        return {each["properties"]["status"] for each in listed}

    assert (connected(keys, VAULTS), statuses()) == ([], {"Inactive"})
    assert arm.send("POST", f"{hub}/provisionManagedNetwork", {}, version=LEARNING).ok
    assert statuses() == {"Active"}
    assert connected(keys, VAULTS) == [("vault", "Approved")]
    assert connected(store, STORAGE) == [("blob", "Approved"), ("file", "Approved")]
    rule = f"{hub}/outboundRules/to_queue_1"
    destination = {"serviceResourceId": store, "subresourceTarget": "queue", "sparkEnabled": False}
    made(arm, rule, {"properties": {"type": "PrivateEndpoint", "destination": destination}}, LEARNING)
    assert ("queue", "Approved") in connected(store, STORAGE)
    assert arm.send("DELETE", rule, version=LEARNING).ok
    assert connected(store, STORAGE) == [("blob", "Approved"), ("file", "Approved")]
    assert arm.send("DELETE", hub, version=LEARNING).ok
    assert (connected(keys, VAULTS), connected(store, STORAGE)) == ([], [])


def test_public_address_has_one_user(arm: Arm) -> None:
    """A second gateway cannot have the address of the first, and the address stays what it is."""
    network = f"{arm.group('public')}/providers/Microsoft.Network"
    address = f"{network}/publicIPAddresses/out"
    fixed = {"publicIPAllocationMethod": "Static"}
    made(arm, address, {"location": "westeurope", "sku": {"name": "Standard"}, "properties": fixed})
    gateway = {
        "location": "westeurope",
        "sku": {"name": "Standard"},
        "properties": {"publicIpAddresses": [{"id": address}]},
    }
    first, second = f"{network}/natGateways/first", f"{network}/natGateways/second"
    for _ in range(2):
        made(arm, first, gateway)
    assert error(arm.send("PUT", second, gateway)) == (
        400,
        "PublicIPAddressInUse",
        f"Resource {second} is referencing public IP address {address} that is already allocated to resource {first}.",
    )
    basic = {"location": "westeurope", "sku": {"name": "Basic"}, "properties": fixed}
    assert arm.send("PUT", address, basic).status_code == 400


@pytest.mark.parametrize("name", ["isHnsEnabled", "isNfsV3Enabled"])
def test_account_keeps_what_it_was_made_without(arm: Arm, name: str) -> None:
    """What is fixed at create cannot be switched on later, also where the first PUT did not name it."""
    path = account(arm, arm.group("fixed"), "fixedaccount")
    body = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": {name: True}}
    assert error(arm.send("PUT", path, body, version=STORAGE))[:2] == (409, "AccountPropertyCannotBeUpdated")
