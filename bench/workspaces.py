"""A stack of machine-learning workspaces with what teams put into them: fifty resources for each."""

from __future__ import annotations

from pathlib import Path

EACH = 50
STACK = "workspaces"
PROGRAM = """
import pulumi
from pulumi_azure_native import applicationinsights, authorization, keyvault, resources, storage
from pulumi_azure_native import machinelearningservices as aml

COUNT = {count}
caller = authorization.get_client_config()
ROLES = ("b24988ac-6180-42a0-ab88-20f7382dd24c", "acdd72a7-3385-48ef-bd42-f606fba81ae7")


def workspace(n):
    group = resources.ResourceGroup(f"group{{n}}", resource_group_name=f"bench-{{n}}", location="westeurope")
    here = {{"resource_group_name": group.name, "location": "westeurope"}}
    account = storage.StorageAccount(
        f"account{{n}}", account_name=f"benchstore{{n}}", kind="StorageV2", sku={{"name": "Standard_LRS"}}, **here
    )
    vault = keyvault.Vault(
        f"vault{{n}}", vault_name=f"bench-vault-{{n}}", **here,
        properties={{
            "tenant_id": caller.tenant_id, "sku": {{"family": "A", "name": "standard"}},
            "enable_rbac_authorization": True,
        }},
    )
    insights = applicationinsights.Component(
        f"insights{{n}}", resource_name_=f"insights-{{n}}", kind="web", application_type="web",
        ingestion_mode="ApplicationInsights", **here,
    )
    home = aml.Workspace(
        f"workspace{{n}}", workspace_name=f"bench-{{n}}", identity={{"type": "SystemAssigned"}},
        storage_account=account.id, key_vault=vault.id, application_insights=insights.id, **here,
    )
    inside = {{"resource_group_name": group.name, "workspace_name": home.name}}
    for k in range(4):
        aml.Compute(
            f"cluster{{n}}-{{k}}", compute_name=f"cluster-{{k}}", location="westeurope", **inside,
            properties=aml.AmlComputeArgs(
                compute_type="AmlCompute",
                properties={{"vm_size": "STANDARD_DS3_V2", "scale_settings": {{"max_node_count": 2}}}},
            ),
        )
    for k in range(6):
        aml.Datastore(
            f"datastore{{n}}-{{k}}", name=f"store_{{k}}", **inside,
            properties=aml.AzureBlobDatastoreArgs(
                datastore_type="AzureBlob", account_name=account.name, container_name=f"data{{k}}",
                credentials=aml.NoneDatastoreCredentialsArgs(credentials_type="None"),
            ),
        )
    environment = aml.EnvironmentVersion(
        f"environment{{n}}", name="scoring", version="1", properties={{"image": "mcr.microsoft.com/azureml/base:1"}},
        **inside,
    )
    models = [
        aml.ModelVersion(
            f"model{{n}}-{{k}}-{{version}}", name=f"model-{{k}}", version=str(version), **inside,
            properties={{"model_uri": f"azureml://datastores/store_0/paths/{{k}}/{{version}}"}},
        )
        for k in range(4)
        for version in range(1, 6)
    ]
    for k in range(3):
        endpoint = aml.OnlineEndpoint(
            f"endpoint{{n}}-{{k}}", endpoint_name=f"bench-{{n}}-{{k}}", location="westeurope",
            identity={{"type": "SystemAssigned"}}, properties={{"auth_mode": "AADToken"}}, **inside,
        )
        aml.OnlineDeployment(
            f"deployment{{n}}-{{k}}", endpoint_name=endpoint.name, deployment_name="blue", location="westeurope",
            sku={{"name": "Default", "capacity": 1}}, **inside,
            properties=aml.ManagedOnlineDeploymentArgs(
                endpoint_compute_type="Managed", instance_type="Standard_DS3_v2", model=models[5 * k].id,
                environment_id=environment.id,
            ),
        )
    for place, scope in (("group", group.id), ("account", account.id), ("vault", vault.id), ("workspace", home.id)):
        for k, role in enumerate(ROLES):
            authorization.RoleAssignment(
                f"{{place}}-role{{n}}-{{k}}", scope=scope, principal_id=caller.object_id,
                principal_type="ServicePrincipal",
                role_definition_id=f"/providers/Microsoft.Authorization/roleDefinitions/{{role}}",
            )


for n in range(COUNT):
    workspace(n)
"""


def write(root: Path, count: int) -> int:
    """Writes a project with a stack of `count` workspaces to `root`, and tells how many resources it has."""
    folder = root / STACK
    folder.mkdir(parents=True, exist_ok=True)
    (root / "azkeep.yaml").write_text("", encoding="utf-8")
    (folder / "Pulumi.yaml").write_text(f"name: {STACK}\nruntime: python\n", encoding="utf-8")
    (folder / "Pulumi.dev.yaml").write_text("config:\n  azkeep:cloud: local\n", encoding="utf-8")
    (folder / "__main__.py").write_text(PROGRAM.format(count=count), encoding="utf-8")
    return count * EACH
