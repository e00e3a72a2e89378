"""An estate beyond the secure workspace: vault objects, batch endpoints, assets, alerts, policies and budgets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.engine.command import Azkeep, operations, values

CANARY = "canary-wider-77b0"
GROUND = """
import pulumi
import pulumi_azure_native as azure

aml = azure.machinelearningservices
group = azure.resources.ResourceGroup("group", resource_group_name="wider-rg", location="westeurope")
here = {"resource_group_name": group.name, "location": "westeurope"}
account = azure.storage.StorageAccount(
    "account", account_name="widerstore", kind="StorageV2", sku={"name": "Standard_LRS"}, **here
)
vault = azure.keyvault.Vault(
    "vault",
    vault_name="wider-kv",
    properties={
        "tenant_id": azure.authorization.get_client_config().tenant_id,
        "sku": {"family": "A", "name": "standard"},
        "enable_rbac_authorization": True,
    },
    **here,
)
insights = azure.applicationinsights.Component(
    "insights", resource_name_="wider-ai", kind="web", application_type="web", ingestion_mode="ApplicationInsights",
    **here,
)
workspace = aml.Workspace(
    "workspace",
    workspace_name="wider-aml",
    identity={"type": "SystemAssigned"},
    storage_account=account.id,
    key_vault=vault.id,
    application_insights=insights.id,
    **here,
)
inside = {"resource_group_name": group.name, "workspace_name": workspace.name}
"""
VAULT = """
in_vault = {"resource_group_name": group.name, "vault_name": vault.name}
key = azure.keyvault.Key("key", key_name="encryption", properties={"kty": "RSA", "key_size": 3072}, **in_vault)
secret = azure.keyvault.Secret(
    "secret", secret_name="token", properties={"value": "CANARY", "attributes": {"expires": 1900000000}}, **in_vault
)
aml.WorkspaceConnection(
    "connection",
    connection_name="openai",
    properties=aml.ApiKeyAuthWorkspaceConnectionPropertiesArgs(
        auth_type="ApiKey", category="AzureOpenAI", target="https://openai.example.com/", credentials={"key": "CANARY"}
    ),
    **inside,
)
pulumi.export("key_uri", key.key_uri)
pulumi.export("secret_uri", secret.properties.secret_uri)
"""
ASSETS = """
cluster = aml.Compute(
    "cluster",
    compute_name="cpu-cluster",
    location="westeurope",
    properties=aml.AmlComputeArgs(
        compute_type="AmlCompute",
        properties={"vm_size": "STANDARD_DS3_V2", "scale_settings": {"max_node_count": 2}},
    ),
    **inside,
)
environment = aml.EnvironmentVersion(
    "environment", name="scoring", version="1", properties={"image": "mcr.microsoft.com/azureml/base:1"}, **inside
)
model = aml.ModelVersion(
    "model", name="iris", version="1", properties={"model_uri": "azureml://datastores/workspaceblobstore/paths/m"},
    **inside,
)
code = aml.CodeVersion(
    "code", name="score", version="1",
    properties={"code_uri": account.primary_endpoints.blob.apply(lambda blob: f"{blob}code/score")}, **inside,
)
aml.DataVersion(
    "data", name="images", version="1",
    properties=aml.UriFolderDataVersionArgs(
        data_type="uri_folder", data_uri="azureml://datastores/workspaceblobstore/paths/images"
    ),
    **inside,
)
aml.ComponentVersion(
    "component", name="prepare", version="1",
    properties={"component_spec": {"name": "prepare", "type": "command", "command": "python prepare.py"}}, **inside,
)
endpoint = aml.BatchEndpoint(
    "endpoint", endpoint_name="iris-batch", location="westeurope", properties={"auth_mode": "AADToken"}, **inside
)
aml.BatchDeployment(
    "deployment",
    deployment_name="blue",
    endpoint_name=endpoint.name,
    location="westeurope",
    properties={
        "compute": cluster.id,
        "environment_id": environment.id,
        "model": aml.IdAssetReferenceArgs(reference_type="Id", asset_id=model.id),
        "code_configuration": {"code_id": code.id, "scoring_script": "score.py"},
        "mini_batch_size": 5,
    },
    **inside,
)
aml.Registry(
    "registry", registry_name="wider-registry", identity={"type": "SystemAssigned"},
    region_details=[{"location": "westeurope"}], **here,
)
"""
WATCH = """
actions = azure.monitor.ActionGroup(
    "actions", action_group_name="platform", group_short_name="platform", location="global",
    email_receivers=[{"name": "team", "email_address": "team@example.com"}], resource_group_name=group.name,
)
azure.monitor.MetricAlert(
    "availability", rule_name="availability", location="global", resource_group_name=group.name, scopes=[account.id],
    severity=1, enabled=True, evaluation_frequency="PT5M", window_size="PT15M",
    criteria=azure.monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
        odata_type="Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        all_of=[azure.monitor.MetricCriteriaArgs(
            criterion_type="StaticThresholdCriterion", name="low", metric_name="Availability", operator="LessThan",
            threshold=99, time_aggregation="Average",
        )],
    ),
    actions=[{"action_group_id": actions.id}],
)
azure.monitor.ActivityLogAlert(
    "deletions", activity_log_alert_name="deletions", resource_group_name=group.name, scopes=[group.id],
    condition={"all_of": [{"field": "category", "equals": "Administrative"}]},
    actions={"action_groups": [{"action_group_id": actions.id}]},
)
definition = azure.authorization.PolicyDefinition(
    "definition", policy_definition_name="closed-workspaces", mode="All",
    policy_rule={
        "if": {"field": "type", "equals": "Microsoft.MachineLearningServices/workspaces"}, "then": {"effect": "audit"}
    },
)
assignment = azure.authorization.PolicyAssignment(
    "assignment", policy_assignment_name="closed", scope=group.id, policy_definition_id=definition.id
)
azure.consumption.Budget(
    "budget", budget_name="gpu-hours", scope=group.id, category="Cost", amount=5000, time_grain="Monthly",
    time_period={"start_date": "2026-01-01T00:00:00Z", "end_date": "2027-01-01T00:00:00Z"},
    notifications={"eighty": {
        "enabled": True, "operator": "GreaterThan", "threshold": 80, "contact_emails": ["team@example.com"]
    }},
)
azure.storage.ManagementPolicy(
    "lifecycle", management_policy_name="default", account_name=account.name, resource_group_name=group.name,
    policy={"rules": [{
        "name": "old", "type": "Lifecycle",
        "definition": {
            "filters": {"blob_types": ["blockBlob"]},
            "actions": {"base_blob": {"delete": {"days_after_modification_greater_than": 365}}},
        },
    }]},
)
"""
EDGE = """
azure.authorization.PolicyExemption(
    "exemption", policy_exemption_name="spring", scope=group.id, policy_assignment_id=assignment.id,
    exemption_category="Waiver", expires_on="2030-03-01T00:00:00Z",
)
logs = azure.operationalinsights.Workspace("logs", workspace_name="wider-logs", **here)
azure.monitor.ScheduledQueryRule(
    "failures", rule_name="failures", scopes=[logs.id], severity=2, evaluation_frequency="PT15M", window_size="PT1H",
    criteria={"all_of": [{
        "query": "AmlComputeJobEvent", "time_aggregation": "Count", "operator": "GreaterThan", "threshold": 3
    }]},
    actions={"action_groups": [actions.id]}, **here,
)
images = azure.containerregistry.Registry("images", registry_name="widerimages", sku={"name": "Premium"}, **here)
in_registry = {"resource_group_name": group.name, "registry_name": images.name}
azure.containerregistry.Replication("north", replication_name="northeurope", location="northeurope", **in_registry)
readers = azure.containerregistry.ScopeMap(
    "readers", scope_map_name="readers", actions=["repositories/models/content/read"], **in_registry
)
azure.containerregistry.Token("agent", token_name="agent", scope_map_id=readers.id, **in_registry)
upstream = azure.containerregistry.CredentialSet(
    "upstream", credential_set_name="upstream", login_server="docker.io", identity={"type": "SystemAssigned"},
    auth_credentials=[{
        "name": "Credential1", "username_secret_identifier": "https://wider-kv.vault.azure.net/secrets/user",
        "password_secret_identifier": "https://wider-kv.vault.azure.net/secrets/password",
    }],
    **in_registry,
)
azure.containerregistry.CacheRule(
    "python", cache_rule_name="python", source_repository="docker.io/library/python", target_repository="python",
    credential_set_resource_id=upstream.id, **in_registry,
)
egress = azure.network.FirewallPolicy("egress", firewall_policy_name="egress", sku={"tier": "Standard"}, **here)
azure.network.FirewallPolicyRuleCollectionGroup(
    "hosts", rule_collection_group_name="hosts", firewall_policy_name=egress.name, resource_group_name=group.name,
    priority=200,
    rule_collections=[azure.network.FirewallPolicyFilterRuleCollectionArgs(
        rule_collection_type="FirewallPolicyFilterRuleCollection", name="packages", priority=300,
        action={"type": "Allow"},
        rules=[azure.network.ApplicationRuleArgs(
            rule_type="ApplicationRule", name="python", source_addresses=["10.0.0.0/16"], target_fqdns=["pypi.org"],
            protocols=[{"protocol_type": "Https", "port": 443}],
        )],
    )],
)
azure.security.SecurityContact(
    "contact", security_contact_name="default", emails="security@example.com", is_enabled=True,
    notifications_by_role={"state": "On", "roles": ["Owner"]},
)
"""
NAMES = {
    *("group", "account", "vault", "insights", "workspace", "key", "secret", "connection", "cluster", "environment"),
    *("model", "code", "data", "component", "endpoint", "deployment", "registry", "actions", "availability"),
    *("deletions", "definition", "assignment", "budget", "lifecycle", "exemption", "logs", "failures", "images"),
    *("north", "readers", "agent", "upstream", "python", "egress", "hosts", "contact"),
}


def test_from_preview_to_destroy(azkeep: Azkeep, write_stack: Callable[..., Path]) -> None:
    """All of it is made as previewed, then there is nothing to do and nothing has drifted, and all of it goes again."""
    folder = write_stack("wider", GROUND + VAULT.replace("CANARY", CANARY) + ASSETS + WATCH + EDGE)
    assert operations(azkeep.json("preview", "wider")) == dict.fromkeys(NAMES, "create")

    outcome = azkeep.json("apply", "wider", "--yes")
    assert operations(outcome) == dict.fromkeys(NAMES, "create")
    assert {step["status"] for step in outcome["steps"]} == {"done"}
    # What lies beside a secret is one to the engine: Pulumi's outputs are secret as a whole.
    assert values(outcome) == {"key_uri": "https://wider-kv.vault.azure.net/keys/encryption", "secret_uri": "[secret]"}
    shown = azkeep("outputs", "wider", "secret_uri", "--raw", "--show-secrets").out.strip()
    assert shown == "https://wider-kv.vault.azure.net/secrets/token"

    again = azkeep.json("preview", "wider", "--detailed-exitcode")
    assert operations(again) == dict.fromkeys(NAMES, "same")
    assert again["outside"] == []

    audit = azkeep.json("audit", "wider")
    assert audit["drifts"] == []
    assert audit["coverage"]["percent"] == 100
    azkeep("apply", "wider", "--yes")
    assert azkeep.json("audit", "wider")["drifts"] == []

    written = [path for path in folder.rglob("*") if path.is_file() and path.name != "__main__.py"]
    assert [str(path) for path in written if CANARY.encode() in path.read_bytes()] == []

    destroyed = azkeep.json("destroy", "wider", "--yes")
    assert operations(destroyed) == dict.fromkeys(NAMES, "delete")
    assert {step["status"] for step in destroyed["steps"]} == {"done"}


def test_a_rotated_secret_is_found(azkeep: Azkeep, write_stack: Callable[..., Path]) -> None:
    """A new version that somebody else made shows in the address, though the value is never read."""
    folder = write_stack("wider", GROUND + VAULT.replace("CANARY", CANARY))
    steps = azkeep.json("apply", "wider", "--yes")["steps"]
    store = ("--store", str(folder / ".azkeep" / "local" / "store"))
    secret = next(step["id"] for step in steps if step["name"] == "secret")
    azkeep("local", "edit", secret, "properties.value=other", "--as", "mallory@example.com", *store)

    audit = azkeep.json("audit", "wider", code=2)
    assert [(drift["id"], drift["path"]) for drift in audit["drifts"]] == [(secret, "/properties/secretUriWithVersion")]
