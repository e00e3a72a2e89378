"""The cloud metadata document that clients discover endpoints from.

Source: keys read by azure-cli, azurerm, azure-native, azure-ai-ml and azureml-mlflow. `portal` is chosen so that every
client derives one and the same machine learning audience from it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.names import STORAGE_SUFFIX

LIST_VERSION = "2019-05-01"
CLOUD = "azkeep"


def endpoints(request: Request) -> Reply:
    """One object, or a list of one at api-version 2019-05-01. Needs no token."""
    document = _document(request.base)
    return Reply(200, [document] if request.query.get("api-version") == LIST_VERSION else document)


def _document(base: str) -> dict[str, Any]:
    return {
        "name": CLOUD,
        "portal": "https://portal.azure.localhost/",
        "resourceManager": f"{base}/",
        "authentication": {
            "loginEndpoint": base,
            "audiences": [base, f"{base}/", "https://management.azure.com/"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "suffixes": {
            "storage": f"{STORAGE_SUFFIX}:{urlsplit(base).port or 443}",
            "keyVaultDns": "vault.localhost",
            "acrLoginServer": "azurecr.localhost",
            "sqlServerHostname": "database.localhost",
            "mhsmDns": "managedhsm.localhost",
            "azureDataLakeStoreFileSystem": "azuredatalakestore.localhost",
            "mysqlServerEndpoint": "mysql.database.localhost",
            "postgresqlServerEndpoint": "postgres.database.localhost",
            "storageSyncEndpointSuffix": "afs.localhost",
            "synapseAnalytics": "dev.azuresynapse.localhost",
        },
        "graph": f"{base}/",
        "graphAudience": f"{base}/",
        "microsoftGraphResourceId": f"{base}/",
        "batch": "https://batch.localhost/",
        "media": "https://rest.media.localhost",
        "gallery": "https://gallery.localhost/",
        "sqlManagement": "https://management.database.localhost/",
        "vmImageAliasDoc": f"{base}/metadata/images",
        "activeDirectoryDataLake": "https://datalake.localhost/",
        "logAnalyticsResourceId": "https://api.loganalytics.localhost",
        "appInsightsResourceId": "https://api.applicationinsights.localhost",
        "appInsightsTelemetryChannelResourceId": "https://dc.applicationinsights.localhost/v2/track",
        "attestationResourceId": "https://attest.localhost",
        "synapseAnalyticsResourceId": "https://dev.azuresynapse.localhost",
        "ossrDbmsResourceId": "https://ossrdbms-aad.database.localhost",
    }
