"""What one setting alone cannot show: ranges that overlap, names that grow too long, shares that do not add up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import combinations

from azkeep.components.fields import DOCKER_BRIDGE
from azkeep.components.names import composed
from azkeep.components.network_settings import ExistingNetwork, ManagedNetwork, OwnNetwork
from azkeep.components.settings import RETIRED_SIZES, Compute, Endpoint, Estate
from azkeep.components.zones import ZONES

RESERVED_ADDRESSES = 5
"""Addresses that Azure keeps in every subnet. Source: Azure Virtual Network FAQ."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. `path` leads to the setting, as keys from the outermost."""

    path: tuple[str, ...]
    text: str


def problems(settings: Estate) -> tuple[Problem, ...]:
    """Everything that is wrong across settings, in the order of the sections; empty if nothing is."""
    found = [
        *_names(settings),
        *_network(settings.network),
        *_room(settings),
        *_zones(settings),
        *(_compute(settings.compute) if settings.compute else ()),
        *(_endpoint(settings.endpoint) if settings.endpoint else ()),
    ]
    return tuple(found)


def _names(settings: Estate) -> Iterator[Problem]:
    for name in composed(settings):
        if name.problem:
            yield Problem(name.path, name.problem)


def _network(network: OwnNetwork | ExistingNetwork | ManagedNetwork) -> Iterator[Problem]:
    if isinstance(network, ExistingNetwork):
        return
    space = IPv4Network(network.address_space)
    if space.overlaps(DOCKER_BRIDGE):
        text = f"{space} overlaps {DOCKER_BRIDGE}, which Docker uses on every compute node"
        yield Problem(("network", "address_space"), text)
    subnets = _made_subnets(network)
    for key, subnet in subnets.items():
        if not subnet.subnet_of(space):
            yield Problem(("network", key), f"{subnet} is not inside the network's address space {space}")
    for (first, one), (second, other) in combinations(subnets.items(), 2):
        if one.overlaps(other):
            yield Problem(("network", second), f"{other} overlaps the range of {first}, {one}")


def _made_subnets(network: OwnNetwork | ManagedNetwork) -> dict[str, IPv4Network]:
    ranges = {"endpoints": network.endpoints}
    if isinstance(network, OwnNetwork):
        ranges = {"training": network.training, **ranges}
    return {key: IPv4Network(text) for key, text in ranges.items() if not text.startswith("/")}


def _room(settings: Estate) -> Iterator[Problem]:
    if not isinstance(settings.network, OwnNetwork) or settings.compute is None:
        return
    size = IPv4Network(settings.network.training).num_addresses - RESERVED_ADDRESSES
    needed = sum(cluster.max_nodes for cluster in settings.compute.clusters.values())
    needed += 1 if settings.compute.instance else 0
    if needed > size:
        text = f"{settings.network.training} has {max(size, 0)} usable addresses; all nodes and instances need {needed}"
        yield Problem(("network", "training"), text)


def _zones(settings: Estate) -> Iterator[Problem]:
    known = sorted({zone for zones in ZONES.values() for zone in zones})
    for zone, id in settings.dns.zones.items():
        path = ("dns", "zones", zone)
        if zone not in known:
            yield Problem(path, f"{zone!r} is not a zone that this estate uses; those are {', '.join(known)}")
        elif not id.lower().endswith(f"/{zone}"):
            yield Problem(path, f"the id is that of another zone: {id.rsplit('/', 1)[-1]}")


def _compute(compute: Compute) -> Iterator[Problem]:
    builder = compute.clusters.get(compute.image_builds)
    path = ("compute", "image_builds")
    if builder is None:
        yield Problem(path, f"{compute.image_builds!r} is not one of the clusters: {', '.join(compute.clusters)}")
    elif re.match(r"(?i)Standard_N", builder.size):
        yield Problem(path, f"{compute.image_builds!r} has GPUs ({builder.size}); images are built on a CPU cluster")
    for name, cluster in compute.clusters.items():
        if re.match(RETIRED_SIZES, cluster.size):
            yield Problem(("compute", "clusters", name, "size"), f"{cluster.size} was retired by Azure")
        if cluster.min_nodes > cluster.max_nodes:
            text = f"min_nodes {cluster.min_nodes} is above max_nodes {cluster.max_nodes}"
            yield Problem(("compute", "clusters", name, "min_nodes"), text)


def _endpoint(endpoint: Endpoint) -> Iterator[Problem]:
    total = sum(deployment.traffic for deployment in endpoint.deployments.values())
    if total not in (0, 100):
        shares = ", ".join(f"{name} {deployment.traffic}" for name, deployment in endpoint.deployments.items())
        text = f"traffic adds up to {total}: {shares}; it must be 100, or 0 for an endpoint without requests"
        yield Problem(("endpoint", "deployments"), text)
