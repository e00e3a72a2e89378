"""The rules of the estate's security groups.

Source: Azure Machine Learning, "Configure inbound and outbound network traffic" and "Secure a training environment with
virtual networks".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi_azure_native import network

from azkeep.components.network_settings import Destination

FIRST_OF_ESTATE = 1000
"""Priority of the first rule that the settings add; rules of the service come before."""


@dataclass(frozen=True)
class Rule:
    """One rule. `peer` is where traffic goes, or comes from when `inbound`: a service tag or an address range."""

    name: str
    peer: str
    ports: tuple[str, ...]
    protocol: str = "Tcp"
    allow: bool = True
    inbound: bool = False


def of_computes(region: str, public: bool, destinations: Mapping[str, Destination]) -> list[network.SecurityRuleArgs]:
    """What computes may reach: the services they cannot work without, `destinations`, and each other.

    With `public` addresses, also what the service must be able to send them.
    """
    outbound = [
        Rule("DenyRemoteLogin", "VirtualNetwork", ("22", "3389"), allow=False),
        Rule("AllowEntra", "AzureActiveDirectory", ("80", "443")),
        Rule("AllowMachineLearning", "AzureMachineLearning", ("443", "8787", "18881")),
        Rule("AllowMachineLearningUdp", "AzureMachineLearning", ("5831",), protocol="Udp"),
        Rule("AllowBatch", f"BatchNodeManagement.{region}", ("443",), protocol="*"),
        Rule("AllowResourceManager", "AzureResourceManager", ("443",)),
        Rule("AllowStorage", f"Storage.{region}", ("443",)),
        Rule("AllowMicrosoftImages", "MicrosoftContainerRegistry", ("443",)),
        Rule("AllowMicrosoftImageLayers", "AzureFrontDoor.FirstParty", ("443",)),
        Rule("AllowMonitor", "AzureMonitor", ("443",)),
        Rule("AllowPrivateEndpoints", "VirtualNetwork", ("443", "445")),
    ]
    inbound = [
        Rule("AllowMachineLearningIn", "AzureMachineLearning", ("44224",), inbound=True),
        Rule("AllowBatchIn", "BatchNodeManagement", ("29876-29877",), inbound=True),
    ]
    added = [Rule(name, to.to, tuple(to.ports.split(","))) for name, to in destinations.items()]
    return [
        *_numbered(outbound, 100),
        *_numbered(inbound if public else [], 100),
        *_numbered(added, FIRST_OF_ESTATE),
        _written(Rule("DenyInternet", "Internet", ("*",), protocol="*", allow=False), 4000),
    ]


def of_endpoints() -> list[network.SecurityRuleArgs]:
    """What private endpoints take: https and file shares, from the network alone."""
    return [
        _written(Rule("AllowNetworkIn", "VirtualNetwork", ("443", "445"), inbound=True), 100),
        _written(Rule("DenyAllElseIn", "*", ("*",), protocol="*", allow=False, inbound=True), 4000),
        _written(Rule("DenyInternet", "Internet", ("*",), protocol="*", allow=False), 4000),
    ]


def _numbered(rules: list[Rule], first: int) -> list[network.SecurityRuleArgs]:
    return [_written(rule, first + 10 * index) for index, rule in enumerate(rules)]


def _written(rule: Rule, priority: int) -> network.SecurityRuleArgs:
    one = len(rule.ports) == 1
    return network.SecurityRuleArgs(
        name=rule.name,
        priority=priority,
        access="Allow" if rule.allow else "Deny",
        direction="Inbound" if rule.inbound else "Outbound",
        protocol=rule.protocol,
        source_address_prefix=rule.peer if rule.inbound else "*",
        source_port_range="*",
        destination_address_prefix="*" if rule.inbound else rule.peer,
        destination_port_range=rule.ports[0] if one else None,
        destination_port_ranges=None if one else list(rule.ports),
    )
