"""Which operations of which SDK make and read each ARM type."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

CLIENTS: Mapping[str, str] = {
    "applicationinsights": "azure.mgmt.applicationinsights:ApplicationInsightsManagementClient",
    "authorization": "azure.mgmt.authorization:AuthorizationManagementClient",
    "containerregistry": "azure.mgmt.containerregistry:ContainerRegistryManagementClient",
    "keyvault": "azure.mgmt.keyvault:KeyVaultManagementClient",
    "locks": "azure.mgmt.resource.locks:ManagementLockClient",
    "loganalytics": "azure.mgmt.loganalytics:LogAnalyticsManagementClient",
    "machinelearning": "azure.mgmt.machinelearningservices:MachineLearningServicesMgmtClient",
    "machinelearning2": "machinelearningservices2:MachineLearningServicesMgmtClient",
    "monitor": "azure.mgmt.monitor:MonitorManagementClient",
    "msi": "azure.mgmt.msi:ManagedServiceIdentityClient",
    "network": "azure.mgmt.network:NetworkManagementClient",
    "policy": "azure.mgmt.resource.policy:PolicyClient",
    "privatedns": "azure.mgmt.privatedns:PrivateDnsManagementClient",
    "resources": "azure.mgmt.resource.resources:ResourceManagementClient",
    "storage": "azure.mgmt.storage:StorageManagementClient",
}

_TABLE = """
Microsoft.Authorization/locks                               locks               management_locks create_or_update_by_scope get_by_scope ManagementLockObject
Microsoft.Authorization/policyAssignments                   policy              policy_assignments create get PolicyAssignment
Microsoft.Authorization/policyDefinitions                   policy              policy_definitions create_or_update get PolicyDefinition
Microsoft.Authorization/roleAssignments                     authorization       role_assignments create get RoleAssignmentCreateParameters
Microsoft.Authorization/roleDefinitions                     authorization       role_definitions create_or_update get RoleDefinition
Microsoft.ContainerRegistry/registries                      containerregistry   registries begin_create get Registry
Microsoft.ContainerRegistry/registries/cacheRules           containerregistry   cache_rules begin_create get CacheRule
Microsoft.ContainerRegistry/registries/credentialSets       containerregistry   credential_sets begin_create get CredentialSet
Microsoft.ContainerRegistry/registries/privateEndpointConnections containerregistry private_endpoint_connections begin_create_or_update get PrivateEndpointConnection
Microsoft.ContainerRegistry/registries/replications         containerregistry   replications begin_create get Replication
Microsoft.ContainerRegistry/registries/scopeMaps            containerregistry   scope_maps begin_create get ScopeMap
Microsoft.ContainerRegistry/registries/tokens               containerregistry   tokens begin_create get Token
Microsoft.Insights/actionGroups                             monitor             action_groups create_or_update get ActionGroupResource
Microsoft.Insights/activityLogAlerts                        monitor             activity_log_alerts create_or_update get ActivityLogAlertResource
Microsoft.Insights/components                               applicationinsights components create_or_update get ApplicationInsightsComponent
Microsoft.Insights/metricAlerts                             monitor             metric_alerts create_or_update get MetricAlertResource
Microsoft.Insights/scheduledQueryRules                      monitor             scheduled_query_rules create_or_update get ScheduledQueryRuleResource
Microsoft.KeyVault/vaults                                   keyvault            vaults begin_create_or_update get VaultCreateOrUpdateParameters
Microsoft.KeyVault/vaults/keys                              keyvault            keys create_if_not_exist get KeyCreateParameters
Microsoft.KeyVault/vaults/privateEndpointConnections        keyvault            private_endpoint_connections put get PrivateEndpointConnection
Microsoft.KeyVault/vaults/secrets                           keyvault            secrets create_or_update get SecretCreateOrUpdateParameters
Microsoft.MachineLearningServices/workspaces                machinelearning     workspaces begin_create_or_update get Workspace
Microsoft.MachineLearningServices/workspaces/computes       machinelearning     machine_learning_compute begin_create_or_update get ComputeResource
Microsoft.MachineLearningServices/workspaces/connections    machinelearning     workspace_connections create get WorkspaceConnectionDto
Microsoft.MachineLearningServices/workspaces/privateEndpointConnections machinelearning private_endpoint_connections put get PrivateEndpointConnection
Microsoft.MachineLearningServices/registries                machinelearning2    registries begin_create_or_update get Registry
Microsoft.MachineLearningServices/workspaces                machinelearning2    workspaces begin_create_or_update get Workspace
Microsoft.MachineLearningServices/workspaces/batchEndpoints machinelearning2    batch_endpoints begin_create_or_update get BatchEndpoint
Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments machinelearning2 batch_deployments begin_create_or_update get BatchDeployment
Microsoft.MachineLearningServices/workspaces/codes          machinelearning2    code_containers create_or_update get CodeContainer
Microsoft.MachineLearningServices/workspaces/codes/versions machinelearning2    code_versions create_or_update get CodeVersion
Microsoft.MachineLearningServices/workspaces/components     machinelearning2    component_containers create_or_update get ComponentContainer
Microsoft.MachineLearningServices/workspaces/components/versions machinelearning2 component_versions create_or_update get ComponentVersion
Microsoft.MachineLearningServices/workspaces/computes       machinelearning2    compute begin_create_or_update get ComputeResource
Microsoft.MachineLearningServices/workspaces/connections    machinelearning2    workspace_connections create get WorkspaceConnectionPropertiesV2BasicResource
Microsoft.MachineLearningServices/workspaces/data           machinelearning2    data_containers create_or_update get DataContainer
Microsoft.MachineLearningServices/workspaces/data/versions  machinelearning2    data_versions create_or_update get DataVersionBase
Microsoft.MachineLearningServices/workspaces/datastores     machinelearning2    datastores create_or_update get Datastore
Microsoft.MachineLearningServices/workspaces/environments   machinelearning2    environment_containers create_or_update get EnvironmentContainer
Microsoft.MachineLearningServices/workspaces/environments/versions machinelearning2 environment_versions create_or_update get EnvironmentVersion
Microsoft.MachineLearningServices/workspaces/jobs           machinelearning2    jobs create_or_update get JobBase
Microsoft.MachineLearningServices/workspaces/models         machinelearning2    model_containers create_or_update get ModelContainer
Microsoft.MachineLearningServices/workspaces/models/versions machinelearning2   model_versions create_or_update get ModelVersion
Microsoft.MachineLearningServices/workspaces/onlineEndpoints machinelearning2   online_endpoints begin_create_or_update get OnlineEndpoint
Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments machinelearning2 online_deployments begin_create_or_update get OnlineDeployment
Microsoft.MachineLearningServices/workspaces/privateEndpointConnections machinelearning2 private_endpoint_connections create_or_update get PrivateEndpointConnection
Microsoft.ManagedIdentity/userAssignedIdentities            msi                 user_assigned_identities create_or_update get Identity
Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials msi federated_identity_credentials create_or_update get FederatedIdentityCredential
Microsoft.Network/applicationSecurityGroups                 network             application_security_groups begin_create_or_update get ApplicationSecurityGroup
Microsoft.Network/azureFirewalls                            network             azure_firewalls begin_create_or_update get AzureFirewall
Microsoft.Network/bastionHosts                              network             bastion_hosts begin_create_or_update get BastionHost
Microsoft.Network/firewallPolicies                          network             firewall_policies begin_create_or_update get FirewallPolicy
Microsoft.Network/firewallPolicies/ruleCollectionGroups     network             firewall_policy_rule_collection_groups begin_create_or_update get FirewallPolicyRuleCollectionGroup
Microsoft.Network/natGateways                               network             nat_gateways begin_create_or_update get NatGateway
Microsoft.Network/networkInterfaces                         network             network_interfaces begin_create_or_update get NetworkInterface
Microsoft.Network/networkSecurityGroups                     network             network_security_groups begin_create_or_update get NetworkSecurityGroup
Microsoft.Network/networkSecurityGroups/securityRules       network             security_rules begin_create_or_update get SecurityRule
Microsoft.Network/networkWatchers                           network             network_watchers create_or_update get NetworkWatcher
Microsoft.Network/networkWatchers/flowLogs                  network             flow_logs begin_create_or_update get FlowLog
Microsoft.Network/privateDnsZones                           privatedns          private_zones begin_create_or_update get PrivateZone
Microsoft.Network/privateDnsZones/A                         privatedns          record_sets create_or_update get RecordSet
Microsoft.Network/privateDnsZones/AAAA                      privatedns          record_sets create_or_update get RecordSet
Microsoft.Network/privateDnsZones/CNAME                     privatedns          record_sets create_or_update get RecordSet
Microsoft.Network/privateDnsZones/MX                        privatedns          record_sets create_or_update get RecordSet
Microsoft.Network/privateDnsZones/PTR                       privatedns          record_sets create_or_update get RecordSet
Microsoft.Network/privateDnsZones/SRV                       privatedns          record_sets create_or_update get RecordSet
Microsoft.Network/privateDnsZones/TXT                       privatedns          record_sets create_or_update get RecordSet
Microsoft.Network/privateDnsZones/virtualNetworkLinks       privatedns          virtual_network_links begin_create_or_update get VirtualNetworkLink
Microsoft.Network/privateEndpoints                          network             private_endpoints begin_create_or_update get PrivateEndpoint
Microsoft.Network/privateEndpoints/privateDnsZoneGroups     network             private_dns_zone_groups begin_create_or_update get PrivateDnsZoneGroup
Microsoft.Network/publicIPAddresses                         network             public_ip_addresses begin_create_or_update get PublicIPAddress
Microsoft.Network/routeTables                               network             route_tables begin_create_or_update get RouteTable
Microsoft.Network/routeTables/routes                        network             routes begin_create_or_update get Route
Microsoft.Network/serviceEndpointPolicies                   network             service_endpoint_policies begin_create_or_update get ServiceEndpointPolicy
Microsoft.Network/serviceEndpointPolicies/serviceEndpointPolicyDefinitions network service_endpoint_policy_definitions begin_create_or_update get ServiceEndpointPolicyDefinition
Microsoft.Network/virtualNetworks                           network             virtual_networks begin_create_or_update get VirtualNetwork
Microsoft.Network/virtualNetworks/subnets                   network             subnets begin_create_or_update get Subnet
Microsoft.Network/virtualNetworks/virtualNetworkPeerings    network             virtual_network_peerings begin_create_or_update get VirtualNetworkPeering
Microsoft.OperationalInsights/workspaces                    loganalytics        workspaces begin_create_or_update get Workspace
Microsoft.Resources/resourceGroups                          resources           resource_groups create_or_update get ResourceGroup
Microsoft.Storage/storageAccounts                           storage             storage_accounts begin_create get_properties StorageAccountCreateParameters
Microsoft.Storage/storageAccounts/blobServices              storage             blob_services set_service_properties get_service_properties BlobServiceProperties
Microsoft.Storage/storageAccounts/blobServices/containers   storage             blob_containers create get BlobContainer
Microsoft.Storage/storageAccounts/fileServices              storage             file_services set_service_properties get_service_properties FileServiceProperties
Microsoft.Storage/storageAccounts/fileServices/shares       storage             file_shares create get FileShare
Microsoft.Storage/storageAccounts/managementPolicies        storage             management_policies create_or_update get ManagementPolicy
Microsoft.Storage/storageAccounts/privateEndpointConnections storage            private_endpoint_connections put get PrivateEndpointConnection
"""  # noqa: E501 - a table


@dataclass(frozen=True)
class Operations:
    """How one SDK writes and reads one ARM type; `model` is the class of the body."""

    arm_type: str
    sdk: str
    group: str
    put: str
    get: str
    model: str

    def __str__(self) -> str:
        return f"{self.arm_type}-{self.sdk}"

    def model_class(self, group: Any) -> type:
        """The class of the body, from the models beside the operations."""
        found = getattr(
            importlib.import_module(type(group).__module__.rsplit(".operations", 1)[0] + ".models"), self.model
        )
        assert isinstance(found, type)
        return found


EVERY = tuple(Operations(*line.split()) for line in _TABLE.strip().splitlines())


def arguments(id: str) -> tuple[str, ...]:
    """What the operations on the resource `id` take before its body: names from the outermost on, or scope and name."""
    scope, provider, rest = id.rpartition("/providers/")
    names = rest.split("/")[2::2]
    if not provider:
        return (id.rsplit("/", 1)[1],)
    within = re.fullmatch(r"/subscriptions/[^/]+(?:/resourceGroups/([^/]+))?", scope, re.IGNORECASE)
    if _at_any_scope(rest):
        return (scope, names[-1])
    assert within
    group = (within[1],) if within[1] else ()
    record = re.fullmatch(r"Microsoft\.Network/privateDnsZones/([^/]+)/([A-Z]+)/([^/]+)", rest)
    if record:
        return (*group, *record.groups())
    if re.search(r"/(blob|file)Services/", rest):
        names.remove("default")
    return (*group, *names)


def _at_any_scope(rest: str) -> bool:
    return rest.startswith("Microsoft.Authorization/") and "/policyDefinitions/" not in rest


def client_class(sdk: str) -> Callable[..., Any]:
    """The client of an SDK. Raises ModuleNotFoundError where it is not installed."""
    module, name = CLIENTS[sdk].split(":")
    return getattr(importlib.import_module(module), name)  # type: ignore[no-any-return]
