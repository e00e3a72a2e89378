"""azure-mgmt-keyvault: access policies, and what remains of a deleted vault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.keyvault import KeyVaultManagementClient, models
from tests.contract.emulator.arm import Arm, error
from tests.contract.sdks.conftest import Open, refusal
from tests.contract.sdks.estate import GROUP, SUBSCRIPTION, Estate


@pytest.fixture
def vaults(estate: Estate, clients: Open) -> Any:
    client: KeyVaultManagementClient = clients("keyvault")
    return client.vaults


def body(ready: Mapping[str, Any], **more: Any) -> models.VaultCreateOrUpdateParameters:
    sku = models.Sku(family="A", name="standard")
    properties = models.VaultProperties(tenant_id=ready["tenant"], sku=sku, access_policies=[], **more)
    return models.VaultCreateOrUpdateParameters(location="westeurope", properties=properties)


def test_deleted_vault_is_listed_recovered_and_purged(vaults: Any, ready: Mapping[str, Any]) -> None:
    """A deleted vault is among the deleted, keeps its name, comes back when asked to, and is purged for good."""
    made = vaults.begin_create_or_update("rg", "kept-by-sdk", body(ready)).result()
    vaults.delete("rg", "kept-by-sdk")
    assert "kept-by-sdk" in [each.name for each in vaults.list_deleted()]
    assert vaults.get_deleted("kept-by-sdk", "westeurope").properties.vault_id == made.id
    with pytest.raises(HttpResponseError) as caught:
        vaults.begin_create_or_update("rg", "kept-by-sdk", body(ready))
    assert refusal(caught)[:2] == (409, "ConflictError")
    back = vaults.begin_create_or_update("rg", "kept-by-sdk", body(ready, create_mode="recover")).result()
    assert back.properties.vault_uri == made.properties.vault_uri
    vaults.delete("rg", "kept-by-sdk")
    vaults.begin_purge_deleted("kept-by-sdk", "westeurope").result()
    with pytest.raises(ResourceNotFoundError):
        vaults.get_deleted("kept-by-sdk", "westeurope")


def test_taken_and_wrong_names(clients: Open, estate: Estate) -> None:
    """A name that is taken, and one that is none, are each refused with their reason."""
    vaults = clients("keyvault").vaults
    found = {}
    for name in ("vault", "1-is-none"):
        told = vaults.check_name_availability(models.VaultCheckNameAvailabilityParameters(name=name))
        found[name] = (told.name_available, told.reason)
    assert found == {"vault": (False, "AlreadyExists"), "1-is-none": (False, "AccountNameInvalid")}


ANN, BOB = "11111111-0000-0000-0000-00000000000a", "22222222-0000-0000-0000-00000000000b"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
APPLICATION = "33333333-0000-0000-0000-00000000000c"


def policies(ready: Mapping[str, Any], *entries: tuple[str, str | None, Mapping[str, list[str]]]) -> Any:
    return models.VaultAccessPolicyParameters(
        properties=models.VaultAccessPolicyProperties(
            access_policies=[
                models.AccessPolicyEntry(
                    tenant_id=ready["tenant"],
                    object_id=holder,
                    application_id=application,
                    permissions=models.Permissions(permissions),
                )
                for holder, application, permissions in entries
            ]
        )
    )


def held(document: Any) -> dict[tuple[str, str | None], dict[str, list[str]]]:
    """Permissions by holder and application, of a vault or of an answer to a change of its policies."""
    return {
        (each.object_id, each.application_id): {
            kind: given for kind, given in each.permissions.as_dict().items() if given
        }
        for each in document.properties.access_policies
    }


def test_access_policies_are_added_replaced_and_removed(vaults: Any, ready: Mapping[str, Any]) -> None:
    """A holder's permissions are merged, replaced or taken away; those of others, and the vault itself, stay."""
    made = vaults.begin_create_or_update("rg", "shared-by-sdk", body(ready, enabled_for_deployment=True)).result()

    def update(kind: str, *entries: tuple[str, str | None, Mapping[str, list[str]]]) -> Any:
        answer = vaults.update_access_policy("rg", "shared-by-sdk", kind, policies(ready, *entries))
        vault = vaults.get("rg", "shared-by-sdk")
        assert held(vault) == held(answer)
        assert (answer.id, answer.type) == (f"{made.id}/accessPolicies/", "Microsoft.KeyVault/vaults/accessPolicies")
        assert vault.properties.enabled_for_deployment is True
        return held(answer)

    assert update("add", (ANN, None, {"keys": ["get"], "secrets": ["get"]}), (BOB, None, {"keys": ["sign"]})) == {
        (ANN, None): {"keys": ["get"], "secrets": ["get"]},
        (BOB, None): {"keys": ["sign"]},
    }
    more = (ANN, None, {"secrets": ["Get", "list"], "certificates": ["get"]})
    assert update("add", more, (ANN, APPLICATION, {"keys": ["get"]})) == {
        (ANN, None): {"keys": ["get"], "secrets": ["get", "list"], "certificates": ["get"]},
        (ANN, APPLICATION): {"keys": ["get"]},
        (BOB, None): {"keys": ["sign"]},
    }
    replaced = update("replace", (ANN, None, {"secrets": ["set"]}))
    assert replaced[(ANN, None)] == {"secrets": ["set"]}
    assert replaced[(BOB, None)] == {"keys": ["sign"]}
    gone = ((ANN, None, {"secrets": ["set"]}), (BOB, None, {"keys": ["get"]}))
    assert update("remove", *gone) == {(ANN, APPLICATION): {"keys": ["get"]}, (BOB, None): {"keys": ["sign"]}}


def test_access_policies_of_no_vault_and_of_no_kind(vaults: Any, ready: Mapping[str, Any], estate: Estate) -> None:
    """A vault that is not there is told as the missing parent; there are three kinds of change."""
    sent = policies(ready, (ANN, None, {"keys": ["get"]}))
    with pytest.raises(ResourceNotFoundError) as caught:
        vaults.update_access_policy("rg", "no-such-vault", "add", sent)
    assert refusal(caught)[1] == "ParentResourceNotFound"
    with pytest.raises(HttpResponseError):
        vaults.update_access_policy("rg", "vault", "exchange", sent)


def test_changed_access_policies_are_recorded_and_held_back(
    vaults: Any, ready: Mapping[str, Any], arm: Arm, estate: Estate
) -> None:
    """The change stands in the log at the vault, under the operation of access policies; a lock forbids it, and what
    is no list of policies is refused."""
    vaults.begin_create_or_update("rg", "told-by-sdk", body(ready)).result()
    vault = f"{GROUP}/providers/Microsoft.KeyVault/vaults/told-by-sdk"
    vaults.update_access_policy("rg", "told-by-sdk", "add", policies(ready, (ANN, None, {"keys": ["get"]})))
    written = "Microsoft.KeyVault/vaults/accessPolicies/write"
    where = f"eventTimestamp ge '2020-01-01T00:00:00Z' and resourceUri eq '{vault}'"
    log = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values"
    events = arm.send("GET", log, version="2015-04-01", query={"$filter": where}).json()["value"]
    assert [each["status"]["value"] for each in events if each["operationName"]["value"] == written] == [
        "Succeeded",
        "Started",
    ]
    changes = f"resourcechanges | where tolower(tostring(properties.targetResourceId)) == '{vault.lower()}'"
    sent = {"subscriptions": [SUBSCRIPTION], "query": changes}
    graph = "/providers/Microsoft.ResourceGraph/resources"
    found = arm.send("POST", graph, sent, version="2022-10-01").json()["data"]
    by = {each["properties"]["changeAttributes"]["operation"]: each["properties"] for each in found}
    assert by[written]["changeType"] == "Update"
    assert any("objectId" in path for path in by[written]["changes"])
    for wrong in (None, 1, [None], [{"objectId": ANN}]):
        sent = {"properties": {"accessPolicies": wrong}}
        assert error(arm.send("PUT", f"{vault}/accessPolicies/add", sent, version="2024-11-01"))[0] == 400
    lock = f"{vault}/providers/Microsoft.Authorization/locks/still"
    assert arm.send("PUT", lock, {"properties": {"level": "ReadOnly"}}, version="2020-05-01").ok
    with pytest.raises(HttpResponseError) as caught:
        vaults.update_access_policy("rg", "told-by-sdk", "remove", policies(ready, (ANN, None, {"keys": ["get"]})))
    assert refusal(caught)[:2] == (409, "ScopeLocked")
    assert arm.send("DELETE", lock, version="2020-05-01").ok


def test_a_template_adds_an_access_policy(vaults: Any, ready: Mapping[str, Any], arm: Arm) -> None:
    """As a resource of the vault called `add`; a permission that is null is none."""
    vaults.begin_create_or_update("rg", "grown-by-sdk", body(ready)).result()
    permissions = {"secrets": ["get", None], "keys": None}
    policy = {"tenantId": ready["tenant"], "objectId": ANN, "permissions": permissions}
    added = {
        "type": "Microsoft.KeyVault/vaults/accessPolicies",
        "apiVersion": "2023-07-01",
        "name": "grown-by-sdk/add",
        "properties": {"accessPolicies": [policy]},
    }
    template = {"contentVersion": "1.0.0.0", "resources": [added]}
    deployment = f"{GROUP}/providers/Microsoft.Resources/deployments/policies"
    sent = {"properties": {"mode": "Incremental", "template": template}}
    for _ in range(2):
        assert arm.send("PUT", deployment, sent, version="2021-04-01").ok
        done = arm.send("GET", deployment, version="2021-04-01").json()["properties"]
        assert done["provisioningState"] == "Succeeded", done
        assert held(vaults.get("rg", "grown-by-sdk")) == {(ANN, None): {"secrets": ["get"]}}


def test_recovered_vault_has_its_keys_and_secrets(
    clients: Open, ready: Mapping[str, Any], arm: Arm, estate: Estate
) -> None:
    """They are gone with the deleted vault and come back with it, versions included; a role on it does not, and a purge
    leaves nothing for the next vault of that name."""
    client = clients("keyvault")
    name, vaults = "full-by-sdk", client.vaults
    made = vaults.begin_create_or_update("rg", name, body(ready)).result()
    key = client.keys.create_if_not_exist("rg", name, "disk", models.KeyCreateParameters(properties={"kty": "RSA"}))
    for value in ("canary-one", "canary-two"):
        sent = models.SecretCreateOrUpdateParameters(properties=models.SecretProperties(value=value))
        secret = client.secrets.create_or_update("rg", name, "password", sent)
    reader = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{READER}"
    role = f"{made.id}/providers/Microsoft.Authorization/roleAssignments/44444444-0000-0000-0000-00000000000d"
    granted = {"properties": {"roleDefinitionId": reader, "principalId": ANN, "principalType": "ServicePrincipal"}}
    assert arm.send("PUT", role, granted, version="2022-04-01").ok
    vaults.delete("rg", name)
    with pytest.raises(ResourceNotFoundError):
        client.secrets.get("rg", name, "password")
    vaults.begin_create_or_update("rg", name, body(ready, create_mode="recover")).result()
    assert client.secrets.get("rg", name, "password").properties == secret.properties
    assert client.keys.get("rg", name, "disk").properties == key.properties
    tagged = client.secrets.update("rg", name, "password", models.SecretPatchParameters(tags={"of": "ann"}))
    assert tagged.tags == {"of": "ann"}
    assert arm.send("GET", role, version="2022-04-01").status_code == 404
    vaults.delete("rg", name)
    vaults.begin_purge_deleted(name, "westeurope").result()
    vaults.begin_create_or_update("rg", name, body(ready)).result()
    assert [*client.secrets.list("rg", name), *client.keys.list("rg", name)] == []
