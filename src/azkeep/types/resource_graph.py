"""What Azure Resource Graph holds: which table has which ARM type, and for which types it records changes.

Source: Azure Resource Graph, supported tables and resource types; get resource changes. A type in no table is read
from its own service alone, and what happened to it from the activity log alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from azkeep.model.ids import ArmId
from azkeep.types import all_types, by_arm_type

RESOURCES = "resources"
CONTAINERS = "resourcecontainers"
CHANGES = "resourcechanges"
CONTAINER_CHANGES = "resourcecontainerchanges"

DOCUMENTED = frozenset(
    {
        "microsoft.containerregistry/registries",
        "microsoft.containerregistry/registries/replications",
        "microsoft.containerregistry/registries/webhooks",
        "microsoft.containerservice/managedclusters",
        "microsoft.databricks/workspaces",
        "microsoft.eventgrid/domains",
        "microsoft.eventgrid/topics",
        "microsoft.insights/actiongroups",
        "microsoft.insights/activitylogalerts",
        "microsoft.insights/components",
        "microsoft.insights/datacollectionendpoints",
        "microsoft.insights/datacollectionrules",
        "microsoft.insights/metricalerts",
        "microsoft.insights/privatelinkscopes",
        "microsoft.insights/scheduledqueryrules",
        "microsoft.insights/webtests",
        "microsoft.keyvault/vaults",
        "microsoft.machinelearningservices/registries",
        "microsoft.machinelearningservices/workspaces",
        "microsoft.machinelearningservices/workspaces/batchendpoints",
        "microsoft.machinelearningservices/workspaces/batchendpoints/deployments",
        "microsoft.machinelearningservices/workspaces/onlineendpoints",
        "microsoft.machinelearningservices/workspaces/onlineendpoints/deployments",
        "microsoft.managedidentity/userassignedidentities",
        "microsoft.network/applicationsecuritygroups",
        "microsoft.network/azurefirewalls",
        "microsoft.network/bastionhosts",
        "microsoft.network/firewallpolicies",
        "microsoft.network/natgateways",
        "microsoft.network/networkinterfaces",
        "microsoft.network/networksecuritygroups",
        "microsoft.network/networkwatchers",
        "microsoft.network/networkwatchers/flowlogs",
        "microsoft.network/privatednszones",
        "microsoft.network/privatednszones/virtualnetworklinks",
        "microsoft.network/privateendpoints",
        "microsoft.network/publicipaddresses",
        "microsoft.network/routetables",
        "microsoft.network/serviceendpointpolicies",
        "microsoft.network/virtualnetworks",
        "microsoft.operationalinsights/workspaces",
        "microsoft.search/searchservices",
        "microsoft.sql/servers",
        "microsoft.sql/servers/databases",
        "microsoft.storage/storageaccounts",
        "microsoft.synapse/workspaces",
        "microsoft.web/serverfarms",
        "microsoft.web/sites",
    }
)
"""Types of the table `resources` that an Azure ML estate is made of, in lower case."""

OTHER_TABLES = {
    "microsoft.resources/subscriptions": CONTAINERS,
    "microsoft.resources/resourcegroups": CONTAINERS,
    "microsoft.authorization/roleassignments": "authorizationresources",
    "microsoft.authorization/roledefinitions": "authorizationresources",
    "microsoft.authorization/policyassignments": "policyresources",
    "microsoft.authorization/policydefinitions": "policyresources",
    "microsoft.authorization/policyexemptions": "policyresources",
    "microsoft.authorization/policysetdefinitions": "policyresources",
    **{
        f"microsoft.network/privatednszones/{kind}": "dnsresources"
        for kind in ("a", "aaaa", "cname", "mx", "ptr", "srv", "txt")
    },
}
SHOWN_TYPES = {"microsoft.resources/resourcegroups": "microsoft.resources/subscriptions/resourcegroups"}
CHANGE_TABLES = {RESOURCES: CHANGES, CONTAINERS: CONTAINER_CHANGES}


def table(arm_type: str) -> str | None:
    """The table that has resources of this type, in lower case; None where Resource Graph has none."""
    key = arm_type.lower()
    if key in OTHER_TABLES:
        return OTHER_TABLES[key]
    type_ = by_arm_type(key)
    return RESOURCES if type_ is not None and type_.in_resource_graph else None


def change_table(arm_type: str) -> str | None:
    """The table that records changes of resources of this type; None where Azure keeps no values for it."""
    return CHANGE_TABLES.get(table(arm_type) or "")


def covers(arm_type: str) -> bool:
    """True if the table `resources` has this type."""
    return table(arm_type) == RESOURCES


def records_changes(arm_type: str) -> bool:
    """True if Resource Graph records who changed a resource of this type, and from what to what."""
    return change_table(arm_type) is not None


def shown_type(arm_type: str) -> str:
    """The value of the column `type`."""
    return SHOWN_TYPES.get(arm_type.lower(), arm_type.lower())


@cache
def _listed() -> frozenset[str]:
    """Child types that the document of a covered type lists, in lower case."""
    return frozenset(
        child.lower() for type_ in all_types() if type_.in_resource_graph for child in type_.inline.values()
    )


def keeper(id: ArmId) -> ArmId | None:
    """The resource under which Resource Graph shows and records `id`: itself, or what lists it, as a network its
    subnets; None where it does neither."""
    if table(id.type) is not None:
        return id
    parent = id.parent
    if parent is None or id.type.lower() not in _listed() or table(parent.type) is None:
        return None
    return parent


_PLAIN = re.compile(r"[A-Za-z_$][\w$-]*\Z")
_PART = re.compile(r'\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\.?([^.\[]+)')


@dataclass(frozen=True)
class Item:
    """The item of a list whose `name` is this."""

    name: str


Part = str | int | Item
"""A step into a document: the member of an object, the number of an item of a list, or its name."""


def change_path(parts: tuple[Part, ...]) -> str:
    """The path of a property in a change record: `properties.subnets["a"].properties.addressPrefix`, `tags["a.b"]`."""
    found = ""
    for part in parts:
        if isinstance(part, int):
            found += f"[{part}]"
        elif isinstance(part, str) and _PLAIN.match(part):
            found += f".{part}" if found else part
        else:
            name = part.name if isinstance(part, Item) else part
            escaped = name.replace("\\", "\\\\").replace('"', '\\"')
            found += f'["{escaped}"]'
    return found


def change_parts(path: str) -> tuple[str, ...]:
    """The names and numbers in the path of a change record, brackets taken off: the way through the document.

    A name may be that of a member or the `name` of an item of a list; the document says which.
    """
    found: list[str] = []
    for quoted, number, plain in _PART.findall(path):
        found.append(re.sub(r"\\(.)", r"\1", quoted) or number or plain)
    return tuple(found)
