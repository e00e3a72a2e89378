"""The rules of private endpoints, DNS, networks and their logs where they branch."""

from __future__ import annotations

import pytest
from tests.unit.policies.cases import finding, finding_of

from azkeep.model.finding import Verdict
from azkeep.model.value import Reference, Unknown
from azkeep.policy.estate import Given

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


def endpoint(groups: str = "[vault]", *others: str, more: str = "", kind: str = "privateLinkServiceConnections") -> str:
    connection = f"[{{properties: {{privateLinkServiceId: '@kv', groupIds: {groups}}}}}]"
    own = item(ENDPOINT, "pe", f"{{subnet: {{id: '@net/s'}}, {kind}: {connection}{more}}}")
    places = (item("Microsoft.KeyVault/vaults", "kv"), item(SUBNET, "net/s"), item(NETWORK, "net"))
    return estate(own, *places, *others)


def zone_group(*ids: str) -> str:
    configs = ", ".join(f"{{properties: {{privateDnsZoneId: '{id}'}}}}" for id in ids)
    return item(f"{ENDPOINT}/privateDnsZoneGroups", "pe/default", f"{{privateDnsZoneConfigs: [{configs}]}}")


FAR_ZONE = f"{ELSEWHERE}/{ZONE}/{VAULT_ZONE}"


CONNECTIONS = "privateLinkServiceConnections"


class TestPrivateEndpoints:
    @pytest.mark.parametrize(
        ("groups", "ids", "verdict"),
        [
            ("[vault]", [FAR_ZONE], PASS),
            ("[VAULT]", [FAR_ZONE.upper()], PASS),
            ("[vault]", [f"{ELSEWHERE}/{ZONE}/privatelink.example.com"], FAIL),
            ("[vault]", [f"{ELSEWHERE}/{ZONE}/x{VAULT_ZONE}"], FAIL),
            ("[vault]", ["?"], UNKNOWN),
            ("[vault]", ["?", FAR_ZONE], PASS),
            ("[vault, blob]", [FAR_ZONE], FAIL),
            ("[unheard]", [], NA),
            ("[]", [], NA),
            ("'?'", [], UNKNOWN),
            ("vault", [FAR_ZONE], FAIL),
            ("[management]", [f"{ELSEWHERE}/{ZONE}/privatelink.westeurope.azmk8s.io"], PASS),
            ("[management]", [f"{ELSEWHERE}/{ZONE}/privatelink.a.b.azmk8s.io"], FAIL),
            ("[amlregistry]", [f"{ELSEWHERE}/{ZONE}/privatelink.api.azureml.ms"], PASS),
        ],
    )
    def test_zones(self, groups: str, ids: list[str], verdict: Verdict) -> None:
        """Every zone of every group id is named."""
        assert finding("NET-PE-001", endpoint(groups, zone_group(*ids))).verdict is verdict

    def test_no_zone_group(self) -> None:
        """An endpoint without a zone group fails, by hand approved ones too."""
        assert finding("NET-PE-001", endpoint()).verdict is FAIL
        assert finding("NET-PE-001", endpoint(kind="manualPrivateLinkServiceConnections")).verdict is FAIL

    def test_zone_table_is_a_parameter(self) -> None:
        """Another table replaces the default."""
        assert finding("NET-PE-001", endpoint(), zone_table={"vault": []}).verdict is PASS

    def test_zone_by_reference(self) -> None:
        """A declared zone is known by its name before its id is, one of unknown name leaves it open."""
        zone, own = ("urn:pulumi:dev::p::azure-native:x:" + name for name in ("Zone::z", "Endpoint::e"))
        connection = {"properties": {"groupIds": ["vault"], "privateLinkServiceId": Unknown()}}
        config = {"properties": {"privateDnsZoneId": Reference(zone, "id")}}
        found = finding_of(
            "NET-PE-001",
            Given(ENDPOINT, "e", None, {"properties": {"privateLinkServiceConnections": [connection]}}, own),
            Given(
                f"{ENDPOINT}/privateDnsZoneGroups",
                "g",
                None,
                {"properties": {"privateDnsZoneConfigs": [config]}},
                "",
                own,
            ),
            Given(ZONE, VAULT_ZONE, f"{ELSEWHERE}/{ZONE}/{VAULT_ZONE}", {}, zone),
        )
        assert found.verdict is PASS

    MANUAL = "{manualPrivateLinkServiceConnections: [{properties: {privateLinkServiceId: %s}}]}"
    FAR = f"{ELSEWHERE}/Microsoft.KeyVault/vaults/far"

    @pytest.mark.parametrize(
        ("properties", "live", "verdict"),
        [
            ("{}", False, PASS),
            ("{manualPrivateLinkServiceConnections: null}", False, PASS),
            ("{manualPrivateLinkServiceConnections: []}", False, PASS),
            ("{manualPrivateLinkServiceConnections: '?'}", False, UNKNOWN),
            ("{manualPrivateLinkServiceConnections: odd}", False, FAIL),
            (MANUAL % FAR, False, UNKNOWN),
            (MANUAL % "service.guid.westeurope.azure.privatelinkservice", False, UNKNOWN),
            (MANUAL % "'?'", False, UNKNOWN),
            (MANUAL % "null", False, FAIL),
            (f"{{{CONNECTIONS}: [{{properties: {{privateLinkServiceConnectionState: {{}}}}}}]}}", True, FAIL),
            (
                f"{{{CONNECTIONS}: [{{properties: {{privateLinkServiceConnectionState: {{status: approved}}}}}}]}}",
                True,
                PASS,
            ),
        ],
    )
    def test_approval(self, properties: str, live: bool, verdict: Verdict) -> None:
        """Nothing waits for a hand, unless somebody else's may have to lift it."""
        assert finding("NET-PE-002", item(ENDPOINT, "pe", properties), live=live).verdict is verdict

    @pytest.mark.parametrize(("tenant", "verdict"), [("b", PASS), ("a", FAIL), ("'?'", UNKNOWN)])
    def test_tenants(self, tenant: str, verdict: Verdict) -> None:
        """The documents of the subscriptions tell whose the target is."""
        own = "- {type: Microsoft.Resources/subscriptions, name: own, tenantId: a}"
        id = ELSEWHERE.split("/resourceGroups", maxsplit=1)[0]
        far = f"- {{type: Microsoft.Resources/subscriptions, name: far, id: {id}, tenantId: {tenant}}}"
        text = estate(item(ENDPOINT, "pe", self.MANUAL % self.FAR), own, far)
        assert finding("NET-PE-002", text).verdict is verdict

    USED = item(f"{WORKSPACES}/computes", "ws/c", "{properties: {subnet: {id: %s}}}")
    FAR_SUBNET = f"{ELSEWHERE}/{NETWORK}/hub/subnets/shared"

    @pytest.mark.parametrize(
        ("subnet", "others", "allowed", "verdict"),
        [
            ("'@net/s'", (item(SUBNET, "net/s"),), [], PASS),
            ("'@net/s'", (item(SUBNET, "net/s"), USED % "'@net/s'"), [], FAIL),
            ("'@net/s'", (item(SUBNET, "net/s"), USED % "'?'"), [], UNKNOWN),
            ("'@net/s'", (item(SUBNET, "net/s"),), ["S"], PASS),
            ("'@net/s'", (item(SUBNET, "net/s"),), ["t"], FAIL),
            (FAR_SUBNET, (), [], PASS),
            (FAR_SUBNET, (USED % FAR_SUBNET,), [], FAIL),
            (FAR_SUBNET, (), ["shared"], PASS),
            (FAR_SUBNET, (), ["other"], FAIL),
            ("'?'", (), [], UNKNOWN),
            ("null", (), [], FAIL),
        ],
    )
    def test_subnets(self, subnet: str, others: tuple[str, ...], allowed: list[str], verdict: Verdict) -> None:
        """An endpoint is in a listed subnet and in none of computes, be it in the estate or not."""
        text = estate(item(ENDPOINT, "pe", f"{{subnet: {{id: {subnet}}}}}"), *others)
        assert finding("NET-PE-003", text, allowed_subnets=allowed).verdict is verdict


class TestDns:
    LINK = item(f"{ZONE}/virtualNetworkLinks", f"{VAULT_ZONE}/main", "{virtualNetwork: {id: %s}}")
    DECLARED = item(ZONE, VAULT_ZONE)
    OWN = f"@{VAULT_ZONE}"
    HUB = f"{ELSEWHERE}/{NETWORK}/hub"

    @pytest.mark.parametrize(
        ("others", "hub", "verdict"),
        [
            ((), "", NA),
            ((DECLARED, zone_group(OWN)), "", FAIL),
            ((DECLARED, zone_group(OWN), LINK % "'@net'"), "", PASS),
            ((DECLARED, zone_group(OWN), LINK % HUB), "", FAIL),
            ((DECLARED, zone_group(OWN), LINK % HUB), "hub", PASS),
            ((DECLARED, zone_group(OWN), LINK % HUB), HUB.lower(), PASS),
            ((DECLARED, zone_group(OWN), LINK % HUB), "other", FAIL),
            ((DECLARED, zone_group(OWN), LINK % "'?'"), "", UNKNOWN),
            ((zone_group(FAR_ZONE),), "", UNKNOWN),
            ((DECLARED, zone_group(OWN, FAR_ZONE)), "", FAIL),
            ((zone_group("@kv"),), "", FAIL),
        ],
    )
    def test_links(self, others: tuple[str, ...], hub: str, verdict: Verdict) -> None:
        """Each zone is linked to the network of the endpoint or to the hub."""
        assert finding("NET-DNS-001", endpoint("[vault]", *others), dns_hub=hub).verdict is verdict

    def test_links_of_a_far_network(self) -> None:
        """The network of a subnet that is not in the estate is read from its id."""
        place = f"{ELSEWHERE}/{NETWORK}/hub/subnets/s"
        own = item(ENDPOINT, "pe", f"{{subnet: {{id: {place}}}}}")
        rest = (self.DECLARED, zone_group(self.OWN))
        assert finding("NET-DNS-001", estate(own, *rest, self.LINK % self.HUB)).verdict is PASS
        assert finding("NET-DNS-001", estate(own, *rest, self.LINK % f"{self.HUB}2")).verdict is FAIL

    @pytest.mark.parametrize(
        ("zone", "value", "verdict"),
        [
            (VAULT_ZONE, "null", PASS),
            (VAULT_ZONE, "false", PASS),
            (VAULT_ZONE, "true", FAIL),
            (VAULT_ZONE.upper(), "true", FAIL),
            (VAULT_ZONE, "'?'", UNKNOWN),
            (VAULT_ZONE, "'true'", FAIL),
            ("example.com", "true", NA),
        ],
    )
    def test_registration(self, zone: str, value: str, verdict: Verdict) -> None:
        """Only zones of private endpoints are judged."""
        text = item(f"{ZONE}/virtualNetworkLinks", f"{zone}/main", f"{{registrationEnabled: {value}}}")
        assert finding("NET-DNS-002", text).verdict is verdict

    @pytest.mark.parametrize(
        ("servers", "verdict"),
        [
            ("null", PASS),
            ("[]", PASS),
            ("[10.0.0.4]", FAIL),
            ("[10.0.0.4, 10.0.0.4]", FAIL),
            ("[10.0.0.4, 10.0.0.5]", PASS),
            ("[10.0.0.4, '?']", UNKNOWN),
            ("'?'", UNKNOWN),
            ("10.0.0.4", FAIL),
        ],
    )
    def test_servers(self, servers: str, verdict: Verdict) -> None:
        """No server or two."""
        text = item(NETWORK, "net", f"{{dhcpOptions: {{dnsServers: {servers}}}}}")
        assert finding("NET-DNS-003", text).verdict is verdict

    PEERING = item(f"{NETWORK}/virtualNetworkPeerings", "net/p", "{remoteVirtualNetwork: {id: %s}%s}")
    TOLD = ", remoteVirtualNetworkAddressSpace: {addressPrefixes: [10.9.0.0/16]}"

    @pytest.mark.parametrize(
        ("first", "others", "verdict"),
        [
            ("10.0.0.4", (), PASS),
            ("168.63.129.16", (), PASS),
            ("10.9.0.4", (), FAIL),
            ("10.9.0.4", (PEERING % (HUB, ""),), UNKNOWN),
            ("10.9.0.4", (PEERING % (HUB, TOLD),), PASS),
            ("10.8.0.4", (PEERING % (HUB, TOLD),), FAIL),
            (
                "10.9.0.4",
                (PEERING % ("'@far'", ""), item(NETWORK, "far", "{addressSpace: {addressPrefixes: [10.9.0.0/16]}}")),
                PASS,
            ),
            ("'?'", (), UNKNOWN),
            ("odd", (), FAIL),
        ],
    )
    def test_first_server(self, first: str, others: tuple[str, ...], verdict: Verdict) -> None:
        """The first server is in the network, in a peered one, or Azure's."""
        own = f"{{addressSpace: {{addressPrefixes: [10.0.0.0/16]}}, dhcpOptions: {{dnsServers: [{first}, 8.8.8.8]}}}}"
        assert finding("NET-DNS-004", estate(item(NETWORK, "net", own), *others)).verdict is verdict


class TestNetworks:
    CARD = item(
        "Microsoft.Network/networkInterfaces",
        "nic",
        "{ipConfigurations: [{properties: {subnet: {id: '@net#/subnets/s'}%s}}]}",
    )
    PUBLIC = CARD % ", publicIPAddress: {id: x}"
    PLAN = "enableDdosProtection: true, ddosProtectionPlan: {id: p}"

    @pytest.mark.parametrize(
        ("more", "others", "verdict"),
        [
            ("", (), NA),
            ("", (CARD % "",), NA),
            ("", (PUBLIC,), FAIL),
            (f", {PLAN}", (PUBLIC,), PASS),
            (", enableDdosProtection: true", (PUBLIC,), FAIL),
            (f", {PLAN.replace('p}', '}')}", (PUBLIC,), FAIL),
            (f", {PLAN.replace('true', repr('?'))}", (PUBLIC,), UNKNOWN),
            ("", (CARD % ", publicIPAddress: '?'",), UNKNOWN),
        ],
    )
    def test_floods(self, more: str, others: tuple[str, ...], verdict: Verdict) -> None:
        """A network is judged where something in it has a public address."""
        text = estate(item(NETWORK, "net", f"{{subnets: [{{name: s}}]{more}}}"), *others)
        assert finding("NET-VNET-001", text).verdict is verdict

    PEERING = f"{NETWORK}/virtualNetworkPeerings"

    @pytest.mark.parametrize(
        ("properties", "others", "live", "verdict"),
        [
            ("{remoteVirtualNetwork: {id: '@far'}}", (), False, FAIL),
            (
                "{remoteVirtualNetwork: {id: '@far'}}",
                (item(PEERING, "far/back", "{remoteVirtualNetwork: {id: '@net'}}"),),
                False,
                PASS,
            ),
            (
                "{remoteVirtualNetwork: {id: '@far'}}",
                (item(PEERING, "far/back", "{remoteVirtualNetwork: {id: '?'}}"),),
                False,
                UNKNOWN,
            ),
            ("{remoteVirtualNetwork: {id: elsewhere}}", (), False, PASS),
            ("{remoteVirtualNetwork: {id: '?'}}", (), False, UNKNOWN),
            ("{remoteVirtualNetwork: null}", (), False, FAIL),
            ("{peeringState: connected}", (), True, PASS),
            ("{peeringState: Initiated}", (), True, FAIL),
            ("{}", (), True, FAIL),
        ],
    )
    def test_peerings(self, properties: str, others: tuple[str, ...], live: bool, verdict: Verdict) -> None:
        """Declared, the far side leads back or is out of sight; live, the state decides."""
        text = estate(item(self.PEERING, "net/p", properties), item(NETWORK, "net"), item(NETWORK, "far"), *others)
        assert finding("NET-VNET-002", text, live=live).verdict is verdict

    LOG = item("Microsoft.Network/networkWatchers/flowLogs", "w/log", "{targetResourceId: %s, enabled: %s}")
    GUARDED = "{subnets: [{name: s, properties: {networkSecurityGroup: {id: '@g'}}}]}"
    GUARD = item("Microsoft.Network/networkSecurityGroups", "g")

    @pytest.mark.parametrize(
        ("properties", "others", "verdict"),
        [
            ("{}", (), FAIL),
            ("{}", (LOG % ("'@net'", "true"),), PASS),
            ("{}", (LOG % ("'@net'", "false"),), FAIL),
            ("{}", (LOG % ("'@net'", "'?'"),), UNKNOWN),
            ("{}", (LOG % ("'?'", "true"),), UNKNOWN),
            ("{}", (LOG % ("'?'", "false"),), FAIL),
            (GUARDED, (GUARD, LOG % ("'@g'", "true")), PASS),
            (GUARDED, (GUARD, LOG % ("'@net#/subnets/s'", "true")), PASS),
            (GUARDED, (GUARD, LOG % ("'@g'", "false")), FAIL),
            ("{subnets: [{name: s}]}", (GUARD, LOG % ("'@g'", "true")), FAIL),
            ("{flowLogs: []}", (), FAIL),
            ("{flowLogs: [{id: /elsewhere}]}", (), UNKNOWN),
            ("{flowLogs: [{id: '@w/log'}]}", (LOG % ("'@net'", "false"),), FAIL),
            ("{flowLogs: [{id: /elsewhere}]}", (LOG % ("'@net'", "true"),), PASS),
        ],
    )
    def test_flow_logs(self, properties: str, others: tuple[str, ...], verdict: Verdict) -> None:
        """The network is logged as a whole, or each subnet of it."""
        assert finding("NET-LOG-001", estate(item(NETWORK, "net", properties), *others)).verdict is verdict

    @pytest.mark.parametrize(
        ("policy", "least", "verdict"),
        [
            ("{enabled: true, days: 90}", 90, PASS),
            ("{enabled: true, days: 0}", 90, PASS),
            ("{enabled: true, days: 89}", 90, FAIL),
            ("{enabled: true, days: 89}", 30, PASS),
            ("{enabled: false, days: 90}", 90, FAIL),
            ("{enabled: true, days: null}", 90, FAIL),
            ("{enabled: true, days: '90'}", 90, FAIL),
            ("{enabled: '?', days: 90}", 90, UNKNOWN),
            ("{enabled: '?', days: 30}", 90, FAIL),
            ("null", 90, FAIL),
        ],
    )
    def test_retention(self, policy: str, least: int, verdict: Verdict) -> None:
        """Kept for ever, or for as long as one asks."""
        text = item("Microsoft.Network/networkWatchers/flowLogs", "w/log", f"{{retentionPolicy: {policy}}}")
        assert finding("NET-LOG-002", text, min_days=least).verdict is verdict

    @pytest.mark.parametrize(
        ("type_", "properties", "verdict"),
        [
            ("firewallPolicies", "{threatIntelMode: deny}", PASS),
            ("firewallPolicies", "{threatIntelMode: Alert}", FAIL),
            ("firewallPolicies", "{}", FAIL),
            ("azureFirewalls", "{threatIntelMode: Deny}", PASS),
            ("azureFirewalls", "{}", FAIL),
            ("azureFirewalls", "{firewallPolicy: {id: p}, threatIntelMode: Alert}", NA),
            ("azureFirewalls", "{firewallPolicy: '?', threatIntelMode: Alert}", UNKNOWN),
            ("azureFirewalls", "{firewallPolicy: '?', threatIntelMode: Deny}", PASS),
        ],
    )
    def test_firewall(self, type_: str, properties: str, verdict: Verdict) -> None:
        """A firewall with a policy is judged by its policy."""
        assert finding("NET-FW-001", item(f"Microsoft.Network/{type_}", "f", properties)).verdict is verdict
