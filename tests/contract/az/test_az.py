"""The Azure CLI against the local cloud, with nothing but what `azkeep local env --client az` prints."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.contract.az.conftest import Az, Shell, azkeep
from tests.contract.emulator.arm import Arm

NETWORK = "2024-05-01"
NOBODY = "11111111-0000-4000-8000-000000000009"
TEMPLATE = """{
  // the account that everything is kept in
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {"name": {"type": "string", "maxLength": 24}, /* and no more */ "secret": {"type": "secureString"}},
  "resources": [
    {
      "type": "Microsoft.Storage/storageAccounts",
      "apiVersion": "2023-05-01",
      "name": "[parameters('name')]",
      "location": "[resourceGroup().location]",
      "sku": {"name": "Standard_LRS"},
      "kind": "StorageV2",
      "properties": {"minimumTlsVersion": "TLS1_2"}
    }
  ],
  "outputs": {
    "id": {"type": "string", "value": "[resourceId('Microsoft.Storage/storageAccounts', parameters('name'))]"}
  }
}"""


@pytest.fixture(scope="module")
def group(az: Az) -> str:
    """Path of the resource group that tests share; each has names of its own in it."""
    return str(az("group", "create", "--name", "shared", "--location", "westeurope").value["id"])


def test_shell_is_logged_in(az: Az, ready: Mapping[str, Any], home: Path) -> None:
    """The account is the principal's; the settings in the home folder of whoever runs it are not touched."""
    account = az("account", "show").value
    assert (account["environmentName"], account["id"]) == (ready["cloud"], ready["subscription"])
    assert account["user"] == {"name": ready["principals"][0]["client_id"], "type": "servicePrincipal"}
    assert az("cloud", "show", "--query", "endpoints.resourceManager").value == f"{ready['arm']}/"
    assert not (home / ".azure").exists()


def test_groups_come_and_go(az: Az) -> None:
    """Create, show, change, list, exists and delete; one that is not there is told in Resource Manager's words."""
    made = az("group", "create", "--name", "passing", "--location", "westeurope", "--tags", "a=b").value
    assert (made["tags"], made["properties"]) == ({"a": "b"}, {"provisioningState": "Succeeded"})
    assert az("group", "update", "--name", "passing", "--set", "tags.c=d").value["tags"] == {"a": "b", "c": "d"}
    assert az("group", "show", "--name", "PASSING", "--query", "name").value == "passing"
    assert az("group", "exists", "--name", "passing").value is True
    assert "passing" in az("group", "list", "--query", "[].name").value
    assert az("group", "delete", "--name", "passing", "--yes").value is None
    assert az("group", "exists", "--name", "passing").value is False
    absent = az("group", "show", "--name", "passing")
    assert absent.code == 3
    assert "(ResourceGroupNotFound) Resource group 'passing' could not be found." in absent.err


def test_private_endpoint_in_a_network(az: Az, arm: Arm, group: str) -> None:
    """Network, subnets, zone, link, endpoint and zone group: the account's private name leads into the network."""
    here = ("--resource-group", "shared")
    inner = ("--subnet-name", "inner", "--subnet-prefixes", "10.0.0.0/24")
    az("network", "vnet", "create", *here, "--name", "hub", "--address-prefixes", "10.0.0.0/16", *inner)
    subnet = ("network", "vnet", "subnet")
    az(*subnet, "create", *here, "--vnet-name", "hub", "--name", "outer", "--address-prefixes", "10.0.1.0/24")
    listed = az(*subnet, "list", *here, "--vnet-name", "hub", "--query", "[].[name, addressPrefix]").value
    assert listed == [["inner", "10.0.0.0/24"], ["outer", "10.0.1.0/24"]]
    account = az("storage", "account", "create", *here, "--name", "azkeepazprivate").value["id"]
    target = ("--private-connection-resource-id", account, "--group-id", "blob", "--connection-name", "toblob")
    az(
        "network",
        "private-endpoint",
        "create",
        *here,
        "--name",
        "door",
        "--vnet-name",
        "hub",
        "--subnet",
        "inner",
        *target,
    )
    zone = "privatelink.blob.core.windows.net"
    az("network", "private-dns", "zone", "create", *here, "--name", zone)
    linked = ("--name", "hub", "--virtual-network", "hub", "--registration-enabled", "false")
    az("network", "private-dns", "link", "vnet", "create", *here, "--zone-name", zone, *linked)
    zones = ("--endpoint-name", "door", "--name", "default", "--private-dns-zone", zone, "--zone-name", "blob")
    az("network", "private-endpoint", "dns-zone-group", "create", *here, *zones)
    records = ("network", "private-dns", "record-set", "a", "list", *here, "--zone-name", zone)
    assert az(*records, "--query", "[].[name, aRecords[0].ipv4Address]").value == [["azkeepazprivate", "10.0.0.4"]]
    busy = az(*subnet, "delete", *here, "--vnet-name", "hub", "--name", "inner")
    assert busy.code == 1
    assert "(InUseSubnetCannotBeDeleted) Subnet inner is in use by " in busy.err
    assert az(*subnet, "delete", *here, "--vnet-name", "hub", "--name", "outer").value is None
    used = "[?name.value == 'PrivateEndpoints'].currentValue"
    assert az("network", "list-usages", "--location", "westeurope", "--query", used).value == ["1"]
    left = arm.send("GET", f"{group}/providers/Microsoft.Network/virtualNetworks/hub/subnets", version=NETWORK)
    assert [each["name"] for each in left.json()["value"]] == ["inner"]


def test_resources_of_four_services(az: Az) -> None:
    """Account, vault, registry and identity are made by their own commands, and listed and shown as any resource."""
    az("group", "create", "--name", "services", "--location", "westeurope")
    here = ("--resource-group", "services")
    strict = ("--min-tls-version", "TLS1_2", "--allow-shared-key-access", "false")
    account = az(
        "storage", "account", "create", *here, "--name", "azkeepazstore", "--sku", "Standard_ZRS", *strict
    ).value
    assert (account["sku"]["name"], account["allowSharedKeyAccess"]) == ("Standard_ZRS", False)
    vault = az("keyvault", "create", *here, "--name", "azkeep-az-vault").value["properties"]
    assert (vault["enableRbacAuthorization"], vault["softDeleteRetentionInDays"]) == (True, 90)
    registry = az("acr", "create", *here, "--name", "azkeepazregistry", "--sku", "Premium").value
    assert (registry["loginServer"], registry["adminUserEnabled"]) == ("azkeepazregistry.azurecr.io", False)
    assert (
        az("acr", "update", "--name", "azkeepazregistry", "--admin-enabled", "true").value["adminUserEnabled"] is True
    )
    identity = az("identity", "create", *here, "--name", "worker").value
    listed = az("resource", "list", *here, "--query", "[].[name, type]").value
    assert sorted(listed) == [
        ["azkeep-az-vault", "Microsoft.KeyVault/vaults"],
        ["azkeepazregistry", "Microsoft.ContainerRegistry/registries"],
        ["azkeepazstore", "Microsoft.Storage/storageAccounts"],
        ["worker", "Microsoft.ManagedIdentity/userAssignedIdentities"],
    ]
    shown = az("resource", "show", "--ids", identity["id"]).value
    assert shown["properties"]["principalId"] == identity["principalId"]
    az("keyvault", "delete", *here, "--name", "azkeep-az-vault")
    deleted = ("keyvault", "list-deleted", "--resource-type", "vault", "--query", "[].name")
    assert az(*deleted).value == ["azkeep-az-vault"]
    az("keyvault", "recover", "--name", "azkeep-az-vault")
    assert az(*deleted).value == []


def test_template_with_comments_is_deployed(az: Az, group: str, tmp_path: Path) -> None:
    """The file goes as it is: comments in it, unquoted words around it. Secrets are not shown, failures named."""
    file = tmp_path / "account.json"
    file.write_text(TEMPLATE, encoding="utf-8")
    given = ("--resource-group", "shared", "--name", "first", "--template-file", str(file), "--parameters", "secret=x")
    command = ("deployment", "group")
    account = f"{group}/providers/Microsoft.Storage/storageAccounts/azkeepazdeployed"
    assert az(*command, "validate", *given, "name=azkeepazdeployed").value["properties"]["error"] is None
    made = az(*command, "create", *given, "name=azkeepazdeployed").value["properties"]
    assert (made["provisioningState"], made["outputs"]) == ("Succeeded", {"id": {"type": "String", "value": account}})
    assert made["parameters"]["secret"] == {"type": "SecureString"}
    listed = ("deployment", "operation", "group", "list", "--resource-group", "shared", "--name", "first")
    assert account in az(*listed, "--query", "[].properties.targetResource.id").value
    unknown = az(*command, "what-if", *given, "name=azkeepazdeployed")
    assert unknown.code == 1
    assert "InvalidDeployment - The local cloud does not tell what a deployment would change." in unknown.err
    refused = az(*command, "create", *given, "name=Not_A_Name")
    assert refused.code == 1
    assert "Not_A_Name is not a valid storage account name" in refused.err


def test_lock_keeps_a_group(az: Az) -> None:
    """A group with a lock is not deleted, whoever asks; without it it is."""
    group = az("group", "create", "--name", "locked", "--location", "westeurope").value["id"]
    made = az("lock", "create", "--resource-group", "locked", "--name", "keep", "--lock-type", "CanNotDelete").value
    assert (made["level"], made["id"]) == ("CanNotDelete", f"{group}/providers/Microsoft.Authorization/locks/keep")
    refused = az("group", "delete", "--name", "locked", "--yes")
    assert refused.code == 1
    reason = f"because following scope(s) are locked: '{group}'. Please remove the lock and try again."
    assert f"(ScopeLocked) The scope '{group}' cannot perform delete operation {reason}" in refused.err
    assert az("lock", "delete", "--resource-group", "locked", "--name", "keep").value is None
    assert az("group", "delete", "--name", "locked", "--yes").value is None


def test_tags_of_a_resource(az: Az, arm: Arm) -> None:
    """They are written at a scope, merged, and found by."""
    group = az("group", "create", "--name", "tagged", "--location", "westeurope").value["id"]
    network = arm.network(group, "hub")
    scope = ("--resource-id", network)
    assert az("tag", "create", *scope, "--tags", "a=b").value["properties"]["tags"] == {"a": "b"}
    merged = az("tag", "update", *scope, "--operation", "merge", "--tags", "c=d").value["properties"]["tags"]
    assert merged == az("tag", "list", *scope).value["properties"]["tags"] == {"a": "b", "c": "d"}
    assert az("resource", "list", "--tag", "c=d", "--query", "[].id").value == [network]
    assert az("resource", "tag", "--ids", network, "--tags", "e=f").value["tags"] == {"e": "f"}
    assert az("tag", "list", "--resource-id", group).value["properties"]["tags"] == {}


def test_any_request_by_rest(az: Az, group: str, ready: Mapping[str, Any]) -> None:
    """`az rest` signs requests for the local cloud, by path or address, and shows answers and refusals as they are."""
    path = f"{group}?api-version=2022-12-01"
    assert az("rest", "--method", "get", "--url", path).value["name"] == "shared"
    body = json.dumps({"tags": {"asked": "by rest"}})
    changed = az("rest", "--method", "patch", "--url", f"{ready['arm']}{path}", "--body", body).value
    assert changed["tags"] == {"asked": "by rest"}
    refused = az("rest", "--method", "get", "--url", group)
    assert refused.code == 1
    assert 'Bad Request({"error": {"code": "MissingApiVersionParameter", "message": ' in refused.err
    elsewhere = az("rest", "--method", "get", "--url", "https://example.com/")
    assert elsewhere.code == 1
    assert "Tunnel connection failed: 403 Forbidden" in elsewhere.err


def test_role_opens_a_container(az: Az, ready: Mapping[str, Any], group: str, tmp_path: Path) -> None:
    """An owner makes containers and no blobs; with a data role a file goes up and comes back. Without Microsoft Graph
    a principal is named by its object id."""
    me, role = ready["principals"][0]["object_id"], "Storage Blob Data Contributor"
    account = az("storage", "account", "create", "--resource-group", "shared", "--name", "azkeepazblobs").value["id"]
    there = ("--account-name", "azkeepazblobs", "--auth-mode", "login")
    up, down = tmp_path / "up.bin", tmp_path / "down.bin"
    up.write_bytes(bytes(range(256)))
    assert az("storage", "container", "create", "--name", "files", *there).value == {"created": True}
    blob = ("--container-name", "files", "--name", "a/b.bin", "--no-progress", *there)
    refused = az("storage", "blob", "upload", *blob, "--file", str(up))
    assert refused.code == 1
    assert "You do not have the required permissions needed to perform this operation." in refused.err
    who = ("--assignee-object-id", me, "--assignee-principal-type", "ServicePrincipal")
    made = az("role", "assignment", "create", *who, "--role", role, "--scope", account).value
    assert (made["principalId"], made["scope"]) == (me, account)
    listed = az("role", "assignment", "list", "--scope", account, "--query", "[].roleDefinitionName").value
    assert listed == [role]
    az("storage", "blob", "upload", *blob, "--file", str(up))
    az("storage", "blob", "download", *blob, "--file", str(down))
    assert down.read_bytes() == up.read_bytes()
    unknown = az("role", "assignment", "create", "--assignee", NOBODY, "--role", role, "--scope", account)
    assert unknown.code == 1
    assert "(PrincipalNotFound)" in unknown.err
    assert az("role", "assignment", "delete", "--ids", made["id"]).value is None


def test_activity_log_tells_who_did_what(az: Az, ready: Mapping[str, Any]) -> None:
    """A write has its records by the principal that az acted as."""
    az("group", "create", "--name", "watched", "--location", "westeurope")
    az("network", "nsg", "create", "--resource-group", "watched", "--name", "rules")
    asked = "[].[operationName.value, status.value, caller]"
    records = az("monitor", "activity-log", "list", "--resource-group", "watched", "--query", asked).value
    me = ready["principals"][0]["object_id"]
    assert ["Microsoft.Network/networkSecurityGroups/write", "Succeeded", me] in records


def test_reader_at_a_new_address(az: Az, shell: Shell, environment: dict[str, str], store: Path) -> None:
    """Another shell acts as somebody else, with settings of its own, which go with the principal; what az kept of a
    cloud that was served at another address is forgotten."""
    azkeep("principal", "add", "reader", "--role", "Reader", "--store", str(store))
    known = next(store.glob("az-*/cloudEndpoints.json")).read_text(encoding="utf-8-sig")
    settings = _settings(store, "reader")
    (settings / "cloudEndpoints.json").write_text(
        re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:9", known), encoding="utf-8-sig"
    )
    line = shell("az", "group", "create", "--name", "theirs", "--location", "westeurope", name="reader")
    done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "(AuthorizationFailed) The client '" in done.stderr
    assert "Microsoft.Resources/subscriptions/resourcegroups/write" in done.stderr
    assert az("group", "exists", "--name", "theirs").value is False
    azkeep("principal", "remove", "reader", "--store", str(store))
    assert not settings.exists()


def _settings(store: Path, name: str) -> Path:
    """The folder of settings that is printed for a principal; others than the owner do not look into it."""
    printed = azkeep("env", "--client", "az", "--as", name, "--store", str(store), "--format", "json")
    folder = Path(json.loads(printed)["variables"]["AZURE_CONFIG_DIR"])
    assert folder.stat().st_mode & 0o777 == 0o700
    return folder
