"""What tags may be, whichever way they come. Source: Azure Resource Manager, tag resources, limitations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from azkeep.errors import ArmFault

MOST = 50
LONGEST_NAME, LONGEST_VALUE = 512, 256
RESERVED_PREFIXES = ("microsoft", "azure", "windows")
_FORBIDDEN = re.compile(r"[<>%&\\?/\x00-\x1f\x7f]")


def check(tags: Mapping[str, Any], *, longest_name: int = LONGEST_NAME) -> None:
    """Raises ArmFault for the first thing that is wrong with `tags`; values are text here."""
    if len(tags) > MOST:
        raise _refused(
            "TagsLimitExceeded", f"The number of tags '{len(tags)}' exceeds the maximum allowed number '{MOST}'."
        )
    seen: set[str] = set()
    for name, value in tags.items():
        _check_name(name, longest_name)
        if name.lower() in seen:
            raise _refused(
                "DuplicateTagNames", f"The tag name '{name}' is given more than once. Tag names are case-insensitive."
            )
        seen.add(name.lower())
        if len(str(value or "")) > LONGEST_VALUE:
            raise _refused(
                "InvalidTagValueLength",
                f"Tag value too large. Following tag value '{value}' exceeded the maximum length. Maximum allowed"
                f" length for tag value - '{LONGEST_VALUE}' characters.",
            )


def _check_name(name: str, longest: int) -> None:
    if not name.strip():
        raise _refused("InvalidTagName", "The tag name must not be null or empty.")
    if len(name) > longest:
        raise _refused(
            "InvalidTagNameLength",
            f"Tag name too large. Following tag name '{name}' exceeded the maximum length. Maximum allowed length for"
            f" tag name - '{longest}' characters.",
        )
    if _FORBIDDEN.search(name):
        raise _refused(
            "InvalidTagNameCharacters",
            "The tag names have reserved characters '<,>,%,&,\\,?,/' or control characters. Following tag name is"
            f" invalid: '{name}'.",
        )
    prefix = next((each for each in RESERVED_PREFIXES if name.lower().startswith(each)), None)
    if prefix is not None:
        raise _refused("ReservedTagNamePrefix", f"The tag name '{name}' begins with the reserved prefix '{prefix}'.")


def _refused(code: str, message: str) -> ArmFault:
    return ArmFault(400, code, message, target="tags")
