"""Microsoft.MachineLearningServices/registries. Source: Azure Machine Learning REST API 2025-12-01, registries;
how-to-manage-registries.

The service keeps a storage account per region and one container registry in a resource group of its own, which no
other document of the estate shows.
"""

from __future__ import annotations

from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._document import completed, region
from azkeep.types._identity import READ_ONLY, identity_fault, identity_kinds, with_identity
from azkeep.types._machine_learning import user_error
from azkeep.types.resource_type import Immutable, NameRule, ResourceType, Timing
from azkeep.types.write import Estate, Write

_DETAILS = "/properties/regionDetails"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    regions = [str(each.get("location") or "").replace(" ", "").lower() for each in get(write.body, _DETAILS) or []]
    if not regions or "" in regions:
        return user_error("regionDetails must name at least one region.", code="ValidationError")
    if len(set(regions)) < len(regions):
        return user_error("regionDetails must name each region once.", code="ValidationError")
    if region(write.body) not in regions:
        text = f"regionDetails must include the location of the registry, '{write.body.get('location')}'."
        return user_error(text, code="ValidationError")
    if not identity_kinds(write.body.get("identity")):
        return user_error("A registry needs an identity.", code="ValidationError")
    return identity_fault(write, estate)


def _complete(write: Write, estate: Estate) -> Body:
    place, made = region(write.body), write.guid("registryId")
    group = f"/subscriptions/{write.subscription}/resourceGroups/azureml-rg-{write.id.name}_{made}"
    body = completed(
        write,
        always={
            "/properties/discoveryUrl": f"https://{place}.api.azureml.ms/registrymanagement/v1.0/registries"
            f"/{write.id.name}/discovery",
            "/properties/mlFlowRegistryUri": f"azureml://{place}.api.azureml.ms/mlflow/v1.0{write.id.text}",
            "/properties/managedResourceGroup": {"resourceId": group},
            _DETAILS: [_with_accounts(each, group, write) for each in get(write.body, _DETAILS)],
        },
    )
    return with_identity(body, write, estate)


def _with_accounts(detail: dict[str, Any], group: str, write: Write) -> dict[str, Any]:
    """One region with the accounts that the service made for it."""
    label = write.guid("accounts").replace("-", "")
    own = write.guid(f"accounts/{detail['location']}".lower()).replace("-", "")
    storage = {
        "storageAccountType": "Standard_LRS",
        "storageAccountHnsEnabled": False,
        "allowBlobPublicAccess": False,
        "storageAccountName": own[:16],
    }
    acr = {"acrAccountSku": "Premium", "acrAccountName": label[:16]}
    return {
        **detail,
        "storageAccountDetails": [
            _made(each, "StorageAccount", storage, f"{group}/providers/Microsoft.Storage/storageAccounts")
            for each in detail.get("storageAccountDetails") or [{}]
        ],
        "acrDetails": [
            _made(each, "AcrAccount", acr, f"{group}/providers/Microsoft.ContainerRegistry/registries")
            for each in detail.get("acrDetails") or [{}]
        ],
    }


def _made(account: Body, kind: str, defaults: Body, collection: str) -> Body:
    """An account as it is shown: one of the user's own as it was given, else the one that the service makes."""
    if account.get(f"userCreated{kind}") and not account.get(f"systemCreated{kind}"):
        return account
    own = {**defaults, **(account.get(f"systemCreated{kind}") or {})}
    name = own["storageAccountName" if kind == "StorageAccount" else "acrAccountName"]
    return {**account, f"systemCreated{kind}": {**own, "armResourceId": {"resourceId": f"{collection}/{name}"}}}


TYPE = ResourceType(
    arm_type="Microsoft.MachineLearningServices/registries",
    token="azure-native:machinelearningservices:Registry",
    path="/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
    "/providers/Microsoft.MachineLearningServices/registries/{registryName}",
    name=NameRule(
        pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]*$",
        minimum=2,
        maximum=33,
        code="ValidationError",
        message="Registry name '{name}' is invalid. It must be 2 to 33 letters, digits, hyphens and underscores, and"
        " begin with a letter or digit.",
    ),
    required=(_DETAILS,),
    required_code="ValidationError",
    immutable=(Immutable("/location", "UserError", "The location of a registry cannot be changed.", 400),),
    read_only=(
        *READ_ONLY,
        "/properties/discoveryUrl",
        "/properties/mlFlowRegistryUri",
        "/properties/managedResourceGroup",
    ),
    defaults={"/properties/publicNetworkAccess": "Enabled", "/sku/name": "Basic", "/sku/tier": "Basic"},
    check=_check,
    complete=_complete,
    put=Timing(asynchronous=True, seconds=30),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=20),
    system_data=True,
    in_resource_graph=True,
    unordered=(_DETAILS,),
)
