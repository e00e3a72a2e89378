"""Application Insights, Log Analytics, diagnostic settings and private link scopes."""

from __future__ import annotations

from typing import Any

import pytest
from machine_learning import ACCOUNT, INSIGHTS, REGION, WORKSPACE, account, connect, insights

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import get
from azkeep.types import by_arm_type
from azkeep.types.conversion import arm_id, path_values, to_body, to_outputs
from azkeep.types.resource_type import ResourceType
from estate import GROUP, SUBSCRIPTION, MemoryEstate

LOGS = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs"
SCOPE = f"{GROUP}/providers/Microsoft.Insights/privateLinkScopes/scope"
SETTING = f"{WORKSPACE}/providers/Microsoft.Insights/diagnosticSettings"


def type_of(arm_type: str) -> ResourceType:
    found = by_arm_type(arm_type)
    assert found is not None
    return found


def refused(estate: MemoryEstate, id: str, body: dict[str, Any]) -> ArmFault:
    with pytest.raises(ArmFault) as fault:
        estate.put(id, body)
    return fault.value


def setting(**properties: Any) -> dict[str, Any]:
    return {"properties": {"workspaceId": LOGS, "logs": [{"category": "RunEvent", "enabled": True}], **properties}}


def test_a_component_has_capital_names_in_arm() -> None:
    """Inputs are renamed on the way in, and outputs on the way back."""
    type_ = type_of("Microsoft.Insights/components")
    body = to_body(type_, {"kind": "web", "applicationType": "web", "workspaceResourceId": LOGS, "ingestionMode": "x"})
    assert body == {
        "kind": "web",
        "properties": {"Application_Type": "web", "WorkspaceResourceId": LOGS, "IngestionMode": "x"},
    }
    outputs = to_outputs(type_, MemoryEstate().put(INSIGHTS, insights()))
    assert outputs["applicationId"] == "insights"
    assert outputs["connectionString"].startswith(f"InstrumentationKey={outputs['instrumentationKey']};")
    assert outputs["connectionString"].endswith(f"ApplicationId={outputs['appId']}")


def test_a_new_log_workspace_shows_its_customer_id_and_defaults() -> None:
    """Its sku lies under properties; 30 days; no daily cap."""
    shown = MemoryEstate().put(LOGS, {"location": REGION})
    assert get(shown, "/properties/sku/name") == "PerGB2018"
    assert get(shown, "/properties/retentionInDays") == 30
    assert get(shown, "/properties/workspaceCapping/dailyQuotaGb") == -1
    assert len(str(get(shown, "/properties/customerId"))) == 36
    body = to_body(type_of("Microsoft.OperationalInsights/workspaces"), {"sku": {"name": "PerGB2018"}})
    assert body == {"properties": {"sku": {"name": "PerGB2018"}}}


@pytest.mark.parametrize(("days", "allowed"), [(30, True), (730, True), (29, False), (731, False)])
def test_logs_are_kept_between_one_month_and_two_years(days: int, allowed: bool) -> None:
    """Other numbers are refused."""
    body = {"location": REGION, "properties": {"retentionInDays": days}}
    if not allowed:
        assert refused(MemoryEstate(), LOGS, body).code == "InvalidParameter"
        return
    assert get(MemoryEstate().put(LOGS, body), "/properties/retentionInDays") == days


def test_a_deleted_log_workspace_comes_back_with_its_name() -> None:
    """A PUT recovers it; force leaves nothing; keys are answered."""
    type_ = type_of("Microsoft.OperationalInsights/workspaces")
    assert type_.soft_delete is not None
    assert (type_.soft_delete.recovers({}), type_.soft_delete.purge_query) == (True, "force")
    kept = {"primarySharedKey": "one", "secondarySharedKey": "two"}
    assert type_.actions["sharedKeys"].answer(ArmId.parse(LOGS), {}, {}, kept, MemoryEstate()) == kept


def test_a_setting_hangs_on_any_resource() -> None:
    """The id begins with the whole id of the resource, percent-encoded or not."""
    type_ = type_of("Microsoft.Insights/diagnosticSettings")
    inputs = {"resourceUri": WORKSPACE.replace("/", "%2F"), "name": "all"}
    assert arm_id(type_, inputs, SUBSCRIPTION) == f"{SETTING}/all"
    assert path_values(type_, f"{SETTING}/all") == {"resourceUri": WORKSPACE.lstrip("/"), "name": "all"}


def test_a_setting_needs_a_sink_and_a_category() -> None:
    """One of each; retention is filled in as off, and the categories that were not sent."""
    estate = MemoryEstate()
    assert refused(estate, f"{SETTING}/all", setting(workspaceId=None)).code == "BadRequest"
    assert refused(estate, f"{SETTING}/all", setting(logs=[{"category": "x", "enabled": False}])).code == "BadRequest"
    shown = estate.put(f"{SETTING}/all", setting())
    assert get(shown, "/properties/logs/0/retentionPolicy") == {"enabled": False, "days": 0}
    off = {"enabled": False, "retentionPolicy": {"enabled": False, "days": 0}}
    assert get(shown, "/properties/metrics") == [{"category": "AllMetrics", **off}]
    assert {"category": "ComputeInstanceEvent", **off} in get(shown, "/properties/logs")


def test_a_setting_of_groups_shows_the_other_groups() -> None:
    """allLogs brings audit with it, switched off, and no single category."""
    shown = MemoryEstate().put(f"{SETTING}/all", setting(logs=[{"categoryGroup": "allLogs", "enabled": True}]))
    found = [(item["categoryGroup"], item["enabled"]) for item in get(shown, "/properties/logs")]
    assert found == [("allLogs", True), ("audit", False)]


@pytest.mark.parametrize(
    ("scope", "logs", "code", "said"),
    [
        (WORKSPACE, [{"category": "AuditEvent", "enabled": True}], "BadRequest", "Category 'AuditEvent' is not"),
        (ACCOUNT, [{"categoryGroup": "allLogs", "enabled": True}], "BadRequest", "Category group 'allLogs' is not"),
        (
            f"{WORKSPACE}/datastores/store",
            [{"categoryGroup": "allLogs", "enabled": True}],
            "ResourceTypeNotSupported",
            "The resource type 'microsoft.machinelearningservices/workspaces/datastores' does not support diagnostic",
        ),
    ],
)
def test_a_setting_sends_what_its_resource_has(scope: str, logs: list[Any], code: str, said: str) -> None:
    """Categories and groups of other types are refused, and so are resources without any."""
    fault = refused(MemoryEstate(), f"{scope}/providers/Microsoft.Insights/diagnosticSettings/all", setting(logs=logs))
    assert (fault.status, fault.code) == (400, code)
    assert fault.message.startswith(said)


def test_a_sink_takes_a_category_once() -> None:
    """Another sink, another category, or the same setting again are fine."""
    estate = MemoryEstate()
    estate.put(f"{SETTING}/one", setting())
    fault = refused(estate, f"{SETTING}/two", setting())
    assert (fault.status, fault.code) == (409, "Conflict")
    assert "'one' for category 'RunEvent'" in fault.message
    estate.put(f"{SETTING}/two", setting(workspaceId=None, storageAccountId=ACCOUNT))
    estate.put(f"{SETTING}/three", setting(logs=[{"category": "RunReadEvent", "enabled": True}]))
    estate.put(f"{SETTING}/one", setting())
    assert len(estate.of_type("Microsoft.Insights/diagnosticSettings")) == 3


def test_a_resource_has_five_settings_at_most() -> None:
    """The sixth is refused; another resource is not counted."""
    estate = MemoryEstate()
    *first, last = (
        "RunEvent",
        "RunReadEvent",
        "DataSetReadEvent",
        "ModelsReadEvent",
        "DataStoreReadEvent",
        "ModelsActionEvent",
    )
    for name in first:
        estate.put(f"{SETTING}/{name}", setting(logs=[{"category": name, "enabled": True}]))
    assert refused(estate, f"{SETTING}/{last}", setting(logs=[{"category": last, "enabled": True}])).status == 409
    estate.put(ACCOUNT, account())
    metrics = setting(logs=None, metrics=[{"category": "Transaction", "enabled": True}])
    estate.put(f"{ACCOUNT}/providers/Microsoft.Insights/diagnosticSettings/0", metrics)
    assert estate.get(f"{ACCOUNT}/providers/Microsoft.Insights/diagnosticSettings/0") is not None


def test_a_member_shows_its_scope() -> None:
    """Component and log workspace name the scope they were put into."""
    estate = MemoryEstate()
    modes = {"ingestionAccessMode": "Open", "queryAccessMode": "PrivateOnly"}
    estate.put(SCOPE, {"location": "global", "properties": {"accessModeSettings": modes}})
    estate.put(INSIGHTS, insights())
    estate.put(LOGS, {"location": REGION})
    estate.put(f"{SCOPE}/scopedResources/insights", {"properties": {"linkedResourceId": INSIGHTS}})
    estate.put(f"{SCOPE}/scopedResources/logs", {"properties": {"linkedResourceId": LOGS}})
    member = get(estate.show(INSIGHTS), "/properties/PrivateLinkScopedResources/0")
    assert member == {"ResourceId": f"{SCOPE}/scopedResources/insights", "ScopeId": SCOPE}
    member = get(estate.show(LOGS), "/properties/privateLinkScopedResources/0")
    assert member == {"resourceId": f"{SCOPE}/scopedResources/logs", "scopeId": SCOPE}
    name = connect(estate, SCOPE)
    assert [item["id"] for item in get(estate.show(SCOPE), "/properties/privateEndpointConnections")] == [name]


def test_a_scope_is_open_or_private() -> None:
    """Other modes are refused; the location is global."""
    modes = {"ingestionAccessMode": "Open", "queryAccessMode": "Sometimes"}
    fault = refused(MemoryEstate(), SCOPE, {"location": "global", "properties": {"accessModeSettings": modes}})
    assert "queryAccessMode" in fault.message
    assert type_of("Microsoft.Insights/privateLinkScopes").location == "global"
