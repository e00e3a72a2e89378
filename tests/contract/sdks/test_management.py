"""The clients of roles, locks, policies, identities, registries and logs: what each refuses, and what each asks."""

from __future__ import annotations

import uuid

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError
from tests.contract.emulator.arm import Arm, error
from tests.contract.sdks.conftest import Open, refusal
from tests.contract.sdks.estate import GROUP, SUBSCRIPTION, Estate

ROLES = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
READER = f"{ROLES}/acdd72a7-3385-48ef-bd42-f606fba81ae7"
IDENTITIES = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"


@pytest.fixture(autouse=True)
def examples(estate: Estate) -> None:
    """The resources that the tests here refer to."""


def test_role_is_given_once(clients: Open) -> None:
    """A second assignment of the same role to the same identity is refused, and the first is found by its principal."""
    identity = clients("msi").user_assigned_identities.get("rg", "identity")
    assignments = clients("authorization").role_assignments
    body = {
        "properties": {
            "roleDefinitionId": READER,
            "principalId": identity.principal_id,
            "principalType": "ServicePrincipal",
        }
    }
    made = assignments.create(GROUP, str(uuid.uuid5(uuid.NAMESPACE_URL, "once")), body)
    with pytest.raises(ResourceExistsError) as caught:
        assignments.create(GROUP, str(uuid.uuid5(uuid.NAMESPACE_URL, "twice")), body)
    assert refusal(caught)[1] == "RoleAssignmentExists"
    own = list(assignments.list_for_scope(GROUP, filter=f"principalId eq '{identity.principal_id}'"))
    assert made.id in [each.id for each in own]
    assert {each.principal_id for each in own} == {identity.principal_id}
    deleted = assignments.delete(GROUP, made.name)
    assert deleted.id == made.id


def test_role_for_nobody(clients: Open) -> None:
    """A principal that is not in the directory gets no role."""
    body = {"properties": {"roleDefinitionId": READER, "principalId": str(uuid.uuid5(uuid.NAMESPACE_URL, "nobody"))}}
    with pytest.raises(HttpResponseError) as caught:
        clients("authorization").role_assignments.create(GROUP, str(uuid.uuid5(uuid.NAMESPACE_URL, "none")), body)
    assert refusal(caught)[:2] == (400, "PrincipalNotFound")


def test_built_in_roles_are_found_by_name(clients: Open) -> None:
    """A filter by name finds the one built-in role."""
    found = list(clients("authorization").role_definitions.list(GROUP, filter="roleName eq 'Reader'"))
    assert [(each.role_name, each.role_type, each.name) for each in found] == [
        ("Reader", "BuiltInRole", READER.rsplit("/", 1)[1])
    ]


def test_lock_keeps_what_it_is_on(clients: Open) -> None:
    """A locked identity is not deleted, by a refusal that names the lock; without the lock it is."""
    identities, locks = clients("msi").user_assigned_identities, clients("locks").management_locks
    made = identities.create_or_update("rg", "locked-identity", {"location": "westeurope"})
    locks.create_or_update_by_scope(made.id, "keep-it", {"level": "CanNotDelete"})
    with pytest.raises(ResourceExistsError) as caught:
        identities.delete("rg", "locked-identity")
    status, code, message = refusal(caught)
    assert (status, code) == (409, "ScopeLocked")
    assert "keep-it" in message or "locked-identity" in message
    assert "keep-it" in [each.name for each in locks.list_by_scope(made.id)]
    locks.delete_by_scope(made.id, "keep-it")
    identities.delete("rg", "locked-identity")


def test_deleted_policy_assignment_is_told(clients: Open) -> None:
    """The deletion of an assignment answers with the assignment."""
    policies = clients("policy")
    definition = policies.policy_definitions.get("closed-workspaces")
    body = {"properties": {"policyDefinitionId": definition.id, "enforcementMode": "DoNotEnforce"}}
    made = policies.policy_assignments.create(GROUP, "told", body)
    assert "told" in [each.name for each in policies.policy_assignments.list_for_resource_group("rg")]
    assert policies.policy_assignments.delete(GROUP, "told").id == made.id
    assert policies.policy_assignments.delete(GROUP, "told") is None


def test_registry_without_admin_has_no_password(clients: Open) -> None:
    """Credentials of a registry whose admin user is off are refused; with it, the second password is made anew."""
    registries = clients("containerregistry").registries
    body = {"location": "westeurope", "sku": {"name": "Basic"}, "properties": {"adminUserEnabled": False}}
    registries.begin_create("rg", "adminbysdk", body).result()
    with pytest.raises(HttpResponseError) as caught:
        registries.list_credentials("rg", "adminbysdk")
    assert refusal(caught)[:2] == (400, "UnAuthorizedForCredentialOperations")
    registries.begin_update("rg", "adminbysdk", {"properties": {"adminUserEnabled": True}}).result()
    before = [each.value for each in registries.list_credentials("rg", "adminbysdk").passwords]
    after = [
        each.value for each in registries.regenerate_credential("rg", "adminbysdk", {"name": "password2"}).passwords
    ]
    registries.begin_delete("rg", "adminbysdk").result()
    assert [new == old for new, old in zip(after, before, strict=True)] == [True, False]


def test_registry_names(clients: Open) -> None:
    """A name that is taken, and one that is none, cannot be had."""
    registries = clients("containerregistry").registries
    told = {
        name: registries.check_name_availability({"name": name, "type": "Microsoft.ContainerRegistry/registries"})
        for name in ("registry", "no-name", "nobodyhasit")
    }
    assert {name: each.name_available for name, each in told.items()} == {
        "registry": False, "no-name": False, "nobodyhasit": True,
    }  # fmt: skip


def test_federated_subject_is_used_once(clients: Open) -> None:
    """Two credentials of one identity cannot trust the same subject of one issuer."""
    federated = clients("msi").federated_identity_credentials
    own = federated.get("rg", "identity", "pipeline")
    body = {"properties": {"issuer": own.issuer, "subject": own.subject, "audiences": own.audiences}}
    with pytest.raises(ResourceExistsError):
        federated.create_or_update("rg", "identity", "twice", body)


def test_scope_of_an_identity(clients: Open) -> None:
    """An identity keeps what region it is for, and is given its own ids whatever is sent."""
    identities = clients("msi").user_assigned_identities
    body = {"location": "westeurope", "properties": {"isolationScope": "Regional", "principalId": str(uuid.uuid4())}}
    made = identities.create_or_update("rg", "regional-identity", body)
    identities.delete("rg", "regional-identity")
    assert made.isolation_scope == "Regional"
    assert made.principal_id != body["properties"]["principalId"]


def test_keys_of_logs(clients: Open) -> None:
    """A log workspace tells its keys and customer id."""
    logs = clients("loganalytics")
    keys = logs.shared_keys.get_shared_keys("rg", "logs")
    assert keys.primary_shared_key != keys.secondary_shared_key
    assert uuid.UUID(logs.workspaces.get("rg", "logs").customer_id)


def test_insights_have_a_key(clients: Open) -> None:
    """A component has an instrumentation key that its connection string repeats."""
    component = clients("applicationinsights").components.get("rg", "insights")
    assert f"InstrumentationKey={component.instrumentation_key}" in component.connection_string


def test_passwords_of_a_registry_token(clients: Open) -> None:
    """Passwords are told once; the token shows which it has and until when, and one of them is made anew alone."""
    registries = clients("containerregistry")
    token = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/registry/tokens/signing"
    scope = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/registry/scopeMaps/_repositories_pull"
    registries.tokens.begin_create("rg", "registry", "signing", {"properties": {"scopeMapId": scope}}).result()
    asked = {"tokenId": token, "expiry": "2099-12-31T15:59:59Z"}
    first = registries.registries.begin_generate_credentials("rg", "registry", asked).result()
    again = registries.registries.begin_generate_credentials("rg", "registry", {"tokenId": token, "name": "password1"})
    second = {each.name: each.value for each in again.result().passwords}
    shown = registries.tokens.get("rg", "registry", "signing").credentials.passwords
    registries.tokens.begin_delete("rg", "registry", "signing").result()
    values = {each.name: each.value for each in first.passwords}
    assert (first.username, values.keys()) == ("signing", {"password1", "password2"})
    assert second.keys() == {"password1"}
    assert second["password1"] != values["password1"]
    assert [(each.name, each.value, each.expiry is None) for each in shown] == [
        ("password1", None, True),
        ("password2", None, False),
    ]


def test_use_of_a_registry(clients: Open) -> None:
    """What a registry may hold goes with its tier."""
    tier = clients("containerregistry").registries.get("rg", "registry").sku.name
    found = {
        each.name: each.limit for each in clients("containerregistry").registries.list_usages("rg", "registry").value
    }
    assert (tier, found) == ("Premium", {"Size": 500 * 2**30, "Webhooks": 500})


def test_own_permissions(clients: Open) -> None:
    """What the caller's roles allow at a group: an Owner's all, nothing denied."""
    client = clients("authorization")
    found = [(each.actions, each.not_actions) for each in client.permissions.list_for_resource_group("rg")]
    assert (["*"], []) in found
    assert list(client.deny_assignments.list()) == []


def test_who_has_an_identity(clients: Open, arm: Arm) -> None:
    """The resources that have an identity assigned are told, and those of no identity are none."""
    client = clients("msi").user_assigned_identities
    client.create_or_update("rg", "unused-identity", {"location": "westeurope"})
    path = f"{IDENTITIES}/unused-identity"
    registries = clients("containerregistry").registries
    identity = {"type": "UserAssigned", "userAssignedIdentities": {path: {}}}
    body = {"location": "westeurope", "sku": {"name": "Basic"}, "identity": identity}
    registries.begin_create("rg", "withidentity", body).result()
    told = [arm.send("POST", f"{path}/listAssociatedResources", version="2022-01-31-preview").json()]
    registries.begin_delete("rg", "withidentity").result()
    told.append(arm.send("POST", f"{path}/listAssociatedResources", version="2022-01-31-preview").json())
    client.delete("rg", "unused-identity")
    assert [(each["totalCount"], [one["name"] for one in each["value"]]) for each in told] == [
        (1, ["withidentity"]),
        (0, []),
    ]


def test_what_a_vault_can_send(arm: Arm) -> None:
    """Logs with the groups that they are in, and metrics; one is found by its name."""
    vault = f"{GROUP}/providers/Microsoft.KeyVault/vaults/vault"
    path = f"{vault}/providers/Microsoft.Insights/diagnosticSettingsCategories"
    found = arm.send("GET", path, version="2021-05-01-preview").json()["value"]
    assert {each["name"]: each["properties"] for each in found} == {
        "AuditEvent": {"categoryType": "Logs", "categoryGroups": ["audit", "allLogs"]},
        "AzurePolicyEvaluationDetails": {"categoryType": "Logs", "categoryGroups": ["audit", "allLogs"]},
        "AllMetrics": {"categoryType": "Metrics"},
    }
    one = arm.send("GET", f"{path}/AllMetrics", version="2021-05-01-preview").json()
    assert (one["id"], one["properties"]) == (f"{path}/AllMetrics", {"categoryType": "Metrics"})
    nowhere = arm.send("GET", path.replace("/vault/", "/nowhere/"), version="2021-05-01-preview")
    assert error(nowhere)[:2] == (404, "ResourceNotFound")
