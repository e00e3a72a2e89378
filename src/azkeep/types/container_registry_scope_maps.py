"""Microsoft.ContainerRegistry/registries/scopeMaps. Source: Container Registry REST API 2024-11-01-preview."""

from __future__ import annotations

import re

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import same_text
from azkeep.types._registry import (
    BUILT_IN,
    CREATION_DATE,
    IN_REGISTRY,
    PART_NAME,
    REGISTRY,
    SHORT_DELETE,
    SHORT_PUT,
    dated,
)
from azkeep.types.resource_type import ResourceType
from azkeep.types.write import Estate, Write

# Form of a permission: container-registry-token-based-repository-permissions.
ACTION = re.compile(
    r"(repositories/.+/(content|metadata)/(read|write|delete)|gateway/.+/(config|message)/(read|write))\Z"
)


def _check(write: Write, estate: Estate) -> ArmFault | None:
    wrong = next((each for each in get(write.body, "/properties/actions") or () if not ACTION.match(str(each))), None)
    if wrong is None:
        return None
    text = f"The action '{wrong}' is invalid: it has the form repositories/NAME/content/read."
    return ArmFault(400, "ScopeMapActionsInvalid", text)


def _made_by_service(id: ArmId, body: Body) -> bool:
    """The maps that come with every registry."""
    return id.name.startswith(BUILT_IN)


def _blocks_delete(id: ArmId, body: Body, estate: Estate) -> ArmFault | None:
    if _made_by_service(id, body):
        return ArmFault(409, "ScopeMapInUse", f"The scope map {id.name} is defined by the system and stays.")
    for token in estate.children(id.parent.text, "tokens") if id.parent else ():
        if same_text(get(token, "/properties/scopeMapId"), id.text):
            text = f"The scope map {id.name} is in use by the token {token['name']}."
            return ArmFault(409, "ScopeMapInUse", text)
    return None


TYPE = ResourceType(
    arm_type=f"{REGISTRY}/scopeMaps",
    token="azure-native:containerregistry:ScopeMap",
    path=f"{IN_REGISTRY}/scopeMaps/{{scopeMapName}}",
    autoname="copy",
    name=PART_NAME,
    location="none",
    tags=False,
    required=("/properties/actions",),
    read_only=(CREATION_DATE, "/properties/type"),
    defaults={"/properties/type": "UserDefined"},
    check=_check,
    complete=dated,
    blocks_delete=_blocks_delete,
    made_by_service=_made_by_service,
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    system_data=True,
    tracked=False,
    unordered=("/properties/actions",),
)
