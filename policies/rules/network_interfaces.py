"""Network cards and public addresses."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Severity, Truth, any_of, fact, rule

from ._subnets import is_listed

CARD = "Microsoft.Network/networkInterfaces"
ADDRESS = "Microsoft.Network/publicIPAddresses"
USERS = {
    "Microsoft.Network/azureFirewalls": (
        "properties.ipConfigurations.*.properties.publicIPAddress.id",
        "properties.managementIpConfiguration.properties.publicIPAddress.id",
        "properties.hubIPAddresses.publicIPs.addresses.*.id",
    ),
    "Microsoft.Network/natGateways": ("properties.publicIpAddresses.*.id", "properties.publicIpAddressesV6.*.id"),
    "Microsoft.Network/bastionHosts": ("properties.ipConfigurations.*.properties.publicIPAddress.id",),
}
"""What may have a public address, and where it names it."""
HOLDER = r".*/providers/Microsoft\.Network/(azureFirewalls|natGateways|bastionHosts)/.*"


@rule(
    "NET-NIC-001",
    "Network cards have no public address",
    severity=Severity.HIGH,
    on=CARD,
    paths=("properties.ipConfigurations[*].properties.publicIPAddress",),
    fix="Remove the public address.",
    maps=Maps(
        azure_policy={
            "83a86a26-fd1f-447c-b59d-e51f44264114": "Network interfaces should not have public IPs",
        },
        checkov=("CKV_AZURE_119",),
        psrule=("Azure.VM.PublicIPAttached",),
        other=("Trivy:network_interface_public_ip",),
    ),
)
def network_cards_have_no_public_address(card: Document) -> Truth:
    """Network cards have no public address.

    Checks: No configuration of the card has a publicIPAddress.
    Why: A public address on a card bypasses the firewall.
    Bad:
        - type: Microsoft.Network/networkInterfaces
          name: example
          properties:
            ipConfigurations:
              - {name: main, properties: {subnet: {id: elsewhere}}}
              - {name: more, properties: {publicIPAddress: {id: "@address"}}}
        - type: Microsoft.Network/publicIPAddresses
          name: address
    Good:
        - type: Microsoft.Network/networkInterfaces
          name: example
          properties:
            ipConfigurations:
              - {name: main, properties: {subnet: {id: elsewhere}, publicIPAddress: null}}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Network/NetworkPublicIPNic_Deny.json;
        bridgecrewio/checkov
        checkov/terraform/checks/graph_checks/azure/AzureNetworkInterfacePublicIPAddressId.yaml;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.VM.PublicIPAttached.md; aquasecurity/trivy-checks
        checks/cloud/azure/network/network_interface_public_ip.rego
    """
    return card["properties.ipConfigurations"].every(lambda each: ~each["properties.publicIPAddress"].is_set())


@rule(
    "NET-NIC-002",
    "Network cards do not forward traffic",
    severity=Severity.MEDIUM,
    on=CARD,
    paths=("properties.enableIPForwarding",),
    fix="Set enableIPForwarding false.",
    sets={"properties.enableIPForwarding": False},
    maps=Maps(
        azure_policy={
            "88c0b9da-ce96-4b03-9635-f29a937e2900": "Network interfaces should disable IP forwarding",
        },
        checkov=("CKV_AZURE_118",),
        other=("Trivy:network_ip_forwarding_enabled",),
    ),
)
def network_cards_do_not_forward_traffic(card: Document, *, appliances: tuple[str, ...] = ()) -> Truth:
    """Network cards do not forward traffic.

    Checks: enableIPForwarding is missing or false, unless appliances holds the name or the id of the card or of its
        machine.
    Why: Forwarding turns a node into a router.
    Bad:
        - type: Microsoft.Network/networkInterfaces
          name: example
          properties: {enableIPForwarding: true}
    Good:
        - type: Microsoft.Network/networkInterfaces
          name: example
          properties: {enableIPForwarding: false}
    Good:
        - type: Microsoft.Network/networkInterfaces
          name: example
          properties: {enableIPForwarding: true}
        - parameters: {appliances: [example]}
    Good:
        - type: Microsoft.Network/networkInterfaces
          name: example
          properties: {enableIPForwarding: true, virtualMachine: {id: "@router"}}
        - type: Microsoft.Compute/virtualMachines
          name: router
        - parameters: {appliances: [router]}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Network/NetworkIPForwardingNic_Deny.json;
        bridgecrewio/checkov checkov/terraform/checks/resource/azure/NetworkInterfaceEnableIPForwarding.py;
        aquasecurity/trivy-checks checks/cloud/azure/network/network_ip_forwarding_enabled.rego
    """
    forwards = card["properties.enableIPForwarding"].is_false(missing=True)
    return forwards | is_listed(card, appliances) | _drives(card, appliances)


def _drives(card: Document, appliances: tuple[str, ...]) -> Truth:
    """The card belongs to a machine of one of these names or ids."""
    if not appliances:
        return fact(False)
    listed = {each.casefold() for each in appliances}
    return card["properties.virtualMachine.id"].satisfies(
        lambda id: id.casefold() in listed or id.rsplit("/", 1)[-1].casefold() in listed
    )


@rule(
    "NET-PIP-001",
    "Public addresses exist only where agreed",
    severity=Severity.MEDIUM,
    on=ADDRESS,
    needs=Needs.GRAPH,
    paths=("name",),
    fix="Delete the address or list it.",
    maps=Maps(psrule=("Azure.PublicIP.IsAttached",), other=("ALZ:Deny-PublicIP",)),
)
def public_addresses_exist_only_where_agreed(address: Document, *, allowed_names: tuple[str, ...] = ()) -> Truth:
    """Public addresses exist only where agreed.

    Checks: The address is used by a firewall, a NAT gateway or a Bastion host, or its name or id is in
        allowed_names.
    Why: Each public address is a surface to watch.
    Bad:
        - type: Microsoft.Network/publicIPAddresses
          name: example
    Bad:
        - type: Microsoft.Network/publicIPAddresses
          name: example
        - type: Microsoft.Network/networkInterfaces
          name: card
          properties:
            ipConfigurations:
              - {name: main, properties: {publicIPAddress: {id: "@example"}}}
    Good:
        - type: Microsoft.Network/publicIPAddresses
          name: example
        - type: Microsoft.Network/natGateways
          name: nat
          properties: {publicIpAddresses: [{id: "@example"}]}
    Good:
        - type: Microsoft.Network/publicIPAddresses
          name: example
        - type: Microsoft.Network/bastionHosts
          name: bastion
          properties:
            ipConfigurations: [{name: main, properties: {publicIPAddress: {id: "@example"}}}]
    Good:
        - type: Microsoft.Network/publicIPAddresses
          name: example
        - parameters: {allowed_names: [example]}
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.PublicIP.IsAttached.md; Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Deny-PublicIP.json
    """
    used = any_of(address.linked_from(type_, *paths).any() for type_, paths in USERS.items())
    holder = any_of(
        address[path].matches(HOLDER) for path in ("properties.ipConfiguration.id", "properties.natGateway.id")
    )
    free = address.fact(False).because("no firewall, NAT gateway or Bastion host uses the address")
    return used | holder | is_listed(address, allowed_names) | free
