"""API versions that documents of templates carry; live ones carry none."""

from __future__ import annotations

from azkeep.policy import Document


def is_older(document: Document, version: str) -> bool:
    """The document says that it is written in an API version before `version`, a date."""
    given = document["apiVersion"].plain
    return isinstance(given, str) and given[:4].isdigit() and given[: len(version)] < version
