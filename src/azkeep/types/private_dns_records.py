"""Microsoft.Network/privateDnsZones/{A, AAAA, CNAME, MX, PTR, SRV, TXT}: one class of azure-native, a type per kind.

Source: Record Sets REST API 2024-06-01.
"""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._network import IN_RESOURCE_GROUP, with_value
from azkeep.types._zone_records import EXISTS, MODIFIED, is_made_by_service
from azkeep.types.resource_type import Etags, NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write

KINDS = ("A", "AAAA", "CNAME", "MX", "PTR", "SRV", "TXT")
RECORD_SET = "Record set {name}"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    zone = write.id.parent
    if zone is None or not write.is_create:
        return None
    is_alias = _kind(write) == "CNAME"
    for kind in KINDS:
        if (kind == "CNAME") == is_alias:
            continue
        if estate.get(f"{zone}/{kind}/{write.id.name}") is not None:
            text = (
                f"The record set '{write.id.name}' of type '{_kind(write)}' cannot be created because a record set with"
            )
            return ArmFault(
                400, "BadRequest", f"{text} the same name and type '{kind}' already exists in zone '{zone.name}'."
            )
    return None


def _kind(write: Write) -> str:
    return write.id.type.rsplit("/", 1)[1].upper()


def _complete(write: Write, estate: Estate) -> Body:
    zone = write.id.parent.name if write.id.parent else ""
    name = zone if write.id.name == "@" else f"{write.id.name}.{zone}"
    body = with_value(write.body, "/properties/fqdn", f"{name}.")
    kind = _kind(write).lower()
    if kind != "cname" and get(body, f"/properties/{kind}Records") is None:
        body = with_value(body, f"/properties/{kind}Records", [])
    return with_value(body, "/properties/isAutoRegistered", bool(get(body, "/properties/isAutoRegistered")))


def _record_type(kind: str) -> ResourceType:
    return ResourceType(
        arm_type=f"Microsoft.Network/privateDnsZones/{kind}",
        token="azure-native:privatedns:PrivateRecordSet",
        aliases=("azure-native:network:PrivateRecordSet",),
        path=IN_RESOURCE_GROUP + "/privateDnsZones/{privateZoneName}/{recordType}/{relativeRecordSetName}",
        autoname="copy",
        name=NameRule(pattern=r"^(@|\*|(\*\.)?[\w-]{1,63}(\.[\w-]{1,63})*)$", maximum=253, code="BadRequest"),
        location="none",
        tags=False,
        required=("/properties/ttl",),
        read_only=("/properties/fqdn", "/properties/isAutoRegistered"),
        check=_check,
        complete=_complete,
        put=Timing(),
        etag=True,
        etags=Etags(form="{}", stale=MODIFIED.format(what=RECORD_SET), taken=EXISTS.format(what=RECORD_SET)),
        provisioning_state=None,
        tracked=False,
        in_resource_graph=False,
        unordered=("/properties/aRecords", "/properties/aaaaRecords", "/properties/txtRecords"),
        made_by_service=is_made_by_service,
    )


TYPES = tuple(_record_type(kind) for kind in KINDS)
