"""Action groups and alert rules through Microsoft's own client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.monitor import MonitorManagementClient
from azure.mgmt.monitor.models import ActionGroup as Told
from azure.mgmt.monitor.models import (
    ActionGroupPatchBody,
    ActionGroupResource,
    ActionList,
    ActivityLogAlertResource,
    AlertRuleAllOfCondition,
    AlertRuleAnyOfOrLeafCondition,
    EmailReceiver,
    MetricAlertAction,
    MetricAlertResource,
    MetricAlertSingleResourceMultipleMetricCriteria,
    MetricCriteria,
)
from tests.contract.emulator.arm import Arm, credential, local_cloud

GROUP = "alerts"
MAIL = EmailReceiver(name="team", email_address="team@example.com")


@pytest.fixture(scope="module")
def monitor(ready: Mapping[str, Any], arm: Arm) -> Iterator[MonitorManagementClient]:
    """A client, with group `alerts` and action group `team` in it."""
    arm.group(GROUP)
    with (
        credential(ready) as own,
        MonitorManagementClient(own, ready["subscription"], **local_cloud(ready)) as client,
    ):
        body = ActionGroupResource(location="Global", group_short_name="team", enabled=True, email_receivers=[MAIL])
        client.action_groups.create_or_update(GROUP, "team", body)
        yield client


@pytest.fixture
def team(monitor: MonitorManagementClient) -> str:
    return str(monitor.action_groups.get(GROUP, "team").id)


@pytest.fixture
def network(arm: Arm) -> str:
    return arm.network(arm.group(GROUP), "watched")


def metric(scope: str, team: str) -> MetricAlertResource:
    condition = MetricCriteria(
        name="many", metric_name="IfUnderDDoSAttack", operator="GreaterThan", threshold=0.5, time_aggregation="Maximum"
    )
    return MetricAlertResource(
        location="global",
        severity=1,
        enabled=True,
        scopes=[scope],
        evaluation_frequency=timedelta(minutes=5),
        window_size=timedelta(minutes=15),
        criteria=MetricAlertSingleResourceMultipleMetricCriteria(all_of=[condition]),
        actions=[MetricAlertAction(action_group_id=team)],
    )


def test_an_action_group_goes_through_its_life(monitor: MonitorManagementClient) -> None:
    """It is made, listed, switched off by PATCH with its receivers kept, and deleted."""
    body = ActionGroupResource(location="Global", group_short_name="night", enabled=True, email_receivers=[MAIL])
    made = monitor.action_groups.create_or_update(GROUP, "night", body)
    assert (made.location, made.email_receivers[0].status, made.sms_receivers) == ("global", "Enabled", [])
    assert "night" in [each.name for each in monitor.action_groups.list_by_resource_group(GROUP)]
    off = monitor.action_groups.update(GROUP, "night", ActionGroupPatchBody(enabled=False))
    assert (off.enabled, off.email_receivers[0].email_address) == (False, "team@example.com")
    monitor.action_groups.delete(GROUP, "night")
    assert "night" not in [each.name for each in monitor.action_groups.list_by_subscription_id()]


def test_a_metric_alert_keeps_its_criteria(monitor: MonitorManagementClient, network: str, team: str) -> None:
    """The client reads back the criteria's own class, conditions and actions."""
    monitor.metric_alerts.create_or_update(GROUP, "attack", metric(network, team))
    found = monitor.metric_alerts.get(GROUP, "attack")
    assert isinstance(found.criteria, MetricAlertSingleResourceMultipleMetricCriteria)
    assert [(each.name, each.threshold) for each in found.criteria.all_of] == [("many", 0.5)]
    assert (found.window_size, found.auto_mitigate) == (timedelta(minutes=15), True)
    assert [each.action_group_id for each in found.actions] == [team]
    assert found.last_updated_time is not None


def test_an_activity_log_alert_keeps_its_condition(monitor: MonitorManagementClient, team: str, arm: Arm) -> None:
    """Leaves and what any of several leaves decides come back as they were sent."""
    leaf = AlertRuleAnyOfOrLeafCondition(field="category", equals="Administrative")
    body = ActivityLogAlertResource(
        location="Global",
        scopes=[arm.subscription],
        condition=AlertRuleAllOfCondition(all_of=[leaf]),
        actions=ActionList(action_groups=[Told(action_group_id=team)]),
    )
    monitor.activity_log_alerts.create_or_update(GROUP, "changes", body)
    found = monitor.activity_log_alerts.get(GROUP, "changes")
    assert [(each.field, each.equals) for each in found.condition.all_of] == [("category", "Administrative")]
    assert (found.enabled, found.actions.action_groups[0].action_group_id) == (True, team)


@pytest.mark.parametrize("what", ["scope", "action group"])
def test_an_alert_watches_and_tells_what_exists(
    monitor: MonitorManagementClient, network: str, team: str, what: str
) -> None:
    """A scope or an action group that is not there is named in the refusal."""
    body = metric(f"{network}x" if what == "scope" else network, team if what == "scope" else f"{team}x")
    with pytest.raises(HttpResponseError, match=f"The {what} '.*x' of alert rule 'broken' was not found") as caught:
        monitor.metric_alerts.create_or_update(GROUP, "broken", body)
    assert caught.value.status_code == 400
