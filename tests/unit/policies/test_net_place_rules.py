"""The rules of subnets, network cards and public addresses where they branch."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from tests.unit.policies.cases import finding, finding_of, rule_of

from azkeep.model.finding import Finding, Verdict
from azkeep.model.value import Reference, Unknown
from azkeep.policy.estate import Estate, Given
from azkeep.policy.evaluate import judge

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
NETWORK = "Microsoft.Network/virtualNetworks"
SUBNET = f"{NETWORK}/subnets"
ENDPOINT = "Microsoft.Network/privateEndpoints"
ZONE = "Microsoft.Network/privateDnsZones"
VAULT_ZONE = "privatelink.vaultcore.azure.net"
WORKSPACES = "Microsoft.MachineLearningServices/workspaces"
ELSEWHERE = "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/hub/providers"


def item(type_: str, name: str, properties: str = "{}", more: str = "") -> str:
    """One document of a list."""
    return f"- {{type: {type_}, name: {name}, properties: {properties}{more}}}"


def estate(*items: str) -> str:
    return "\n".join(items)


def known(text: str) -> Any:
    """YAML with `?` for what is not known yet."""
    return _known(yaml.safe_load(text))


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items()}
    return Unknown() if value == "?" else value


def inside(rule_id: str, network: Given) -> Finding:
    """What the rule says of the first subnet inside `network`."""
    return judge(rule_of(rule_id), Estate((network,)).of_type(SUBNET)[0])


class TestSubnets:
    @pytest.mark.parametrize(
        ("properties", "name", "verdict"),
        [
            ("{networkSecurityGroup: {id: x}}", "s", PASS),
            ("{networkSecurityGroup: {id: ''}}", "s", FAIL),
            ("{networkSecurityGroup: null}", "s", FAIL),
            ("{networkSecurityGroup: '?'}", "s", UNKNOWN),
            ("{networkSecurityGroup: odd}", "s", FAIL),
            ("{}", "gatewaysubnet", NA),
            ("{}", "RouteServerSubnet", NA),
            ("{}", "AzureBastionSubnet", FAIL),
            ("{delegations: [{properties: {serviceName: Microsoft.HardwareSecurityModules/dedicatedHSMs}}]}", "s", NA),
            ("{delegations: [{properties: {serviceName: Microsoft.Web/serverFarms}}]}", "s", FAIL),
        ],
    )
    def test_guard(self, properties: str, name: str, verdict: Verdict) -> None:
        """A subnet has a group, inside its network and apart, unless Azure runs it."""
        apart = f"- {{type: {SUBNET}, name: net/{name}, properties: {properties}}}"
        assert finding("NET-SUB-001", apart).verdict is verdict
        written = {"name": name, "properties": known(properties)}
        network = Given(NETWORK, "net", None, {"properties": {"subnets": [written]}})
        assert inside("NET-SUB-001", network).verdict is verdict

    def test_guard_by_reference(self) -> None:
        """The output of a declared group is set, before its id is known."""
        id = Reference("urn:pulumi:dev::p::azure-native:network:G::g", "id")
        own = Given(SUBNET, "s", None, {"properties": {"networkSecurityGroup": {"id": id}}})
        assert finding_of("NET-SUB-001", own).verdict is PASS

    @pytest.mark.parametrize(
        ("properties", "nat", "verdict"),
        [
            ("{defaultOutboundAccess: false}", True, PASS),
            ("{defaultOutboundAccess: true}", True, FAIL),
            ("{}", True, FAIL),
            ("{defaultOutboundAccess: '?'}", True, UNKNOWN),
            ("{natGateway: {id: x}}", True, NA),
            ("{natGateway: {id: x}}", False, FAIL),
            ("{natGateway: '?', defaultOutboundAccess: true}", True, UNKNOWN),
            ("{natGateway: '?', defaultOutboundAccess: false}", True, PASS),
        ],
    )
    def test_way_out(self, properties: str, nat: bool, verdict: Verdict) -> None:
        """The default way out is closed, unless a NAT gateway stands there and may."""
        text = f"- {{type: {SUBNET}, name: net/s, properties: {properties}}}"
        assert finding("NET-SUB-002", text, allow_nat=nat).verdict is verdict

    @pytest.mark.parametrize(
        ("policies", "holds", "verdict"),
        [
            ("Enabled", "'@net/s'", PASS),
            ("networksecuritygroupenabled", "'@net/s'", PASS),
            ("RouteTableEnabled", "'@net/s'", FAIL),
            ("Disabled", "'@net/s'", FAIL),
            ("null", "'@net/s'", FAIL),
            ("'?'", "'@net/s'", UNKNOWN),
            ("Disabled", "elsewhere", NA),
            ("Disabled", "'?'", UNKNOWN),
            ("Enabled", "'?'", PASS),
        ],
    )
    def test_endpoint_policies(self, policies: str, holds: str, verdict: Verdict) -> None:
        """Only subnets that hold a private endpoint are judged."""
        text = (
            f"- {{type: {SUBNET}, name: net/s, properties: {{privateEndpointNetworkPolicies: {policies}}}}}\n"
            f"- {{type: Microsoft.Network/privateEndpoints, name: e, properties: {{subnet: {{id: {holds}}}}}}}"
        )
        assert finding("NET-SUB-003", text).verdict is verdict

    @pytest.mark.parametrize(
        ("name", "group_", "verdict"),
        [
            ("GatewaySubnet", "{id: x}", FAIL),
            ("GATEWAYSUBNET", "'?'", UNKNOWN),
            ("GatewaySubnet", "null", PASS),
            ("other", "{id: x}", NA),
        ],
    )
    def test_gateway(self, name: str, group_: str, verdict: Verdict) -> None:
        """The gateway's subnet has no group."""
        text = f"- {{type: {SUBNET}, name: net/{name}, properties: {{networkSecurityGroup: {group_}}}}}"
        assert finding("NET-SUB-004", text).verdict is verdict


class TestComputeSubnets:
    COMPUTE = item(f"{WORKSPACES}/computes", "ws/c", "{properties: {subnet: {id: '@net/s'}}}")
    TABLE = item(
        "Microsoft.Network/routeTables", "rt", "{routes: [{name: a, properties: {addressPrefix: %s, nextHopType: %s}}]}"
    )

    @pytest.mark.parametrize(
        ("properties", "others", "verdict"),
        [
            ("{}", (), NA),
            ("{}", (COMPUTE,), FAIL),
            ("{routeTable: {id: '@rt'}}", (COMPUTE, TABLE % ("0.0.0.0/0", "virtualappliance")), PASS),
            ("{routeTable: {id: '@rt'}}", (COMPUTE, TABLE % ("0.0.0.0/0", "VirtualNetworkGateway")), FAIL),
            ("{routeTable: {id: '@rt'}}", (COMPUTE, TABLE % ("'?'", "VirtualAppliance")), UNKNOWN),
            ("{routeTable: {id: elsewhere}}", (COMPUTE,), UNKNOWN),
            ("{routeTable: {id: '?'}}", (COMPUTE,), UNKNOWN),
            ("{routeTable: {id: '@net'}}", (COMPUTE, item(NETWORK, "net")), FAIL),
        ],
    )
    def test_routes(self, properties: str, others: tuple[str, ...], verdict: Verdict) -> None:
        """A compute's subnet sends everything to an appliance; a table out of sight leaves it open."""
        assert finding("NET-SUB-005", estate(item(SUBNET, "net/s", properties), *others)).verdict is verdict

    def test_route_apart(self) -> None:
        """A route written apart from its table counts."""
        route = "{addressPrefix: 0.0.0.0/0, nextHopType: VirtualAppliance}"
        table = item("Microsoft.Network/routeTables", "rt")
        apart = item("Microsoft.Network/routeTables/routes", "rt/out", route)
        text = estate(item(SUBNET, "net/s", "{routeTable: {id: '@rt'}}"), self.COMPUTE, table, apart)
        assert finding("NET-SUB-005", text).verdict is PASS

    POLICY = item(
        "Microsoft.Network/serviceEndpointPolicies",
        "pol",
        "{serviceEndpointPolicyDefinitions: [{name: a, properties: {serviceResources: [%s]}}]}",
    )
    ACCOUNT = item("Microsoft.Storage/storageAccounts", "data")
    STORAGE = "{serviceEndpoints: [{service: microsoft.storage}], serviceEndpointPolicies: %s}"

    @pytest.mark.parametrize(
        ("properties", "others", "verdict"),
        [
            ("{}", (), NA),
            ("{}", (COMPUTE,), PASS),
            ("{serviceEndpoints: [{service: Microsoft.KeyVault}]}", (COMPUTE,), PASS),
            ("{serviceEndpoints: [{service: Microsoft.Storage.Global}]}", (COMPUTE,), FAIL),
            ("{serviceEndpoints: '?'}", (COMPUTE,), UNKNOWN),
            (STORAGE % "[]", (COMPUTE,), FAIL),
            (STORAGE % "'?'", (COMPUTE,), UNKNOWN),
            (STORAGE % "[{id: '@pol'}]", (COMPUTE, ACCOUNT, POLICY % "'@data'"), PASS),
            (STORAGE % "[{id: '@pol'}]", (COMPUTE, ACCOUNT, POLICY % "'@data#other'"), FAIL),
            (STORAGE % "[{id: '@pol'}]", (COMPUTE, ACCOUNT, POLICY % "/services/azure/machinelearning"), PASS),
            (STORAGE % "[{id: '@pol'}]", (COMPUTE, ACCOUNT, POLICY % "/services/Azure"), FAIL),
            (STORAGE % "[{id: '@pol'}]", (COMPUTE, ACCOUNT, POLICY % "'?'"), UNKNOWN),
            (STORAGE % "[{id: '@pol'}, {id: elsewhere}]", (COMPUTE, ACCOUNT, POLICY % "'@data'"), UNKNOWN),
            (STORAGE % "[{id: elsewhere}]", (COMPUTE,), UNKNOWN),
        ],
    )
    def test_storage(self, properties: str, others: tuple[str, ...], verdict: Verdict) -> None:
        """An endpoint of storage is bounded by policies whose every resource is known."""
        assert finding("NET-SUB-006", estate(item(SUBNET, "net/s", properties), *others)).verdict is verdict

    @staticmethod
    def cluster(nodes: Any, kind: str = "AmlCompute", name: str = "c") -> str:
        inner = f"{{subnet: {{id: '@net/s'}}, scaleSettings: {{maxNodeCount: {nodes}}}}}"
        return item(f"{WORKSPACES}/computes", f"ws/{name}", f"{{computeType: {kind}, properties: {inner}}}")

    @pytest.mark.parametrize(
        ("properties", "nodes", "verdict"),
        [
            ("{addressPrefix: 10.0.0.0/28}", (11,), PASS),
            ("{addressPrefix: 10.0.0.0/28}", (12,), FAIL),
            ("{addressPrefix: 10.0.0.0/28}", (6, 6), FAIL),
            ("{addressPrefixes: [10.0.0.0/28, 10.0.1.0/28]}", (22,), PASS),
            ("{addressPrefix: 10.0.0.0/28, addressPrefixes: [10.0.0.0/28]}", (12,), FAIL),
            ("{addressPrefixes: [10.0.0.0/28, 'fd00::/64']}", (12,), FAIL),
            ("{addressPrefix: 10.0.0.0/28}", (6, "'?'"), UNKNOWN),
            ("{addressPrefix: 10.0.0.0/28}", (12, "'?'"), FAIL),
            ("{addressPrefix: '?'}", (1,), UNKNOWN),
            ("{addressPrefix: odd}", (1,), FAIL),
            ("{}", (1,), FAIL),
            ("{}", (), NA),
        ],
    )
    def test_room(self, properties: str, nodes: tuple[Any, ...], verdict: Verdict) -> None:
        """Azure keeps five addresses of each range; what is known to be too much is too much."""
        computes = [self.cluster(each, name=f"c{index}") for index, each in enumerate(nodes)]
        assert finding("NET-SUB-007", estate(item(SUBNET, "net/s", properties), *computes)).verdict is verdict

    def test_room_for_instances(self) -> None:
        """An instance is one node."""
        computes = [self.cluster("null", "ComputeInstance", f"i{index}") for index in range(4)]
        small = item(SUBNET, "net/s", "{addressPrefix: 10.0.0.0/29}")
        assert finding("NET-SUB-007", estate(small, *computes[:3])).verdict is PASS
        assert finding("NET-SUB-007", estate(small, *computes)).verdict is FAIL


class TestCardsAndAddresses:
    @pytest.mark.parametrize(
        ("configurations", "verdict"),
        [
            ("null", PASS),
            ("[]", PASS),
            ("[{properties: {publicIPAddress: null}}]", PASS),
            ("[{properties: {}}, {properties: {publicIPAddress: {id: x}}}]", FAIL),
            ("[{properties: {publicIPAddress: '?'}}]", UNKNOWN),
            ("[{properties: '?'}, {properties: {publicIPAddress: {id: x}}}]", FAIL),
            ("'?'", UNKNOWN),
            ("odd", FAIL),
        ],
    )
    def test_public_card(self, configurations: str, verdict: Verdict) -> None:
        """No configuration of a card has a public address."""
        text = item("Microsoft.Network/networkInterfaces", "nic", f"{{ipConfigurations: {configurations}}}")
        assert finding("NET-NIC-001", text).verdict is verdict

    @pytest.mark.parametrize(
        ("properties", "appliances", "verdict"),
        [
            ("{enableIPForwarding: null}", [], PASS),
            ("{enableIPForwarding: true}", [], FAIL),
            ("{enableIPForwarding: true}", ["NIC"], PASS),
            ("{enableIPForwarding: true}", ["router"], FAIL),
            ("{enableIPForwarding: true, virtualMachine: {id: /a/router}}", ["Router"], PASS),
            ("{enableIPForwarding: true, virtualMachine: '?'}", ["router"], UNKNOWN),
            ("{enableIPForwarding: '?'}", [], UNKNOWN),
            ("{enableIPForwarding: 'false'}", [], FAIL),
        ],
    )
    def test_forwarding(self, properties: str, appliances: list[str], verdict: Verdict) -> None:
        """Only a listed appliance forwards."""
        text = item("Microsoft.Network/networkInterfaces", "nic", properties)
        assert finding("NET-NIC-002", text, appliances=appliances).verdict is verdict

    HELD = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/%s/ipConfigurations/x"

    @pytest.mark.parametrize(
        ("properties", "others", "verdict"),
        [
            ("{}", (), FAIL),
            ("{}", (item("Microsoft.Network/natGateways", "n", "{publicIpAddresses: [{id: '@a'}]}"),), PASS),
            ("{}", (item("Microsoft.Network/natGateways", "n", "{publicIpAddresses: [{id: elsewhere}]}"),), FAIL),
            ("{}", (item("Microsoft.Network/natGateways", "n", "{publicIpAddresses: '?'}"),), UNKNOWN),
            ("{ipConfiguration: {id: %s}}" % (HELD % "azureFirewalls/f"), (), PASS),
            ("{ipConfiguration: {id: %s}}" % (HELD % "networkInterfaces/n"), (), FAIL),
            ("{ipConfiguration: {id: '?'}}", (), UNKNOWN),
        ],
    )
    def test_public_address(self, properties: str, others: tuple[str, ...], verdict: Verdict) -> None:
        """A public address has a use that somebody agreed to."""
        text = estate(item("Microsoft.Network/publicIPAddresses", "a", properties), *others)
        assert finding("NET-PIP-001", text).verdict is verdict
        assert finding("NET-PIP-001", text, allowed_names=["A"]).verdict is PASS
