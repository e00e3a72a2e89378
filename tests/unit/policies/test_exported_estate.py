"""Identity, monitoring and governance over a folder of exported documents: a sound estate, and what weakens it.

The documents have the members that Azure answers with, in the spelling of the tool that writes them: ARM's own types,
Resource Graph's lower case, `null` for what is not set.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from azkeep.jobs.documents import estate_of_documents
from azkeep.model.finding import Verdict
from azkeep.policy.evaluate import Parameters, evaluate
from azkeep.policy.loading import load_rules, shipped

RULES = tuple(rule for rule in load_rules(shipped()) if rule.id.startswith(("ID-", "MON-", "GOV-")))
SUBSCRIPTION = "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-mlops-prod"
TAGS = {"owner": "ml-platform", "environment": "production", "costCenter": "4711", "dataClass": "confidential"}
PROVIDERS = f"{GROUP}/providers"
WORKSPACE = f"{PROVIDERS}/Microsoft.MachineLearningServices/workspaces/mlw-prod"
STORAGE = f"{PROVIDERS}/Microsoft.Storage/storageAccounts/stmlopsprod"
VAULT = f"{PROVIDERS}/Microsoft.KeyVault/vaults/kv-mlops-prod"
REGISTRY = f"{PROVIDERS}/Microsoft.ContainerRegistry/registries/crmlopsprod"
INSIGHTS = f"{PROVIDERS}/Microsoft.Insights/components/appi-mlops-prod"
LOGS = f"{PROVIDERS}/Microsoft.OperationalInsights/workspaces/log-mlops-prod"
LINK_SCOPE = f"{PROVIDERS}/microsoft.insights/privateLinkScopes/ampls-mlops-prod"
IDENTITY = f"{PROVIDERS}/Microsoft.ManagedIdentity/userAssignedIdentities/id-workspace-prod"
DEPLOYER = f"{PROVIDERS}/Microsoft.ManagedIdentity/userAssignedIdentities/id-deployer-prod"
ACTIONS = f"{PROVIDERS}/Microsoft.Insights/actionGroups/ag-platform"
PRINCIPAL, SCIENTISTS = "a6f0d1c2-9a5e-4f6b-8a3e-1c2d3e4f5a6b", "c7e1d2f3-0b6f-4a7c-9b4f-2d3e4f5a6b7c"
ROLES = {
    "Contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "Owner": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "Blob": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Vault": "00482a5a-887f-4fb3-b363-3b7fe8e74483",
    "Scientist": "f6c7c914-8db3-469d-8ca1-694a8f32e121",
}
Documents = dict[str, dict[str, Any]]


def resource(id: str, type_: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """As ARM answers a GET of a tracked resource."""
    return {"id": id, "name": id.rsplit("/", 1)[-1], "type": type_, "location": "westeurope", "tags": TAGS, **more,
            "properties": {"provisioningState": "Succeeded", **properties}}  # fmt: skip


def assignment(number: int, scope: str, role: str, principal: str, kind: str) -> dict[str, Any]:
    """As Resource Graph lists role assignments, all in lower case."""
    name = f"{number:08}-0000-4000-8000-000000000000"
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}".lower(),
        "name": name,
        "type": "microsoft.authorization/roleassignments",
        "properties": {
            "roleDefinitionId": f"{SUBSCRIPTION}/providers/microsoft.authorization/roledefinitions/{ROLES[role]}",
            "principalId": principal,
            "principalType": kind,
            "scope": scope,
            "condition": None,
        },
    }


def setting(of: str) -> dict[str, Any]:
    """As `az monitor diagnostic-settings show` writes it."""
    entry = {"category": None, "categoryGroup": "allLogs", "enabled": True, "retentionPolicy": {"days": 0}}
    return {
        "id": f"{of}/providers/microsoft.insights/diagnosticSettings/to-logs".lower(),
        "name": "to-logs",
        "type": "Microsoft.Insights/diagnosticSettings",
        "properties": {"logs": [entry], "metrics": [], "storageAccountId": None, "workspaceId": LOGS.lower()},
    }


def alert(name: str, category: str, *operations: str) -> dict[str, Any]:
    conditions = [{"field": "category", "equals": category, "containsAny": None}]
    conditions += [{"field": "operationName", "equals": each, "containsAny": None} for each in operations]
    return {
        "id": f"{PROVIDERS}/Microsoft.Insights/activityLogAlerts/{name}",
        "name": name,
        "type": "Microsoft.Insights/ActivityLogAlerts",
        "location": "Global",
        "tags": TAGS,
        "properties": {
            "scopes": [SUBSCRIPTION],
            "condition": {"allOf": conditions},
            "actions": {"actionGroups": [{"actionGroupId": ACTIONS.lower(), "webhookProperties": {}}]},
            "enabled": True,
        },
    }


def lock(scope: str) -> dict[str, Any]:
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/locks/keep",
        "name": "keep",
        "type": "Microsoft.Authorization/locks",
        "properties": {"level": "CanNotDelete", "notes": None},
    }


def plan(name: str) -> dict[str, Any]:
    return {
        "id": f"{SUBSCRIPTION}/providers/Microsoft.Security/pricings/{name}",
        "name": name,
        "type": "Microsoft.Security/pricings",
        "properties": {"pricingTier": "Standard", "subPlan": "DefenderForStorageV2" if name[0] == "S" else None},
    }


CLOSED = {"publicNetworkAccessForIngestion": "Disabled", "publicNetworkAccessForQuery": "Disabled"}
OPERATIONS = {
    "nsg-write": ("Administrative", "Microsoft.Network/networkSecurityGroups/write"),
    "nsg-delete": ("Administrative", "Microsoft.Network/networkSecurityGroups/delete"),
    "sql-firewall": ("Administrative", "Microsoft.Sql/servers/firewallRules/write"),
    "policy-write": ("Administrative", "Microsoft.Authorization/policyAssignments/write"),
    "policy-delete": ("Administrative", "Microsoft.Authorization/policyAssignments/delete"),
    "security": ("Security", "Microsoft.Security/policies/write"),
    "health": ("ServiceHealth",),
}
PLANS = ("StorageAccounts", "KeyVaults", "Containers", "Arm", "AppServices", "SqlServers", "CloudPosture", "AI")
COMPANIONS = {"st": STORAGE, "kv": VAULT, "cr": REGISTRY, "ai": INSIGHTS}


def sound() -> Documents:
    """An estate that every one of the rules is content with, by a short name for each document."""
    connection = {"properties": {"privateLinkServiceConnectionState": {"status": "Approved", "description": ""}}}
    documents = {
        "sub": {"id": SUBSCRIPTION, "subscriptionId": SUBSCRIPTION[15:], "displayName": "mlops", "state": "Enabled"},
        "group": {"id": GROUP, "name": "rg-mlops-prod", "type": "Microsoft.Resources/resourceGroups", "tags": TAGS,
                  "location": "westeurope", "properties": {"provisioningState": "Succeeded"}},
        "ws": resource(
            WORKSPACE,
            "Microsoft.MachineLearningServices/workspaces",
            {"storageAccount": STORAGE, "keyVault": VAULT, "containerRegistry": REGISTRY,
             "applicationInsights": INSIGHTS,
             "primaryUserAssignedIdentity": IDENTITY},
            identity={"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {"principalId": PRINCIPAL}}},
        ),
        "identity": resource(
            IDENTITY, "Microsoft.ManagedIdentity/userAssignedIdentities", {"principalId": PRINCIPAL, "clientId": "x"}
        ),
        "deployer": resource(DEPLOYER, "Microsoft.ManagedIdentity/userAssignedIdentities", {"principalId": "d"}),
        "credential": {"id": f"{DEPLOYER}/federatedIdentityCredentials/github", "name": "github",
                       "type": "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
                       "properties": {"issuer": "https://token.actions.githubusercontent.com",
                                      "subject": "repo:contoso/mlops:environment:production", "audiences": ["api"]}},
        "storage": resource(STORAGE, "Microsoft.Storage/storageAccounts", {}),
        "vault": resource(VAULT, "Microsoft.KeyVault/vaults", {"enableRbacAuthorization": True}),
        "registry": resource(REGISTRY, "Microsoft.ContainerRegistry/registries", {}),
        "insights": resource(INSIGHTS, "microsoft.insights/components",
                             {"WorkspaceResourceId": LOGS.lower(), "DisableLocalAuth": True, **CLOSED}, kind="web"),
        "logs": resource(LOGS, "Microsoft.OperationalInsights/workspaces",
                         {"retentionInDays": 180, "features": {"disableLocalAuth": True}, **CLOSED}),
        "scope": resource(LINK_SCOPE, "microsoft.insights/privateLinkScopes",
                          {"accessModeSettings": {"ingestionAccessMode": "PrivateOnly", "exclusions": [],
                                                  "queryAccessMode": "PrivateOnly"},
                           "privateEndpointConnections": [connection]}, location="global"),
        "actions": resource(ACTIONS, "Microsoft.Insights/ActionGroups", {"enabled": True}, location="Global"),
        "contact": {"id": f"{SUBSCRIPTION}/providers/Microsoft.Security/securityContacts/default", "name": "default",
                    "type": "Microsoft.Security/securityContacts",
                    "properties": {"emails": "soc@contoso.com", "isEnabled": True, "phone": "",
                                   "notificationsByRole": {"state": "Off", "roles": []},
                                   "notificationsSources": [{"sourceType": "Alert", "minimalSeverity": "High"}]}},
        "budget": {"id": f"{SUBSCRIPTION}/providers/Microsoft.Consumption/budgets/monthly", "name": "monthly",
                   "type": "Microsoft.Consumption/budgets", "eTag": '"1d"',
                   "properties": {"amount": 5000.0, "category": "Cost", "notifications": {
                       "Actual_GreaterThan_80": {"enabled": True, "operator": "GreaterThan", "threshold": 80.0}}}},
        "exemption": {"id": f"{GROUP}/providers/Microsoft.Authorization/policyExemptions/e", "name": "e",
                      "type": "Microsoft.Authorization/policyExemptions",
                      "properties": {"exemptionCategory": "Waiver", "expiresOn": "2026-03-01T00:00:00Z"}},
        "role": {"id": f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/"
                       "11111111-0000-4000-8000-000000000000", "name": "11111111-0000-4000-8000-000000000000",
                 "type": "Microsoft.Authorization/roleDefinitions",
                 "properties": {"type": "CustomRole", "permissions": [
                     {"actions": ["Microsoft.MachineLearningServices/workspaces/read"], "notActions": []}]}},
        "scientists": assignment(90, WORKSPACE, "Scientist", SCIENTISTS, "Group"),
    }  # fmt: skip
    for index, (name, id) in enumerate(COMPANIONS.items()):
        documents[f"{name}-role"] = assignment(index, id, "Contributor", PRINCIPAL, "ServicePrincipal")
    documents["blob-role"] = assignment(10, STORAGE, "Blob", PRINCIPAL, "ServicePrincipal")
    documents["vault-role"] = assignment(11, VAULT, "Vault", PRINCIPAL, "ServicePrincipal")
    for name, id in {"logs-in-scope": LOGS, "insights-in-scope": INSIGHTS}.items():
        documents[name] = {"id": f"{LINK_SCOPE}/scopedResources/{name}", "name": name,
                           "type": "microsoft.insights/privateLinkScopes/scopedResources",
                           "properties": {"linkedResourceId": id}}  # fmt: skip
    documents |= {f"{name}-logs": setting(id) for name, id in {"ws": WORKSPACE, "kv": VAULT, "cr": REGISTRY}.items()}
    documents |= {f"alert-{name}": alert(name, *facts) for name, facts in OPERATIONS.items()}
    documents |= {f"plan-{name}": plan(name) for name in PLANS} | {"lock": lock(GROUP)}
    return documents


def failures(folder: Path, documents: Documents) -> set[str]:
    """Rules that fail, the documents lying about in files of every form that the tools write."""
    items = list(documents.values())
    (folder / "one.json").write_text(json.dumps(items[0]), encoding="utf-8")
    (folder / "page.json").write_text(json.dumps({"value": items[1:12]}), encoding="utf-8")
    (folder / "graph.json").write_text(json.dumps({"count": 9, "data": items[12:25]}), encoding="utf-8")
    (folder / "list.json").write_text(json.dumps(items[25:]), encoding="utf-8")
    parameters = Parameters({"allowed_locations": ("westeurope",)}, {"GOV-POL-001": {"today": "2026-01-01"}})
    found = evaluate(RULES, estate_of_documents(folder), parameters)
    assert Verdict.ERROR not in {each.verdict for each in found}
    return {each.rule for each in found if each.verdict is Verdict.FAIL}


def test_sound_estate(tmp_path: Path) -> None:
    """Nothing is found where nothing is wrong."""
    assert failures(tmp_path, sound()) == set()


def without(*names: str) -> Callable[[Documents], None]:
    return lambda documents: [documents.pop(name) for name in names] and None


def put(name: str, path: str, value: Any) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        *above, last = path.split(".")
        place: Any = documents[name]
        for part in above:
            place = place[int(part) if part.isdigit() else part]
        place[last] = value

    return change


def add(name: str, document: dict[str, Any]) -> Callable[[Documents], None]:
    return lambda documents: documents.update({name: document})


def owner(number: int, scope: str, principal: str = SCIENTISTS, kind: str = "Group") -> dict[str, Any]:
    return assignment(number, scope, "Owner", principal, kind)


WEAKENINGS: dict[str, tuple[Callable[[Documents], None], set[str]]] = {
    "identity is owner": (
        add("x", owner(50, STORAGE, PRINCIPAL, "ServicePrincipal")),
        {"ID-RBAC-001", "ID-RBAC-006"},
    ),
    "group owns the subscription": (add("x", owner(50, SUBSCRIPTION)), {"ID-RBAC-002"}),
    "person owns the group": (add("x", owner(50, GROUP, kind="User")), {"ID-RBAC-004", "ID-RBAC-008"}),
    "scientists contribute": (add("x", assignment(50, WORKSPACE, "Contributor", SCIENTISTS, "Group")), {"ID-RBAC-007"}),
    "kind of principal is not said": (
        put("scientists", "properties.principalType", ""),
        {"ID-RBAC-004", "ID-RBAC-005"},
    ),
    "role is missing": (without("blob-role"), {"ID-RBAC-006"}),
    "custom role has a wildcard": (put("role", "properties.permissions.0.actions", ["*"]), {"ID-ROLE-001"}),
    "foreign issuer": (put("credential", "properties.issuer", "https://example.net"), {"ID-FIC-001"}),
    "any pull request": (put("credential", "properties.subject", "repo:contoso/mlops:pull_request"), {"ID-FIC-002"}),
    "identity is shared": (
        put("registry", "identity", {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}),
        {"ID-MI-001"},
    ),
    "no logs of the vault": (without("kv-logs"), {"MON-DIAG-001"}),
    "logs of the registry are off": (put("cr-logs", "properties.logs", []), {"MON-DIAG-001"}),
    "logs are kept shortly": (put("logs", "properties.retentionInDays", 30), {"MON-LA-001"}),
    "logs take keys": (put("logs", "properties.features", None), {"MON-LA-002"}),
    "logs are public": (put("logs", "properties.publicNetworkAccessForQuery", "Enabled"), {"MON-LA-003"}),
    "logs are copied abroad": (
        put("logs", "properties.replication", {"enabled": True, "location": "eastus"}),
        {"MON-LA-004"},
    ),
    "classic telemetry": (put("insights", "properties.WorkspaceResourceId", None), {"MON-AI-001"}),
    "telemetry takes keys": (put("insights", "properties.DisableLocalAuth", False), {"MON-AI-002"}),
    "telemetry is public": (put("insights", "properties.publicNetworkAccessForIngestion", "Enabled"), {"MON-AI-003"}),
    "scope is open": (put("scope", "properties.accessModeSettings.queryAccessMode", "Open"), {"MON-PLS-001"}),
    "component outside the scope": (without("insights-in-scope"), {"MON-PLS-002"}),
    "endpoint is not approved": (put("scope", "properties.privateEndpointConnections", []), {"MON-PLS-002"}),
    "alert is off": (put("alert-nsg-write", "properties.enabled", False), {"MON-ALR-001"}),
    "policy changes go unnoticed": (without("alert-policy-delete"), {"MON-ALR-002"}),
    "security changes go unnoticed": (without("alert-security"), {"MON-ALR-003"}),
    "nobody hears of outages": (put("alert-health", "properties.actions", None), {"MON-ALR-004"}),
    "older plan of storage": (put("plan-StorageAccounts", "properties.subPlan", "PerTransaction"), {"MON-DEF-001"}),
    "no contact": (without("contact"), {"MON-CON-001"}),
    "tag is missing": (put("storage", "tags", {**TAGS, "owner": ""}), {"GOV-TAG-001"}),
    "tag of the group is missing": (put("group", "tags", None), {"GOV-TAG-002"}),
    "elsewhere": (put("storage", "location", "East US"), {"GOV-LOC-001", "GOV-LOC-003"}),
    "group elsewhere": (put("group", "location", "eastus"), {"GOV-LOC-002", "GOV-LOC-003"}),
    "no lock": (without("lock"), {"GOV-LCK-001"}),
    "waiver without an end": (put("exemption", "properties.expiresOn", None), {"GOV-POL-001"}),
    "waiver for a year": (put("exemption", "properties.expiresOn", "2026-12-31T00:00:00Z"), {"GOV-POL-001"}),
    "no budget": (without("budget"), {"GOV-CST-001"}),
}
WEAKENINGS |= {
    f"plan {name} is off": (put(f"plan-{name}", "properties.pricingTier", "Free"), {f"MON-DEF-00{number}"})
    for number, name in enumerate(PLANS, start=1)
}


@pytest.mark.parametrize("name", list(WEAKENINGS))
def test_weakened_estate(tmp_path: Path, name: str) -> None:
    """One thing made worse breaks the rules about it, and no other."""
    change, expected = WEAKENINGS[name]
    documents = deepcopy(sound())
    change(documents)
    assert failures(tmp_path, documents) == expected


def test_many_owners(tmp_path: Path) -> None:
    """A fourth owner of the subscription is one too many."""
    documents = sound() | {f"owner-{each}": owner(50 + each, SUBSCRIPTION, str(each)) for each in range(4)}
    assert failures(tmp_path, documents) == {"ID-RBAC-002", "ID-RBAC-003"}
