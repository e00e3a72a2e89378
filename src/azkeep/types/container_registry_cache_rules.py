"""Microsoft.ContainerRegistry/registries/cacheRules. Source: Container Registry REST API 2024-11-01-preview."""

from __future__ import annotations

from azkeep.types._registry import CREATION_DATE, IN_REGISTRY, PART_NAME, REGISTRY, SHORT_PUT, SILENT_DELETE, dated
from azkeep.types.resource_type import Immutable, Link, ResourceType

FIXED = ("sourceRepository", "targetRepository")

TYPE = ResourceType(
    arm_type=f"{REGISTRY}/cacheRules",
    token="azure-native:containerregistry:CacheRule",
    path=f"{IN_REGISTRY}/cacheRules/{{cacheRuleName}}",
    autoname="copy",
    name=PART_NAME,
    location="none",
    tags=False,
    required=tuple(f"/properties/{name}" for name in FIXED),
    links=(Link("/properties/credentialSetResourceId", types=(f"{REGISTRY}/credentialSets",)),),
    immutable=tuple(
        Immutable(f"/properties/{name}", "InvalidParameter", f"{name} of a cache rule cannot be changed.", 400)
        for name in FIXED
    ),
    read_only=(CREATION_DATE,),
    complete=dated,
    put=SHORT_PUT,
    delete=SILENT_DELETE,
    system_data=True,
    tracked=False,
)
