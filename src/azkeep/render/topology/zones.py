"""Which resource stands in which zone: hub, virtual networks with their subnets, managed networks, services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from azkeep.model.drift import Drift, DriftKind
from azkeep.model.ids import ArmId
from azkeep.model.value import get
from azkeep.render.text.line import counted
from azkeep.render.topology.exposure import Exposure, exposures
from azkeep.render.topology.frames import Box, Node, Topology, Zone, chosen, folded
from azkeep.render.topology.standing import Standing, standings
from azkeep.render.topology.things import Thing, Things, key_of_id
from azkeep.render.topology.words import TITLES, short, target, title

WORKSPACE = "microsoft.machinelearningservices/workspaces"
COMPUTE = f"{WORKSPACE}/computes"
OUTBOUND = f"{WORKSPACE}/outboundrules"
NETWORK = "microsoft.network/virtualnetworks"
SUBNET = f"{NETWORK}/subnets"
ENDPOINT = "microsoft.network/privateendpoints"
CARD = "microsoft.network/networkinterfaces"
DNS = "microsoft.network/privatednszones"
HUB_KINDS = frozenset(
    f"microsoft.network/{name}"
    for name in ("azurefirewalls", "bastionhosts", "natgateways", "virtualnetworkgateways", "publicipaddresses")
)
HUB_SUBNETS = frozenset({"azurefirewallsubnet", "azurebastionsubnet", "gatewaysubnet"})
STANDS = {
    ENDPOINT: "/properties/subnet",
    CARD: "/properties/ipConfigurations/0/properties/subnet",
    COMPUTE: "/properties/properties/subnet",
}
"""Where a resource says which subnet it stands in."""
NOBODY = Standing()


def topology(things: Things, drifts: Iterable[Drift] = (), gone: Things | None = None) -> Topology:
    """The picture of an estate; resources that an audit misses or could not read stand in it as well. `gone` are the
    missing ones as they were, which says where they stood."""
    found = tuple(drifts)
    whole = _with_absent(things, found, gone)
    drawn = frozenset(thing.key for thing in whole if _is_drawn(thing, whole))
    placer = _Placer(whole, standings(found, whole, drawn), drawn)
    zones = (
        Zone("Hub and edge", folded(placer.hub())),
        Zone("Virtual networks", folded(placer.networks())),
        Zone("Managed networks", folded(placer.managed())),
        Zone("Services", placer.services()),
    )
    return Topology(tuple(zone for zone in zones if zone.boxes), parts=sum(1 for _ in whole) - len(drawn))


def _with_absent(things: Things, drifts: tuple[Drift, ...], gone: Things | None) -> Things:
    """`things` with those that have findings and no document; of the missing, those that stand in a subnet as they
    were."""
    before = gone.by_key if gone else {}
    absent: dict[str, Thing] = {}
    for drift in drifts:
        key = key_of_id(drift.id)
        if (
            key
            and key not in things.by_key
            and drift.kind in (DriftKind.MISSING, DriftKind.UNMANAGED, DriftKind.UNREAD)
        ):
            id = ArmId.parse(drift.id)
            was = before.get(key)
            absent[key] = was if was and was.kind in STANDS else Thing(key, id.type, id.name)
    return replace(things, by_key={**things.by_key, **absent})


def _is_drawn(thing: Thing, things: Things) -> bool:
    """Network cards only where they have a public address: those of private endpoints say nothing."""
    if thing.kind == CARD:
        return bool(exposures(thing, things))
    return thing.kind in TITLES or thing.kind == SUBNET or (thing.kind == NETWORK and not _subnets(thing, things))


def _subnets(network: Thing, things: Things) -> list[Thing]:
    return [each for each in things.of(SUBNET) if each.key.startswith(f"{network.key}/")]


@dataclass(frozen=True)
class _Placer:
    things: Things
    standing: Mapping[str, Standing]
    drawn: frozenset[str]

    def hub(self) -> tuple[Box, ...]:
        edge = [thing for thing in self.things if thing.kind in HUB_KINDS]
        zones = [Node("dns", counted(len(found), "private DNS zone"), _names(found))] if (found := self._dns()) else []
        loose = self._box("", edge, extra=tuple(zones) + tuple(self._peers()))
        hubs = [box for network in self._networks(hub=True) for box in self._boxes(network)]
        return (*((loose,) if loose.nodes else ()), *hubs)

    def _dns(self) -> list[Thing]:
        return self.things.of(DNS)

    def _peers(self) -> Iterable[Node]:
        """Virtual networks that ours are peered with and that are not among what was seen."""
        told: set[str] = set()
        for network in self.things.of(NETWORK):
            peerings = network.get("/properties/virtualNetworkPeerings")
            for each in peerings if isinstance(peerings, list | tuple) else ():
                remote = get(each, "/properties/remoteVirtualNetwork")
                key = self.things.key_of(remote) or ""
                if key and key not in self.things.by_key and key not in told:
                    told.add(key)
                    yield Node(key, short(remote, self.things), f"Virtual network, peer of {network.name}")

    def _networks(self, *, hub: bool) -> list[Thing]:
        def is_hub(network: Thing) -> bool:
            return any(each.name.lower() in HUB_SUBNETS for each in _subnets(network, self.things))

        return [network for network in self.things.of(NETWORK) if is_hub(network) is hub]

    def networks(self) -> tuple[Box, ...]:
        boxes = [box for network in self._networks(hub=False) for box in self._boxes(network)]
        known = {network.key for network in self.things.of(NETWORK)}
        for subnet in self.things.of(SUBNET):
            if subnet.key.rsplit("/subnets/", 1)[0] not in known:
                boxes.append(self._subnet(subnet, "a network that was not seen"))
        loose = [each for each in self.things.of(ENDPOINT, CARD) if each.key in self.drawn and not self._home(each)]
        return (*boxes, *((self._box("In no known subnet", loose),) if loose else ()))

    def _boxes(self, network: Thing) -> Iterable[Box]:
        subnets = _subnets(network, self.things)
        prefixes = network.get("/properties/addressSpace/addressPrefixes")
        where = f"{network.name} {', '.join(map(str, prefixes)) if isinstance(prefixes, list | tuple) else ''}".strip()
        if not subnets:
            yield Box(f"{where}: no subnets", (), self._node(network))
        for subnet in subnets:
            yield self._subnet(subnet, where)

    def _subnet(self, subnet: Thing, network: str) -> Box:
        prefix = subnet.get("/properties/addressPrefix") or subnet.get("/properties/addressPrefixes/0") or ""
        group = subnet.get("/properties/networkSecurityGroup")
        guard = f"guarded by {short(group, self.things)}" if group else "no security group"
        inside = [each for each in self.things if each.key in self.drawn and self._home(each) == subnet.key]
        words = f"Subnet {subnet.name} {prefix if isinstance(prefix, str) else ''}".strip()
        words += f" · {guard}" if subnet.is_known else ""
        return self._box(f"{words} · in {network}", inside, node=self._node(subnet))

    def _home(self, thing: Thing) -> str | None:
        """The subnet that a resource stands in, None for none that was seen."""
        pointer = STANDS.get(thing.kind)
        key = self.things.key_of(thing.get(pointer)) if pointer else None
        return key if key in self.drawn else None

    def managed(self) -> tuple[Box, ...]:
        return tuple(self._managed(each) for each in self.things.of(WORKSPACE) if is_managed(each))

    def _managed(self, workspace: Thing) -> Box:
        inside = [
            each
            for each in self.things.of(COMPUTE, OUTBOUND)
            if each.key.startswith(f"{workspace.key}/") and not self._home(each)
        ]
        mode = workspace.get("/properties/managedNetwork/isolationMode")
        return self._box(f"Managed network of {workspace.name} · {mode}", inside)

    def services(self) -> tuple[Box, ...]:
        placed = HUB_KINDS | {ENDPOINT, CARD, SUBNET, NETWORK, OUTBOUND}
        managed = tuple(f"{each.key}/" for each in self.things.of(WORKSPACE) if is_managed(each))
        loose = [
            each
            for each in self.things.of(COMPUTE)
            if not self._home(each) and not each.key.startswith(managed or ("\0",))
        ]
        rest = [
            each for each in self.things if each.key in self.drawn and each.kind not in placed and each.kind != COMPUTE
        ]
        boxes = [self._box("", rest)] if rest else []
        return (*boxes, *((self._box("Compute in no virtual network", loose),) if loose else ()))

    def _box(self, words: str, things: list[Thing], *, node: Node | None = None, extra: tuple[Node, ...] = ()) -> Box:
        nodes = (*map(self._node, things), *extra)
        kept = chosen(nodes)
        drawn = {each.key for each in kept}
        return Box(words, kept, node, tuple(each for each in nodes if each.key not in drawn))

    def _node(self, thing: Thing) -> Node:
        ways = () if self._is_missing(thing) else exposures(thing, self.things)
        return Node(thing.key, thing.name, title(thing, self.things), tuple(self._marks(thing, ways)), ways)

    def _marks(self, thing: Thing, ways: tuple[Exposure, ...]) -> Iterable[str]:
        standing = self.standing.get(thing.key, NOBODY)
        if standing.is_missing:
            yield "missing"
        if standing.is_unmanaged:
            yield "unmanaged"
        if standing.is_unread:
            yield "unread"
        if standing.drifted and not standing.is_missing:
            yield f"drift {standing.drifted}"
        if ways:
            yield "public"
        if thing.key in self._reached:
            yield "private"
        if str(thing.get("/identity/type") or "None").lower() != "none":
            yield "identity"

    @cached_property
    def _reached(self) -> frozenset[str]:
        """What private endpoints lead to."""
        found = (self.things.key_of(target(each)) for each in self.things.of(ENDPOINT) if not self._is_missing(each))
        return frozenset(key for key in found if key)

    def _is_missing(self, thing: Thing) -> bool:
        return self.standing.get(thing.key, NOBODY).is_missing


def is_managed(workspace: Thing) -> bool:
    """True for a workspace whose compute stands in a network that the service manages."""
    return str(workspace.get("/properties/managedNetwork/isolationMode") or "Disabled").lower() != "disabled"


def _names(things: list[Thing]) -> str:
    return ", ".join(sorted(each.name.removeprefix("privatelink.") for each in things))
