"""Bastions and firewalls: services with one subnet of their own, by its name, and a public address. Pure."""

from __future__ import annotations

from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._network import address_in_use, home_of_subnet, not_in_region, same_place
from azkeep.types.write import Estate, Write


def place_fault(write: Write, estate: Estate, subnet_name: str, what: str) -> ArmFault | None:
    """The fault in the subnet or public address of an IP configuration; the subnet must be called `subnet_name`."""
    for item in get(write.body, "/properties/ipConfigurations", None) or []:
        subnet = str(get(item, "/properties/subnet/id", ""))
        if subnet and ArmId.parse(subnet).name != subnet_name:
            text = f"{what} {write.id} must be in a subnet with the name {subnet_name}, not in {subnet}."
            return ArmFault(400, f"{what}SubnetNameInvalid", text)
        if subnet and not same_place(home_of_subnet(estate, subnet), write.body.get("location")):
            return not_in_region(write.id, subnet)
        fault = _address_fault(write, estate, str(get(item, "/properties/publicIPAddress/id", "")), what)
        if fault is not None:
            return fault
    return None


def _address_fault(write: Write, estate: Estate, address: str, what: str) -> ArmFault | None:
    if not address:
        return None
    document = estate.get(address) or {}
    if str(get(document, "/sku/name", "Standard")).lower() != "standard":
        text = f"{what} {write.id} needs a public IP address with the Standard sku; {address} has another."
        return ArmFault(400, f"{what}PublicIpSkuInvalid", text)
    return address_in_use(write, address, estate)


def configurations(write: Write, arm_type: str, **added: Any) -> list[dict[str, Any]]:
    """The IP configurations with ids, types and states; `added` goes into the properties of the first."""
    found = []
    kind = f"{arm_type.rsplit('/', 1)[1].removesuffix('s')}IpConfigurations"
    for index, item in enumerate(get(write.body, "/properties/ipConfigurations", None) or []):
        properties: dict[str, Any] = {"privateIPAllocationMethod": "Dynamic", **get(item, "/properties", {})}
        properties |= {"provisioningState": "Succeeded", **(added if index == 0 else {})}
        for member in ("subnet", "publicIPAddress"):
            if get(properties, f"/{member}/id"):
                properties[member] = {"id": get(properties, f"/{member}/id")}
        id = f"{write.id}/{kind}/{item.get('name')}"
        found.append({**item, "id": id, "type": f"{arm_type}/{kind}", "properties": properties})
    return found


def first_subnet(body: Body) -> str:
    return str(get(body, "/properties/ipConfigurations/0/properties/subnet/id", ""))
