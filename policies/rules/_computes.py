"""What guards a compute, shared by the rules of computes and of what runs on them."""

from __future__ import annotations

from azkeep.policy import Document, Truth, deferred, settle, when

from ._durations import lasts, seconds
from ._workspace import has_managed_network, workspace_of

COMPUTE = "Microsoft.MachineLearningServices/workspaces/computes"
SUBNET = "properties.properties.subnet.id"
"""Where a compute names its subnet."""
IDLE = "properties.properties.idleTimeBeforeShutdown"
SHORTEST_IDLE, LONGEST_IDLE = seconds("PT15M"), seconds("P3D")
"""What the service takes."""


def is_cluster(compute: Document) -> Truth:
    """Nodes that come and go with the jobs."""
    return compute["properties.computeType"].equals("AmlCompute")


def is_instance(compute: Document) -> Truth:
    """A machine of one person."""
    return compute["properties.computeType"].equals("ComputeInstance")


def has_nodes(compute: Document) -> Truth:
    """A cluster or an instance: virtual machines that the service runs for the workspace."""
    return compute["properties.computeType"].equals("AmlCompute", "ComputeInstance")


def sits_in_a_network(compute: Document) -> Truth:
    """Its nodes are in a subnet, or in the managed network of its workspace; NOT_APPLICABLE without nodes."""
    return when(has_nodes(compute), compute[SUBNET].has_text() | settle(lambda: in_managed_network(compute)))


def in_managed_network(compute: Document) -> Truth:
    """The workspace of `compute` has a managed network."""
    workspace = workspace_of(compute)
    if workspace is None:
        return deferred("the workspace is not part of the estate")
    return has_managed_network(workspace)


def has_no_local_accounts(compute: Document) -> Truth:
    """Nobody signs in with a local account; NOT_APPLICABLE without nodes."""
    return when(has_nodes(compute), compute["properties.disableLocalAuth"].is_true())


def stops_when_idle(instance: Document, at_most: float) -> Truth:
    """The instance switches itself off after at most `at_most` idle seconds."""
    return lasts(instance[IDLE], at_least=SHORTEST_IDLE, at_most=min(at_most, LONGEST_IDLE))
