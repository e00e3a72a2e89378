"""User-assigned identities as principals, and what they trust in place of a secret."""

from __future__ import annotations

from azkeep.emulator.assertions import Trust
from azkeep.emulator.store import Row, Store
from azkeep.emulator.store_principals import Principal
from azkeep.model.ids import ArmId
from azkeep.model.value import get

TYPE = "microsoft.managedidentity/userassignedidentities"
CREDENTIALS = f"{TYPE}/federatedidentitycredentials"


class UserAssigned:
    """The user-assigned identities of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def by_client_id(self, client_id: str) -> Principal | None:
        return self._by("/properties/clientId", client_id)

    def by_object_id(self, object_id: str) -> Principal | None:
        return self._by("/properties/principalId", object_id)

    def by_resource(self, text: str) -> Principal | None:
        """The identity with this ARM id, None if it is no such id."""
        try:
            row = self._store.get(ArmId.parse(text).key)
        except ValueError:
            return None
        return _principal(row) if row is not None and row.type == TYPE else None

    def trusted(self, principal: Principal) -> tuple[Trust, ...]:
        """Whose word is taken for an identity: its federated identity credentials."""
        rows = self._store.children(ArmId.parse(principal.resource).key, CREDENTIALS)
        return tuple(
            Trust(str(get(row.body, "/properties/issuer", "")), str(get(row.body, "/properties/subject", "")), audience)
            for row in rows
            for audience in get(row.body, "/properties/audiences", None) or ()
        )

    def _by(self, pointer: str, value: str) -> Principal | None:
        rows = self._store.of_type(TYPE)
        found = next((row for row in rows if str(get(row.body, pointer, "")).lower() == value.lower()), None)
        return _principal(found) if found is not None else None


def _principal(row: Row) -> Principal:
    return Principal(
        name=ArmId.parse(row.id).name,
        client_id=str(get(row.body, "/properties/clientId", "")),
        client_secret="",
        object_id=str(get(row.body, "/properties/principalId", "")),
        role="",
        kind="ServicePrincipal",
        resource=row.id,
    )
