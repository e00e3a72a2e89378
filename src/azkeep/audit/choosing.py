"""Which findings are shown, and which of them count. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from fnmatch import fnmatchcase

from azkeep.audit.attribution import moment
from azkeep.errors import UsageError
from azkeep.model.drift import Audit, Drift, DriftKind
from azkeep.model.ids import ArmId
from azkeep.model.severity import Severity


@dataclass(frozen=True)
class Ignore:
    """One ignore rule: `resource` and `path` are globs, `path` dotted or a JSON pointer."""

    resource: str
    path: str
    reason: str
    expires: date


@dataclass(frozen=True)
class Choice:
    """What the reader wants to see: findings on these ids or below them (() for all), at least this bad, and changed
    since then. A finding without a known time is kept: it may be as new."""

    only: tuple[str, ...] = ()
    severity: Severity | None = None
    since: datetime | None = None


def ignoring(audit: Audit, rules: Iterable[Ignore], today: date) -> Audit:
    """`audit` with what the rules cover marked as ignored; a rule that ended says so and ignores nothing."""
    known = tuple(rules)
    return replace(audit, drifts=tuple(_ignored(drift, known, today) for drift in audit.drifts))


def _ignored(drift: Drift, rules: tuple[Ignore, ...], today: date) -> Drift:
    covering = [rule for rule in rules if _covers(rule, drift)]
    holding = next((rule for rule in covering if rule.expires >= today), None)
    if holding is not None:
        return replace(drift, ignored=f"{holding.reason} (until {holding.expires})")
    if covering:
        ended = f"the rule that ignored it ended on {covering[0].expires}: {covering[0].reason}"
        return replace(drift, detail=f"{drift.detail}\n{ended}".strip())
    return drift


def _covers(rule: Ignore, drift: Drift) -> bool:
    if drift.kind is DriftKind.UNREAD:
        return False
    wanted, id = rule.resource.lower(), drift.id.lower()
    if not (fnmatchcase(id, wanted) or fnmatchcase(id.rsplit("/", 1)[-1], wanted)):
        return False
    if drift.change is None:
        return rule.path == "*"
    path = rule.path.lower()
    pointer = path if path.startswith("/") or path == "*" else "/" + path.replace(".", "/")
    found = drift.change.path.lower()
    return fnmatchcase(found, pointer) or found.startswith(f"{pointer}/")


def choose(audit: Audit, choice: Choice) -> Audit:
    """`audit` with what the reader wants to see, and the number of counting findings that this leaves out.

    What could not be read stays: it may hide what is wanted.
    """
    kept = tuple(drift for drift in audit.drifts if _is_wanted(drift, choice))
    left_out = sum(drift.counts for drift in audit.drifts) - sum(drift.counts for drift in kept)
    return replace(audit, drifts=kept, hidden=left_out)


def refuse_unknown(only: Iterable[str], known: Iterable[str]) -> None:
    """Raises UsageError for an id of `only` that none of the `known` ones stands at or below: nothing would be found
    there, whatever has drifted."""
    there = sorted(set(known), key=str.lower)
    for wanted in only:
        if any(_is_at(id, wanted) for id in there):
            continue
        close = get_close_matches(wanted.lower(), {id.lower(): id for id in there}, n=1, cutoff=0.8)
        meant = next((id for id in there if [id.lower()] == close), None)
        raise UsageError(
            f"nothing that was looked at has the id {wanted}, or stands below it",
            fix=f"Did you mean {meant}?" if meant else "Without --only, --format json names what there is.",
            subject=wanted,
        )


def _is_wanted(drift: Drift, choice: Choice) -> bool:
    if choice.only and not any(_is_at(drift.id, id) for id in choice.only):
        return False
    if drift.kind is DriftKind.UNREAD:
        return True
    if choice.severity is not None and drift.severity.rank < choice.severity.rank:
        return False
    times = [at for who in drift.who if (at := moment(who.at))]
    return choice.since is None or not times or max(times) >= choice.since


def _is_at(text: str, wanted: str) -> bool:
    try:
        return ArmId.parse(text).is_within(ArmId.parse(wanted))
    except ValueError:
        return text.lower() == wanted.lower()
