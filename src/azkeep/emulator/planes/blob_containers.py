"""Operations on containers and on the account. Source: Blob service REST API, operations on the account, on containers.

A container is the same document that ARM shows; what is made or deleted here is there, and the other way round.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import formatdate

from azkeep.emulator.cloud import Cloud
from azkeep.emulator.effects import delete_tree
from azkeep.emulator.messages import NOBODY
from azkeep.emulator.planes import blob_xml, delegation
from azkeep.emulator.planes.blob_access import (
    Demand,
    admit,
    check_firewall,
    check_name,
    check_rights,
    token_bearer,
)
from azkeep.emulator.planes.blob_faults import (
    BlobFault,
    container_not_found,
    invalid_header,
    invalid_query,
    not_implemented,
)
from azkeep.emulator.planes.blob_messages import Account, BlobReply, BlobRequest
from azkeep.emulator.store import Row
from azkeep.emulator.store_blobs import Blob, Blobs
from azkeep.emulator.writes import Change, write
from azkeep.model.value import get
from azkeep.types import by_arm_type

PAGE = 5000
SHARED_CHUNK = 50
"""Blobs read at a time where names share prefixes, all of which but one are passed over."""
FIRST, LAST = "\0", "\U0010ffff"
"""What follows a name, and what ends all names that begin alike."""
PUBLIC = {"": "None", "blob": "Blob", "container": "Container"}
XML = {"Content-Type": "application/xml"}
LIST = Demand("c", "l", "/blobs/read", data=True, by_container_sas=True, public=("container",))
READ = Demand("c", "r", "/read")
CREATE = Demand("c", "cw", "/write")
DELETE = Demand("c", "d", "/delete")
LIST_CONTAINERS = Demand("s", "l", "/read")


def answer(cloud: Cloud, request: BlobRequest, account: Account) -> BlobReply:
    """The answer to an operation on a container. Raises BlobFault."""
    operation = _OPERATIONS.get((request.method, request.query.get("comp", "")))
    if operation is None or request.query.get("restype") != "container" or "x-ms-lease-id" in request.headers:
        admit(cloud, request, account, READ if request.method in ("GET", "HEAD") else CREATE)
        raise not_implemented()
    demand, work = operation
    admit(cloud, request, account, demand)
    check_name(account, request.container)
    row = cloud.store.get(account.container_id(request.container).key)
    if demand is CREATE and request.query.get("comp", "") == "":
        return _create(cloud, request, account, row)
    if row is None:
        raise container_not_found()
    return work(cloud, request, account, row)


def of_account(cloud: Cloud, request: BlobRequest, account: Account) -> BlobReply:
    """The answer to an operation on the account. Raises BlobFault."""
    asked = (request.method, request.query.get("restype", ""), request.query.get("comp", ""))
    if asked == ("POST", "service", "userdelegationkey"):
        return _delegation_key(cloud, request, account)
    admit(cloud, request, account, LIST_CONTAINERS)
    if asked == ("GET", "", "list"):
        return _list_containers(cloud, request, account)
    raise not_implemented()


def _delegation_key(cloud: Cloud, request: BlobRequest, account: Account) -> BlobReply:
    caller = token_bearer(cloud, request, account)
    check_firewall(request, account)
    action = f"{account.plane.service_type}/generateUserDelegationKey/action"
    check_rights(cloud, caller, account, "", Demand("s", "", action))
    start, end = delegation.asked(request.content)
    members = delegation.members(caller, start, end, request.version)
    content = blob_xml.delegation_key(members, delegation.key(cloud, account, members))
    return BlobReply(200, content, XML)


def _create(cloud: Cloud, request: BlobRequest, account: Account, row: Row | None) -> BlobReply:
    if row is not None:
        raise BlobFault(409, "ContainerAlreadyExists", "The specified container already exists.")
    type_ = by_arm_type(account.plane.container_type)
    public = request.headers.get("x-ms-blob-public-access", "")
    if type_ is None or public not in PUBLIC:
        raise invalid_header("x-ms-blob-public-access")
    body = account.plane.container(PUBLIC[public], request.metadata())
    with cloud.store.transaction():
        written = write(cloud, Change(type_, account.container_id(request.container), body, NOBODY))
    return BlobReply(201, b"", _changed(written.row))


def _properties(cloud: Cloud, request: BlobRequest, account: Account, row: Row) -> BlobReply:
    public = account.plane.public(row.body).lower()
    headers = {
        **_changed(row),
        **{f"x-ms-meta-{name}": str(value) for name, value in (get(row.body, "/properties/metadata") or {}).items()},
        "x-ms-lease-status": "unlocked",
        "x-ms-lease-state": "available",
        "x-ms-has-immutability-policy": "false",
        "x-ms-has-legal-hold": "false",
        **({"x-ms-blob-public-access": public} if public != "none" else {}),
    }
    return BlobReply(200, b"", headers)


def _metadata(cloud: Cloud, request: BlobRequest, account: Account, row: Row) -> BlobReply:
    type_ = by_arm_type(account.plane.container_type)
    if type_ is None:
        raise not_implemented()
    body = account.plane.container(account.plane.public(row.body), request.metadata())
    with cloud.store.transaction():
        written = write(cloud, Change(type_, account.container_id(request.container), body, NOBODY))
    return BlobReply(200, b"", _changed(written.row))


def _delete(cloud: Cloud, request: BlobRequest, account: Account, row: Row) -> BlobReply:
    with cloud.store.transaction():
        delete_tree(cloud, row)
    return BlobReply(202)


def _changed(row: Row) -> dict[str, str]:
    return {"ETag": row.etag, "Last-Modified": _modified(row)}


def _modified(row: Row) -> str:
    return formatdate(datetime.fromisoformat(row.changed_at).timestamp(), usegmt=True)


def _limit(request: BlobRequest) -> int:
    text = request.query.get("maxresults", str(PAGE))
    if not text.isdecimal() or int(text) < 1:
        raise invalid_query("maxresults")
    return min(int(text), PAGE)


def _list_containers(cloud: Cloud, request: BlobRequest, account: Account) -> BlobReply:
    plane = account.plane
    parent = account.id.child(*plane.service)
    prefix, marker = request.query.get("prefix", ""), request.query.get("marker", "")
    rows = sorted(cloud.store.children(parent.key, plane.container_type.lower()), key=lambda row: row.body["name"])
    found = [row for row in rows if row.body["name"].startswith(prefix) and row.body["name"] >= marker]
    limit = _limit(request)
    items = [
        {
            "name": str(row.body["name"]),
            "modified": _modified(row),
            "etag": row.etag,
            "public": plane.public(row.body),
        }
        for row in found[:limit]
    ]
    following = str(found[limit].body["name"]) if len(found) > limit else ""
    return BlobReply(200, blob_xml.container_list(items, request.query, _endpoint(request), following), XML)


def _endpoint(request: BlobRequest) -> str:
    return f"{request.base}/"


def _list_blobs(cloud: Cloud, request: BlobRequest, account: Account, row: Row) -> BlobReply:
    items, following = _page(Blobs(cloud.store), row.key, request, _limit(request))
    content = blob_xml.blob_list(items, request.query, _endpoint(request), following, request.container)
    return BlobReply(200, content, XML)


def _page(blobs: Blobs, key: str, request: BlobRequest, limit: int) -> tuple[list[Blob | str], str]:
    """(items, where the next page begins): blobs, and what names share up to a delimiter behind the prefix."""
    prefix, delimiter = request.query.get("prefix", ""), request.query.get("delimiter", "")
    position, items = request.query.get("marker", ""), list[Blob | str]()
    while found := blobs.named(key, prefix, position, SHARED_CHUNK if delimiter else limit + 1):
        for blob in found:
            if len(items) == limit:
                return items, blob.name
            shared = _shared(blob.name, prefix, delimiter)
            items.append(shared or blob)
            position = shared + LAST if shared else blob.name + FIRST
            if shared:
                break
    return items, ""


def _shared(name: str, prefix: str, delimiter: str) -> str:
    """The part of `name` up to the first delimiter behind the prefix; "" where there is none."""
    at = name.find(delimiter, len(prefix)) if delimiter else -1
    return name[: at + len(delimiter)] if at >= 0 else ""


_OPERATIONS = {
    ("GET", ""): (READ, _properties),
    ("HEAD", ""): (READ, _properties),
    ("GET", "metadata"): (READ, _properties),
    ("HEAD", "metadata"): (READ, _properties),
    ("PUT", ""): (CREATE, _properties),
    ("PUT", "metadata"): (CREATE, _metadata),
    ("DELETE", ""): (DELETE, _delete),
    ("GET", "list"): (LIST, _list_blobs),
}
