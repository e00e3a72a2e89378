"""Network rules of vaults and storage accounts."""

from __future__ import annotations

from ipaddress import ip_network

from azkeep.policy import FALSE, Node, Truth

RULES = ("ipRules", "virtualNetworkRules")


def admits_only(rules: Node, ips: tuple[str, ...], subnets: tuple[str, ...]) -> Truth:
    """Everything is denied but addresses within `ips` and the `subnets` with these ids; an empty one admits nothing."""
    return (
        rules["defaultAction"].equals("Deny")
        & rules["ipRules"].every(lambda each: _lies_within(each["value"], ips))
        & rules["virtualNetworkRules"].every(lambda each: _is_one_of(each["id"], subnets))
    )


def _lies_within(address: Node, ranges: tuple[str, ...]) -> Truth:
    if not ranges:
        return address.shown(FALSE)
    return address.satisfies(lambda text: any(_contains(allowed, text) for allowed in ranges))


def _contains(allowed: str, text: str) -> bool:
    outer, inner = ip_network(allowed, strict=False), ip_network(text.strip(), strict=False)
    return outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _is_one_of(id: Node, allowed: tuple[str, ...]) -> Truth:
    return id.equals(*allowed) if allowed else id.shown(FALSE)
