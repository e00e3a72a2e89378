"""Subnets, and which of them computes use."""

from __future__ import annotations

from azkeep.model.value import Unknown
from azkeep.policy import TRUE, Candidates, Document, Node, Truth, fact, settle
from azkeep.policy.truth import State
from azkeep.types import by_token

from ._computes import COMPUTE
from ._computes import SUBNET as COMPUTE_SUBNET
from ._workspace import has_managed_network, workspace_of

SUBNET = "Microsoft.Network/virtualNetworks/subnets"
GATEWAY = "GatewaySubnet"
RESERVED = (GATEWAY, "AzureFirewallSubnet", "AzureFirewallManagementSubnet", "RouteServerSubnet")
"""Names under which Azure itself runs a subnet."""


def is_called(resource: Document, *names: str) -> Truth:
    """The resource's own name is one of `names`."""
    return _name(resource).equals(*names)


def _name(resource: Document) -> Node:
    if resource.path:
        return resource["name"]
    if resource.id is not None or resource.program is None:
        return Node(resource, ("name",), resource.name)
    type_ = by_token(resource.program.token)
    given = resource.program.inputs.get(type_.path_inputs[-1]) if type_ is not None else None
    return Node(resource, ("name",), Unknown() if given is None else given)


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
