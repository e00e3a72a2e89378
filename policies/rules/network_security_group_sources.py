"""Which sources the rules of a network security group name, and in which order."""

from __future__ import annotations

from azkeep.policy import TRUE, Candidates, Document, Maps, Needs, Severity, Truth, rule, settle
from azkeep.policy.truth import State

from ._internet_sources import shown_at_source
from ._security_rules import (
    ANY_PORT,
    GROUP,
    RULE,
    also,
    carries,
    comes_before,
    covers_port,
    from_any_port,
    goes,
    is_anything,
    is_internet,
    rules_of,
    unless_in_group,
)
from ._subnets import BASTION, SUBNET, is_called


@rule(
    "NET-NSG-005",
    "No inbound rule admits any source",
    severity=Severity.HIGH,
    on=(GROUP, RULE),
    needs=Needs.GRAPH,
    paths=(
        "properties.securityRules[*].properties.sourceAddressPrefix",
        "properties.securityRules[*].properties.sourceAddressPrefixes",
        "Microsoft.Network/networkSecurityGroups/securityRules: properties",
    ),
    fix="State the source range or service tag.",
    maps=Maps(
        azure_policy={
            "9daedab3-fb2d-461e-b861-71790eead4f6": (
                "All network ports should be restricted on network security groups associated to your virtual machine"
            ),
        },
        mcsb=("NS-1",),
        psrule=("Azure.NSG.AnyInboundSource",),
    ),
)
def no_inbound_rule_admits_any_source(group: Document, *, allowed_public_rules: tuple[str, ...] = ()) -> Truth:
    """No inbound rule admits any source.

    Checks: No inbound Allow rule has the internet as its source, as NET-NSG-001 has it, on any port, unless the
        rule's name is in allowed_public_rules. HTTPS of a group that guards AzureBastionSubnet alone passes: Bastion
        is reached from the internet by design, and refuses a subnet without that rule.
    Why: A rule without a source is open to every address by design or by mistake.
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: "*", destinationPortRange: "443"}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefixes: [10.0.0.0/8, Internet], destinationPortRange: "443"}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: "::/0", destinationPortRange: "443"}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: AzureFrontDoor.Backend, destinationPortRange: "443"}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: gateway
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: "*", destinationPortRange: "443"}
        - parameters: {allowed_public_rules: [gateway]}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: bastion
          properties:
            securityRules:
              - name: https
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: Internet, destinationPortRange: "443"}
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties:
            subnets:
              - name: AzureBastionSubnet
                properties: {networkSecurityGroup: {id: "@bastion"}}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: bastion
          properties:
            securityRules:
              - name: https
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: Internet, destinationPortRange: "443"}
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties:
            subnets:
              - name: AzureBastionSubnet
                properties: {networkSecurityGroup: {id: "@bastion"}}
              - name: jump
                properties: {networkSecurityGroup: {id: "@bastion"}}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: bastion
          properties:
            securityRules:
              - name: everything
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: "*",
                   sourceAddressPrefix: Internet, destinationPortRange: "*"}
        - type: Microsoft.Network/virtualNetworks
          name: network
          properties:
            subnets:
              - name: AzureBastionSubnet
                properties: {networkSecurityGroup: {id: "@bastion"}}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Security
        Center/ASC_UnprotectedEndpoints_Audit.json; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.NSG.AnyInboundSource.md; Azure Bastion, "Working with NSG access and Azure Bastion"
    """
    allowed = {name.casefold() for name in allowed_public_rules}
    is_bastions = settle(lambda: _guards_bastion_alone(group)).state is State.TRUE

    def passes(each: Document) -> Truth:
        is_allowed = each.name.casefold() in allowed or (is_bastions and _is_https(each).state is State.TRUE)
        return TRUE if is_allowed else _has_source(each)

    return unless_in_group(group, lambda: rules_of(group).every(passes))


def _guards_bastion_alone(group: Document) -> Truth:
    subnets = group.linked_from(SUBNET, "properties.networkSecurityGroup.id")
    return subnets.any() & subnets.every(lambda each: is_called(each, BASTION))


def _is_https(each: Document) -> Truth:
    ports = each["properties.destinationPortRange"].equals("443") & ~each["properties.destinationPortRanges"].is_set()
    return ports & each["properties.protocol"].equals("Tcp")


def _has_source(each: Document) -> Truth:
    closed = ~also(goes(each, "Inbound", "Allow"), lambda: is_internet(each, "source"))
    return shown_at_source(each, closed, f"rule {each.name} admits every source")


@rule(
    "NET-NSG-009",
    "The first inbound rule is not a blanket deny",
    severity=Severity.LOW,
    on=GROUP,
    paths=("properties.securityRules[*].properties",),
    fix="Give the Deny a higher priority number.",
    maps=Maps(psrule=("Azure.NSG.DenyAllInbound",)),
)
def the_first_inbound_rule_is_not_a_blanket_deny(group: Document) -> Truth:
    """The first inbound rule is not a blanket deny.

    Checks: The inbound rule with the lowest priority number is not a Deny from any address to any address on all
        ports and protocols.
    Why: A blanket deny on top also blocks load balancer probes and service traffic.
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: deny
                properties:
                  {access: Deny, direction: Inbound, priority: 100, protocol: "*",
                   sourceAddressPrefix: "*", destinationPortRange: "*"}
              - name: web
                properties:
                  {access: Allow, direction: Inbound, priority: 200, protocol: Tcp,
                   sourceAddressPrefix: 10.0.0.0/8, destinationPortRange: "443"}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: web
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: 10.0.0.0/8, destinationPortRange: "443"}
              - name: deny
                properties:
                  {access: Deny, direction: Inbound, priority: 4096, protocol: "*",
                   sourceAddressPrefix: "*", destinationPortRange: "*"}
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.NSG.DenyAllInbound.md
    """
    rules = rules_of(group)
    return rules.every(lambda each: ~also(_denies_everything(each), lambda: ~_is_preceded(rules, each)))


def _is_preceded(rules: Candidates, each: Document) -> Truth:
    return rules.some(lambda other: _is_inbound(other) & comes_before(other, each))


def _is_inbound(each: Document) -> Truth:
    return each["properties.direction"].equals("Inbound", missing=True)


def _denies_everything(each: Document) -> Truth:
    everything = also(goes(each, "Inbound", "Deny") & carries(each), lambda: _has_no_limit(each))
    return each["properties.priority"].shown(everything)


def _has_no_limit(each: Document) -> Truth:
    places = is_anything(each, "source") & is_anything(each, "destination")
    return places & covers_port(each, ANY_PORT) & from_any_port(each)
