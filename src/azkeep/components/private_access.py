"""Private endpoints, and the DNS zones through which names lead to them."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import network, privatedns

from azkeep.components.estate import Estate, Target
from azkeep.components.network import Network
from azkeep.components.network_settings import Dns
from azkeep.components.zones import ZONES
from azkeep.model.ids import ArmId


class PrivateAccess(pulumi.ComponentResource):
    """One private endpoint for each group of each target, with its names in private zones.

    `endpoints` are keyed by private link group. `ready` is what has to stand before computes can be made.
    """

    def __init__(
        self,
        name: str,
        estate: Estate,
        wanted: Dns,
        network_: Network,
        targets: Sequence[Target],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("azkeep:components:PrivateAccess", name, None, opts)
        self._estate = estate
        self._wanted = wanted
        self._network = network_
        self._zones: dict[str, pulumi.Input[str]] = {}
        self.endpoints: dict[str, network.PrivateEndpoint] = {}
        self.ready: list[pulumi.Resource] = []
        for target in targets:
            for group in target.groups:
                self._reach(target, group)
        self.register_outputs({})

    def _reach(self, target: Target, group: str) -> None:
        last = f"{target.kind}-{group}" if len(target.groups) > 1 else target.kind
        endpoint_name = self._estate.names.named(f"{last}-pe")
        endpoint = network.PrivateEndpoint(
            f"{last}-endpoint",
            private_endpoint_name=endpoint_name,
            # A plain object: SubnetArgs would send the SDK's defaults for a subnet that is only pointed at.
            subnet={"id": self._network.endpoint_subnet_id},
            private_link_service_connections=[
                network.PrivateLinkServiceConnectionArgs(
                    name=endpoint_name, private_link_service_id=target.id, group_ids=[group]
                )
            ],
            **self._estate.here,
            opts=self._estate.options(self),
        )
        zone_group = network.PrivateDnsZoneGroup(
            f"{last}-names",
            resource_group_name=self._estate.names.group,
            private_endpoint_name=endpoint_name,
            private_dns_zone_group_name="default",
            private_dns_zone_configs=[
                network.PrivateDnsZoneConfigArgs(name=zone.replace(".", "-"), private_dns_zone_id=self._zone(zone))
                for zone in ZONES[group]
            ],
            opts=self._estate.options(self, endpoint),
        )
        self.endpoints[group] = endpoint
        self.ready.append(zone_group)

    def _zone(self, zone: str) -> pulumi.Input[str]:
        if zone not in self._zones:
            given = self._wanted.zones.get(zone)
            self._zones[zone] = given or self._made(zone)
            if given and self._wanted.link_given:
                self._link_given(zone, given)
        return self._zones[zone]

    def _made(self, zone: str) -> pulumi.Output[str]:
        made = privatedns.PrivateZone(
            zone,
            private_zone_name=zone,
            resource_group_name=self._estate.names.group,
            location="global",
            tags=self._estate.tags,
            opts=self._estate.options(self),
        )
        self._link(zone, self._estate.names.group, self._estate.options(self, made))
        return made.id

    def _link_given(self, zone: str, id: str) -> None:
        group = ArmId.parse(id).resource_group
        self._link(zone, group or "", self._estate.elsewhere(id, self))

    def _link(self, zone: str, group: str, options: pulumi.ResourceOptions) -> None:
        for vnet_name, vnet_id in self._network.vnet_ids.items():
            link = privatedns.VirtualNetworkLink(
                f"{zone}-{vnet_name}",
                private_zone_name=zone,
                virtual_network_link_name=vnet_name,
                resource_group_name=group,
                location="global",
                virtual_network=privatedns.SubResourceArgs(id=vnet_id),
                registration_enabled=False,
                tags=self._estate.tags,
                opts=options,
            )
            self.ready.append(link)
