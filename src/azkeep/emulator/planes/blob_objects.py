"""Operations on one blob. Source: Blob service REST API, operations on blobs and block blobs."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import secrets as randomness
from email.utils import formatdate

from azkeep.emulator.cloud import Cloud
from azkeep.emulator.planes import blob_conditions, blob_xml
from azkeep.emulator.planes.blob_access import Demand, admit, check_name
from azkeep.emulator.planes.blob_faults import (
    BlobFault,
    blob_not_found,
    container_not_found,
    invalid_header,
    invalid_query,
    not_implemented,
)
from azkeep.emulator.planes.blob_messages import Account, BlobReply, BlobRequest
from azkeep.emulator.store_blobs import Blob, Blobs

READ = Demand("o", "r", "/blobs/read", data=True, by_container_sas=True, public=("blob", "container"))
WRITE = Demand("o", "w", "/blobs/write", data=True, by_container_sas=True)
CREATE = dataclasses.replace(WRITE, letters="cw")
DELETE = Demand("o", "d", "/blobs/delete", data=True, by_container_sas=True)
LONGEST_NAME = 1024
CONTENT_HEADERS = (
    "content-type", "content-encoding", "content-language", "content-disposition", "cache-control", "content-md5",
)  # fmt: skip
_OVERRIDES = {
    "rscc": "cache-control",
    "rscd": "content-disposition",
    "rsce": "content-encoding",
    "rscl": "content-language",
    "rsct": "content-type",
}
_NOT_KEPT = ("x-ms-copy-source", "x-ms-encryption-key", "x-ms-encryption-scope", "x-ms-lease-id", "x-ms-tags")
"""Headers whose meaning is not kept here, so that a request with one of them is refused."""


def answer(cloud: Cloud, request: BlobRequest, account: Account) -> BlobReply:
    """The answer to an operation on one blob. Raises BlobFault."""
    operation = _OPERATIONS.get((request.method, request.query.get("comp", "")))
    unknown = any(name in request.headers for name in _NOT_KEPT)
    if operation is None or unknown or {"snapshot", "versionid"} & set(request.query):
        admit(cloud, request, account, READ if request.method in ("GET", "HEAD") else WRITE)
        raise not_implemented()
    demand, work = operation
    key = account.container_id(request.container).key
    blob = Blobs(cloud.store).get(key, request.blob)
    admit(cloud, request, account, CREATE if demand is WRITE and blob is None else demand)
    check_name(account, request.container)
    if not cloud.store.exists(key):
        raise container_not_found()
    if len(request.blob) > LONGEST_NAME:
        raise BlobFault(400, "OutOfRangeInput", "One of the request inputs is out of range.")
    return work(cloud, request, key, blob)


def _existing(request: BlobRequest, blob: Blob | None) -> Blob:
    blob_conditions.check(request.headers, blob, request.method)
    if blob is None:
        raise blob_not_found()
    return blob


def _get(cloud: Cloud, request: BlobRequest, key: str, blob: Blob | None) -> BlobReply:
    found = _existing(request, blob)
    part = blob_conditions.asked_range(request.headers, found.size) if request.method == "GET" else None
    start, length = part or (0, found.size)
    headers = {**_shown(found), "Accept-Ranges": "bytes"}
    headers |= {_OVERRIDES[name]: request.query[name] for name in _OVERRIDES if request.query.get(name)}
    if part is not None and "content-md5" in headers:
        headers["x-ms-blob-content-md5"] = headers.pop("content-md5")
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{found.size}"
    if request.method == "HEAD":
        return BlobReply(200, b"", headers, found.size)
    content = Blobs(cloud.store).content(key, found.name, start, length)
    return BlobReply(206 if part else 200, content, headers)


def _shown(blob: Blob) -> dict[str, str]:
    return {
        **dict(blob.headers),
        **{f"x-ms-meta-{name}": value for name, value in blob.metadata.items()},
        **_changed(blob),
        "x-ms-creation-time": formatdate(blob.created, usegmt=True),
        "x-ms-blob-type": "BlockBlob",
        "x-ms-access-tier": "Hot",
        "x-ms-access-tier-inferred": "true",
        "x-ms-lease-status": "unlocked",
        "x-ms-lease-state": "available",
        "x-ms-server-encrypted": "true",
    }


def _changed(blob: Blob) -> dict[str, str]:
    return {"ETag": blob.etag, "Last-Modified": formatdate(blob.modified, usegmt=True)}


def _put(cloud: Cloud, request: BlobRequest, key: str, blob: Blob | None) -> BlobReply:
    kind = request.headers.get("x-ms-blob-type", "")
    if kind != "BlockBlob":
        raise not_implemented() if kind in ("AppendBlob", "PageBlob") else invalid_header("x-ms-blob-type")
    blob_conditions.check(request.headers, blob, request.method)
    digest = _checked(request)
    headers = _content_headers(request, fallback=True)
    headers.setdefault("content-md5", digest)
    made = _new(cloud, request, blob, headers)
    with cloud.store.transaction():
        Blobs(cloud.store).put(key, made, request.content)
    return _written(made, 201, {"Content-MD5": digest})


def _checked(request: BlobRequest) -> str:
    """MD5 of the content, in base64. Raises BlobFault where the request names another."""
    digest = base64.b64encode(hashlib.md5(request.content, usedforsecurity=False).digest()).decode()
    if request.headers.get("content-md5", digest) != digest:
        raise BlobFault(
            400,
            "Md5Mismatch",
            "The MD5 value specified in the request did not match with the MD5 value calculated by the server.",
        )
    return digest


def _content_headers(request: BlobRequest, *, fallback: bool) -> dict[str, str]:
    """What `x-ms-blob-` headers say of the content; with `fallback` plain headers count where they say nothing."""
    found = {name: request.headers.get(f"x-ms-blob-{name}") for name in CONTENT_HEADERS}
    if fallback:
        plain = {name: request.headers.get(name) for name in CONTENT_HEADERS if name != "content-md5"}
        found = {name: found[name] or plain.get(name) for name in CONTENT_HEADERS}
    headers = {name: value for name, value in found.items() if value}
    return {"content-type": "application/octet-stream", **headers} if fallback else headers


def _new(cloud: Cloud, request: BlobRequest, before: Blob | None, headers: dict[str, str]) -> Blob:
    now = cloud.store.seconds()
    return Blob(
        name=request.blob,
        size=len(request.content),
        etag=_etag(),
        created=before.created if before else now,
        modified=now,
        headers=headers,
        metadata=request.metadata(),
    )


def _etag() -> str:
    return f'"0x{randomness.token_hex(8)[:15].upper()}"'


def _written(blob: Blob, status: int, more: dict[str, str] | None = None) -> BlobReply:
    return BlobReply(status, b"", {**_changed(blob), "x-ms-request-server-encrypted": "true", **(more or {})})


def _put_block(cloud: Cloud, request: BlobRequest, key: str, blob: Blob | None) -> BlobReply:
    block = request.query.get("blockid", "")
    if not blob_xml.is_block_id(block):
        raise invalid_query("blockid")
    digest = _checked(request)
    with cloud.store.transaction():
        Blobs(cloud.store).put_block(key, request.blob, block, request.content)
    return BlobReply(201, b"", {"Content-MD5": digest, "x-ms-request-server-encrypted": "true"})


def _put_blocks(cloud: Cloud, request: BlobRequest, key: str, blob: Blob | None) -> BlobReply:
    blob_conditions.check(request.headers, blob, request.method)
    _checked(request)
    blobs = Blobs(cloud.store)
    pieces = [(id, _piece(blobs, key, request.blob, blob, kind, id)) for kind, id in _asked(request)]
    headers = {"content-type": "application/octet-stream", **_content_headers(request, fallback=False)}
    made = dataclasses.replace(
        _new(cloud, request, blob, headers), blocks=tuple((id, len(piece)) for id, piece in pieces)
    )
    with cloud.store.transaction():
        blobs.put(key, made, b"".join(piece for _, piece in pieces))
    return _written(made, 201)


def _asked(request: BlobRequest) -> list[tuple[str, str]]:
    return blob_xml.asked_blocks(request.content)


def _piece(blobs: Blobs, key: str, name: str, blob: Blob | None, kind: str, id: str) -> bytes:
    """The block `id` of a list: what waits comes before what is committed where the latest is asked for."""
    waiting = blobs.block(key, name, id) if kind != "Committed" else None
    if waiting is not None:
        return waiting
    start = 0
    for known, size in blob.blocks if blob and kind != "Uncommitted" else ():
        if known == id:
            return blobs.content(key, name, start, size)
        start += size
    raise BlobFault(400, "InvalidBlockList", "The specified block list is invalid.")


def _get_blocks(cloud: Cloud, request: BlobRequest, key: str, blob: Blob | None) -> BlobReply:
    waiting = Blobs(cloud.store).waiting(key, request.blob)
    if blob is None and not waiting:
        raise blob_not_found()
    kind = request.query.get("blocklisttype", "committed").lower()
    if kind not in ("committed", "uncommitted", "all"):
        raise invalid_query("blocklisttype")
    committed = (blob.blocks if blob else ()) if kind != "uncommitted" else None
    content = blob_xml.block_list(committed, waiting if kind != "committed" else None)
    headers = {**_changed(blob), "x-ms-blob-content-length": str(blob.size)} if blob else {}
    return BlobReply(200, content, {**headers, "Content-Type": "application/xml"})


def _get_metadata(cloud: Cloud, request: BlobRequest, key: str, blob: Blob | None) -> BlobReply:
    found = _existing(request, blob)
    return BlobReply(200, b"", {**_changed(found), **{f"x-ms-meta-{n}": v for n, v in found.metadata.items()}})


def _put_metadata(cloud: Cloud, request: BlobRequest, key: str, blob: Blob | None) -> BlobReply:
    found = _existing(request, blob)
    return _described(cloud, key, dataclasses.replace(found, metadata=request.metadata()))


def _put_properties(cloud: Cloud, request: BlobRequest, key: str, blob: Blob | None) -> BlobReply:
    found = _existing(request, blob)
    return _described(cloud, key, dataclasses.replace(found, headers=_content_headers(request, fallback=False)))


def _described(cloud: Cloud, key: str, blob: Blob) -> BlobReply:
    changed = dataclasses.replace(blob, etag=_etag(), modified=cloud.store.seconds())
    with cloud.store.transaction():
        Blobs(cloud.store).describe(key, changed)
    return _written(changed, 200)


def _delete(cloud: Cloud, request: BlobRequest, key: str, blob: Blob | None) -> BlobReply:
    found = _existing(request, blob)
    with cloud.store.transaction():
        Blobs(cloud.store).delete(key, found.name)
    return BlobReply(202, b"", {"x-ms-delete-type-permanent": "true"})


_OPERATIONS = {
    ("GET", ""): (READ, _get),
    ("HEAD", ""): (READ, _get),
    ("GET", "metadata"): (READ, _get_metadata),
    ("HEAD", "metadata"): (READ, _get_metadata),
    ("GET", "blocklist"): (READ, _get_blocks),
    ("PUT", ""): (WRITE, _put),
    ("PUT", "block"): (WRITE, _put_block),
    ("PUT", "blocklist"): (WRITE, _put_blocks),
    ("PUT", "metadata"): (WRITE, _put_metadata),
    ("PUT", "properties"): (WRITE, _put_properties),
    ("DELETE", ""): (DELETE, _delete),
}
