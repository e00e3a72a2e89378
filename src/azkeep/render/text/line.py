"""A line of text as spans with styles, so that plain and coloured output are the same words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """`style` is a name of terminal.STYLES, "" for none."""

    text: str
    style: str = ""


Line = tuple[Span, ...]
EMPTY: Line = ()


def line(*parts: str | Span) -> Line:
    """A line of plain texts and spans."""
    return tuple(part if isinstance(part, Span) else Span(part) for part in parts)


def heading(text: str, *more: Span) -> Line:
    return (Span(text, "bold"), *more)


def columns(rows: Iterable[tuple[str, ...]], *, indent: int = 2) -> Iterator[Line]:
    """Rows with every column but the last as wide as its longest cell; trailing blanks are cut."""
    kept = list(rows)
    widths = [max(map(len, cells)) for cells in zip(*kept, strict=True)] if kept else []
    for row in kept:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield line((" " * indent + "  ".join(cells)).rstrip())


def plain_text(lines: Iterable[Line]) -> str:
    """The words of `lines` without styles, each line ended."""
    return "".join("".join(span.text for span in each).rstrip() + "\n" for each in lines)


def counted(number: int, noun: str) -> str:
    """`1 resource`, `2 resources`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
