"""Microsoft.ContainerRegistry/registries. Source: Container Registry REST API 2023-01-01-preview, registries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, put
from azkeep.types._connections import with_connections
from azkeep.types._document import completed, region, same_text
from azkeep.types._identity import READ_ONLY, identity_fault, with_identity
from azkeep.types._linked_access import let_subnet_in
from azkeep.types._private_link import link_resources
from azkeep.types._registry import built_in_maps
from azkeep.types.planes import NewSecretOf
from azkeep.types.resource_type import Action, GeneratedSecret, Immutable, NameRule, ResourceType, Timing
from azkeep.types.write import Effect, Estate, PutEffect, Write

PASSWORDS = ("password", "password2")
TOKEN_PASSWORDS, PASSWORD_BYTES = ("password1", "password2"), 39
POLICIES_DATED = tuple(
    f"/properties/policies/{name}/lastUpdatedTime" for name in ("retentionPolicy", "softDeletePolicy")
)
"""What every registry tells of its policies: when they were set."""
# container-registry-skus, "Included storage" and "Webhooks" per tier.
LIMITS: Mapping[str, tuple[int, int]] = {
    "basic": (10 * 2**30, 2),
    "standard": (100 * 2**30, 10),
    "premium": (500 * 2**30, 500),
}


def _check(write: Write, estate: Estate) -> ArmFault | None:
    sku = str(get(write.body, "/sku/name") or "")
    if sku.lower() not in ("basic", "standard", "premium"):
        return ArmFault(400, "InvalidSku", f"The SKU '{sku}' of registry {write.id.name} is not supported.")
    used = _premium_features(write.body) if sku.lower() != "premium" else ""
    if sku.lower() == "basic" and get(write.body, "/properties/anonymousPullEnabled") is True:
        used = "anonymousPullEnabled"
    if used:
        return ArmFault(
            400,
            "SkuFeatureNotSupported",
            f"The property '{used}' is not supported for the registry {write.id.name} with SKU {sku}.",
        )
    if get(write.body, "/properties/policies/exportPolicy/status") == "disabled" and not same_text(
        get(write.body, "/properties/publicNetworkAccess"), "Disabled"
    ):
        return ArmFault(
            400, "ExportPolicyNotAllowed", "The export policy can be disabled only when public network access is."
        )
    return identity_fault(write, estate)


def _premium_features(body: Body) -> str:
    """The first feature in use that only the Premium tier has (container-registry-skus), "" if none."""
    values = {
        "publicNetworkAccess": same_text(get(body, "/properties/publicNetworkAccess"), "Disabled"),
        "networkRuleSet": same_text(get(body, "/properties/networkRuleSet/defaultAction"), "Deny")
        or bool(get(body, "/properties/networkRuleSet/ipRules")),
        "zoneRedundancy": same_text(get(body, "/properties/zoneRedundancy"), "Enabled"),
        "dataEndpointEnabled": get(body, "/properties/dataEndpointEnabled") is True,
        "encryption": same_text(get(body, "/properties/encryption/status"), "enabled"),
        "policies.retentionPolicy": same_text(get(body, "/properties/policies/retentionPolicy/status"), "enabled"),
        "policies.trustPolicy": same_text(get(body, "/properties/policies/trustPolicy/status"), "enabled"),
        "policies.exportPolicy": same_text(get(body, "/properties/policies/exportPolicy/status"), "disabled"),
    }
    return next((name for name, used in values.items() if used), "")


def _complete(write: Write, estate: Estate) -> Body:
    name = write.id.name.lower()
    data = [f"{name}.{region(write.body)}.data.azurecr.io"]
    body: Body = completed(
        write,
        once={"/properties/creationDate": write.now, **dict.fromkeys(POLICIES_DATED, write.now)},
        always={
            "/sku/tier": get(write.body, "/sku/name"),
            "/properties/loginServer": f"{name}.azurecr.io",
            "/properties/dataEndpointHostNames": data if get(write.body, "/properties/dataEndpointEnabled") else [],
        },
    )
    if same_text(get(body, "/sku/name"), "Premium") and get(body, "/properties/networkRuleSet") is None:
        body = put(body, "/properties/networkRuleSet", {"defaultAction": "Allow", "ipRules": []})
    return with_identity(body, write, estate)


def _effects(write: Write, estate: Estate) -> tuple[Effect, ...]:
    return built_in_maps(write) if write.is_create else ()


def _list_credentials(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    if get(body, "/properties/adminUserEnabled") is not True:
        return _admin_fault(id)
    return {"username": id.name, "passwords": [{"name": name, "value": secrets.get(name)} for name in PASSWORDS]}


def _regenerate(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    """Each password is made anew by its name, of which there are two."""
    if sent.get("name") not in PASSWORDS:
        text = f"The request content was invalid: name must be {' or '.join(PASSWORDS)}."
        return ArmFault(400, "InvalidRequestContent", text)
    return _list_credentials(id, body, sent, secrets, estate)


def _admin_fault(id: ArmId) -> ArmFault:
    return ArmFault(
        400,
        "UnAuthorizedForCredentialOperations",
        f"Cannot perform credential operations for {id} as admin user is disabled. Kindly enable admin user as per"
        " docs: https://docs.microsoft.com/en-us/azure/container-registry/container-registry-authentication#admin-account",
    )


def _generate(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    token = estate.get(str(sent.get("tokenId") or ""))
    if token is None:
        return ArmFault(404, "TokenNotFound", f"The token '{sent.get('tokenId')}' was not found.")
    lasting = {"expiry": sent["expiry"]} if sent.get("expiry") else {}
    return {
        "username": token["name"],
        "passwords": [
            {**lasting, "name": name, "value": NewSecretOf(str(token["id"]), name, PASSWORD_BYTES)}
            for name in _asked(sent)
        ],
    }


def _asked(sent: Body) -> tuple[str, ...]:
    """The passwords that a request names: one, or both."""
    return (sent["name"],) if sent.get("name") in TOKEN_PASSWORDS else TOKEN_PASSWORDS


def _tell_token(id: ArmId, body: Body, sent: Body, estate: Estate, now: str) -> tuple[Effect, ...]:
    """A token shows which passwords it has, and not their values."""
    token = estate.get(str(sent.get("tokenId") or ""))
    if token is None:
        return ()
    lasting = {"expiry": sent["expiry"]} if sent.get("expiry") else {}
    made = {name: {"creationTime": now, **lasting, "name": name} for name in _asked(sent)}
    known = {str(each["name"]): each for each in get(token, "/properties/credentials/passwords") or []}
    passwords = [each for _, each in sorted({**known, **made}.items())]
    return (PutEffect(str(token["id"]), {"properties": {"credentials": {"passwords": passwords}}}, merge=True),)


def _usages(id: ArmId, body: Body, estate: Estate) -> Body:
    tier = str(get(body, "/sku/name") or "").lower()
    size, webhooks = LIMITS.get(tier, LIMITS["basic"])
    return {
        "value": [
            {"name": "Size", "limit": size, "currentValue": 0, "unit": "Bytes"},
            {"name": "Webhooks", "limit": webhooks, "currentValue": 0, "unit": "Count"},
        ]
    }


TYPE = ResourceType(
    arm_type="Microsoft.ContainerRegistry/registries",
    token="azure-native:containerregistry:Registry",
    path="/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}",
    force_new=("location",),
    name=NameRule(
        pattern=r"^[a-zA-Z0-9]+$",
        minimum=5,
        maximum=50,
        unique="global",
        code="InvalidResourceName",
        message="The registry name '{name}' is invalid. Registry names may contain alpha numeric characters only and"
        " must be between 5 and 50 characters.",
        taken_code="AlreadyInUse",
        taken_message="The registry DNS name {name}.azurecr.io is already in use. You can check if the name is already"
        " claimed using following API:"
        " https://docs.microsoft.com/en-us/rest/api/containerregistry/registries/checknameavailability",
    ),
    linked=(let_subnet_in("/properties/networkRuleSet/virtualNetworkRules/*/id"),),
    required=("/sku/name",),
    immutable=(
        Immutable(
            "/properties/zoneRedundancy", "InvalidParameter", "zoneRedundancy of a registry cannot be changed.", 400
        ),
    ),
    read_only=(
        *READ_ONLY,
        "/sku/tier",
        "/properties/loginServer",
        "/properties/creationDate",
        "/properties/status",
        "/properties/dataEndpointHostNames",
        "/properties/privateEndpointConnections",
        *POLICIES_DATED,
    ),
    generated_secrets=tuple(GeneratedSecret(name, PASSWORD_BYTES) for name in PASSWORDS),
    # Answer of RegistryCreate in the REST examples; policies as a registry without any shows them.
    defaults={
        "/tags": {},
        "/properties/adminUserEnabled": False,
        "/properties/anonymousPullEnabled": False,
        "/properties/dataEndpointEnabled": False,
        "/properties/encryption/status": "disabled",
        "/properties/networkRuleBypassOptions": "AzureServices",
        "/properties/publicNetworkAccess": "Enabled",
        "/properties/zoneRedundancy": "Disabled",
        "/properties/policies/quarantinePolicy/status": "disabled",
        "/properties/policies/trustPolicy/type": "Notary",
        "/properties/policies/trustPolicy/status": "disabled",
        "/properties/policies/retentionPolicy/days": 7,
        "/properties/policies/retentionPolicy/status": "disabled",
        "/properties/policies/exportPolicy/status": "enabled",
        "/properties/policies/azureADAuthenticationAsArmPolicy/status": "enabled",
        "/properties/policies/softDeletePolicy/retentionDays": 7,
        "/properties/policies/softDeletePolicy/status": "disabled",
    },
    check=_check,
    complete=_complete,
    effects=_effects,
    present=with_connections,
    views={"privateLinkResources": link_resources, "listUsages": _usages},
    put=Timing(asynchronous=True, seconds=10),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=10),
    actions={
        "listCredentials": Action(_list_credentials),
        "regenerateCredential": Action(_regenerate, renews=PASSWORDS),
        "generateCredentials": Action(_generate, effects=_tell_token),
    },
    system_data=True,
    in_resource_graph=True,
    volatile=(
        "/etag",
        "/systemData",
        "/properties/status",
        *POLICIES_DATED,
        "/properties/encryption/keyVaultProperties/lastKeyRotationTimestamp",
        "/properties/encryption/keyVaultProperties/versionedKeyIdentifier",
    ),
    unordered=("/properties/networkRuleSet/ipRules", "/properties/privateEndpointConnections"),
)
