"""Rules of network security groups: the default ones, and what makes one wrong. Pure.

Source: Network Security Groups REST API 2024-05-01, create example response; network-security-groups-overview.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_network
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._network import ranges

LOWEST, HIGHEST = 100, 4096
_TAG = re.compile(r"[A-Za-z]\w*(\.\w+)*")

_ANY, _NET, _BALANCER = "*", "VirtualNetwork", "AzureLoadBalancer"

# Name, priority, access, source, destination, description; the direction is the end of the name.
_DEFAULTS = (
    ("AllowVnetInBound", 65000, "Allow", _NET, _NET, "Allow inbound traffic from all VMs in VNET"),
    ("AllowAzureLoadBalancerInBound", 65001, "Allow", _BALANCER, _ANY,
     "Allow inbound traffic from azure load balancer"),
    ("DenyAllInBound", 65500, "Deny", _ANY, _ANY, "Deny all inbound traffic"),
    ("AllowVnetOutBound", 65000, "Allow", _NET, _NET, "Allow outbound traffic from all VMs to all VMs in VNET"),
    ("AllowInternetOutBound", 65001, "Allow", _ANY, "Internet", "Allow outbound traffic from all VMs to Internet"),
    ("DenyAllOutBound", 65500, "Deny", _ANY, _ANY, "Deny all outbound traffic"),
)  # fmt: skip


def default_rules(group: ArmId) -> list[dict[str, Any]]:
    """The six rules that every group has."""
    return [
        {
            "name": name,
            "id": f"{group}/defaultSecurityRules/{name}",
            "type": "Microsoft.Network/networkSecurityGroups/defaultSecurityRules",
            "properties": {
                "provisioningState": "Succeeded",
                "description": description,
                "protocol": "*",
                "sourcePortRange": "*",
                "destinationPortRange": "*",
                "sourceAddressPrefix": source,
                "destinationAddressPrefix": destination,
                "access": access,
                "priority": priority,
                "direction": "Inbound" if name.endswith("InBound") else "Outbound",
                "sourcePortRanges": [],
                "destinationPortRanges": [],
                "sourceAddressPrefixes": [],
                "destinationAddressPrefixes": [],
            },
        }
        for name, priority, access, source, destination, description in _DEFAULTS
    ]


def with_empty_lists(rule: Body) -> dict[str, Any]:
    """`rule` with the plural members that Azure always returns."""
    empty: dict[str, Any] = {
        "sourcePortRanges": [],
        "destinationPortRanges": [],
        "sourceAddressPrefixes": [],
        "destinationAddressPrefixes": [],
    }
    return {**rule, "properties": {**empty, **{k: v for k, v in get(rule, "/properties", {}).items() if v is not None}}}


def rule_fault(group: ArmId, name: str, rule: Body) -> ArmFault | None:
    """What is wrong with one rule by itself, its document given."""
    id = f"{group}/securityRules/{name}"
    priority = get(rule, "/properties/priority")
    if not isinstance(priority, int | float) or not LOWEST <= priority <= HIGHEST:
        return ArmFault(
            400,
            "SecurityRuleInvalidPriority",
            f"Security rule has invalid Priority. Value provided: {priority} Allowed range {LOWEST}-{HIGHEST}.",
        )
    for single, plural in (
        ("sourceAddressPrefix", "sourceAddressPrefixes"),
        ("destinationAddressPrefix", "destinationAddressPrefixes"),
        ("sourcePortRange", "sourcePortRanges"),
        ("destinationPortRange", "destinationPortRanges"),
    ):
        fault = _one_of(id, rule, single, plural)
        if fault is not None:
            return fault
    return _port_fault(id, rule) or _address_fault(id, rule) or _family_fault(id, rule)


def _one_of(id: str, rule: Body, single: str, plural: str) -> ArmFault | None:
    has_single, has_plural = bool(get(rule, f"/properties/{single}")), bool(get(rule, f"/properties/{plural}"))
    groups = plural.replace("AddressPrefixes", "ApplicationSecurityGroups")
    if has_single and has_plural:
        code = "SecurityRuleParameterCannotBeSpecifiedTogether"
        text = f"Security rule parameters {single} and {plural} cannot be specified together. Resource: {id}"
        return ArmFault(400, code, text)
    if has_single or has_plural or (groups != plural and get(rule, f"/properties/{groups}")):
        return None
    missing = f"{_parameter(plural)}, {_parameter(single)}"
    if groups != plural:
        missing += f", or {_parameter(groups)}"
    text = f"Required security rule parameters are missing for security rule with Id: {id}. Security rule must specify"
    return ArmFault(400, "SecurityRuleMissingRequiredParameters", f"{text} {missing}.")


def _port_fault(id: str, rule: Body) -> ArmFault | None:
    for member in ("sourcePortRange", "destinationPortRange"):
        single, several = get(rule, f"/properties/{member}"), get(rule, f"/properties/{member}s", None) or []
        if "*" in several:
            text = f"Security rule parameter {_parameter(member)} for rule with Id {id} cannot specify '*' in a list."
            return ArmFault(400, "SecurityRuleParameterContainsInvalidPortRanges", text)
        for text in [*([single] if single else []), *several]:
            if not _is_port_range(str(text)):
                message = (
                    f"Security rule has invalid Port range. Value provided: {text}. Value should be an integer OR"
                    " integer range with '-' delimiter. Valid range 0-65535."
                )
                return ArmFault(400, "SecurityRuleInvalidPortRange", message)
    return None


def _address_fault(id: str, rule: Body) -> ArmFault | None:
    for member, several in (
        ("sourceAddressPrefix", "sourceAddressPrefixes"),
        ("destinationAddressPrefix", "destinationAddressPrefixes"),
    ):
        single, listed = get(rule, f"/properties/{member}"), get(rule, f"/properties/{several}", None) or []
        tag = next((text for text in listed if text == "*" or _TAG.fullmatch(str(text))), None)
        if tag is not None:
            message = (
                f"Security rule parameter {_parameter(member)} for rule with Id {id} cannot specify existing"
                " VIRTUALNETWORK, INTERNET, AZURELOADBALANCER, '*' or system tags. Unsupported value used: "
            )
            return ArmFault(400, "SecurityRuleParameterContainsUnsupportedValue", f"{message}{tag}.")
        for text in [*([single] if single else []), *listed]:
            if not _is_address_prefix(str(text)):
                message = f"Security rule {id} has invalid Address prefix. Value provided: {text}"
                return ArmFault(400, "SecurityRuleInvalidAddressPrefix", message)
    return None


def _family_fault(id: str, rule: Body) -> ArmFault | None:
    """The refusal of a rule that names addresses of both versions of IP."""
    listed = [
        *(get(rule, f"/properties/{member}Prefix") for member in ("sourceAddress", "destinationAddress")),
        *(get(rule, "/properties/sourceAddressPrefixes", None) or []),
        *(get(rule, "/properties/destinationAddressPrefixes", None) or []),
    ]
    if len({each.version for each in ranges(listed)}) < 2:
        return None
    text = f"{id} contains IP addresses or prefixes that belong to different address families. All IP addresses or"
    return ArmFault(
        400,
        "ResourceCannotContainAddressPrefixesFromDifferentAddressFamilies",
        f"{text} prefixes in the resource should belong to the same address family.",
    )


def _parameter(member: str) -> str:
    """The name of a property as messages have it."""
    return member[0].upper() + member[1:]


def _is_address_prefix(text: str) -> bool:
    """True for any, an address, a range without host bits, and what could be a service tag: `Storage.WestEurope`."""
    if text == "*" or _TAG.fullmatch(text):
        return True
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _is_port_range(text: str) -> bool:
    if text == "*":
        return True
    ends = text.split("-")
    if len(ends) > 2 or not all(end.strip().isdecimal() for end in ends):
        return False
    numbers = [int(end) for end in ends]
    return numbers == sorted(numbers) and all(0 <= number <= 65535 for number in numbers)


def conflict(name: str, rule: Body, others: Iterable[Body]) -> ArmFault | None:
    """The refusal of a rule whose priority and direction another one of the group has."""
    for other in others:
        same_name = str(other.get("name", "")).lower() == name.lower()
        if not same_name and _place(other) == _place(rule):
            return ArmFault(
                400,
                "SecurityRuleConflict",
                f"Security rule {other.get('name')} conflicts with rule {name}. Rules cannot have the same Priority and"
                " Direction. To learn more, see aka.ms/nsgrules.",
            )
    return None


def _place(rule: Body) -> tuple[str, Any]:
    return str(get(rule, "/properties/direction", "")).lower(), get(rule, "/properties/priority")
