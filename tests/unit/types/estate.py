"""An estate in memory that fills the Estate protocol, and the steps of a write in the order the local cloud takes them.

Documents are kept as the types complete them; `show` gives them as a client would see them.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, leaves, put, remove
from azkeep.types import by_arm_type
from azkeep.types.resource_type import ResourceType
from azkeep.types.write import Caller, DeleteEffect, Effect, PutEffect, Write

BODIES = Path(__file__).parents[2] / "bodies"
SUBSCRIPTION = "00000000-0000-0000-0000-00000000000a"
TENANT = "00000000-0000-0000-0000-0000000000aa"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
NETWORK = f"{GROUP}/providers/Microsoft.Network"
NOW = "2026-01-02T03:04:05.0000000Z"
CALLER = Caller(
    object_id="00000000-0000-0000-0000-00000000000c", name="deployer", kind="ServicePrincipal", tenant=TENANT
)


def body_of(arm_type: str) -> dict[str, Any]:
    """The example body of an ARM type in tests/bodies."""
    path = BODIES / f"{arm_type.replace('/', '-')}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


class MemoryEstate:
    """Documents by lower-case id, in order of creation.

    `principals` maps object ids to kinds; `also_known` are ARM types that exist besides those of azkeep/types.
    """

    def __init__(self, principals: Mapping[str, str] | None = None, also_known: tuple[str, ...] = ()) -> None:
        self.also_known = frozenset(arm_type.lower() for arm_type in also_known)
        self.documents: dict[str, dict[str, Any]] = {}
        self.principals = {CALLER.object_id: "ServicePrincipal", **(principals or {})}

    def get(self, id: str) -> Body | None:
        return self.documents.get(id.lower())

    def children(self, id: str, kind: str) -> tuple[Body, ...]:
        prefix = f"{id}/{kind}/".lower()
        return tuple(d for key, d in self.documents.items() if key.startswith(prefix) and "/" not in key[len(prefix) :])

    def referrers(self, id: str) -> tuple[Body, ...]:
        return tuple(
            document
            for key, document in self.documents.items()
            if not _within(key, id) and any(_within(text, id) for text in _texts(document))
        )

    def of_type(self, arm_type: str) -> tuple[Body, ...]:
        return tuple(d for d in self.documents.values() if str(d["type"]).lower() == arm_type.lower())

    def knows(self, arm_type: str) -> bool:
        return by_arm_type(arm_type) is not None or arm_type.lower() in self.also_known

    def principal(self, object_id: str) -> str | None:
        own = any(
            get(d, "/identity/principalId") == object_id
            or ("userassignedidentities" in str(d["type"]).lower() and get(d, "/properties/principalId") == object_id)
            for d in self.documents.values()
        )
        return "ServicePrincipal" if own else self.principals.get(object_id)

    def store(self, id: str, body: Mapping[str, Any] | None = None) -> str:
        """Keep `body` at `id` as it is: no check, nothing filled in. Returns the id."""
        parsed = ArmId.parse(id)
        named = {"id": parsed.text, "name": parsed.name, "type": parsed.type}
        self.documents[parsed.key] = {**(body or {}), **named}
        return parsed.text

    def write(self, id: str, body: Mapping[str, Any]) -> Write:
        """The Write for a PUT of `body` at `id`."""
        parsed = ArmId.parse(id)
        type_ = _type(parsed)
        filled: Any = dict(body)
        for pointer in type_.read_only:
            filled = remove(filled, pointer)
        for pointer, value in type_.defaults.items():
            if get(filled, pointer) is None:
                filled = put(filled, pointer, value)
        return Write(
            id=parsed,
            body=filled,
            before=self.get(id),
            sent=dict(body),
            now=NOW,
            caller=CALLER,
            subscription=SUBSCRIPTION,
            guid=lambda label: str(uuid.uuid5(uuid.NAMESPACE_URL, f"{parsed.key}#{label}")),
        )

    def put(self, id: str, body: Mapping[str, Any], *, listed: bool = False) -> dict[str, Any]:
        """PUT: check, complete, store, effects. Returns what a client would see; raises the ArmFault of the check.

        `listed` marks a child that its parent's list holds.
        """
        write = replace(self.write(id, body), listed=listed)
        type_ = _type(write.id)
        fault = self._missing(type_, write) or type_.check(write, self)
        if fault is not None:
            raise fault
        self.store(id, self._without_inline(type_, type_.complete(write, self)))
        for pointer, kind in type_.inline.items():
            self._mirror(write.id, kind.rsplit("/", 1)[1], get(write.body, pointer))
        for effect in type_.effects(write, self):
            self.apply(effect)
        return self.show(id)

    def _missing(self, type_: ResourceType, write: Write) -> ArmFault | None:
        for pointer in type_.required:
            if get(write.body, pointer) is None:
                return ArmFault(400, type_.required_code, f"missing {pointer}")
        return None

    def _without_inline(self, type_: ResourceType, body: Body) -> dict[str, Any]:
        for pointer in type_.inline:
            body = remove(body, pointer)
        return dict(body)

    def _mirror(self, parent: ArmId, kind: str, items: Any) -> None:
        if items is None:
            return
        wanted = {str(item["name"]).lower() for item in items}
        for child in self.children(parent.text, kind):
            if str(child["name"]).lower() not in wanted:
                self.delete(str(child["id"]))
        for item in items:
            body = {member: value for member, value in item.items() if member not in ("id", "name")}
            self.put(f"{parent}/{kind}/{item['name']}", body, listed=True)

    def show(self, id: str) -> dict[str, Any]:
        """The document as a GET returns it: inline lists and read-only views included."""
        parsed = ArmId.parse(id)
        type_ = _type(parsed)
        document: Any = dict(self.documents[parsed.key])
        for pointer, kind in type_.inline.items():
            children = self.children(id, kind.rsplit("/", 1)[1])
            document = put(document, pointer, [self.show(str(child["id"])) for child in children])
        return dict(type_.present(parsed, document, self))

    def delete(self, id: str) -> None:
        """DELETE: raises the ArmFault that blocks it, else removes the document, what is below it, and its effects."""
        parsed = ArmId.parse(id)
        type_ = _type(parsed)
        body = self.documents[parsed.key]
        fault = type_.blocks_delete(parsed, body, self)
        if fault is not None:
            raise fault
        effects = type_.on_delete(parsed, body, self)
        self.apply(DeleteEffect(id))
        for effect in effects:
            self.apply(effect)

    def apply(self, effect: Effect) -> None:
        if isinstance(effect, PutEffect):
            before = self.get(effect.id) if effect.merge else None
            self.store(effect.id, {**(before or {}), **effect.body})
            return
        for key in [key for key in self.documents if _within(key, effect.id)]:
            del self.documents[key]


def _type(id: ArmId) -> ResourceType:
    found = by_arm_type(id.type)
    assert found is not None, f"azkeep does not know {id.type}"
    return found


def _within(text: str, id: str) -> bool:
    return text.lower() == id.lower() or text.lower().startswith(id.lower() + "/")


def _texts(document: Body) -> Iterator[str]:
    for pointer, value in leaves(document):
        if pointer not in ("/id", "/name", "/type"):
            yield str(value)
            yield from (part for part in _keys(pointer) if part.startswith("/"))


def _keys(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")]
