"""Policy rules that the live estate breaks, on the findings that broke them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from azkeep import types
from azkeep.audit.judge import covers, ordered
from azkeep.model.drift import Audit, Drift, DriftKind
from azkeep.model.finding import Finding, Verdict
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get

Place = tuple[str, str]
"""An id in lower case, and a JSON pointer in lower case into its document; "" for all of it."""


def with_rules(audit: Audit, findings: Iterable[Finding]) -> Audit:
    """`audit`, each finding with the rules that it breaks and at least as bad as the worst of them.

    A rule belongs to a change if one of the properties that decided it lies at, above or below it; to a resource that
    nobody declared if it is about that resource. What a child's parent shows of it, such as a security rule in its
    group, is the child as well.
    """
    broken = [each for each in findings if each.verdict is Verdict.FAIL and not each.accepted]
    documents = {id.lower(): body for id, body in audit.documents.items()}
    return replace(audit, drifts=ordered(_judged(drift, broken, documents) for drift in audit.drifts))


def _judged(drift: Drift, broken: list[Finding], documents: Mapping[str, Body]) -> Drift:
    places = tuple(_places(drift, documents))
    found = [each for each in broken if any(_is_about(each, place, drift.kind) for place in places)]
    if not found:
        return drift
    worst = max((drift.severity, *(each.severity for each in found)), key=lambda severity: severity.rank)
    return replace(drift, severity=worst, rules=tuple(sorted({each.rule for each in found})))


def _places(drift: Drift, documents: Mapping[str, Body]) -> Iterable[Place]:
    """Where the finding stands: in the resource's own document, and in that of its parent where that shows it."""
    if drift.kind is not DriftKind.UNMANAGED and drift.change is None:
        return
    path = drift.change.path.lower() if drift.change else ""
    yield drift.id.lower(), path
    shown = _in_parent(drift.id, documents)
    if shown is not None:
        yield shown[0], f"{shown[1]}{path}"


def _in_parent(text: str, documents: Mapping[str, Body]) -> Place | None:
    """The item of a parent's list that mirrors this child, None where no document has one."""
    id = ArmId.parse(text)
    body = documents.get(id.parent.key) if id.parent is not None else None
    type_ = types.by_arm_type(id.parent.type) if id.parent is not None else None
    if type_ is None or body is None or id.parent is None:
        return None
    for pointer, kind in type_.inline.items():
        items = get(body, pointer) if kind.lower() == id.type.lower() else None
        for number, item in enumerate(items if isinstance(items, list | tuple) else ()):
            if isinstance(item, Mapping) and str(item.get("id") or "").lower() == id.key:
                return id.parent.key, f"{pointer.lower()}/{number}"
    return None


def _is_about(finding: Finding, place: Place, kind: DriftKind) -> bool:
    own, path = (finding.id or "").lower(), place[1]
    decided = [((each.id or own).lower(), each.path.lower()) for each in finding.places] or [
        (own, finding.path.lower())
    ]
    if kind is DriftKind.UNMANAGED:
        below = (id == place[0] and f"{where}/".startswith(f"{path}/") for id, where in decided)
        return any(below) if path else own == place[0]
    return any(id == place[0] and where and covers(where, path) for id, where in decided)
