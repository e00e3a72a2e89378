"""The three forms of an estate's network, as settings."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field

from azkeep.components.fields import (
    Address,
    NetworkWatcherId,
    Range,
    RouteTableId,
    Section,
    StorageId,
    SubnetId,
    ZoneId,
)


class Nat(Section):
    """Computes reach the internet through a NAT gateway; the security group still decides where to."""

    through: Literal["nat"]
    idle_minutes: int = Field(default=4, ge=4, le=120)
    """Minutes after which an idle connection is dropped."""


class Firewall(Section):
    """Computes reach the internet through a firewall that stands elsewhere."""

    through: Literal["firewall"]
    next_hop: Address
    """The firewall's private address; a route table sends 0.0.0.0/0 there."""


class GivenRoutes(Section):
    """Computes leave by a route table that is not part of this estate."""

    through: Literal["route_table"]
    id: RouteTableId
    """The route table; it must be in the same subscription and region as the network."""


class FlowLogs(Section):
    """Records of the network's flows."""

    watcher: NetworkWatcherId
    """The region's network watcher."""
    storage: StorageId
    """The account that keeps the records; not the workspace's own."""
    retention_days: int = Field(default=90, ge=0, le=365)
    """Days the records are kept; 0 keeps them for ever."""


def _written_short(key: str) -> Any:
    return BeforeValidator(lambda value: {key: value} if isinstance(value, str) else value)


Egress = Annotated[Nat | Firewall | GivenRoutes, Discriminator("through"), _written_short("through")]


class Destination(Section):
    """Somewhere else that computes may go, such as the addresses of a package index."""

    to: str = Field(pattern=r"^[A-Za-z0-9./]+$")
    """A service tag or an address range."""
    ports: str = Field(default="443", pattern=r"^[0-9]+([,-][0-9]+)*$")
    """Ports and ranges, such as `80,443`."""


class OwnNetwork(Section):
    """A virtual network made for this estate, with a subnet for computes and one for private endpoints."""

    form: Literal["own"]
    address_space: Range = "10.40.0.0/16"
    """The network's addresses; not 172.17.0.0/16, which Docker uses on every node."""
    training: Range = "10.40.0.0/24"
    """Subnet of the computes: one address for each node and instance, and five for Azure."""
    endpoints: Range = "10.40.1.0/26"
    """Subnet of the private endpoints."""
    egress: Egress = Nat(through="nat")
    """How computes, which have no public address, reach what they need: `nat`, a firewall or a given route table."""
    reachable: dict[str, Destination] = Field(default_factory=dict)
    """Rule name to destination; nothing beyond the services that computes cannot work without, unless given."""
    flow_logs: FlowLogs | None = None
    """Records of the network's flows; none unless given."""


class ExistingNetwork(Section):
    """Subnets that are there already; their security groups and routes are their owner's."""

    form: Literal["existing"]
    training: SubnetId
    """Subnet of the computes; Azure wants it in the workspace's subscription and region."""
    endpoints: SubnetId
    """Subnet of the private endpoints; may be in another subscription."""


class PrivateTarget(Section):
    """A resource that the managed network reaches through a private endpoint of its own."""

    id: str = Field(pattern=r"^/subscriptions/.+")
    """ARM id of the resource, in any subscription."""
    group: str
    """The private link group, such as `blob`, `vault` or `sqlServer`."""


class ServiceTag(Section):
    """An Azure service that the managed network reaches by its public addresses."""

    tag: str
    """The service tag, such as `DataFactory`."""
    ports: str = Field(default="443", pattern=r"^[0-9]+([,-][0-9]+)*$")
    """Ports and ranges, such as `80,443`."""
    protocol: Literal["TCP", "UDP"] = "TCP"


class Outbound(Section):
    """What a managed network reaches beyond the workspace's companions, which Azure adds by itself."""

    hosts: dict[str, str] = Field(default_factory=dict)
    """Rule name to host name; brings an Azure Firewall into the managed network. Ports 80 and 443 only."""
    private_endpoints: dict[str, PrivateTarget] = Field(default_factory=dict)
    """Rule name to resource."""
    service_tags: dict[str, ServiceTag] = Field(default_factory=dict)
    """Rule name to service tag."""


class ManagedNetwork(Section):
    """Computes live in a network that Azure runs; clients reach the estate through private endpoints of ours."""

    form: Literal["managed"]
    isolation: Literal["approved", "internet"] = "approved"
    """`approved` lets out only what is listed; `internet` lets out everything. It can be tightened, never loosened."""
    outbound: Outbound = Outbound()
    """What computes may reach besides the workspace's companions."""
    address_space: Range = "10.40.0.0/16"
    """The clients' network; has no effect where `endpoints` is an id."""
    endpoints: Range | SubnetId = "10.40.1.0/26"
    """Subnet of the private endpoints: a range to make one, or the ARM id of one that is there."""


Network = Annotated[OwnNetwork | ExistingNetwork | ManagedNetwork, Discriminator("form"), _written_short("form")]


class Dns(Section):
    """Private DNS zones. Those not given are made in the estate's group and linked to its network."""

    zones: dict[str, ZoneId] = Field(default_factory=dict)
    """Zone name to ARM id of zones that are there already, in any subscription."""
    link_given: bool = False
    """Link the given zones to the estate's network too; false where the network resolves through a hub."""
