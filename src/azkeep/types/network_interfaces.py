"""Microsoft.Network/networkInterfaces. Source: Network Interfaces REST API 2024-05-01."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._network import (
    IN_RESOURCE_GROUP,
    NAME,
    SHORT_DELETE,
    SHORT_PUT,
    free_addresses,
    home_of_subnet,
    is_address,
    not_in_region,
    only_id,
    ranges,
    same_place,
    subnet_is_full,
    subnet_prefixes,
    taken_addresses,
    with_value,
)
from azkeep.types.resource_type import Estate, Link, ResourceType, Write

OWNER = "/properties/privateEndpoint/id"


def _configurations(body: Body | None) -> list[Body]:
    return list(get(body or {}, "/properties/ipConfigurations", None) or [])


def _subnet(configuration: Body) -> str:
    return str(get(configuration, "/properties/subnet/id", ""))


def _check(write: Write, estate: Estate) -> ArmFault | None:
    if get(write.before or {}, OWNER):
        text = f"Network interface {write.id} cannot be modified by user because it is attached to private endpoint"
        return ArmFault(400, "CannotModifyNicAttachedToPrivateEndpoint", f"{text} {get(write.before, OWNER)}.")
    kept = _kept(write)
    for configuration in _configurations(write.body):
        fault = _address_fault(write, configuration, kept, estate)
        if fault is not None:
            return fault
    return None


def _address_fault(write: Write, configuration: Body, kept: dict[str, str], estate: Estate) -> ArmFault | None:
    subnet = _subnet(configuration)
    if not subnet:
        text = (
            f"Subnet reference is required for ipconfiguration {write.id}/ipConfigurations/{configuration.get('name')}."
        )
        return ArmFault(400, "SubnetIsRequired", text)
    if not same_place(home_of_subnet(estate, subnet), write.body.get("location")):
        return not_in_region(write.id, subnet)
    address = get(configuration, "/properties/privateIPAddress")
    if not address:
        free = free_addresses(estate, subnet, 1) or kept.get(str(configuration.get("name")))
        return None if free else subnet_is_full(estate, subnet, 1)
    blocks = ranges(subnet_prefixes(estate.get(subnet) or {}))
    if not is_address(address) or not any(ip_address(address) in block for block in blocks):
        text = f"Private static IP address {address} does not belong to the range of subnet prefix"
        return ArmFault(400, "PrivateIPAddressNotInSubnet", f"{text} {', '.join(map(str, blocks))}.")
    if address in taken_addresses(estate, subnet) and address not in kept.values():
        text = (
            f"IP configuration {write.id}/ipConfigurations/{configuration.get('name')} is using the private IP address"
        )
        return ArmFault(
            400, "PrivateIPAddressInUse", f"{text} {address} which is already allocated to another resource."
        )
    return None


def _kept(write: Write) -> dict[str, str]:
    """Addresses that the stored configurations have, by name."""
    return {
        str(item.get("name")): str(get(item, "/properties/privateIPAddress"))
        for item in _configurations(write.before)
        if get(item, "/properties/privateIPAddress")
    }


def _complete(write: Write, estate: Estate) -> Body:
    body = with_value(write.body, "/properties/resourceGuid", write.guid("resourceGuid"))
    given: list[str] = []
    completed = []
    for index, configuration in enumerate(_configurations(body)):
        found = _completed(write, index, configuration, given, estate)
        given.append(str(found["properties"]["privateIPAddress"]))
        completed.append(found)
    body = with_value(body, "/properties/ipConfigurations", completed)
    return only_id(body, "/properties/networkSecurityGroup")


def _completed(write: Write, index: int, configuration: Body, given: list[str], estate: Estate) -> dict[str, Any]:
    subnet, name = _subnet(configuration), str(configuration.get("name"))
    sent = get(configuration, "/properties", {})
    address = sent.get("privateIPAddress") or _kept(write).get(name)
    found = {
        **configuration,
        "id": f"{write.id}/ipConfigurations/{name}",
        "type": "Microsoft.Network/networkInterfaces/ipConfigurations",
        "properties": {
            "privateIPAllocationMethod": "Dynamic",
            "privateIPAddressVersion": "IPv4",
            "primary": index == 0,
            **sent,
            "provisioningState": "Succeeded",
            "privateIPAddress": address or next(iter(free_addresses(estate, subnet, 1, besides=given)), None),
            "subnet": {"id": subnet},
        },
    }
    for member in ("publicIPAddress",):
        if get(sent, f"/{member}/id"):
            found["properties"][member] = {"id": get(sent, f"/{member}/id")}
    return found


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    owner = get(body, OWNER)
    if owner and estate.get(str(owner)) is not None:
        text = f"Network interface {id} is attached to private endpoint {owner} and cannot be deleted."
        return ArmFault(400, "NicInUseWithPrivateEndpoint", f"{text} Delete the private endpoint instead.")
    machine = get(body, "/properties/virtualMachine/id")
    if machine:
        text = f"Nic(s) in request is used by resource {machine}. To learn how to do this, see aka.ms/deletenic."
        return ArmFault(400, "NicInUse", text)
    return None


def _made_by_service(id: ArmId, body: Body) -> bool:
    return bool(get(body, OWNER))


TYPE = ResourceType(
    arm_type="Microsoft.Network/networkInterfaces",
    token="azure-native:network:NetworkInterface",
    path=IN_RESOURCE_GROUP + "/networkInterfaces/{networkInterfaceName}",
    name=NAME,
    required=("/properties/ipConfigurations",),
    links=(
        Link("/properties/ipConfigurations/*/properties/subnet/id", ("Microsoft.Network/virtualNetworks/subnets",)),
        Link("/properties/ipConfigurations/*/properties/publicIPAddress/id", ("Microsoft.Network/publicIPAddresses",)),
        Link("/properties/networkSecurityGroup/id", ("Microsoft.Network/networkSecurityGroups",)),
    ),
    read_only=(
        "/properties/macAddress",
        "/properties/privateEndpoint",
        "/properties/primary",
        "/properties/resourceGuid",
        "/properties/virtualMachine",
        "/properties/hostedWorkloads",
        "/properties/tapConfigurations",
        "/properties/ipConfigurations/*/properties/privateLinkConnectionProperties",
    ),
    # Network Interfaces REST API, create example response.
    defaults={
        "/properties/dnsSettings/dnsServers": [],
        "/properties/dnsSettings/appliedDnsServers": [],
        "/properties/enableAcceleratedNetworking": False,
        "/properties/enableIPForwarding": False,
        "/properties/disableTcpStateTracking": False,
        "/properties/vnetEncryptionSupported": False,
        "/properties/hostedWorkloads": [],
        "/properties/tapConfigurations": [],
        "/properties/nicType": "Standard",
        "/properties/auxiliaryMode": "None",
        "/properties/auxiliarySku": "None",
        "/properties/macAddress": "",
    },
    check=_check,
    complete=_complete,
    blocks_delete=_blocks_delete,
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    etag=True,
    in_resource_graph=True,
    volatile=("/etag", "/properties/macAddress", "/properties/dnsSettings/internalDomainNameSuffix"),
    unordered=("/properties/hostedWorkloads", "/properties/tapConfigurations"),
    made_by_service=_made_by_service,
)
