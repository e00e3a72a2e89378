"""Azure regions: `West Europe` and `westeurope` are one."""

from __future__ import annotations

from collections.abc import Iterable

from azkeep.policy import Node, Truth


def region(text: str) -> str:
    """The name of a region as one compares it."""
    return "".join(text.split()).casefold()


def is_in_regions(node: Node, allowed: Iterable[str], *, missing: bool = False) -> Truth:
    """A region, one of `allowed` where that is not empty; `missing` is the answer where nothing is there."""
    regions = {region(each) for each in allowed}
    return node.satisfies(lambda text: region(text) in regions if regions else bool(region(text)), missing=missing)


def is_same_region(node: Node, other: Node) -> Truth:
    """One region stands in both places."""
    return node.satisfies(lambda text: region(text) == region(other.text))
