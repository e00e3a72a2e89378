"""azure-mgmt-network and -privatedns: what stands in the way of a write, and what one write does to others."""

from __future__ import annotations

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceModifiedError, ResourceNotFoundError
from azure.mgmt.network import models
from tests.contract.sdks.conftest import Open, refusal
from tests.contract.sdks.estate import GROUP, HUB, Estate

ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/account"


@pytest.fixture(autouse=True)
def examples(estate: Estate) -> None:
    """The resources that the tests here refer to."""


def test_group_in_use_stays(clients: Open) -> None:
    """A security group of a subnet is not deleted; the refusal names the subnet."""
    with pytest.raises(HttpResponseError) as caught:
        clients("network").network_security_groups.begin_delete("rg", "nsg")
    status, code, message = refusal(caught)
    assert (status, code) == (400, "InUseNetworkSecurityGroupCannotBeDeleted")
    assert "/virtualNetworks/net/subnets/scoring" in message


def test_subnet_must_lie_in_its_network(clients: Open) -> None:
    """A subnet outside the addresses of its network is refused."""
    with pytest.raises(HttpResponseError) as caught:
        clients("network").subnets.begin_create_or_update(
            "rg", "net", "outside", {"properties": {"addressPrefix": "10.9.0.0/24"}}
        )
    assert refusal(caught)[:2] == (400, "NetcfgInvalidSubnet")


def test_subnet_of_a_missing_network(clients: Open) -> None:
    """A child of what is not there is a missing parent, as the client's own exception."""
    with pytest.raises(ResourceNotFoundError) as caught:
        clients("network").subnets.begin_create_or_update(
            "rg", "nowhere", "one", {"properties": {"addressPrefix": "10.9.0.0/24"}}
        )
    assert refusal(caught)[1] == "ParentResourceNotFound"


def test_child_changes_the_etag_of_its_parent(clients: Open) -> None:
    """A rule made beside its group shows in the group, whose etag is another one then."""
    network = clients("network")
    network.network_security_groups.begin_create_or_update("rg", "tagged-nsg", {"location": "westeurope"}).result()
    before = network.network_security_groups.get("rg", "tagged-nsg")
    rule = models.SecurityRule(
        properties=models.SecurityRulePropertiesFormat(
            protocol="Tcp", source_address_prefix="*", source_port_range="*", destination_address_prefix="*",
            destination_port_range="443", access="Allow", priority=100, direction="Inbound",
        )
    )  # fmt: skip
    made = network.security_rules.begin_create_or_update("rg", "tagged-nsg", "https", rule).result()
    after = network.network_security_groups.get("rg", "tagged-nsg")
    assert [each.name for each in after.properties.security_rules] == ["https"]
    assert made.properties.provisioning_state == "Succeeded"
    assert after.etag != before.etag
    assert "DenyAllInBound" in [each.name for each in after.properties.default_security_rules]


def test_owner_of_the_target_rejects_an_endpoint(clients: Open) -> None:
    """What the owner of a storage account says of a connection is what the endpoint shows."""
    network, storage = clients("network"), clients("storage")
    connection = {"name": "own", "properties": {"privateLinkServiceId": ACCOUNT, "groupIds": ["queue"]}}
    body = {
        "location": "westeurope",
        "properties": {"subnet": {"id": f"{HUB}/subnets/plain"}, "privateLinkServiceConnections": [connection]},
    }
    network.private_endpoints.begin_create_or_update("rg", "to-queue", body).result()
    listed = storage.private_endpoint_connections.list("rg", "account")
    own = next(each for each in listed if each.properties.private_endpoint.id.endswith("/to-queue"))
    own.properties.private_link_service_connection_state.status = "Rejected"
    storage.private_endpoint_connections.put("rg", "account", own.name, own)
    shown = network.private_endpoints.get("rg", "to-queue").properties.private_link_service_connections[0]
    assert shown.properties.private_link_service_connection_state.status == "Rejected"
    network.private_endpoints.begin_delete("rg", "to-queue").result()
    assert own.name not in [each.name for each in storage.private_endpoint_connections.list("rg", "account")]


def test_records_have_match_conditions(clients: Open) -> None:
    """A record set is not overwritten where it must be missing, nor with another etag than its own."""
    records = clients("privatedns").record_sets
    zone = "privatelink.blob.core.windows.net"
    one = {"properties": {"ttl": 60, "aRecords": [{"ipv4Address": "10.0.0.4"}]}}
    made = records.create_or_update("rg", zone, "A", "matched", one, match_condition=MatchConditions.IfMissing)
    for condition in (
        {"match_condition": MatchConditions.IfMissing},
        {"etag": "no", "match_condition": MatchConditions.IfNotModified},
    ):
        with pytest.raises(HttpResponseError) as caught:
            records.create_or_update("rg", zone, "A", "matched", one, **condition)
        assert caught.value.status_code == 412
    changed = {"properties": {"ttl": 90, "aRecords": [{"ipv4Address": "10.0.0.5"}]}}
    same = {"etag": made.etag, "match_condition": MatchConditions.IfNotModified}
    assert records.create_or_update("rg", zone, "A", "matched", changed, **same).properties.ttl == 90
    with pytest.raises(ResourceModifiedError):
        records.delete("rg", zone, "A", "matched", **same)
    records.delete("rg", zone, "A", "matched")
    assert "matched" not in [each.name for each in records.list_by_type("rg", zone, "A")]


def test_addresses_of_a_network(clients: Open) -> None:
    """A free address is free; a platform's own and a taken one are not, and the next free ones are told."""
    networks = clients("network").virtual_networks
    usage = {each.id.rsplit("/", 1)[1]: each for each in networks.list_usage("rg", "net")}
    subnet = clients("network").subnets.get("rg", "net", "training")
    start = subnet.address_prefix.rsplit(".", 1)[0]
    kept = networks.check_ip_address_availability("rg", "net", ip_address=f"{start}.1")
    assert (kept.available, kept.is_platform_reserved, len(kept.available_ip_addresses)) == (False, True, 5)
    free = networks.check_ip_address_availability("rg", "net", ip_address=kept.available_ip_addresses[-1])
    assert (free.available, free.is_platform_reserved) == (True, False)
    space = usage["training"]
    assert (space.name.value, space.unit, space.current_value >= 0, space.limit > 0) == (
        "SubnetSpace",
        "Count",
        True,
        True,
    )


def test_an_address_outside_the_network(clients: Open) -> None:
    """An address that no subnet holds is refused."""
    with pytest.raises(HttpResponseError) as caught:
        clients("network").virtual_networks.check_ip_address_availability("rg", "net", ip_address="192.0.2.1")
    assert refusal(caught)[:2] == (400, "PrivateIPAddressNotInAnySubnet")


def test_use_of_a_region(clients: Open) -> None:
    """A region counts the networks that are in it, beside what it may have."""
    network = clients("network")
    found = {each.name.value: each for each in network.usages.list("westeurope")}
    networks = [each for each in network.virtual_networks.list_all() if each.location == "westeurope"]
    assert (found["VirtualNetworks"].current_value, found["VirtualNetworks"].limit) == (len(networks), 1000)
    assert found["RoutesPerRouteTable"].current_value == 0


def test_services_of_a_region(clients: Open) -> None:
    """What a subnet may have service endpoints of, and what a private endpoint may lead to."""
    network = clients("network")
    services = [each.name for each in network.available_endpoint_services.list("westeurope")]
    types = [each.resource_name for each in network.available_private_endpoint_types.list("westeurope")]
    assert {"Microsoft.Storage", "Microsoft.KeyVault"} <= set(services)
    assert "Microsoft.MachineLearningServices/workspaces" in types


def test_label_of_a_public_address(clients: Open) -> None:
    """A label that an address of the region has is nobody else's there, and free elsewhere."""
    network = clients("network")
    body = {
        "location": "westeurope",
        "sku": {"name": "Standard"},
        "properties": {"publicIPAllocationMethod": "Static", "dnsSettings": {"domainNameLabel": "azkeeplabel"}},
    }
    network.public_ip_addresses.begin_create_or_update("rg", "labelled", body).result()
    told = [
        network.check_dns_name_availability(place, domain_name_label="azkeeplabel").available
        for place in ("westeurope", "northeurope")
    ]
    network.public_ip_addresses.begin_delete("rg", "labelled").result()
    assert told == [False, True]


def test_parts_that_have_lists_of_their_own(clients: Open) -> None:
    """Configurations of an interface, one by its name, and what a subnet's guests have linked to it: nothing here."""
    network = clients("network")
    first = next(iter(network.network_interfaces.list("rg")))
    found = list(network.network_interface_ip_configurations.list("rg", first.name))
    assert [each.id for each in found] == [each.id for each in first.ip_configurations]
    one = network.network_interface_ip_configurations.get("rg", first.name, found[0].name)
    assert one.private_ip_address == first.ip_configurations[0].private_ip_address
    links = network.service_association_links.list("rg", "net", "training").value
    assert links == network.resource_navigation_links.list("rg", "net", "training").value == []
