"""The network of an estate in its three forms: own, existing, managed."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_azure_native import network

from azkeep.components import security_rules
from azkeep.components.estate import Estate
from azkeep.components.network_settings import (
    Egress,
    ExistingNetwork,
    Firewall,
    FlowLogs,
    GivenRoutes,
    ManagedNetwork,
    Nat,
    OwnNetwork,
)
from azkeep.components.storage import Storage
from azkeep.model.ids import ArmId

MACHINE_LEARNING_STORAGE = "/services/Azure/MachineLearning"
"""Alias of the service's own storage. Source: Azure Machine Learning, "Data exfiltration prevention"."""


class Network(pulumi.ComponentResource):
    """Where computes and private endpoints live.

    `training_subnet_id` is None in a managed network. `vnet_ids` are the networks that must resolve private names.
    """

    def __init__(
        self,
        name: str,
        estate: Estate,
        wanted: OwnNetwork | ExistingNetwork | ManagedNetwork,
        storage: Storage,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("azkeep:components:Network", name, None, opts)
        self._estate = estate
        self.training_subnet_id: pulumi.Input[str] | None = None
        self.endpoint_subnet_id: pulumi.Input[str]
        self.vnet_ids: Mapping[str, pulumi.Input[str]]
        if isinstance(wanted, OwnNetwork):
            self._own(wanted, storage)
        elif isinstance(wanted, ExistingNetwork):
            self._given(training=wanted.training, endpoints=wanted.endpoints)
            self.training_subnet_id = wanted.training
        elif wanted.endpoints.startswith("/"):
            self._given(endpoints=wanted.endpoints)
        else:
            self._for_clients(wanted)
        self.register_outputs({"endpoint_subnet_id": self.endpoint_subnet_id})

    def _given(self, **subnets: str) -> None:
        self.endpoint_subnet_id = subnets["endpoints"]
        networks = {str(ArmId.parse(id).parent).lower(): str(ArmId.parse(id).parent) for id in subnets.values()}
        self.vnet_ids = {ArmId.parse(id).name: id for id in networks.values()}

    def _for_clients(self, wanted: ManagedNetwork) -> None:
        vnet = self._vnet(wanted.address_space)
        self.endpoint_subnet_id = self._endpoints(vnet, wanted.endpoints).id

    def _own(self, wanted: OwnNetwork, storage: Storage) -> None:
        vnet = self._vnet(wanted.address_space)
        training = self._training(vnet, wanted, storage)
        self.training_subnet_id = training.id
        # Azure writes one subnet of a network at a time.
        self.endpoint_subnet_id = self._endpoints(vnet, wanted.endpoints, training).id
        if wanted.flow_logs is not None:
            self._flow_log(vnet, wanted.flow_logs)

    def _vnet(self, address_space: str) -> network.VirtualNetwork:
        vnet = network.VirtualNetwork(
            "vnet",
            virtual_network_name=self._estate.names.named("vnet"),
            address_space=network.AddressSpaceArgs(address_prefixes=[address_space]),
            **self._estate.here,
            opts=self._estate.options(self),
        )
        self.vnet_ids = {self._estate.names.named("vnet"): vnet.id}
        return vnet

    def _security_group(self, of: str, rules: list[network.SecurityRuleArgs]) -> network.NetworkSecurityGroup:
        return network.NetworkSecurityGroup(
            f"{of}-nsg",
            network_security_group_name=self._estate.names.named(f"{of}-nsg"),
            security_rules=rules,
            **self._estate.here,
            opts=self._estate.options(self),
        )

    def _training(self, vnet: network.VirtualNetwork, wanted: OwnNetwork, storage: Storage) -> network.Subnet:
        compute = self._estate.settings.compute
        public = compute.any_public_address if compute else False
        rules = security_rules.of_computes(self._estate.location, public, wanted.reachable)
        group = self._security_group("training", rules)
        policy = self._storage_policy(storage)
        return network.Subnet(
            "training",
            resource_group_name=self._estate.names.group,
            virtual_network_name=self._estate.names.named("vnet"),
            subnet_name="training",
            address_prefix=wanted.training,
            default_outbound_access=False,
            network_security_group=network.NetworkSecurityGroupArgs(id=group.id),
            service_endpoints=[network.ServiceEndpointPropertiesFormatArgs(service="Microsoft.Storage")],
            service_endpoint_policies=[network.ServiceEndpointPolicyArgs(id=policy.id)],
            **self._egress(wanted.egress),
            opts=self._estate.options(self, vnet),
        )

    def _storage_policy(self, storage: Storage) -> network.ServiceEndpointPolicy:
        """The only storage accounts that computes reach by public addresses: the estate's and the service's own."""
        definitions = [
            ("estate", "Microsoft.Storage", storage.id),
            ("machine-learning", "Global", MACHINE_LEARNING_STORAGE),
        ]
        return network.ServiceEndpointPolicy(
            "storage-policy",
            service_endpoint_policy_name=self._estate.names.named("storage-policy"),
            service_endpoint_policy_definitions=[
                network.ServiceEndpointPolicyDefinitionArgs(name=name, service=service, service_resources=[target])
                for name, service, target in definitions
            ],
            **self._estate.here,
            opts=self._estate.options(self),
        )

    def _endpoints(self, vnet: network.VirtualNetwork, prefix: str, *after: pulumi.Resource) -> network.Subnet:
        group = self._security_group("endpoints", security_rules.of_endpoints())
        return network.Subnet(
            "endpoints",
            resource_group_name=self._estate.names.group,
            virtual_network_name=self._estate.names.named("vnet"),
            subnet_name="endpoints",
            address_prefix=prefix,
            default_outbound_access=False,
            network_security_group=network.NetworkSecurityGroupArgs(id=group.id),
            private_endpoint_network_policies="Enabled",
            opts=self._estate.options(self, vnet, *after),
        )

    def _egress(self, wanted: Egress) -> dict[str, object]:
        if isinstance(wanted, Nat):
            return {"nat_gateway": network.SubResourceArgs(id=self._nat(wanted).id)}
        if isinstance(wanted, GivenRoutes):
            return {"route_table": network.RouteTableArgs(id=wanted.id)}
        return {"route_table": network.RouteTableArgs(id=self._routes(wanted).id)}

    def _nat(self, wanted: Nat) -> network.NatGateway:
        address = network.PublicIPAddress(
            "nat-address",
            public_ip_address_name=self._estate.names.named("nat-pip"),
            public_ip_allocation_method="Static",
            public_ip_address_version="IPv4",
            sku=network.PublicIPAddressSkuArgs(name="Standard", tier="Regional"),
            **self._estate.here,
            opts=self._estate.options(self),
        )
        return network.NatGateway(
            "nat",
            nat_gateway_name=self._estate.names.named("nat"),
            idle_timeout_in_minutes=wanted.idle_minutes,
            public_ip_addresses=[network.SubResourceArgs(id=address.id)],
            sku=network.NatGatewaySkuArgs(name="Standard"),
            **self._estate.here,
            opts=self._estate.options(self),
        )

    def _routes(self, wanted: Firewall) -> network.RouteTable:
        everything = network.RouteArgs(
            name="everything-through-firewall",
            address_prefix="0.0.0.0/0",
            next_hop_type="VirtualAppliance",
            next_hop_ip_address=wanted.next_hop,
        )
        return network.RouteTable(
            "routes",
            route_table_name=self._estate.names.named("routes"),
            disable_bgp_route_propagation=True,
            routes=[everything],
            **self._estate.here,
            opts=self._estate.options(self),
        )

    def _flow_log(self, vnet: network.VirtualNetwork, wanted: FlowLogs) -> None:
        watcher = ArmId.parse(wanted.watcher)
        network.FlowLog(
            "flow-log",
            flow_log_name=self._estate.names.named("vnet-flows"),
            resource_group_name=watcher.resource_group,
            network_watcher_name=watcher.name,
            location=self._estate.location,
            target_resource_id=vnet.id,
            storage_id=wanted.storage,
            enabled=True,
            retention_policy=network.RetentionPolicyParametersArgs(enabled=True, days=wanted.retention_days),
            tags=self._estate.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
