"""What network security groups admit from the internet."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Severity, Truth, rule

from ._internet_sources import keeps_out_datagrams, keeps_out_the_internet
from ._security_rules import GROUP, RULE


@rule(
    "NET-NSG-001",
    "SSH is closed to the internet",
    severity=Severity.CRITICAL,
    on=(GROUP, RULE),
    paths=(
        "properties.securityRules[*].properties",
        "Microsoft.Network/networkSecurityGroups/securityRules: properties",
    ),
    fix="Narrow the source or remove the rule.",
    maps=Maps(
        azure_policy={
            "22730e10-96f6-4aac-ad84-9383d35b5917": "Management ports should be closed on your virtual machines",
        },
        mcsb=("NS-3",),
        cis=("2.0.0:6.1", "2.0.0:6.2", "2.1.0:6.1", "2.1.0:6.2"),
        checkov=("CKV_AZURE_10",),
        other=("ALZ:Deny-SSH-From-Internet", "KICS:network_security_group_with_unrestricted_access_to_ssh"),
    ),
)
def ssh_is_closed_to_the_internet(group: Document) -> Truth:
    """SSH is closed to the internet.

    Checks: No rule allows inbound Tcp or * on a destination port or range that covers 22 from the internet: a
        source of *, any, Internet, a /0, or ranges that hold half of all addresses, in sourceAddressPrefix or
        sourceAddressPrefixes. Rules inside the group and apart are both read; an earlier Deny of such a source that
        covers the port and the destination makes up for it; an application security group is no internet source. A
        rule whose group is not in the estate is judged by itself.
    Why: Open SSH is found by scanners within minutes.
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: Internet, destinationPortRange: "22"}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: "*",
                   sourceAddressPrefixes: [0.0.0.0/1, 128.0.0.0/1], destinationPortRanges: ["443", "20-30"]}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
        - type: Microsoft.Network/networkSecurityGroups/securityRules
          name: example/in
          properties:
            {access: Allow, direction: Inbound, priority: 100, protocol: Tcp, sourceAddressPrefix: 0.0.0.0/0,
             destinationPortRange: "*", destinationAddressPrefix: "*"}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: late
                properties:
                  {access: Deny, direction: Inbound, priority: 200, protocol: Tcp,
                   sourceAddressPrefix: "*", destinationPortRange: "22"}
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: "*", destinationPortRange: "22"}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: 10.0.0.0/8, destinationPortRange: "22"}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: first
                properties:
                  {access: Deny, direction: Inbound, priority: 100, protocol: "*",
                   sourceAddressPrefix: "*", destinationPortRange: "22"}
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 200, protocol: Tcp,
                   sourceAddressPrefix: "*", destinationPortRange: "20-30"}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Security
        Center/ASC_OpenManagementPortsOnVirtualMachines_Audit.json; bridgecrewio/checkov
        checkov/terraform/checks/resource/azure/NSGRuleSSHAccessRestricted.py; Checkmarx/kics
        assets/queries/azureResourceManager/network_security_group_with_unrestricted_access_to_ssh
    """
    return keeps_out_the_internet(group, 22)


@rule(
    "NET-NSG-002",
    "RDP is closed to the internet",
    severity=Severity.CRITICAL,
    on=(GROUP, RULE),
    paths=(
        "properties.securityRules[*].properties",
        "Microsoft.Network/networkSecurityGroups/securityRules: properties",
    ),
    fix="Narrow the source or remove the rule.",
    maps=Maps(
        azure_policy={
            "22730e10-96f6-4aac-ad84-9383d35b5917": "Management ports should be closed on your virtual machines",
        },
        mcsb=("NS-3",),
        cis=("2.0.0:6.1", "2.0.0:6.2", "2.1.0:6.1", "2.1.0:6.2"),
        checkov=("CKV_AZURE_9",),
        other=(
            "ALZ:Deny-RDP-From-Internet",
            "KICS:network_security_group_with_unrestricted_access_to_rdp",
            "Trivy:disable_rdp_from_internet",
        ),
    ),
)
def rdp_is_closed_to_the_internet(group: Document) -> Truth:
    """RDP is closed to the internet.

    Checks: No rule opens port 3389 to the internet, as NET-NSG-001 has it for 22.
    Why: Open RDP is the usual way in for ransomware.
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: Internet, destinationPortRange: "3389"}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: "*",
                   sourceAddressPrefixes: [0.0.0.0/1, 128.0.0.0/1], destinationPortRanges: ["443", "3000-4000"]}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
        - type: Microsoft.Network/networkSecurityGroups/securityRules
          name: example/in
          properties:
            {access: Allow, direction: Inbound, priority: 100, protocol: Tcp, sourceAddressPrefix: 0.0.0.0/0,
             destinationPortRange: "*", destinationAddressPrefix: "*"}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: late
                properties:
                  {access: Deny, direction: Inbound, priority: 200, protocol: Tcp,
                   sourceAddressPrefix: "*", destinationPortRange: "3389"}
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: "*", destinationPortRange: "3389"}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: 10.0.0.0/8, destinationPortRange: "3389"}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: first
                properties:
                  {access: Deny, direction: Inbound, priority: 100, protocol: "*",
                   sourceAddressPrefix: "*", destinationPortRange: "3389"}
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 200, protocol: Tcp,
                   sourceAddressPrefix: "*", destinationPortRange: "3000-4000"}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Security
        Center/ASC_OpenManagementPortsOnVirtualMachines_Audit.json; bridgecrewio/checkov
        checkov/terraform/checks/resource/azure/NSGRuleRDPAccessRestricted.py; Checkmarx/kics
        assets/queries/azureResourceManager/network_security_group_with_unrestricted_access_to_rdp;
        aquasecurity/trivy-checks checks/cloud/azure/network/disable_rdp_from_internet.rego
    """
    return keeps_out_the_internet(group, 3389)


@rule(
    "NET-NSG-003",
    "Plain HTTP is closed to the internet",
    severity=Severity.MEDIUM,
    on=(GROUP, RULE),
    paths=(
        "properties.securityRules[*].properties",
        "Microsoft.Network/networkSecurityGroups/securityRules: properties",
    ),
    fix="Publish over 443 behind a gateway.",
    maps=Maps(checkov=("CKV_AZURE_160",)),
)
def plain_http_is_closed_to_the_internet(group: Document) -> Truth:
    """Plain HTTP is closed to the internet.

    Checks: No rule opens port 80 to the internet, as NET-NSG-001 has it for 22.
    Why: Unencrypted entry points leak tokens and data.
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: Internet, destinationPortRange: "80"}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: "*",
                   sourceAddressPrefixes: [0.0.0.0/1, 128.0.0.0/1], destinationPortRanges: ["443", "79-81"]}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
        - type: Microsoft.Network/networkSecurityGroups/securityRules
          name: example/in
          properties:
            {access: Allow, direction: Inbound, priority: 100, protocol: Tcp, sourceAddressPrefix: 0.0.0.0/0,
             destinationPortRange: "*", destinationAddressPrefix: "*"}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: late
                properties:
                  {access: Deny, direction: Inbound, priority: 200, protocol: Tcp,
                   sourceAddressPrefix: "*", destinationPortRange: "80"}
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: "*", destinationPortRange: "80"}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Tcp,
                   sourceAddressPrefix: 10.0.0.0/8, destinationPortRange: "80"}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: first
                properties:
                  {access: Deny, direction: Inbound, priority: 100, protocol: "*",
                   sourceAddressPrefix: "*", destinationPortRange: "80"}
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 200, protocol: Tcp,
                   sourceAddressPrefix: "*", destinationPortRange: "79-81"}
    Source: bridgecrewio/checkov checkov/terraform/checks/resource/azure/NSGRuleHTTPAccessRestricted.py
    """
    return keeps_out_the_internet(group, 80)


@rule(
    "NET-NSG-004",
    "UDP is closed to the internet",
    severity=Severity.HIGH,
    on=(GROUP, RULE),
    paths=(
        "properties.securityRules[*].properties",
        "Microsoft.Network/networkSecurityGroups/securityRules: properties",
    ),
    fix="Remove the rule or narrow the source.",
    maps=Maps(checkov=("CKV_AZURE_77",)),
)
def udp_is_closed_to_the_internet(group: Document) -> Truth:
    """UDP is closed to the internet.

    Checks: No rule allows inbound Udp or * from the internet, as NET-NSG-001 has it, whatever the port; an earlier
        Deny that covers its ports and destination makes up for it.
    Why: Open UDP services are used to amplify attacks.
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Udp,
                   sourceAddressPrefix: "*", destinationPortRange: "53"}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: "*",
                   sourceAddressPrefix: Internet, destinationPortRange: "443"}
    Bad:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: first
                properties:
                  {access: Deny, direction: Inbound, priority: 100, protocol: Udp,
                   sourceAddressPrefix: "*", destinationPortRange: "53"}
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 200, protocol: Udp,
                   sourceAddressPrefix: "*", destinationPortRanges: ["53", "123"]}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 100, protocol: Udp,
                   sourceAddressPrefix: VirtualNetwork, destinationPortRange: "53"}
              - name: web
                properties:
                  {access: Allow, direction: Inbound, priority: 110, protocol: Tcp,
                   sourceAddressPrefix: "*", destinationPortRange: "443"}
    Good:
        - type: Microsoft.Network/networkSecurityGroups
          name: example
          properties:
            securityRules:
              - name: first
                properties:
                  {access: Deny, direction: Inbound, priority: 100, protocol: Udp,
                   sourceAddressPrefix: "*", destinationPortRange: "*"}
              - name: in
                properties:
                  {access: Allow, direction: Inbound, priority: 200, protocol: "*",
                   sourceAddressPrefix: "*", destinationPortRange: "443"}
    Source: bridgecrewio/checkov checkov/terraform/checks/resource/azure/NSGRuleUDPAccessRestricted.py
    """
    return keeps_out_datagrams(group)
