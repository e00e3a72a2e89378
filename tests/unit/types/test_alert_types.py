"""Action groups and alert rules."""

from __future__ import annotations

from typing import Any

import pytest

from azkeep.errors import ArmFault
from azkeep.types import by_arm_type
from azkeep.types.conversion import pointer, to_body, to_outputs
from azkeep.types.validation import wrong_values
from estate import GROUP, MemoryEstate, body_of

INSIGHTS = f"{GROUP}/providers/Microsoft.Insights"
ACTIONS, METRIC, LOG = (
    f"{INSIGHTS}/actionGroups/team",
    f"{INSIGHTS}/metricAlerts/low",
    f"{INSIGHTS}/activityLogAlerts/gone",
)
QUERY = f"{INSIGHTS}/scheduledQueryRules/failed"
WEB_TEST = {
    "odataType": "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria",
    "webTestId": f"{INSIGHTS}/webTests/ping",
    "componentId": f"{INSIGHTS}/components/web",
    "failedLocationCount": 2,
}


def metric(**properties: Any) -> dict[str, Any]:
    example = body_of("Microsoft.Insights/metricAlerts")["properties"]
    return {"location": "global", "properties": {**example, **properties}}


def activity(**properties: Any) -> dict[str, Any]:
    example = body_of("Microsoft.Insights/activityLogAlerts")["properties"]
    return {"location": "global", "properties": {**example, **properties}}


def refused(id: str, body: dict[str, Any]) -> str:
    with pytest.raises(ArmFault) as fault:
        MemoryEstate().put(id, body)
    assert (fault.value.status, fault.value.code) == (400, "BadRequest")
    return fault.value.message


def test_an_action_group_shows_every_list_of_receivers() -> None:
    """Lists that were not given are empty, and mail and text receivers have not opted out."""
    mail = {"name": "team", "emailAddress": "team@example.com"}
    sent = {"groupShortName": "team", "emailReceivers": [mail]}
    shown = MemoryEstate().put(ACTIONS, {"location": "global", "properties": sent})["properties"]
    assert shown["emailReceivers"] == [{**mail, "status": "Enabled"}]
    assert shown["webhookReceivers"] == []
    assert shown["enabled"] is True


@pytest.mark.parametrize(
    ("properties", "word"),
    [
        ({"groupShortName": "longer-than-twelve"}, "1 to 12 characters"),
        ({"groupShortName": ""}, "1 to 12 characters"),
        ({"groupShortName": "team", "emailReceivers": [{"name": "a"}], "smsReceivers": [{"name": "A"}]}, "'a'"),
    ],
)
def test_names_of_an_action_group(properties: dict[str, Any], word: str) -> None:
    """Short names fit into a text message; names of receivers are unique over all kinds."""
    assert word in refused(ACTIONS, {"location": "global", "properties": properties})


@pytest.mark.parametrize(
    ("properties", "word"),
    [
        ({"severity": 5}, "from 0 to 4"),
        ({"evaluationFrequency": "PT2M"}, "evaluationFrequency 'PT2M'"),
        ({"windowSize": "PT2H"}, "windowSize 'PT2H'"),
        ({"scopes": []}, "at least one scope"),
        ({"criteria": {"odata.type": "x", "allOf": []}}, "at least one condition"),
        ({"criteria": {"odata.type": "x", "allOf": [{"name": "a"}, {"name": "a"}]}}, "different names"),
    ],
)
def test_a_metric_alert_that_could_never_fire_is_refused(properties: dict[str, Any], word: str) -> None:
    """Severity, pace, scope and conditions are checked."""
    assert word in refused(METRIC, metric(**properties))


@pytest.mark.parametrize(
    ("properties", "word"),
    [
        ({"scopes": []}, "at least one scope"),
        ({"condition": {"allOf": [{"field": "status", "equals": "Failed"}]}}, "must name a category"),
    ],
)
def test_an_activity_log_alert_names_a_category(properties: dict[str, Any], word: str) -> None:
    """Without one the service does not know which events to look at."""
    assert word in refused(LOG, activity(**properties))


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ({"scopes": []}, "at least one scope"),
        ({"criteria": {"allOf": []}}, "at least one condition"),
        ({"severity": None}, "The severity of an alert rule is missing"),
        ({"severity": 5}, "from 0 to 4"),
        ({"windowSize": None}, "The windowSize of an alert rule is missing"),
    ],
)
def test_a_log_alert_needs_its_pace(members: dict[str, Any], word: str) -> None:
    """Scope, condition, severity and window; one that only makes a metric needs the first two."""
    example = {**body_of("Microsoft.Insights/scheduledQueryRules")["properties"], **members}
    sent = {name: value for name, value in example.items() if value is not None}
    assert word in refused(QUERY, {"location": "westeurope", "kind": "LogAlert", "properties": sent})
    if "severity" in members:
        shown = MemoryEstate().put(QUERY, {"location": "westeurope", "kind": "LogToMetric", "properties": sent})
        assert shown["kind"] == "LogToMetric"


def test_the_kind_of_criteria_has_a_name_of_its_own_in_arm() -> None:
    """`odataType` is `odata.type` there; each of the three kinds is told by it, on the way out and back."""
    type_ = by_arm_type("Microsoft.Insights/metricAlerts")
    assert type_ is not None
    body = to_body(type_, {"ruleName": "low", "criteria": WEB_TEST})
    kind = WEB_TEST["odataType"]
    assert body["properties"]["criteria"] == {
        **{name: value for name, value in WEB_TEST.items() if name != "odataType"},
        "odata.type": kind,
    }
    assert to_outputs(type_, body)["criteria"] == WEB_TEST
    assert pointer(type_, ("criteria", "odataType")) == "/properties/criteria/odata.type"


def test_conditions_are_read_by_the_kind_of_criteria() -> None:
    """A wrong value inside of a condition is found, because the criteria say what they are."""
    type_ = by_arm_type("Microsoft.Insights/metricAlerts")
    assert type_ is not None
    body = metric()
    condition = body["properties"]["criteria"]["allOf"][0]
    wrong = {**condition, "threshold": "much"}
    body["properties"]["criteria"] = {**body["properties"]["criteria"], "allOf": [wrong]}
    assert [(each.pointer, each.expected) for each in wrong_values(type_, body)] == [
        ("/properties/criteria/allOf/0/threshold", "number")
    ]
