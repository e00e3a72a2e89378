"""The rules of security groups where they branch: sources, ports, order, and what is not known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.policies.cases import finding_of, first_finding, judged, paths, rule_of

from azkeep.model.finding import Verdict
from azkeep.model.value import Reference, Unknown
from azkeep.policy.estate import Estate, Given
from azkeep.policy.evaluate import evaluate
from azkeep.policy.examples import estate_of
from azkeep.policy.sections import Example

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
GROUP = "Microsoft.Network/networkSecurityGroups"
SUBNET = "Microsoft.Network/virtualNetworks/subnets"
COMPUTE = "Microsoft.MachineLearningServices/workspaces/computes"
WS = "urn:pulumi:dev::p::azure-native:machinelearningservices:Workspace::ws"
RESOURCES = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/example/providers"


def allow(**changes: Any) -> dict[str, Any]:
    """An inbound rule that opens SSH to everybody; `name` and, by ARM name, its properties may differ."""
    name = changes.pop("name", "in")
    properties = {
        "access": "Allow",
        "direction": "Inbound",
        "priority": 200,
        "protocol": "Tcp",
        "sourceAddressPrefix": "*",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "*",
        "destinationPortRange": "22",
        **changes,
    }
    return {"name": name, "properties": {key: value for key, value in properties.items() if value != "drop"}}


def deny(**changes: Any) -> dict[str, Any]:
    """A rule that stops everything before `allow` is asked."""
    before = {"name": "deny", "access": "Deny", "priority": 100, "protocol": "*", "destinationPortRange": "*"}
    return allow(**{**before, **changes})


def outbound(**changes: Any) -> dict[str, Any]:
    """An outbound Allow of everything to the network."""
    given = {"direction": "Outbound", "destinationPortRange": "*", "destinationAddressPrefix": "VirtualNetwork"}
    return allow(**{"name": "out", **given, "protocol": "*", **changes})


def group(*rules: Any, apart: bool = False) -> list[dict[str, Any]]:
    """A group with rules inside it, or apart."""
    if not apart:
        return [{"type": GROUP, "name": "example", "properties": {"securityRules": list(rules)}}]
    children = [{"type": f"{GROUP}/securityRules", **rule, "name": f"example/{rule['name']}"} for rule in rules]
    return [{"type": GROUP, "name": "example"}, *children]


def subnet(**properties: Any) -> dict[str, Any]:
    guard = {"networkSecurityGroup": {"id": "@example"}}
    return {"type": SUBNET, "name": "network/training", "properties": {**guard, **properties}}


def compute(**properties: Any) -> dict[str, Any]:
    inner = {"subnet": {"id": "@network/training"}, "enableNodePublicIp": False, **properties}
    return {"type": COMPUTE, "name": "ws/cluster", "properties": {"computeType": "AmlCompute", "properties": inner}}


USED = (subnet(), compute())


class TestInternet:
    @pytest.mark.parametrize(
        ("changes", "verdict"),
        [
            ({}, FAIL),
            ({"protocol": "*"}, FAIL),
            ({"protocol": "TCP"}, FAIL),
            ({"protocol": "Udp"}, PASS),
            ({"access": "Deny"}, PASS),
            ({"direction": "Outbound"}, PASS),
            ({"access": "drop"}, FAIL),
            ({"direction": None}, FAIL),
            ({"protocol": None}, FAIL),
            ({"sourceAddressPrefix": "internet"}, FAIL),
            ({"sourceAddressPrefix": "Any"}, FAIL),
            ({"sourceAddressPrefix": "0.0.0.0/0"}, FAIL),
            ({"sourceAddressPrefix": "10.1.2.3/0"}, FAIL),
            ({"sourceAddressPrefix": "::/0"}, FAIL),
            ({"sourceAddressPrefix": "0.0.0.0"}, FAIL),
            ({"sourceAddressPrefix": "<nw>/0"}, FAIL),
            ({"sourceAddressPrefix": None, "sourceAddressPrefixes": ["10.0.0.0/8", "/0"]}, FAIL),
            ({"sourceAddressPrefix": "0.0.0.0-255.255.255.255"}, FAIL),
            ({"sourceAddressPrefix": "10.0.0.1-::1"}, PASS),
            ({"sourceAddressPrefix": "0.0.0.0/1"}, FAIL),
            ({"sourceAddressPrefix": "0.0.0.0/2"}, PASS),
            ({"sourceAddressPrefix": "AzureCloud"}, PASS),
            ({"sourceAddressPrefix": "10.0.0.0/8"}, PASS),
            ({"sourceAddressPrefix": "", "sourceAddressPrefixes": ["10.0.0.0/8", "Internet"]}, FAIL),
            ({"sourceAddressPrefix": None, "sourceAddressPrefixes": ["0.0.0.0/2", "64.0.0.0/2"]}, FAIL),
            ({"sourceAddressPrefix": "10.0.0.0/8", "sourceAddressPrefixes": []}, PASS),
            ({"sourceAddressPrefix": None}, FAIL),
            ({"sourceAddressPrefix": None, "sourceApplicationSecurityGroups": [{"id": "x"}]}, PASS),
            ({"sourceAddressPrefix": "?"}, UNKNOWN),
            ({"sourceAddressPrefix": "?", "sourceAddressPrefixes": ["*"]}, FAIL),
            ({"sourceAddressPrefixes": "?"}, FAIL),
            ({"sourceAddressPrefix": None, "sourceAddressPrefixes": "?"}, UNKNOWN),
            ({"sourceAddressPrefix": None, "sourceAddressPrefixes": "10.0.0.0/8"}, FAIL),
            ({"sourceAddressPrefix": 7}, FAIL),
            ({"destinationPortRange": "20-30"}, FAIL),
            ({"destinationPortRange": "23-30"}, PASS),
            ({"destinationPortRange": "*"}, FAIL),
            ({"destinationPortRange": None}, FAIL),
            ({"destinationPortRange": None, "destinationPortRanges": ["443", "0-65535"]}, FAIL),
            ({"destinationPortRange": "?"}, UNKNOWN),
            ({"destinationPortRange": "?", "protocol": "Udp"}, PASS),
            ({"destinationPortRange": "odd"}, FAIL),
            ({"destinationPortRange": 22}, FAIL),
            ({"priority": "?"}, FAIL),
            ({"description": "?"}, FAIL),
        ],
    )
    @pytest.mark.parametrize("apart", [False, True])
    def test_ssh(self, changes: dict[str, Any], verdict: Verdict, apart: bool) -> None:
        """What opens port 22 is found by source, port and protocol, in a rule inside the group and in one apart."""
        assert judged("NET-NSG-001", *group(allow(**changes), apart=apart)).verdict is verdict

    @pytest.mark.parametrize(
        ("changes", "verdict"),
        [
            ({}, PASS),
            ({"sourceAddressPrefix": "Internet"}, PASS),
            ({"destinationPortRange": "22"}, PASS),
            ({"protocol": "Tcp"}, PASS),
            ({"priority": 201}, FAIL),
            ({"priority": 200}, FAIL),
            ({"priority": "?"}, UNKNOWN),
            ({"priority": "100"}, FAIL),
            ({"protocol": "Udp"}, FAIL),
            ({"direction": "Outbound"}, FAIL),
            ({"destinationPortRange": "23"}, FAIL),
            ({"destinationPortRange": "?"}, UNKNOWN),
            ({"sourceAddressPrefix": "0.0.0.0/1"}, FAIL),
            ({"sourceAddressPrefix": "10.0.0.0/8"}, FAIL),
            ({"sourceAddressPrefix": None, "sourceAddressPrefixes": ["0.0.0.0/1", "128.0.0.0/1"]}, PASS),
            ({"sourcePortRange": "1024"}, FAIL),
            ({"destinationAddressPrefix": "10.0.0.4"}, FAIL),
            ({"destinationAddressPrefix": "?"}, UNKNOWN),
        ],
    )
    def test_an_earlier_deny(self, changes: dict[str, Any], verdict: Verdict) -> None:
        """A Deny makes up for an Allow only where it comes before it and covers it."""
        assert judged("NET-NSG-001", *group(allow(), deny(**changes))).verdict is verdict

    def test_a_deny_for_the_same_destination(self) -> None:
        """A Deny may be for the destination of the Allow alone."""
        place = {"destinationAddressPrefix": "10.0.0.4"}
        assert judged("NET-NSG-001", *group(allow(**place), deny(**place))).verdict is PASS

    @pytest.mark.parametrize("rule", ["NET-NSG-001", "NET-NSG-002", "NET-NSG-003", "NET-NSG-004", "NET-NSG-005"])
    @pytest.mark.parametrize(
        ("around", "live", "changes", "verdict"),
        [
            ([], True, {}, FAIL),
            ([], True, {"sourceAddressPrefix": "10.0.0.0/8"}, PASS),
            ([], True, {"direction": "Outbound"}, PASS),
            ([{"type": GROUP, "name": "other"}], True, {}, FAIL),
            ([{"type": GROUP, "name": "example"}], True, {}, NA),
            ([], False, {}, FAIL),
            ([{"type": GROUP, "name": "example"}], False, {}, NA),
        ],
        ids=["open", "closed", "outbound", "other group", "own group", "declared", "declared with its group"],
    )
    def test_a_rule_alone(
        self, rule: str, around: list[dict[str, Any]], live: bool, changes: dict[str, Any], verdict: Verdict
    ) -> None:
        """A rule is judged by itself where nobody judges its group: it may have been there before the estate."""
        anything = {"protocol": "*", "destinationPortRange": "*", **changes}
        alone = {"type": f"{GROUP}/securityRules", **allow(**anything), "name": "example/in"}
        assert judged(rule, alone, *around, live=live).verdict is verdict

    @pytest.mark.parametrize(
        ("urn", "is_part", "changes", "verdict"),
        [
            ("", False, {}, UNKNOWN),
            ("", False, {"sourceAddressPrefix": "10.0.0.0/8"}, PASS),
            ("urn:elsewhere", False, {}, FAIL),
            ("urn:elsewhere", True, {}, NA),
        ],
        ids=["unknown group", "closed", "foreign group", "judged before the others"],
    )
    def test_a_declared_rule_alone(self, urn: str, is_part: bool, changes: dict[str, Any], verdict: Verdict) -> None:
        """Whose group is not known yet is left open where that could decide; nothing is judged before its group is."""
        rule = Given(f"{GROUP}/securityRules", "in", None, allow(**changes), urn="urn:rule", parent_urn=urn)
        estate = Estate((rule,), is_part=is_part)
        assert first_finding("NET-NSG-001", estate).verdict is verdict

    @pytest.mark.parametrize("live", [True, False])
    def test_rules_inside_their_group_are_told_once(self, live: bool) -> None:
        """The group has the one finding: rules written inside it are no documents of their own."""
        documents = group(allow(name="a"), deny(name="b"))
        found = evaluate([rule_of("NET-NSG-001")], estate_of(Example(tuple(documents), live)))
        assert [(each.name, each.verdict) for each in found] == [("example", PASS)]

    def test_default_rules_are_not_read(self) -> None:
        """What Azure adds to every group is nobody's fault."""
        (document,) = group()
        document["properties"]["defaultSecurityRules"] = [allow()]
        assert judged("NET-NSG-001", document, live=True).verdict is PASS

    @pytest.mark.parametrize(("rules", "verdict"), [(None, PASS), ("?", UNKNOWN), ("odd", FAIL), ({"a": 1}, FAIL)])
    def test_rules_that_cannot_be_read(self, rules: Any, verdict: Verdict) -> None:
        """A list that is not known leaves it open, and what is no list never passes."""
        assert (
            judged("NET-NSG-001", {"type": GROUP, "name": "example", "properties": {"securityRules": rules}}).verdict
            is verdict
        )

    def test_every_fault_is_shown(self) -> None:
        """Each rule that opens the port is a place."""
        found = judged(
            "NET-NSG-001", *group(allow(name="a"), allow(name="b", sourceAddressPrefix="10.0.0.0/8"), allow(name="c"))
        )
        below = "/properties/securityRules/{}/properties/sourceAddressPrefix"
        assert paths(found) == [below.format(0), below.format(2)]

    def test_a_rule_on_a_group_that_is_not_known(self) -> None:
        """A rule whose group is not known yet may be one of this group."""
        lost = {"properties": allow()["properties"]}
        own = Given(GROUP, "example", f"{RESOURCES}/{GROUP}/example", {})
        assert finding_of("NET-NSG-001", own, Given(f"{GROUP}/securityRules", "in", None, lost)).verdict is UNKNOWN

    @pytest.mark.parametrize(("rule", "port", "other"), [("NET-NSG-002", "3389", "22"), ("NET-NSG-003", "80", "443")])
    def test_other_ports(self, rule: str, port: str, other: str) -> None:
        """RDP and HTTP are asked about like SSH."""
        assert judged(rule, *group(allow(destinationPortRange=port))).verdict is FAIL
        assert judged(rule, *group(allow(destinationPortRange=other))).verdict is PASS
        assert judged(rule, *group(allow(destinationPortRange=port), deny())).verdict is PASS

    @pytest.mark.parametrize(
        ("changes", "denying", "verdict"),
        [
            ({"protocol": "Udp"}, None, FAIL),
            ({"protocol": "*"}, None, FAIL),
            ({"protocol": "Tcp"}, None, PASS),
            ({"protocol": "Udp", "sourceAddressPrefix": "VirtualNetwork"}, None, PASS),
            ({"protocol": "?"}, None, UNKNOWN),
            (
                {"protocol": "Udp", "destinationPortRange": "53"},
                {"protocol": "Udp", "destinationPortRange": "50-60"},
                PASS,
            ),
            ({"protocol": "Udp", "destinationPortRange": "50-70"}, {"destinationPortRange": "50-60"}, FAIL),
            ({"protocol": "Udp", "destinationPortRange": None}, {"destinationPortRange": "50-60"}, FAIL),
            ({"protocol": "Udp"}, {"protocol": "Tcp"}, FAIL),
            ({"protocol": "Udp", "destinationPortRange": "odd"}, {}, FAIL),
            ({"protocol": "Udp", "destinationPortRange": "?"}, {"destinationPortRange": "53"}, UNKNOWN),
        ],
    )
    def test_datagrams(self, changes: dict[str, Any], denying: dict[str, Any] | None, verdict: Verdict) -> None:
        """UDP is closed on every port, unless an earlier Deny covers all that the Allow opens."""
        rules = [allow(**changes)] if denying is None else [allow(**changes), deny(**denying)]
        assert judged("NET-NSG-004", *group(*rules)).verdict is verdict

    @pytest.mark.parametrize(
        ("changes", "allowed", "verdict"),
        [
            ({"destinationPortRange": "443"}, [], FAIL),
            ({"destinationPortRange": "443"}, ["IN"], PASS),
            ({"destinationPortRange": "443"}, ["out"], FAIL),
            ({"sourceAddressPrefix": "GatewayManager"}, [], PASS),
            ({"direction": "Outbound"}, [], PASS),
            ({"direction": "?"}, [], UNKNOWN),
        ],
    )
    def test_any_source(self, changes: dict[str, Any], allowed: list[str], verdict: Verdict) -> None:
        """Whatever the port, a rule names its source, unless its own name is listed."""
        assert judged("NET-NSG-005", *group(allow(**changes)), allowed_public_rules=allowed).verdict is verdict

    def test_any_source_with_a_deny(self) -> None:
        """A Deny before it does not name the source of an Allow."""
        assert judged("NET-NSG-005", *group(allow(), deny())).verdict is FAIL

    @pytest.mark.parametrize(
        ("rules", "verdict"),
        [
            ([deny()], FAIL),
            ([allow(sourceAddressPrefix="10.0.0.0/8", priority=100), deny(priority=4096)], PASS),
            ([allow(sourceAddressPrefix="10.0.0.0/8", priority=4000), deny()], FAIL),
            ([allow(direction="Outbound", priority=90), deny()], FAIL),
            ([allow(priority="?"), deny()], UNKNOWN),
            ([deny(destinationPortRange="22")], PASS),
            ([deny(protocol="Tcp")], PASS),
            ([deny(sourceAddressPrefix="Internet")], PASS),
            ([deny(sourceAddressPrefix="0.0.0.0/0")], FAIL),
            ([deny(destinationAddressPrefix="10.0.0.4")], PASS),
            ([deny(sourceAddressPrefix="?")], UNKNOWN),
            ([], PASS),
        ],
    )
    def test_first_rule(self, rules: list[dict[str, Any]], verdict: Verdict) -> None:
        """Only a Deny of everything that nothing inbound precedes is a fault."""
        assert judged("NET-NSG-009", *group(*rules)).verdict is verdict

    @given(st.integers(0, 65535), st.integers(0, 65535))
    def test_any_range(self, one: int, other: int) -> None:
        """A range opens SSH where 22 lies in it, and only there."""
        first, last = sorted((one, other))
        found = judged("NET-NSG-001", *group(allow(destinationPortRange=f"{first}-{last}")))
        assert (found.verdict is FAIL) == (first <= 22 <= last)

    @given(st.text(max_size=20), st.text(max_size=20))
    def test_any_text(self, source: str, port: str) -> None:
        """Whatever text stands there, the rule decides."""
        (document,) = group(allow(sourceAddressPrefix=source, destinationPortRange=port))
        own = Given(GROUP, "example", None, {"properties": document["properties"]})
        assert finding_of("NET-NSG-001", own).verdict in (PASS, FAIL)


class TestSideways:
    @pytest.mark.parametrize(
        ("rules", "verdict"),
        [
            ([], FAIL),
            ([outbound(name="d", access="Deny", priority=100)], PASS),
            ([outbound(name="d", access="Deny", priority=100, destinationAddressPrefix="*")], PASS),
            ([outbound(name="d", access="Deny", priority=100, destinationAddressPrefix="10.0.0.0/8")], FAIL),
            ([outbound(name="d", access="Deny", priority=100, destinationAddressPrefix="Internet")], FAIL),
            ([outbound(name="d", access="Deny", priority=100, destinationPortRange="22")], FAIL),
            ([outbound(name="d", access="Deny", priority=100, protocol="Udp")], FAIL),
            ([outbound(name="d", access="Deny", priority=100, sourceAddressPrefix="10.0.0.4")], FAIL),
            ([outbound(name="d", access="Deny", priority=300), outbound()], FAIL),
            ([outbound(name="d", access="Deny", priority=300), outbound(destinationPortRange="443")], PASS),
            ([outbound(name="d", access="Deny", priority=300), outbound(destinationAddressPrefix="Internet")], PASS),
            ([outbound(name="d", access="Deny", priority=300), outbound(destinationAddressPrefix="10.0.0.4")], FAIL),
            ([outbound(name="d", access="Deny", priority=100), outbound(priority="?")], UNKNOWN),
            ([outbound(name="d", access="?", priority=100)], UNKNOWN),
            ([deny()], FAIL),
        ],
    )
    def test_sign_in(self, rules: list[dict[str, Any]], verdict: Verdict) -> None:
        """A Deny of both ports to the network comes before every Allow that stays in it."""
        assert judged("NET-NSG-006", *group(*rules), *USED).verdict is verdict

    @pytest.mark.parametrize(
        ("others", "admin", "verdict"),
        [
            ((), [], NA),
            ((subnet(),), [], NA),
            (USED, [], FAIL),
            (USED, ["TRAINING"], NA),
            (USED, [f"{RESOURCES}/Microsoft.Network/virtualNetworks/network/subnets/training"], NA),
            (USED, ["other"], FAIL),
            ((subnet(), compute(subnet="?")), [], UNKNOWN),
            ((subnet(networkSecurityGroup="?"), compute()), [], UNKNOWN),
        ],
    )
    def test_whom_it_is_for(self, others: tuple[Any, ...], admin: list[str], verdict: Verdict) -> None:
        """Only groups of subnets that computes use are judged, and listed subnets are left out."""
        assert judged("NET-NSG-006", *group(), *others, admin_subnets=admin).verdict is verdict

    def test_subnet_inside_its_network(self) -> None:
        """A subnet written inside its network counts like one apart."""
        network = {
            "type": "Microsoft.Network/virtualNetworks",
            "name": "network",
            "properties": {
                "subnets": [{"name": "training", "properties": {"networkSecurityGroup": {"id": "@example"}}}]
            },
        }
        used = compute(subnet={"id": "@network#/subnets/training"})
        assert judged("NET-NSG-006", *group(), network, used).verdict is FAIL
        assert judged("NET-NSG-006", *group(outbound(access="Deny")), network, used).verdict is PASS

    def test_a_managed_network_has_no_subnet(self) -> None:
        """A compute of a workspace with a managed network uses no subnet."""
        workspace = {
            "type": "Microsoft.MachineLearningServices/workspaces",
            "name": "ws",
            "properties": {"managedNetwork": {"isolationMode": "AllowInternetOutbound"}},
        }
        assert judged("NET-NSG-006", *group(), *USED, workspace).verdict is NA

    def test_references(self) -> None:
        """A first preview, where no id is known, is judged by what is the output of what."""
        guard, place = ("urn:pulumi:dev::p::azure-native:network:" + name for name in ("G::g", "S::s"))
        found = finding_of(
            "NET-NSG-006",
            Given(GROUP, "g", None, {}, guard),
            Given(SUBNET, "s", None, {"properties": {"networkSecurityGroup": {"id": Reference(guard, "id")}}}, place),
            Given(
                COMPUTE, "c", None, {"properties": {"properties": {"subnet": {"id": Reference(place, "id")}}}}, "", WS
            ),
        )
        assert found.verdict is FAIL


BATCH = allow(name="batch", sourceAddressPrefix="BatchNodeManagement", destinationPortRange="29876-29877")
SERVICE = allow(name="service", sourceAddressPrefix="AzureMachineLearning.westeurope", destinationPortRange="44224")


class TestServicePorts:
    @pytest.mark.parametrize(
        ("rules", "public", "verdict"),
        [
            ([BATCH, SERVICE], True, PASS),
            ([BATCH, SERVICE], None, PASS),
            ([BATCH, SERVICE], False, FAIL),
            ([], False, PASS),
            ([], True, FAIL),
            ([BATCH], True, FAIL),
            ([BATCH, allow(sourceAddressPrefix="AzureMachineLearningX", destinationPortRange="44224")], True, FAIL),
            ([BATCH, SERVICE, allow(destinationPortRange="44224")], True, FAIL),
            ([BATCH, SERVICE, allow(destinationPortRange="*", sourceAddressPrefix="VirtualNetwork")], True, PASS),
            ([BATCH, SERVICE, allow(destinationPortRange="*", sourceAddressPrefix="AzureLoadBalancer")], True, PASS),
            ([allow(destinationPortRange="44224", sourceAddressPrefix="10.0.0.0/8")], False, PASS),
            ([allow(destinationPortRange="40000-50000", sourceAddressPrefix="203.0.113.0/24")], False, FAIL),
            ([BATCH, SERVICE], "?", UNKNOWN),
            ([BATCH], "?", FAIL),
            ([], "?", UNKNOWN),
            ([BATCH, SERVICE], "false", FAIL),
        ],
    )
    def test_ports(self, rules: list[dict[str, Any]], public: Any, verdict: Verdict) -> None:
        """Nodes with a public address need both tags and no other source; without one nothing may get in."""
        found = judged("NET-NSG-007", *group(*rules), subnet(), compute(enableNodePublicIp=public))
        assert found.verdict is verdict

    def test_no_compute(self) -> None:
        """A group that no compute is behind is not judged."""
        assert judged("NET-NSG-007", *group(BATCH)).verdict is NA


REST = outbound(name="rest", access="Deny", priority=4000, destinationAddressPrefix="Internet")
DATA = f"{RESOURCES}/Microsoft.Storage/storageAccounts/data"
ACCOUNTS = f"{RESOURCES}/Microsoft.Network/serviceEndpointPolicies/accounts"
POLICY = {
    "type": "Microsoft.Network/serviceEndpointPolicies",
    "name": "accounts",
    "properties": {"serviceEndpointPolicyDefinitions": [{"name": "own", "properties": {"serviceResources": [DATA]}}]},
}
ACCOUNT = {"type": "Microsoft.Storage/storageAccounts", "name": "data"}
STORAGE_ENDPOINT = {"serviceEndpoints": [{"service": "Microsoft.Storage"}]}
LIMITED = {**STORAGE_ENDPOINT, "serviceEndpointPolicies": [{"id": ACCOUNTS}]}


class TestOutbound:
    @pytest.mark.parametrize(
        ("rules", "verdict"),
        [
            ([REST], PASS),
            ([], FAIL),
            ([outbound()], FAIL),
            ([outbound(), REST], PASS),
            ([outbound(destinationAddressPrefix="AzureMonitor.WestEurope"), REST], PASS),
            ([outbound(destinationAddressPrefix="AzureMonitorX"), REST], FAIL),
            ([outbound(destinationAddressPrefix="AzureFrontDoor.Frontend"), REST], PASS),
            ([outbound(destinationAddressPrefix="AzureFrontDoor.Backend"), REST], FAIL),
            ([outbound(destinationAddressPrefix="10.0.0.0/24"), REST], PASS),
            ([outbound(destinationAddressPrefix="203.0.113.0/24"), REST], FAIL),
            ([outbound(destinationAddressPrefix="203.0.113.0/24", priority=4010), REST], PASS),
            ([outbound(destinationAddressPrefix="203.0.113.0/24", priority="?"), REST], UNKNOWN),
            ([outbound(destinationAddressPrefix="?"), REST], UNKNOWN),
            ([outbound(destinationAddressPrefix=None, destinationAddressPrefixes=["VirtualNetwork", "*"]), REST], FAIL),
            ([outbound(destinationAddressPrefix=None), REST], FAIL),
            ([outbound(destinationAddressPrefix=None, destinationApplicationSecurityGroups=[{"id": "x"}]), REST], PASS),
            ([outbound(destinationAddressPrefix="Storage"), REST], FAIL),
            ([outbound(name="rest", access="Deny", destinationAddressPrefix="*", protocol="Tcp")], FAIL),
            ([outbound(name="rest", access="Deny", destinationAddressPrefix="*", destinationPortRange="443")], FAIL),
            ([outbound(name="rest", access="Deny", destinationAddressPrefix="0.0.0.0/1")], FAIL),
            ([outbound(name="rest", access="Deny", destinationAddressPrefix="?")], UNKNOWN),
            ([allow(), REST], PASS),
        ],
    )
    def test_list(self, rules: list[dict[str, Any]], verdict: Verdict) -> None:
        """Everything is denied in the end, and what is allowed before it is on the list or private."""
        assert judged("NET-NSG-008", *group(*rules), *USED).verdict is verdict

    @pytest.mark.parametrize(
        ("place", "others", "verdict"),
        [
            (LIMITED, (POLICY, ACCOUNT), PASS),
            (LIMITED, (POLICY,), FAIL),
            (LIMITED, (), UNKNOWN),
            (STORAGE_ENDPOINT, (POLICY, ACCOUNT), FAIL),
            ({}, (POLICY, ACCOUNT), FAIL),
        ],
    )
    def test_storage(self, place: dict[str, Any], others: tuple[Any, ...], verdict: Verdict) -> None:
        """The tag of storage goes with a policy that bounds it, and not without one."""
        rules = [outbound(destinationAddressPrefix="Storage.WestEurope"), REST]
        assert judged("NET-NSG-008", *group(*rules), subnet(**place), compute(), *others).verdict is verdict

    def test_list_is_a_parameter(self) -> None:
        """Another list of tags replaces the default."""
        rules = group(outbound(destinationAddressPrefix="AzureMonitor"), REST)
        assert judged("NET-NSG-008", *rules, *USED, allowed_tags=["AzureMachineLearning"]).verdict is FAIL

    def test_each_destination_off_the_list_is_shown(self) -> None:
        """Every offending destination is a place."""
        off = outbound(destinationAddressPrefix=None, destinationAddressPrefixes=["1.2.3.4", "VirtualNetwork", "Sql"])
        found = judged("NET-NSG-008", *group(off, REST), *USED)
        below = "/properties/securityRules/0/properties/destinationAddressPrefixes/{}"
        assert paths(found) == [below.format(0), below.format(2)]

    def test_no_compute(self) -> None:
        """A group that no compute is behind is not judged, and one that may have one is open."""
        assert judged("NET-NSG-008", *group()).verdict is NA
        found = finding_of(
            "NET-NSG-008",
            Given(GROUP, "g", f"{RESOURCES}/{GROUP}/g", {}),
            Given(SUBNET, "s", None, {"properties": {"networkSecurityGroup": {"id": f"{RESOURCES}/{GROUP}/g"}}}),
            Given(COMPUTE, "c", None, {"properties": {"properties": {"subnet": {"id": Unknown()}}}}),
        )
        assert found.verdict is UNKNOWN
