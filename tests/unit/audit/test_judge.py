"""What an audit reports of recorded, live and declared documents."""

from __future__ import annotations

from typing import Any

from azkeep.audit.judge import Seen, judge
from azkeep.model.drift import DriftKind, Severity
from azkeep.model.transport import Answer

GROUP = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg"
STORE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/store"
RECORDED: dict[str, Any] = {
    "id": STORE,
    "location": "westeurope",
    "tags": {"owner": "ann"},
    "properties": {"publicNetworkAccess": "Disabled", "allowSharedKeyAccess": False, "accessTier": "Hot"},
}
DECLARED = {"location": "westeurope", "properties": {"publicNetworkAccess": "Disabled"}}


def live(**changed: Any) -> Answer:
    return Answer(200, {**RECORDED, "properties": {**RECORDED["properties"], **changed}})


def test_the_same_document_is_no_drift() -> None:
    """Nothing moved: no finding, everything read."""
    audit = judge({STORE: RECORDED}, {STORE: live()}, {STORE: DECLARED})
    assert (audit.drifts, audit.read, audit.total, audit.percent) == ((), 1, 1, 100.0)


def test_a_declared_property_that_moved_is_declared_drift() -> None:
    """What the program sets and somebody opened is critical."""
    (drift,) = judge({STORE: RECORDED}, {STORE: live(publicNetworkAccess="Enabled")}, {STORE: DECLARED}).drifts
    assert (drift.kind, drift.severity, drift.id) == (DriftKind.DECLARED, Severity.CRITICAL, STORE)
    assert drift.change is not None
    assert (drift.change.before, drift.change.after) == ("Disabled", "Enabled")


def test_another_property_that_moved_is_undeclared_drift() -> None:
    """Nobody declared it, and still it is found; weakening ranks above a plain change."""
    answer = live(allowSharedKeyAccess=True, accessTier="Cool")
    drifts = judge({STORE: RECORDED}, {STORE: answer}, {STORE: DECLARED}).drifts
    assert [(drift.kind, drift.severity, drift.change and drift.change.path) for drift in drifts] == [
        (DriftKind.UNDECLARED, Severity.HIGH, "/properties/allowSharedKeyAccess"),
        (DriftKind.UNDECLARED, Severity.MEDIUM, "/properties/accessTier"),
    ]


def test_without_a_recording_only_declared_properties_count() -> None:
    """The rest of the document is not judged, because nobody knows what it was."""
    answer = live(publicNetworkAccess="Enabled", accessTier="Cool")
    drifts = judge({STORE: DECLARED}, {STORE: answer}, {STORE: DECLARED}, declared_only=True).drifts
    assert [drift.change and drift.change.path for drift in drifts] == ["/properties/publicNetworkAccess"]


def test_what_is_not_found_is_missing() -> None:
    """404 is an answer: the resource is gone."""
    gone = Answer(404, {"error": {"code": "ResourceNotFound", "message": "gone"}})
    (drift,) = judge({STORE: RECORDED}, {STORE: gone}, {}).drifts
    assert (drift.kind, drift.severity) == (DriftKind.MISSING, Severity.CRITICAL)


def test_what_is_soft_deleted_is_told_how_it_comes_back() -> None:
    """A vault by the fix itself, a workspace of Log Analytics by making it again, one of machine learning by hand: no
    list of deleted ones shows that. What is not among the deleted ones any more is plainly made again."""
    vault = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kept"
    lying = {"properties": {"vaultId": vault, "deletionDate": "2026-01-01T00:00:00.7067801Z"}}
    (drift,) = judge({vault: {"id": vault}}, {vault: Answer(404)}, {}, seen=Seen(deleted={vault: lying})).drifts
    fix = f"azkeep audit {{stack}} --fix --only {vault}"
    assert (drift.fix, drift.soft_deleted) == (fix, True)
    assert drift.detail == (
        "soft-deleted at 2026-01-01T00:00:00Z: a fix brings it back with what was in it;"
        " with --purge and its id it is made anew, empty"
    )
    (lost,) = judge({vault: {"id": vault}}, {vault: Answer(404)}, {}).drifts
    assert (lost.fix, lost.soft_deleted) == (fix, False)

    logs = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs"
    (drift,) = judge({logs: {"id": logs}}, {logs: Answer(404)}, {}, seen=Seen(deleted={logs: {"id": logs}})).drifts
    assert (drift.fix, drift.detail) == (
        fix.replace(vault, logs),
        "soft-deleted: a fix brings it back with what was in it",
    )

    lab = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/lab"
    (drift,) = judge({lab: {"id": lab}}, {lab: Answer(404)}, {}).drifts
    assert drift.detail == "not found; a deleted one keeps its name and can be recovered for 14 days"
    assert "recover it in the Azure portal (Azure Machine Learning, Recently deleted), or give it up" in drift.fix
    assert f"--fix --only {lab} --purge {lab} makes it anew, empty" in drift.fix


def test_a_connection_that_went_with_its_endpoint_is_told_once() -> None:
    """A private endpoint of the stack is missing: the target's list of connections says nothing new. One that a
    stranger took away beside it is still shown."""
    endpoint = f"{GROUP}/providers/Microsoft.Network/privateEndpoints/store-pe"

    def to(*endpoints: str) -> dict[str, Any]:
        items = [{"name": id[-9:], "properties": {"privateEndpoint": {"id": id}}} for id in endpoints]
        return {"id": STORE, "properties": {"privateEndpointConnections": items}}

    before = {STORE: to(endpoint.upper(), f"{endpoint}-other"), endpoint: {"id": endpoint}}
    told = judge(before, {STORE: Answer(200, to(f"{endpoint}-other")), endpoint: Answer(404)}, {}).drifts
    assert [(each.kind, each.id) for each in told] == [(DriftKind.MISSING, endpoint)]
    told = judge(before, {STORE: Answer(200, to()), endpoint: Answer(404)}, {}).drifts
    assert [each.id for each in told if each.kind is DriftKind.UNDECLARED] == [STORE]


def test_what_may_not_be_read_is_unread_and_neither_gone_nor_fine() -> None:
    """403, 500 and no answer at all lower the coverage and say why."""
    refused = Answer(403, {"error": {"code": "AuthorizationFailed", "message": "no rights"}})
    other = STORE.replace("store", "other")
    audit = judge({STORE: RECORDED, other: RECORDED}, {STORE: refused}, {})
    assert [(drift.kind, drift.detail) for drift in audit.drifts] == [
        (DriftKind.UNREAD, "no answer"),
        (DriftKind.UNREAD, "AuthorizationFailed: no rights"),
    ]
    assert (audit.read, audit.percent) == (0, 0.0)


def test_an_ordered_list_of_the_program_covers_the_live_one_in_another_order() -> None:
    """A declared rule is declared wherever ARM lists it."""
    rules = [{"name": "a", "properties": {"access": "Deny"}}, {"name": "b", "properties": {"access": "Deny"}}]
    opened = [rules[1], {"name": "a", "properties": {"access": "Allow"}}]
    group = f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/nsg"
    recorded = {"id": group, "properties": {"securityRules": rules}}
    answer = Answer(200, {"id": group, "properties": {"securityRules": opened}})
    (drift,) = judge({group: recorded}, {group: answer}, {group: {"properties": {"securityRules": rules[:1]}}}).drifts
    assert drift.kind is DriftKind.DECLARED
    assert drift.change is not None
    assert drift.change.path == "/properties/securityRules/1/properties/access"


def test_a_secret_that_differs_shows_no_side() -> None:
    """Should a service ever answer what its type calls secret, the finding masks all three documents."""
    endpoint = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/w/onlineEndpoints/e"
    recorded, changed = (
        {"id": endpoint, "properties": {"keys": {"primaryKey": key}}} for key in ("canary-1", "canary-2")
    )
    (drift,) = judge({endpoint: recorded}, {endpoint: Answer(200, changed)}, {endpoint: recorded}).drifts
    assert drift.change is not None
    assert drift.change.secret
    assert "canary" not in repr(drift.declared)
    assert "canary-1" not in str(drift.declared)


def test_a_resource_that_somebody_is_changing_is_not_settled() -> None:
    """Its properties are compared, its passing state is no drift, and that the look came too early is said."""
    recorded = {**RECORDED, "properties": {**RECORDED["properties"], "provisioningState": "Succeeded"}}
    moving = Answer(200, {**recorded, "properties": {**recorded["properties"], "provisioningState": "Updating"}})
    (drift,) = judge({STORE: recorded}, {STORE: moving}, {}).drifts
    assert (drift.kind, drift.detail) == (DriftKind.UNREAD, "it is being changed at this moment (Updating)")
    failed = Answer(200, {**recorded, "properties": {**recorded["properties"], "provisioningState": "Failed"}})
    (drift,) = judge({STORE: recorded}, {STORE: failed}, {}).drifts
    assert (drift.kind, drift.severity, drift.concern) == (DriftKind.UNDECLARED, Severity.HIGH, "state")


def test_the_census_counts_everything_once() -> None:
    """Managed, read, unread and unmanaged of each type, and what a service made."""
    subnet = {"id": f"{GROUP}/providers/Microsoft.Network/virtualNetworks/v/subnets/s", "name": "s", "properties": {}}
    network = subnet["id"].rsplit("/subnets/", 1)[0]
    body = {"id": network, "properties": {"subnets": [subnet]}}
    other = STORE.replace("store", "other")
    audit = judge({network: body, STORE: RECORDED, other: RECORDED}, {network: Answer(200, body), STORE: live()}, {})
    counted = {line.type: (line.managed, line.read, line.unread, line.unmanaged) for line in audit.census}
    assert counted == {
        "Microsoft.Network/virtualNetworks": (1, 1, 0, 0),
        "Microsoft.Network/virtualNetworks/subnets": (0, 0, 0, 1),
        "Microsoft.Storage/storageAccounts": (2, 1, 1, 0),
    }
