"""The error document."""

from __future__ import annotations

from typing import Any

from azkeep.errors import AzkeepError, Problems
from azkeep.render.documents.plan import source


def body(error: AzkeepError) -> dict[str, Any]:
    """One entry for each problem, in the order in which they are shown."""
    return {"errors": [entry(each) for each in flat(error)]}


def flat(error: AzkeepError) -> tuple[AzkeepError, ...]:
    """The single errors in `error`."""
    if not isinstance(error, Problems):
        return (error,)
    return tuple(each for inner in error.errors for each in flat(inner))


def entry(error: AzkeepError) -> dict[str, Any]:
    return {
        "code": error.code,
        "summary": error.summary,
        "detail": error.detail,
        "fix": error.fix,
        "subject": error.subject,
        "source": source(error.source),
    }
