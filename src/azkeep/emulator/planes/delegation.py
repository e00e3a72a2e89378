"""User delegation keys: with them a principal signs in place of an account key.

Source: Blob service REST API, Get User Delegation Key. A key is derived from what it says, so none is kept.
"""

from __future__ import annotations

import base64
import secrets as randomness
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from azkeep.emulator.cloud import Cloud
from azkeep.emulator.planes import signatures
from azkeep.emulator.planes.blob_faults import BlobFault, invalid_xml
from azkeep.emulator.planes.blob_messages import Account
from azkeep.types.write import Caller

SECRET = "/blob/userDelegation"
LONGEST = timedelta(days=7)
_SHOWN = "%Y-%m-%dT%H:%M:%SZ"


def key(cloud: Cloud, account: Account, members: Mapping[str, str]) -> str:
    """The key, in base64, that belongs to the signed members `skoid` to `skv`."""
    found = cloud.secrets.of(account.row.key).get(SECRET)
    if found is None:
        found = base64.b64encode(randomness.token_bytes(64)).decode()
        with cloud.store.transaction():
            cloud.secrets.put(account.row.key, {SECRET: found})
    return signatures.signature(str(found), "\n".join(members[name] for name in signatures.DELEGATION))


def members(caller: Caller, start: datetime, end: datetime, version: str) -> dict[str, str]:
    """What a key of `caller` says of itself."""
    values = (
        caller.object_id,
        caller.tenant,
        start.astimezone(UTC).strftime(_SHOWN),
        end.astimezone(UTC).strftime(_SHOWN),
        "b",
        version,
    )
    return dict(zip(signatures.DELEGATION, values, strict=True))


def asked(content: bytes) -> tuple[datetime, datetime]:
    """(start, expiry) that a request for a key names. Raises BlobFault."""
    try:
        root = ElementTree.fromstring(content)
        start, end = root.findtext("Start"), root.findtext("Expiry")
        begins = datetime.fromisoformat(start) if start else datetime.fromtimestamp(time.time(), UTC)
        ends = datetime.fromisoformat(end or "")
    except (ElementTree.ParseError, ValueError):
        raise invalid_xml() from None
    begins, ends = (each if each.tzinfo else each.replace(tzinfo=UTC) for each in (begins, ends))
    if ends <= begins or ends - datetime.fromtimestamp(time.time(), UTC) > LONGEST:
        raise BlobFault(
            400,
            "InvalidXmlNodeValue",
            "The value for one of the XML nodes is not in the correct format.",
            "XmlNodeName: Expiry",
        )
    return begins, ends
