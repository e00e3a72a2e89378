"""Private endpoints of a resource, shared by the rules of every service."""

from __future__ import annotations

from collections.abc import Callable

from azkeep.policy import Document, Node, Truth, deferred, some

ENDPOINT = "Microsoft.Network/privateEndpoints"
CONNECTIONS = ("properties.privateLinkServiceConnections", "properties.manualPrivateLinkServiceConnections")
TARGETS = tuple(f"{path}.*.properties.privateLinkServiceId" for path in CONNECTIONS)


def is_reached_through(resource: Document, *groups: str) -> Truth:
    """Live: a connection of `resource` is approved. Declared: a private endpoint points at it with one of `groups`."""
    if resource.is_live:
        return _has_connection(resource, _is_approved)
    return is_target_of_endpoint(resource, *groups)


def _has_connection(resource: Document, test: Callable[[Node], Truth]) -> Truth:
    """One of its private endpoint connections, written inside it or apart, passes `test`."""
    apart = resource.children("privateEndpointConnections").some(lambda each: test(each.root))
    return resource["properties.privateEndpointConnections"].some(test) | apart


def _is_approved(connection: Node) -> Truth:
    return connection["properties.privateLinkServiceConnectionState.status"].equals("Approved")


def is_target_of_endpoint(resource: Document, *groups: str) -> Truth:
    """A private endpoint of the estate points at `resource` with one of `groups`, approved or not."""
    return resource.linked_from(ENDPOINT, *TARGETS).some(lambda endpoint: _leads_to(endpoint, resource, groups))


def is_reached_for(resource: Document, group: str) -> Truth:
    """Declared: a private endpoint points at `resource` with `group`. Live: and its connection is approved.

    Live, a connection whose private endpoint is not in the estate does not tell its group: UNKNOWN.
    """
    if not resource.is_live:
        return is_target_of_endpoint(resource, group)
    return _has_connection(resource, lambda each: _is_approved(each) & _is_for(each, resource, group))


def _is_for(connection: Node, resource: Document, group: str) -> Truth:
    groups = connection["properties.groupIds"]
    if not groups.is_missing:
        return groups.contains(group)
    endpoint = connection["properties.privateEndpoint.id"].resolve()
    if endpoint is None:
        return deferred("the private endpoint of a connection is not among the documents, so that its group is unknown")
    return _leads_to(endpoint, resource, (group,))


def _leads_to(endpoint: Document, resource: Document, groups: tuple[str, ...]) -> Truth:
    return some(CONNECTIONS, lambda path: _serves(endpoint, path, resource, groups))


def _serves(endpoint: Document, path: str, resource: Document, groups: tuple[str, ...]) -> Truth:
    return endpoint[path].some(
        lambda each: (
            each["properties.privateLinkServiceId"].points_to(resource)
            & each["properties.groupIds"].some(lambda group: group.equals(*groups))
        )
    )
