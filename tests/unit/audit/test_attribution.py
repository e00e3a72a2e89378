"""Who did it: findings and Azure's own records put together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azkeep.audit.attribution import (
    NO_VALUES,
    NOT_RECORDED,
    OBJECT,
    OUTSIDE,
    VALUES_GONE,
    Record,
    Window,
    attribute,
    from_changes,
    from_events,
    moment,
    with_log,
)
from azkeep.model.drift import Drift, DriftKind, Severity
from azkeep.model.plan import Change
from azkeep.model.value import Secret

GROUP = "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg"
STORE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/store"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net"
COMPUTE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/w/computes/c"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(days=2), NOW)


def drift(id: str = STORE, path: str = "/properties/publicNetworkAccess", **more: Any) -> Drift:
    return Drift(DriftKind.DECLARED, Severity.HIGH, id, "T", Change(path, "Disabled", "Enabled", **more))


def row(
    at: str, changes: dict[str, Any], *, by: str = "eve@example.com", id: str = STORE, **more: Any
) -> dict[str, Any]:
    return {
        "properties": {
            "targetResourceId": id,
            "changeType": "Update",
            "changeAttributes": {
                "timestamp": at, "changedBy": by, "clientType": "Azure Portal", "correlationId": f"c-{at}",
                "operation": "Microsoft.Storage/storageAccounts/write", **more,
            },
            "changes": {path: {"previousValue": old, "newValue": new} for path, (old, new) in changes.items()},
        }
    }  # fmt: skip


def event(
    at: str, id: str, operation: str, *, by: str = "eve@example.com", state: str = "Succeeded", **claims: str
) -> Any:
    return {
        "eventTimestamp": at, "caller": by, "resourceId": id, "correlationId": f"c-{at}",
        "operationName": {"value": operation}, "status": {"value": state}, "claims": claims,
        "category": {"value": "Administrative"},
    }  # fmt: skip


def test_the_hand_behind_one_property_with_its_values() -> None:
    """Caller, client, operation, time, correlation id, and the values that Azure recorded."""
    records = from_changes(
        [row("2026-11-22T08:00:00.1234567Z", {"properties.publicNetworkAccess": ("Disabled", "Enabled")})]
    )
    found = attribute(drift(), records, WINDOW)
    (who,) = found.who
    assert (who.by, who.client, who.operation) == (
        "eve@example.com", "Azure Portal", "Microsoft.Storage/storageAccounts/write",
    )  # fmt: skip
    assert (who.at, who.correlation_id) == ("2026-11-22T08:00:00.1234567Z", "c-2026-11-22T08:00:00.1234567Z")
    assert (who.before, who.after, who.has_values) == ("Disabled", "Enabled", True)
    assert found.who_note == ""


def test_another_property_of_the_same_resource_is_another_story() -> None:
    """A record of a tag explains no firewall."""
    records = from_changes([row("2026-11-22T08:00:00Z", {"tags.a": (None, "b")})])
    found = attribute(drift(), records, WINDOW)
    assert (found.who, found.who_note) == ((), NOT_RECORDED)


def test_several_hands_are_told_in_order() -> None:
    """Records come in any order; the hands stand in the order of time."""
    changes = {"properties.publicNetworkAccess": ("Disabled", "Enabled")}
    back = {"properties.publicNetworkAccess": ("Enabled", "Disabled")}
    records = from_changes(
        [
            row("2026-11-22T10:00:00Z", changes, by="mallory@example.com"),
            row("2026-11-22T08:00:00Z", changes),
            row("2026-11-22T09:00:00Z", back, by="ann@example.com"),
        ]
    )
    found = attribute(drift(), records, WINDOW)
    assert [who.by for who in found.who] == ["eve@example.com", "ann@example.com", "mallory@example.com"]


def test_what_was_written_before_the_recording_is_not_the_cause() -> None:
    """Our own applies come before the recording that they make."""
    records = from_changes([row("2026-11-19T08:00:00Z", {"properties.publicNetworkAccess": (None, "Disabled")})])
    assert attribute(drift(), records, WINDOW).who == ()


def test_a_subnet_is_explained_by_the_record_of_its_network() -> None:
    """Resource Graph keeps no subnets: their changes are changes of what lists them."""
    subnet = f"{NETWORK}/subnets/inner"
    records = from_changes(
        [row("2026-11-22T08:00:00Z", {'properties.subnets["inner"].properties.addressPrefix': ("a", "b")}, id=NETWORK),
         row("2026-11-22T09:00:00Z", {'properties.subnets["other"].properties.addressPrefix': ("a", "b")}, id=NETWORK)]
    )  # fmt: skip
    found = attribute(drift(subnet, "/properties/addressPrefix"), records, WINDOW)
    assert [(who.at, who.before, who.after) for who in found.who] == [("2026-11-22T08:00:00Z", "a", "b")]


def test_a_type_without_a_feed_has_no_values() -> None:
    """For a compute the activity log says who and when, and nothing else is claimed."""
    operation = "Microsoft.MachineLearningServices/workspaces/computes/write"
    records = from_events(
        [
            event("2026-11-22T08:00:00Z", COMPUTE, operation, state="Started"),
            event("2026-11-22T08:00:01Z", COMPUTE, operation),
        ]
    )
    found = attribute(drift(COMPUTE, "/properties/properties/vmSize"), records, WINDOW)
    assert [(who.by, who.at, who.has_values) for who in found.who] == [
        ("eve@example.com", "2026-11-22T08:00:01Z", False)
    ]
    assert found.who_note == NO_VALUES


def test_a_covered_type_past_its_window_says_so() -> None:
    """After 14 days the log still says who; that the values are gone is said."""
    window = Window(NOW - timedelta(days=30), NOW)
    records = from_events([event("2026-11-01T08:00:00Z", STORE, "Microsoft.Storage/storageAccounts/write")])
    assert attribute(drift(), records, window).who_note == VALUES_GONE


@pytest.mark.parametrize(("days", "note"), [(2, NOT_RECORDED), (89, NOT_RECORDED), (91, OUTSIDE), (None, OUTSIDE)])
def test_no_record_says_why(days: int | None, note: str) -> None:
    """Inside the window nothing was recorded, outside nothing is kept; without a recording nobody knows since when."""
    window = Window(NOW - timedelta(days=days) if days else None, NOW)
    assert attribute(drift(), (), window).who_note == note


def test_who_deleted_it_even_with_its_group() -> None:
    """A deletion of the resource, or of what it stood in."""
    missing = Drift(DriftKind.MISSING, Severity.CRITICAL, STORE, "T")
    own = event("2026-11-22T08:00:00Z", STORE, "Microsoft.Storage/storageAccounts/delete")
    above = event(
        "2026-11-22T09:00:00Z", GROUP, "Microsoft.Resources/subscriptions/resourcegroups/delete", by="ann@example.com"
    )
    found = attribute(missing, from_events([own, above]), WINDOW)
    assert [who.by for who in found.who] == ["eve@example.com", "ann@example.com"]
    write = event("2026-11-22T07:00:00Z", STORE, "Microsoft.Storage/storageAccounts/write")
    assert attribute(missing, from_events([write]), WINDOW).who == ()


def test_who_made_what_nobody_declared() -> None:
    """Every write to it, the first being the one that made it."""
    stranger = Drift(DriftKind.UNMANAGED, Severity.MEDIUM, COMPUTE, "T")
    records = from_events(
        [event("2026-11-22T08:00:00Z", COMPUTE, "Microsoft.MachineLearningServices/workspaces/computes/write")]
    )
    assert [who.by for who in attribute(stranger, records, WINDOW).who] == ["eve@example.com"]


def test_what_a_policy_wrote_is_by_policy() -> None:
    """The claims of its identity name the assignment; if a person wrote last, it is drift again."""
    mirid = f"{GROUP}/providers/Microsoft.Authorization/policyAssignments/deploy-diagnostics"
    operation = "Microsoft.MachineLearningServices/workspaces/computes/write"
    policy = event("2026-11-22T08:00:00Z", COMPUTE, operation, by="an-object-id", xms_mirid=mirid)
    wanted = drift(COMPUTE, "/properties/description")
    found = attribute(wanted, from_events([policy]), WINDOW)
    assert (found.by_policy, found.counts) == ("deploy-diagnostics", False)
    person = event("2026-11-22T09:00:00Z", COMPUTE, operation)
    assert attribute(wanted, from_events([policy, person]), WINDOW).by_policy == ""


def test_the_log_tells_who_an_application_of_the_feed_is() -> None:
    """One correlation id joins both; what the log alone has is added."""
    changes = from_changes(
        [row("2026-11-22T08:00:00Z", {"tags.a": (None, "b")}, by="11111111-0000-0000-0000-000000000000")]
    )
    mirid = f"{GROUP}/providers/Microsoft.Authorization/policyAssignments/tags"
    log = from_events(
        [event("2026-11-22T08:00:00Z", STORE, "Microsoft.Storage/storageAccounts/write", by="object", xms_mirid=mirid),
         event("2026-11-22T08:30:00Z", STORE, "Microsoft.Storage/storageAccounts/write")]
    )  # fmt: skip
    records = with_log(changes, log)
    assert [(record.policy, record.values is not None) for record in records] == [("tags", True), ("", False)]


def test_failed_and_read_operations_explain_nothing() -> None:
    """A refused write changed nothing, and listing keys no document."""
    records = from_events(
        [event("2026-11-22T08:00:00Z", STORE, "Microsoft.Storage/storageAccounts/write", state="Failed"),
         event("2026-11-22T08:00:00Z", STORE, "Microsoft.Storage/storageAccounts/read")]
    )  # fmt: skip
    assert records == ()


def test_secrets_stay_masked_in_what_azure_recorded() -> None:
    """Values of a secret property are wrapped wherever they come from."""
    records = from_changes([row("2026-11-22T08:00:00Z", {"properties.publicNetworkAccess": ("old-key", "new-key")})])
    (who,) = attribute(drift(secret=True), records, WINDOW).who
    assert isinstance(who.before, Secret)
    assert "new-key" not in repr(who)


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(0, 7))
def test_any_moment_is_read(at: datetime, digits: int) -> None:
    """Any number of digits of a second, as .NET, Python and JavaScript write them."""
    fraction = f".{at.microsecond:06d}0"[: digits + 1] if digits else ""
    found = moment(f"{at:%Y-%m-%dT%H:%M:%S}{fraction}Z")
    assert found is not None
    assert found.replace(microsecond=0) == at.replace(microsecond=0, tzinfo=UTC)


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_moments(text: str) -> None:
    """What is no moment is None."""
    assert moment(text) is None or isinstance(moment(text), datetime)


def test_a_record_without_a_time_still_counts() -> None:
    """Nobody is left out for want of a clock."""
    record = Record(STORE.lower(), "", "Update", "eve@example.com")
    assert [who.by for who in attribute(drift(), [record], WINDOW).who] == ["eve@example.com"]


def test_a_caller_has_one_name_in_all_records() -> None:
    """The feed names an application by its client id, the log by its object id; both become the name, where the log
    knows one, else the client id. A record of the feed whose event the log does not have is told as the others."""
    app, object_id = "6f2f9a3c-5d0e-4f58-9c56-1f1f6d1f2a01", "ce2ce14e-85d7-4629-bdbc-454d0519d987"
    write = "Microsoft.Storage/storageAccounts/write"
    ids = {"appid": app, OBJECT: object_id}
    changes = from_changes(
        [row(f"2026-11-22T0{hour}:00:00Z", {"tags.a": ("1", "2")}, by=app) for hour in (8, 9)]
    )  # fmt: skip

    def told(**claims: str) -> set[str]:
        log = from_events([event("2026-11-22T08:00:00Z", STORE, write, by=object_id, **{**ids, **claims})])
        return {record.by for record in with_log(changes, log)}

    assert told(name="pipeline") == {"pipeline"}
    assert told() == {app}
    assert {record.by for record in with_log(changes, ())} == {app}
    eve = from_events([event("2026-11-22T07:00:00Z", STORE, write, **ids)])
    assert {record.by for record in with_log(changes, eve)} == {app, "eve@example.com"}
