"""Microsoft.ContainerRegistry/registries/tokens. Source: Container Registry REST API 2024-11-01-preview.

A token's passwords are made by POST of generateCredentials on the registry.
"""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import get
from azkeep.types._registry import CREATION_DATE, IN_REGISTRY, PART_NAME, REGISTRY, SHORT_DELETE, SHORT_PUT, dated
from azkeep.types.resource_type import ResourceType
from azkeep.types.write import Estate, Write


def _check(write: Write, estate: Estate) -> ArmFault | None:
    scope_map = str(get(write.body, "/properties/scopeMapId"))
    if estate.get(scope_map) is not None:
        return None
    text = f"The scope map '{scope_map}' of token {write.id.name} was not found."
    return ArmFault(400, "ScopeMapNotFound", text)


TYPE = ResourceType(
    arm_type=f"{REGISTRY}/tokens",
    token="azure-native:containerregistry:Token",
    path=f"{IN_REGISTRY}/tokens/{{tokenName}}",
    autoname="copy",
    name=PART_NAME,
    location="none",
    tags=False,
    required=("/properties/scopeMapId",),
    read_only=(CREATION_DATE,),
    # Answer of TokenCreate in the REST examples: a thumbprint in the place of the certificate.
    write_only=("/properties/credentials/certificates/*/encodedPemCertificate",),
    # Value of the property when it is not set, in the REST API's description.
    defaults={"/properties/status": "enabled"},
    check=_check,
    complete=dated,
    put=SHORT_PUT,
    delete=SHORT_DELETE,
    system_data=True,
    tracked=False,
)
