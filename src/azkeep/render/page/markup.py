"""Tags of HTML and SVG. Text becomes markup here alone, and is escaped on the way: nothing else can be unescaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from azkeep.render.values import clean

VOID = frozenset({"meta", "br", "hr"})
"""Elements of HTML without an end."""

Attributes = Mapping[str, object]
NONE: Attributes = {}


class Markup(str):
    """Text that is markup already. Made by `tag` and `joined` alone, and of constants."""

    __slots__ = ()


def tag(name: str, attributes: Attributes = NONE, *children: str | Iterable[str]) -> Markup:
    """One element. An attribute of value None or False is left out, of value True stands without one."""
    opening = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    if name in VOID:
        return Markup(opening)
    return Markup(f"{opening}{joined(*children)}</{name}>")


def joined(*children: str | Iterable[str]) -> Markup:
    """All children in a row: markup as it is, any other text escaped and without control characters."""
    return Markup("".join(text(child) if isinstance(child, str) else joined(*child) for child in children))


def text(words: str) -> Markup:
    return words if isinstance(words, Markup) else Markup(escape(clean(words), quote=True))


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(clean(str(value)), quote=True)}"'
