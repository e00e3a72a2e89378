"""What the local cloud says of itself: its snapshots, its principals, and how clients find it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class KeptSnapshot:
    """A local cloud as it was. `name` is empty for a file that is not beside the store."""

    name: str
    file: str
    taken_at: datetime
    resources: int


@dataclass(frozen=True)
class LocalSnapshot:
    """A snapshot was taken (`saved`), or the cloud put back to one (`restored`)."""

    action: str
    snapshot: KeptSnapshot


@dataclass(frozen=True)
class LocalSnapshots:
    """The snapshots beside a store, oldest first."""

    snapshots: tuple[KeptSnapshot, ...]


@dataclass(frozen=True)
class KnownPrincipal:
    """Somebody in the local cloud. `kind` is User or ServicePrincipal, `role` a built-in role's name, on every
    subscription. `resource`: the ARM id of the resource whose identity this is, empty for all others."""

    name: str
    kind: str
    role: str
    client_id: str
    object_id: str
    resource: str = ""


@dataclass(frozen=True)
class LocalPrincipal:
    """A principal was `added` or `removed`. `client_secret`, in clear, only where it was added: it opens nothing but
    this cloud, and nothing tells it again."""

    action: str
    principal: KnownPrincipal
    client_secret: str | None = None


@dataclass(frozen=True)
class LocalPrincipals:
    """All principals of a local cloud, by name."""

    principals: tuple[KnownPrincipal, ...]


@dataclass(frozen=True)
class LocalEnvironment:
    """The variables with which a client finds the local cloud, as `principal`, and the commands, each as its words,
    that are to be run once with them."""

    client: str
    principal: str
    variables: Mapping[str, str]
    commands: tuple[tuple[str, ...], ...] = ()
