"""The workspace's storage account."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import storage

from azkeep.components import settings
from azkeep.components.estate import Estate, Target
from azkeep.components.monitoring import Monitoring


class Storage(pulumi.ComponentResource):
    """A storage account without keys and public traffic, with deleted data kept for a while; or one given by id."""

    def __init__(
        self,
        name: str,
        estate: Estate,
        wanted: settings.Storage,
        monitoring: Monitoring,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("azkeep:components:Storage", name, None, opts)
        self._estate = estate
        self._wanted = wanted
        self.account = None if wanted.id else self._account()
        self.id: pulumi.Input[str] = self.account.id if self.account is not None else wanted.id
        self.accepts_keys = wanted.shared_keys
        self.target = Target("storage", self.id, wanted.services)
        if self.account is not None:
            self._keep_deleted(self.account)
            for service in wanted.services:
                uri = pulumi.Output.concat(self.account.id, f"/{service}Services/default")
                monitoring.diagnose(f"storage-{service}", uri, self)
        self.register_outputs({"id": self.id})

    def _account(self) -> storage.StorageAccount:
        wanted = self._wanted
        return storage.StorageAccount(
            "storage",
            account_name=self._estate.names.storage,
            kind="StorageV2",
            sku=storage.SkuArgs(name=f"Standard_{wanted.redundancy}"),
            access_tier="Hot",
            allow_blob_public_access=False,
            allow_cross_tenant_replication=False,
            allow_shared_key_access=wanted.shared_keys,
            allowed_copy_scope="AAD",
            default_to_o_auth_authentication=True,
            enable_https_traffic_only=True,
            encryption=self._encryption(),
            is_local_user_enabled=False,
            is_sftp_enabled=False,
            minimum_tls_version="TLS1_2",
            network_rule_set=storage.NetworkRuleSetArgs(
                bypass="AzureServices", default_action="Allow" if wanted.public_access else "Deny"
            ),
            public_network_access="Enabled" if wanted.public_access else "Disabled",
            **self._estate.here,
            opts=self._estate.options(self, protect=self._estate.settings.protected),
        )

    def _encryption(self) -> storage.EncryptionArgs:
        kept = storage.EncryptionServiceArgs(enabled=True, key_type="Account")
        return storage.EncryptionArgs(
            key_source="Microsoft.Storage",
            require_infrastructure_encryption=True,
            services=storage.EncryptionServicesArgs(blob=kept, file=kept),
        )

    def _keep_deleted(self, account: storage.StorageAccount) -> None:
        place = {"resource_group_name": self._estate.names.group, "account_name": self._estate.names.storage}
        days = self._wanted.retention_days
        kept = storage.DeleteRetentionPolicyArgs(enabled=True, days=days)
        storage.BlobServiceProperties(
            "blobs",
            blob_services_name="default",
            is_versioning_enabled=True,
            delete_retention_policy=kept,
            container_delete_retention_policy=kept,
            **place,
            opts=self._estate.options(self, account),
        )
        storage.FileServiceProperties(
            "shares",
            file_services_name="default",
            share_delete_retention_policy=kept,
            **place,
            opts=self._estate.options(self, account),
        )
