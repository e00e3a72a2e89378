"""POST on a resource, and PUT right below one: the actions and edits that its type knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.emulator import running
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.deserialization import check_values
from azkeep.emulator.effects import apply_effects, random_secret
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.planes.issuing import resolved
from azkeep.emulator.store import Row
from azkeep.emulator.writes import Change, write
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.types import by_arm_type
from azkeep.types.resource_type import Action, Edit, ResourceType
from azkeep.types.write import PutEffect


def find(type_: ResourceType, name: str) -> Action | None:
    """The action of a type, its name in any case."""
    return next((action for known, action in type_.actions.items() if known.lower() == name.lower()), None)


def find_edit(id: ArmId) -> tuple[ArmId, Edit] | None:
    """(the resource that is changed, how), if a PUT of `id` is an edit of the resource around it."""
    around = id.parent
    type_ = by_arm_type(around.type) if around is not None and len(id.names) > 1 else None
    if around is None or type_ is None:
        return None
    wanted = "/".join(id.segments[-2:]).lower()
    return next(((around, edit) for known, edit in type_.edits.items() if known.lower() == wanted), None)


def edit(cloud: Cloud, request: Request, type_: ResourceType, row: Row, known: Edit) -> Reply:
    """Carry out an edit in the caller's transaction. Raises ArmFault."""
    id, sent = ArmId.parse(row.id), request.body()
    check_values(type_, sent)
    change = known.change(row.body, sent)
    if isinstance(change, ArmFault):
        raise change
    written = write(cloud, Change(type_, id, change, request.caller, patch=True, listed=True))
    return Reply(200, known.answer(id, written.row.body))


def act(cloud: Cloud, request: Request, type_: ResourceType, row: Row, action: Action) -> Reply:
    """Carry out an action in the caller's transaction: renew secrets, change the document, answer."""
    id, sent = ArmId.parse(row.id), request.body()
    _renew(cloud, type_, row, action, sent)
    if action.changes is not None:
        change = action.changes(id, row.body, sent, cloud.estate, cloud.now())
        apply_effects(cloud, (PutEffect(row.id, change, merge=True),))
    current = cloud.store.get(row.key) or row
    answer = action.answer(id, current.body, sent, cloud.secrets.of(row.key), cloud.estate)
    if isinstance(answer, ArmFault):
        raise answer
    if action.effects is not None:
        apply_effects(cloud, action.effects(id, current.body, sent, cloud.estate, cloud.now()))
    answer = resolved(cloud, request.base, answer)
    if action.status != 202:
        return Reply(action.status, None if action.status == 204 else answer)
    seconds = type_.put.seconds if cloud.realistic else 0.0
    operation = running.begin(cloud, request, id, seconds=seconds, answer=answer)
    where = running.region(cloud, id)
    return Reply(202, None, running.headers(request, type_, operation, where, both=True))


def ask(cloud: Cloud, request: Request, id: ArmId, action: Action) -> Reply:
    """Answer an action on a resource that need not exist, in the caller's transaction. Raises ArmFault."""
    answer = action.answer(id, {}, request.body(), {}, cloud.estate)
    if isinstance(answer, ArmFault):
        raise answer
    if action.effects is not None:
        apply_effects(cloud, action.effects(id, {}, request.body(), cloud.estate, cloud.now()))
    return Reply(action.status, resolved(cloud, request.base, answer))


def _renew(cloud: Cloud, type_: ResourceType, row: Row, action: Action, sent: Mapping[str, Any]) -> None:
    """Make new values for the secrets that an action renews; one that the request names is renewed alone."""
    if not action.renews:
        return
    asked = {str(value).lower() for value in sent.values() if isinstance(value, str) and value}
    named = [name for name in action.renews if any(name.lower().startswith(each) for each in asked)]
    sizes = {each.name: each.random_bytes for each in type_.generated_secrets}
    cloud.secrets.put(row.key, {name: random_secret(sizes[name]) for name in named or action.renews})
