"""The blob service's documents. Source: Blob service REST API, response bodies of lists, blocks, keys and errors."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from email.utils import formatdate
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from azkeep.emulator.planes.blob_faults import BlobFault, invalid_xml
from azkeep.emulator.store_blobs import Blob

DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>'
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NAMES = {
    "content-type": "Content-Type",
    "content-encoding": "Content-Encoding",
    "content-language": "Content-Language",
    "content-disposition": "Content-Disposition",
    "cache-control": "Cache-Control",
    "content-md5": "Content-MD5",
}


def document(root: Element) -> bytes:
    """An XML document in UTF-8."""
    return DECLARATION + bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=False))


def error(fault: BlobFault, request_id: str, time: str) -> bytes:
    """The body of a refusal."""
    root = Element("Error")
    _add(root, "Code", fault.code)
    _add(root, "Message", f"{fault.message}\nRequestId:{request_id}\nTime:{time}")
    if fault.detail:
        _add(root, "AuthenticationErrorDetail" if fault.status in (401, 403) else "Detail", fault.detail)
    return document(root)


def delegation_key(members: Mapping[str, str], value: str) -> bytes:
    """A user delegation key."""
    root = Element("UserDelegationKey")
    names = ("SignedOid", "SignedTid", "SignedStart", "SignedExpiry", "SignedService", "SignedVersion")
    for name, text in zip(names, members.values(), strict=True):
        _add(root, name, text)
    _add(root, "Value", value)
    return document(root)


def container_list(items: Iterable[Mapping[str, str]], asked: Mapping[str, str], endpoint: str, marker: str) -> bytes:
    """A page of containers: `name`, `modified`, `etag` and `public` of each."""
    root = _list(asked, endpoint)
    holder = SubElement(root, "Containers")
    for item in items:
        element = SubElement(holder, "Container")
        _add(element, "Name", item["name"])
        properties = SubElement(element, "Properties")
        _add(properties, "Last-Modified", item["modified"])
        _add(properties, "Etag", item["etag"])
        _add(properties, "LeaseStatus", "unlocked")
        _add(properties, "LeaseState", "available")
        if item["public"].lower() != "none":
            _add(properties, "PublicAccess", item["public"].lower())
        _add(properties, "HasImmutabilityPolicy", "false")
        _add(properties, "HasLegalHold", "false")
    _add(root, "NextMarker", marker)
    return document(root)


def blob_list(items: Iterable[Blob | str], asked: Mapping[str, str], endpoint: str, marker: str, name: str) -> bytes:
    """A page of blobs of the container `name`; an item that is text is the prefix that several of them share."""
    root = _list(asked, endpoint)
    root.set("ContainerName", name)
    if asked.get("delimiter"):
        _add(root, "Delimiter", asked["delimiter"])
    holder = SubElement(root, "Blobs")
    wanted = asked.get("include", "").split(",")
    for item in items:
        if isinstance(item, str):
            _add_name(SubElement(holder, "BlobPrefix"), item)
        else:
            _add_blob(holder, item, with_metadata="metadata" in wanted)
    _add(root, "NextMarker", marker)
    return document(root)


def block_list(committed: Iterable[tuple[str, int]] | None, waiting: Iterable[tuple[str, int]] | None) -> bytes:
    """The blocks of a blob; None leaves a list out."""
    root = Element("BlockList")
    for name, blocks in (("CommittedBlocks", committed), ("UncommittedBlocks", waiting)):
        if blocks is None:
            continue
        holder = SubElement(root, name)
        for id, size in blocks:
            block = SubElement(holder, "Block")
            _add(block, "Name", id)
            _add(block, "Size", str(size))
    return document(root)


def asked_blocks(content: bytes) -> list[tuple[str, str]]:
    """(Latest, Committed or Uncommitted; block id) in order, of a block list that was sent. Raises BlobFault."""
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError:
        raise invalid_xml() from None
    if root.tag != "BlockList" or any(each.tag not in ("Latest", "Committed", "Uncommitted") for each in root):
        raise invalid_xml()
    return [(each.tag, (each.text or "").strip()) for each in root]


def _list(asked: Mapping[str, str], endpoint: str) -> Element:
    root = Element("EnumerationResults", {"ServiceEndpoint": endpoint})
    for name, key in (("Prefix", "prefix"), ("Marker", "marker"), ("MaxResults", "maxresults")):
        if asked.get(key):
            _add(root, name, asked[key])
    return root


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _add_name(parent: Element, name: str) -> None:
    """A name with what XML cannot hold is percent-encoded and says so."""
    element = SubElement(parent, "Name")
    if _UNWRITABLE.search(name):
        element.set("Encoded", "true")
        name = "".join(f"%{ord(each):02X}" if _UNWRITABLE.match(each) or each == "%" else each for each in name)
    element.text = name


def _add_blob(holder: Element, blob: Blob, *, with_metadata: bool) -> None:
    element = SubElement(holder, "Blob")
    _add_name(element, blob.name)
    properties = SubElement(element, "Properties")
    _add(properties, "Creation-Time", formatdate(blob.created, usegmt=True))
    _add(properties, "Last-Modified", formatdate(blob.modified, usegmt=True))
    _add(properties, "Etag", blob.etag)
    _add(properties, "Content-Length", str(blob.size))
    for name, shown in _NAMES.items():
        _add(properties, shown, blob.headers.get(name, ""))
    _add(properties, "BlobType", "BlockBlob")
    _add(properties, "AccessTier", "Hot")
    _add(properties, "AccessTierInferred", "true")
    _add(properties, "LeaseStatus", "unlocked")
    _add(properties, "LeaseState", "available")
    _add(properties, "ServerEncrypted", "true")
    if with_metadata:
        found = SubElement(element, "Metadata")
        for name, value in blob.metadata.items():
            _add(found, name, value)


def is_block_id(text: str) -> bool:
    """True for base64 of at most 64 bytes."""
    try:
        return 0 < len(base64.b64decode(text, validate=True)) <= 64
    except ValueError:
        return False
