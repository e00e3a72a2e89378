"""The activity log as Microsoft's own client reads it, and hands that are nobody's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.mgmt.monitor import MonitorManagementClient
from azure.mgmt.monitor.models import EventData
from tests.contract.emulator.arm import Arm, credential, local_cloud

from azkeep.emulator import control
from azkeep.errors import UsageError
from azkeep.testing import emulator

GRAPH = "/providers/Microsoft.ResourceGraph/resources"


@pytest.fixture(scope="module")
def monitor(ready: Mapping[str, Any]) -> Iterator[MonitorManagementClient]:
    who = credential(ready)
    with (
        who,
        MonitorManagementClient(who, ready["subscription"], **local_cloud(ready)) as client,
    ):
        yield client


@pytest.fixture
def store(arm: Arm) -> Iterator[Path]:
    folder = Path(arm.ready["ca"]).parent
    yield folder
    control.move_clock(folder, timedelta(0))


def events(monitor: MonitorManagementClient, more: str = "", *, quote: str = "'") -> list[EventData]:
    """Events of the last hour, newest first."""
    start = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return list(monitor.activity_logs.list(f"eventTimestamp ge {quote}{start}{quote}{more}"))


def test_event_has_its_members(monitor: MonitorManagementClient, arm: Arm) -> None:
    """Who, by which role, over which request, and how it ended, as the client's model has it."""
    group = arm.group("logged")
    last = events(monitor, f" and resourceUri eq '{group}'")[0]
    assert last.caller == arm.ready["principals"][0]["object_id"]
    assert last.authorization is not None
    assert (last.authorization.action, last.authorization.role, last.authorization.scope) == (
        "Microsoft.Resources/subscriptions/resourcegroups/write",
        "Owner",
        group,
    )
    assert last.http_request is not None
    assert (last.http_request.method, last.http_request.client_ip_address) == ("PUT", "127.0.0.1")
    assert last.status is not None
    assert last.sub_status is not None
    assert (last.status.value, last.sub_status.value, str(last.level)) == ("Succeeded", "Created", "Informational")
    assert last.event_timestamp == last.submission_timestamp


@pytest.mark.parametrize(
    ("more", "states"),
    [
        (" and eventChannels eq 'Admin, Operation'", ["Succeeded", "Started"]),
        (" and status eq 'succeeded'", ["Succeeded"]),
        (" and levels eq 'Critical,Error'", []),
        (" and caller eq 'nobody@example.com'", []),
        (" and resourceProvider eq 'Microsoft.Resources'", None),
    ],
)
def test_filters_that_clients_send(
    monitor: MonitorManagementClient, arm: Arm, more: str, states: list[str] | None
) -> None:
    """Channels, state, level and caller narrow the list; two places at once are refused."""
    arm.group("sifted")
    if states is None:
        with pytest.raises(Exception, match="only one of resourceGroupName"):
            events(monitor, f" and resourceGroupName eq 'sifted'{more}")
        return
    found = events(monitor, f" and resourceGroupName eq 'sifted'{more}", quote="")
    assert sorted({each.status.value for each in found if each.status}) == sorted(states)


def test_ninety_days_of_the_moved_clock(monitor: MonitorManagementClient, arm: Arm, store: Path) -> None:
    """After 89 days an event is still there, after 91 it is not."""
    group = arm.group("old")
    ask = f"eventTimestamp ge '2020-01-01' and resourceUri eq '{group}'"
    control.move_clock(store, timedelta(days=89))
    assert len(list(monitor.activity_logs.list(ask))) == 2
    control.move_clock(store, timedelta(days=91))
    assert list(monitor.activity_logs.list(ask)) == []


def test_policy_writes_as_its_assignment(monitor: MonitorManagementClient, arm: Arm, store: Path) -> None:
    """What a policy deploys carries its assignment in the claims, beside an event of the policy itself."""
    principal = control.policy_hand(store, "deploy-diagnostics")
    assert control.policy_hand(store, "deploy-diagnostics") == principal
    assert (
        principal.resource == f"{arm.subscription}/providers/Microsoft.Authorization/policyAssignments/{principal.name}"
    )
    vault = _vault(arm, "policed")
    hand = Arm(arm.ready, control.mint_token(store, principal.name))
    log = _log_workspace(arm, "policed")
    setting = f"{vault}/providers/Microsoft.Insights/diagnosticSettings/by-policy"
    body = {"properties": {"workspaceId": log, "logs": [{"categoryGroup": "audit", "enabled": True}]}}
    answer = hand.send("PUT", setting, body, version="2021-05-01-preview")
    assert answer.status_code in (200, 201), answer.text
    hand.session.close()
    policy, done, _ = events(monitor, f" and resourceUri eq '{setting}'")
    assert done.caller == policy.caller == principal.object_id
    assert done.claims is not None
    assert done.claims["xms_mirid"] == principal.resource
    assert policy.operation_name is not None
    assert policy.operation_name.value == "Microsoft.Authorization/policies/deployIfNotExists/action"
    assert policy.category is not None
    assert policy.category.value == "Policy"
    assert policy.properties is not None
    assert json.loads(policy.properties["policies"])[0]["policyAssignmentId"] == principal.resource
    assert done.correlation_id == policy.correlation_id


def test_policy_assignment_is_in_the_graph(arm: Arm, store: Path) -> None:
    """policyresources has the assignment, whose identity is the caller's object id."""
    principal = control.policy_hand(store, "deploy-zones", definition=control.PRIVATE_DNS_ZONES)
    query = (
        "policyresources | where type =~ 'microsoft.authorization/policyassignments' and name == 'deploy-zones'"
        " | project principal = tostring(identity.principalId), definition = tostring(properties.policyDefinitionId)"
    )
    answer = arm.send("POST", GRAPH, {"query": query}, version="2022-10-01")
    assert answer.json()["data"] == [{"principal": principal.object_id, "definition": control.PRIVATE_DNS_ZONES}]


def test_policy_cannot_take_somebodys_name(arm: Arm, store: Path) -> None:
    """A name that a principal has is refused, as is a scope that is none."""
    with pytest.raises(UsageError, match="is somebody else"):
        control.policy_hand(store, "azkeep-deployer")
    with pytest.raises(UsageError, match="is no scope"):
        control.policy_hand(store, "elsewhere", scope="/nowhere")


def test_records_appear_late_where_it_is_realistic(tmp_path: Path) -> None:
    """Under --realistic an event shows after half a minute, a change record after one."""
    with emulator(tmp_path, realistic=True) as ready:
        principal = credential(ready)
        arm = Arm(ready, principal.get_token(f"{ready['arm']}/.default").token)
        principal.close()
        group = arm.group("later")
        path = f"{arm.subscription}/providers/Microsoft.Insights/eventtypes/management/values"
        ask = {"$filter": f"eventTimestamp ge '2020-01-01' and resourceUri eq '{group}'"}

        def seen() -> tuple[int, int]:
            log = arm.send("GET", path, version="2015-04-01", query=ask).json()["value"]
            feed = arm.send("POST", GRAPH, {"query": "resourcecontainerchanges"}, version="2022-10-01").json()["data"]
            return len(log), len(feed)

        assert seen() == (0, 0)
        control.move_clock(tmp_path, timedelta(seconds=40))
        assert seen() == (2, 0)
        control.move_clock(tmp_path, timedelta(seconds=70))
        assert seen() == (2, 1)
        arm.session.close()


def _vault(arm: Arm, group: str) -> str:
    path = f"{arm.group(group)}/providers/Microsoft.KeyVault/vaults/kv-{group}-{arm.ready['subscription'][-4:]}"
    properties = {
        "tenantId": arm.ready["tenant"],
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": True,
    }
    answer = arm.send("PUT", path, {"location": "westeurope", "properties": properties}, version="2023-07-01")
    assert answer.status_code in (200, 201), answer.text
    return path


def _log_workspace(arm: Arm, group: str) -> str:
    path = f"{arm.group(group)}/providers/Microsoft.OperationalInsights/workspaces/log-{group}"
    body = {"location": "westeurope", "properties": {"sku": {"name": "PerGB2018"}}}
    answer = arm.send("PUT", path, body, version="2023-09-01")
    assert answer.status_code in (200, 201, 202), answer.text
    return path
