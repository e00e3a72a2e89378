"""A declared resource, as a program registers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from azkeep.errors import Source


@dataclass(frozen=True)
class Resource:
    """One registered resource.

    `type` is the ARM type, or the engine's token for what is not an ARM resource. `id` is the ARM id that the inputs
    name, None while it is not known. `inputs` are azure-native's, `body` the ARM document they give (None for
    components); both may hold Unknown, Reference and Secret. `source` is the line in the stack that declares it.
    """

    urn: str
    token: str
    type: str
    name: str
    id: str | None
    inputs: Mapping[str, Any]
    body: Mapping[str, Any] | None = None
    parent: str = ""
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_component: bool = False
    protect: bool = False
    retain_on_delete: bool = False
    source: Source | None = None
