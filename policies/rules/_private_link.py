"""Private endpoints of a resource, shared by the rules of every service."""

from __future__ import annotations

from azkeep.policy import Document, Truth, some

ENDPOINT = "Microsoft.Network/privateEndpoints"
CONNECTIONS = ("properties.privateLinkServiceConnections", "properties.manualPrivateLinkServiceConnections")
TARGETS = tuple(f"{path}.*.properties.privateLinkServiceId" for path in CONNECTIONS)


def is_reached_through(resource: Document, *groups: str) -> Truth:
    """Live: a connection of `resource` is approved. Declared: a private endpoint points at it with one of `groups`."""
    if resource.is_live:
        return resource["properties.privateEndpointConnections"].some(
            lambda each: each["properties.privateLinkServiceConnectionState.status"].equals("Approved")
        )
    endpoints = resource.linked_from(ENDPOINT, *TARGETS)
    return endpoints.some(lambda endpoint: some(CONNECTIONS, lambda path: _serves(endpoint, path, resource, groups)))


def _serves(endpoint: Document, path: str, resource: Document, groups: tuple[str, ...]) -> Truth:
    return endpoint[path].some(
        lambda each: (
            each["properties.privateLinkServiceId"].points_to(resource)
            & each["properties.groupIds"].some(lambda group: group.equals(*groups))
        )
    )
