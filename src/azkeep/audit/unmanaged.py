"""What is there and nobody declared: in the stack's own resource groups, and below its resources. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from azkeep import types
from azkeep.audit.children import declared_children, shown_children
from azkeep.audit.severity import of_unmanaged
from azkeep.audit.sweep import inline_children
from azkeep.model.drift import Drift, DriftKind
from azkeep.model.ids import RESOURCE_GROUP_TYPE, ArmId
from azkeep.model.transport import Answer
from azkeep.model.value import Body, get

REMOVE = "declare it, or azkeep audit {stack} --fix --delete {id}"


@dataclass(frozen=True)
class Others:
    """`findings`: unmanaged resources. `by_service`: ids of what a service made for itself."""

    findings: tuple[Drift, ...]
    by_service: tuple[str, ...]


def others_of(
    managed: frozenset[str],
    recorded: Mapping[str, Body | None],
    live: Mapping[str, Answer],
    declared: Mapping[str, Body],
    others: Mapping[str, Body],
) -> Others:
    """Everything that is not managed and belongs to the stack by its place. `managed` are ids in lower case."""
    candidates = _candidates(managed, live, others)
    known = frozenset(key for id, given in declared.items() for key in declared_children(id, given))
    before = frozenset(key for id, body in recorded.items() for key in shown_children(id, body or {}))
    mine = {key: body for key, body in candidates.items() if key not in known and _belongs(key, managed)}
    by_service = [key for key, body in mine.items() if _is_by_service(body, managed, before)]
    foreign = {key: body for key, body in mine.items() if key not in set(by_service)}
    top = {key: body for key, body in foreign.items() if not _is_below(key, foreign)}
    return Others(
        tuple(_finding(body) for body in top.values()),
        tuple(sorted(str(candidates[key]["id"]) for key in by_service)),
    )


def _candidates(managed: frozenset[str], live: Mapping[str, Answer], others: Mapping[str, Body]) -> dict[str, Body]:
    """Key → document, its `id` in it; the document that says most of those of one id."""
    found: dict[str, Body] = {}
    inline = {
        id: body
        for parent, answer in live.items()
        if answer.ok and isinstance(answer.body, Mapping)
        for id, body in inline_children(parent, answer.body).items()
    }
    for id, body in (*inline.items(), *others.items()):
        try:
            key = ArmId.parse(id).key
        except ValueError:
            continue
        if key not in managed and len(body) >= len(found.get(key, {})):
            found[key] = {**body, "id": id}
    return found


def _belongs(key: str, managed: frozenset[str]) -> bool:
    """True below a managed resource, or in a resource group that the stack declares."""
    id = ArmId.parse(key)
    parent, scope, group = id.parent, id.scope, id.resource_group_id
    above = [found.key for found in (parent, scope) if found is not None and len(found.segments) > 2]
    if any(found in managed for found in above):
        return True
    is_top = parent is None or ArmId.parse(key).type.count("/") == 1
    in_group = group is not None and group.key in managed and id.type != RESOURCE_GROUP_TYPE
    return in_group and is_top and not _is_extension(id)


def _is_extension(id: ArmId) -> bool:
    """True for what hangs on a resource, not on a group or subscription."""
    return id.scope is not None and len(id.scope.segments) > 4


def _is_by_service(body: Body, managed: frozenset[str], before: frozenset[str]) -> bool:
    id = ArmId.parse(str(body["id"]))
    type_ = types.by_arm_type(id.type)
    if body.get("managedBy"):
        return True
    if type_ is None or not type_.made_by_service(id, body):
        return False
    if not type_.stands_for:
        return True
    owner = str(get(body, type_.stands_for) or "").lower()
    return owner in managed or id.key in before


def _is_below(key: str, foreign: Mapping[str, Body]) -> bool:
    """True if something above it is a finding already."""
    id = ArmId.parse(key)
    return any(found is not None and found.key in foreign for found in (id.parent, id.scope))


def _finding(body: Body) -> Drift:
    id = ArmId.parse(str(body["id"]))
    type_ = types.by_arm_type(id.type)
    arm_type = type_.arm_type if type_ else id.type
    concern, severity = of_unmanaged(arm_type)
    return Drift(
        DriftKind.UNMANAGED,
        severity,
        id.text,
        arm_type,
        detail="nobody declared it" if type_ else "nobody declared it; azkeep does not know this type of resource",
        fix=REMOVE.replace("{id}", id.text),
        concern=concern,
    )
