"""Microsoft.KeyVault/vaults. Source: Key Vault management REST API 2024-11-01, vaults."""

from __future__ import annotations

from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, put
from azkeep.types._access_policies import EDITS
from azkeep.types._connections import POINTER, connections
from azkeep.types._document import changed, completed, same_text
from azkeep.types._linked_access import let_subnet_in
from azkeep.types._private_link import link_resources
from azkeep.types.resource_type import Link, NameRule, ResourceType, Timing
from azkeep.types.soft_delete import Remains, SoftDelete
from azkeep.types.write import Estate, Write

_PURGE_PROTECTION = "/properties/enablePurgeProtection"
DELETED = "/subscriptions/{subscriptionId}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{name}"
MISSING = "DeletedVaultNotFound"
MISSING_MESSAGE = "The specified deleted vault '{name}' does not exist."


def _check(write: Write, estate: Estate) -> ArmFault | None:
    if write.is_create and _recovers(write.sent):
        return ArmFault(404, MISSING, MISSING_MESSAGE.replace("{name}", write.id.name))
    if get(write.sent, _PURGE_PROTECTION) is False:
        return _refusal(
            'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is'
            " an irreversible action."
        )
    if get(write.sent, "/properties/enableSoftDelete") is False:
        return _refusal(
            'The property "enableSoftDelete" cannot be set to false. Enabling the soft delete functionality for a vault'
            " is an irreversible action."
        )
    if changed(write, "/properties/softDeleteRetentionInDays"):
        return _refusal('The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.')
    return _days_fault(write) or _policies_fault(write)


def _days_fault(write: Write) -> ArmFault | None:
    days = get(write.body, "/properties/softDeleteRetentionInDays")
    if isinstance(days, int) and not 7 <= days <= 90:
        return _refusal('The property "softDeleteRetentionInDays" must be between 7 and 90.')
    return None


def _policies_fault(write: Write) -> ArmFault | None:
    given = get(write.body, "/properties/accessPolicies") is not None
    by_roles = get(write.body, "/properties/enableRbacAuthorization") is True
    if given or by_roles or _recovers(write.sent):
        return None
    return _refusal("The parameter accessPolicies is not specified.")


def _refusal(message: str) -> ArmFault:
    return ArmFault(400, "BadRequest", message)


def _recovers(sent: Body) -> bool:
    return same_text(get(sent, "/properties/createMode"), "recover")


def _complete(write: Write, estate: Estate) -> Body:
    body = completed(write, always={"/properties/vaultUri": f"https://{write.id.name.lower()}.vault.azure.net/"})
    kept = {name: value for name, value in body["properties"].items() if name != "createMode"}
    if get(write.before, _PURGE_PROTECTION) is True:
        kept["enablePurgeProtection"] = True  # a PUT that leaves it out does not take it away
    days = get(write.before, "/properties/softDeleteRetentionInDays")
    if days is not None:
        kept["softDeleteRetentionInDays"] = days  # nor does it set the days back to the default
    kept.setdefault("accessPolicies", [])
    return {**body, "properties": kept}


def _present(id: ArmId, body: Body, estate: Estate) -> Body:
    found = [{member: value for member, value in item.items() if member in ("id", "properties")}
             for item in connections(id, estate)]  # fmt: skip
    shown: Body = put(body, POINTER, found) if found else body
    return shown


def _deleted(remains: Remains) -> Body:
    """The deleted vault as `deletedVaults` shows it. Source: Vaults - Get Deleted, example response."""
    id, location = remains.id, str(remains.body.get("location", ""))
    shown: dict[str, Any] = {
        "vaultId": id.text,
        "location": location,
        "tags": remains.body.get("tags", {}),
        "deletionDate": _to_the_second(remains.deleted_at),
        "scheduledPurgeDate": _to_the_second(remains.purge_at),
    }
    if get(remains.body, _PURGE_PROTECTION) is True:
        shown["purgeProtectionEnabled"] = True
    return {
        "id": DELETED.format(subscriptionId=id.subscription, location=location, name=id.name),
        "name": id.name,
        "type": "Microsoft.KeyVault/deletedVaults",
        "properties": shown,
    }


def _to_the_second(moment: str) -> str:
    return f"{moment[:19]}Z"


def _blocks_purge(body: Body) -> ArmFault | None:
    if get(body, _PURGE_PROTECTION) is not True:
        return None
    return ArmFault(
        405,
        "MethodNotAllowed",
        "Operation 'DeletedVaultPurge' is not allowed.",
    )


TYPE = ResourceType(
    arm_type="Microsoft.KeyVault/vaults",
    token="azure-native:keyvault:Vault",
    path="/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.KeyVault/vaults/{vaultName}",
    flattened=False,
    maintained=("properties.accessPolicies",),
    name=NameRule(
        pattern=r"^[a-zA-Z](?!.*--)[a-zA-Z0-9-]*[a-zA-Z0-9]$",
        minimum=3,
        maximum=24,
        unique="global",
        code="VaultNameNotValid",
        message="The vault name '{name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The"
        " name must begin with a letter, end with a letter or digit, and not contain consecutive hyphens.",
        reason="AccountNameInvalid",
        taken_code="VaultAlreadyExists",
        taken_message="The vault name '{name}' is already in use. Vault names are globally unique so it is possible"
        " that the name is already taken.",
        checked_message="The vault name '{name}' is already in use. Vault names are globally unique so it is possible"
        " that the name is already taken. If you are sure that the vault name was not taken then it is possible that a"
        " vault with the same name was recently deleted but not purged after being placed in a recoverable state. If"
        " the vault is in a recoverable state then the vault will need to be purged before reusing the name. For more"
        " information about VaultAlreadyExists, soft delete and purging a vault follow this link"
        " https://go.microsoft.com/fwlink/?linkid=2147740.",
    ),
    required=("/properties/tenantId", "/properties/sku/name"),
    required_code="BadRequest",
    linked=(let_subnet_in("/properties/networkAcls/virtualNetworkRules/*/id"),),
    links=(
        Link("/properties/networkAcls/virtualNetworkRules/*/id", types=("Microsoft.Network/virtualNetworks/subnets",)),
    ),
    read_only=("/properties/vaultUri", "/properties/hsmPoolResourceId", POINTER),
    # Values of the property when it is not set, in the REST API's description of VaultProperties.
    defaults={
        "/tags": {},
        "/properties/sku/family": "A",
        "/properties/enableSoftDelete": True,
        "/properties/softDeleteRetentionInDays": 90,
        "/properties/enableRbacAuthorization": False,
        "/properties/enabledForDeployment": False,
        "/properties/publicNetworkAccess": "Enabled",
        "/properties/networkAcls/bypass": "AzureServices",
        "/properties/networkAcls/defaultAction": "Allow",
        "/properties/networkAcls/ipRules": [],
        "/properties/networkAcls/virtualNetworkRules": [],
    },
    check=_check,
    complete=_complete,
    present=_present,
    # The service answers 200 to a create and registers the host name afterwards.
    edits=EDITS,
    views={"privateLinkResources": link_resources},
    put=Timing(created=200, asynchronous=True, seconds=10),
    soft_delete=SoftDelete(
        days=90,
        code="ConflictError",
        message="A vault with the same name already exists in deleted state. You need to either recover or purge"
        " existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on"
        " soft delete.",
        days_at="/properties/softDeleteRetentionInDays",
        recovers=_recovers,
        restores=True,
        # Role assignments and other extensions do not come back: "Azure Key Vault soft-delete overview".
        keeps=("keys", "secrets"),
        deleted_kind="deletedVaults",
        shows=_deleted,
        missing_code=MISSING,
        missing_message=MISSING_MESSAGE,
        deleted_path=DELETED,
        blocks_purge=_blocks_purge,
        recovery={"/properties/createMode": "recover"},
    ),
    system_data=True,
    in_resource_graph=True,
    unordered=(
        "/properties/accessPolicies",
        "/properties/accessPolicies/*/permissions/*",
        "/properties/networkAcls/ipRules",
        "/properties/networkAcls/virtualNetworkRules",
        POINTER,
    ),
)
