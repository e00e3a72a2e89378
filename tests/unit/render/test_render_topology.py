"""The picture: what stands where, what it bears, and what reaches it from the internet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import estate_examples as estate
import pytest
import render_examples as examples
from hypothesis import given
from hypothesis import strategies as st

from azkeep.errors import AzkeepError
from azkeep.model.report import Declared, Header, Report
from azkeep.model.resource import Resource
from azkeep.model.value import Reference, Unknown
from azkeep.render import svg
from azkeep.render.topology.exposure import exposures
from azkeep.render.topology.frames import MOST, MOST_BOXES, MOST_MARKED_BOXES, Node, Topology
from azkeep.render.topology.things import of_declared, of_documents
from azkeep.render.topology.zones import topology
from azkeep.render.view import View

FOUND = topology(of_documents(estate.DOCUMENTS), estate.DRIFTS)
SOME = {"defaultAction": "Deny", "ipRules": [{"value": "1.2.3.4"}]}
SUBNET = f"{estate.VNET}/subnets/training"


def node(name: str, found: Topology = FOUND) -> Node:
    return next(each for each in found.nodes if each.name == name)


def ways(id: str, document: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]] | None = None) -> list[str]:
    """The rules of the ways into one resource."""
    things = of_documents({**(others or {}), id: document})
    return [each.rule for each in exposures(things.by_key[id.lower()], things)]


def test_zones_hold_what_stands_in_them() -> None:
    """Hub, virtual networks and services, each with its resources; a peer that was not seen is in the hub."""
    placed = {zone.title: {each.name for box in zone.boxes for each in box.nodes} for zone in FOUND.zones}
    assert placed == {
        "Hub and edge": {"fw", "1 private DNS zone", "far-hub"},
        "Virtual networks": {"gpu", "vault-pe", "registry-pe"},
        "Services": {"kv", "st", "cr", "mlw", "score", "cpu"},
    }
    assert {node("training").kind, node("AzureFirewallSubnet").kind} == {"subnets"}


def test_marks_tell_how_a_resource_stands() -> None:
    """Each mark is a word; what hangs on a security group shows at the subnets that it guards."""
    assert node("kv").marks == ("drift 1", "public", "private")
    assert node("registry-pe").marks == ("missing",)
    assert node("cpu").marks == ("unmanaged", "public")
    assert node("fw").marks == ("unread",)
    assert node("mlw").marks == ("identity",)
    assert node("training").marks == ("drift 1", "public")
    assert node("st").marks == ()


def test_a_managed_network_is_a_zone() -> None:
    """Compute and outbound rules of a workspace with a managed network stand in it."""
    documents = {
        **estate.DOCUMENTS,
        estate.ML: estate.of(managedNetwork={"isolationMode": "AllowOnlyApprovedOutbound"}),
        f"{estate.ML}/outboundRules/pypi": estate.of(destination="pypi.org", type="FQDN"),
    }
    zone = next(each for each in topology(of_documents(documents)).zones if each.title == "Managed networks")
    assert [each.title for each in zone.boxes] == ["Managed network of mlw · AllowOnlyApprovedOutbound"]
    assert {(each.name, each.kind) for each in zone.boxes[0].nodes} == {
        ("cpu", "Compute 0–2 × DS3_v2"),
        ("pypi", "Outbound rule → pypi.org"),
    }


def test_what_has_no_finding_is_left_out_first_and_counted() -> None:
    """A box holds so many; those with a finding stay, the rest are counted."""
    documents = {f"{estate.STORAGE}{each:03}": estate.DOCUMENTS[estate.STORAGE] for each in range(MOST + 10)}
    last = f"{estate.STORAGE}{MOST + 9:03}"
    found = topology(of_documents(documents), [replace(estate.OPENED, id=last)])
    box = found.zones[0].boxes[0]
    assert (len(box.nodes), len(box.rest)) == (MOST, 10)
    assert len(found.nodes) == MOST + 10
    assert node(last.rsplit("/", 1)[-1], found).marks == ("drift 1",)


@pytest.mark.parametrize(
    ("id", "document", "expected"),
    [
        (estate.VAULT, estate.of(publicNetworkAccess="enabled"), ["KV-NET-001"]),
        (estate.VAULT, estate.of(), ["KV-NET-001"]),
        (estate.VAULT, estate.of(publicNetworkAccess="disabled"), []),
        (estate.VAULT, estate.of(publicNetworkAccess=Unknown()), []),
        (estate.VAULT, {"name": "kv"}, []),
        (estate.VAULT, estate.of(networkAcls={"defaultAction": "Deny"}), []),
        (estate.VAULT, estate.of(networkAcls=SOME), ["KV-NET-001"]),
        (estate.STORAGE, estate.of(publicNetworkAccess="SecuredByPerimeter"), []),
        (estate.ENDPOINT, estate.of(publicNetworkAccess="Enabled"), ["END-NET-001"]),
        (f"{estate.ML}/computes/c", estate.of(computeType="AmlCompute", properties={"vmSize": "x"}), ["CMP-NET-003"]),
        (
            f"{estate.ML}/computes/c",
            estate.of(computeType="AmlCompute", properties={"subnet": {"id": SUBNET}}),
            ["CMP-NET-002"],
        ),
        (f"{estate.ML}/computes/c", estate.of(computeType="AmlCompute", properties={"enableNodePublicIp": False}), []),
        (
            f"{estate.ML}/computes/c",
            estate.of(computeType="ComputeInstance", properties={"sshSettings": {"sshPublicAccess": "Enabled"}}),
            ["CMP-NET-004"],
        ),
    ],
)  # fmt: skip
def test_ways_in_are_those_that_the_document_opens(id: str, document: Mapping[str, Any], expected: list[str]) -> None:
    """What is closed, not known or without properties has no way in; what is absent has the service's default."""
    assert ways(id, document) == expected


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([("a", 100, "Allow", "Internet", "22")], ["NET-NSG-001"]),
        ([("a", 100, "Allow", "*", "3000-4000")], ["NET-NSG-002"]),
        ([("a", 100, "Allow", "0.0.0.0/0", "80")], ["NET-NSG-003"]),
        ([("a", 100, "Allow", "Internet", "53", "Udp")], ["NET-NSG-004"]),
        ([("a", 100, "Allow", "Internet", "443")], ["NET-NSG-005"]),
        ([("a", 100, "Allow", "10.0.0.0/8", "22")], []),
        ([("no", 90, "Deny", "*", "*", "*"), ("a", 100, "Allow", "Internet", "22")], []),
        ([("no", 110, "Deny", "*", "*", "*"), ("a", 100, "Allow", "Internet", "22")], ["NET-NSG-001"]),
        ([("no", 90, "Deny", "*", "443"), ("a", 100, "Allow", "Internet", "22")], ["NET-NSG-001"]),
    ],
)
def test_a_security_rule_lets_the_internet_in_unless_an_earlier_one_denies(
    rules: list[tuple[Any, ...]], expected: list[str]
) -> None:
    """The first rule that matches decides, as in a security group."""
    group = estate.of(securityRules=[estate.rule(*each) for each in rules])
    assert ways(SUBNET, estate.DOCUMENTS[SUBNET], {estate.NSG: group}) == expected


def test_rules_that_stand_apart_from_their_group_count_once() -> None:
    """A rule that a group shows and that was read by itself as well is one way in."""
    apart = {f"{estate.NSG}/securityRules/ssh": estate.DOCUMENTS[estate.NSG]["properties"]["securityRules"][0]}
    others = {estate.NSG: estate.DOCUMENTS[estate.NSG], **apart}
    assert ways(SUBNET, estate.DOCUMENTS[SUBNET], others) == ["NET-NSG-001"]
    assert ways(SUBNET, estate.DOCUMENTS[SUBNET], {estate.NSG: estate.of(), **apart}) == ["NET-NSG-001"]


def declared(token: str, arm_type: str, name: str, body: Mapping[str, Any], id: str | None = None) -> Resource:
    return Resource(examples.urn(token, name), token, arm_type, name, id, {}, body)


def test_a_program_is_drawn_from_what_it_declares() -> None:
    """References lead to their resources where no id is known yet."""
    subnet = declared("a:network:Subnet", "Microsoft.Network/virtualNetworks/subnets", "training", estate.of())
    vault = declared(
        "a:keyvault:Vault", "Microsoft.KeyVault/vaults", "kv", estate.DOCUMENTS[estate.VAULT], estate.VAULT
    )
    endpoint = declared(
        "a:network:PrivateEndpoint",
        "Microsoft.Network/privateEndpoints",
        "pe",
        estate.of(
            subnet={"id": Reference(subnet.urn, "id")},
            privateLinkServiceConnections=link_to(Reference(vault.urn, "id")),
        ),
    )
    found = topology(of_declared((*examples.DECLARED.resources, subnet, vault, endpoint)))
    assert node("pe", found).kind == "endpoint → kv (vault)"
    assert node("kv", found).marks == ("public", "private")
    boxes = [box for zone in found.zones for box in zone.boxes if box.node and box.node.name == "training"]
    assert [each.name for each in boxes[0].nodes] == ["pe"]


def link_to(target: Reference) -> list[dict[str, Any]]:
    return [{"properties": {"privateLinkServiceId": target, "groupIds": ["vault"]}}]


def test_the_picture_is_as_reviewed(golden: Callable[[str, str], None]) -> None:
    """The drawing of the example estate is the one that was looked at in a browser."""
    golden("svg/audit.svg", svg.report(estate.REPORT, View()))


def test_every_way_in_is_one_red_line_with_its_rule() -> None:
    """There are as many lines as ways, each ends above its target, and its words name the rule."""
    root = ElementTree.fromstring(svg.report(estate.REPORT, View()))
    styled = [each for each in root.iter() if each.get("class") == "way"]
    words = sorted(each.text or "" for each in root.iter() if each.get("class") == "way-words")
    assert words == [
        "CMP-NET-003  remote login",
        "KV-NET-001  public network access",
        "NET-NSG-001  ssh: Tcp port 22",
    ]
    assert len(styled) == 3
    assert all((each.get("d") or "").startswith("M88 ") for each in styled)


@pytest.mark.parametrize("result", [examples.IN_SYNC, examples.PLAN, examples.CHECKED])
def test_what_holds_no_resources_says_so(result: Any) -> None:
    """A result without documents gives a picture that says that there is nothing to draw."""
    text = svg.report(Report(Header(), result), View())
    assert "nothing to draw" in "".join(ElementTree.fromstring(text).itertext())
    assert "it &lt;failed&gt;" in svg.failure(AzkeepError("it <failed>"), Header(), View())


@given(st.text(), st.text(), st.recursive(st.none() | st.booleans() | st.text() | st.integers(), st.lists))
def test_any_text_gives_a_picture_that_parses(name: str, value: str, odd: Any) -> None:
    """Names and values of any kind leave well-formed XML in which they are words and never elements."""
    body = {"properties": {"traffic": {value: odd}, "subnet": odd, "networkAcls": odd, "publicNetworkAccess": value}}
    resource = declared("a:b:C", "Microsoft.KeyVault/vaults", f"<b>{name}</b>", body)
    other = declared("a:b:D", "Microsoft.MachineLearningServices/workspaces/onlineEndpoints", name, body)
    text = svg.report(Report(Header(), Declared((resource, other))), View())
    tags = {each.tag.rpartition("}")[2] for each in ElementTree.fromstring(text).iter()}
    assert tags <= {"svg", "style", "rect", "text", "path", "g", "title"}


def networks(number: int, *, open_: frozenset[int] = frozenset()) -> Topology:
    """Virtual networks with a subnet each; those of `open_` admit SSH from the internet."""
    documents: dict[str, Any] = {}
    for each in range(number):
        net, group = f"{estate.VNET}-{each:03}", f"{estate.NSG}-{each:03}"
        rules = [estate.rule("ssh", 100, "Allow", "Internet", "22")] if each in open_ else []
        documents[net] = estate.of()
        documents[group] = estate.of(securityRules=rules)
        documents[f"{net}/subnets/training"] = estate.of(networkSecurityGroup={"id": group})
    return topology(of_documents(documents))


def test_of_many_networks_those_with_something_to_say_are_drawn() -> None:
    """The others are counted in one frame, and nothing is lost to the list of ways in."""
    (zone,) = networks(60, open_=frozenset({7, 58})).zones
    drawn, last = zone.boxes[:-1], zone.boxes[-1]
    assert len(drawn) == MOST_BOXES
    assert {box.title.rsplit(" ", 1)[-1] for box in drawn} >= {"vnet-007", "vnet-058"}
    assert last.title == f"{60 - MOST_BOXES} more networks and subnets, without a finding or a way in"
    found = networks(60, open_=frozenset(range(60)))
    assert sum(len(node.exposures) for node in found.nodes) == 60
    assert found.zones[0].boxes[-1].title == f"{60 - MOST_MARKED_BOXES} more networks and subnets"


def test_what_is_missing_stands_where_it_stood() -> None:
    """As its recorded document says; it is no way in and lends no private endpoint any more."""
    was = estate.of(
        subnet={"id": f"{estate.VNET}/subnets/endpoints"},
        privateLinkServiceConnections=estate.link(estate.REGISTRY, "r"),
    )
    found = topology(of_documents(estate.DOCUMENTS), estate.DRIFTS, of_documents({estate.GONE: was}))
    box = next(box for zone in found.zones for box in zone.boxes if box.title.startswith("Subnet endpoints"))
    (gone,) = (node for node in box.nodes if node.name == "registry-pe")
    assert (gone.kind, gone.marks, gone.exposures) == ("endpoint → cr (r)", ("missing",), ())
    (registry,) = (node for node in found.nodes if node.name == "cr")
    assert "private" not in registry.marks
