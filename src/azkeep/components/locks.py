"""Locks against deletion, on what holds state."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import authorization

from azkeep.components.estate import Estate
from azkeep.components.workspace import Workspace


class Locks(pulumi.ComponentResource):
    """A CanNotDelete lock on workspace, storage, vault and registry, made last and removed first.

    Not on the group: there a lock keeps clusters from giving back nodes. What was given by id is its owner's to lock.
    """

    def __init__(
        self,
        name: str,
        estate: Estate,
        workspace: Workspace,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("azkeep:components:Locks", name, None, opts)
        for of, resource in {"workspace": workspace.workspace, **workspace.companions.made}.items():
            authorization.ManagementLockByScope(
                f"{of}-lock",
                lock_name=estate.names.named(f"{of}-lock"),
                scope=resource.id,
                level="CanNotDelete",
                notes="Holds state that cannot be made again.",
                opts=estate.options(self, *after),
            )
        self.register_outputs({})
