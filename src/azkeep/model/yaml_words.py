"""What a settings file should say, in the words of YAML; no class of Python's has a name there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LIST = "a list (`- …` lines)"
MAPPING = "a mapping (`name: value` lines)"
NUMBER = "a number"
WHOLE = "a whole number"
TRUTH = "true or false"
DATE = "a date such as 2027-03-31"
WORDS = {
    "string": "text",
    "int": WHOLE,
    "float": NUMBER,
    "decimal": NUMBER,
    "bool": TRUTH,
    "list": LIST,
    "tuple": LIST,
    "set": LIST,
    "frozen_set": LIST,
    "iterable": LIST,
    "dict": MAPPING,
    "mapping": MAPPING,
    "model": MAPPING,
    "dataclass": MAPPING,
    "date": DATE,
    "datetime": DATE,
}
LIMITS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def wanted(fault: Mapping[str, Any]) -> str:
    """What a validation error of pydantic's asks for, to be read behind `must be`; "" where it says it otherwise."""
    kind, context = str(fault["type"]), fault.get("ctx", {})
    if kind in ("enum", "literal_error"):
        return str(context["expected"])
    if kind in LIMITS:
        words, name = LIMITS[kind]
        return f"{words} {context[name]}"
    if kind.endswith(("too_short", "too_long")):
        return _length(kind, context)
    first = kind.removesuffix("_type").removesuffix("_parsing").removesuffix("_attributes")
    stem = next((name for name in sorted(WORDS, key=len, reverse=True) if first == name), first.split("_")[0])
    return WORDS.get(stem, "")


def _length(kind: str, context: Mapping[str, Any]) -> str:
    what = "characters" if kind.startswith("string") else "items"
    if "min_length" in context:
        least = context["min_length"]
        return (
            f"at least {least} {what} long"
            if least > 1
            else ("text" if what == "characters" else "a list") + (" that is not empty")
        )
    return f"at most {context['max_length']} {what} long"


def shown(value: Any) -> str:
    """A scalar as YAML writes it; "" for empty text, and for a list or a mapping, which would fill lines."""
    if isinstance(value, Mapping | list | tuple) or value == "":
        return ""
    if value is None:
        return "empty"
    return str(value).lower() if isinstance(value, bool) else f"`{value}`"
