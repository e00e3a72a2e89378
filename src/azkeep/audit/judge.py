"""Recorded and live documents of a whole estate, and what an audit reports of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from azkeep import types
from azkeep.audit.compare import compare, named
from azkeep.model.drift import Audit, Drift, DriftKind, Severity
from azkeep.model.ids import ArmId
from azkeep.model.plan import Change
from azkeep.model.transport import Answer
from azkeep.model.value import Body, leaves

WEAKENING = {
    "publicnetworkaccess": ("enabled", Severity.CRITICAL),
    "defaultaction": ("allow", Severity.CRITICAL),
    "allowblobpublicaccess": ("true", Severity.CRITICAL),
    "allowsharedkeyaccess": ("true", Severity.HIGH),
    "enablerbacauthorization": ("false", Severity.HIGH),
    "enablepurgeprotection": ("false", Severity.HIGH),
    "adminuserenabled": ("true", Severity.HIGH),
    "disablelocalauth": ("false", Severity.HIGH),
    "supportshttpstrafficonly": ("false", Severity.HIGH),
    "egresspublicnetworkaccess": ("enabled", Severity.HIGH),
}
"""Last name of a property → the value that opens what was closed. Rules of the policy set will refine this."""
RESTORE = "azkeep pulumi STACK -- refresh --yes --stack ENV, then azkeep apply STACK"
"""An apply trusts the recorded state, so that has to learn of the drift first."""
DECLARE = "the program does not set it: declare the value that it is to have, then azkeep apply STACK"


def judge(
    recorded: Mapping[str, Body | None],
    live: Mapping[str, Answer],
    declared: Mapping[str, Body],
    *,
    declared_only: bool = False,
) -> Audit:
    """Drift of every recorded resource, worst first, then by id and path.

    An id without a live answer could not be asked for. `declared` holds the documents that the program gives; with
    `declared_only` nothing else is compared, because nothing was recorded. STACK and ENV in a `fix` stand for what
    the reader typed.
    """
    drifts: list[Drift] = []
    read = 0
    for id, body in recorded.items():
        answer = live.get(id)
        if answer is not None and answer.status == 404:
            read += 1
            drifts.append(_missing(id))
            continue
        if answer is None or not answer.ok or body is None:
            drifts.append(_unread(id, answer))
            continue
        read += 1
        found = _drifts(id, body, answer, declared.get(id, {}))
        drifts.extend(drift for drift in found if not declared_only or drift.kind is not DriftKind.UNDECLARED)
    drifts.sort(key=lambda drift: (-drift.severity.rank, drift.id.lower(), drift.change.path if drift.change else ""))
    return Audit(drifts=tuple(drifts), read=read, total=len(recorded))


def _drifts(id: str, recorded: Body, answer: Answer, declared: Body) -> Iterator[Drift]:
    arm_type = ArmId.parse(id).type
    body = answer.body or {}
    paths = {named(declared, path) for path, _ in leaves(declared)}
    for change in compare(recorded, body, types.by_arm_type(arm_type)):
        changed = named(recorded if change.after is None else body, change.path)
        is_declared = any(_covers(path, changed) for path in paths)
        yield Drift(
            DriftKind.DECLARED if is_declared else DriftKind.UNDECLARED,
            _severity(change),
            id,
            arm_type,
            change,
            fix=RESTORE if is_declared else DECLARE,
        )


def _covers(declared: str, changed: str) -> bool:
    """True if one pointer lies at or below the other."""
    return f"{changed}/".startswith(f"{declared}/") or f"{declared}/".startswith(f"{changed}/")


def _severity(change: Change) -> Severity:
    name = change.path.rsplit("/", 1)[-1].lower()
    if change.path.startswith("/tags"):
        return Severity.LOW
    opened = WEAKENING.get(name)
    if opened is not None and str(change.after).lower() == opened[0]:
        return opened[1]
    return Severity.MEDIUM


def _missing(id: str) -> Drift:
    arm_type = ArmId.parse(id).type
    return Drift(DriftKind.MISSING, Severity.CRITICAL, id, arm_type, detail="not found", fix=RESTORE)


def _unread(id: str, answer: Answer | None) -> Drift:
    reason = "it was not recorded" if answer is not None and answer.ok else "no answer"
    if answer is not None and not answer.ok:
        reason = f"{answer.error_code}: {answer.error_message}"
    return Drift(DriftKind.UNREAD, Severity.INFO, id, ArmId.parse(id).type, detail=reason)
