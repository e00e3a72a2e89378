"""What makes a private endpoint wrong: its connections, groups, region and addresses. Pure.

Source of codes and messages: answers of the Azure network resource provider.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._endpoint_interface import connections, interface_id, interface_of, static_address, wanted_members
from azkeep.types._network import (
    address_holders,
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
from azkeep.types._private_link import group_ids
from azkeep.types.write import Estate, Write


def endpoint_fault(write: Write, estate: Estate) -> ArmFault | None:
    """The first fault of a private endpoint about to be stored; None if it is well."""
    found = list(connections(write.body))
    if not found:
        return ArmFault(
            400,
            "MissingPrivateLinkServiceConnectionOnPrivateEndpoint",
            f"Private endpoint {write.id} must have at least one private link service connection.",
        )
    for kind, connection in found:
        fault = _connection_fault(write, kind, connection, estate)
        if fault is not None:
            return fault
    subnet = str(get(write.body, "/properties/subnet/id"))
    if not same_place(home_of_subnet(estate, subnet), write.body.get("location")):
        return not_in_region(write.id, subnet)
    if write.is_create and get(estate.get(subnet) or {}, "/properties/delegations"):
        text = f"Private endpoint {write.id} cannot be created as subnet {subnet} is delegated."
        return ArmFault(400, "PrivateEndpointCreationNotAllowedAsSubnetIsDelegated", text)
    return _address_fault(write, subnet, estate)


def _connection_fault(write: Write, kind: str, connection: Body, estate: Estate) -> ArmFault | None:
    name = connection.get("name")
    if not name:
        return ArmFault(400, "InvalidRequestFormat", "Cannot parse the request.")
    id = f"{write.id}/{kind}/{name}"
    target = str(get(connection, "/properties/privateLinkServiceId", ""))
    wanted = get(connection, "/properties/groupIds", None) or []
    kind_of_target = ArmId.parse(target).type
    if kind_of_target.lower() == "microsoft.network/privatelinkservices":
        return None
    if not wanted:
        text = f"Private link service connection {id} is missing required parameter 'group Id'."
        return ArmFault(400, "MissingParameterOnPrivateLinkServiceConnection", text)
    if len(wanted) > 1:
        text = (
            f"Private link service connection {id} has the following group Ids: {', '.join(wanted)}. Only one group Id"
            f" is permitted when connecting to a first-party resource ({target})."
        )
        return ArmFault(400, "OnlyOneGroupIdPermitted", text)
    return _group_fault(target, kind_of_target, wanted[0], estate)


def _group_fault(target: str, arm_type: str, group_id: str, estate: Estate) -> ArmFault | None:
    offered = group_ids(arm_type)
    if offered is not None and group_id.lower() not in [name.lower() for name in offered]:
        return ArmFault(400, "BadRequest", f"Call to {arm_type} failed. Error message: Invalid groupId {group_id}")
    document = estate.get(target) or {}
    is_registry = arm_type.lower() == "microsoft.containerregistry/registries"
    if is_registry and str(get(document, "/sku/name", "Premium")).lower() != "premium":
        # Private link needs the Premium tier: container-registry-private-link.
        text = f"Call to {arm_type} failed. Error message: Private endpoint connections are not supported for SKU"
        return ArmFault(400, "BadRequest", f"{text} {get(document, '/sku/name')}.")
    return None


def _address_fault(write: Write, subnet: str, estate: Estate) -> ArmFault | None:
    kept = interface_of(write.before or {}, estate)
    fault = _static_fault(write, subnet, {str(one) for one in _addresses(kept)}, estate)
    if fault is not None:
        return fault
    wanted = wanted_members(write.body, estate)
    needed = [one for one in wanted if static_address(write.body, one[0], one[1].name) is None]
    missing = len(needed) - len(get(kept, "/properties/ipConfigurations", []))
    if missing > 0 and len(free_addresses(estate, subnet, missing)) < missing:
        return subnet_is_full(estate, subnet, missing)
    return None


def _addresses(interface: Body) -> list[Any]:
    return [get(item, "/properties/privateIPAddress") for item in get(interface, "/properties/ipConfigurations", [])]


def _static_fault(write: Write, subnet: str, own: set[str], estate: Estate) -> ArmFault | None:
    """What is wrong with the addresses that the endpoint asks for itself; `own` are those that it has."""
    blocks = ranges(subnet_prefixes(estate.get(subnet) or {}))
    for item in get(write.body, "/properties/ipConfigurations", None) or []:
        address = get(item, "/properties/privateIPAddress")
        if not is_address(address):
            continue
        block = next((each for each in blocks if ip_address(address) in each), None)
        if block is None:
            text = f"Private static IP address {address} does not belong to the range of subnet prefix"
            return ArmFault(400, "PrivateIPAddressNotInSubnet", f"{text} {', '.join(map(str, blocks))}.")
        if is_reserved(address, block):
            text = f"Private static IP address {address} falls within reserved IP range of subnet prefix {block}."
            return ArmFault(400, "PrivateIPAddressInReservedRange", text)
        holder = address_holders(estate, subnet).get(str(address))
        if holder is not None and str(address) not in own:
            configuration = f"{interface_id(write)}/ipConfigurations/{item.get('name')}"
            return address_is_allocated(configuration, str(address), holder)
    return None
