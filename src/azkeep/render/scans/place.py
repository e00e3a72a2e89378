"""Where a result stands, for code scanning."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from azkeep.errors import Source

PROJECT = Source("Pulumi.yaml", 1)


def physical(source: Source | None) -> dict[str, Any]:
    """GitHub wants a file for every result; what has no line of its own stands at the project file."""
    place = source or PROJECT
    region = {"region": {"startLine": place.line}} if place.line else {}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(place.file.replace("\\", "/"))}, **region}}
