"""Private link: which groups a target offers, the names that resolve to it, its connections. Pure.

Sources: private-endpoint-dns (zones per service), how-to-custom-dns of Azure Machine Learning (names of a workspace),
private-link-security (zones of Azure Monitor).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types.write import Estate

CONNECTIONS = "privateEndpointConnections"


@dataclass(frozen=True)
class Host:
    """A public name, and the record that answers for it in a private zone.

    All three may hold `{name}` (of the target, lower case), `{region}`, `{guid}` (workspace id) and `{label}` (the
    notebooks label of a workspace).
    """

    fqdn: str
    zone: str
    record: str


@dataclass(frozen=True)
class Member:
    """One address of a private endpoint: ARM's `requiredMemberName` and the names behind it."""

    name: str
    hosts: tuple[Host, ...]


@dataclass(frozen=True)
class Group:
    """A group id (`blob`, `vault`) with its zones, in the order in which documentation lists them."""

    name: str
    zones: tuple[str, ...]
    members: tuple[Member, ...]


def _simple(name: str, public: str, zone: str, member: str = "", record: str = "{name}") -> Group:
    host = Host(f"{record}.{public}", zone, record)
    return Group(name, (zone,), (Member(member or name, (host,)),))


def _storage(service: str, record: str = "{name}") -> Group:
    return _simple(service, f"{service}.core.windows.net", f"privatelink.{service}.core.windows.net", "", record)


_API, _NOTEBOOKS = "privatelink.api.azureml.ms", "privatelink.notebooks.azure.net"

_WORKSPACE = Group(
    "amlworkspace",
    (_API, _NOTEBOOKS),
    (
        Member(
            "default",
            (
                Host("{guid}.workspace.{region}.api.azureml.ms", _API, "{guid}.workspace.{region}"),
                Host("{guid}.workspace.{region}.cert.api.azureml.ms", _API, "{guid}.workspace.{region}.cert"),
            ),
        ),
        Member("notebook", (Host("{label}.{region}.notebooks.azure.net", _NOTEBOOKS, "{label}.{region}"),)),
        Member("inference", (Host("*.{region}.inference.ml.azure.com", _API, "*.{guid}.inference.{region}"),)),
    ),
)

_ML_REGISTRY = Group(
    "amlregistry",
    (_API,),
    (Member("amlregistry", (Host("{guid}.registry.{region}.api.azureml.ms", _API, "{guid}.registry.{region}"),)),),
)

_CONTAINER_REGISTRY = Group(
    "registry",
    ("privatelink.azurecr.io",),
    (
        Member(
            "registry_data_{region}",
            (Host("{name}.{region}.data.azurecr.io", "privatelink.azurecr.io", "{name}.{region}.data"),),
        ),
        Member("registry", (Host("{name}.azurecr.io", "privatelink.azurecr.io", "{name}"),)),
    ),
)

_MONITOR_ZONES = (
    "privatelink.monitor.azure.com",
    "privatelink.oms.opinsights.azure.com",
    "privatelink.ods.opinsights.azure.com",
    "privatelink.agentsvc.azure-automation.net",
    "privatelink.blob.core.windows.net",
)


def _monitor_host(record: str) -> Host:
    return Host(f"{record}.monitor.azure.com", "privatelink.monitor.azure.com", record)


_MONITOR = Group(
    "azuremonitor",
    _MONITOR_ZONES,
    (
        *(
            Member(record, (_monitor_host(record),))
            for record in ("api", "global.in.ai", "profiler", "live", "diagservices-query", "snapshot")
        ),
        Member(
            "scadvisorcontentpl",
            (
                Host(
                    "scadvisorcontentpl.blob.core.windows.net",
                    "privatelink.blob.core.windows.net",
                    "scadvisorcontentpl",
                ),
            ),
        ),
    ),
)

_SITES = Group(
    "sites",
    ("privatelink.azurewebsites.net",),
    (
        Member(
            "sites",
            (
                Host("{name}.azurewebsites.net", "privatelink.azurewebsites.net", "{name}"),
                Host("{name}.scm.azurewebsites.net", "privatelink.azurewebsites.net", "{name}.scm"),
            ),
        ),
    ),
)

_EVENT_GRID = "privatelink.eventgrid.azure.net"

GROUPS: Mapping[str, tuple[Group, ...]] = {
    "microsoft.machinelearningservices/workspaces": (_WORKSPACE,),
    "microsoft.machinelearningservices/registries": (_ML_REGISTRY,),
    "microsoft.storage/storageaccounts": (
        *(_storage(service) for service in ("blob", "file", "queue", "table", "dfs")),
        _storage("web", "{name}.z1"),
    ),
    "microsoft.keyvault/vaults": (_simple("vault", "vault.azure.net", "privatelink.vaultcore.azure.net", "default"),),
    "microsoft.containerregistry/registries": (_CONTAINER_REGISTRY,),
    "microsoft.insights/privatelinkscopes": (_MONITOR,),
    "microsoft.sql/servers": (_simple("sqlServer", "database.windows.net", "privatelink.database.windows.net"),),
    "microsoft.web/sites": (_SITES,),
    "microsoft.eventgrid/topics": (_simple("topic", "{region}-1.eventgrid.azure.net", _EVENT_GRID),),
    "microsoft.eventgrid/domains": (_simple("domain", "{region}-1.eventgrid.azure.net", _EVENT_GRID),),
}
"""Lower-case ARM type of a target → the groups it offers."""


def group(arm_type: str, group_id: str) -> Group | None:
    """The group `group_id` (any case) of targets of `arm_type`; None if the target does not offer it."""
    found = GROUPS.get(arm_type.lower(), ())
    return next((one for one in found if one.name.lower() == group_id.lower()), None)


def group_ids(arm_type: str) -> tuple[str, ...] | None:
    """Names of the groups that targets of `arm_type` offer; None if the type is not in the table."""
    found = GROUPS.get(arm_type.lower())
    return None if found is None else tuple(one.name for one in found)


def zones(arm_type: str, group_id: str) -> tuple[str, ...]:
    """Private DNS zones that a private endpoint of this group needs; () if the group is not known."""
    found = group(arm_type, group_id)
    return found.zones if found else ()


def members(target: str, document: Body | None, group_id: str) -> tuple[Member, ...]:
    """The members of `group_id` at resource `target`, names filled in; one without names for an unknown group."""
    id = ArmId.parse(target)
    found = group(id.type, group_id)
    if found is None:
        return (Member(group_id, ()),)
    words = _words(id, document or {})
    return tuple(
        Member(
            member.name.format(**words),
            tuple(Host(host.fqdn.format(**words), host.zone, host.record.format(**words)) for host in member.hosts),
        )
        for member in found.members
    )


def link_resources(id: ArmId, body: Body, estate: Estate) -> Body:
    """`privateLinkResources` of a target: its groups, with the members and zones that each needs."""
    return {
        "value": [
            {
                "id": f"{id}/privateLinkResources/{one.name}",
                "name": one.name,
                "type": f"{id.type}/privateLinkResources",
                "properties": {
                    "groupId": one.name,
                    "requiredMembers": [member.name for member in members(id.text, body, one.name)],
                    "requiredZoneNames": list(one.zones),
                },
            }
            for one in GROUPS.get(id.type.lower(), ())
        ]
    }


def _words(id: ArmId, document: Body) -> dict[str, str]:
    region = str(document.get("location", "")).replace(" ", "").lower()
    guid = str(get(document, "/properties/workspaceId") or get(document, "/properties/registryId") or id.name)
    return {"name": id.name.lower(), "region": region, "guid": guid, "label": notebook_label(id.name, region, guid)}


def notebook_label(name: str, region: str, guid: str) -> str:
    """First label of a workspace's notebook name, `ml-{name}-{region}-{guid}`: the name is cut to fit 63 characters."""
    room = 63 - len(f"ml---{region}{guid}") + 1
    return f"ml-{name.lower()[: max(room, 1)]}-{region}-{guid}"


def state_of(connection: Body) -> Any:
    """`{status, description, actionsRequired}` of a stored connection, None without one."""
    return get(connection, "/properties/privateLinkServiceConnectionState")


def connection_type(target_type: str) -> str:
    """ARM type of the connections below a target."""
    return f"{target_type}/{CONNECTIONS}"


def connection_body(endpoint: str, state: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a target's connection to private endpoint `endpoint`."""
    return {
        "properties": {
            "privateEndpoint": {"id": endpoint},
            "privateLinkServiceConnectionState": dict(state),
            "provisioningState": "Succeeded",
        }
    }
