"""The workspace that something belongs to, shared by the rules of what lies inside it."""

from __future__ import annotations

from azkeep.policy import Document, Truth

WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
MANAGED_MODES = ("AllowInternetOutbound", "AllowOnlyApprovedOutbound")


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


def has_managed_network(workspace: Document) -> Truth:
    """The workspace has a managed network that isolates; missing is Disabled."""
    return workspace["properties.managedNetwork.isolationMode"].equals(*MANAGED_MODES)
