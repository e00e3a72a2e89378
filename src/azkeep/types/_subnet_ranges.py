"""Whether a subnet's address ranges fit its virtual network and its siblings. Pure.

Source of codes and messages: answers of the Azure network resource provider.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body
from azkeep.types._network import contains, overlap, parse_range, ranges, subnet_prefixes

# Smallest sizes of subnets that a service claims by name: Azure Bastion and Azure Firewall documentation.
LONGEST_PREFIX = {"AzureBastionSubnet": 26, "AzureFirewallSubnet": 26, "AzureFirewallManagementSubnet": 26}
LONGEST_PREFIX_OF_ANY = 29


def range_fault(network: ArmId, space: Iterable[str], subnet: Body, siblings: Iterable[Body]) -> ArmFault | None:
    """The fault in the address prefixes of `subnet` (its document, with `name`); None if they fit.

    `space` are the address prefixes of `network`; `siblings` its other subnets.
    """
    name = str(subnet.get("name"))
    prefixes = subnet_prefixes(subnet)
    if not prefixes:
        return ArmFault(
            400,
            "NoAddressPrefixOrPoolProvided",
            f"A Subnet must have at least one address prefix or IP address pool. Subnet: {network}/subnets/{name}",
        )
    for prefix in prefixes:
        if parse_range(prefix) is None:
            return malformed(prefix, f"{network}/subnets/{name}")
    return _misplaced(network, space, name, prefixes) or _overlapping(network, name, prefixes, siblings)


def malformed(prefix: object, id: str) -> ArmFault:
    """The network provider's refusal of a text that is no CIDR range, or one with host bits set."""
    try:
        meant = ip_network(str(prefix), strict=False)
    except ValueError:
        return ArmFault(
            400,
            "InvalidAddressPrefixFormat",
            f"Address prefix {prefix} of resource {id} is not formatted correctly. It should follow CIDR notation, for"
            " example 10.0.0.0/24.",
        )
    return ArmFault(
        400,
        "InvalidCIDRNotation",
        f"The address prefix {prefix} in resource {id} has an invalid CIDR notation. For the given prefix length, the"
        f" address prefix should be {meant}.",
    )


def _misplaced(network: ArmId, space: Iterable[str], name: str, prefixes: tuple[str, ...]) -> ArmFault | None:
    outer = ranges(space)
    longest = LONGEST_PREFIX.get(name, LONGEST_PREFIX_OF_ANY)
    for found in ranges(prefixes):
        if not contains(outer, found):
            return ArmFault(
                400, "NetcfgInvalidSubnet", f"Subnet '{name}' is not valid in virtual network '{network.name}'."
            )
        if found.version == 4 and found.prefixlen > longest:
            return ArmFault(
                400,
                "NetcfgSubnetRangeTooSmall" if name not in LONGEST_PREFIX else "SubnetTooSmall",
                f"Subnet '{name}' with address prefix {found} in virtual network '{network.name}' is too small: the"
                f" prefix length must be at most /{longest}.",
            )
    return None


def _overlapping(network: ArmId, name: str, prefixes: tuple[str, ...], siblings: Iterable[Body]) -> ArmFault | None:
    for sibling in siblings:
        if overlap(ranges(prefixes), ranges(subnet_prefixes(sibling))):
            return ArmFault(
                400,
                "NetcfgSubnetRangesOverlap",
                f"Subnet '{name}' is not valid because its IP address range overlaps with that of an existing subnet in"
                f" virtual network '{network.name}'.",
            )
    return None
