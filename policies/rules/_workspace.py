"""The workspace that something belongs to, shared by the rules of what lies inside it."""

from __future__ import annotations

from azkeep.policy import Document, Truth, deferred
from azkeep.policy.truth import NotDecided

WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
MANAGED_MODES = ("AllowInternetOutbound", "AllowOnlyApprovedOutbound")
ISOLATION = "properties.managedNetwork.isolationMode"


def workspace_of(document: Document) -> Document | None:
    """The workspace that encloses `document` at any depth; None where it is not in the estate.

    Raises NotDecided where a parent on the way is not known.
    """
    found = document.parent()
    while found is not None and not found.is_a(WORKSPACE):
        found = found.parent()
    if found is not None:
        return found
    own = document.arm_id
    while own is not None and own.type.casefold() != WORKSPACE.casefold():
        own = own.parent
    return document.estate.find(own.text) if own is not None else None


def is_project(workspace: Document) -> Truth:
    """A project of a hub: its network, its encryption and its companions are those of the hub."""
    return workspace["kind"].equals("Project")


def network_owner(workspace: Document) -> Document:
    """The workspace whose managed network it is: the hub of a project, else the workspace itself.

    Raises NotDecided where the hub is not known or not in the estate.
    """
    if not is_project(workspace):
        return workspace
    hub = workspace.resolve("properties.hubResourceId")
    if hub is None:
        raise NotDecided(deferred("the hub of the project is not part of the estate"))
    return hub


def has_managed_network(workspace: Document) -> Truth:
    """The workspace has a managed network that isolates; missing is Disabled.

    Raises NotDecided for a project whose hub is not known or not in the estate.
    """
    return network_owner(workspace)[ISOLATION].equals(*MANAGED_MODES)
