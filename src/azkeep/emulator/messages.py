"""One request and one reply of the local Azure Resource Manager, free of any web framework."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from azkeep.emulator import json_reader
from azkeep.emulator.target import Target, parse
from azkeep.errors import ArmFault
from azkeep.types.azure_policy.assignments import Judgement
from azkeep.types.write import Caller

OBJECTS = ("properties", "identity", "sku", "tags")
FOLLOWING = ("user-agent", "authorization")
"""The headers that a request passes on to those that follow from it."""
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
        found = json_reader.read(self.content)
        if not isinstance(found, dict):
            raise ArmFault(400, "InvalidRequestContent", "The request content was invalid: a JSON object was expected.")
        return found

    def document(self) -> dict[str, Any]:
        """The JSON object that a PUT or PATCH has to bring. Raises ArmFault where there is none."""
        if not self.content.strip():
            raise json_reader.refused("Unexpected end when deserializing object. Path '', line 1, position 0.")
        return self.body()

    def follow_up(self, method: str, path: str, version: str, body: Any = None) -> Request:
        """Another request of the same caller, in the course of this one; None sends no content."""
        kept = {name: self.headers[name] for name in FOLLOWING if name in self.headers}
        return replace(
            self,
            method=method,
            target=parse(path),
            path=path,
            query={"api-version": version},
            headers=kept if body is None else {**kept, "content-type": "application/json"},
            content=b"" if body is None else json.dumps(body).encode(),
            request_id=str(uuid.uuid4()),
        )

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

    `outcome` is how the operation that was accepted will fail, `judgements` what policies say of what was written;
    they are for the records and for the policies, not for the client.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    outcome: ArmFault | None = None
    judgements: tuple[Judgement, ...] = ()
