"""Microsoft.Network/privateEndpoints. Source: Private Endpoints REST API 2024-05-01."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._endpoint_interface import (
    AUTOMATIC,
    MANUAL,
    connection_names,
    connections,
    custom_dns_configs,
    interface_body,
    interface_id,
    interface_of,
    static_address,
    wanted_members,
)
from azkeep.types._network import (
    IN_RESOURCE_GROUP,
    SHORT_NAME,
    free_addresses,
    home_of_subnet,
    is_address,
    not_in_region,
    only_id,
    ranges,
    same_place,
    subnet_is_full,
    subnet_prefixes,
    with_value,
)
from azkeep.types._private_link import connection_body, connection_type, group_ids, state_of
from azkeep.types._zone_records import removals
from azkeep.types.resource_type import (
    DeleteEffect,
    Effect,
    Estate,
    Immutable,
    Link,
    PutEffect,
    ResourceType,
    Timing,
    Write,
)

SUBNETS = "Microsoft.Network/virtualNetworks/subnets"
APPROVED = {"status": "Approved", "description": "Auto-approved", "actionsRequired": "None"}
DISCONNECTED = {"status": "Disconnected", "description": "Connection deleted by the target", "actionsRequired": "None"}


def _check(write: Write, estate: Estate) -> ArmFault | None:
    found = list(connections(write.body))
    if not found:
        return ArmFault(
            400,
            "MissingPrivateLinkServiceConnectionOnPrivateEndpoint",
            f"Private endpoint {write.id} must have at least one private link service connection.",
        )
    for kind, connection in found:
        fault = _connection_fault(write, kind, connection, estate)
        if fault is not None:
            return fault
    subnet = str(get(write.body, "/properties/subnet/id"))
    if not same_place(home_of_subnet(estate, subnet), write.body.get("location")):
        return not_in_region(write.id, subnet)
    return _address_fault(write, subnet, estate)


def _connection_fault(write: Write, kind: str, connection: Body, estate: Estate) -> ArmFault | None:
    name = connection.get("name")
    if not name:
        return ArmFault(400, "InvalidRequestFormat", "Cannot parse the request.")
    id = f"{write.id}/{kind}/{name}"
    target = str(get(connection, "/properties/privateLinkServiceId", ""))
    wanted = get(connection, "/properties/groupIds", None) or []
    kind_of_target = ArmId.parse(target).type
    if kind_of_target.lower() == "microsoft.network/privatelinkservices":
        return None
    if not wanted:
        text = f"Private link service connection {id} is missing required parameter 'group Id'."
        return ArmFault(400, "MissingParameterOnPrivateLinkServiceConnection", text)
    if len(wanted) > 1:
        text = (
            f"Private link service connection {id} has the following group Ids: {', '.join(wanted)}. Only one group Id"
            f" is permitted when connecting to a first-party resource ({target})."
        )
        return ArmFault(400, "OnlyOneGroupIdPermitted", text)
    return _group_fault(target, kind_of_target, wanted[0], estate)


def _group_fault(target: str, arm_type: str, group_id: str, estate: Estate) -> ArmFault | None:
    offered = group_ids(arm_type)
    if offered is not None and group_id.lower() not in [name.lower() for name in offered]:
        return ArmFault(400, "BadRequest", f"Call to {arm_type} failed. Error message: Invalid groupId {group_id}")
    document = estate.get(target) or {}
    is_registry = arm_type.lower() == "microsoft.containerregistry/registries"
    if is_registry and str(get(document, "/sku/name", "Premium")).lower() != "premium":
        # Private link needs the Premium tier: container-registry-private-link.
        text = f"Call to {arm_type} failed. Error message: Private endpoint connections are not supported for SKU"
        return ArmFault(400, "BadRequest", f"{text} {get(document, '/sku/name')}.")
    return None


def _address_fault(write: Write, subnet: str, estate: Estate) -> ArmFault | None:
    blocks = ranges(subnet_prefixes(estate.get(subnet) or {}))
    for item in get(write.body, "/properties/ipConfigurations", None) or []:
        address = get(item, "/properties/privateIPAddress")
        if is_address(address) and not any(ip_address(address) in block for block in blocks):
            text = f"Private static IP address {address} does not belong to the range of subnet prefix"
            return ArmFault(400, "PrivateIPAddressNotInSubnet", f"{text} {', '.join(map(str, blocks))}.")
    kept = interface_of(write.before or {}, estate)
    wanted = wanted_members(write.body, estate)
    needed = [one for one in wanted if static_address(write.body, one[0], one[1].name) is None]
    missing = len(needed) - len(get(kept, "/properties/ipConfigurations", []))
    if missing > 0 and len(free_addresses(estate, subnet, missing)) < missing:
        return subnet_is_full(estate, subnet, missing)
    return None


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
    state = state_of(estate.get(names[0]) or {}) if names else DISCONNECTED
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
    check=_check,
    complete=_complete,
    present=_present,
    effects=_effects,
    on_delete=_on_delete,
    put=Timing(asynchronous=True, seconds=8),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=8),
    etag=True,
    in_resource_graph=True,
    # The DNS settings move to the records when a zone group is made.
    volatile=("/etag", "/properties/customDnsConfigs"),
    unordered=("/properties/customDnsConfigs", "/properties/ipConfigurations", "/properties/applicationSecurityGroups"),
)
