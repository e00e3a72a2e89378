"""Monitoring and threat protection where their rules branch."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.policies.cases import finding_of, judged, paths

from azkeep.model.finding import Finding, Verdict
from azkeep.model.value import Reference, Unknown
from azkeep.policy.document import Program
from azkeep.policy.estate import Given

PASS, FAIL, UNKNOWN, NA = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE

SUBSCRIPTION_ID = "/subscriptions/00000000-0000-0000-0000-000000000001"
GROUP = f"{SUBSCRIPTION_ID}/resourceGroups/example"
SUBSCRIPTION = "Microsoft.Resources/subscriptions"
LOGS = "Microsoft.OperationalInsights/workspaces"
COMPONENT = "Microsoft.Insights/components"
SCOPE = "Microsoft.Insights/privateLinkScopes"
SETTING = "Microsoft.Insights/diagnosticSettings"
ALERT = "Microsoft.Insights/activityLogAlerts"
VAULT = "Microsoft.KeyVault/vaults"
ENDPOINT = "Microsoft.Network/privateEndpoints"
PRICING = "Microsoft.Security/pricings"
CONTACT = "Microsoft.Security/securityContacts"
CENTRAL = f"/subscriptions/00000000-0000-0000-0000-000000000009/resourceGroups/hub/providers/{LOGS}/central"
URN = "urn:pulumi:dev::p::azure-native:x:Y::"


def logs(properties: Any = None, name: str = "logs") -> dict[str, Any]:
    return {"type": LOGS, "name": name, "properties": properties or {}}


class TestLogWorkspace:
    @pytest.mark.parametrize(
        ("days", "live", "verdict"),
        [
            (90, False, PASS),
            (365, False, PASS),
            (89, False, FAIL),
            (None, False, FAIL),
            (None, True, FAIL),
            ("90", False, FAIL),
            (True, False, FAIL),
            ("?", False, UNKNOWN),
        ],
    )
    def test_retention(self, days: Any, live: bool, verdict: Verdict) -> None:
        """Fewer days than 90 fail, and the service keeps 30 where nothing is said."""
        found = judged("MON-LA-001", logs({"retentionInDays": days}), live=live)
        assert found.verdict is verdict
        assert verdict is PASS or paths(found) == ["/properties/retentionInDays"]

    def test_own_retention(self) -> None:
        """The parameter counts."""
        assert judged("MON-LA-001", logs({"retentionInDays": 90}), min_days=365).verdict is FAIL

    @pytest.mark.parametrize(
        ("features", "verdict"),
        [
            ({"disableLocalAuth": True}, PASS),
            ({"disableLocalAuth": "true"}, FAIL),
            ({}, FAIL),
            (None, FAIL),
            ("?", UNKNOWN),
        ],
    )
    def test_keys(self, features: Any, verdict: Verdict) -> None:
        """Only true switches them off."""
        assert judged("MON-LA-002", logs({"features": features})).verdict is verdict

    @pytest.mark.parametrize(("rule", "type_"), [("MON-LA-003", LOGS), ("MON-AI-003", COMPONENT)])
    @pytest.mark.parametrize(
        ("ingestion", "query", "verdict"),
        [
            ("Disabled", "disabled", PASS),
            ("Enabled", "Disabled", FAIL),
            ("Enabled", "?", FAIL),
            ("Disabled", "?", UNKNOWN),
            ("Disabled", None, FAIL),
            ("SecuredByPerimeter", "Disabled", FAIL),
        ],
    )
    def test_networks(self, rule: str, type_: str, ingestion: Any, query: Any, verdict: Verdict) -> None:
        """Both sides must be closed; one that is open fails whatever the other is."""
        properties = {"publicNetworkAccessForIngestion": ingestion, "publicNetworkAccessForQuery": query}
        assert judged(rule, {"type": type_, "name": "example", "properties": properties}).verdict is verdict

    @pytest.mark.parametrize(
        ("replication", "allowed", "verdict"),
        [
            (None, ("westeurope",), PASS),
            ({"enabled": True, "location": "North Europe"}, ("northeurope",), PASS),
            ({"enabled": True, "location": "northeurope"}, ("North Europe",), PASS),
            ({"enabled": True, "location": "eastus"}, ("northeurope",), FAIL),
            ({"enabled": False, "location": "eastus"}, ("northeurope",), PASS),
            ({"enabled": "?", "location": "eastus"}, ("northeurope",), UNKNOWN),
            ({"enabled": True, "location": "eastus"}, (), PASS),
            ({"enabled": True, "location": ""}, (), FAIL),
            ({"enabled": True, "location": "?"}, ("northeurope",), UNKNOWN),
        ],
    )
    def test_replica(self, replication: Any, allowed: tuple[str, ...], verdict: Verdict) -> None:
        """A replica that is switched on must be in an allowed region."""
        assert judged("MON-LA-004", logs({"replication": replication}), allowed_locations=allowed).verdict is verdict


class TestWhereTelemetryGoes:
    def judged(self, id: Any, *others: dict[str, Any], **parameters: Any) -> Verdict:
        component = {"type": COMPONENT, "name": "insights", "properties": {"WorkspaceResourceId": id}}
        return judged("MON-AI-001", component, *others, **parameters).verdict

    @pytest.mark.parametrize(
        ("id", "verdict"), [("@logs", PASS), (CENTRAL, FAIL), ("@vault", FAIL), (None, FAIL), ("?", UNKNOWN), (5, FAIL)]
    )
    def test_estate_with_a_log_workspace(self, id: Any, verdict: Verdict) -> None:
        """It must be the estate's own."""
        assert self.judged(id, logs(), {"type": VAULT, "name": "vault"}) is verdict

    def test_central_log_workspace(self) -> None:
        """One that the parameter names counts as the estate's."""
        assert self.judged(CENTRAL, logs(), log_workspaces=(CENTRAL.upper(),)) is PASS

    def test_estate_without_one(self) -> None:
        """Then any log workspace will do, but it must be one."""
        assert self.judged(CENTRAL) is PASS
        assert self.judged(f"{GROUP}/providers/{VAULT}/vault") is FAIL
        assert self.judged("nonsense") is FAIL
        assert self.judged(CENTRAL, log_workspaces=(f"{GROUP}/providers/{LOGS}/other",)) is FAIL

    def test_reference(self) -> None:
        """An output of a declared resource counts by that resource's type."""
        component = Given(
            COMPONENT, "insights", None, {"properties": {"WorkspaceResourceId": Reference(f"{URN}logs", "id")}}
        )
        declared = Given(LOGS, "logs", None, {}, f"{URN}logs", program=Program("token"))
        other = Given(VAULT, "logs", None, {}, f"{URN}logs", program=Program("token"))
        assert finding_of("MON-AI-001", component, declared).verdict is PASS
        assert finding_of("MON-AI-001", component, other).verdict is FAIL

    @pytest.mark.parametrize(("value", "verdict"), [(True, PASS), (False, FAIL), (None, FAIL), ("?", UNKNOWN)])
    def test_keys(self, value: Any, verdict: Verdict) -> None:
        """Keys are on unless they are switched off."""
        component = {"type": COMPONENT, "name": "insights", "properties": {"disableLocalAuth": value}}
        assert judged("MON-AI-002", component).verdict is verdict


class TestPrivateLinkScope:
    def endpoint(self, group: str = "azuremonitor") -> dict[str, Any]:
        connection = {"properties": {"privateLinkServiceId": "@scope", "groupIds": [group]}}
        return {"type": ENDPOINT, "name": "endpoint", "properties": {"privateLinkServiceConnections": [connection]}}

    def member(self, target: Any, scope: str = "scope") -> dict[str, Any]:
        name = f"{scope}/{str(target).strip('@?')}"
        return {"type": f"{SCOPE}/scopedResources", "name": name, "properties": {"linkedResourceId": target}}

    def judged(self, *others: dict[str, Any], live: bool = False) -> Finding:
        return judged("MON-PLS-002", {"type": SCOPE, "name": "scope"}, *others, live=live)

    def test_modes(self) -> None:
        """Both modes count, and one that is open fails whatever the other is."""
        for ingestion, query, verdict in (
            ("privateonly", "PrivateOnly", PASS),
            ("Open", "?", FAIL),
            ("PrivateOnly", "?", UNKNOWN),
            ("PrivateOnly", None, FAIL),
        ):
            modes = {"ingestionAccessMode": ingestion, "queryAccessMode": query}
            scope = {"type": SCOPE, "name": "scope", "properties": {"accessModeSettings": modes}}
            assert judged("MON-PLS-001", scope).verdict is verdict

    def test_endpoint_and_members(self) -> None:
        """It passes with an endpoint and every component of the estate in it."""
        assert self.judged(self.endpoint(), logs(), self.member("@logs")).verdict is PASS
        assert self.judged(self.endpoint()).verdict is PASS

    def test_lacks_one(self) -> None:
        """Without the endpoint, with one for another service, or without a component it fails."""
        assert self.judged(logs(), self.member("@logs")).verdict is FAIL
        assert self.judged(self.endpoint("blob"), logs(), self.member("@logs")).verdict is FAIL
        found = self.judged(self.endpoint(), logs(), {"type": COMPONENT, "name": "insights"}, self.member("@logs"))
        assert found.verdict is FAIL
        assert [place.id for place in found.places] == [f"{GROUP}/providers/{COMPONENT}/insights"]

    def test_every_component_is_shown(self) -> None:
        """All that lie outside are shown."""
        found = self.judged(self.endpoint(), logs(), logs(name="more"))
        assert len(found.places) == 2

    def test_member_not_known(self) -> None:
        """A member that is not known may be the component."""
        assert self.judged(self.endpoint(), logs(), self.member("?")).verdict is UNKNOWN

    def test_member_of_another_scope(self) -> None:
        """A component can be in another scope of the estate."""
        other = {"type": SCOPE, "name": "other"}
        assert self.judged(self.endpoint(), logs(), other, self.member("@logs", "other")).verdict is PASS

    def test_live(self) -> None:
        """Live the connection has to be approved."""
        for status, verdict in (("Approved", PASS), ("Pending", FAIL)):
            state = {"properties": {"privateLinkServiceConnectionState": {"status": status}}}
            scope = {"type": SCOPE, "name": "scope", "properties": {"privateEndpointConnections": [state]}}
            assert judged("MON-PLS-002", scope, live=True).verdict is verdict


class TestDiagnosticSettings:
    def setting(self, entries: Any, target: Any = "@logs", scope: str = "@vault") -> dict[str, Any]:
        return {"type": SETTING, "name": "s", "scope": scope, "properties": {"workspaceId": target, "logs": entries}}

    def judged(self, *others: dict[str, Any], **parameters: Any) -> Finding:
        return judged("MON-DIAG-001", {"type": VAULT, "name": "vault"}, logs(), *others, **parameters)

    @pytest.mark.parametrize(
        ("entries", "target", "verdict"),
        [
            ([{"category": "AuditEvent", "enabled": True}], "@logs", PASS),
            ([{"enabled": False}, {"enabled": True}], "@logs", PASS),
            ([{"enabled": False}], "@logs", FAIL),
            ([{}], "@logs", FAIL),
            ([], "@logs", FAIL),
            (None, "@logs", FAIL),
            ([{"enabled": True}], None, FAIL),
            ([{"enabled": True}], CENTRAL, FAIL),
            ([{"enabled": True}], "?", UNKNOWN),
            ([{"enabled": "?"}], "@logs", UNKNOWN),
            ([{"enabled": False}], "?", FAIL),
        ],
    )
    def test_what_is_sent_where(self, entries: Any, target: Any, verdict: Verdict) -> None:
        """One enabled entry must reach the estate's log workspace."""
        assert self.judged(self.setting(entries, target)).verdict is verdict

    def test_none_or_of_another(self) -> None:
        """A setting of another resource does not count, and the resource is shown."""
        enabled = [{"enabled": True}]
        found = self.judged(self.setting(enabled, scope="@logs"))
        assert found.verdict is FAIL
        assert found.message == "it has no diagnostic setting"
        assert self.judged().id == f"{GROUP}/providers/{VAULT}/vault"

    def test_central_log_workspace(self) -> None:
        """One that the parameter names counts as the estate's."""
        setting = self.setting([{"enabled": True}], CENTRAL)
        assert self.judged(setting, log_workspaces=(CENTRAL,)).verdict is PASS

    def test_types(self) -> None:
        """Other types are not applicable, and the parameter may name them."""
        assert judged("MON-DIAG-001", logs()).verdict is NA
        assert judged("MON-DIAG-001", logs(), logged_types=(LOGS.upper(),)).verdict is FAIL

    def test_scope_not_known(self) -> None:
        """A setting on something that is not known may be the resource's."""
        vault = Given(VAULT, "vault", None, {}, f"{URN}vault", program=Program("token"))
        body = {"properties": {"workspaceId": CENTRAL, "logs": [{"enabled": True}]}}
        for scope, verdict in (
            (Unknown(), UNKNOWN),
            (Reference(f"{URN}vault", "id"), PASS),
            (Reference(f"{URN}other", "id"), FAIL),
        ):
            setting = Given(SETTING, "s", None, body, f"{URN}s", scope=scope, program=Program("token"))
            assert finding_of("MON-DIAG-001", vault, setting).verdict is verdict


WRITE, DELETE = "Microsoft.Network/networkSecurityGroups/write", "Microsoft.Network/networkSecurityGroups/delete"


def alert(*conditions: dict[str, Any], name: str = "alert", **changes: Any) -> dict[str, Any]:
    properties = {
        "scopes": [SUBSCRIPTION_ID],
        "condition": {"allOf": [{"field": "category", "equals": "Administrative"}, *conditions]},
        "actions": {"actionGroups": [{"actionGroupId": f"{GROUP}/providers/Microsoft.Insights/actionGroups/mail"}]},
        **changes,
    }
    return {"type": ALERT, "name": name, "properties": properties}


def on(operation: Any) -> dict[str, Any]:
    return {"field": "operationName", "equals": operation}


class TestActivityAlerts:
    def judged(self, *alerts: dict[str, Any], rule: str = "MON-ALR-001", **parameters: Any) -> Finding:
        if rule == "MON-ALR-001":
            parameters = {"required_operations": (WRITE, DELETE), **parameters}
        return judged(rule, {"type": SUBSCRIPTION, "name": "sub"}, *alerts, **parameters)

    def test_one_for_each(self) -> None:
        """Each operation needs an alert."""
        assert self.judged(alert(on(WRITE)), alert(on(DELETE.upper()), name="more")).verdict is PASS
        found = self.judged(alert(on(WRITE)))
        assert found.verdict is FAIL
        assert found.message == f"no alert follows {DELETE}"
        assert self.judged().verdict is FAIL

    def test_one_for_all(self) -> None:
        """One without an operation follows them all, and one may list several."""
        assert self.judged(alert()).verdict is PASS
        assert self.judged(alert({"field": "operationName", "containsAny": [WRITE, DELETE]})).verdict is PASS
        assert self.judged(alert({"anyOf": [on(WRITE), on(DELETE)]})).verdict is PASS
        assert self.judged(alert({"anyOf": [on(WRITE), on("x/write")]})).verdict is FAIL

    @pytest.mark.parametrize(
        ("changes", "verdict"),
        [
            ({"enabled": None}, PASS),
            ({"enabled": False}, FAIL),
            ({"enabled": "?"}, UNKNOWN),
            ({"actions": {"actionGroups": []}}, FAIL),
            ({"actions": None}, FAIL),
            ({"scopes": [GROUP]}, PASS),
            ({"scopes": [GROUP.upper()]}, PASS),
            ({"scopes": [f"{GROUP}/providers/{VAULT}/vault"]}, FAIL),
            ({"scopes": ["/subscriptions/00000000-0000-0000-0000-000000000002"]}, FAIL),
            ({"scopes": ["?"]}, UNKNOWN),
            ({"scopes": None}, FAIL),
            ({"condition": {"allOf": [{"field": "category", "equals": "ServiceHealth"}]}}, FAIL),
            ({"condition": {"allOf": "?"}}, UNKNOWN),
            ({"condition": None}, FAIL),
        ],
    )
    def test_alert(self, changes: dict[str, Any], verdict: Verdict) -> None:
        """It is on, watches the subscription or a group in it, is on the category, and somebody hears of it."""
        assert self.judged(alert(**changes)).verdict is verdict

    def test_unknown_that_cannot_matter(self) -> None:
        """A muted alert stays muted whatever it is on."""
        assert self.judged(alert(enabled=False, scopes=["?"])).verdict is FAIL

    @pytest.mark.parametrize(
        ("category", "operations", "verdict"),
        [
            ("Security", ["Microsoft.Security/policies/write"], PASS),
            ("Administrative", ["Microsoft.Security/policies/write"], PASS),
            (
                "Administrative",
                ["Microsoft.Security/securitySolutions/write", "Microsoft.Security/securitySolutions/delete"],
                PASS,
            ),
            ("Administrative", ["Microsoft.Security/securitySolutions/write"], FAIL),
            ("Policy", ["Microsoft.Security/policies/write"], FAIL),
        ],
    )
    def test_security_policy(self, category: str, operations: list[str], verdict: Verdict) -> None:
        """Both operations on solutions, or the one on policies."""
        alerts = [
            alert(name=f"a{index}", condition={"allOf": [{"field": "category", "equals": category}, on(operation)]})
            for index, operation in enumerate(operations)
        ]
        assert self.judged(*alerts, rule="MON-ALR-003").verdict is verdict

    def test_service_health(self) -> None:
        """Its category has no operations."""
        health = {"allOf": [{"field": "category", "equals": "ServiceHealth"}, {"field": "region", "equals": "Global"}]}
        assert self.judged(alert(condition=health), rule="MON-ALR-004").verdict is PASS
        assert self.judged(alert(), rule="MON-ALR-004").verdict is FAIL

    def test_policy(self) -> None:
        """Two operations on assignments."""
        both = [f"Microsoft.Authorization/policyAssignments/{verb}" for verb in ("write", "delete")]
        alerts = [alert(on(operation), name=operation[-5:]) for operation in both]
        assert self.judged(*alerts, rule="MON-ALR-002").verdict is PASS
        assert self.judged(alerts[0], rule="MON-ALR-002").verdict is FAIL

    def test_group_of_a_program(self) -> None:
        """A reference to a group whose id is known counts as its id."""
        urn = f"{URN}group"
        properties = alert(scopes=[Reference(urn, "id")])["properties"]
        group = "Microsoft.Resources/resourceGroups"
        given = [
            Given(SUBSCRIPTION, "sub", SUBSCRIPTION_ID, {}),
            Given(ALERT, "alert", None, {"properties": properties}, f"{URN}alert"),
        ]
        assert finding_of("MON-ALR-001", *given, Given(group, "g", GROUP, {}, urn)).verdict is PASS
        assert finding_of("MON-ALR-001", *given, Given(group, "g", None, {}, urn)).verdict is UNKNOWN


PLANS = ["StorageAccounts", "KeyVaults", "Containers", "Arm", "AppServices", "SqlServers", "CloudPosture", "AI"]


class TestThreatProtection:
    def judged(self, number: int, *others: dict[str, Any], live: bool = False) -> Verdict:
        subscription = {"type": SUBSCRIPTION, "name": "sub"}
        return judged(f"MON-DEF-00{number}", subscription, *others, live=live).verdict

    def pricing(self, plan: str, **properties: Any) -> dict[str, Any]:
        return {"type": PRICING, "name": plan, "scope": SUBSCRIPTION_ID, "properties": properties}

    @pytest.mark.parametrize(("number", "plan"), list(enumerate(PLANS, start=1)))
    def test_tier(self, number: int, plan: str) -> None:
        """A declared pricing is judged, of the plan's own name only."""
        sub = {"subPlan": "DefenderForStorageV2"}
        assert self.judged(number, self.pricing(plan.lower(), pricingTier="standard", **sub)) is PASS
        assert self.judged(number, self.pricing(plan, pricingTier="Free", **sub)) is FAIL
        assert self.judged(number, self.pricing(plan, pricingTier=None, **sub)) is FAIL
        assert self.judged(number, self.pricing(plan, pricingTier="?", **sub)) is UNKNOWN
        assert self.judged(number, self.pricing("Dns", pricingTier="Standard", **sub)) is UNKNOWN
        assert self.judged(number) is UNKNOWN

    def test_live(self) -> None:
        """Where live plans were read, one that is absent fails; where none was, nothing is known."""
        assert self.judged(2, self.pricing("Dns", pricingTier="Standard"), live=True) is FAIL
        assert self.judged(2, live=True) is UNKNOWN

    @pytest.mark.parametrize(("plan", "verdict"), [("PerTransaction", FAIL), (None, FAIL), ("?", UNKNOWN)])
    def test_plan_of_storage(self, plan: Any, verdict: Verdict) -> None:
        """The older plan of storage is not enough."""
        assert self.judged(1, self.pricing("StorageAccounts", pricingTier="Standard", subPlan=plan)) is verdict


class TestSecurityContact:
    @pytest.mark.parametrize(
        ("properties", "verdict"),
        [
            ({"emails": "a@example.com", "isEnabled": True}, PASS),
            (
                {"emails": "a@example.com", "isEnabled": True, "notificationsSources": [{"sourceType": "AttackPath"}]},
                FAIL,
            ),
            ({"emails": "a@example.com"}, FAIL),
            ({"emails": "a@example.com", "isEnabled": "?"}, UNKNOWN),
            ({"emails": "?", "isEnabled": True}, UNKNOWN),
            ({"emails": "?", "isEnabled": False}, FAIL),
            ({"email": "a@example.com", "alertNotifications": "On"}, PASS),
            ({"emails": "a@example.com", "alertNotifications": {"state": "On"}}, PASS),
            ({"emails": "a@example.com", "alertNotifications": {"state": "Off"}}, FAIL),
            ({"notificationsByRole": {"state": "On", "roles": []}, "isEnabled": True}, FAIL),
            ({"notificationsByRole": {"state": "On", "roles": ["Owner"]}, "isEnabled": True}, PASS),
        ],
    )
    def test_contact(self, properties: dict[str, Any], verdict: Verdict) -> None:
        """Somebody is written to, and about alerts."""
        contact = {"type": CONTACT, "name": "default", "scope": SUBSCRIPTION_ID, "properties": properties}
        assert judged("MON-CON-001", {"type": SUBSCRIPTION, "name": "sub"}, contact).verdict is verdict

    def test_none(self) -> None:
        """Live that is a fault, before it is not known."""
        assert judged("MON-CON-001", {"type": SUBSCRIPTION, "name": "sub"}, live=True).verdict is FAIL
        assert judged("MON-CON-001", {"type": SUBSCRIPTION, "name": "sub"}).verdict is UNKNOWN
