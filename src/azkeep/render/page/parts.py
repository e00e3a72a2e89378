"""What several sections are made of: sections, tables, lists of facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from azkeep.model.severity import Severity
from azkeep.render.page.markup import Markup, joined, tag
from azkeep.render.text.line import counted
from azkeep.render.values import second

PARTS = re.compile(r"(?<=[./])(?=.)")
WRAP = Markup("<wbr>")
HEADING = re.compile(r'^<section id="(\w+)"[^>]*><h2>([^<]*)</h2>')
"""How `section` begins."""
COMMAND = re.compile(r"(azkeep [a-z]+ [^,]+)")


def section(id: str, title: str, *children: str | Iterable[str], style: str | None = None) -> Markup:
    return tag("section", {"id": id, "class": style}, tag("h2", {}, title), *children)


def contents(sections: Iterable[Markup]) -> Markup:
    """Links to the sections, where there are several."""
    found = [pair for each in sections for pair in HEADING.findall(each)]
    links = [tag("a", {"href": f"#{id}"}, Markup(title)) for id, title in found]
    return tag("nav", {"aria-label": "Contents"}, links) if len(links) > 1 else Markup("")


def table(heads: Sequence[str], rows: Iterable[Markup | Iterable[str | Iterable[str]]]) -> Markup:
    """A table; a row is its cells, or a whole body that somebody else has made."""
    bodies = [row if isinstance(row, Markup) else cells(row) for row in rows]
    head = tag("thead", {}, tag("tr", {}, [tag("th", {"scope": "col"}, each) for each in heads]))
    return tag("div", {"class": "scroll"}, tag("table", {}, head, bodies))


def cells(row: Iterable[str | Iterable[str]]) -> Markup:
    return tag("tr", {}, [tag("td", {}, cell) for cell in row])


def facts(pairs: Iterable[tuple[str, str]], style: str | None = "facts") -> Markup:
    """A list of names with their values, those without a value left out."""
    return tag(
        "dl", {"class": style}, [joined(tag("dt", {}, name), tag("dd", {}, said)) for name, said in pairs if said]
    )


def breaking(words: str) -> Markup:
    """A path or an operation that may be broken after each of its parts."""
    return Markup(WRAP.join(joined(part) for part in PARTS.split(words)))


def severity(found: Severity) -> Markup:
    return tag("span", {"class": f"severity {found.value}"}, found.value)


def command(words: str) -> Markup:
    """A fix: a command stands as one, in other words each command in them does."""
    if words.startswith("azkeep "):
        return tag("code", {"class": "fix"}, words)
    parts = COMMAND.split(words)
    return tag("div", {}, [tag("code", {}, part) if COMMAND.fullmatch(part) else part for part in parts])


def cut(number: int, noun: str) -> Markup:
    """What is said where a list ends before its end."""
    return tag(
        "p", {"class": "faint"}, f"… and {counted(number, noun)} more: ", tag("code", {}, "--format json"), " has all."
    )


def moment(at: str) -> str:
    """A recorded time as people read it, to the second, in UTC as it is."""
    return f"{second(at).replace('T', ' ').rstrip('Z')} UTC" if at else ""
