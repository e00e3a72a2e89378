"""What of a resource can be reached from the internet, and the policy that speaks of it.

A value that is not known, or a document without properties, exposes nothing: it is not known. A property that is absent
has the service's default, which for all of these is open. Source: Azure REST API reference, `publicNetworkAccess` and
`networkAcls` of each service.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.model.value import Reference, Unknown, get
from azkeep.render.topology.things import Thing, Things

ANYWHERE = frozenset({"*", "internet", "any", "0.0.0.0/0", "::/0"})
CLOSED = frozenset({"disabled", "securedbyperimeter"})
SSH, RDP, HTTP = "22", "3389", "80"


@dataclass(frozen=True)
class Exposure:
    """One way in from the internet, and the id of the rule that forbids it. `judged` is the key of what that rule looks
    at where it is another resource, such as a subnet's security group."""

    rule: str
    words: str
    judged: str = ""


@dataclass(frozen=True)
class Gate:
    """Where a service says whether it is open: `flag`, narrowed by the firewall `action` whose `chosen` may pass."""

    rule: str
    flag: str = "/properties/publicNetworkAccess"
    words: str = "public network access"
    action: str = ""
    chosen: str = ""


ACLS = "/properties/networkAcls/defaultAction"
CHOSEN = "/properties/networkAcls/ipRules"
QUERY = "/properties/publicNetworkAccessForQuery"
INGESTION = "/properties/publicNetworkAccessForIngestion"
GATES: dict[str, tuple[Gate, ...]] = {
    "microsoft.keyvault/vaults": (Gate("KV-NET-001", action=ACLS, chosen=CHOSEN),),
    "microsoft.storage/storageaccounts": (Gate("ST-NET-001", action=ACLS, chosen=CHOSEN),),
    "microsoft.containerregistry/registries": (
        Gate(
            "ACR-NET-001",
            action="/properties/networkRuleSet/defaultAction",
            chosen="/properties/networkRuleSet/ipRules",
        ),
    ),
    "microsoft.machinelearningservices/workspaces": (Gate("AML-NET-001", action=ACLS, chosen=CHOSEN),),
    "microsoft.machinelearningservices/registries": (Gate("AML-REG-001"),),
    "microsoft.machinelearningservices/workspaces/onlineendpoints": (Gate("END-NET-001", words="public scoring"),),
    "microsoft.insights/components": (
        Gate("MON-AI-003", INGESTION, "public ingestion"),
        Gate("MON-AI-003", QUERY, "public queries"),
    ),
    "microsoft.operationalinsights/workspaces": (
        Gate("MON-LA-003", INGESTION, "public ingestion"),
        Gate("MON-LA-003", QUERY, "public queries"),
    ),
}
COMPUTE = "microsoft.machinelearningservices/workspaces/computes"
SUBNET = "microsoft.network/virtualnetworks/subnets"
INTERFACE = "microsoft.network/networkinterfaces"
RULE = "microsoft.network/networksecuritygroups/securityrules"


def exposures(thing: Thing, things: Things) -> tuple[Exposure, ...]:
    """The ways in from the internet, () also where nothing is known of it."""
    if not thing.is_known:
        return ()
    if thing.kind == COMPUTE:
        return tuple(_of_compute(thing))
    if thing.kind == SUBNET:
        return tuple(_of_subnet(thing, things))
    if thing.kind == INTERFACE:
        return tuple(_of_interface(thing))
    found = [_through(gate, thing) for gate in GATES.get(thing.kind, ())]
    return tuple(each for each in found if each)


def _through(gate: Gate, thing: Thing) -> Exposure | None:
    flag = thing.get(gate.flag)
    if isinstance(flag, Unknown | Reference) or str(flag).lower() in CLOSED:
        return None
    if not gate.action or str(thing.get(gate.action, "Allow")).lower() != "deny":
        return Exposure(gate.rule, gate.words)
    chosen = thing.get(gate.chosen)
    if not isinstance(chosen, list | tuple) or not chosen:
        return None
    return Exposure(gate.rule, f"{gate.words} from {len(chosen)} chosen address{'es' if len(chosen) > 1 else ''}")


def _of_compute(thing: Thing) -> Iterator[Exposure]:
    """Nodes with public addresses; without a subnet the remote login port is open unless it was closed."""
    inner = thing.get("/properties/properties")
    if not isinstance(inner, Mapping) or inner.get("enableNodePublicIp") is False:
        return
    kind = str(thing.get("/properties/computeType")).lower()
    if kind == "computeinstance":
        opened = str(get(inner, "/sshSettings/sshPublicAccess")).lower() == "enabled"
        yield Exposure("CMP-NET-004", "SSH") if opened else Exposure("CMP-NET-002", "public address")
    elif kind == "amlcompute":
        port = str(inner.get("remoteLoginPortPublicAccess") or "NotSpecified").lower()
        opened = port == "enabled" or (port == "notspecified" and not get(inner, "/subnet/id"))
        yield Exposure("CMP-NET-003", "remote login") if opened else Exposure("CMP-NET-002", "public addresses")


def _of_interface(thing: Thing) -> Iterator[Exposure]:
    configurations = thing.get("/properties/ipConfigurations")
    for each in configurations if isinstance(configurations, list | tuple) else ():
        if get(each, "/properties/publicIPAddress/id"):
            yield Exposure("NET-NIC-001", "public address")


def _of_subnet(thing: Thing, things: Things) -> Iterator[Exposure]:
    """Rules of its security group that let the internet in, unless an earlier one denies the same."""
    group = things.found(thing.get("/properties/networkSecurityGroup"))
    if group is None:
        return
    denied: list[_Rule] = []
    for rule in sorted(_rules(group, things), key=lambda each: each.priority):
        if not rule.admits:
            denied.append(rule)
        elif not any(earlier.covers(rule) for earlier in denied):
            yield Exposure(rule.policy, f"{rule.name}: {rule.protocol} port {', '.join(rule.ports)}", group.key)


@dataclass(frozen=True)
class _Rule:
    """One inbound security rule about traffic from anywhere."""

    name: str
    priority: int
    admits: bool
    protocol: str
    ports: tuple[str, ...]

    def covers(self, other: _Rule) -> bool:
        same_ports = "*" in self.ports or set(other.ports) <= set(self.ports)
        return same_ports and self.protocol.lower() in ("*", other.protocol.lower())

    @property
    def policy(self) -> str:
        if self._opens(SSH):
            return "NET-NSG-001"
        if self._opens(RDP):
            return "NET-NSG-002"
        if self.protocol.lower() == "udp":
            return "NET-NSG-004"
        return "NET-NSG-003" if self._opens(HTTP) else "NET-NSG-005"

    def _opens(self, port: str) -> bool:
        return self.protocol.lower() in ("*", "tcp") and any(_within(port, each) for each in self.ports)


def _within(port: str, ports: str) -> bool:
    first, dash, last = ports.partition("-")
    if dash and first.isdecimal() and last.isdecimal():
        return int(first) <= int(port) <= int(last)
    return ports in ("*", port)


def _rules(group: Thing, things: Things) -> Iterator[_Rule]:
    """The group's inbound rules about every source: those in its own document, and those that stand apart."""
    listed = group.get("/properties/securityRules")
    apart = [each for each in things.of(RULE) if each.key.startswith(f"{group.key}/")]
    documents = [each for each in (listed if isinstance(listed, list | tuple) else ()) if isinstance(each, Mapping)]
    told = {str(each.get("name")).lower() for each in documents}
    documents += [{"name": each.name, **(each.body or {})} for each in apart if each.name.lower() not in told]
    for document in documents:
        properties = document.get("properties")
        if isinstance(properties, Mapping) and (rule := _rule(str(document.get("name")), properties)):
            yield rule


def _rule(name: str, properties: Mapping[str, Any]) -> _Rule | None:
    sources = _several(properties, "sourceAddressPrefix")
    if str(properties.get("direction")).lower() != "inbound" or not ANYWHERE & {each.lower() for each in sources}:
        return None
    priority = properties.get("priority")
    return _Rule(
        name,
        priority if isinstance(priority, int) else 0,
        str(properties.get("access")).lower() == "allow",
        str(properties.get("protocol") or "*"),
        _several(properties, "destinationPortRange") or ("*",),
    )


def _several(properties: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A property that may be written once or, with an s (es), as a list."""
    many = properties.get(f"{name}s") or properties.get(f"{name}es") or ()
    one = properties.get(name)
    found = [one, *(many if isinstance(many, list | tuple) else ())]
    return tuple(str(each) for each in found if each)
