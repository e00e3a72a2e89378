"""Microsoft.Network/privateEndpoints. Source: Private Endpoints REST API 2024-05-01."""

from __future__ import annotations

from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._endpoint_checks import endpoint_fault
from azkeep.types._endpoint_interface import (
    AUTOMATIC,
    MANUAL,
    connection_names,
    connections,
    custom_dns_configs,
    interface_body,
    interface_id,
    interface_of,
)
from azkeep.types._linked_access import join, join_subnet
from azkeep.types._network import (
    CLASSES,
    IN_RESOURCE_GROUP,
    SHORT_NAME,
    only_id,
    with_value,
)
from azkeep.types._private_link import connection_body, connection_type, state_of
from azkeep.types._zone_records import removals
from azkeep.types.resource_type import Immutable, Link, LinkedAccess, ResourceType, Timing
from azkeep.types.write import DeleteEffect, Effect, Estate, PutEffect, Write

SUBNETS = "Microsoft.Network/virtualNetworks/subnets"
APPROVED = {"status": "Approved", "description": "Auto-approved", "actionsRequired": "None"}
DISCONNECTED = {"status": "Disconnected", "description": "Connection deleted by the target", "actionsRequired": "None"}


def _complete(write: Write, estate: Estate) -> Body:
    body = only_id(write.body, "/properties/subnet")
    for kind in (AUTOMATIC, MANUAL):
        items = [_filled_in(write, kind, item) for item in get(body, f"/properties/{kind}", None) or []]
        body = with_value(body, f"/properties/{kind}", items)
    return with_value(body, "/properties/networkInterfaces", [{"id": interface_id(write)}])


def _filled_in(write: Write, kind: str, connection: Body) -> dict[str, Any]:
    properties = {
        **connection.get("properties", {}),
        "provisioningState": "Succeeded",
        "privateLinkServiceConnectionState": _state(write, kind, connection),
    }
    return {
        **connection,
        "id": f"{write.id}/{kind}/{connection['name']}",
        "type": f"Microsoft.Network/privateEndpoints/{kind}",
        "properties": properties,
    }


def _state(write: Write, kind: str, connection: Body) -> Any:
    """The state before this write; at first Approved, or Pending where the target's owner must approve."""
    stored = {item["name"]: item for _, item in connections(write.before or {})}
    pending = {
        "status": "Pending",
        "description": get(connection, "/properties/requestMessage", ""),
        "actionsRequired": "None",
    }
    return state_of(stored.get(connection["name"], {})) or (APPROVED if kind == AUTOMATIC else pending)


def _effects(write: Write, estate: Estate) -> tuple[Effect, ...]:
    effects: list[Effect] = [PutEffect(interface_id(write), interface_body(write, estate))]
    for kind, connection in connections(write.body):
        target = str(get(connection, "/properties/privateLinkServiceId"))
        can_connect = estate.get(target) is not None and estate.knows(connection_type(ArmId.parse(target).type))
        if not can_connect or connection_names(write.id, target, estate):
            continue
        id = f"{target}/privateEndpointConnections/{write.id.name}.{write.guid('connection/' + connection['name'])}"
        effects.append(PutEffect(id, connection_body(write.id.text, _state(write, kind, connection))))
    return tuple(effects)


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    for kind in (AUTOMATIC, MANUAL):
        items = [_current(id, item, estate) for item in get(body, f"/properties/{kind}", [])]
        body = with_value(body, f"/properties/{kind}", items)
    grouped = bool(estate.children(id.text, "privateDnsZoneGroups"))
    configs = [] if grouped else custom_dns_configs(interface_of(body, estate))
    return with_value(body, "/properties/customDnsConfigs", configs)


def _current(id: ArmId, connection: Body, estate: Estate) -> Body:
    """The connection with the state that its target holds: an owner of the target approves and rejects there."""
    target = str(get(connection, "/properties/privateLinkServiceId"))
    if not estate.knows(connection_type(ArmId.parse(target).type)):
        return connection
    names = connection_names(id, target, estate)
    held = state_of(estate.get(names[0]) or {}) if names else DISCONNECTED
    state = {"actionsRequired": "None", **(held or {})}
    return with_value(connection, "/properties/privateLinkServiceConnectionState", state)


def _on_delete(id: ArmId, body: Body, estate: Estate) -> tuple[Effect, ...]:
    effects: list[Effect] = [DeleteEffect(item["id"]) for item in get(body, "/properties/networkInterfaces", [])]
    for _, connection in connections(body):
        target = str(get(connection, "/properties/privateLinkServiceId"))
        effects.extend(DeleteEffect(name) for name in connection_names(id, target, estate))
    for group in estate.children(id.text, "privateDnsZoneGroups"):
        effects.extend(removals(id, group, estate))
    return tuple(effects)


TYPE = ResourceType(
    arm_type="Microsoft.Network/privateEndpoints",
    token="azure-native:network:PrivateEndpoint",
    path=IN_RESOURCE_GROUP + "/privateEndpoints/{privateEndpointName}",
    force_new=("subnet",),
    name=SHORT_NAME,
    required=("/properties/subnet/id",),
    linked=(
        join_subnet("/properties/subnet/id"),
        join("/properties/applicationSecurityGroups/*/id", "applicationSecurityGroups", "joinIpConfiguration"),
        # A manual connection waits for somebody else's approval instead.
        LinkedAccess(
            f"/properties/{AUTOMATIC}/*/properties/privateLinkServiceId",
            "{type}/privateEndpointConnectionsApproval/action",
        ),
    ),
    links=(
        Link("/properties/subnet/id", (SUBNETS,)),
        Link(f"/properties/{AUTOMATIC}/*/properties/privateLinkServiceId"),
        Link(f"/properties/{MANUAL}/*/properties/privateLinkServiceId"),
        Link("/properties/applicationSecurityGroups/*/id", ("Microsoft.Network/applicationSecurityGroups",)),
    ),
    immutable=(
        Immutable(
            "/properties/subnet/id",
            code="PrivateEndpointSubnetCannotBeChanged",
            message="Subnet of private endpoint {name} cannot be changed.",
            status=400,
        ),
    ),
    read_only=(
        # azure-native's SubnetArgs brings defaults of its own beside the id of the subnet.
        "/properties/subnet/properties",
        "/properties/networkInterfaces",
        "/properties/customDnsConfigs",
        f"/properties/{AUTOMATIC}/*/properties/provisioningState",
        f"/properties/{MANUAL}/*/properties/provisioningState",
        f"/properties/{AUTOMATIC}/*/properties/privateLinkServiceConnectionState",
        f"/properties/{MANUAL}/*/properties/privateLinkServiceConnectionState",
    ),
    # Private Endpoints REST API, create example response: the empty lists and the empty interface name.
    defaults={
        f"/properties/{AUTOMATIC}": [],
        f"/properties/{MANUAL}": [],
        "/properties/ipConfigurations": [],
        "/properties/applicationSecurityGroups": [],
        "/properties/customNetworkInterfaceName": "",
    },
    check=endpoint_fault,
    complete=_complete,
    present=_present,
    effects=_effects,
    on_delete=_on_delete,
    put=Timing(asynchronous=True, seconds=8, creating="Updating"),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=8),
    etag=True,
    classes=CLASSES,
    patched="tags",
    in_resource_graph=True,
    # The DNS settings move to the records when a zone group is made.
    volatile=("/etag", "/properties/customDnsConfigs"),
    unordered=("/properties/customDnsConfigs", "/properties/ipConfigurations", "/properties/applicationSecurityGroups"),
)
