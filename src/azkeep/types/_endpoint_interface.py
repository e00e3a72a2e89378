"""The network interface of a private endpoint, and the names and addresses behind it. Pure.

Source: Private Endpoints and Network Interfaces REST API 2024-05-01, get example responses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._network import free_addresses, is_same
from azkeep.types._private_link import Host, Member, members
from azkeep.types.write import Estate, Write

INTERFACES = "Microsoft.Network/networkInterfaces"
AUTOMATIC, MANUAL = "privateLinkServiceConnections", "manualPrivateLinkServiceConnections"


def connections(body: Body) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(kind, connection) of a private endpoint document; kind is one of AUTOMATIC and MANUAL."""
    for kind in (AUTOMATIC, MANUAL):
        for item in get(body, f"/properties/{kind}", None) or []:
            yield kind, item


def wanted_members(body: Body, estate: Estate) -> tuple[tuple[str, Member], ...]:
    """(group id, member) for each address that a private endpoint document asks for."""
    found: list[tuple[str, Member]] = []
    for _, connection in connections(body):
        target = str(get(connection, "/properties/privateLinkServiceId", ""))
        for group_id in get(connection, "/properties/groupIds", None) or []:
            found.extend((group_id, member) for member in members(target, estate.get(target), group_id))
    return tuple(found)


def interface_id(write: Write) -> str:
    """Id of the endpoint's interface: its custom name, else `{endpoint}.nic.{guid}`."""
    group = write.id.resource_group_id
    name = get(write.body, "/properties/customNetworkInterfaceName") or f"{write.id.name}.nic.{write.guid('interface')}"
    return f"{group}/providers/{INTERFACES}/{name}"


def interface_body(write: Write, estate: Estate) -> dict[str, Any]:
    """The document of the endpoint's interface; an address once given is kept."""
    subnet = str(get(write.body, "/properties/subnet/id"))
    id = interface_id(write)
    wanted = wanted_members(write.body, estate)
    chosen = _addresses(write.body, estate.get(id) or {}, estate, subnet, wanted)
    configurations = [
        _configuration(write, id, subnet, index, group_id, member, address)
        for index, ((group_id, member), address) in enumerate(zip(wanted, chosen, strict=False))
    ]
    return {
        "location": write.body.get("location"),
        "properties": {
            "provisioningState": "Succeeded",
            "resourceGuid": write.guid("interface/resourceGuid"),
            "ipConfigurations": configurations,
            "dnsSettings": {"dnsServers": [], "appliedDnsServers": []},
            "macAddress": "",
            "enableAcceleratedNetworking": False,
            "vnetEncryptionSupported": False,
            "enableIPForwarding": False,
            "disableTcpStateTracking": False,
            "hostedWorkloads": [],
            "tapConfigurations": [],
            "nicType": "Standard",
            "auxiliaryMode": "None",
            "auxiliarySku": "None",
            "privateEndpoint": {"id": write.id.text},
        },
    }


def static_address(body: Body, group_id: str, member: str) -> str | None:
    """The address that a private endpoint document sets for a member itself."""
    for item in get(body, "/properties/ipConfigurations", None) or []:
        fits_group = str(get(item, "/properties/groupId", "")).lower() in ("", group_id.lower())
        if fits_group and str(get(item, "/properties/memberName", "")).lower() == member.lower():
            return str(get(item, "/properties/privateIPAddress"))
    return None


def _addresses(
    body: Body, interface: Body, estate: Estate, subnet: str, wanted: tuple[tuple[str, Member], ...]
) -> tuple[str, ...]:
    fixed = [
        static_address(body, group_id, member.name) or _kept(interface, group_id, member.name, subnet)
        for group_id, member in wanted
    ]
    free = iter(free_addresses(estate, subnet, fixed.count(None), besides=[one for one in fixed if one]))
    return tuple(address for address in (one or next(free, None) for one in fixed) if address)


def _kept(interface: Body, group_id: str, member: str, subnet: str) -> str | None:
    for item in get(interface, "/properties/ipConfigurations", []):
        link = get(item, "/properties/privateLinkConnectionProperties", {})
        same = link.get("groupId") == group_id and link.get("requiredMemberName") == member
        if same and is_same(get(item, "/properties/subnet/id"), subnet):
            return str(get(item, "/properties/privateIPAddress"))
    return None


def _configuration(
    write: Write, interface: str, subnet: str, index: int, group_id: str, member: Member, address: str
) -> dict[str, Any]:
    name = f"privateEndpointIpConfig.{write.guid(f'configuration/{index}')}"
    static = static_address(write.body, group_id, member.name) is not None
    return {
        "name": name,
        "id": f"{interface}/ipConfigurations/{name}",
        "type": "Microsoft.Network/networkInterfaces/ipConfigurations",
        "properties": {
            "provisioningState": "Succeeded",
            "privateIPAddress": address,
            "privateIPAllocationMethod": "Static" if static else "Dynamic",
            "subnet": {"id": subnet},
            "primary": index == 0,
            "privateIPAddressVersion": "IPv4",
            "privateLinkConnectionProperties": {
                "groupId": group_id,
                "requiredMemberName": member.name,
                "fqdns": [host.fqdn for host in member.hosts],
            },
        },
    }


def custom_dns_configs(interface: Body) -> list[dict[str, Any]]:
    """`{fqdn, ipAddresses}` for each name behind an interface document."""
    return [
        {"fqdn": fqdn, "ipAddresses": [get(item, "/properties/privateIPAddress")]}
        for item in get(interface, "/properties/ipConfigurations", [])
        for fqdn in get(item, "/properties/privateLinkConnectionProperties/fqdns", [])
    ]


def interface_of(endpoint: Body, estate: Estate) -> Body:
    """The interface document of a stored private endpoint; {} without one."""
    id = get(endpoint, "/properties/networkInterfaces/0/id")
    return (estate.get(id) or {}) if id else {}


def hosts_with_addresses(endpoint: Body, estate: Estate) -> Iterator[tuple[Host, str]]:
    """Each name behind a stored private endpoint, with its address."""
    addresses = {
        (link.get("groupId"), link.get("requiredMemberName")): get(item, "/properties/privateIPAddress")
        for item in get(interface_of(endpoint, estate), "/properties/ipConfigurations", [])
        if (link := get(item, "/properties/privateLinkConnectionProperties", {}))
    }
    for group_id, member in wanted_members(endpoint, estate):
        address = addresses.get((group_id, member.name))
        if address:
            yield from ((host, address) for host in member.hosts)


def connection_names(id: ArmId, target: str, estate: Estate) -> tuple[str, ...]:
    """Ids of the connections of `target` that lead to private endpoint `id`."""
    return tuple(
        str(connection["id"])
        for connection in estate.children(target, "privateEndpointConnections")
        if is_same(get(connection, "/properties/privateEndpoint/id"), id.text)
    )
