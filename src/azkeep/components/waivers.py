"""A waiver in the program itself, beside the resource that it is about."""

from __future__ import annotations

import pulumi

from azkeep.model.finding import WAIVER_TOKEN


class Waiver(pulumi.ComponentResource):
    """Accepts that `resource` breaks `rule`, until the end of the day `expires` (YYYY-MM-DD).

    It is declared below the resource and makes nothing in the cloud. azkeep reads it in `check`, `preview`, `apply` and
    `audit`.
    """

    def __init__(
        self, resource: pulumi.Resource, rule: str, *, reason: str, owner: str, expires: str, ticket: str = ""
    ) -> None:
        given = {"rule": rule, "reason": reason, "owner": owner, "expires": expires, "ticket": ticket}
        name = f"{resource.pulumi_resource_name}-{rule}".lower()
        super().__init__(WAIVER_TOKEN, name, given, pulumi.ResourceOptions(parent=resource))
        self.register_outputs({})
