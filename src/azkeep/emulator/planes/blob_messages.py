"""One request to the blob service and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from azkeep.emulator.cloud import Cloud
from azkeep.emulator.store import Row
from azkeep.model.ids import ArmId
from azkeep.types import all_types
from azkeep.types.planes import BlobPlane

VERSION_HEADER = "x-ms-version"


@dataclass(frozen=True)
class Account:
    """The account that a request is for."""

    plane: BlobPlane
    row: Row

    @property
    def id(self) -> ArmId:
        return ArmId.parse(self.row.id)

    @property
    def name(self) -> str:
        return self.id.name

    def container_id(self, name: str) -> ArmId:
        """ARM id of a container, be it there or not."""
        return self.id.child(*self.plane.service).child(self.plane.containers, name)


@dataclass(frozen=True)
class BlobRequest:
    """`account`, `container` and `blob` are names as sent, "" where the path ends before. `address` is the client's.

    `path` is the path as sent, percent-encoded, with which the request was signed.
    """

    method: str
    account: str
    container: str
    blob: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes
    path: str
    base: str
    address: str
    request_id: str

    @property
    def version(self) -> str:
        """Version of the service that is spoken."""
        return self.headers.get(VERSION_HEADER) or self.query.get("sv", "")

    def metadata(self) -> dict[str, str]:
        """What the request says in `x-ms-meta-` headers."""
        start = "x-ms-meta-"
        return {name[len(start) :]: value for name, value in self.headers.items() if name.startswith(start)}


@dataclass(frozen=True)
class BlobReply:
    """An answer; of a HEAD, `length` is the size of the content that is not sent."""

    status: int
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None


def account_named(cloud: Cloud, name: str) -> Account | None:
    """The account with a blob endpoint that is called `name`."""
    for type_ in all_types():
        plane = type_.blobs
        if plane is None:
            continue
        for row in cloud.store.named(type_.arm_type.lower(), name.lower()):
            if plane.served(row.body):
                return Account(plane, row)
    return None


def account_at(cloud: Cloud, id: str) -> Account | None:
    """The account with the ARM id `id`, if it has a blob endpoint."""
    row = cloud.store.get(ArmId.parse(id).key)
    if row is None:
        return None
    plane = next((type_.blobs for type_ in all_types() if type_.arm_type.lower() == row.type), None)
    return Account(plane, row) if plane is not None and plane.served(row.body) else None
