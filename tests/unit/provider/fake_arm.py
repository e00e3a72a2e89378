"""A small ARM in memory that fills the ArmTransport protocol."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.transport import Answer


@dataclass(frozen=True)
class Sent:
    """One request as it came in."""

    method: str
    path: str
    body: Any = None
    query: Mapping[str, str] | None = None


@dataclass
class FakeArm:
    """Keeps what is PUT, by id in lower case. `next_answers` go first: (method, answer or exception to raise)."""

    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    next_answers: list[tuple[str, Answer | Exception]] = field(default_factory=list)
    read_only: Mapping[str, Any] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        return len(self.sent)

    def of(self, method: str) -> list[Sent]:
        """Requests of one method, in order."""
        return [sent for sent in self.sent if sent.method == method]

    def send(
        self,
        method: str,
        path: str,
        *,
        api_version: str,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        assert api_version, "every request to ARM names its version"
        self.sent.append(Sent(method, path, copy.deepcopy(body), query))
        for index, (wanted, prepared) in enumerate(self.next_answers):
            if wanted == method:
                del self.next_answers[index]
                if isinstance(prepared, Exception):
                    raise prepared
                return prepared
        return self._answer(method, path, body)

    def run(
        self, method: str, path: str, *, api_version: str, body: Any = None, query: Mapping[str, str] | None = None
    ) -> Answer:
        return self.send(method, path, api_version=api_version, body=body, query=query)

    def _answer(self, method: str, path: str, body: Any) -> Answer:
        key = path.lower()
        if method == "PUT":
            return self.store(path, body)
        if method == "POST":
            return Answer(200, {"keys": [{"keyName": "key1", "value": "made-up"}], "sent": body})
        if key not in self.documents:
            return Answer(404, {"error": {"code": "ResourceNotFound", "message": f"{path} was not found."}})
        if method == "DELETE":
            del self.documents[key]
            return Answer(200)
        return Answer(200, copy.deepcopy(self.documents[key]))

    def store(self, path: str, body: Any) -> Answer:
        """What a PUT does."""
        id = ArmId.parse(path)
        is_new = path.lower() not in self.documents
        document = {**copy.deepcopy(body), "id": id.text, "name": id.name, "type": id.type}
        document["properties"] = {**document.get("properties", {}), "provisioningState": "Succeeded", **self.read_only}
        self.documents[path.lower()] = document
        return Answer(201 if is_new else 200, copy.deepcopy(document))
