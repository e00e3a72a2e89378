"""IP configurations of a network interface: what makes them wrong, and the addresses they get. Pure.

Source of codes and messages: answers of the Azure network resource provider.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._network import (
    address_holders,
    address_in_use,
    address_is_allocated,
    free_addresses,
    home_of_subnet,
    is_address,
    is_reserved,
    not_in_region,
    ranges,
    same_place,
    subnet_is_full,
    subnet_prefixes,
)
from azkeep.types.write import Estate, Write

OWNER = "/properties/privateEndpoint/id"


def _configurations(body: Body | None) -> list[Body]:
    return list(get(body or {}, "/properties/ipConfigurations", None) or [])


def _subnet(configuration: Body) -> str:
    return str(get(configuration, "/properties/subnet/id", ""))


def interface_fault(write: Write, estate: Estate) -> ArmFault | None:
    """The first fault of an interface about to be stored; None if it is well."""
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
    subnet, own = _subnet(configuration), f"{write.id}/ipConfigurations/{configuration.get('name')}"
    if not subnet:
        return ArmFault(400, "SubnetIsRequired", f"Subnet reference is required for ipconfiguration {own}.")
    if not same_place(home_of_subnet(estate, subnet), write.body.get("location")):
        return not_in_region(write.id, subnet)
    public = str(get(configuration, "/properties/publicIPAddress/id") or "")
    taken = address_in_use(write, public, estate, configuration=own) if public else None
    if taken is not None:
        return taken
    address = get(configuration, "/properties/privateIPAddress")
    if not address:
        free = free_addresses(estate, subnet, 1) or kept.get(str(configuration.get("name")))
        return None if free else subnet_is_full(estate, subnet, 1)
    blocks = ranges(subnet_prefixes(estate.get(subnet) or {}))
    if not is_address(address) or not any(ip_address(address) in block for block in blocks):
        text = f"Private static IP address {address} does not belong to the range of subnet prefix"
        return ArmFault(400, "PrivateIPAddressNotInSubnet", f"{text} {', '.join(map(str, blocks))}.")
    home = next(block for block in blocks if ip_address(address) in block)
    if is_reserved(address, home):
        text = f"Private static IP address {address} falls within reserved IP range of subnet prefix {home}."
        return ArmFault(400, "PrivateIPAddressInReservedRange", text)
    holder = address_holders(estate, subnet).get(address)
    if holder is not None and address not in kept.values():
        return address_is_allocated(own, address, holder)
    return None


def _kept(write: Write) -> dict[str, str]:
    """Addresses that the stored configurations have, by name."""
    return {
        str(item.get("name")): str(get(item, "/properties/privateIPAddress"))
        for item in _configurations(write.before)
        if get(item, "/properties/privateIPAddress")
    }


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
    public = get(sent, "/publicIPAddress/id")
    if public:
        found["properties"]["publicIPAddress"] = {"id": public}
    return found


def completed_configurations(write: Write, estate: Estate) -> list[dict[str, Any]]:
    """The IP configurations with ids, states and addresses; an address once given is kept."""
    given: list[str] = []
    found = []
    for index, configuration in enumerate(_configurations(write.body)):
        found.append(_completed(write, index, configuration, given, estate))
        given.append(str(found[-1]["properties"]["privateIPAddress"]))
    return found
