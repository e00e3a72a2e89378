"""Managed identities of a resource, shared by the rules of every service."""

from __future__ import annotations

from azkeep.policy import Document, Node, Truth, settle, some

LISTED = "identity.userAssignedIdentities"


def has_identity(resource: Document, *kinds: str) -> Truth:
    """identity.type names one of `kinds`, alone or beside others: `SystemAssigned, UserAssigned` names both."""
    wanted = {kind.casefold() for kind in kinds}
    return resource["identity.type"].satisfies(
        lambda text: any(part.strip().casefold() in wanted for part in text.split(","))
    )


def is_listed(identity: Node, resource: Document) -> Truth:
    """The id at `identity` is one of the user-assigned identities of `resource`."""
    return identity.shown(settle(lambda: some(resource[LISTED].keys(), identity.same_id))) & identity.has_text()
