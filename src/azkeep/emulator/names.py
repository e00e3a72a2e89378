"""Names beside its loopback address under which the local cloud answers.

A client builds the address of a blob service from an account's name and a suffix. The suffix of this cloud's metadata
carries the server's port; Azure's own stands in the documents of ARM. Neither needs to be known to a name service where
a client goes through the local cloud's proxy.
"""

from __future__ import annotations

from dataclasses import dataclass

STORAGE_SUFFIX = "core.localhost"
"""Suffix of storage hosts in the cloud's metadata, the server's port behind it."""


@dataclass(frozen=True)
class Suffix:
    """`.blob.…`: the end of a host name. `public`: Azure's own, at the port of https."""

    text: str
    public: bool


BLOB_SUFFIXES = (Suffix(f".blob.{STORAGE_SUFFIX}", public=False), Suffix(".blob.core.windows.net", public=True))
LOOPBACK = ("127.0.0.1", "localhost")
WILDCARDS = tuple(f"*{suffix.text}" for suffix in BLOB_SUFFIXES)
"""Names that the server's certificate holds beside its loopback address."""


def storage_account(name: str, port: int, own: int) -> str | None:
    """The account that the host `name`, asked at `port`, stands for on a server whose port is `own`; None for none."""
    for suffix in BLOB_SUFFIXES:
        account = name.lower().removesuffix(suffix.text)
        if account != name.lower() and port == (443 if suffix.public else own):
            return account if account and "." not in account else None
    return None


def answers_to(name: str, port: int, own: int) -> bool:
    """True if a server whose port is `own` answers for the host `name` at `port`."""
    return storage_account(name, port, own) is not None or (name.lower() in LOOPBACK and port == own)
