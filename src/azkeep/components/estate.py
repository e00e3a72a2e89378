"""What every part of an estate shares: its settings, names, tags and resource group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_azure_native import Provider, resources

from azkeep.components import settings
from azkeep.components.names import Names
from azkeep.model.ids import ArmId


@dataclass(frozen=True)
class Target:
    """Something that private endpoints lead to: `id` is its ARM id, `groups` its private link groups."""

    kind: str
    id: pulumi.Input[str]
    groups: tuple[str, ...]


class Estate(pulumi.ComponentResource):
    """The resource group, and the settings from which everything in it is named, tagged and placed."""

    def __init__(self, name: str, wanted: settings.Estate, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("azkeep:components:Estate", name, None, opts)
        self.settings = wanted
        self.names = Names.of(wanted)
        self.location = wanted.location
        self.tags: Mapping[str, str] = {"environment": wanted.environment, **wanted.tags}
        self.group = resources.ResourceGroup(
            "group",
            resource_group_name=self.names.group,
            location=self.location,
            tags=self.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._providers: dict[str, Provider] = {}
        self.register_outputs({"group_id": self.group.id})

    @property
    def here(self) -> dict[str, Any]:
        """The arguments that place a resource in the group: names are plain text, so ids are known before apply."""
        return {"resource_group_name": self.names.group, "location": self.location, "tags": self.tags}

    def options(self, parent: pulumi.Resource, *after: pulumi.Resource, **more: Any) -> pulumi.ResourceOptions:
        """Options of a resource in the group, made after it and after whatever `after` names."""
        return pulumi.ResourceOptions(parent=parent, depends_on=[self.group, *after], **more)

    def elsewhere(
        self, id: str, parent: pulumi.Resource, after: Sequence[pulumi.Resource] = ()
    ) -> pulumi.ResourceOptions:
        """Options of a resource beside `id`, in the subscription that `id` names."""
        subscription = ArmId.parse(id).subscription or ""
        if subscription not in self._providers:
            self._providers[subscription] = Provider(
                f"subscription-{subscription}",
                subscription_id=subscription,
                opts=pulumi.ResourceOptions(parent=self),
            )
        return pulumi.ResourceOptions(parent=parent, depends_on=[*after], provider=self._providers[subscription])
