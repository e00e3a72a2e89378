"""What the network types share: name rule, references between resources, addresses. Pure.

Sources: naming rules and restrictions for Azure resources (Microsoft.Network); messages as Azure answers them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, leaves, put, remove, split
from azkeep.types.resource_type import Immutable, NameRule, Timing
from azkeep.types.write import Estate, Write

IN_RESOURCE_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network"

NAME = NameRule(
    pattern=r"^[a-zA-Z0-9]([a-zA-Z0-9_.-]*[a-zA-Z0-9_])?$",
    maximum=80,
    code="InvalidResourceName",
    message="Resource name {name} is invalid. The name can be up to {maximum} characters long. It must begin with a"
    " word character, and it must end with a word character or with '_'. The name may contain word characters or '.',"
    " '-', '_'.",
)
SHORT_NAME = replace(NAME, minimum=2, maximum=64)

CLASSES = "Microsoft.WindowsAzure.Networking.Nrp.Frontend.Contract.Csm.Public"
"""Private DNS has a service of its own; what is around zones and their links has not."""

ZONES = Immutable(
    "/zones",
    code="ResourceAvailabilityZonesCannotBeModified",
    message="Resource {id} has an existing availability zone constraint {before} and the request has availability zone"
    " constraint {after}, which do not match. Zones cannot be added/updated/removed once the resource is created. The"
    " resource cannot be updated from regional to zonal or vice-versa.",
    status=400,
    absent="NoZone",
)
SHORT_PUT = Timing(asynchronous=True, seconds=3, creating="Updating")
SHORT_DELETE = Timing(created=200, asynchronous=True, accepted=True, seconds=3)
SILENT_DELETE = dataclasses.replace(SHORT_DELETE, created=204)
"""Of what the API answers 202 or 204 for, and never 200."""

# Azure keeps the first four addresses of a subnet and its last one (virtual-networks-faq).
RESERVED_AT_START = 4

FLOW_LOGS, TARGET = "Microsoft.Network/networkWatchers/flowLogs", "/properties/targetResourceId"

Address = IPv4Address | IPv6Address
Range = IPv4Network | IPv6Network


def is_same(first: Any, second: str) -> bool:
    """True if `first` is the id `second`, in any case."""
    return isinstance(first, str) and first.lower() == second.lower()


def same_place(first: Any, second: Any) -> bool:
    """True if two locations are one, `West Europe` and `westeurope` alike; True where one is not known."""
    if not isinstance(first, str) or not isinstance(second, str):
        return True
    return first.replace(" ", "").lower() == second.replace(" ", "").lower()


def is_type(document: Body, arm_type: str) -> bool:
    return str(document.get("type", "")).lower() == arm_type.lower()


def references(ids: Iterable[str]) -> list[dict[str, str]]:
    return [{"id": id} for id in ids]


def with_value(body: Body, pointer: str, value: Any) -> Body:
    """A copy of `body` with `value` at `pointer`."""
    copy: Body = put(body, pointer, value)
    return copy


def only_id(body: Body, pointer: str) -> Body:
    """`body` with nothing but `id` left of the reference at `pointer`; absent and null references are taken out."""
    value = get(body, pointer)
    if isinstance(value, Mapping) and value.get("id"):
        return with_value(body, pointer, {"id": value["id"]})
    without: Body = remove(body, pointer)
    return without


def shown(body: Body, name: str, ids: Iterable[str]) -> Body:
    """`body` with `/properties/{name}` a list of references; the member is absent where there are none, as in ARM."""
    found = references(ids)
    return with_value(body, f"/properties/{name}", found) if found else body


def listing(name: str) -> Callable[[ArmId, Body, Estate], Body]:
    """The view of a document's list `name` as a list of its own."""

    def view(id: ArmId, body: Body, estate: Estate) -> Body:
        return {"value": get(body, f"/properties/{name}") or []}

    return view


def referring(estate: Estate, id: str, arm_type: str, pointer: str) -> tuple[str, ...]:
    """Ids of the resources of `arm_type` whose `pointer` is `id`; a list there counts if an item's `id` is `id`."""
    return tuple(
        str(document["id"])
        for document in estate.referrers(id)
        if is_type(document, arm_type) and _points_at(get(document, pointer), id)
    )


def _points_at(value: Any, id: str) -> bool:
    if isinstance(value, list):
        return any(is_same(get(item, "/id"), id) for item in value)
    return is_same(value, id)


def ip_configurations(estate: Estate, id: str, member: str) -> tuple[str, ...]:
    """Ids of the IP configurations, of any resource, whose `member` (`subnet`, `publicIPAddress`) is `id`."""
    return tuple(found for document in estate.referrers(id) for found in _configurations_at(document, id, member))


def _configurations_at(document: Body, id: str, member: str) -> tuple[str, ...]:
    return tuple(
        _configuration_id(document, item)
        for item in get(document, "/properties/ipConfigurations", None) or []
        if is_same(get(item, f"/properties/{member}/id"), id)
    )


def address_in_use(write: Write, address: str, estate: Estate, *, configuration: str = "") -> ArmFault | None:
    """The refusal of a public IP address that something else than what is written has already.

    `configuration` is the id of the IP configuration that asks for it, where one does.
    """
    users = (
        *ip_configurations(estate, address, "publicIPAddress"),
        *referring(estate, address, "Microsoft.Network/natGateways", "/properties/publicIpAddresses"),
    )
    other = next((user for user in users if not f"{user.lower()}/".startswith(f"{write.id.key}/")), None)
    if other is None:
        return None
    asking = configuration or write.id
    text = f"Resource {asking} is referencing public IP address {address} that is already allocated to resource"
    return ArmFault(400, "PublicIPAddressInUse", f"{text} {other}.")


def occupants(estate: Estate, subnet: str) -> tuple[str, ...]:
    """Ids of what stands in a subnet: IP configurations first, then other resources that name it as their subnet."""
    configured: list[str] = []
    others: list[str] = []
    for document in estate.referrers(subnet):
        found = _configurations_at(document, subnet, "subnet")
        configured.extend(found)
        if not found and _names_as_subnet(document, subnet):
            others.append(str(document["id"]))
    return (*configured, *others)


def _names_as_subnet(document: Body, subnet: str) -> bool:
    return any(is_same(value, subnet) and _is_subnet_member(pointer) for pointer, value in leaves(document))


def _is_subnet_member(pointer: str) -> bool:
    """Firewall rules of other services (`virtualNetworkRules`) mention a subnet without standing in it."""
    parts = split(pointer)
    return parts[-2:] == ("subnet", "id") or parts[-1] in ("vnetSubnetID", "podSubnetID", "subnetResourceId")


def duplicate_child(id: ArmId, children: Iterable[Body]) -> ArmFault | None:
    """The refusal of a list of children in which two have one name."""
    seen: set[str] = set()
    for child in children:
        name = str(child.get("name", ""))
        if name.lower() in seen:
            kind = id.text.removesuffix(id.name)
            text = f"Resource {kind} has two child resources with the same name ({name})."
            detail = {"code": "DuplicateResourceName", "message": text, "details": []}
            return ArmFault(400, "InvalidRequestFormat", "Cannot parse the request.", details=(detail,))
        seen.add(name.lower())
    return None


def parse_range(text: Any) -> Range | None:
    """The CIDR range in `text`; None if it is none, host bits included."""
    try:
        return ip_network(str(text))
    except ValueError:
        return None


def ranges(values: Iterable[Any]) -> tuple[Range, ...]:
    return tuple(found for found in map(parse_range, values) if found is not None)


def subnet_prefixes(subnet: Body) -> tuple[str, ...]:
    """The address prefixes of a subnet document, whichever of its two members holds them."""
    single = get(subnet, "/properties/addressPrefix")
    return (single,) if single else tuple(get(subnet, "/properties/addressPrefixes", None) or ())


def contains(outer: Iterable[Range], inner: Range) -> bool:
    return any(inner.version == range.version and inner.subnet_of(range) for range in outer)  # type: ignore[arg-type]


def overlap(first: Iterable[Range], second: Iterable[Range]) -> bool:
    others = tuple(second)
    return any(one.version == other.version and one.overlaps(other) for one in first for other in others)


def address_holders(estate: Estate, subnet: str) -> dict[str, str]:
    """Private addresses in use in a subnet, each with the id of the IP configuration or resource that has it."""
    return {
        address: holder
        for document in estate.referrers(subnet)
        for address, holder in _addresses_in(document, subnet)
        if address
    }


def taken_addresses(estate: Estate, subnet: str) -> frozenset[str]:
    """Private addresses in use in a subnet."""
    return frozenset(address_holders(estate, subnet))


def address_is_allocated(configuration: str, address: str, holder: str) -> ArmFault:
    """The refusal of the IP configuration with the id `configuration`, whose static address `holder` has already."""
    return ArmFault(
        400,
        "PrivateIPAddressIsAllocated",
        f"IP configuration {configuration} is using the private IP address {address} which is already allocated to"
        f" resource {holder}.",
    )


def _addresses_in(document: Body, subnet: str) -> list[tuple[str, str]]:
    """(address, id of what has it) of a resource in a subnet: of its IP configurations, or as a compute instance."""
    if is_same(get(document, "/properties/properties/subnet/id"), subnet):
        address = get(document, "/properties/properties/connectivityEndpoints/privateIpAddress")
        return [(str(address or ""), str(document["id"]))]
    return [
        (str(get(item, "/properties/privateIPAddress") or ""), _configuration_id(document, item))
        for item in get(document, "/properties/ipConfigurations", [])
        if is_same(get(item, "/properties/subnet/id"), subnet)
    ]


def _configuration_id(document: Body, item: Body) -> str:
    return str(item.get("id") or f"{document['id']}/ipConfigurations/{item.get('name')}")


def free_addresses(estate: Estate, subnet: str, count: int, *, besides: Iterable[str] = ()) -> tuple[str, ...]:
    """The lowest `count` addresses of a subnet that nobody has; fewer if it is full or not known."""
    document = estate.get(subnet)
    taken = taken_addresses(estate, subnet) | frozenset(besides)
    found: list[str] = []
    for block in ranges(subnet_prefixes(document or {})):
        if block.version == 6:
            continue
        for offset in range(RESERVED_AT_START, block.num_addresses - 1):
            if len(found) == count:
                return tuple(found)
            address = str(block[offset])
            if address not in taken:
                found.append(address)
    return tuple(found)


def is_reserved(address: str, block: Range) -> bool:
    """True for the addresses of a subnet that Azure keeps."""
    offset = int(ip_address(address)) - int(block.network_address)
    return offset < RESERVED_AT_START or offset == block.num_addresses - 1


def subnet_is_full(estate: Estate, subnet: str, count: int) -> ArmFault:
    prefixes = subnet_prefixes(estate.get(subnet) or {})
    return ArmFault(
        400,
        "SubnetIsFull",
        f"Subnet {ArmId.parse(subnet).name} with address prefix {', '.join(prefixes)} does not have enough capacity for"
        f" {count} IP addresses.",
    )


def not_in_region(id: ArmId, target: str) -> ArmFault:
    return ArmFault(
        400,
        "InvalidResourceReference",
        f"Resource {target} referenced by resource {id} was not found. Please make sure that the referenced resource"
        " exists, and that both resources are in the same region.",
    )


def home_of_subnet(estate: Estate, subnet: str) -> Any:
    """Location of the virtual network around a subnet, None if it is not known."""
    parent = ArmId.parse(subnet).parent
    return get(estate.get(parent.text) or {}, "/location") if parent else None


def is_address(text: Any) -> bool:
    try:
        ip_address(str(text))
    except ValueError:
        return False
    return True


def in_use(id: ArmId, users: tuple[str, ...], code: str, kind: str, more: str) -> ArmFault | None:
    """The refusal to delete what others still refer to; None without `users`."""
    if not users:
        return None
    return ArmFault(
        400,
        code,
        f"{kind} {id} cannot be deleted because it is in use by the following resources: {', '.join(users)}. In order"
        f" to delete the {kind}, remove the association with the resource(s). To learn how to do this, see {more}.",
    )
