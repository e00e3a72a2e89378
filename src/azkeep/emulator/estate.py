"""The other resources of the local cloud, as the pure functions of `types/` may see them."""

from __future__ import annotations

from dataclasses import dataclass

from azkeep.emulator.store import Store
from azkeep.emulator.store_principals import Directory
from azkeep.model.ids import ArmId
from azkeep.model.value import Body
from azkeep.types import by_arm_type


class StoredEstate:
    """`types.write.Estate` over a store: documents as stored, inline children not put in."""

    def __init__(self, store: Store, directory: Directory) -> None:
        self._store = store
        self._directory = directory

    def get(self, id: str) -> Body | None:
        """The stored document; a tenant's resource is found from every scope below it."""
        key = _key(id)
        row = self._store.get(key)
        if row is None and not key.startswith("/providers/") and "/providers/" in key:
            row = self._store.get("/providers/" + key.rsplit("/providers/", 1)[1])
        return row.body if row else None

    def children(self, id: str, kind: str) -> tuple[Body, ...]:
        """Direct children of `id`; `kind` is the last part of the type, a whole type is accepted."""
        parent = ArmId.parse(id)
        type_ = f"{parent.type}/{kind.rsplit('/', 1)[-1]}".lower()
        return tuple(row.body for row in self._store.children(parent.key, type_))

    def referrers(self, id: str) -> tuple[Body, ...]:
        return tuple(row.body for row in self._store.referrers(_key(id)))

    def of_type(self, arm_type: str) -> tuple[Body, ...]:
        return tuple(row.body for row in self._store.of_type(arm_type.lower()))

    def knows(self, arm_type: str) -> bool:
        return by_arm_type(arm_type) is not None

    def principal(self, object_id: str) -> str | None:
        """Kind of a principal of the tenant, or ServicePrincipal for the identity of a resource."""
        found = self._directory.by_object_id(object_id)
        if found is not None:
            return found.kind
        return "ServicePrincipal" if self._store.has_identity(object_id.lower()) else None


@dataclass(frozen=True)
class Outside:
    """An estate as it is without what lies in `inside`, a lower-case id; with an empty one there is nothing left."""

    estate: StoredEstate
    inside: str

    def _kept(self, found: tuple[Body, ...]) -> tuple[Body, ...]:
        return tuple(body for body in found if not f"{str(body['id']).lower()}/".startswith(f"{self.inside}/"))

    def get(self, id: str) -> Body | None:
        found = self.estate.get(id)
        return found if found is not None and self._kept((found,)) else None

    def children(self, id: str, kind: str) -> tuple[Body, ...]:
        return self._kept(self.estate.children(id, kind))

    def referrers(self, id: str) -> tuple[Body, ...]:
        return self._kept(self.estate.referrers(id))

    def of_type(self, arm_type: str) -> tuple[Body, ...]:
        return self._kept(self.estate.of_type(arm_type))

    def knows(self, arm_type: str) -> bool:
        return self.estate.knows(arm_type)

    def principal(self, object_id: str) -> str | None:
        return self.estate.principal(object_id)


def _key(id: str) -> str:
    return "/" + "/".join(part for part in id.lower().split("/") if part)
