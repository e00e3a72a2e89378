"""Management locks: which of them stops a request. Source: Azure Resource Manager, lock resources."""

from __future__ import annotations

from azkeep.emulator.store import Store, below
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import get

LOCKS = "microsoft.authorization/locks"
READ_ONLY = "readonly"


def check_locks(store: Store, id: ArmId, verb: str) -> None:
    """Raises ArmFault ScopeLocked where a lock forbids `verb` (write, delete, action) on `id`.

    Locks above the resource count for every verb, locks below it for delete; locks themselves are never held back.
    """
    if id.type.lower() == LOCKS:
        return
    found = store.of_type(LOCKS)
    if not found:
        return
    held: list[str] = []
    lower, upper = below(id.key)
    for row in found:
        scope = row.key.rsplit("/providers/", 1)[0]
        level = str(get(row.body, "/properties/level", "")).lower()
        above = id.key == scope or id.key.startswith(scope + "/")
        inside = verb == "delete" and lower < scope < upper
        if (above or inside) and (verb == "delete" or level == READ_ONLY):
            held.append(row.id.rsplit("/providers/", 1)[0])
    if held:
        raise ArmFault(
            409,
            "ScopeLocked",
            f"The scope '{id}' cannot perform {'delete' if verb == 'delete' else 'write'} operation because following"
            f" scope(s) are locked: '{','.join(sorted(set(held)))}'. Please remove the lock and try again.",
        )
