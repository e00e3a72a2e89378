"""What leaves a workspace: its managed network, the rules of it, and serverless computes."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Node, Severity, Truth, all_of, rule, settle, when

from ._alone import unless_with_parent
from ._computes import SUBNET, has_nodes
from ._outbound_rules import OUTBOUND_RULE, every_outbound_rule, is_service_made
from ._workspace import ISOLATION, MANAGED_MODES, WORKSPACE, has_managed_network, is_project

NO_PUBLIC_ADDRESS = "properties.serverlessComputeSettings.serverlessComputeNoPublicIP"
SERVERLESS_SUBNET = "properties.serverlessComputeSettings.serverlessComputeCustomSubnet"
PROVISION = "properties.provisionNetworkNow"
STATUS = "properties.managedNetwork.status.status"
ALL_PORTS = {"*", "0-65535", "1-65535"}


@rule(
    "AML-NET-004",
    "Managed network only lets approved destinations out",
    severity=Severity.HIGH,
    on=WORKSPACE,
    needs=Needs.GRAPH,
    paths=(ISOLATION, f"Microsoft.MachineLearningServices/workspaces/computes: {SUBNET}"),
    fix="Set managedNetwork.isolationMode to AllowOnlyApprovedOutbound and list the outbound rules needed.",
    sets={ISOLATION: "AllowOnlyApprovedOutbound"},
    maps=Maps(
        azure_policy={
            "6ddb1705-c8cf-450e-aa4b-19ad6703c440": "Azure Machine Learning and Ai Studio should use Allow Only "
            "Approved Outbound Managed Vnet mode"
        },
        mcsb=("NS-2",),
    ),
)
def managed_network_only_lets_approved_destinations_out(
    workspace: Document, *, accepted_modes: tuple[str, ...] = ("AllowOnlyApprovedOutbound",)
) -> Truth:
    """Managed network only lets approved destinations out.

    Checks: isolationMode equals AllowOnlyApprovedOutbound; accepted_modes may add AllowInternetOutbound for sandboxes.
        Disabled or missing fails, unless the workspace has clusters or instances and each of them is in a subnet of
        its own. Projects are not judged: their network is that of the hub.
    Why: Open outbound lets a job copy training data to any internet host.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {managedNetwork: {isolationMode: AllowInternetOutbound}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {managedNetwork: {isolationMode: Disabled}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: example/inside
          properties: {computeType: AmlCompute, properties: {subnet: {id: "@network/training"}}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: example/outside
          properties: {computeType: ComputeInstance, properties: {vmSize: Standard_DS3_v2}}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {managedNetwork: {isolationMode: AllowOnlyApprovedOutbound}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: example/inside
          properties: {computeType: AmlCompute, properties: {subnet: {id: "@network/training"}}}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: sandbox
          properties: {managedNetwork: {isolationMode: AllowInternetOutbound}}
        - parameters: {accepted_modes: [AllowOnlyApprovedOutbound, AllowInternetOutbound]}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Machine
        Learning/ManagedNetworkIsolationMode_Audit.json; azure-ai-ml 1.35.2, arm_ml_service models (ARM API
        2025-12-01); docs page "Workspace Managed Virtual Network Isolation"
    """
    return when(~is_project(workspace), lambda: _is_confined(workspace, accepted_modes))


def _is_confined(workspace: Document, accepted_modes: tuple[str, ...]) -> Truth:
    mode = workspace[ISOLATION]
    accepted = mode.equals(*accepted_modes) if accepted_modes else workspace.fact(False)
    if mode.equals("Disabled", missing=True):
        return accepted | _computes_are_in_subnets(workspace)
    return accepted


def _computes_are_in_subnets(workspace: Document) -> Truth:
    """There are computes with nodes, and each of them names a subnet."""
    computes = workspace.children("computes")
    inside = computes.every(lambda compute: when(has_nodes(compute), compute[SUBNET].has_text()))
    return computes.some(has_nodes).otherwise("no compute of the workspace has a subnet of its own") & inside


@rule(
    "AML-NET-005",
    "Approved outbound names and service tags stay on the allow-list",
    severity=Severity.HIGH,
    on=(WORKSPACE, OUTBOUND_RULE),
    needs=Needs.GRAPH,
    paths=(
        "properties.managedNetwork.outboundRules.*.type",
        "properties.managedNetwork.outboundRules.*.destination",
        "Microsoft.MachineLearningServices/workspaces/outboundRules: properties.type",
        "Microsoft.MachineLearningServices/workspaces/outboundRules: properties.destination",
    ),
    fix="Replace wildcards by exact names, and broad tags by private-endpoint rules.",
)
def approved_outbound_names_and_service_tags_stay_on_the_allow_list(
    holder: Document,
    *,
    allowed_fqdns: tuple[str, ...] = (),
    allowed_service_tags: tuple[str, ...] = (
        "AzureActiveDirectory",
        "AzureResourceManager",
        "AzureMachineLearning",
        "MicrosoftContainerRegistry",
    ),
) -> Truth:
    """Approved outbound names and service tags stay on the allow-list.

    Checks: Of every outbound rule, inside the workspace or apart, and by itself where the workspace is not in the
        estate. FQDN: destination is in allowed_fqdns, a wildcard as that very pattern; an empty list allows no name.
        ServiceTag: destination.serviceTag is in allowed_service_tags, or is one of them narrowed to a region; no
        addressPrefixes, which would take the place of the tag; portRanges is set and not all ports. A tag rule that
        denies is not judged, and neither is what Azure itself put into a live workspace (category Required or
        Dependency).
    Why: A wildcard name or a whole-service tag gives an insider a write path out of the estate.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            managedNetwork:
              isolationMode: AllowOnlyApprovedOutbound
              outboundRules:
                packages: {type: FQDN, destination: "*.pypi.org"}
        - parameters: {allowed_fqdns: [pypi.org, files.pypi.org]}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - type: Microsoft.MachineLearningServices/workspaces/outboundRules
          name: example/storage
          properties: {type: ServiceTag, destination: {serviceTag: Storage, protocol: TCP, portRanges: "443"}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - type: Microsoft.MachineLearningServices/workspaces/outboundRules
          name: example/login
          properties: {type: ServiceTag, destination: {serviceTag: AzureActiveDirectory, portRanges: "443,*"}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - type: Microsoft.MachineLearningServices/workspaces/outboundRules
          name: example/login
          properties:
            type: ServiceTag
            destination: {serviceTag: AzureActiveDirectory, addressPrefixes: [0.0.0.0/0], portRanges: "443"}
    Bad (live):
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            managedNetwork:
              outboundRules:
                service: {type: ServiceTag, category: Required, destination: {serviceTag: AzureMonitor}}
                own: {type: FQDN, category: UserDefined, destination: example.com}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            managedNetwork:
              isolationMode: AllowOnlyApprovedOutbound
              outboundRules:
                packages: {type: FQDN, destination: PyPI.org}
                login: {type: ServiceTag, destination: {serviceTag: AzureActiveDirectory, portRanges: "443"}}
                data: {type: PrivateEndpoint, destination: {serviceResourceId: "@data", subresourceTarget: blob}}
        - type: Microsoft.Storage/storageAccounts
          name: data
        - parameters: {allowed_fqdns: [pypi.org, files.pypi.org]}
    Good (live):
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            managedNetwork:
              outboundRules:
                service: {type: ServiceTag, category: Required, destination: {serviceTag: AzureMonitor}}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01); docs page "Azure Machine Learning data
        exfiltration prevention" (MicrosoftDocs/azure-docs)
    """
    names = {name.strip().casefold() for name in allowed_fqdns}
    tags = {tag.casefold() for tag in allowed_service_tags}
    if holder.is_a(OUTBOUND_RULE):
        return unless_with_parent(holder, lambda: _is_approved(holder["properties"], names, tags))
    return every_outbound_rule(holder, lambda each: _is_approved(each, names, tags))


def _is_approved(outbound: Node, names: set[str], tags: set[str]) -> Truth:
    kind, destination = outbound["type"], outbound["destination"]
    is_approved = all_of(
        (
            kind.equals("FQDN", "ServiceTag", "PrivateEndpoint"),
            when(kind.equals("FQDN"), destination.satisfies(lambda name: name.strip().casefold() in names)),
            when(kind.equals("ServiceTag"), lambda: _is_narrow(destination, tags)),
        )
    )
    return when(~is_service_made(outbound), is_approved)


def _is_narrow(destination: Node, tags: set[str]) -> Truth:
    is_allowed = destination["serviceTag"].satisfies(lambda tag: _is_on(tag.strip().casefold(), tags))
    ports = destination["portRanges"].satisfies(lambda text: bool(text.strip()) and not _is_every_port(text))
    is_deny = destination["action"].equals("Deny")
    return when(~is_deny, is_allowed & ports & ~destination["addressPrefixes"].has_items())


def _is_on(tag: str, tags: set[str]) -> bool:
    """`Storage.westeurope` is a part of `Storage`."""
    return tag in tags or tag.split(".", 1)[0] in tags


def _is_every_port(text: str) -> bool:
    return any(part.strip().replace(" ", "") in ALL_PORTS for part in text.split(","))


@rule(
    "AML-NET-007",
    "Serverless compute runs without public addresses",
    severity=Severity.HIGH,
    on=WORKSPACE,
    paths=(NO_PUBLIC_ADDRESS, SERVERLESS_SUBNET, ISOLATION),
    fix="Set the custom subnet and serverlessComputeNoPublicIP true, or turn the managed network on.",
    sets={NO_PUBLIC_ADDRESS: True},
)
def serverless_compute_runs_without_public_addresses(workspace: Document) -> Truth:
    """Serverless compute runs without public addresses.

    Checks: Without a managed network: serverlessComputeCustomSubnet is set and serverlessComputeNoPublicIP is true.
        With one: serverlessComputeNoPublicIP is missing or true. A project has the network of its hub.
    Why: Serverless jobs otherwise start on nodes with their own public address.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            serverlessComputeSettings:
              serverlessComputeCustomSubnet: "@network/training"
              serverlessComputeNoPublicIP: false
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            managedNetwork: {isolationMode: AllowOnlyApprovedOutbound}
            serverlessComputeSettings: {serverlessComputeNoPublicIP: false}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            serverlessComputeSettings:
              serverlessComputeCustomSubnet: "@network/training"
              serverlessComputeNoPublicIP: true
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {managedNetwork: {isolationMode: AllowInternetOutbound}}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    private = workspace[NO_PUBLIC_ADDRESS]
    in_own_subnet = workspace[SERVERLESS_SUBNET].has_text() & private.is_true()
    is_managed = settle(lambda: has_managed_network(workspace))
    return private.is_true(missing=True) & (in_own_subnet | is_managed)


@rule(
    "AML-NET-010",
    "Managed network is provisioned at creation",
    severity=Severity.LOW,
    on=WORKSPACE,
    paths=(PROVISION, ISOLATION, STATUS),
    fix="Set provisionNetworkNow true or run the provisioning call in the apply step.",
    sets={PROVISION: True},
)
def managed_network_is_provisioned_at_creation(workspace: Document) -> Truth:
    """Managed network is provisioned at creation.

    Checks: When isolationMode is AllowInternetOutbound or AllowOnlyApprovedOutbound: provisionNetworkNow is true;
        live, managedNetwork.status.status is Active. Projects are not judged: their network is that of the hub.
    Why: Late provisioning moves a long wait and its failures into the first user job.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {managedNetwork: {isolationMode: AllowOnlyApprovedOutbound}}
    Bad (live):
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            provisionNetworkNow: true
            managedNetwork: {isolationMode: AllowOnlyApprovedOutbound, status: {status: Inactive}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {managedNetwork: {isolationMode: AllowOnlyApprovedOutbound}, provisionNetworkNow: true}
    Good (live):
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {managedNetwork: {isolationMode: AllowInternetOutbound, status: {status: Active}}}
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    is_managed = workspace[ISOLATION].equals(*MANAGED_MODES) & ~is_project(workspace)
    is_ready = workspace[STATUS].equals("Active") if workspace.is_live else workspace[PROVISION].is_true()
    return when(is_managed, is_ready)
