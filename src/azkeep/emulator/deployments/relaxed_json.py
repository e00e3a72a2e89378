"""JSON as the deployments service reads it: with comments, and with names that are not quoted.

Source: the Azure CLI sends a template as it stands in its file, inside `{"properties": {template: …}}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from azkeep.emulator import json_reader
from azkeep.errors import ArmFault

_PART = re.compile(
    r'(?P<text>"(?:[^"\\]|\\.)*")|(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<name>[A-Za-z_$][\w$]*)(?=\s*:)', re.DOTALL
)


def read(content: bytes) -> Mapping[str, Any]:
    """The object that was sent. Raises ArmFault for what is no JSON even so."""
    try:
        return _object(json_reader.read(content))
    except ArmFault:
        text = content.decode("utf-8", "replace")
        return _object(json_reader.read(_PART.sub(_strict, text).encode()))


def _strict(part: re.Match[str]) -> str:
    if part["comment"]:
        return " "
    return f'"{part["name"]}"' if part["name"] else part[0]


def _object(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, Mapping):
        raise json_reader.refused("Unexpected end when deserializing object. Path '', line 1, position 0.")
    return found
