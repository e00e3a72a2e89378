"""Subscriptions and principals of the local cloud, and its single facts."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from azkeep.emulator.store import Store
from azkeep.emulator.store_secrets import Secrets


@dataclass(frozen=True)
class Principal:
    """Who may have a token. `kind` is User or ServicePrincipal, `role` a built-in role's name.

    `resource` is the ARM id of the resource whose identity this is, empty for all others.
    """

    name: str
    client_id: str
    client_secret: str = field(repr=False)
    object_id: str
    role: str
    kind: str
    resource: str = ""


@dataclass(frozen=True)
class Subscription:
    """A subscription of the tenant."""

    id: str
    name: str


COLUMNS = "name, client_id, client_secret, object_id, role, kind"
WITH_RESOURCE = f"SELECT {COLUMNS}, resource FROM principals LEFT JOIN principal_resources USING (object_id)"


class Directory:
    """The principals of the tenant; client secrets are kept encrypted."""

    def __init__(self, store: Store, secrets: Secrets) -> None:
        self._store = store
        self._secrets = secrets

    def _one(self, column: str, value: str) -> Principal | None:
        found = self._store.connection.execute(
            f"{WITH_RESOURCE} WHERE {column} = ? COLLATE NOCASE", (value,)
        ).fetchone()
        return self._principal(found) if found else None

    def _principal(self, found: tuple[str, str, bytes, str, str, str, str | None]) -> Principal:
        name, client_id, sealed, object_id, role, kind, resource = found
        return Principal(name, client_id, self._secrets.unseal(sealed), object_id, role, kind, resource or "")

    def by_name(self, name: str) -> Principal | None:
        return self._one("name", name)

    def by_client_id(self, client_id: str) -> Principal | None:
        return self._one("client_id", client_id)

    def by_object_id(self, object_id: str) -> Principal | None:
        return self._one("object_id", object_id)

    def all(self) -> tuple[Principal, ...]:
        """Every principal, by name."""
        found = self._store.connection.execute(f"{WITH_RESOURCE} ORDER BY name")
        return tuple(self._principal(each) for each in found)

    def certificates(self, principal: Principal) -> tuple[x509.Certificate, ...]:
        """The certificates by which a principal may prove who it is."""
        found = self._store.connection.execute(
            "SELECT certificate FROM principal_certificates WHERE object_id = ?", (principal.object_id,)
        )
        return tuple(x509.load_pem_x509_certificate(pem.encode()) for (pem,) in found)

    def add_certificate(self, principal: Principal, certificate: x509.Certificate) -> None:
        pem = certificate.public_bytes(Encoding.PEM).decode()
        self._store.connection.execute(
            "INSERT OR IGNORE INTO principal_certificates VALUES (?, ?)", (principal.object_id, pem)
        )

    def remove(self, principal: Principal) -> None:
        """Forget a principal and all by which it proves who it is."""
        for table in ("principals", "principal_resources", "principal_certificates"):
            self._store.connection.execute(f"DELETE FROM {table} WHERE object_id = ?", (principal.object_id,))

    def put(self, principal: Principal) -> None:
        self._store.connection.execute(
            f"INSERT OR REPLACE INTO principals ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
            (
                principal.name,
                principal.client_id,
                self._secrets.seal(principal.client_secret),
                principal.object_id,
                principal.role,
                principal.kind,
            ),
        )
        if principal.resource:
            self._store.connection.execute(
                "INSERT OR REPLACE INTO principal_resources VALUES (?, ?)", (principal.object_id, principal.resource)
            )


class Subscriptions:
    """The subscriptions that exist in the local cloud."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: tuple[object, dict[str, Subscription]] = (None, {})

    def all(self) -> tuple[Subscription, ...]:
        """Every subscription, in order of their ids."""
        return tuple(self._current().values())

    def get(self, id: str) -> Subscription | None:
        """The subscription with this id, in any case."""
        return self._current().get(id.lower())

    def put(self, id: str, name: str) -> None:
        self._store.connection.execute("INSERT OR IGNORE INTO subscriptions VALUES (?, ?, ?)", (id.lower(), id, name))
        self._seen = (None, {})

    def _current(self) -> dict[str, Subscription]:
        version = self._store.version()
        if self._seen[0] != version:
            found = self._store.connection.execute("SELECT key, id, name FROM subscriptions ORDER BY key")
            self._seen = (version, {key: Subscription(id, name) for key, id, name in found})
        return self._seen[1]


class Facts:
    """Single named values of a store, such as which namespaces were unregistered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: tuple[object, dict[str, str]] = (None, {})

    def get(self, name: str) -> str | None:
        """The value, None if the store says nothing of it; read again after a commit of any process."""
        version = self._store.version()
        if self._seen[0] != version:
            found = self._store.connection.execute("SELECT name, value FROM facts")
            self._seen = (version, dict(found.fetchall()))
        return self._seen[1].get(name)

    def current(self, name: str) -> str | None:
        """The value as it is inside the running transaction."""
        found = self._store.connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return found[0] if found else None

    def put(self, name: str, value: str) -> None:
        self._store.connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))
        self._seen = (None, {})

    def remove(self, name: str) -> None:
        self._store.connection.execute("DELETE FROM facts WHERE name = ?", (name,))
        self._seen = (None, {})
