"""One request and one reply of the local Azure Resource Manager, free of any web framework."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from azkeep.emulator.target import Target
from azkeep.errors import ArmFault
from azkeep.types.resource_type import Caller

OBJECTS = ("properties", "identity", "sku", "tags")
NOBODY = Caller(object_id="", name="", kind="", tenant="")


@dataclass(frozen=True)
class Request:
    """`query` names are lower-case, as are header names. `base` is the server's own URL without a final slash."""

    method: str
    target: Target
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes
    base: str
    path: str
    request_id: str
    correlation_id: str
    caller: Caller = NOBODY

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent, {} if nothing was. Raises ArmFault for anything else."""
        if not self.content.strip():
            return {}
        try:
            found = json.loads(self.content)
        except (ValueError, RecursionError) as error:
            raise ArmFault(
                400,
                "InvalidRequestContent",
                f"The request content was invalid and could not be deserialized: '{error}'.",
            ) from None
        if not isinstance(found, dict):
            raise ArmFault(400, "InvalidRequestContent", "The request content was invalid: a JSON object was expected.")
        return found

    @property
    def api_version(self) -> str:
        """The api-version asked for. Raises ArmFault where there is none."""
        version = self.query.get("api-version", "")
        if not version:
            raise ArmFault(
                400,
                "MissingApiVersionParameter",
                "The api-version query parameter (?api-version=) is required for all requests.",
            )
        return version


@dataclass(frozen=True)
class Reply:
    """Status, JSON document (None for an empty body) and headers beyond the common ones.

    `outcome` is how the operation that was accepted will fail; it is for the records, not for the client.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    outcome: ArmFault | None = None
