"""A workspace with its companions and a network, written with azure-native alone."""

import pulumi
import pulumi_azure_native as azure

prefix = pulumi.Config().require("prefix")
tenant = azure.authorization.get_client_config_output().tenant_id

group = azure.resources.ResourceGroup("group", resource_group_name=f"{prefix}-rg")
here = {"resource_group_name": group.name, "location": group.location}

space = {"address_prefixes": ["10.20.0.0/16"]}
vnet = azure.network.VirtualNetwork("vnet", virtual_network_name=f"{prefix}-vnet", address_space=space, **here)
place = {"resource_group_name": group.name, "virtual_network_name": vnet.name}
training = azure.network.Subnet("training", subnet_name="training", address_prefix="10.20.1.0/24", **place)

sku = {"name": "Standard_LRS"}
store = azure.storage.StorageAccount("store", account_name=f"{prefix}store", kind="StorageV2", sku=sku, **here)
rules = {"tenant_id": tenant, "sku": {"family": "A", "name": "standard"}, "enable_rbac_authorization": True}
vault = azure.keyvault.Vault("vault", vault_name=f"{prefix}-kv", properties=rules, **here)
insights = azure.applicationinsights.Component("insights", resource_name_=f"{prefix}-appi", kind="web", **here)

workspace = azure.machinelearningservices.Workspace(
    "workspace",
    workspace_name=f"{prefix}-mlw",
    identity={"type": "SystemAssigned"},
    storage_account=store.id,
    key_vault=vault.id,
    application_insights=insights.id,
    **here,
)
pulumi.export("workspace_id", workspace.id)
pulumi.export("training_subnet_id", training.id)
