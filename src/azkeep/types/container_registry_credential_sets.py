"""Microsoft.ContainerRegistry/registries/credentialSets. Source: Container Registry REST API 2023-01-01-preview.

User name and password lie in a vault; the set holds the addresses of the two secrets.
"""

from __future__ import annotations

from azkeep.model.value import Body
from azkeep.types._identity import READ_ONLY, with_identity
from azkeep.types._registry import CREATION_DATE, IN_REGISTRY, PART_NAME, REGISTRY, SHORT_PUT, SILENT_DELETE, dated
from azkeep.types.resource_type import Immutable, ResourceType
from azkeep.types.write import Estate, Write


def _complete(write: Write, estate: Estate) -> Body:
    return with_identity(dated(write, estate), write, estate)


TYPE = ResourceType(
    arm_type=f"{REGISTRY}/credentialSets",
    token="azure-native:containerregistry:CredentialSet",
    path=f"{IN_REGISTRY}/credentialSets/{{credentialSetName}}",
    autoname="copy",
    name=PART_NAME,
    location="none",
    tags=False,
    required=("/properties/loginServer", "/properties/authCredentials"),
    immutable=(
        Immutable(
            "/properties/loginServer", "InvalidParameter", "loginServer of a credential set cannot be changed.", 400
        ),
    ),
    read_only=(*READ_ONLY, CREATION_DATE),
    complete=_complete,
    put=SHORT_PUT,
    delete=SILENT_DELETE,
    system_data=True,
    tracked=False,
    volatile=("/etag", "/systemData", "/properties/authCredentials/*/credentialHealth"),
)
