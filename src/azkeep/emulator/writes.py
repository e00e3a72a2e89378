"""The one way a document gets into the store: prepare, check, complete, store, and what follows from it.

Everything that differs between types is read from `ResourceType`. All of one request happens in one transaction.
"""

from __future__ import annotations

import dataclasses
import traceback
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from azkeep.emulator import checks, governance, tag_rules
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.deserialization import check_values
from azkeep.emulator.documents import OWN_MEMBERS, patched, secrets_apart, with_default, without, without_nulls
from azkeep.emulator.effects import add_singletons, apply_effects, delete_tree, new_etag, random_secret, touch_parent
from azkeep.emulator.soft_deletes import check_reserved, recovered
from azkeep.emulator.store import Row
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get, put, remove
from azkeep.types import by_arm_type
from azkeep.types.azure_policy.assignments import Judgement
from azkeep.types.azure_policy.subject import Subject
from azkeep.types.resource_type import ResourceType
from azkeep.types.write import Caller, Write


@dataclass(frozen=True)
class Change:
    """One PUT or PATCH, as the pipeline takes it."""

    type: ResourceType
    id: ArmId
    sent: Body
    caller: Caller
    patch: bool = False
    listed: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    api_version: str = ""


@dataclass(frozen=True)
class Written:
    row: Row
    created: bool
    judgements: tuple[Judgement, ...] = ()


def write(cloud: Cloud, change: Change) -> Written:
    """Store the document that `change` asks for. Raises ArmFault; nothing is kept then, in the caller's transaction."""
    try:
        return _written(cloud, change)
    except (AttributeError, TypeError, KeyError, IndexError, ValueError) as error:
        # Types are tested on bodies of the right shape: what breaks their functions is a body of another one.
        traceback.print_exc()
        raise ArmFault(
            400,
            "InvalidRequestContent",
            "The request content was invalid and could not be deserialized: it does not have the shape of a"
            f" '{change.type.arm_type}'.",
        ) from error


def _written(cloud: Cloud, change: Change) -> Written:
    type_, id = change.type, change.id
    before = cloud.store.get(id.key)
    body, before_body, instance, judgements = _prepared(cloud, change, before)
    write_ = _write(cloud, change, body, before_body, instance)
    only_tags = change.patch and before is not None and type_.patched == "tags"
    if not only_tags:
        _check(cloud, type_, write_)
    checks.check_etag(type_, change.headers, id, before.etag if before else None)
    completed = _with_tags(before.body, body) if before and only_tags else dict(type_.complete(write_, cloud.estate))
    row = _stored(cloud, type_, write_, completed, instance)
    if before is None:
        add_singletons(cloud, type_, row)
    _write_inline(cloud, change, write_)
    touch_parent(cloud, id)
    final = dataclasses.replace(write_, body=row.body)
    apply_effects(cloud, type_.effects(final, cloud.estate))
    return Written(cloud.store.get(id.key) or row, before is None and before_body is None, judgements)


def _prepared(
    cloud: Cloud, change: Change, before: Row | None
) -> tuple[dict[str, Any], Body | None, str, tuple[Judgement, ...]]:
    """(body with read-only paths out and defaults in, body before, instance, what policies say of it)."""
    type_ = change.type
    if change.patch:
        checks.check_patch(type_, change.sent)
    old: Body | None = before.body if before else None
    if old is None:
        checks.check_name(type_, change.id)
        old = recovered(cloud.store, type_, change.id, change.sent)
    sent = without_nulls(change.sent)
    restored = before is None and old is not None and type_.soft_delete is not None and type_.soft_delete.restores
    if old is not None and ((change.patch and before is not None) or restored):
        sent = patched(_own_out(type_, old), change.sent)
    body = checks.with_location(type_, _own_out(type_, without(sent, type_.read_only)), old, change.id)
    judgements = () if change.listed else _judged(cloud, change, {**sent, **_located(body)})
    if not change.listed:  # an item of its parent's list was read with the parent
        check_values(type_, change.sent)
    if type_.tags and isinstance(sent.get("tags"), Mapping):
        tag_rules.check(sent["tags"], longest_name=type_.longest_tag_name)
    if old is None:
        check_reserved(cloud.store, type_, change.id)
    for pointer, value in type_.defaults.items():
        body = with_default(body, pointer, value)
    return body, old, before.instance if before else str(uuid.uuid4()), judgements


def _with_tags(stored: Body, body: Body) -> dict[str, Any]:
    """What is stored with the tags of `body`, and nothing computed anew."""
    return {**stored, "tags": body["tags"]} if "tags" in body else dict(stored)


def _judged(cloud: Cloud, change: Change, asked: Body) -> tuple[Judgement, ...]:
    """What the policies in force say of the resource as it is asked for. Raises ArmFault where one denies it."""
    if not cloud.governance.governs():
        return ()
    type_, now = change.type, cloud.now()
    subject = Subject(change.id, type_, asked, cloud.governance.place(change.id, change.api_version, now))
    found = cloud.governance.judgements(subject, now)
    if type_.policy_view is not None:
        found += cloud.governance.judgements(dataclasses.replace(subject, view=type_.policy_view(asked)), now)
    detailed = cloud.access.allows(change.caller, governance.READ, change.id)
    fault = governance.refusal(found, change.id.name, detailed=detailed)
    if fault is not None:
        raise fault
    return found


def _located(body: Body) -> dict[str, Any]:
    return {"location": body["location"]} if "location" in body else {}


def _own_out(type_: ResourceType, body: Mapping[str, Any]) -> dict[str, Any]:
    """`body` without what only the server says about a resource."""
    kept = {name: value for name, value in body.items() if name not in OWN_MEMBERS}
    if type_.provisioning_state is not None and get(kept, type_.provisioning_state) is not None:
        kept = remove(kept, type_.provisioning_state)
    return kept


def _write(cloud: Cloud, change: Change, body: dict[str, Any], before: Body | None, instance: str) -> Write:
    seed = uuid.UUID(instance)
    return Write(
        id=change.id,
        body=body,
        before=before,
        sent=change.sent,
        now=cloud.now(),
        caller=change.caller,
        subscription=change.id.subscription or "",
        guid=lambda label: str(uuid.uuid5(seed, label)),
        listed=change.listed,
    )


def _check(cloud: Cloud, type_: ResourceType, write_: Write) -> None:
    kept = cloud.secrets.names(write_.id.key) if type_.secrets else frozenset()
    checks.check_required(type_, write_.body, kept)
    checks.check_limits(type_, write_.sent)
    checks.check_links(type_, write_.id, write_.body, cloud.estate)
    checks.check_immutable(type_, write_.id, write_.before, write_.body)
    checks.check_unique(type_, write_.id, write_.body, cloud.store)
    fault = type_.check(write_, cloud.estate)
    if fault is not None:
        raise fault


def _stored(cloud: Cloud, type_: ResourceType, write_: Write, completed: dict[str, Any], instance: str) -> Row:
    id = write_.id
    body, found = secrets_apart(completed, type_.secrets)
    shown_by_children = (pointer for pointer, child in type_.inline.items() if by_arm_type(child))
    body = without(body, (*shown_by_children, *type_.write_only))
    row = cloud.store.put(
        id,
        _server_members(type_, write_, body, etag := new_etag(type_)),
        etag=etag,
        now=write_.now,
        instance=instance,
    )
    cloud.secrets.put(id.key, found)
    missing = [each for each in type_.generated_secrets if each.name not in cloud.secrets.names(id.key)]
    cloud.secrets.put(id.key, {each.name: random_secret(each.random_bytes) for each in missing})
    return row


def _server_members(type_: ResourceType, write_: Write, body: dict[str, Any], etag: str) -> dict[str, Any]:
    id = write_.id
    document: dict[str, Any] = {"id": id.text, "name": id.name, "type": type_.arm_type, **body}
    if type_.etag:
        document["etag"] = etag
    if type_.system_data:
        document["systemData"] = _system_data(write_)
    if type_.provisioning_state is not None and get(document, type_.provisioning_state) is None:
        document = put(document, type_.provisioning_state, "Succeeded")
    return document


def _system_data(write_: Write) -> dict[str, str]:
    kind = "User" if write_.caller.kind == "User" else "Application"
    who = write_.caller.name if kind == "User" else write_.caller.application_id or write_.caller.object_id
    before = get(write_.before or {}, "/systemData") or {}
    return {
        "createdBy": before.get("createdBy", who),
        "createdByType": before.get("createdByType", kind),
        "createdAt": before.get("createdAt", write_.now),
        "lastModifiedBy": who,
        "lastModifiedByType": kind,
        "lastModifiedAt": write_.now,
    }


def _write_inline(cloud: Cloud, change: Change, write_: Write) -> None:
    """Bring child resources in line with the lists of them in the body: a PUT without a list removes them all."""
    for pointer, child_type in change.type.inline.items():
        child = by_arm_type(child_type)
        listed = get(write_.body, pointer)
        if child is None or (change.patch and get(change.sent, pointer) is None):
            continue
        kept = [_inline_id(change.id, child, item) for item in listed or ()]
        for row in cloud.store.children(change.id.key, child.arm_type.lower()):
            if row.key not in {each.key for each in kept}:
                delete_tree(cloud, row, checked=True)
        for id, item in zip(kept, listed or (), strict=True):
            known = cloud.store.get(id.key)
            write(cloud, Change(child, ArmId.parse(known.id) if known else id, item, change.caller, listed=True))


def _inline_id(parent: ArmId, child: ResourceType, item: Any) -> ArmId:
    if not isinstance(item, Mapping) or not item.get("name"):
        raise ArmFault(
            400,
            "InvalidRequestFormat",
            f"Cannot parse the request: an item of type '{child.arm_type}' in resource '{parent}' has no name.",
        )
    return parent.child(child.arm_type.rsplit("/", 1)[-1], str(item["name"]))
