"""What the service refuses in a machine learning workspace, beyond what the type's data say. Pure.

Sources: `Missing dependent resources in workspace json` as the service answers; how-to-managed-network (isolation
only grows); how-to-identity-based-service-authentication (a user-assigned identity stays); concept-workspace
(storage account limits).
"""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import get
from azkeep.types._document import same_text
from azkeep.types._identity import identity_fault, identity_kinds
from azkeep.types._machine_learning import isolation, user_error
from azkeep.types.write import Estate, Write

MISSING = "Missing dependent resources in workspace json"

# Weakest first; a workspace moves to the right only.
ISOLATION = ("disabled", "allowinternetoutbound", "allowonlyapprovedoutbound")


def check(write: Write, estate: Estate) -> ArmFault | None:
    """The first refusal, None if the workspace may be written."""
    return (
        _dependents(write)
        or _identity(write)
        or identity_fault(write, estate)
        or _storage(write, estate)
        or _isolation(write)
        or _encryption(write)
    )


def _dependents(write: Write) -> ArmFault | None:
    kind = str(write.body.get("kind") or "Default").lower()
    if kind == "project":
        missing = get(write.body, "/properties/hubResourceId") is None
    elif kind == "hub":
        missing = any(get(write.body, f"/properties/{name}") is None for name in ("storageAccount", "keyVault"))
    else:
        names = ("storageAccount", "keyVault", "applicationInsights")
        missing = any(get(write.body, f"/properties/{name}") is None for name in names)
    return user_error(MISSING, code="BadRequest") if missing else None


def _identity(write: Write) -> ArmFault | None:
    kinds = identity_kinds(write.body.get("identity"))
    if not kinds:
        return user_error(MISSING, code="BadRequest")
    before = identity_kinds((write.before or {}).get("identity"))
    if "userassigned" in before and "userassigned" not in kinds:
        return user_error("A user-assigned identity cannot be removed from a workspace.", code="BadRequest")
    primary = get(write.body, "/properties/primaryUserAssignedIdentity")
    if kinds == {"userassigned"} and not primary:
        return user_error("primaryUserAssignedIdentity is required without a system-assigned identity.")
    named = get(write.body, "/identity/userAssignedIdentities") or {}
    if primary and not any(same_text(primary, id) for id in named):
        return user_error("primaryUserAssignedIdentity must be one of the workspace's user-assigned identities.")
    return None


def _storage(write: Write, estate: Estate) -> ArmFault | None:
    account = estate.get(str(get(write.body, "/properties/storageAccount") or ""))
    if account is None:
        return None
    if same_text(get(account, "/sku/tier"), "Premium"):
        return user_error("The default storage account of a workspace cannot be a premium account.")
    if get(account, "/properties/isHnsEnabled") is True and not same_text(write.body.get("kind"), "FeatureStore"):
        return user_error("The default storage account of a workspace cannot have a hierarchical namespace.")
    return None


def _isolation(write: Write) -> ArmFault | None:
    wanted, stored = isolation(write.body).lower(), isolation(write.before).lower()
    if wanted not in ISOLATION:
        return user_error(f"Managed network isolation mode {isolation(write.body)} is not known.")
    if write.before is not None and ISOLATION.index(wanted) < ISOLATION.index(stored):
        return user_error(
            f"Managed network isolation mode cannot be changed from {isolation(write.before)} to"
            f" {isolation(write.body)}."
        )
    rules = get(write.sent, "/properties/managedNetwork/outboundRules") or {}
    if rules and wanted == "disabled":
        return user_error("Outbound rules need a managed network isolation mode other than Disabled.")
    for name, rule in rules.items():
        if same_text(get(rule, "/type"), "FQDN") and wanted != "allowonlyapprovedoutbound":
            return user_error(f"Outbound rule {name}: FQDN rules need isolation mode AllowOnlyApprovedOutbound.")
    return None


def _encryption(write: Write) -> ArmFault | None:
    before, now = (get(body, "/properties/encryption/status") for body in (write.before, write.body))
    if write.before is not None and not same_text(before or "Disabled", now or "Disabled"):
        return user_error("Encryption with a customer-managed key can be set only when a workspace is created.")
    return None
