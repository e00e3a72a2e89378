"""Conditions and ranges of a request for a blob. Source: Blob service REST API, conditional headers; range header."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from azkeep.emulator.planes.blob_faults import BlobFault, blob_not_found, condition_not_met, invalid_header
from azkeep.emulator.store_blobs import Blob

_RANGE = re.compile(r"bytes=(\d+)-(\d*)\Z")
_READING = ("GET", "HEAD")


def check(headers: Mapping[str, str], blob: Blob | None, method: str) -> None:
    """Raises BlobFault where a condition of the request does not hold for the blob as it is, or for none."""
    wanted, unwanted = headers.get("if-match"), headers.get("if-none-match")
    if wanted is not None and (blob is None or wanted not in ("*", blob.etag)):
        raise condition_not_met() if blob or method not in _READING else blob_not_found()
    if blob is None:
        return
    if unwanted is not None and unwanted in ("*", blob.etag):
        raise _unwanted(unwanted, method)
    since = _moment(headers, "if-modified-since")
    if since is not None and int(blob.modified) <= since:
        raise _not_modified(method)
    before = _moment(headers, "if-unmodified-since")
    if before is not None and int(blob.modified) > before:
        raise condition_not_met()


def _unwanted(tag: str, method: str) -> BlobFault:
    if method not in _READING and tag == "*":
        return BlobFault(409, "BlobAlreadyExists", "The specified blob already exists.")
    return _not_modified(method)


def _not_modified(method: str) -> BlobFault:
    if method not in _READING:
        return condition_not_met()
    text = "The condition specified using HTTP conditional header(s) is not met."
    return BlobFault(304, "ConditionNotMet", text)


def _moment(headers: Mapping[str, str], name: str) -> int | None:
    if name not in headers:
        return None
    try:
        return int(parsedate_to_datetime(headers[name]).timestamp())
    except ValueError:
        raise invalid_header(name) from None


def asked_range(headers: Mapping[str, str], size: int) -> tuple[int, int] | None:
    """(first byte, number of bytes) that a request asks for, None for all. Raises BlobFault where there are none."""
    text = headers.get("x-ms-range") or headers.get("range")
    found = _RANGE.match(text) if text else None
    if found is None:
        return None
    start = int(found[1])
    end = min(int(found[2]) if found[2] else size - 1, size - 1)
    if start >= size or (found[2] and int(found[2]) < start):
        raise BlobFault(
            416,
            "InvalidRange",
            "The range specified is invalid for the current size of the resource.",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return start, end - start + 1
