"""Network security groups of the subnets that computes use."""

from __future__ import annotations

from azkeep.policy import TRUE, Candidates, Document, Maps, Needs, Severity, Truth, every, rule, some, when
from azkeep.policy.truth import State

from ._security_rules import (
    GROUP,
    Ports,
    also,
    carries,
    comes_before,
    covers_port,
    goes,
    is_anything,
    is_inside,
    is_of_network,
    is_outbound_deny,
    places,
    rules_of,
    shown_at_rules,
    touches_port,
)
from ._subnets import compute_subnets_of, computes_in, is_listed

BATCH_PORTS: Ports = (29876, 29877)
SERVICE_PORTS: Ports = (44224, 44224)
SIGN_IN_PORTS: tuple[Ports, ...] = ((22, 22), (3389, 3389))


@rule(
    "NET-NSG-006",
    "Compute subnets cannot open SSH or RDP sideways",
    severity=Severity.MEDIUM,
    on=GROUP,
    needs=Needs.GRAPH,
    paths=("properties.securityRules[*].properties",),
    fix="Add outbound Deny rules for 22 and 3389.",
    maps=Maps(psrule=("Azure.NSG.LateralTraversal",)),
)
def compute_subnets_cannot_open_ssh_or_rdp_sideways(group: Document, *, admin_subnets: tuple[str, ...] = ()) -> Truth:
    """Compute subnets cannot open SSH or RDP sideways.

    Checks: For groups of subnets that computes use, those in admin_subnets (names or ids) left out: an outbound
        Deny of 22 and of 3389 to VirtualNetwork or everything comes before every outbound Allow of these ports that
        stays in the networks.
    Why: One captured node should not be able to log in to the next.
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules: []
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
          properties: {networkSecurityGroup: {id: "@example"}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/training"}, enableNodePublicIp: false}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: ssh
                properties:
                  {access: Deny, direction: Outbound, priority: 100, protocol: "*",
                   destinationAddressPrefix: VirtualNetwork, destinationPortRange: "22"}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
          properties: {networkSecurityGroup: {id: "@example"}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/training"}, enableNodePublicIp: false}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Outbound, priority: 100, protocol: "*",
                   destinationAddressPrefix: 10.0.0.0/8, destinationPortRange: "22"}
              - name: deny
                properties:
                  {access: Deny, direction: Outbound, priority: 200, protocol: "*",
                   destinationAddressPrefix: VirtualNetwork, destinationPortRange: "*"}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
          properties: {networkSecurityGroup: {id: "@example"}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/training"}, enableNodePublicIp: false}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: ssh
                properties:
                  {access: Deny, direction: Outbound, priority: 100, protocol: Tcp,
                   destinationAddressPrefix: VirtualNetwork, destinationPortRange: "22"}
              - name: rdp
                properties:
                  {access: Deny, direction: Outbound, priority: 110, protocol: "*",
                   destinationAddressPrefix: "*", destinationPortRange: "3389"}
              - name: all
                properties:
                  {access: Allow, direction: Outbound, priority: 200, protocol: "*",
                   destinationAddressPrefix: VirtualNetwork, destinationPortRange: "*"}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
          properties: {networkSecurityGroup: {id: "@example"}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/training"}, enableNodePublicIp: false}
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.NSG.LateralTraversal.md
    """
    subnets = compute_subnets_of(group).where(lambda each: ~is_listed(each, admin_subnets))
    return when(subnets.any(), lambda: every(SIGN_IN_PORTS, lambda ports: _is_stopped(group, ports)))


def _is_stopped(group: Document, ports: Ports) -> Truth:
    rules = rules_of(group)
    stopped = rules.some(lambda denying: also(_closes(denying, ports), lambda: _comes_first(denying, rules, ports)))
    return shown_at_rules(group, stopped, f"port {ports[0]} is open from the subnet to its network")


def _comes_first(denying: Document, rules: Candidates, ports: Ports) -> Truth:
    return rules.every(lambda each: ~_leads_sideways(each, ports) | comes_before(denying, each))


def _closes(denying: Document, ports: Ports) -> Truth:
    return (
        is_outbound_deny(denying)
        & carries(denying, "Tcp")
        & covers_port(denying, ports)
        & is_of_network(denying, "destination")
    )


def _leads_sideways(each: Document, ports: Ports) -> Truth:
    return goes(each, "Outbound", "Allow") & carries(each, "Tcp") & touches_port(each, ports) & _stays(each)


def _stays(each: Document) -> Truth:
    """One of the destinations of `each` is in the networks."""
    named = places(each, "destination")
    return (is_anything(each, "destination") | some(named, is_inside)) if named else TRUE


@rule(
    "NET-NSG-007",
    "Service inbound ports use service tags",
    severity=Severity.MEDIUM,
    on=GROUP,
    needs=Needs.GRAPH,
    paths=("properties.securityRules[*].properties",),
    fix="Use the service tags, or drop the rules after CMP-NET-002.",
)
def service_inbound_ports_use_service_tags(group: Document) -> Truth:
    """Service inbound ports use service tags.

    Checks: For groups of subnets that computes use. Where a compute has nodes with a public address: an inbound
        Allow of 29876-29877 from BatchNodeManagement and one of 44224 from AzureMachineLearning, or their regional
        forms, and none of these ports from elsewhere outside the networks. Where no compute has: no inbound Allow
        of these ports from outside.
    Why: The service needs these ports only for nodes with a public address.
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: batch
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: BatchNodeManagement, destinationPortRange: "29876-29877"}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
          properties: {networkSecurityGroup: {id: "@example"}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/training"}, enableNodePublicIp: false}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: batch
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: BatchNodeManagement.WestEurope, destinationPortRange: "29876-29877"}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
          properties: {networkSecurityGroup: {id: "@example"}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/training"}, enableNodePublicIp: true}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: batch
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: BatchNodeManagement, destinationPortRange: "29876-29877"}
              - name: service
                properties:
                  {access: Allow, direction: Inbound, priority: 110, protocol: Tcp,
                   sourceAddressPrefix: AzureMachineLearning, destinationPortRange: "44224"}
              - name: more
                properties:
                  {access: Allow, direction: Inbound, priority: 120, protocol: Tcp,
                   sourceAddressPrefix: Internet, destinationPortRange: "44224"}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
          properties: {networkSecurityGroup: {id: "@example"}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/training"}, enableNodePublicIp: true}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: batch
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: BatchNodeManagement.WestEurope, destinationPortRange: "29876-29877"}
              - name: service
                properties:
                  {access: Allow, direction: Inbound, priority: 110, protocol: Tcp,
                   sourceAddressPrefix: AzureMachineLearning, destinationPortRange: "44224"}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
          properties: {networkSecurityGroup: {id: "@example"}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/training"}, enableNodePublicIp: true}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: own
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: VirtualNetwork, destinationPortRange: "*"}
        - type: Microsoft.Network/virtualNetworks/subnets
          name: network/training
          properties: {networkSecurityGroup: {id: "@example"}}
        - type: Microsoft.MachineLearningServices/workspaces/computes
          name: workspace/cluster
          properties:
            computeType: AmlCompute
            properties: {subnet: {id: "@network/training"}, enableNodePublicIp: false}
    Source: docs page "Azure Machine Learning data exfiltration prevention" (MicrosoftDocs/azure-docs)
    """
    subnets = compute_subnets_of(group)
    public = subnets.some(lambda each: computes_in(each).some(_has_public_nodes))
    return when(subnets.any(), lambda: _fits(group, public))


def _fits(group: Document, public: Truth) -> Truth:
    service, nobody = _admits_the_service(group), _admits_nobody(group)
    if public.state is State.UNKNOWN:
        return (public & service) | (~public & nobody)
    return when(public, service) & when(~public, nobody)


def _has_public_nodes(compute: Document) -> Truth:
    return ~compute["properties.properties.enableNodePublicIp"].is_false()


def _admits_the_service(group: Document) -> Truth:
    return _admits(group, BATCH_PORTS, "BatchNodeManagement") & _admits(group, SERVICE_PORTS, "AzureMachineLearning")


def _admits(group: Document, ports: Ports, tag: str) -> Truth:
    """`ports` are open to `tag` and, from outside the networks, to nobody else."""
    rules = rules_of(group)
    is_open = rules.some(
        lambda each: (
            goes(each, "Inbound", "Allow") & carries(each, "Tcp") & covers_port(each, ports) & _comes_from(each, tag)
        )
    )
    narrow = rules.every(lambda each: _spares(each, ports) | _comes_from(each, tag))
    return shown_at_rules(group, is_open, f"{tag} does not get in on {ports[0]}") & narrow


def _admits_nobody(group: Document) -> Truth:
    return rules_of(group).every(lambda each: _spares(each, BATCH_PORTS) & _spares(each, SERVICE_PORTS))


def _spares(each: Document, ports: Ports) -> Truth:
    """`each` opens none of `ports` to anybody outside the networks."""
    opens = goes(each, "Inbound", "Allow") & carries(each, "Tcp") & touches_port(each, ports)
    sources = places(each, "source")
    inside = every(sources, is_inside) if sources else ~is_anything(each, "source")
    shown = each["properties.sourceAddressPrefix"].shown(~opens | inside)
    return shown.otherwise(f"rule {each.name} opens port {ports[0]} from outside")


def _comes_from(each: Document, tag: str) -> Truth:
    """Every source of `each` is the service tag, or a regional form of it."""
    sources = places(each, "source")
    tagged = every(sources, lambda node: node.matches(rf"{tag}(\.\w+)?"))
    return tagged if sources else each["properties.sourceAddressPrefix"].has_text()
