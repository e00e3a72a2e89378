"""Microsoft.KeyVault/vaults/secrets. Source: Key Vault management REST API 2024-11-01, secrets.

Every PUT makes a new version. The value is stored and never returned.
"""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._document import completed
from azkeep.types._key_vault import (
    ATTRIBUTES,
    DATA_PLANE,
    IN_VAULT,
    OBJECT_NAME,
    READ_ONLY,
    UNDELETABLE,
    addresses,
    new_version,
    timed,
    vault_of,
)
from azkeep.types.resource_type import ResourceType, Timing
from azkeep.types.write import Estate, Write

LONGEST_VALUE = 25_600  # bytes: about-secrets
VALUE = "/properties/value"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    value = get(write.body, VALUE)
    if isinstance(value, str) and len(value.encode()) > LONGEST_VALUE:
        text = f"The value of secret '{write.id.name}' is longer than {LONGEST_VALUE} bytes."
        return ArmFault(400, "BadRequest", text)
    return None


def _complete(write: Write, estate: Estate) -> Body:
    vault = vault_of(write.id, estate) or {}
    uris = addresses(write, "secret", new_version(write))
    return completed(write, always={**uris, ATTRIBUTES: timed(write), "/location": vault.get("location")})


TYPE = ResourceType(
    arm_type="Microsoft.KeyVault/vaults/secrets",
    token="azure-native:keyvault:Secret",
    path=f"{IN_VAULT}/secrets/{{secretName}}",
    flattened=False,
    autoname="copy",
    delete_query=DATA_PLANE,
    undeletable=UNDELETABLE,
    name=OBJECT_NAME,
    location="none",
    required=(VALUE,),
    required_code="BadRequest",
    read_only=(*READ_ONLY, "/properties/secretUri", "/properties/secretUriWithVersion"),
    secrets=(VALUE,),
    check=_check,
    complete=_complete,
    put=Timing(),
    provisioning_state=None,
    tracked=False,
    # A new value shows in the version at the end of secretUriWithVersion, whatever the clock says.
    volatile=("/etag", "/systemData", f"{ATTRIBUTES}/updated"),
)
