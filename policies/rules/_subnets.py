"""Subnets, and which of them computes use."""

from __future__ import annotations

from azkeep.policy import TRUE, Candidates, Document, Truth, fact, settle
from azkeep.policy.truth import State

from ._computes import COMPUTE
from ._computes import SUBNET as COMPUTE_SUBNET
from ._names import own_name
from ._workspace import has_managed_network, workspace_of

SUBNET = "Microsoft.Network/virtualNetworks/subnets"
GATEWAY = "GatewaySubnet"
BASTION = "AzureBastionSubnet"
RESERVED = (GATEWAY, "AzureFirewallSubnet", "AzureFirewallManagementSubnet", "RouteServerSubnet")
"""Names under which Azure itself runs a subnet."""


def is_called(resource: Document, *names: str) -> Truth:
    """The resource's own name is one of `names`."""
    return own_name(resource).equals(*names)


def is_listed(resource: Document, listed: tuple[str, ...]) -> Truth:
    """The name or the id of the resource is in `listed`."""
    if not listed:
        return fact(False)
    ids = {each.casefold() for each in listed}
    return fact(resource.id is not None and resource.id.casefold() in ids) | is_called(resource, *listed)


def computes_in(subnet: Document) -> Candidates:
    """The computes whose nodes are in `subnet`; those of a managed network are nowhere else."""
    return subnet.linked_from(COMPUTE, COMPUTE_SUBNET).where(_is_unmanaged)


def _is_unmanaged(compute: Document) -> Truth:
    workspace = workspace_of(compute)
    if workspace is None:
        return TRUE
    managed = settle(lambda: has_managed_network(workspace))
    return TRUE if managed.state is State.WRONG else ~managed


def is_used_by_computes(subnet: Document) -> Truth:
    """A compute has its nodes in `subnet`."""
    return computes_in(subnet).any()


def compute_subnets_of(group: Document) -> Candidates:
    """The subnets that computes use and the network security group `group` guards."""
    return group.linked_from(SUBNET, "properties.networkSecurityGroup.id").where(is_used_by_computes)
