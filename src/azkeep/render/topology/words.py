"""What a drawn resource is, in a few words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from azkeep.model.value import Reference, Unknown, get
from azkeep.render.topology.things import Thing, Things

GPU = re.compile(r"standard_n[cdv]", re.IGNORECASE)
"""Families NC, ND and NV hold GPUs. Source: Azure virtual machine sizes, GPU accelerated."""
PRIVATE_ENDPOINT = "microsoft.network/privateendpoints"
LEGEND = (
    "Outline: solid is as applied, thick has drifted, long dashes nobody declared or is missing, dots was not read.",
    "public: reachable from the internet. private: has a private endpoint. identity: has a managed identity.",
)
"""What outlines and marks mean, in lines."""
TITLES = {
    "microsoft.machinelearningservices/workspaces": "ML workspace",
    "microsoft.machinelearningservices/registries": "ML registry",
    "microsoft.machinelearningservices/workspaces/onlineendpoints": "Endpoint",
    "microsoft.machinelearningservices/workspaces/batchendpoints": "Batch endpoint",
    "microsoft.machinelearningservices/workspaces/computes": "Compute",
    "microsoft.machinelearningservices/workspaces/outboundrules": "Outbound rule",
    "microsoft.keyvault/vaults": "Key Vault",
    "microsoft.storage/storageaccounts": "Storage account",
    "microsoft.containerregistry/registries": "Container registry",
    "microsoft.insights/components": "Application Insights",
    "microsoft.insights/privatelinkscopes": "Private link scope",
    "microsoft.operationalinsights/workspaces": "Log Analytics",
    "microsoft.network/azurefirewalls": "Azure Firewall",
    "microsoft.network/bastionhosts": "Bastion",
    "microsoft.network/natgateways": "NAT gateway",
    "microsoft.network/virtualnetworkgateways": "VPN gateway",
    "microsoft.network/publicipaddresses": "Public address",
    PRIVATE_ENDPOINT: "Private endpoint",
    "microsoft.network/networkinterfaces": "Network card",
}


def title(thing: Thing, things: Things) -> str:
    """The resource's kind, and what of it a reader of a picture wants to know."""
    if thing.kind == PRIVATE_ENDPOINT and target(thing) is not None:
        return _private_endpoint(thing, things)
    name = "GPU" if is_gpu(thing) else TITLES.get(thing.kind) or thing.type.rsplit("/", 1)[-1]
    more = MORE.get(thing.kind)
    said = more(thing, things) if more and thing.is_known else ""
    return f"{name} {said}".strip()


def size_of(compute: Thing) -> str:
    """The VM size of a compute, "" where it has none or it is not known."""
    size = compute.get("/properties/properties/vmSize")
    return size if isinstance(size, str) else ""


def is_gpu(compute: Thing) -> bool:
    return bool(GPU.match(size_of(compute)))


def short(value: Any, things: Things) -> str:
    """The name that a reference ends in."""
    found = things.found(value)
    if found:
        return found.name
    if isinstance(value, Mapping):
        value = value.get("id")
    if isinstance(value, Unknown | Reference) or value is None:
        return "not known yet"
    return str(value).rstrip("/").rsplit("/", 1)[-1]


def traffic(endpoint: Thing) -> dict[str, Any]:
    """Deployment → share in percent, {} where none is set or known."""
    shares = endpoint.get("/properties/traffic")
    return dict(shares) if isinstance(shares, Mapping) else {}


def target(endpoint: Thing) -> Any:
    """What a private endpoint leads to, None where it is not known."""
    for name in ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections"):
        found = endpoint.get(f"/properties/{name}/0/properties/privateLinkServiceId")
        if found is not None:
            return found
    return None


def _compute(thing: Thing, things: Things) -> str:
    inner = thing.get("/properties/properties")
    scale = get(inner, "/scaleSettings")
    nodes = (
        f"{get(scale, '/minNodeCount', 0)}–{get(scale, '/maxNodeCount', '?')} × " if isinstance(scale, Mapping) else ""
    )
    return f"{nodes}{size_of(thing).removeprefix('STANDARD_').removeprefix('Standard_')}"


def _endpoint(thing: Thing, things: Things) -> str:
    shares = [(name, share) for name, share in traffic(thing).items() if share != 0]
    nothing = "without traffic" if traffic(thing) else ""
    return " / ".join(f"{name} {share} %" for name, share in shares) or nothing


def _private_endpoint(thing: Thing, things: Things) -> str:
    group = thing.get("/properties/privateLinkServiceConnections/0/properties/groupIds/0", "")
    where = short(target(thing), things)
    return f"endpoint → {where}{f' ({group})' if isinstance(group, str) and group else ''}"


def _rule(thing: Thing, things: Things) -> str:
    destination = thing.get("/properties/destination")
    place = destination.get("serviceResourceId") if isinstance(destination, Mapping) else destination
    return f"→ {short(place, things)}" if place else ""


MORE = {
    "microsoft.machinelearningservices/workspaces/computes": _compute,
    "microsoft.machinelearningservices/workspaces/onlineendpoints": _endpoint,
    "microsoft.machinelearningservices/workspaces/outboundrules": _rule,
}
