"""What stands beside a workspace: its storage, vault, registry and insights, and where its logs go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from azkeep.model.value import Reference
from azkeep.policy import (
    NOT_APPLICABLE,
    TRUE,
    Document,
    Estate,
    Maps,
    Needs,
    Node,
    Severity,
    Truth,
    all_of,
    deferred,
    every,
    fact,
    rule,
    when,
)
from azkeep.policy.document import folded, parsed
from azkeep.policy.truth import NotDecided, State

from ._diagnostics import SETTING
from ._workspace import WORKSPACE, is_project

STORAGE, VAULT, REGISTRY = "properties.storageAccount", "properties.keyVault", "properties.containerRegistry"
COMPANIONS = (STORAGE, VAULT, "properties.applicationInsights", REGISTRY)
LOG_GROUPS = ("allLogs", "audit")


@rule(
    "AML-CFG-001",
    "Workspace names all of its companions",
    severity=Severity.MEDIUM,
    on=WORKSPACE,
    paths=COMPANIONS,
    fix="Declare the four companions and pass their ids.",
)
def workspace_names_all_of_its_companions(workspace: Document) -> Truth:
    """Workspace names all of its companions.

    Checks: storageAccount, keyVault, applicationInsights and containerRegistry are all resource ids. Projects are not
        judged: they use those of their hub.
    Why: A companion left out is created later by the service with default, public settings.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties: {storageAccount: "@data", keyVault: "@secrets", applicationInsights: "@insights"}
        - type: Microsoft.Storage/storageAccounts
          name: data
        - type: Microsoft.KeyVault/vaults
          name: secrets
        - type: Microsoft.Insights/components
          name: insights
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            storageAccount: data
            keyVault: "@secrets"
            applicationInsights: "@insights"
            containerRegistry: "@images"
        - type: Microsoft.KeyVault/vaults
          name: secrets
        - type: Microsoft.Insights/components
          name: insights
        - type: Microsoft.ContainerRegistry/registries
          name: images
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
          properties:
            storageAccount: "@data"
            keyVault: "@secrets"
            applicationInsights: "@insights"
            containerRegistry: "@images"
        - type: Microsoft.Storage/storageAccounts
          name: data
        - type: Microsoft.KeyVault/vaults
          name: secrets
        - type: Microsoft.Insights/components
          name: insights
        - type: Microsoft.ContainerRegistry/registries
          name: images
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    return when(~is_project(workspace), every(COMPANIONS, lambda path: _is_resource_id(workspace[path])))


def _is_resource_id(node: Node) -> Truth:
    is_id = TRUE if isinstance(node.value, Reference) else node.satisfies(lambda text: parsed(text) is not None)
    return node.has_text() & is_id


@rule(
    "AML-CFG-002",
    "Companions are not shared across environments",
    severity=Severity.MEDIUM,
    on=WORKSPACE,
    needs=Needs.GRAPH,
    paths=(STORAGE, VAULT, REGISTRY, "tags.environment"),
    fix="Give each environment its own storage account and vault.",
)
def companions_are_not_shared_across_environments(
    workspace: Document, *, share_registry: bool = True, environment_tag: str = "environment"
) -> Truth:
    """Companions are not shared across environments.

    Checks: No storage account and no vault is used by two workspaces whose tag environment_tag differs, in any letter
        case; a workspace with the tag differs from one without. share_registry false says the same of registries.
    Why: Shared stores let a test workspace read or break production.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: one
          tags: {environment: production}
          properties: {storageAccount: "@data", keyVault: "@first"}
        - type: Microsoft.MachineLearningServices/workspaces
          name: two
          tags: {environment: test}
          properties: {storageAccount: "@data", keyVault: "@second"}
        - type: Microsoft.Storage/storageAccounts
          name: data
        - type: Microsoft.KeyVault/vaults
          name: first
        - type: Microsoft.KeyVault/vaults
          name: second
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: one
          tags: {environment: production}
          properties: {containerRegistry: "@images"}
        - type: Microsoft.MachineLearningServices/workspaces
          name: two
          properties: {containerRegistry: "@images"}
        - type: Microsoft.ContainerRegistry/registries
          name: images
        - parameters: {share_registry: false}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: one
          tags: {environment: production}
          properties: {storageAccount: "@data", containerRegistry: "@images"}
        - type: Microsoft.MachineLearningServices/workspaces
          name: two
          tags: {environment: Production}
          properties: {storageAccount: "@data", containerRegistry: "@images"}
        - type: Microsoft.MachineLearningServices/workspaces
          name: three
          tags: {environment: test}
          properties: {storageAccount: "@other", containerRegistry: "@images"}
        - type: Microsoft.Storage/storageAccounts
          name: data
        - type: Microsoft.Storage/storageAccounts
          name: other
        - type: Microsoft.ContainerRegistry/registries
          name: images
    Source: own rule (platform-team practice); no outside rule found
    """
    paths = (STORAGE, VAULT) if share_registry else (STORAGE, VAULT, REGISTRY)
    return all_of(_is_kept_apart(workspace, path, environment_tag) for path in paths)


@dataclass(frozen=True)
class _Users:
    """Workspaces by the companion they use, and those of which that is not known."""

    by_id: Mapping[str, tuple[Document, ...]]
    open: tuple[Document, ...]
    all: tuple[Document, ...]


def _is_kept_apart(workspace: Document, path: str, tag: str) -> Truth:
    link = workspace[path]
    if link.has_text().state is State.FALSE:
        return NOT_APPLICABLE
    users = workspace.estate.kept(f"workspaces by {path}", lambda estate: _users(estate, path))
    key = _key(link)
    others = users.by_id.get(key, ()) if key else ()
    apart = every(others, lambda other: _same_environment(workspace, other, tag))
    is_other = deferred("not known yet whether another workspace uses it too")
    maybe = every(
        users.open if key else users.all,
        lambda other: TRUE if other is workspace else when(is_other, _same_environment(workspace, other, tag)),
    )
    return link.shown(apart & maybe)


def _users(estate: Estate, path: str) -> _Users:
    found: dict[str | None, list[Document]] = {}
    for workspace in estate.of_type(WORKSPACE):
        if workspace[path].has_text().state is not State.FALSE:
            found.setdefault(_key(workspace[path]), []).append(workspace)
    open_ = tuple(found.pop(None, ()))
    by_id = {key: tuple(workspaces) for key, workspaces in found.items() if key is not None}
    return _Users(by_id, open_, (*open_, *(each for workspaces in by_id.values() for each in workspaces)))


def _key(link: Node) -> str | None:
    """What two places that name one resource have in common; None where that is not known."""
    try:
        target = link.resolve()
        if target is None:
            return folded(link.text)
    except NotDecided:
        return None
    return folded(target.id) if target.id else f"urn {target.urn}"


def _same_environment(one: Document, other: Document, tag: str) -> Truth:
    left, right = one["tags"].member(tag), other["tags"].member(tag)
    if left.is_missing or right.is_missing:
        found = right.shown(fact(left.is_missing and right.is_missing))
    else:
        found = right.equals(left.text)
    return found.otherwise(f"workspace {other.name}, of another environment, uses it too")


@rule(
    "AML-LOG-001",
    "Workspace resource logs go to a log workspace",
    severity=Severity.HIGH,
    on=WORKSPACE,
    needs=Needs.GRAPH,
    paths=(
        "Microsoft.Insights/diagnosticSettings: properties.logs[*].enabled",
        "Microsoft.Insights/diagnosticSettings: properties.workspaceId",
    ),
    fix="Add a diagnostic setting with category group allLogs.",
    maps=Maps(
        azure_policy={
            "afe0c3be-ba3b-4544-ba52-0c99672a8ad6": "Resource logs in Azure Machine Learning Workspaces should be "
            "enabled",
            "f59276f0-5740-4aaf-821d-45d185aa210e": "Configure diagnostic settings for Azure Machine Learning "
            "Workspaces to Log Analytics workspace",
        },
        mcsb=("LT-3",),
        other=("cloudsploit:workspaceLoggingEnabled",),
    ),
)
def workspace_resource_logs_go_to_a_log_workspace(
    workspace: Document, *, required_categories: tuple[str, ...] = ()
) -> Truth:
    """Workspace resource logs go to a log workspace.

    Checks: One diagnostic setting of the workspace has workspaceId set, and an enabled log with categoryGroup allLogs
        or audit, or, where required_categories names any, an enabled log for each of them.
    Why: Without logs nobody can say who ran or changed what.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - type: Microsoft.Insights/diagnosticSettings
          name: logs
          scope: "@example"
          properties: {workspaceId: "@central", logs: [{categoryGroup: allLogs, enabled: false}]}
        - type: Microsoft.OperationalInsights/workspaces
          name: central
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - type: Microsoft.Insights/diagnosticSettings
          name: logs
          scope: "@example"
          properties: {storageAccountId: "@archive", logs: [{categoryGroup: allLogs, enabled: true}]}
        - type: Microsoft.Storage/storageAccounts
          name: archive
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - type: Microsoft.Insights/diagnosticSettings
          name: logs
          scope: "@example"
          properties: {workspaceId: "@central", logs: [{category: AmlComputeClusterEvent, enabled: true}]}
        - type: Microsoft.OperationalInsights/workspaces
          name: central
        - parameters: {required_categories: [AmlComputeClusterEvent, AmlRunStatusChangedEvent]}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - type: Microsoft.Insights/diagnosticSettings
          name: logs
          scope: "@example"
          properties: {workspaceId: "@central", logs: [{categoryGroup: audit, enabled: true}]}
        - type: Microsoft.OperationalInsights/workspaces
          name: central
    Good:
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - type: Microsoft.Insights/diagnosticSettings
          name: logs
          scope: "@example"
          properties:
            workspaceId: "@central"
            logs:
              - {category: AmlComputeClusterEvent, enabled: true}
              - {category: AmlRunStatusChangedEvent, enabled: true}
        - type: Microsoft.OperationalInsights/workspaces
          name: central
        - parameters: {required_categories: [AmlComputeClusterEvent, AmlRunStatusChangedEvent]}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Machine Learning/AuditDiagnosticLog_Audit.json;
        aquasecurity/cloudsploit plugins/azure/machinelearning/workspaceLoggingEnabled.js
    """
    settings = workspace.extensions(SETTING)
    found = settings.some(lambda setting: _sends_logs(setting, required_categories))
    return found | workspace.fact(False).because("no diagnostic setting sends the logs to a log workspace")


def _sends_logs(setting: Document, categories: tuple[str, ...]) -> Truth:
    logs = setting["properties.logs"]
    sent = logs.some(lambda log: log["enabled"].is_true() & log["categoryGroup"].equals(*LOG_GROUPS))
    if categories:
        sent = sent | every(categories, lambda category: _is_on(logs, category))
    return setting["properties.workspaceId"].has_text() & sent


def _is_on(logs: Node, category: str) -> Truth:
    return logs.some(lambda log: log["enabled"].is_true() & log["category"].equals(category))
