"""PUT of a vault's access policies: added, replaced or removed, those of others left alone. Pure.

Source: Key Vault management REST API 2024-11-01, Vaults - Update Access Policy, with its example answers; the operation
`vaults/accessPolicies/write`, which merges or replaces a policy, or adds one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types.resource_type import Edit

POLICIES = "/properties/accessPolicies"
HOLDER = ("tenantId", "objectId", "applicationId")
KINDS = ("keys", "secrets", "certificates", "storage")
REQUIRED = ("tenantId", "objectId", "permissions")

Policy = Mapping[str, Any]
Permissions = dict[str, list[str]]


def _holder(policy: Policy) -> tuple[str, ...]:
    """Whom a policy is about; two of them are the same policy."""
    return tuple(str(policy.get(name) or "").lower() for name in HOLDER)


def _permissions(policy: Policy) -> Permissions:
    given = policy.get("permissions") or {}
    return {kind: [name for name in given[kind] if name] for kind in KINDS if given.get(kind) is not None}


def _less(names: Iterable[str], gone: Iterable[str]) -> list[str]:
    lowered = {name.lower() for name in gone}
    return [name for name in names if name.lower() not in lowered]


def _added(stored: Policy, sent: Policy) -> Policy | None:
    kept, more = _permissions(stored), _permissions(sent)
    both = {kind: kept.get(kind, []) + _less(more.get(kind, []), kept.get(kind, [])) for kind in {**kept, **more}}
    return {**stored, "permissions": both}


def _replaced(stored: Policy, sent: Policy) -> Policy | None:
    return {**sent, "permissions": _permissions(sent)}


def _removed(stored: Policy, sent: Policy) -> Policy | None:
    """None where no permission is left."""
    gone = _permissions(sent)
    left = {kind: _less(names, gone.get(kind, [])) for kind, names in _permissions(stored).items()}
    return {**stored, "permissions": left} if any(left.values()) else None


def _policies(body: Body) -> list[Policy]:
    return [policy or {} for policy in get(body, POLICIES) or ()]


def _fault(sent: Body) -> ArmFault | None:
    lacking = (name for policy in _policies(sent) for name in REQUIRED if policy.get(name) is None)
    missing = "accessPolicies" if get(sent, POLICIES) is None else next(lacking, None)
    return ArmFault(400, "BadRequest", f"The parameter {missing} is not specified.") if missing else None


def _edit(meet: Callable[[Policy, Policy], Policy | None], *, adds: bool) -> Edit:
    """`meet` makes one of a stored and a sent policy of the same holder; `adds` takes those of new holders too."""

    def change(body: Body, sent: Body) -> Body | ArmFault:
        fault = _fault(sent)
        if fault is not None:
            return fault
        found = {_holder(each): each for each in _policies(body)}
        for policy in _policies(sent):
            holder = _holder(policy)
            met = meet(found[holder], policy) if holder in found else _replaced({}, policy) if adds else None
            if met is None:
                found.pop(holder, None)
            else:
                found[holder] = met
        return {"properties": {"accessPolicies": list(found.values())}}

    return Edit(change, _shown)


def _shown(id: ArmId, body: Body) -> Body:
    return {
        "id": f"{id.text}/accessPolicies/",
        "type": "Microsoft.KeyVault/vaults/accessPolicies",
        "properties": {"accessPolicies": get(body, POLICIES) or []},
    }


EDITS = {
    "accessPolicies/add": _edit(_added, adds=True),
    "accessPolicies/replace": _edit(_replaced, adds=True),
    "accessPolicies/remove": _edit(_removed, adds=False),
}
