"""What stays of a deleted resource of a type with soft delete, and how it is met again."""

from __future__ import annotations

from collections.abc import Mapping

from azkeep.emulator.store import Row, Store
from azkeep.emulator.store_deleted import Deleted
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types.resource_type import ResourceType
from azkeep.types.soft_delete import SoftDelete


def keep(store: Store, type_: ResourceType, row: Row, query: Mapping[str, str], now: float) -> None:
    """Put a resource about to be deleted among the soft-deleted, unless it is not kept or to be purged at once.

    What lies below it must still be stored.
    """
    rule = type_.soft_delete
    if rule is None or _purges(rule, query):
        return
    days = get(row.body, rule.days_at) if rule.days_at else rule.days
    children = [each for kind in rule.keeps for each in store.children(row.key, f"{row.type}/{kind}".lower())]
    Deleted(store).put(row, now, now + (days if isinstance(days, int) else rule.days) * 86_400, children)


def _purges(rule: SoftDelete, query: Mapping[str, str]) -> bool:
    return bool(rule.purge_query) and query.get(rule.purge_query.lower(), "").lower() == "true"


def purged(store: Store, type_: ResourceType, id: ArmId, query: Mapping[str, str]) -> bool:
    """True if a DELETE of `id`, which is deleted already, removed what was left of it."""
    rule = type_.soft_delete
    if rule is None or not rule.purges_deleted or not _purges(rule, query):
        return False
    found = Deleted(store).find(id, everywhere=False)
    if found is not None:
        Deleted(store).remove(found.key)
    return found is not None


def check_reserved(store: Store, type_: ResourceType, id: ArmId) -> None:
    """Raises the type's ArmFault while a soft-deleted resource keeps the name."""
    rule = type_.soft_delete
    if rule is None or not rule.code:
        return
    everywhere = type_.name.unique != "scope"
    if Deleted(store).find(id, everywhere=everywhere) is not None:
        raise ArmFault(rule.status, rule.code, rule.message.replace("{name}", id.name).replace("{id}", id.text))


def recovered(store: Store, type_: ResourceType, id: ArmId, sent: Body) -> Body | None:
    """The soft-deleted document that a create brings back, None for a new resource.

    It is no longer among the deleted, and its secrets and the children that were kept with it are stored again.
    """
    rule = type_.soft_delete
    if rule is None or not rule.recovers(sent):
        return None
    deleted = Deleted(store)
    found = deleted.find(id, everywhere=False)
    if found is None:
        return None
    deleted.restore(found.key)
    return found.body
