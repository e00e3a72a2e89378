"""The settings of an estate: what `Pulumi.<env>.yaml` may say, secure where it says nothing.

A companion (storage, vault, registry, logs) is made unless it is given by id. Whatever is less than secure has to be
written down by name, as `public_access: true`.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from azkeep.components.fields import (
    InsightsId,
    LogWorkspaceId,
    ObjectId,
    PrivateLinkScopeId,
    Region,
    RegistryId,
    Section,
    StorageId,
    VaultId,
    Version,
    Word,
)
from azkeep.components.network_settings import Dns, Network, OwnNetwork

RETIRED_SIZES = r"(?i)^Standard_(NC\d+r?(_Promo)?|NC\d+r?s_v2|ND\d+r?s|NV\d+(_Promo)?)$"
"""GPU sizes that Azure switched off on 31 August 2023. Source: Azure, "Retired VM size series"."""

Days = Annotated[int, Field(ge=1, le=365)]


def _nothing_beside(section: Section, *given: str) -> None:
    """Refuse settings that only shape what is made here, when the thing itself is given."""
    idle = sorted(section.model_fields_set - set(given))
    if idle:
        raise ValueError(f"has no effect on something given by id: {', '.join(idle)}")


class Storage(Section):
    """The workspace's storage account."""

    id: StorageId | None = None
    """An account that is there already, in any subscription."""
    redundancy: Literal["LRS", "ZRS", "GRS", "GZRS"] = "ZRS"
    """How many copies are kept, and how far apart."""
    services: tuple[Literal["blob", "file", "queue", "table"], ...] = Field(default=("blob", "file"), strict=False)
    """Services that get a private endpoint; batch endpoints need queue and table too."""
    retention_days: Days = 14
    """Days for which deleted blobs, containers and shares can be restored."""
    shared_keys: bool = False
    """Accept account keys and SAS; without, every access is by identity."""
    public_access: bool = False
    """Accept traffic from the internet."""

    @model_validator(mode="after")
    def _given(self) -> Self:
        if not {"blob", "file"} <= set(self.services):
            raise ValueError("services must hold blob and file: the workspace keeps its data and notebooks there")
        if self.id:
            _nothing_beside(self, "id", "services", "shared_keys")
        return self


class Vault(Section):
    """The workspace's key vault."""

    id: VaultId | None = None
    """A vault that is there already, in any subscription; it must use role-based access."""
    retention_days: int = Field(default=90, ge=7, le=90)
    """Days for which a deleted vault and its secrets can be recovered."""
    purge_protection: bool = True
    """Nobody can remove a deleted vault for good before its time; cannot be taken back."""
    public_access: bool = False
    """Accept traffic from the internet."""

    @model_validator(mode="after")
    def _given(self) -> Self:
        if self.id:
            _nothing_beside(self, "id")
        return self


class Registry(Section):
    """The container registry, Premium because private endpoints need it."""

    id: RegistryId | None = None
    """A registry that is there already, in any subscription."""
    zone_redundant: bool = True
    """Keep images in all zones of the region; cannot be changed later."""
    untagged_days: Days = 30
    """Days after which images without a tag are removed."""
    admin_user: bool = False
    """One shared password that may do everything; not needed, identities pull and push."""
    public_access: bool = False
    """Accept traffic from the internet."""

    @model_validator(mode="after")
    def _given(self) -> Self:
        if self.id:
            _nothing_beside(self, "id")
        return self


class Monitoring(Section):
    """Log workspace and Application Insights."""

    log_workspace: LogWorkspaceId | None = None
    """A log workspace that is there already, in any subscription."""
    insights: InsightsId | None = None
    """An Application Insights that is there already, in any subscription."""
    retention_days: int = Field(default=90, ge=30, le=730)
    """Days for which logs are kept."""
    private_link_scope: PrivateLinkScopeId | None = None
    """An Azure Monitor private link scope through which logs arrive and are read."""
    public_ingestion: bool = False
    """Take in logs from public addresses, still only with a token; needed where there is no private link scope."""
    public_query: bool = False
    """Let people read logs from public addresses, still only with a role."""

    @model_validator(mode="after")
    def _a_way_in(self) -> Self:
        made = self.log_workspace is None or self.insights is None
        if made and self.private_link_scope is None and not self.public_ingestion:
            raise ValueError("no log could arrive: give private_link_scope, or say public_ingestion: true")
        return self


class Workspace(Section):
    """The Azure Machine Learning workspace."""

    title: str = ""
    """The name that people read in the studio; the workspace's own name if empty."""
    high_business_impact: bool = False
    """Send Microsoft less diagnostics and encrypt local disks of computes; cannot be changed later."""
    data_scientists: tuple[ObjectId, ...] = Field(default=(), strict=False)
    """Object ids of groups that may work in the workspace, but not change it or its computes."""
    public_access: bool = False
    """Accept traffic from the internet."""


class Cluster(Section):
    """A compute cluster that grows with its jobs and shrinks to nothing."""

    size: str = Field(pattern=r"^Standard_\w+$")
    """VM size, such as Standard_NC4as_T4_v3; GPU sizes need quota, which is 0 at first."""
    max_nodes: int = Field(default=4, ge=1, le=1000)
    min_nodes: int = Field(default=0, ge=0, le=1000)
    """Nodes that are kept, and paid, without work."""
    idle_minutes: int = Field(default=15, ge=1, le=1440)
    """Minutes without work after which a node is given back."""
    priority: Literal["dedicated", "low"] = "dedicated"
    """`low` is cheaper and may be taken away at any moment."""
    public_address: bool = False
    """Give each node a public address, which needs inbound rules."""


class Instance(Section):
    """A workstation in the cloud for one person."""

    size: str = Field(default="Standard_DS3_v2", pattern=r"^Standard_\w+$")
    user: ObjectId
    """Object id of the only person who may open it."""
    idle_minutes: int = Field(default=60, ge=15, le=4320)
    """Minutes without work after which it switches itself off."""
    public_address: bool = False
    """Give it a public address, which needs inbound rules."""


class Compute(Section):
    """Clusters and the compute instance."""

    clusters: dict[Word, Cluster] = Field(min_length=1)
    """Name to cluster; the name is the compute's own."""
    image_builds: str
    """The cluster without GPU that builds images, because the registry takes no traffic from outside."""
    instance: Instance | None = None
    """A compute instance; none unless given."""

    @property
    def any_public_address(self) -> bool:
        """True if a node or the instance has one."""
        alone = self.instance is not None and self.instance.public_address
        return alone or any(cluster.public_address for cluster in self.clusters.values())


class Deployment(Section):
    """One model version behind an endpoint."""

    model_version: Version
    traffic: int = Field(default=0, ge=0, le=100)
    """Percent of the requests; all deployments together 100, or 0 to park the endpoint."""
    size: str = Field(default="Standard_DS3_v2", pattern=r"^Standard_\w+$")
    """VM size; a change means a new deployment."""
    instances: int = Field(default=1, ge=1, le=50)
    """VMs; quota is counted with a fifth more."""


class Model(Section):
    """A model in the workspace's default datastore."""

    name: Word
    folder: str = Field(default="models", pattern=r"^[\w./-]+$")
    """Folder in `workspaceblobstore`; version 3 of it is expected in `<folder>/<name>/3`."""
    kind: Literal["custom_model", "mlflow_model", "triton_model"] = "custom_model"


class Image(Section):
    """The container image that serves the model, in the estate's registry."""

    name: Word
    repository: str = Field(pattern=r"^[a-z0-9]+([._/-][a-z0-9]+)*$")
    tag: Version
    """A version; never `latest`, because the environment is registered under it and cannot change."""

    @model_validator(mode="after")
    def _pinned(self) -> Self:
        if self.tag.lower() == "latest":
            raise ValueError("tag must be a version, not latest")
        return self


class Endpoint(Section):
    """An online endpoint with its deployments."""

    name: Word
    """Last part of the endpoint's name, which is unique in the region."""
    model: Model
    image: Image
    deployments: dict[Word, Deployment] = Field(min_length=1)
    """Name to deployment."""
    public_access: bool = False
    """Accept requests from the internet, with a token."""


class Estate(Section):
    """Everything about one estate."""

    prefix: str = Field(pattern=r"^[a-z][a-z0-9]*$")
    """Begins every name; lower-case letters and digits. Some names are unique in all of Azure: choose your own."""
    environment: Literal["dev", "test", "production"]
    location: Region
    """Region, such as westeurope."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags of every resource, beside `environment`."""
    protected: bool = False
    """Locks against deletion on workspace, storage, vault and registry, and Pulumi's own protection."""
    network: Network = OwnNetwork(form="own")
    """`own`, `existing` or `managed`, or one of them with its settings under `form`."""
    dns: Dns = Dns()
    storage: Storage = Storage()
    vault: Vault = Vault()
    registry: Registry = Registry()
    monitoring: Monitoring
    workspace: Workspace = Workspace()
    compute: Compute | None = None
    """Clusters and instance; none unless given."""
    endpoint: Endpoint | None = None
    """An online endpoint; none unless given."""
