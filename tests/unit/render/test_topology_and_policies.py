"""The picture and the policies see the same: each red line is a rule that fails on the resource it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import estate_examples as estate
import pytest

from azkeep.model.finding import Verdict
from azkeep.policy.estate import Estate
from azkeep.policy.evaluate import evaluate
from azkeep.policy.loading import load_rules, shipped
from azkeep.render.topology.exposure import GATES, exposures
from azkeep.render.topology.things import of_documents

RULES = {rule.id: rule for rule in load_rules(shipped())}
PLACE = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers"
INSTANCE = f"{estate.ML}/computes/instance"
CARD = f"{estate.NET}/networkInterfaces/card"
INSIGHTS = f"{PLACE}/Microsoft.Insights/components/appi"
SSH = {"vmSize": "Standard_DS3_v2", "sshSettings": {"sshPublicAccess": "Enabled"}}
OPEN_NODES = {"vmSize": "Standard_DS3_v2", "subnet": {"id": f"{estate.VNET}/subnets/training"}}
OPEN: dict[str, Mapping[str, Any]] = {
    estate.STORAGE: estate.of(publicNetworkAccess="Enabled"),
    estate.REGISTRY: {**estate.of(publicNetworkAccess="Enabled"), "sku": {"name": "Premium"}},
    estate.ENDPOINT: estate.of(publicNetworkAccess="Enabled", authMode="Key"),
    estate.ML: estate.of(publicNetworkAccess="Enabled"),
    f"{PLACE}/Microsoft.MachineLearningServices/registries/reg": estate.of(publicNetworkAccess="Enabled"),
    INSIGHTS: estate.of(publicNetworkAccessForIngestion="Enabled", publicNetworkAccessForQuery="Enabled"),
    f"{PLACE}/Microsoft.OperationalInsights/workspaces/log": estate.of(publicNetworkAccessForQuery="Enabled"),
    INSTANCE: estate.of(computeType="ComputeInstance", properties=SSH),
    f"{estate.ML}/computes/nodes": estate.of(computeType="AmlCompute", properties=OPEN_NODES),
    CARD: estate.of(ipConfigurations=[estate.of(publicIPAddress={"id": f"{estate.NET}/publicIPAddresses/ip"})]),
    estate.NSG: estate.of(
        securityRules=[
            estate.rule("ssh", 100, "Allow", "Internet", "22"),
            estate.rule("rdp", 110, "Allow", "*", "3389"),
            estate.rule("http", 120, "Allow", "Internet", "80"),
            estate.rule("udp", 130, "Allow", "Internet", "53", "Udp"),
            estate.rule("any", 140, "Allow", "*", "443"),
        ]
    ),
}
DOCUMENTS = {**estate.DOCUMENTS, **OPEN}
THINGS = of_documents(DOCUMENTS)
WAYS = [(way.judged or thing.key, way.rule) for thing in THINGS for way in exposures(thing, THINGS)]


@pytest.fixture(scope="module")
def failing() -> set[tuple[str, str]]:
    """(id in lower case, rule) of everything that fails on the estate."""
    found = evaluate(RULES.values(), Estate.of_documents([{"id": id, **body} for id, body in DOCUMENTS.items()]))
    return {((each.id or "").lower(), each.rule) for each in found if each.verdict is Verdict.FAIL}


@pytest.mark.parametrize(("key", "rule"), WAYS, ids=[f"{rule} {key.rsplit('/', 1)[-1]}" for key, rule in WAYS])
def test_a_red_line_is_a_rule_that_fails_there(key: str, rule: str, failing: set[tuple[str, str]]) -> None:
    """No line stands for something that the policies let pass."""
    assert (key, rule) in failing


def test_every_rule_of_a_line_is_tried_here() -> None:
    """The estate above opens everything that the picture knows to be open."""
    gates = {gate.rule for several in GATES.values() for gate in several}
    others = {"NET-NSG-001", "NET-NSG-002", "NET-NSG-003", "NET-NSG-004", "NET-NSG-005", "NET-NIC-001"}
    assert {rule for _, rule in WAYS} == gates | others | {"CMP-NET-002", "CMP-NET-003", "CMP-NET-004"}
