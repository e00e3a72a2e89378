"""Security rules, routes, private zones, policies of service endpoints, watchers and flow logs."""

from __future__ import annotations

from typing import Any

import pytest

from azkeep.errors import ArmFault
from azkeep.model.value import put
from estate import GROUP as RESOURCE_GROUP
from estate import NETWORK, MemoryEstate

GROUP = f"{NETWORK}/networkSecurityGroups/nsg"
TABLE = f"{NETWORK}/routeTables/table"
ZONE = f"{NETWORK}/privateDnsZones/privatelink.api.azureml.ms"
NET = f"{NETWORK}/virtualNetworks/net"
RULE: dict[str, Any] = {
    "properties": {
        "access": "Allow",
        "direction": "Outbound",
        "priority": 100,
        "protocol": "Tcp",
        "sourceAddressPrefix": "*",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "AzureMonitor",
        "destinationPortRange": "443",
    }
}


def rule(**changes: Any) -> dict[str, Any]:
    return {
        "properties": {name: value for name, value in {**RULE["properties"], **changes}.items() if value is not None}
    }


@pytest.fixture
def estate() -> MemoryEstate:
    found = MemoryEstate()
    found.put(GROUP, {"location": "westeurope"})
    found.put(TABLE, {"location": "westeurope"})
    return found


def code(refused: pytest.ExceptionInfo[ArmFault]) -> tuple[int, str]:
    return refused.value.status, refused.value.code


def test_group_has_the_six_default_rules(estate: MemoryEstate) -> None:
    """Names, priorities and directions are those of the published example."""
    found = estate.show(GROUP)["properties"]["defaultSecurityRules"]
    assert [(each["name"], each["properties"]["priority"], each["properties"]["direction"]) for each in found] == [
        ("AllowVnetInBound", 65000, "Inbound"),
        ("AllowAzureLoadBalancerInBound", 65001, "Inbound"),
        ("DenyAllInBound", 65500, "Inbound"),
        ("AllowVnetOutBound", 65000, "Outbound"),
        ("AllowInternetOutBound", 65001, "Outbound"),
        ("DenyAllOutBound", 65500, "Outbound"),
    ]
    assert found[4]["properties"]["destinationAddressPrefix"] == "Internet"
    assert found[0]["id"] == f"{GROUP}/defaultSecurityRules/AllowVnetInBound"


def test_rule_shows_empty_plural_lists(estate: MemoryEstate) -> None:
    """What was not given in the plural comes back as an empty list."""
    shown = estate.put(f"{GROUP}/securityRules/monitor", rule())["properties"]
    assert shown["destinationPortRanges"] == [] == shown["sourceAddressPrefixes"]
    assert shown["destinationPortRange"] == "443"
    assert estate.show(GROUP)["properties"]["securityRules"][0]["name"] == "monitor"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"priority": 99}, "SecurityRuleInvalidPriority"),
        ({"priority": 4097}, "SecurityRuleInvalidPriority"),
        ({"destinationPortRange": "70000"}, "SecurityRuleInvalidPortRange"),
        ({"destinationPortRange": "500-400"}, "SecurityRuleInvalidPortRange"),
        ({"destinationPortRange": "https"}, "SecurityRuleInvalidPortRange"),
        (
            {"destinationPortRange": None, "destinationPortRanges": ["443", "*"]},
            "SecurityRuleParameterContainsInvalidPortRanges",
        ),
        (
            {"sourceAddressPrefix": None, "sourceAddressPrefixes": ["10.0.0.0/8", "Internet"]},
            "SecurityRuleParameterContainsUnsupportedValue",
        ),
        (
            {"sourceAddressPrefix": None, "sourceAddressPrefixes": ["10.0.0.0/8", "fd00::/8"]},
            "ResourceCannotContainAddressPrefixesFromDifferentAddressFamilies",
        ),
        ({"sourceAddressPrefix": "20.20.20.20/16"}, "SecurityRuleInvalidAddressPrefix"),
        ({"destinationPortRanges": ["80"]}, "SecurityRuleParameterCannotBeSpecifiedTogether"),
        ({"sourceAddressPrefix": None}, "SecurityRuleMissingRequiredParameters"),
        ({"destinationPortRange": None}, "SecurityRuleMissingRequiredParameters"),
    ],
)
def test_wrong_rule_is_refused(estate: MemoryEstate, changes: dict[str, Any], expected: str) -> None:
    """Each mistake has its code, alone and in the list of the group."""
    with pytest.raises(ArmFault) as alone:
        estate.put(f"{GROUP}/securityRules/wrong", rule(**changes))
    rules = [{"name": "wrong", **rule(**changes)}]
    with pytest.raises(ArmFault) as listed:
        estate.put(GROUP, {"location": "westeurope", "properties": {"securityRules": rules}})
    assert code(alone) == code(listed) == (400, expected)
    assert estate.children(GROUP, "securityRules") == ()


def test_group_of_applications_is_kept_while_a_rule_names_it(estate: MemoryEstate) -> None:
    """A rule may name a group instead of an address; the group cannot go before the rule."""
    jumps = f"{NETWORK}/applicationSecurityGroups/jumps"
    estate.put(jumps, {"location": "westeurope"})
    named = rule(sourceAddressPrefix=None, sourceApplicationSecurityGroups=[{"id": jumps}])
    estate.put(f"{GROUP}/securityRules/jumps", named)
    with pytest.raises(ArmFault, match=f"{GROUP}/securityRules/jumps") as refused:
        estate.delete(jumps)
    assert code(refused) == (400, "InUseApplicationSecurityGroupCannotBeDeleted")
    estate.delete(f"{GROUP}/securityRules/jumps")
    estate.delete(jumps)
    assert estate.get(jumps) is None


def test_ports_can_be_ranges(estate: MemoryEstate) -> None:
    """`29876-29877` is one range; `*` is any port."""
    shown = estate.put(f"{GROUP}/securityRules/batch", rule(destinationPortRange="29876-29877", sourcePortRange="*"))
    assert shown["properties"]["destinationPortRange"] == "29876-29877"


def test_one_priority_for_one_rule_in_a_direction(estate: MemoryEstate) -> None:
    """The same priority is refused in the same direction, and taken in the other."""
    estate.put(f"{GROUP}/securityRules/first", rule())
    with pytest.raises(ArmFault) as refused:
        estate.put(f"{GROUP}/securityRules/second", rule())
    assert code(refused) == (400, "SecurityRuleConflict")
    assert refused.value.message == (
        "Security rule first conflicts with rule second. Rules cannot have the same Priority and Direction. To learn"
        " more, see aka.ms/nsgrules."
    )
    assert estate.put(f"{GROUP}/securityRules/third", rule(direction="Inbound"))["name"] == "third"


def test_rules_of_a_list_may_swap_priorities(estate: MemoryEstate) -> None:
    """The list of a group is judged as a whole, so two rules may change places in one write."""
    for one, other in ((100, 110), (110, 100)):
        rules = [{"name": "a", **rule(priority=one)}, {"name": "b", **rule(priority=other)}]
        estate.put(GROUP, {"location": "westeurope", "properties": {"securityRules": rules}})
    found = {each["name"]: each["properties"]["priority"] for each in estate.children(GROUP, "securityRules")}
    assert found == {"a": 110, "b": 100}


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance"}, "MissingNextHopIpAddress"),
        (
            {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "here"},
            "InvalidNextHopIpAddress",
        ),
        (
            {"addressPrefix": "0.0.0.0/0", "nextHopType": "Internet", "nextHopIpAddress": "10.0.0.4"},
            "NextHopIpAddressNotAllowed",
        ),
        ({"addressPrefix": "0.0.0.0/0", "nextHopType": "Somewhere"}, "InvalidRequestFormat"),
        ({"addressPrefix": "10.0.0.1/8", "nextHopType": "None"}, "InvalidCIDRNotation"),
    ],
)
def test_wrong_route_is_refused(estate: MemoryEstate, properties: dict[str, Any], expected: str) -> None:
    """Each mistake has its code, alone and in the list of the table."""
    with pytest.raises(ArmFault) as alone:
        estate.put(f"{TABLE}/routes/wrong", {"properties": properties})
    routes = [{"name": "wrong", "properties": properties}]
    with pytest.raises(ArmFault) as listed:
        estate.put(TABLE, {"location": "westeurope", "properties": {"routes": routes}})
    assert code(alone) == code(listed) == (400, expected)


def test_route_to_a_service_tag(estate: MemoryEstate) -> None:
    """A service tag may stand in place of a range."""
    properties = {"addressPrefix": "AzureMachineLearning", "nextHopType": "Internet"}
    shown = estate.put(f"{TABLE}/routes/aml", {"properties": properties})["properties"]
    assert shown == {**properties, "hasBgpOverride": False}


def test_second_route_of_a_prefix_is_refused(estate: MemoryEstate) -> None:
    """A table has one route for a prefix."""
    properties = {"addressPrefix": "0.0.0.0/0", "nextHopType": "None"}
    estate.put(f"{TABLE}/routes/first", {"properties": properties})
    with pytest.raises(ArmFault) as refused:
        estate.put(f"{TABLE}/routes/second", {"properties": properties})
    assert code(refused) == (400, "RouteConflict")


def link(network: str, *, registers: bool = False) -> dict[str, Any]:
    properties = {"virtualNetwork": {"id": network}, "registrationEnabled": registers}
    return {"location": "global", "properties": properties}


def test_zone_counts_its_links(estate: MemoryEstate) -> None:
    """Counters follow the links; a zone with links cannot be deleted, one without can."""
    shown = estate.put(ZONE, {"location": "global"})["properties"]
    assert (shown["numberOfRecordSets"], shown["maxNumberOfRecordSets"]) == (1, 25000)
    linked = estate.put(f"{ZONE}/virtualNetworkLinks/net", link(NET))
    assert linked["properties"]["virtualNetworkLinkState"] == "Completed"
    assert estate.show(ZONE)["properties"]["numberOfVirtualNetworkLinks"] == 1
    assert estate.show(ZONE)["properties"]["numberOfVirtualNetworkLinksWithRegistration"] == 0
    with pytest.raises(ArmFault, match="Can not delete resource before nested resources are deleted") as refused:
        estate.delete(ZONE)
    assert refused.value.status == 409
    estate.delete(f"{ZONE}/virtualNetworkLinks/net")
    estate.delete(ZONE)
    assert estate.get(ZONE) is None


def test_network_is_linked_to_a_zone_once(estate: MemoryEstate) -> None:
    """A second link of the same network to the same zone is refused."""
    estate.put(ZONE, {"location": "global"})
    estate.put(f"{ZONE}/virtualNetworkLinks/one", link(NET))
    with pytest.raises(ArmFault) as refused:
        estate.put(f"{ZONE}/virtualNetworkLinks/two", link(NET.upper()))
    assert code(refused) == (409, "Conflict")


def test_network_registers_in_one_zone(estate: MemoryEstate) -> None:
    """Only one zone may register the machines of a network; resolving in many is fine."""
    other = f"{NETWORK}/privateDnsZones/example.com"
    for zone in (ZONE, other):
        estate.put(zone, {"location": "global"})
    estate.put(f"{ZONE}/virtualNetworkLinks/net", link(NET, registers=True))
    with pytest.raises(ArmFault, match="1 Private DNS zone") as refused:
        estate.put(f"{other}/virtualNetworkLinks/net", link(NET, registers=True))
    assert code(refused) == (409, "Conflict")
    assert estate.put(f"{other}/virtualNetworkLinks/net", link(NET))["name"] == "net"


def test_deleted_network_clears_its_links(estate: MemoryEstate) -> None:
    """The links of private zones go with the network."""
    estate.put(NET, {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}})
    estate.put(ZONE, {"location": "global"})
    estate.put(f"{ZONE}/virtualNetworkLinks/net", link(NET))
    estate.delete(NET)
    assert estate.children(ZONE, "virtualNetworkLinks") == ()


def test_alias_and_address_cannot_share_a_name(estate: MemoryEstate) -> None:
    """A CNAME stands alone under its name."""
    estate.put(ZONE, {"location": "global"})
    estate.put(f"{ZONE}/A/host", {"properties": {"ttl": 60, "aRecords": [{"ipv4Address": "10.0.0.4"}]}})
    with pytest.raises(ArmFault, match="already exists"):
        estate.put(f"{ZONE}/CNAME/host", {"properties": {"ttl": 60, "cnameRecord": {"cname": "x.example.com"}}})
    shown = estate.show(f"{ZONE}/A/host")["properties"]
    assert (shown["fqdn"], shown["isAutoRegistered"]) == ("host.privatelink.api.azureml.ms.", False)


def test_policy_of_an_unsupported_service_is_refused(estate: MemoryEstate) -> None:
    """Service endpoint policies are for storage."""
    policy = f"{NETWORK}/serviceEndpointPolicies/policy"
    estate.put(policy, {"location": "westeurope"})
    with pytest.raises(ArmFault) as refused:
        estate.put(f"{policy}/serviceEndpointPolicyDefinitions/sql", {"properties": {"service": "Microsoft.Sql"}})
    assert code(refused) == (400, "ServiceEndpointPolicyDefinitionServiceNotSupported")


def test_one_flow_log_for_a_target(estate: MemoryEstate) -> None:
    """A second flow log of one target is refused, and the first one knows its target's guid."""
    watcher = f"{NETWORK}/networkWatchers/watcher"
    estate.put(watcher, {"location": "westeurope"})
    account = f"{RESOURCE_GROUP}/providers/Microsoft.Storage/storageAccounts/account"
    estate.put(NET, {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}})
    body = {"location": "westeurope", "properties": {"targetResourceId": NET, "storageId": account}}
    shown = estate.put(f"{watcher}/flowLogs/one", body)["properties"]
    assert shown["targetResourceGuid"] == estate.show(NET)["properties"]["resourceGuid"]
    assert estate.show(NET)["properties"]["flowLogs"] == [{"id": f"{watcher}/flowLogs/one"}]
    assert shown["retentionPolicy"] == {"days": 0, "enabled": False}
    with pytest.raises(ArmFault, match="already exists for target"):
        estate.put(f"{watcher}/flowLogs/two", body)
    with pytest.raises(ArmFault, match="must be in the region"):
        estate.put(f"{watcher}/flowLogs/one", put(body, "/location", "northeurope"))
    with pytest.raises(ArmFault) as refused:
        estate.put(f"{watcher}/flowLogs/group", put(body, "/properties/targetResourceId", GROUP))
    assert code(refused) == (400, "NsgFlowLogCreationBlocked")


def test_one_watcher_in_a_region(estate: MemoryEstate) -> None:
    """A subscription has one network watcher in a region."""
    estate.put(f"{NETWORK}/networkWatchers/one", {"location": "westeurope"})
    with pytest.raises(ArmFault) as refused:
        estate.put(f"{NETWORK}/networkWatchers/two", {"location": "westeurope"})
    assert code(refused) == (400, "NetworkWatcherCountLimitReached")
    assert estate.put(f"{NETWORK}/networkWatchers/three", {"location": "northeurope"})["name"] == "three"
