"""The secure workspace in each form of its network: what is declared, and that it is secure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from .declared_estate import Estate, id_of

Shipped = Callable[[str], dict[str, Any]]
Declare = Callable[..., Estate]

HUB = "/subscriptions/00000000-0000-0000-0000-0000000000ff/resourceGroups/hub/providers"
VNET = f"{HUB}/Microsoft.Network/virtualNetworks/spoke"
COMPANIONS = {
    "storage:StorageAccount": 1,
    "storage:BlobServiceProperties": 1,
    "storage:FileServiceProperties": 1,
    "keyvault:Vault": 1,
    "containerregistry:Registry": 1,
    "operationalinsights:Workspace": 1,
    "applicationinsights:Component": 1,
}
ALWAYS = {
    "resources:ResourceGroup": 1,
    "managedidentity:UserAssignedIdentity": 3,
    "network:PrivateEndpoint": 5,
    "network:PrivateDnsZoneGroup": 5,
    "machinelearningservices:Workspace": 1,
    "machinelearningservices:Compute": 4,
    "machinelearningservices:EnvironmentVersion": 1,
    "machinelearningservices:ModelVersion": 2,
    "machinelearningservices:OnlineEndpoint": 1,
    "machinelearningservices:OnlineDeployment": 2,
}
ZONES = {"privatedns:PrivateZone": 6, "privatedns:VirtualNetworkLink": 6}


def existing(estate: dict[str, Any]) -> dict[str, Any]:
    subnets = {"training": f"{VNET}/subnets/training", "endpoints": f"{VNET}/subnets/endpoints"}
    return {**estate, "network": {"form": "existing", **subnets}}


def managed(estate: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**estate, "network": {"form": "managed", **more}}


def rules(group: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {rule["name"]: rule for rule in group["securityRules"]}


def test_own_network_declares_the_whole_estate(own: Estate) -> None:
    """The own form makes a network with NAT, and everything else once."""
    network = {
        "network:VirtualNetwork": 1,
        "network:Subnet": 2,
        "network:NetworkSecurityGroup": 2,
        "network:PublicIPAddress": 1,
        "network:NatGateway": 1,
        "network:ServiceEndpointPolicy": 1,
    }
    rest = {"authorization:RoleAssignment": 14, "monitor:DiagnosticSetting": 6}
    assert own.tokens() == {**COMPANIONS, **ALWAYS, **ZONES, **network, **rest}


def test_existing_network_makes_no_network(shipped: Shipped, declare: Declare) -> None:
    """With given subnets nothing of the network is made; zones are linked to the given one."""
    found = declare(existing(shipped("dev")))
    rest = {"authorization:RoleAssignment": 14, "monitor:DiagnosticSetting": 6}
    assert found.tokens() == {**COMPANIONS, **ALWAYS, **ZONES, **rest}
    compute = found.one("machinelearningservices:Compute", "gpu-cluster")["properties"]["properties"]
    assert compute["subnet"] == {"id": f"{VNET}/subnets/training"}
    endpoint = found.one("network:PrivateEndpoint", "workspace-endpoint")
    assert endpoint["subnet"] == {"id": f"{VNET}/subnets/endpoints"}
    links = found.all("privatedns:VirtualNetworkLink").values()
    assert {link["virtualNetwork"]["id"] for link in links} == {VNET}


def test_managed_network_keeps_only_endpoints_of_ours(shipped: Shipped, declare: Declare) -> None:
    """The managed form puts computes in Azure's network; ours holds the clients' private endpoints."""
    found = declare(managed(shipped("dev"), outbound={"hosts": {"packages": "packages.example.com"}}))
    network = {"network:VirtualNetwork": 1, "network:Subnet": 1, "network:NetworkSecurityGroup": 1}
    rest = {"authorization:RoleAssignment": 17, "monitor:DiagnosticSetting": 6}
    rule = {"machinelearningservices:ManagedNetworkSettingsRule": 1}
    assert found.tokens() == {**COMPANIONS, **ALWAYS, **ZONES, **network, **rest, **rule}
    workspace = found.one("machinelearningservices:Workspace")
    assert workspace["managedNetwork"]["isolationMode"] == "AllowOnlyApprovedOutbound"
    assert "serverlessComputeSettings" not in workspace
    for compute in found.all("machinelearningservices:Compute").values():
        assert "subnet" not in compute["properties"]["properties"]
        assert compute["properties"]["properties"]["enableNodePublicIp"] is False
    outbound = found.one("machinelearningservices:ManagedNetworkSettingsRule")
    assert outbound["ruleName"] == "packages"
    assert outbound["properties"] == {
        "type": "FQDN",
        "category": "UserDefined",
        "destination": "packages.example.com",
    }


def test_managed_network_with_a_given_subnet_makes_no_network(shipped: Shipped, declare: Declare) -> None:
    """Where the endpoints' subnet is an id, the managed form makes no virtual network at all."""
    found = declare(managed(shipped("dev"), endpoints=f"{VNET}/subnets/endpoints"))
    assert not [token for token in found.tokens() if token.startswith("network:Virtual")]
    assert found.one("network:PrivateEndpoint", "vault-endpoint")["subnet"] == {"id": f"{VNET}/subnets/endpoints"}


def test_companions_refuse_public_traffic_and_keys(own: Estate) -> None:
    """Storage, vault, registry and workspace are closed; nothing accepts keys or a shared password."""
    storage = own.one("storage:StorageAccount")
    assert storage["accountName"] == "keepdevst"
    assert storage["publicNetworkAccess"] == "Disabled"
    assert storage["networkRuleSet"] == {"defaultAction": "Deny", "bypass": "AzureServices"}
    assert (storage["allowSharedKeyAccess"], storage["allowBlobPublicAccess"]) == (False, False)
    assert storage["minimumTlsVersion"] == "TLS1_2"
    vault = own.one("keyvault:Vault")["properties"]
    assert (vault["publicNetworkAccess"], vault["enableRbacAuthorization"]) == ("Disabled", True)
    assert vault["networkAcls"] == {"defaultAction": "Deny", "bypass": "AzureServices"}
    registry = own.one("containerregistry:Registry")
    assert registry["sku"] == {"name": "Premium"}
    assert (registry["adminUserEnabled"], registry["publicNetworkAccess"]) == (False, "Disabled")
    assert registry["policies"]["exportPolicy"] == {"status": "disabled"}
    for token in ("operationalinsights:Workspace", "applicationinsights:Component"):
        inputs = own.one(token)
        assert inputs.get("disableLocalAuth", inputs.get("features", {}).get("disableLocalAuth")) is True


def test_workspace_works_by_identity(own: Estate) -> None:
    """The workspace runs as its own identity, keeps no account keys, and builds images on the CPU cluster."""
    workspace = own.one("machinelearningservices:Workspace")
    identity = id_of("workspace-identity")
    assert workspace["identity"] == {"type": "UserAssigned", "userAssignedIdentities": [identity]}
    assert workspace["primaryUserAssignedIdentity"] == identity
    assert workspace["systemDatastoresAuthMode"] == "Identity"
    assert workspace["publicNetworkAccess"] == "Disabled"
    assert workspace["imageBuildCompute"] == "cpu-cluster"
    assert workspace["serverlessComputeSettings"] == {
        "serverlessComputeCustomSubnet": id_of("training"),
        "serverlessComputeNoPublicIP": True,
    }


def test_computes_are_private_and_shrink_to_nothing(own: Estate) -> None:
    """Clusters start from zero nodes in the training subnet; no compute has a public address, SSH or local accounts."""
    for name, compute in own.all("machinelearningservices:Compute").items():
        properties = compute["properties"]
        nodes = properties["properties"]
        assert properties["disableLocalAuth"] is True
        assert nodes["enableNodePublicIp"] is False
        assert nodes["subnet"] == {"id": id_of("training")}
        if name == "instance":
            assert nodes["sshSettings"] == {"sshPublicAccess": "Disabled"}
            assert nodes["applicationSharingPolicy"] == "Personal"
            continue
        assert nodes["scaleSettings"]["minNodeCount"] == 0
        assert nodes["remoteLoginPortPublicAccess"] == "Disabled"
        assert compute["identity"]["userAssignedIdentities"] == [id_of("compute-identity")]


def test_subnets_are_guarded(own: Estate) -> None:
    """Both subnets have a security group and no default way out; computes leave by NAT, to listed services only."""
    training = own.one("network:Subnet", "training")
    endpoints = own.one("network:Subnet", "endpoints")
    assert training["natGateway"] == {"id": id_of("nat")}
    assert training["serviceEndpointPolicies"] == [{"id": id_of("storage-policy")}]
    assert (training["defaultOutboundAccess"], endpoints["defaultOutboundAccess"]) == (False, False)
    assert endpoints["privateEndpointNetworkPolicies"] == "Enabled"
    assert endpoints["networkSecurityGroup"] == {"id": id_of("endpoints-nsg")}
    found = rules(own.one("network:NetworkSecurityGroup", "training-nsg"))
    assert {rule["direction"] for rule in found.values()} == {"Outbound"}
    assert found["AllowBatch"]["destinationAddressPrefix"] == "BatchNodeManagement.westeurope"
    assert found["AllowMachineLearning"]["destinationPortRanges"] == ["443", "8787", "18881"]
    assert found["AllowMachineLearningUdp"]["protocol"] == "Udp"
    deny = found["DenyInternet"]
    assert (deny["access"], deny["destinationAddressPrefix"]) == ("Deny", "Internet")
    assert deny["priority"] == max(rule["priority"] for rule in found.values())
    assert found["DenyRemoteLogin"]["priority"] == min(rule["priority"] for rule in found.values())


def test_private_endpoints_have_their_names(own: Estate) -> None:
    """Each endpoint has the zones of its group: two for the workspace; every zone is global and linked."""
    zones = {
        name: [zone["privateDnsZoneId"].rsplit("/", 1)[-1] for zone in group["privateDnsZoneConfigs"]]
        for name, group in own.all("network:PrivateDnsZoneGroup").items()
    }
    assert zones == {
        "storage-blob-names": ["privatelink.blob.core.windows.net"],
        "storage-file-names": ["privatelink.file.core.windows.net"],
        "vault-names": ["privatelink.vaultcore.azure.net"],
        "registry-names": ["privatelink.azurecr.io"],
        "workspace-names": ["privatelink.api.azureml.ms", "privatelink.notebooks.azure.net"],
    }
    linked = own.all("privatedns:VirtualNetworkLink").values()
    assert {link["privateZoneName"] for link in linked} == set(own.all("privatedns:PrivateZone"))
    everywhere = [*own.all("privatedns:PrivateZone").values(), *linked]
    assert {each["location"] for each in everywhere} == {"global"}


def test_roles_are_those_of_each_purpose(own: Estate) -> None:
    """Roles go to managed identities as ServicePrincipal; each identity has the documented ones and no more."""
    assignments = own.all("authorization:RoleAssignment")
    assert {each["principalType"] for each in assignments.values()} == {"ServicePrincipal"}
    assert len({each["roleAssignmentName"] for each in assignments.values()}) == len(assignments)
    by_principal: dict[str, set[str]] = {}
    for name, each in assignments.items():
        by_principal.setdefault(each["principalId"], set()).add(name)
    assert by_principal["principal-of-compute-identity"] == {
        "compute-acrpull-registry",
        "compute-storage-blob-data-contributor-storage",
        "compute-storage-file-data-privileged-contributor-storage",
    }
    assert by_principal["principal-of-endpoint-identity"] == {
        "endpoint-acrpull-registry",
        "endpoint-storage-blob-data-reader-storage",
    }
    assert len(by_principal["principal-of-workspace-identity"]) == 9
    reader = assignments["workspace-reader-file-endpoint"]
    assert reader["scope"] == id_of("storage-file-endpoint")


def test_names_stay_from_run_to_run(own: Estate, shipped: Shipped, declare: Declare) -> None:
    """The same settings declare the same names and inputs again, role assignments included."""
    again = declare(shipped("dev"))
    assert {(each.token, each.name): each.inputs for each in again.declared} == {
        (each.token, each.name): each.inputs for each in own.declared
    }


def test_endpoint_sets_its_traffic(own: Estate) -> None:
    """Without a phase the endpoint gets the shares of the settings; it takes Entra tokens over private network only."""
    endpoint = own.one("machinelearningservices:OnlineEndpoint")
    assert endpoint["endpointName"] == "keep-dev-score"
    assert endpoint["properties"] == {
        "authMode": "AADToken",
        "publicNetworkAccess": "Disabled",
        "traffic": {"blue": 90, "green": 10},
    }
    for deployment in own.all("machinelearningservices:OnlineDeployment").values():
        assert deployment["properties"]["egressPublicNetworkAccess"] == "Disabled"
        assert deployment["properties"]["environmentId"] == id_of("environment-1.0.0")


@pytest.mark.parametrize(
    ("phase", "declared"),
    [("hold", {}), ('{"keep-dev-score": {"blue": 100}}', {"blue": 100}), ('{"other": {"blue": 100}}', {})],
)
def test_endpoint_holds_its_traffic(shipped: Shipped, declare: Declare, phase: str, declared: dict[str, int]) -> None:
    """While traffic is held, the endpoint declares none, or the shares that it has."""
    found = declare(shipped("dev"), traffic=phase)
    assert found.one("machinelearningservices:OnlineEndpoint")["properties"]["traffic"] == declared


def test_firewall_egress_routes_everything_to_it(shipped: Shipped, declare: Declare) -> None:
    """Egress by firewall makes a route table instead of NAT and a public address."""
    estate = shipped("dev")
    estate["network"]["egress"] = {"through": "firewall", "next_hop": "10.0.0.4"}
    found = declare(estate)
    route = found.one("network:RouteTable")["routes"][0]
    assert (route["addressPrefix"], route["nextHopType"], route["nextHopIpAddress"]) == (
        "0.0.0.0/0",
        "VirtualAppliance",
        "10.0.0.4",
    )
    assert found.one("network:Subnet", "training")["routeTable"] == {"id": id_of("routes")}
    assert not {"network:NatGateway", "network:PublicIPAddress"} & set(found.tokens())


def test_given_companions_are_not_made(shipped: Shipped, declare: Declare) -> None:
    """Companions given by id, in another subscription, are used and reached, but neither made nor logged."""
    given = {
        "storage": f"{HUB}/Microsoft.Storage/storageAccounts/hubstore",
        "vault": f"{HUB}/Microsoft.KeyVault/vaults/hub-kv",
        "registry": f"{HUB}/Microsoft.ContainerRegistry/registries/HubImages",
    }
    logs = f"{HUB}/Microsoft.OperationalInsights/workspaces/hub-logs"
    insights = f"{HUB}/Microsoft.Insights/components/hub-appi"
    estate = {**shipped("dev"), **{name: {"id": id} for name, id in given.items()}}
    found = declare({**estate, "monitoring": {"log_workspace": logs, "insights": insights}})
    assert not set(COMPANIONS) & set(found.tokens())
    workspace = found.one("machinelearningservices:Workspace")
    assert (workspace["storageAccount"], workspace["keyVault"]) == (given["storage"], given["vault"])
    assert (workspace["containerRegistry"], workspace["applicationInsights"]) == (given["registry"], insights)
    assert set(found.all("monitor:DiagnosticSetting")) == {"workspace-logs", "endpoint-logs"}
    connection = found.one("network:PrivateEndpoint", "registry-endpoint")["privateLinkServiceConnections"][0]
    assert connection["privateLinkServiceId"] == given["registry"]
    image = found.one("machinelearningservices:EnvironmentVersion")["properties"]["image"]
    assert image == "hubimages.azurecr.io/serving/churn:1.0.0"


@pytest.mark.parametrize(("link", "links"), [(False, 5), (True, 6)])
def test_given_zone_is_linked_only_on_request(shipped: Shipped, declare: Declare, link: bool, links: int) -> None:
    """A given zone is used as it is; a link to it is made in its own group and subscription, and only if asked for."""
    zone = "privatelink.azurecr.io"
    id = f"{HUB}/Microsoft.Network/privateDnsZones/{zone}"
    found = declare({**shipped("dev"), "dns": {"zones": {zone: id}, "link_given": link}})
    assert zone not in found.all("privatedns:PrivateZone")
    names = found.one("network:PrivateDnsZoneGroup", "registry-names")["privateDnsZoneConfigs"]
    assert [each["privateDnsZoneId"] for each in names] == [id]
    linked = [each for each in found.declared if each.token == "privatedns:VirtualNetworkLink"]
    assert len(linked) == links
    beside = [each for each in linked if each.inputs["privateZoneName"] == zone]
    assert [each.inputs["resourceGroupName"] for each in beside] == ["hub"] * link
    assert ["0000000000ff" in each.provider for each in beside] == [True] * link


def test_public_addresses_open_only_what_the_service_needs(shipped: Shipped, declare: Declare) -> None:
    """A cluster with public addresses, said so by name, brings the two inbound rules of the service."""
    estate = shipped("dev")
    estate["compute"]["clusters"]["gpu-cluster"]["public_address"] = True
    group = declare(estate).one("network:NetworkSecurityGroup", "training-nsg")
    inbound = {name: rule for name, rule in rules(group).items() if rule["direction"] == "Inbound"}
    assert {name: (rule["sourceAddressPrefix"], rule["destinationPortRange"]) for name, rule in inbound.items()} == {
        "AllowMachineLearningIn": ("AzureMachineLearning", "44224"),
        "AllowBatchIn": ("BatchNodeManagement", "29876-29877"),
    }


def test_production_is_locked(shipped: Shipped, declare: Declare) -> None:
    """The shipped production estate locks what holds state, leaves by firewall and keeps data in another region."""
    found = declare(shipped("prod"))
    locks = found.all("authorization:ManagementLockByScope")
    assert {lock["scope"] for lock in locks.values()} == {
        id_of(name) for name in ("workspace", "storage", "vault", "registry")
    }
    assert {lock["level"] for lock in locks.values()} == {"CanNotDelete"}
    assert found.one("keyvault:Vault")["properties"]["enablePurgeProtection"] is True
    assert found.one("storage:StorageAccount")["sku"] == {"name": "Standard_GZRS"}
    assert found.one("storage:StorageAccount")["tags"]["environment"] == "production"


def test_plain_workspace_declares_seven_resources(plain: Estate) -> None:
    """The plain example is a group, a network with a subnet, three companions and a workspace that names them."""
    assert plain.tokens() == {
        "resources:ResourceGroup": 1,
        "network:VirtualNetwork": 1,
        "network:Subnet": 1,
        "storage:StorageAccount": 1,
        "keyvault:Vault": 1,
        "applicationinsights:Component": 1,
        "machinelearningservices:Workspace": 1,
    }
    workspace = plain.one("machinelearningservices:Workspace")
    assert (workspace["storageAccount"], workspace["keyVault"]) == (id_of("store"), id_of("vault"))
