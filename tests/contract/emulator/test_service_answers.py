"""Answers in the words of the services themselves, as recorded sessions of Microsoft's own clients have them.

Source: recordings of azure-ai-ml (azure-sdk-for-python), of azure-cli and of Az.Storage (azure-powershell).
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.emulator.arm import Arm, error

LEARNING, STORAGE, VAULT, REGISTRY = "2024-10-01", "2024-01-01", "2023-07-01", "2023-07-01"
MODEL = {"modelType": "custom_model", "modelUri": "azureml://datastores/workspaceblobstore/paths/model.pkl"}
POLICY = {"rules": [{"name": "old", "type": "Lifecycle", "definition": {"actions": {"snapshot": {"delete": {}}}}}]}


@pytest.fixture(scope="module")
def workspace(arm: Arm) -> str:
    return arm.workspace(arm.group("learning"), "words")


@pytest.fixture(scope="module")
def account(arm: Arm) -> str:
    path = f"{arm.group('stored')}/providers/Microsoft.Storage/storageAccounts/wordsofazure"
    body = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    assert arm.send("PUT", path, body, version=STORAGE).ok
    return path


def version(arm: Arm, workspace: str, kind: str, name: str, **properties: Any) -> Any:
    path = f"{workspace}/{kind}/words/versions/{name}"
    return arm.send("PUT", path, {"properties": properties}, version=LEARNING)


def names(arm: Arm, path: str, **query: str) -> list[str]:
    """The names in a list, in its order."""
    answer = arm.send("GET", path, version=LEARNING, query=query)
    return [each["name"] for each in answer.json()["value"]]


@pytest.mark.parametrize(
    ("below", "message"),
    [
        ("datastores/absent", "Could not find datastore: absent."),
        ("environments/absent", "No environment exists for name: absent, version: , label: "),
        ("environments/absent/versions/4", "No environment exists for name: absent, version: 4, label: "),
    ],
)
def test_what_a_workspace_does_not_keep(arm: Arm, workspace: str, below: str, message: str) -> None:
    """The workspace service answers for what it keeps, and says inside its UserError that nothing was found."""
    answer = arm.send("GET", f"{workspace}/{below}", version=LEARNING)
    assert error(answer) == (404, "UserError", message)
    told = {each["type"]: each["info"]["value"] for each in answer.json()["error"]["additionalInfo"]}
    assert told["InnerError"] == {"code": "NotFoundError", "innerError": None}


def test_a_connection_that_is_not_there(arm: Arm, workspace: str) -> None:
    """Connections belong to another part of the service, which words it differently."""
    answer = arm.send("GET", f"{workspace}/connections/absent", version=LEARNING)
    assert error(answer) == (404, "UserError", "Connection absent can't be found in this workspace")


@pytest.mark.parametrize(
    ("below", "code", "message"),
    [
        (
            "managementPolicies/default",
            "ManagementPolicyNotFound",
            "No ManagementPolicy found for account wordsofazure",
        ),
        ("blobServices/default/containers/absent", "ContainerNotFound", "The specified container does not exist."),
        ("fileServices/default/shares/absent", "ShareNotFound", "The specified share does not exist."),
    ],
)
def test_what_an_account_does_not_have(arm: Arm, account: str, below: str, code: str, message: str) -> None:
    """Storage itself answers for a container, a share or a policy that an account does not have."""
    assert error(arm.send("GET", f"{account}/{below}", version=STORAGE)) == (404, code, message)


def test_a_management_policy_has_a_name_of_its_own(arm: Arm, account: str) -> None:
    """The id of a management policy ends in default, and its name is DefaultManagementPolicy."""
    path = f"{account}/managementPolicies/default"
    written = arm.send("PUT", path, {"properties": {"policy": POLICY}}, version=STORAGE).json()
    read = arm.send("GET", path, version=STORAGE).json()
    assert (written["id"], written["name"]) == (read["id"], read["name"]) == (path, "DefaultManagementPolicy")


def test_a_new_container_has_no_legal_hold(arm: Arm, account: str) -> None:
    """A new container says that it has no legal hold, and does not leave it out."""
    path = f"{account}/blobServices/default/containers/held"
    arm.send("PUT", path, {}, version=STORAGE)
    held = arm.send("GET", path, version=STORAGE).json()["properties"]
    assert (held["hasLegalHold"], held["legalHold"]) == (False, {"hasLegalHold": False, "tags": []})


def test_a_create_says_where_it_is(arm: Arm, workspace: str) -> None:
    """201 of what a workspace keeps has the document's own address in Location; 200 has none."""
    for path, body in (
        ("models/found/versions/1", MODEL),
        ("datastores/found", {"datastoreType": "AzureBlob", "accountName": "a", "containerName": "c",
                              "credentials": {"credentialsType": "None"}}),
    ):  # fmt: skip
        made = arm.send("PUT", f"{workspace}/{path}", {"properties": body}, version=LEARNING)
        again = arm.send("PUT", f"{workspace}/{path}", {"properties": body}, version=LEARNING)
        assert (made.status_code, again.status_code) == (201, 200)
        assert made.headers["Location"] == f"{arm.ready['arm']}{workspace}/{path}?api-version={LEARNING}"
        assert "Location" not in again.headers


def test_archived_versions(arm: Arm, workspace: str) -> None:
    """Lists of versions begin with the one made last; `listViewType` leaves archived ones out or shows them alone."""
    path = f"{workspace}/models/words/versions"
    for name in ("1", "2", "3"):
        version(arm, workspace, "models", name, **MODEL)
    assert version(arm, workspace, "models", "2", **MODEL, isArchived=True).json()["properties"]["isArchived"] is True
    assert names(arm, path) == names(arm, path, listViewType="All") == ["3", "2", "1"]
    assert names(arm, path, listViewType="ActiveOnly") == ["3", "1"]
    assert names(arm, path, listViewType="ArchivedOnly") == ["2"]
    assert names(arm, path, version="1") == ["1"]
    first = arm.send("GET", path, version=LEARNING, query={"$top": "2"}).json()
    rest = arm.send("GET", first["nextLink"], version=None).json()
    assert [each["name"] for page in (first, rest) for each in page["value"]] == ["3", "2", "1"]


def test_archived_containers(arm: Arm, workspace: str) -> None:
    """An asset is archived as its versions are."""
    version(arm, workspace, "environments", "1", image="mcr.microsoft.com/azureml/base")
    path = f"{workspace}/environments"
    arm.send("PUT", f"{path}/words", {"properties": {"isArchived": True}}, version=LEARNING)
    assert "words" in names(arm, path, listViewType="ArchivedOnly")
    assert "words" not in names(arm, path, listViewType="ActiveOnly")


def test_connections_by_category_and_target(arm: Arm, workspace: str) -> None:
    """A list of connections holds those alone that are asked for."""
    path = f"{workspace}/connections"
    for name, category, target in (
        ("g", "Git", "https://git.example.com"),
        ("p", "PythonFeed", "https://feed.example"),
    ):
        sent = {"authType": "None", "category": category, "target": target}
        assert arm.send("PUT", f"{path}/{name}", {"properties": sent}, version=LEARNING).ok
    assert names(arm, path, category="Git") == ["g"]
    assert names(arm, path, target="https://feed.example") == ["p"]


def test_workspaces_by_kind(arm: Arm, workspace: str) -> None:
    """Clients ask for several kinds at once, in lower case."""
    path = workspace.rsplit("/", 1)[0]
    assert names(arm, path, kind="default,project") == names(arm, path) == ["words"]
    assert names(arm, path, kind="hub") == []


def test_an_instance_tells_its_last_operation(arm: Arm, workspace: str) -> None:
    """Who looks at a compute instance sees what was done with it last, and who logs in to it."""
    path = f"{workspace}/computes/instance"
    inner = {"vmSize": "Standard_DS2_v2", "sshSettings": {"sshPublicAccess": "Disabled"}}
    sent = {"location": "westeurope", "properties": {"computeType": "ComputeInstance", "properties": inner}}
    assert arm.send("PUT", path, sent, version=LEARNING).status_code == 201
    seen = []
    for action in (None, "stop", "start", "restart"):
        if action:
            assert arm.send("POST", f"{path}/{action}", version=LEARNING).status_code == 202
        now = arm.send("GET", path, version=LEARNING).json()["properties"]["properties"]
        assert now["sshSettings"] == {"sshPublicAccess": "Disabled", "adminUserName": "azureuser"}
        seen.append((now["state"], now["lastOperation"]["operationName"]))
    assert seen == [("Running", "Create"), ("Stopped", "Stop"), ("Running", "Start"), ("Running", "Restart")]


def test_a_diagnosis_is_told_later(arm: Arm, workspace: str) -> None:
    """A diagnosis of a workspace is answered with 202 and the address where it will be."""
    asked = arm.send("POST", f"{workspace}/diagnose", {"value": {}}, version=LEARNING)
    assert asked.status_code == 202
    told = arm.send("GET", asked.headers["Location"], version=None)
    assert (told.status_code, told.json()["value"]["storageAccountResults"]) == (200, [])


def test_a_deleted_vault_tells_whole_seconds(arm: Arm) -> None:
    """The dates of a deleted vault are whole seconds."""
    path = f"{arm.group('vaults')}/providers/Microsoft.KeyVault/vaults/words-of-azure"
    properties = {"tenantId": arm.ready["tenant"], "sku": {"family": "A", "name": "standard"}, "accessPolicies": []}
    assert arm.send("PUT", path, {"location": "westeurope", "properties": properties}, version=VAULT).ok
    assert arm.send("DELETE", path, version=VAULT).status_code == 200
    where = f"{arm.subscription}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/words-of-azure"
    dates = arm.send("GET", where, version=VAULT).json()["properties"]
    assert [len(dates[name]) for name in ("deletionDate", "scheduledPurgeDate")] == [len("2023-02-14T03:44:17Z")] * 2


def test_a_registry_tells_when_its_policies_were_set(arm: Arm) -> None:
    """A registry tells from the start when its policies were set, and makes only a password anew that it has."""
    path = f"{arm.group('images')}/providers/Microsoft.ContainerRegistry/registries/wordsofazure"
    sent = {"location": "westeurope", "sku": {"name": "Premium"}, "properties": {"adminUserEnabled": True}}
    policies = arm.send("PUT", path, sent, version=REGISTRY).json()["properties"]["policies"]
    assert all(policies[name]["lastUpdatedTime"] for name in ("retentionPolicy", "softDeletePolicy"))
    before = arm.send("POST", f"{path}/listCredentials", version=REGISTRY).json()
    assert arm.send("POST", f"{path}/regenerateCredential", {"name": "third"}, version=REGISTRY).status_code == 400
    assert arm.send("POST", f"{path}/listCredentials", version=REGISTRY).json() == before


def test_what_nothing_is_said_of(arm: Arm, account: str) -> None:
    """A vault and an account are answered for with the values that hold: rules, keys, access, and no tags."""
    path = f"{arm.group('silent')}/providers/Microsoft.KeyVault/vaults/silent-vault"
    properties = {"tenantId": arm.ready["tenant"], "sku": {"family": "A", "name": "standard"}, "accessPolicies": []}
    vault = arm.send("PUT", path, {"location": "westeurope", "properties": properties}, version=VAULT).json()
    assert vault["tags"] == {}
    assert vault["properties"]["enableRbacAuthorization"] is False
    assert vault["properties"]["networkAcls"] == {
        "bypass": "AzureServices", "defaultAction": "Allow", "ipRules": [], "virtualNetworkRules": [],
    }  # fmt: skip
    shown = arm.send("GET", account, version=STORAGE).json()
    assert shown["tags"] == {}
    assert shown["properties"]["allowSharedKeyAccess"] is True
    assert shown["properties"]["publicNetworkAccess"] == "Enabled"


def test_an_account_of_the_first_generation_has_no_access_tier(arm: Arm) -> None:
    """Kind Storage knows neither hot nor cool, and has no endpoint of Data Lake."""
    path = f"{arm.group('first')}/providers/Microsoft.Storage/storageAccounts/firstgeneration"
    sent = {"location": "westus", "kind": "Storage", "sku": {"name": "Standard_LRS"}}
    assert arm.send("PUT", path, sent, version=STORAGE).ok
    shown = arm.send("GET", path, version=STORAGE).json()["properties"]
    assert "accessTier" not in shown
    assert sorted(shown["primaryEndpoints"]) == ["blob", "file", "queue", "table"]


def test_a_name_that_a_vault_has_or_had(arm: Arm) -> None:
    """Asked for its availability, a vault's name is told to be taken in the same words while it is deleted."""
    path = f"{arm.group('named')}/providers/Microsoft.KeyVault/vaults/words-taken"
    properties = {"tenantId": arm.ready["tenant"], "sku": {"family": "A", "name": "standard"}, "accessPolicies": []}
    assert arm.send("PUT", path, {"location": "westeurope", "properties": properties}, version=VAULT).ok
    check = f"{arm.subscription}/providers/Microsoft.KeyVault/checkNameAvailability"
    asked = {"name": "words-taken", "type": "Microsoft.KeyVault/vaults"}
    first = arm.send("POST", check, asked, version=VAULT).json()
    arm.send("DELETE", path, version=VAULT)
    assert arm.send("POST", check, asked, version=VAULT).json() == first
    assert (first["nameAvailable"], first["reason"]) == (False, "AlreadyExists")
    assert first["message"].startswith("The vault name 'words-taken' is already in use. Vault names are")
    assert first["message"].endswith("follow this link https://go.microsoft.com/fwlink/?linkid=2147740.")


def test_a_registry_has_scope_maps_from_the_start(arm: Arm) -> None:
    """Five, of the system's, that nobody deletes."""
    path = f"{arm.group('maps')}/providers/Microsoft.ContainerRegistry/registries/mapsofazure"
    assert arm.send("PUT", path, {"location": "westeurope", "sku": {"name": "Basic"}}, version=REGISTRY).ok
    found = arm.send("GET", f"{path}/scopeMaps", version=REGISTRY).json()["value"]
    assert {each["properties"]["type"] for each in found} == {"SystemDefined"}
    assert {each["name"].removeprefix("_repositories_"): len(each["properties"]["actions"]) for each in found} == {
        "admin": 5, "pull": 1, "pull_metadata_read": 2, "push": 2, "push_metadata_write": 4,
    }  # fmt: skip
    assert not arm.send("DELETE", f"{path}/scopeMaps/_repositories_pull", version=REGISTRY).ok
    assert arm.send("DELETE", path, version=REGISTRY).ok


@pytest.mark.parametrize("kind", ["blobServices/default/containers", "fileServices/default/shares"])
def test_pages_of_an_account(arm: Arm, account: str, kind: str) -> None:
    """Storage takes the size of a page by a name of its own, and its next page keeps it."""
    path = f"{account}/{kind}"
    for name in ("one", "two", "three"):
        assert arm.send("PUT", f"{path}/{name}", {}, version=STORAGE).ok
    seen, next_ = [], f"{arm.ready['arm']}{path}?api-version={STORAGE}&$maxpagesize=2"
    while next_:
        page = arm.send("GET", next_, version=None).json()
        assert len(page["value"]) <= 2
        seen += [each["name"] for each in page["value"]]
        next_ = page.get("nextLink")
    assert {"one", "two", "three"} <= set(seen)
    assert len(seen) == len(set(seen))


def test_pages_of_a_workspace(arm: Arm, workspace: str) -> None:
    """The workspace service calls the size of a page a count."""
    path = f"{workspace}/datastores"
    first = arm.send("GET", path, version=LEARNING, query={"count": "3"}).json()
    assert (len(first["value"]), "count=3" in first["nextLink"]) == (3, True)
    assert names(arm, path, names="workspaceblobstore,workspacefilestore") == [
        "workspaceblobstore",
        "workspacefilestore",
    ]


def test_versions_of_a_key(arm: Arm) -> None:
    """A key that Resource Manager made has one version, under the name at the end of its address."""
    path = f"{arm.group('keys')}/providers/Microsoft.KeyVault/vaults/keys-of-azure"
    properties = {"tenantId": arm.ready["tenant"], "sku": {"family": "A", "name": "standard"}, "accessPolicies": []}
    assert arm.send("PUT", path, {"location": "westeurope", "properties": properties}, version=VAULT).ok
    key = arm.send("PUT", f"{path}/keys/sign", {"properties": {"kty": "RSA"}}, version=VAULT).json()
    name = key["properties"]["keyUriWithVersion"].rsplit("/", 1)[-1]
    (version,) = arm.send("GET", f"{path}/keys/sign/versions", version=VAULT).json()["value"]
    assert arm.send("GET", f"{path}/keys/sign/versions/{name}", version=VAULT).json() == version
    assert (version["id"], version["name"]) == (f"{key['id']}/versions/{name}", name)
    assert (version["type"], version["properties"]) == ("Microsoft.KeyVault/vaults/keys/versions", key["properties"])
