"""The activity log: who, when, which operation, and how it ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.contract.emulator.arm import GROUPS_VERSION, Arm, error

from azkeep.emulator import control

LOG = "/providers/Microsoft.Insights/eventtypes/management/values"
LOG_VERSION = "2015-04-01"


def _span() -> str:
    now = datetime.now(UTC)
    start, end = now - timedelta(hours=1), now + timedelta(hours=1)
    return f"eventTimestamp ge '{start.isoformat()}' and eventTimestamp le '{end.isoformat()}'"


def _events(arm: Arm, more: str = "", **query: str) -> list[dict[str, Any]]:
    answer = arm.send("GET", arm.subscription + LOG, version=LOG_VERSION, query={"$filter": _span() + more, **query})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["value"]
    return found


def test_a_write_leaves_two_events(arm: Arm) -> None:
    """One PUT: Started and Succeeded with one correlation id, the caller's object id and the operation's name."""
    correlation = "00000000-1111-4000-8000-000000000000"
    group = f"{arm.subscription}/resourceGroups/written"
    arm.send(
        "PUT",
        group,
        {"location": "westeurope"},
        version=GROUPS_VERSION,
        headers={"x-ms-correlation-request-id": correlation, "User-Agent": "probe/1"},
    )
    events = _events(arm, f" and correlationId eq '{correlation}'")
    assert [event["status"]["value"] for event in events] == ["Succeeded", "Started"]
    last = events[0]
    assert last["caller"] == arm.ready["principals"][0]["object_id"]
    assert last["claims"]["appid"] == arm.ready["principals"][0]["client_id"]
    assert last["operationName"]["value"] == "Microsoft.Resources/subscriptions/resourcegroups/write"
    assert last["resourceId"] == group
    assert last["subStatus"] == {"value": "Created", "localizedValue": "Created (HTTP Status Code: 201)"}
    assert last["httpRequest"]["method"] == "PUT"


def test_a_refused_write_is_recorded_as_failed(arm: Arm) -> None:
    """A PUT that is refused leaves Failed with the error, and nothing else of it."""
    group = arm.group("refused")
    network = f"{group}/providers/Microsoft.Network/virtualNetworks/hub"
    arm.send("PUT", network, {"location": "nowhere"})
    events = _events(arm, f" and resourceUri eq '{network}'")
    assert [event["status"]["value"] for event in events] == ["Failed", "Started"]
    assert events[0]["subStatus"]["value"] == "BadRequest"
    assert events[0]["level"] == "Error"
    assert "LocationNotAvailableForResourceType" in events[0]["properties"]["statusMessage"]


def test_reads_leave_nothing(arm: Arm) -> None:
    """GET is not recorded."""
    group = arm.group("looked")
    before = len(_events(arm, " and resourceGroupName eq 'looked'"))
    arm.send("GET", group, version=GROUPS_VERSION)
    assert len(_events(arm, " and resourceGroupName eq 'looked'")) == before == 2


def test_select_keeps_the_named_members(arm: Arm) -> None:
    """$select limits each event to what it names."""
    arm.group("selected")
    assert {name for event in _events(arm, **{"$select": "caller,eventTimestamp"}) for name in event} == {
        "caller",
        "eventTimestamp",
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "caller eq 'me'",
        "eventTimestamp ge 'yesterday'",
        "eventTimestamp eq '2026-01-01T00:00:00Z'",
        "resourceGroupName eq 'a'",
        "eventTimestamp ge '2026-01-01T00:00:00Z' or status eq 'Failed'",
        "eventTimestamp ge '2026-01-01T00:00:00Z' and resourceGroupName eq 'a' and resourceProvider eq 'b'",
    ],
)
def test_filter_outside_the_grammar_is_refused(arm: Arm, text: str) -> None:
    """The service takes a time span and at most one of four members; all else is a 400 that says so."""
    answer = arm.send("GET", arm.subscription + LOG, version=LOG_VERSION, query={"$filter": text} if text else {})
    status, code, message = error(answer)
    assert (status, code) == (400, "BadRequest")
    assert message.startswith("The $filter of the activity log is invalid")


def test_users_appear_by_name_and_client_by_agent(arm: Arm) -> None:
    """A user's write shows the user's name; the store's own log adds the client."""
    from pathlib import Path

    store = Path(arm.ready["ca"]).parent
    control.ensure_principal(store, "someone@example.com", "Contributor")
    with Arm(arm.ready, control.mint_token(store, "someone@example.com")) as hand:
        hand.session.headers["User-Agent"] = "portal/1"
        hand.group("by-hand")
    last = control.activity(store, limit=1)[0]
    assert (last["caller"], last["client"], last["status"]["value"]) == ("someone@example.com", "portal/1", "Succeeded")
