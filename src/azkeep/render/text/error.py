"""An error for people: what went wrong, where, and what to type next."""

from __future__ import annotations

from collections.abc import Iterator

from azkeep.errors import AzkeepError
from azkeep.render.documents.error import flat
from azkeep.render.text.line import EMPTY, Line, Span, line
from azkeep.render.values import clean, clean_lines


def lines(error: AzkeepError) -> Iterator[Line]:
    """Every problem in turn, blank lines between them, their number last."""
    errors = flat(error)
    for index, each in enumerate(errors):
        if index:
            yield EMPTY
        yield from _single(each)
    if len(errors) > 1:
        yield EMPTY
        yield line(Span(f"{len(errors)} problems", "bold"))


def _single(error: AzkeepError) -> Iterator[Line]:
    words = clean_lines(error.summary) or [error.code]
    yield line(Span("Error: ", "error"), words[0])
    for more in words[1:]:
        yield line("       ", more)
    if error.source:
        yield line("  at   ", Span(clean(str(error.source)), "bold"))
    for text in clean_lines(error.detail):
        yield line("       ", text)
    for index, text in enumerate(clean_lines(error.fix)):
        yield line("       " if index else "  try  ", text)
