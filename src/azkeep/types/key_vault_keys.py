"""Microsoft.KeyVault/vaults/keys. Source: Key Vault management REST API 2024-11-01, keys; about-keys.

A PUT makes the first version of a key; a key that exists is returned unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import completed, same_text
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

SIZES = (2048, 3072, 4096)
OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "EC": ("sign", "verify"),
    "RSA": ("encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"),
}
"""What a key may be used for when nothing is said."""


def _check(write: Write, estate: Estate) -> ArmFault | None:
    kind = str(get(write.body, "/properties/kty")).upper()
    size = get(write.body, "/properties/keySize")
    if kind.startswith("RSA") and size is not None and size not in SIZES:
        return _refusal(f"Key size {size} is not supported: it must be one of {', '.join(map(str, SIZES))}.")
    sku = get(vault_of(write.id, estate), "/properties/sku/name")
    if kind.endswith("-HSM") and not same_text(sku, "premium"):
        return _refusal("Keys protected by a hardware security module need a vault of the premium tier.")
    return None


def _refusal(message: str) -> ArmFault:
    return ArmFault(400, "BadRequest", message)


def _complete(write: Write, estate: Estate) -> Body:
    if write.before is not None:
        return write.before
    vault = vault_of(write.id, estate) or {}
    family = str(get(write.body, "/properties/kty")).upper().removesuffix("-HSM")
    shape = {"/properties/curveName": "P-256"} if family == "EC" else {"/properties/keySize": 2048}
    once = {"/properties/keyOps": list(OPERATIONS[family]), **shape}
    level = "Recoverable" if get(vault, "/properties/enablePurgeProtection") is True else "Recoverable+Purgeable"
    return completed(
        write,
        always={
            **{pointer: get(write.body, pointer) or value for pointer, value in once.items()},
            **addresses(write, "key", new_version(write)),
            ATTRIBUTES: {"exportable": False, **timed(write), "recoveryLevel": level},
            "/location": vault.get("location"),
        },
    )


def _versions(id: ArmId, body: Body, estate: Estate) -> Body:
    """The one version that Resource Manager makes of a key; others are the vault's own."""
    name = str(get(body, "/properties/keyUriWithVersion")).rsplit("/", 1)[-1]
    where = id.child("versions", name)
    return {"value": [{**body, "id": where.text, "name": name, "type": where.type}]}


TYPE = ResourceType(
    arm_type="Microsoft.KeyVault/vaults/keys",
    token="azure-native:keyvault:Key",
    path=f"{IN_VAULT}/keys/{{keyName}}",
    flattened=False,
    autoname="copy",
    delete_query=DATA_PLANE,
    undeletable=UNDELETABLE,
    name=OBJECT_NAME,
    location="none",
    required=("/properties/kty",),
    required_code="BadRequest",
    read_only=(*READ_ONLY, "/properties/keyUri", "/properties/keyUriWithVersion"),
    check=_check,
    complete=_complete,
    views={"versions": _versions},
    put=Timing(created=200),
    provisioning_state=None,
    tracked=False,
    volatile=("/etag", "/systemData", f"{ATTRIBUTES}/updated"),
    unordered=("/properties/keyOps",),
)
