"""Logs of Storage: who read, wrote and deleted."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Severity, Truth, every, rule, when

from ._diagnostics import is_logged
from ._private_link import is_target_of_endpoint
from ._storage import ACCOUNT, SERVICES, has_datastore, offers, workspaces

OPERATIONS = ("StorageRead", "StorageWrite", "StorageDelete")
HOLDINGS = {"file": "fileServices/shares", "queue": "queueServices/queues", "table": "tableServices/tables"}
"""Service → the kind of children that show it in use."""


@rule(
    "ST-LOG-001",
    "Reads, writes and deletes are logged",
    severity=Severity.MEDIUM,
    on=ACCOUNT,
    needs=Needs.GRAPH,
    paths=("Microsoft.Insights/diagnosticSettings: properties.logs[*]",),
    fix="Add diagnostic settings on the service resources.",
    maps=Maps(
        azure_policy={
            "b4fe1a3b-0715-4c6c-a5ea-ffc33cf823cb": (
                "Configure diagnostic settings for Blob Services to Log Analytics workspace"
            ),
            "25a70cc8-2bd4-47f1-90b6-1478e4662c96": (
                "Configure diagnostic settings for File Services to Log Analytics workspace"
            ),
        },
        checkov=("CKV2_AZURE_21", "CKV2_AZURE_20", "CKV_AZURE_33"),
        other=("KICS:storage_logging_for_read_write_delete_requests_disabled",),
    ),
)
def reads_writes_and_deletes_are_logged(account: Document) -> Truth:
    """Reads, writes and deletes are logged.

    Checks: For each service in use, a diagnostic setting scoped to it has enabled entries for StorageRead,
        StorageWrite and StorageDelete, or for category group audit or allLogs, and a destination. Blobs are in use
        in every account that has them; files, queues and tables where a workspace, a datastore, a private endpoint
        or a share, queue or table shows it.
    Why: Without data-plane logs nobody can tell which data was read.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
        - type: Microsoft.Insights/diagnosticSettings
          name: blobServices-logs
          scope: "@example#/blobServices/default"
          properties:
            workspaceId: "@central"
            logs:
              - {category: StorageRead, enabled: true}
              - {category: StorageWrite, enabled: true}
              - {category: StorageDelete, enabled: false}
        - type: Microsoft.OperationalInsights/workspaces
          name: central
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
        - type: Microsoft.Insights/diagnosticSettings
          name: blobServices-logs
          scope: "@example#/blobServices/default"
          properties:
            logs: [{categoryGroup: allLogs, enabled: true}]
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {storageAccount: "@example"}
        - type: Microsoft.Insights/diagnosticSettings
          name: blobServices-logs
          scope: "@example#/blobServices/default"
          properties:
            workspaceId: "@central"
            logs: [{categoryGroup: allLogs, enabled: true}]
        - type: Microsoft.OperationalInsights/workspaces
          name: central
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
        - type: Microsoft.Network/privateEndpoints
          name: queue
          properties:
            privateLinkServiceConnections:
              - properties: {privateLinkServiceId: "@example", groupIds: [queue]}
        - type: Microsoft.Insights/diagnosticSettings
          name: blobServices-logs
          scope: "@example#/blobServices/default"
          properties:
            workspaceId: "@central"
            logs: [{categoryGroup: allLogs, enabled: true}]
        - type: Microsoft.OperationalInsights/workspaces
          name: central
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
        - type: Microsoft.Storage/storageAccounts/fileServices/shares
          name: example/default/code
          properties: {shareQuota: 100}
        - type: Microsoft.Insights/diagnosticSettings
          name: blobServices-logs
          scope: "@example#/blobServices/default"
          properties:
            workspaceId: "@central"
            logs: [{categoryGroup: allLogs, enabled: true}]
        - type: Microsoft.OperationalInsights/workspaces
          name: central
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
        - type: Microsoft.Insights/diagnosticSettings
          name: blobServices-logs
          scope: "@example#/blobServices/default"
          properties:
            workspaceId: "@central"
            logs:
              - {category: StorageRead, enabled: true}
              - {category: StorageWrite, enabled: true}
              - {category: StorageDelete, enabled: true}
        - type: Microsoft.OperationalInsights/workspaces
          name: central
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
          properties: {storageAccount: "@example"}
        - type: Microsoft.Insights/diagnosticSettings
          name: blobServices-logs
          scope: "@example#/blobServices/default"
          properties:
            workspaceId: "@central"
            logs: [{categoryGroup: audit, enabled: true}]
        - type: Microsoft.Insights/diagnosticSettings
          name: fileServices-logs
          scope: "@example#/fileServices/default"
          properties:
            workspaceId: "@central"
            logs: [{categoryGroup: allLogs, enabled: true}]
        - type: Microsoft.OperationalInsights/workspaces
          name: central
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          kind: FileStorage
        - type: Microsoft.Insights/diagnosticSettings
          name: fileServices-logs
          scope: "@example#/fileServices/default"
          properties:
            workspaceId: "@central"
            logs: [{categoryGroup: allLogs, enabled: true}]
        - type: Microsoft.OperationalInsights/workspaces
          name: central
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Storage/BlobServicesLogsToWorkspace_DINE.json;
        bridgecrewio/checkov checkov/terraform/checks/graph_checks/azure/StorageLoggingIsEnabledForBlobService.yaml;
        Checkmarx/kics assets/queries/azureResourceManager/storage_logging_for_read_write_delete_requests_disabled
    """
    return every(
        SERVICES.items(),
        lambda item: when(_is_used(account, item[0]), lambda: is_logged(_service_of(account, item[1]), *OPERATIONS)),
    )


def _is_used(account: Document, service: str) -> Truth:
    """Blobs are of use in every account that offers them, files where there is nothing else; the rest has to show."""
    if service == "blob":
        return offers(account, service)
    shown = account.children(HOLDINGS[service]).any() | is_target_of_endpoint(account, service)
    if service == "file":
        shown = shown | workspaces(account).any() | has_datastore(account, "AzureFile") | ~offers(account, "blob")
    return offers(account, service) & shown


def _service_of(account: Document, kind: str) -> Document:
    """The service as a document, also where nobody wrote it."""
    written = next((child for child, _ in account.children(kind).pairs), None)
    if written is not None:
        return written
    id = f"{account.id}/{kind}/default" if account.id else None
    return Document(account.estate, f"{ACCOUNT}/{kind}", "default", id, {})
