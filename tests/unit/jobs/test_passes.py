"""When a plan takes two passes, and what the first one holds back."""

from __future__ import annotations

import json
from typing import Any

from azkeep.engine.state import State
from azkeep.jobs.passes import Pass, first_pass, is_later, later_steps
from azkeep.model.plan import Change, Operation, Plan, Step

WORKSPACE = (
    "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg/providers"
    "/Microsoft.MachineLearningServices/workspaces/w"
)
ENDPOINT = f"{WORKSPACE}/onlineEndpoints/score"
ENDPOINT_TYPE = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
ENDPOINT_TOKEN = "azure-native:machinelearningservices:OnlineEndpoint"


def endpoint(operation: Operation, **traffic: tuple[int | None, int | None]) -> Step:
    changes = tuple(Change(f"/properties/traffic/{name}", *sides) for name, sides in traffic.items())
    return Step(operation, ENDPOINT, ENDPOINT_TYPE, "endpoint", "urn:endpoint", changes=changes)


def deployment(operation: Operation, name: str) -> Step:
    return Step(operation, f"{ENDPOINT}/deployments/{name}", f"{ENDPOINT_TYPE}/deployments", name, f"urn:{name}")


def state(**traffic: int) -> State:
    inputs: dict[str, Any] = {
        "resourceGroupName": "rg",
        "workspaceName": "w",
        "endpointName": "score",
        "properties": {"authMode": "AADToken", "traffic": traffic},
    }
    resource = {
        "urn": f"urn:pulumi:dev::p::{ENDPOINT_TOKEN}::endpoint",
        "custom": True,
        "id": ENDPOINT,
        "type": ENDPOINT_TOKEN,
        "inputs": inputs,
        "outputs": inputs,
    }
    return State({"resources": [resource]})


def test_one_pass_where_nothing_names_what_is_made() -> None:
    """Shares that move between deployments that exist are set at once."""
    plan = Plan((endpoint(Operation.UPDATE, blue=(90, 10), green=(10, 90)),))
    assert later_steps(plan, state(blue=90, green=10)) == ()
    assert first_pass((), state()) == Pass()


def test_a_new_endpoint_gets_its_traffic_later() -> None:
    """Endpoint and deployment are made in the first pass, without traffic; the second sets it."""
    plan = Plan((endpoint(Operation.CREATE, blue=(None, 100)), deployment(Operation.CREATE, "blue")))
    (later,) = later_steps(plan, State({}))
    assert (later.operation, later.name, is_later(later)) == (Operation.UPDATE, "endpoint", True)
    assert [(change.path, change.after) for change in later.changes] == [("/properties/traffic/blue", 100)]
    assert json.loads(first_pass((later,), State({})).overrides["traffic"]) == {}


def test_a_live_endpoint_keeps_its_recorded_shares_meanwhile() -> None:
    """Requests go on to what serves them while its successor is made, and it leaves last."""
    plan = Plan(
        (
            endpoint(Operation.UPDATE, blue=(100, None), green=(None, 100)),
            deployment(Operation.CREATE, "green"),
            deployment(Operation.DELETE, "blue"),
        )
    )
    recorded = state(blue=100)
    later = later_steps(plan, recorded)
    assert [(step.operation, step.name) for step in later] == [
        (Operation.UPDATE, "endpoint"),
        (Operation.DELETE, "blue"),
    ]
    first = first_pass(later, recorded)
    assert json.loads(first.overrides["traffic"]) == {"score": {"blue": 100}}
    assert first.excludes == ("urn:blue",)


def test_an_endpoint_that_goes_whole_takes_one_pass() -> None:
    """Its deployments go with it."""
    gone = Step(Operation.DELETE, ENDPOINT, ENDPOINT_TYPE, "endpoint", "urn:endpoint")
    plan = Plan((gone, deployment(Operation.DELETE, "blue")))
    assert later_steps(plan, state(blue=100)) == ()
