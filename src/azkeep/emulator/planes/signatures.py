"""Shared access signatures and shared keys: what is signed, and with what.

Sources: Storage services REST API, "Create a service SAS", "Create a user delegation SAS", "Create an account SAS",
"Authorize with Shared Key"; the layouts are those of versions 2018-11-09 and later.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote, urlencode

OLDEST = "2018-11-09"
WITH_AGENTS = "2020-02-10"
WITH_ENCRYPTION_SCOPE = "2020-12-06"
WITH_DELEGATED_USER = "2025-07-05"
WITH_REQUEST_PARTS = "2026-04-06"
OURS = "2021-12-02"
"""The version that the local cloud's own signatures have."""
DELEGATION = ("skoid", "sktid", "skt", "ske", "sks", "skv")
_ANSWER = ("rscc", "rscd", "rsce", "rscl", "rsct")
_SIGNED_HEADERS = (
    "content-encoding", "content-language", "content-length", "content-md5", "content-type", "date",
    "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range",
)  # fmt: skip


def signature(key: str, text: str) -> str:
    """HMAC-SHA256 of `text` with a base64 key, in base64; "" for a key that is no base64."""
    try:
        secret = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return base64.b64encode(hmac.new(secret, text.encode(), hashlib.sha256).digest()).decode()


def matches(given: str, key: str, text: str) -> bool:
    """True if `given` is the signature of `text` with `key`."""
    wanted = signature(key, text)
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


def service_text(query: Mapping[str, str], resource: str) -> str:
    """What a service or user delegation SAS signs; `resource` is `/blob/account/container/blob`."""
    version = query.get("sv", "")
    names = ["sp", "st", "se", None, *(_delegation(version) if "skoid" in query else ("si",))]
    names += ["sip", "spr", "sv", "sr", ""]
    names += ["ses"] if version >= WITH_ENCRYPTION_SCOPE else []
    names += ["", ""] if "skoid" in query and version >= WITH_REQUEST_PARTS else []
    values = [resource if name is None else query.get(name, "") for name in (*names, *_ANSWER)]
    return "\n".join(values)


def _delegation(version: str) -> tuple[str, ...]:
    agents = ("saoid", "suoid", "scid") if version >= WITH_AGENTS else ()
    user = ("skdutid", "sduoid") if version >= WITH_DELEGATED_USER else ()
    return (*DELEGATION, *agents, *user)


def account_text(query: Mapping[str, str], account: str) -> str:
    """What an account SAS signs."""
    names = ["sp", "ss", "srt", "st", "se", "sip", "spr", "sv"]
    names += ["ses"] if query.get("sv", "") >= WITH_ENCRYPTION_SCOPE else []
    return "".join(f"{line}\n" for line in (account, *(query.get(name, "") for name in names)))


def shared_key_text(method: str, headers: Mapping[str, str], account: str, path: str, query: Mapping[str, str]) -> str:
    """What a request with a shared key signs; `path` as it was sent."""
    length = headers.get("content-length", "")
    signed = {**headers, "content-length": "" if length == "0" else length}
    if "x-ms-date" in headers:
        signed["date"] = ""
    lines = [method, *(signed.get(name, "") for name in _SIGNED_HEADERS)]
    lines += [f"{name}:{headers[name].strip()}" for name in sorted(headers) if name.startswith("x-ms-")]
    lines.append(f"/{account}{path}")
    lines += [f"{name}:{query[name]}" for name in sorted(query)]
    return "\n".join(lines)


def service_token(key: str, resource: str, *, kind: str, permissions: str, start: str, expiry: str) -> str:
    """A service SAS for a container (`kind` c) or a blob (b)."""
    return _signed(key, resource, {"sv": OURS, "st": start, "se": expiry, "sr": kind, "sp": permissions})


def delegated_token(
    key: str, resource: str, delegation: Mapping[str, str], *, kind: str, permissions: str, start: str, expiry: str
) -> str:
    """A user delegation SAS; `delegation` holds the members of its key, `skoid` and so on."""
    query = {"sv": OURS, "st": start, "se": expiry, "sr": kind, "sp": permissions, **delegation}
    return _signed(key, resource, query)


def requested_token(key: str, account: str, resource: str, members: Mapping[str, str]) -> str:
    """A SAS with the parameters that were asked for: of a service for `resource`, or of the account for none."""
    query = {"sv": OURS, **members}
    text = service_text(query, resource) if resource else account_text(query, account)
    return urlencode({**query, "sig": signature(key, text)}, quote_via=quote, safe=",")


def _signed(key: str, resource: str, query: dict[str, str]) -> str:
    query = {"spr": "https", **query}
    return urlencode({**query, "sig": signature(key, service_text(query, resource))}, quote_via=quote)
