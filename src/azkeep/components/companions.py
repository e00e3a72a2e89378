"""What a workspace cannot be without."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from azkeep.components.estate import Target
from azkeep.components.monitoring import Monitoring
from azkeep.components.registry import Registry
from azkeep.components.storage import Storage
from azkeep.components.vault import Vault


@dataclass(frozen=True)
class Companions:
    """Storage, vault, registry and logs of one workspace, each made here or given by id."""

    storage: Storage
    vault: Vault
    registry: Registry
    monitoring: Monitoring

    @property
    def targets(self) -> tuple[Target, ...]:
        """What private endpoints lead to."""
        return (self.storage.target, self.vault.target, self.registry.target)

    @property
    def made(self) -> dict[str, pulumi.CustomResource]:
        """Those that hold state and were made here, by name."""
        found = {"storage": self.storage.account, "vault": self.vault.vault, "registry": self.registry.registry}
        return {name: resource for name, resource in found.items() if resource is not None}
