"""Points in time and spans of it, as ARM writes them."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

from azkeep.policy import Node, Truth

from ._durations import seconds

DAY = 86_400
_CALENDAR = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?((?:\d.*|T.*)?)", re.IGNORECASE)


def days(duration: str) -> float:
    """Days in an ISO 8601 duration such as P90D or P2Y, a year as 365; ValueError for anything else."""
    found = _CALENDAR.fullmatch(duration.strip())
    if found is None:
        raise ValueError(f"{duration!r} is no duration such as P90D")
    years, months, rest = found.groups()
    if not (years or months or rest):
        raise ValueError("an empty duration")
    return int(years or 0) * 365 + int(months or 0) * 365 / 12 + (seconds(f"P{rest}") / DAY if rest else 0)


def is_ahead(moment: Node, *, at_most_days: int = 0) -> Truth:
    """A time in seconds since 1970 that is still to come, within `at_most_days` unless that is 0."""
    now = time.time()
    ahead = moment.at_least(now)
    return ahead & moment.at_most(now + at_most_days * DAY) if at_most_days else ahead


def age(text: str) -> float:
    """Days since an ISO 8601 time, UTC where it names no zone; ValueError for anything else."""
    found = datetime.fromisoformat(text.strip())
    return (datetime.now(UTC) - (found if found.tzinfo else found.replace(tzinfo=UTC))).total_seconds() / DAY
