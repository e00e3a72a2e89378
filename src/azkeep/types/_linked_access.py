"""Rights that documents of several types need on what they name.

Source: Microsoft Learn, "Azure permissions for Networking", "Azure RBAC permissions for Azure Private Link", and the
scopes in ARM's answers LinkedAuthorizationFailed.
"""

from __future__ import annotations

from azkeep.types.resource_type import LinkedAccess


def join(path: str, kind: str, verb: str = "join") -> LinkedAccess:
    """The right to attach to the Microsoft.Network resource of type `kind` that `path` names."""
    return LinkedAccess(path, f"Microsoft.Network/{kind}/{verb}/action")


def join_subnet(path: str) -> LinkedAccess:
    """The right to stand in the subnet that `path` names."""
    return join(path, "virtualNetworks/subnets")


def let_subnet_in(path: str) -> LinkedAccess:
    """The right to name a subnet in a network rule, whose traffic then comes by its service endpoint."""
    return join(path, "virtualNetworks/subnets", "joinViaServiceEndpoint")
