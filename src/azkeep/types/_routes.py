"""What makes a route wrong. Pure. Source: virtual-networks-udr-overview, and answers of the network provider."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._network import is_address, parse_range
from azkeep.types._subnet_ranges import malformed

HOPS = ("VirtualNetworkGateway", "VnetLocal", "Internet", "VirtualAppliance", "None")


def route_fault(id: str, name: str, route: Body) -> ArmFault | None:
    """What is wrong with the route document `route`; None if nothing."""
    hop = str(get(route, "/properties/nextHopType", ""))
    address = get(route, "/properties/nextHopIpAddress")
    if hop.lower() not in [known.lower() for known in HOPS]:
        text = f"Value '{hop}' of nextHopType in route {name} is not one of {', '.join(HOPS)}."
        return ArmFault(400, "InvalidRequestFormat", f"Cannot parse the request. {text}")
    needs_address = hop.lower() == "virtualappliance"
    if needs_address and not address:
        text = f"NextHopIpAddress cannot be Null or Empty in route {name} when NextHopType is VirtualAppliance."
        return ArmFault(400, "MissingNextHopIpAddress", text)
    if needs_address and not is_address(address):
        return ArmFault(400, "InvalidNextHopIpAddress", f"Route {name} has an invalid NextHopIpAddress {address}.")
    if address and not needs_address:
        text = f"NextHopIpAddress is not allowed in route {name} when NextHopType is {hop}."
        return ArmFault(400, "NextHopIpAddressNotAllowed", text)
    prefix = str(get(route, "/properties/addressPrefix", ""))
    # A service tag may stand in place of a range: it begins with a letter and has no slash.
    if parse_range(prefix) is None and ("/" in prefix or not prefix[:1].isalpha()):
        return malformed(prefix, id)
    return None
