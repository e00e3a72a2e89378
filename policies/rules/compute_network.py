"""Where computes of a workspace stand, and who reaches them."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Severity, Truth, rule, settle, when

from ._computes import COMPUTE, has_nodes, in_managed_network, is_cluster, is_instance, sits_in_a_network

PUBLIC_ADDRESS = "properties.properties.enableNodePublicIp"
REMOTE_LOGIN = "properties.properties.remoteLoginPortPublicAccess"
SSH = "properties.properties.sshSettings.sshPublicAccess"


@rule(
    "CMP-NET-001",
    "Compute sits in a virtual network",
    severity=Severity.CRITICAL,
    on=COMPUTE,
    needs=Needs.GRAPH,
    paths=(
        "properties.properties.subnet.id",
        "properties.computeType",
        "Microsoft.MachineLearningServices/workspaces: properties.managedNetwork.isolationMode",
    ),
    fix="Set subnet.id or turn on the workspace managed network.",
    maps=Maps(
        azure_policy={
            "7804b5c7-01dc-4723-969b-ae300cc07ff1": "Azure Machine Learning Computes should be in a virtual network"
        },
        mcsb=("NS-1", "NS-2"),
        psrule=("Azure.ML.ComputeVnet",),
        other=("ALZ:Deny-MachineLearning-Compute-SubnetId",),
    ),
)
def compute_sits_in_a_virtual_network(compute: Document) -> Truth:
    """Compute sits in a virtual network.

    Checks: For AmlCompute and ComputeInstance: subnet.id is set, or the workspace has
        managedNetwork.isolationMode AllowInternetOutbound or AllowOnlyApprovedOutbound. Other compute types are
        not judged. Without a subnet, and with a workspace outside the estate, the answer is open.
    Why: Compute outside a network cannot be filtered or reached privately.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {vmSize: Standard_DS3_v2}}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {managedNetwork: {isolationMode: Disabled}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {subnet: {id: ""}}}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {subnet: {id: "@network/training"}}}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {vmSize: Standard_DS3_v2}}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {managedNetwork: {isolationMode: AllowOnlyApprovedOutbound}}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Machine Learning/Vnet_Audit.json;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.ML.ComputeVnet.md; Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Deny-MachineLearning-Compute-SubnetId.json. These look
        at the subnet alone, and so blame computes in a managed network.
    """
    return sits_in_a_network(compute)


@rule(
    "CMP-NET-002",
    "Compute nodes have no public address",
    severity=Severity.HIGH,
    on=COMPUTE,
    needs=Needs.GRAPH,
    paths=(PUBLIC_ADDRESS,),
    fix="Set enableNodePublicIp false.",
    sets={PUBLIC_ADDRESS: False},
)
def compute_nodes_have_no_public_address(compute: Document) -> Truth:
    """Compute nodes have no public address.

    Checks: For AmlCompute and ComputeInstance: enableNodePublicIp is false, or missing where the workspace has a
        managed network. True fails everywhere; missing fails outside a managed network, where the service gives each
        node an address.
    Why: A public node address is an inbound path that network rules must then guard.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {enableNodePublicIp: true}}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {managedNetwork: {isolationMode: AllowOnlyApprovedOutbound}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {vmSize: Standard_DS3_v2}}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {enableNodePublicIp: false}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {vmSize: Standard_DS3_v2}}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {managedNetwork: {isolationMode: AllowInternetOutbound}}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01); docs page "Azure Machine Learning data
        exfiltration prevention" (MicrosoftDocs/azure-docs)
    """
    address = compute[PUBLIC_ADDRESS]
    is_guarded = address.is_false() | settle(lambda: in_managed_network(compute))
    return when(has_nodes(compute), address.shown(address.is_false(missing=True) & is_guarded))


@rule(
    "CMP-NET-003",
    "Cluster remote login port is closed",
    severity=Severity.HIGH,
    on=COMPUTE,
    paths=(REMOTE_LOGIN,),
    fix="Set remoteLoginPortPublicAccess to Disabled at creation.",
    sets={REMOTE_LOGIN: "Disabled"},
    maps=Maps(other=("ALZ:Deny-MachineLearning-ComputeCluster-RemoteLoginPortPublicAccess",)),
)
def cluster_remote_login_port_is_closed(compute: Document) -> Truth:
    """Cluster remote login port is closed.

    Checks: For AmlCompute: remoteLoginPortPublicAccess equals Disabled. NotSpecified, Enabled and missing fail.
    Why: An open login port exposes cluster nodes to password guessing.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {remoteLoginPortPublicAccess: NotSpecified}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {vmSize: Standard_DS3_v2}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties: {computeType: AmlCompute, properties: {remoteLoginPortPublicAccess: Disabled}}
    Source: Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Deny-MachineLearning-ComputeCluster-RemoteLoginPortPublicAccess.json
    """
    return when(is_cluster(compute), compute[REMOTE_LOGIN].equals("Disabled"))


@rule(
    "CMP-NET-004",
    "Compute instance SSH is closed",
    severity=Severity.HIGH,
    on=COMPUTE,
    paths=(SSH,),
    fix="Set sshPublicAccess to Disabled.",
    sets={SSH: "Disabled"},
)
def compute_instance_ssh_is_closed(compute: Document) -> Truth:
    """Compute instance SSH is closed.

    Checks: For ComputeInstance: sshSettings.sshPublicAccess is missing or Disabled.
    Why: SSH on a personal notebook machine is a way round the studio sign-in.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {sshSettings: {sshPublicAccess: Enabled}}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {sshSettings: {sshPublicAccess: Disabled}}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/instance
          properties: {computeType: ComputeInstance, properties: {vmSize: Standard_DS3_v2}}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    return when(is_instance(compute), compute[SSH].equals("Disabled", missing=True))
