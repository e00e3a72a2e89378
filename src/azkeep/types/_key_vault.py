"""What keys and secrets of a vault share: names, addresses, times, and how one is deleted. Pure.

Source: Key Vault management REST API 2024-11-01, keys and secrets. Its times are seconds since 1970.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types.resource_type import NameRule
from azkeep.types.write import Estate, Write

VAULT = "Microsoft.KeyVault/vaults"
IN_VAULT = (
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.KeyVault/vaults/{vaultName}"
)
ATTRIBUTES = "/properties/attributes"

OBJECT_NAME = NameRule(
    pattern=r"^[a-zA-Z0-9-]+$",
    maximum=127,
    code="BadRequest",
    message="The name '{name}' is invalid. It must be 1 to 127 letters, digits and hyphens.",
)

# ARM has no DELETE for them: Key Vault management REST API. Clients, azure-native included, use the vault's own API.
DATA_PLANE = {"dataPlane": "true"}
UNDELETABLE = ArmFault(405, "MethodNotAllowed", "The requested resource does not support http method 'DELETE'.")

READ_ONLY = tuple(f"{ATTRIBUTES}/{name}" for name in ("created", "updated", "recoveryLevel"))


def vault_of(id: ArmId, estate: Estate) -> Body | None:
    """The vault that a key or secret lies in."""
    return estate.get(id.parent.text) if id.parent else None


def addresses(write: Write, kind: str, version: str) -> dict[str, str]:
    """Pointer → data plane address of a key or secret, without and with its version; `kind` is key or secret."""
    vault = write.id.parent.name.lower() if write.id.parent else ""
    address = f"https://{vault}.vault.azure.net/{kind}s/{write.id.name}"
    return {f"/properties/{kind}Uri": address, f"/properties/{kind}UriWithVersion": f"{address}/{version}"}


def new_version(write: Write) -> str:
    """The name of the version that `write` makes: 32 hexadecimal digits."""
    return write.guid(f"version/{write.now}").replace("-", "")


def timed(write: Write) -> dict[str, Any]:
    """The attributes with the times of the first and of this write."""
    now = int(datetime.fromisoformat(write.now[:19] + "+00:00").timestamp())
    given = get(write.body, ATTRIBUTES) or {}
    return {"enabled": True, **given, "created": get(write.before, f"{ATTRIBUTES}/created") or now, "updated": now}
