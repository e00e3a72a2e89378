"""Who wrote what and when, a lane for each hand, with our own runs beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from azkeep.model.drift import Audit
from azkeep.model.ids import ArmId
from azkeep.render.page.markup import Markup, joined, tag
from azkeep.render.page.parts import breaking, cut, moment, section, table
from azkeep.render.values import clean, client, resource_name, stamp
from azkeep.render.values import moment as recorded

OURS = "azkeep"
HEADS = ("when", "hand", "operation", "resource", "client")
WIDTH, LABEL, LANE, SPOT = 1080, 250, 28, 4
MOST_HANDS, MOST_ROWS = 20, 200
PATTERNS = ((3_600, "%H:%M:%S"), (86_400, "%H:%M"), (30 * 86_400, "%d %b %H:%M"))
"""How a time is written, for spans up to so many seconds."""


@dataclass(frozen=True)
class Write:
    """One write of one hand on one resource. `is_ours`: a run of azkeep itself."""

    at: datetime
    hand: str
    client: str
    what: str
    on: str
    is_ours: bool = False


def timeline(audit: Audit) -> Iterator[Markup]:
    """The section, where at least one write has a time."""
    found = writes(audit)
    if not found:
        return
    width = len(HEADS) if any(each.client for each in found) else len(HEADS) - 1
    rows = [(moment(stamp(each.at) or ""), each.hand, breaking(each.what), each.on, each.client) for each in found]
    left = [cut(len(rows) - MOST_ROWS, "write")] if len(rows) > MOST_ROWS else []
    listed = table(HEADS[:width], (row[:width] for row in reversed(rows[-MOST_ROWS:])))
    clock = tag("div", {"class": "scroll"}, _clock(found))
    yield section("timeline", "Timeline by hand", clock, listed, left)


def writes(audit: Audit) -> list[Write]:
    """Every recorded write behind a finding, once, and our own runs; oldest first."""
    found = {
        (who.at, who.by, who.operation, on.lower()): Write(at, who.by, client(who), who.operation, resource_name(on))
        for drift in audit.drifts
        for who in drift.who
        if (at := recorded(who.at))
        for on in [_written(drift.id, who.operation)]
    }
    runs = [
        Write(
            _zoned(run.at), f"{OURS} ({run.user or run.principal or '?'})", "", f"{run.command} {run.result}", "", True
        )
        for run in audit.applies
    ]
    return sorted((*found.values(), *runs), key=lambda each: (each.at, each.hand, each.on))


def _written(id: str, operation: str) -> str:
    """What an operation was asked of: `id`, or what above it is of the operation's type and took it along."""
    try:
        here: ArmId | None = ArmId.parse(id)
    except ValueError:
        return id
    kind = operation.rpartition("/")[0].lower()
    while here is not None and here.type.lower() != kind:
        here = here.parent or here.scope
    return here.text if here is not None else id


def _zoned(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _clock(found: list[Write]) -> Markup:
    """A lane for each hand, oldest hand first: circles are writes, squares our own runs."""
    hands = list(dict.fromkeys(each.hand for each in found))[:MOST_HANDS]
    first, last = found[0].at, found[-1].at
    height = LANE * len(hands) + 34
    shapes = [shape for number, hand in enumerate(hands) for shape in _lane(hand, 14 + LANE * number, found)]
    ticks = [_tick(first, last, share / 4, height) for share in range(5 if last > first else 1)]
    words = f"{len(found)} writes by {len(hands)} hands between {stamp(first)} and {stamp(last)}"
    return tag(
        "svg", {"class": "clock", "viewBox": f"0 0 {WIDTH} {height}", "role": "img", "aria-label": words}, shapes, ticks
    )


def _lane(hand: str, y: float, found: list[Write]) -> Iterable[Markup]:
    first, last = found[0].at, found[-1].at
    label = clean(hand)
    yield tag("text", {"x": 0, "y": y + 4}, label if len(label) <= 36 else f"{label[:35]}…")
    yield tag("path", {"class": "axis", "d": f"M{LABEL} {y:g}H{WIDTH - 12}"})
    spots: dict[float, list[Write]] = {}
    for each in found:
        if each.hand == hand:
            spots.setdefault(round(_x(each.at, first, last) / SPOT) * SPOT, []).append(each)
    for x, several in spots.items():
        yield _point(several, x, y)


def _point(several: list[Write], x: float, y: float) -> Markup:
    """One mark for writes that would cover each other; its title tells the first of them and how many there are."""
    each = several[0]
    more = f" and {len(several) - 1} more" if len(several) > 1 else ""
    title = tag("title", {}, f"{stamp(each.at)} {each.hand}: {each.what} {each.on}".strip() + more)
    if each.is_ours:
        return tag("rect", {"class": "own", "x": x - 6, "y": y - 6, "width": 12, "height": 12}, title)
    return tag("circle", {"class": "hand", "cx": x, "cy": y, "r": 6}, title)


def _tick(first: datetime, last: datetime, share: float, height: float) -> Markup:
    at = first + (last - first) * share
    span = (last - first).total_seconds()
    pattern = next((words for longest, words in PATTERNS if span < longest), "%d %b %Y")
    anchor = "end" if share == 1 else "middle" if share else "start"
    x = LABEL + (WIDTH - 20 - LABEL) * share
    line = tag("path", {"class": "axis", "d": f"M{x:g} {height - 24}v-5"})
    day = f"{at:%d %b %Y} " if share == 0 and span < PATTERNS[1][0] else ""
    return joined(
        line,
        tag(
            "text", {"class": "tick", "x": round(x, 1), "y": height - 8, "text-anchor": anchor}, f"{day}{at:{pattern}}"
        ),
    )


def _x(at: datetime, first: datetime, last: datetime) -> float:
    span = (last - first).total_seconds()
    share = (at - first).total_seconds() / span if span else 0.0
    return round(LABEL + 8 + (WIDTH - 28 - LABEL) * share, 1)
