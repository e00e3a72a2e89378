"""Addresses and address ranges as network rules write them. Standard library only."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import (
    IPv4Network,
    IPv6Network,
    collapse_addresses,
    ip_address,
    ip_network,
    summarize_address_range,
)

Network = IPv4Network | IPv6Network
PRIVATE = tuple(
    ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
"""Ranges that lead to no public address: RFC 1918, RFC 6598, RFC 4193."""


def networks(text: str) -> tuple[Network, ...]:
    """The ranges in `10.0.0.0/24`, `10.0.0.4` or `10.0.0.4-10.0.0.9`. Raises ValueError for anything else."""
    first, dash, last = text.strip().partition("-")
    if dash:
        lowest, highest = ip_address(first.strip()), ip_address(last.strip())
        if lowest.version != highest.version:
            raise ValueError(f"not a range: {text}")
        return tuple(summarize_address_range(lowest, highest))
    return (ip_network(text.strip(), strict=False),)


def contains(outer: Network, inner: Network) -> bool:
    """`inner` lies in `outer`; False for ranges of two versions."""
    return outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def lies_in(text: str, ranges: Iterable[Network]) -> bool:
    """All of `text` lies in one of `ranges`. Raises ValueError where it is no range."""
    outer = tuple(ranges)
    return all(any(contains(each, inner) for each in outer) for inner in networks(text))


def is_private(text: str) -> bool:
    """All of `text` is private. Raises ValueError where it is no range."""
    return lies_in(text, PRIVATE)


def share(texts: Iterable[str], version: int) -> float:
    """How much of all addresses of IPv4 or IPv6 the ranges in `texts` hold together, 0 to 1; tags hold none."""
    found = [network for text in texts for network in _ranges(text) if network.version == version]
    whole: Iterable[Network] = collapse_addresses(found)  # type: ignore[type-var]
    return float(sum(network.num_addresses for network in whole) / 2 ** (32 if version == 4 else 128))


def _ranges(text: str) -> tuple[Network, ...]:
    try:
        return networks(text)
    except ValueError:
        return ()
