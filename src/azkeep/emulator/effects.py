"""What a write or delete does to other resources: effects of types, cascades, singletons, etags of parents.

Deleting may have effects, and an effect may delete, so both are here.
"""

from __future__ import annotations

import base64
import secrets as randomness
import uuid
from collections.abc import Mapping
from typing import Any

from azkeep.emulator.cloud import Cloud
from azkeep.emulator.documents import merged, secrets_apart, with_default
from azkeep.emulator.estate import Outside
from azkeep.emulator.resolve import with_stored_casing
from azkeep.emulator.soft_deletes import keep
from azkeep.emulator.store import Row
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import get, put
from azkeep.types import all_types, by_arm_type
from azkeep.types.resource_type import Etags, ResourceType
from azkeep.types.write import DeleteEffect, Effect, PutEffect


def check_deletable(cloud: Cloud, row: Row) -> None:
    """Raises the ArmFault that keeps the resource, or a child that its document lists, from being deleted."""
    type_ = by_arm_type(row.type)
    if type_ is None:
        return
    fault = type_.blocks_delete(ArmId.parse(row.id), row.body, cloud.estate)
    if fault is not None:
        raise fault
    for child_type in type_.inline.values():
        for child in cloud.store.children(row.key, child_type.lower()):
            check_deletable(cloud, child)


def check_nothing_outside(cloud: Cloud, group: Row) -> None:
    """Raises the ArmFault of a group of which something cannot go, because a resource of another group uses it.

    What uses what inside the group does not matter: all of it goes at once.
    """
    around, nothing = Outside(cloud.estate, group.key), Outside(cloud.estate, "")
    faults: list[tuple[Row, ArmFault]] = []
    for row in cloud.store.under(group.key):
        type_, id = by_arm_type(row.type), ArmId.parse(row.id)
        fault = type_.blocks_delete(id, row.body, around) if type_ else None
        if type_ is not None and fault is not None and type_.blocks_delete(id, row.body, nothing) is None:
            faults.append((row, fault))
    if not faults:
        return
    name = ArmId.parse(group.id).name
    held = ",".join(sorted({_identifier(ArmId.parse(row.id)) for row, _ in faults}))
    raise ArmFault(
        409,
        "ResourceGroupDeletionBlocked",
        f"Deletion of resource group '{name}' failed as resources with identifiers '{held}' could not be deleted. The"
        f" provisioning state of the resource group will be rolled back. The tracking Id is '{uuid.uuid4()}'. Please"
        " check audit logs for more details.",
        details=tuple({"code": each.code, "target": row.id, "message": each.message} for row, each in faults),
    )


def _identifier(id: ArmId) -> str:
    """Type and name of the outermost resource that `id` is or lies in."""
    while len(id.names) > 1 and id.parent is not None:
        id = id.parent
    return f"{id.type}/{id.name}"


def delete_tree(cloud: Cloud, row: Row, *, checked: bool = False, query: Mapping[str, str] | None = None) -> None:
    """Delete a resource, its children and extensions, then do what their types say follows.

    `checked` asks first whether the resource may go. A singleton gets its first document back.
    """
    if checked:
        check_deletable(cloud, row)
    type_ = by_arm_type(row.type)
    if type_ is not None and type_.singleton is not None and _parent_exists(cloud, row):
        _reset(cloud, row, type_.singleton)
        return
    effects: list[Effect] = []
    gone = [(each, by_arm_type(each.type)) for each in (row, *cloud.store.under(row.key))]
    for each, known in gone:
        if known is not None:
            keep(cloud.store, known, each, dict(query or {}), cloud.store.seconds())
    for each, known in gone:
        if known is not None:
            effects.extend(known.on_delete(ArmId.parse(each.id), each.body, cloud.estate))
        cloud.store.delete(each.key)
    apply_effects(cloud, tuple(effects), may_create=False)


def _parent_exists(cloud: Cloud, row: Row) -> bool:
    parent = ArmId.parse(row.id).parent
    return parent is not None and cloud.store.exists(parent.key)


def _reset(cloud: Cloud, row: Row, singleton: Mapping[str, Any]) -> None:
    apply_effects(cloud, (PutEffect(row.id, singleton),))


def add_singletons(cloud: Cloud, type_: ResourceType, row: Row) -> None:
    """Store the child resources that always exist with a new resource."""
    for child in all_types():
        if child.singleton is not None and (child.parent_type or "").lower() == type_.arm_type.lower():
            name = "default" if child.path.endswith("}") else child.path.rsplit("/", 1)[-1]
            id = ArmId.parse(row.id).child(child.arm_type.rsplit("/", 1)[-1], name)
            apply_effects(cloud, (PutEffect(id.text, child.singleton),))


def touch_parent(cloud: Cloud, id: ArmId) -> None:
    """Give the parent a new etag if its document lists this child."""
    parent = id.parent
    row = cloud.store.get(parent.key) if parent else None
    type_ = by_arm_type(row.type) if row else None
    if row is None or type_ is None or id.type.lower() not in {each.lower() for each in type_.inline.values()}:
        return
    etag = new_etag(type_)
    cloud.store.set_etag(row.key, {**row.body, "etag": etag} if type_.etag else row.body, etag)


def apply_effects(cloud: Cloud, effects: tuple[Effect, ...], *, may_create: bool = True) -> None:
    """Carry out writes to other resources; what a delete brings about changes only what still exists."""
    for effect in effects:
        if isinstance(effect, DeleteEffect):
            row = cloud.store.get(ArmId.parse(effect.id).key)
            if row is not None:
                delete_tree(cloud, row)
                touch_parent(cloud, ArmId.parse(row.id))
        elif isinstance(effect, PutEffect):
            _put_effect(cloud, effect, may_create=may_create)


def _put_effect(cloud: Cloud, effect: PutEffect, *, may_create: bool) -> None:
    parsed = ArmId.parse(effect.id)
    row = cloud.store.get(parsed.key)
    if row is None and not may_create:
        return
    type_ = by_arm_type(parsed.type)
    id = ArmId.parse(row.id) if row else with_stored_casing(cloud.store, parsed, type_)
    body = dict(merged(row.body, effect.body)) if row and effect.merge else dict(effect.body)
    etag = new_etag(type_)
    document: dict[str, Any] = {"id": id.text, "name": id.name, "type": type_.arm_type if type_ else id.type, **body}
    secrets: dict[str, Any] = {}
    if type_ is not None:
        document, secrets = secrets_apart(_completed(type_, document, etag), type_.secrets)
        if row is None:
            secrets |= {each.name: random_secret(each.random_bytes) for each in type_.generated_secrets}
    cloud.store.put(id, document, etag=etag, now=cloud.now())
    cloud.secrets.put(id.key, secrets)
    touch_parent(cloud, id)


def _completed(type_: ResourceType, document: dict[str, Any], etag: str) -> dict[str, Any]:
    """What the server adds to a document that a service writes by itself."""
    for pointer, value in type_.defaults.items():
        document = with_default(document, pointer, value)
    if type_.etag:
        document = {**document, "etag": etag}
    if type_.provisioning_state and get(document, type_.provisioning_state) is None:
        document = put(document, type_.provisioning_state, "Succeeded")
    return document


def new_etag(type_: ResourceType | None) -> str:
    """An etag that no document had before."""
    unique = uuid.uuid4()
    return (type_.etags if type_ else Etags()).form.format(unique, digits=unique.hex[-15:].upper())


def random_secret(random_bytes: int) -> str:
    """Base64 of so many random bytes, as service keys are."""
    return base64.b64encode(randomness.token_bytes(random_bytes)).decode()
