"""Recorded, declared and live documents of a whole estate, and what an audit reports of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC
from functools import cached_property

from azkeep import types
from azkeep.audit.attribution import moment
from azkeep.audit.census import census_of
from azkeep.audit.children import declared_children, shown_children, without_children, without_connections
from azkeep.audit.compare import compare, named, raw
from azkeep.audit.declared import observable_part, unobservable
from azkeep.audit.severity import of_change
from azkeep.audit.sweep import Blind
from azkeep.audit.unmanaged import Others, others_of
from azkeep.model.drift import Audit, Drift, DriftKind, Severity
from azkeep.model.ids import ArmId
from azkeep.model.plan import Change
from azkeep.model.transport import Answer
from azkeep.model.value import Body, Secret, get, join, leaves, put, split
from azkeep.types.members import inputs_of
from azkeep.types.resource_type import ResourceType

RESTORE = "azkeep audit {stack} --fix --only {id}"
COMES_BACK = "a fix brings it back with what was in it"
OR_ANEW = "with --purge and its id it is made anew, empty"
BY_HAND = (
    f"if its name is still taken, recover it {{by_hand}}, or give it up: {RESTORE} --purge {{id}} makes it anew, empty"
)
DECLARE = (
    "the program does not set it: declare the value that it is to have and azkeep apply {stack}, or keep"
    " the live one with azkeep audit {stack} --accept --only {id}"
)
FAILED_FIX = (
    "its last operation failed: azkeep apply {stack} goes on with what an apply had begun, and leaves what"
    " another hand had begun"
)
AGAIN = "azkeep audit {stack}"
UNSETTLED = ("creating", "updating", "deleting", "provisioning", "accepted", "moving", "running", "scaling")
"""States of a resource that somebody is changing while we look."""
FAILED = ("failed", "canceled")


@dataclass(frozen=True)
class Seen:
    """What a look at the cloud showed besides the managed resources.

    `others`: id → document (or what a list says of it) of everything else. `blind`: lists that could not be read.
    `deleted`: id of a resource that is gone → its document among the soft-deleted ones.
    """

    others: Mapping[str, Body] = field(default_factory=dict)
    blind: tuple[Blind, ...] = ()
    deleted: Mapping[str, Body] = field(default_factory=dict)


@dataclass(frozen=True)
class Managed:
    """The stack's own resources, ids in lower case: all of them, and those that are `gone`."""

    keys: frozenset[str]
    gone: frozenset[str]


def judge(
    recorded: Mapping[str, Body | None],
    live: Mapping[str, Answer],
    declared: Mapping[str, Body],
    *,
    declared_only: bool = False,
    seen: Seen = Seen(),
) -> Audit:
    """Findings on every recorded resource and on what nobody declared, worst first, then by id and path.

    An id without a live answer could not be asked for. `declared` holds the documents that the program gives; with
    `declared_only` nothing else is compared, because nothing was recorded. {stack} in a `fix` stands for the
    stack with its options, as the reader typed them.
    """
    managed = Managed(
        frozenset(ArmId.parse(id).key for id in recorded),
        frozenset(ArmId.parse(id).key for id, answer in live.items() if answer.status == 404),
    )
    drifts: list[Drift] = []
    unread: set[str] = set()
    for id, body in recorded.items():
        given = declared.get(id, {})
        found = tuple(_judge_one(id, body, live.get(id), given, managed, seen, declared_only=declared_only))
        drifts.extend(found)
        if any(drift.kind is DriftKind.UNREAD and not drift.change for drift in found):
            unread.add(id)
    others = others_of(managed.keys, recorded, live, declared, seen.others)
    drifts.extend(others.findings)
    drifts.extend(_blind(each) for each in seen.blind)
    return Audit(
        drifts=ordered(drifts),
        read=len(recorded) - len(unread),
        total=len(recorded),
        recorded=not declared_only,
        census=census_of(recorded, unread, others),
        unobservable=_unobservable(recorded),
    )


def ordered(drifts: Iterable[Drift]) -> tuple[Drift, ...]:
    """Worst first, then by id and path."""

    def key(drift: Drift) -> tuple[int, str, str, str]:
        return -drift.severity.rank, drift.id.lower(), drift.kind.value, drift.change.path if drift.change else ""

    return tuple(sorted(drifts, key=key))


def _judge_one(
    id: str,
    recorded: Body | None,
    answer: Answer | None,
    declared: Body,
    managed: Managed,
    seen: Seen,
    *,
    declared_only: bool,
) -> Iterator[Drift]:
    """The findings on one managed resource."""
    type_ = types.by_arm_type(ArmId.parse(id).type)
    if type_ is None:
        yield _unread(id, "not covered: azkeep does not know this type of resource")
        return
    if answer is not None and answer.status == 404:
        yield _missing(id, type_, seen.deleted.get(id))
        return
    if answer is None or not answer.ok or not isinstance(answer.body, Mapping):
        yield _unread(id, _reason(answer))
        return
    if recorded is None:
        yield _unread(id, "it was not recorded: what the program does not set could not be compared")
    elif (state := _unsettled(answer.body, type_)) and not declared_only:
        yield _unread(id, f"it is being changed at this moment ({state})", fix=AGAIN)
    wanted = None if declared_only or recorded is None else _without_failure(recorded, type_)
    comparison = _Comparison(id, type_, wanted, answer.body, declared)
    yield from comparison.without(managed).findings()


@dataclass(frozen=True)
class _Comparison:
    """The three documents of one resource; `recorded` is None where nothing was."""

    id: str
    type: ResourceType
    recorded: Body | None
    live: Body
    declared: Body

    def without(self, managed: Managed) -> _Comparison:
        """The same without children that are judged by themselves: managed ones, and ones that are new here; and
        without what went with a managed one."""
        live_children = shown_children(self.id, self.live)
        known = declared_children(self.id, self.declared)
        if self.recorded is not None:
            known |= shown_children(self.id, self.recorded)
        apart = managed.keys | (live_children - known)
        before = None if self.recorded is None else without_connections(self.recorded, managed.gone)
        recorded = None if before is None else without_children(self.id, before, apart)
        return replace(self, recorded=recorded, live=without_children(self.id, self.live, apart))

    def findings(self) -> Iterator[Drift]:
        """Declared properties against declared values, all others against recorded ones; a property once."""
        told: list[str] = []
        for change in compare(self.recorded, self.live, self.type) if self.recorded is not None else ():
            if self._is_moving and change.path == self.type.provisioning_state:
                continue
            where = named(self.recorded if change.after is None else self.live, change.path, self.declared)
            told.append(where)
            yield self._drift(DriftKind.DECLARED if self._sets(where) else DriftKind.UNDECLARED, change, where)
        wanted, actual = observable_part(self.declared, self.live, self.type, extras=self.recorded is None)
        for change in compare(wanted, actual, self.type):
            where = named(wanted if change.after is None else actual, change.path, self.declared)
            if not any(covers(each, where) for each in told):
                yield self._drift(DriftKind.DECLARED, change, where)

    @cached_property
    def _is_moving(self) -> bool:
        return bool(_unsettled(self.live, self.type))

    @cached_property
    def _leaves(self) -> frozenset[str]:
        return frozenset(named(self.declared, path) for path, value in leaves(self.declared) if value not in ({}, []))

    @cached_property
    def _wholes(self) -> frozenset[str]:
        """Lists and maps that the program sets: what somebody adds to one is a change of what it declares."""
        return frozenset(
            named(self.declared, join(member.path))
            for member in inputs_of(self.type, self.declared)
            if isinstance(member.value, list) or (isinstance(member.value, Mapping) and "values" in member.node)
        )

    def _sets(self, where: str) -> bool:
        """True if the program sets what stands at `where`."""
        if any(covers(path, where) for path in self._leaves):
            return True
        return any(where.startswith(f"{whole}/") and self._is_new(whole, where) for whole in self._wholes)

    def _is_new(self, whole: str, where: str) -> bool:
        item = f"{whole}/{where.removeprefix(f'{whole}/').split('/')[0]}"
        return not any(path == item or path.startswith(f"{item}/") for path in self._leaves)

    def _drift(self, kind: DriftKind, change: Change, where: str) -> Drift:
        concern, severity = of_change(change)
        declared = _declared_value(self.declared, where) if kind is DriftKind.DECLARED else None
        fix = RESTORE if kind is DriftKind.DECLARED else DECLARE
        if change.path == self.type.provisioning_state and str(change.after).lower() in FAILED:
            fix = FAILED_FIX
        secret = _is_secret(self.type, change.path)
        return Drift(
            kind,
            severity,
            self.id,
            self.type.arm_type,
            replace(change, secret=secret),
            fix=fix.replace("{id}", self.id),
            declared=Secret(declared) if secret and declared is not None else declared,
            concern=concern,
        )


def covers(one: str, other: str) -> bool:
    """True if one pointer lies at or below the other."""
    return f"{other}/".startswith(f"{one}/") or f"{one}/".startswith(f"{other}/")


def _declared_value(declared: Body, where: str) -> object:
    """What the program gives at the path `where`, whose lists hold names in place of indexes."""
    found = {named(declared, path): path for path, _ in leaves(declared)}
    exact = found.get(where)
    if exact is not None:
        return raw(declared, split(exact))
    below = next((path for name, path in sorted(found.items()) if name.startswith(f"{where}/")), None)
    if below is None:
        return None
    return raw(declared, split(below)[: len(split(where))])


def _is_secret(type_: ResourceType, path: str) -> bool:
    parts = split(path.lower())
    for pointer in type_.secrets:
        wanted = split(pointer.lower())
        if len(wanted) <= len(parts) and all(w in ("*", p) for w, p in zip(wanted, parts, strict=False)):
            return True
    return False


def _unsettled(body: Body, type_: ResourceType) -> str:
    """The state of a resource that is being changed, "" for one that rests."""
    state = get(body, type_.provisioning_state) if type_.provisioning_state else None
    return str(state) if str(state).lower() in UNSETTLED else ""


def _without_failure(recorded: Body, type_: ResourceType) -> Body:
    """`recorded` with success in place of a failure: an apply that fails records one, and it is no state to be in."""
    pointer = type_.provisioning_state
    if pointer is None or str(get(recorded, pointer)).lower() not in FAILED:
        return recorded
    hoped: Body = put(recorded, pointer, "Succeeded")
    return hoped


def _missing(id: str, type_: ResourceType, deleted: Body | None) -> Drift:
    detail, fix, soft = "not found", RESTORE, type_.soft_delete
    if deleted is not None:
        ways = (COMES_BACK, OR_ANEW) if soft and soft.recovery else (COMES_BACK,)
        detail = f"{_soft_deleted(deleted)}: {'; '.join(ways)}"
    elif soft is not None and soft.by_hand:
        detail = f"not found; a deleted one keeps its name and can be recovered for {soft.days} days"
        fix = BY_HAND.replace("{by_hand}", soft.by_hand)
    return Drift(
        DriftKind.MISSING,
        Severity.CRITICAL,
        id,
        type_.arm_type,
        detail=detail,
        fix=fix.replace("{id}", id),
        concern="existence",
        soft_deleted=deleted is not None,
    )


def _soft_deleted(document: Body) -> str:
    at = _second(get(document, "/properties/deletionDate") or get(document, "/properties/deletedDate"))
    until = _second(get(document, "/properties/scheduledPurgeDate"))
    return "soft-deleted" + (f" at {at}" if at else "") + (f", recoverable until {until}" if until else "")


def _second(written: object) -> str:
    """A time of ARM's to the second, in UTC; what is none stays as it is."""
    text = str(written or "")
    found = moment(text)
    return f"{found.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if found else text


def _reason(answer: Answer | None) -> str:
    if answer is None:
        return "no answer"
    return f"{answer.error_code or answer.status}: {answer.error_message}" if not answer.ok else "no document came"


def _unread(id: str, reason: str, fix: str = "") -> Drift:
    return Drift(DriftKind.UNREAD, Severity.INFO, id, ArmId.parse(id).type, detail=reason, fix=fix)


def _blind(found: Blind) -> Drift:
    detail = f"could not be listed, so what nobody declared there is not known: {found.reason}"
    return Drift(DriftKind.UNREAD, Severity.INFO, found.subject, found.type, detail=detail)


def _unobservable(ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found = (types.by_arm_type(name) for name in {ArmId.parse(id).type.lower() for id in ids})
    listed = {type_.arm_type: unobservable(type_) for type_ in found if type_ is not None}
    return {name: pointers for name, pointers in sorted(listed.items()) if pointers}


__all__ = ["Others", "Seen", "covers", "judge", "ordered"]
