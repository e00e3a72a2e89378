"""What the functions of a resource type see of the cloud, and what they have it do besides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from azkeep.model.ids import ArmId
from azkeep.model.value import Body


class Estate(Protocol):
    """The other resources of a cloud, as pure functions may see them. Documents carry `id`, `name` and `type`."""

    def get(self, id: str) -> Body | None:
        """The stored document, or None; ids of any case."""

    def children(self, id: str, kind: str) -> tuple[Body, ...]:
        """Direct children of resource `id` of child type `kind` (`subnets`), in order of creation."""

    def referrers(self, id: str) -> tuple[Body, ...]:
        """Documents outside `id` that mention `id` or something below it, in order of creation."""

    def of_type(self, arm_type: str) -> tuple[Body, ...]:
        """All stored documents of one ARM type, in order of creation, over all subscriptions."""

    def knows(self, arm_type: str) -> bool:
        """True if resources of the type can exist in this cloud at all."""

    def principal(self, object_id: str) -> str | None:
        """User, Group or ServicePrincipal: the kind of the directory object with this id, None if there is none.

        Identities of resources count as ServicePrincipal: `/identity/principalId` of any stored document, and
        `/properties/principalId` of a user-assigned identity.
        """


@dataclass(frozen=True)
class Caller:
    """Who sends a request. `kind` is User or ServicePrincipal (also for managed identities).

    `resource` is the ARM id of the resource whose managed identity this is, such as a policy assignment; else empty.
    """

    object_id: str
    name: str
    kind: str
    tenant: str
    application_id: str = ""
    resource: str = ""


@dataclass(frozen=True)
class Write:
    """One PUT or PATCH about to be stored.

    `body` is what was sent, merged into `before` for a PATCH, with read-only paths taken out and defaults filled in.
    `before` is the stored document, None on create. `sent` is the request's own body.
    `now` is RFC 3339 UTC. `guid(label)` gives a stable random UUID for this resource and label.
    """

    id: ArmId
    body: dict[str, Any]
    before: Body | None
    sent: Body
    now: str
    caller: Caller
    subscription: str
    guid: Callable[[str], str]
    listed: bool = False

    @property
    def is_create(self) -> bool:
        return self.before is None


@dataclass(frozen=True)
class PutEffect:
    """Write `body` at `id`, create or replace; `merge` keeps members that `body` does not name."""

    id: str
    body: Body
    merge: bool = False


@dataclass(frozen=True)
class DeleteEffect:
    """Remove `id` and everything below it; absent is fine."""

    id: str


Effect = PutEffect | DeleteEffect
