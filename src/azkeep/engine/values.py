"""The engine's way of writing values into JSON, and back into plain ones.

Source of the constants: pulumi `sdk/go/common/resource` (property signatures) and `.../plugin/rpc.go` (unknowns).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from azkeep.model.value import Secret, Unknown

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

UNKNOWNS = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string, and the only one that events use for the rest
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)

_PATH = re.compile(r"""\[(?P<index>\d+|\*)\]|\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|\.?(?P<name>[^.\[\]]+)""")


def decode(value: Any) -> Any:
    """`value` with unknown sentinels as Unknown and secrets as Secret.

    A secret that was not opened holds its ciphertext, one of an event `[secret]`: never to be shown or compared with
    a plain value.
    """
    if isinstance(value, str):
        return Unknown() if value in UNKNOWNS else value
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    signature = value.get(SIGNATURE)
    if signature == SECRET:
        return Secret(_opened(value))
    if signature == OUTPUT:
        return decode(value["value"]) if "value" in value else Unknown()
    return {key: decode(item) for key, item in value.items()}


def _opened(value: Mapping[str, Any]) -> Any:
    if "plaintext" in value:
        return decode(json.loads(value["plaintext"]))
    return value.get("ciphertext", value.get("value"))


def contains(value: Any, kind: type) -> bool:
    """True if a value of class `kind` is anywhere in a decoded `value`."""
    if isinstance(value, kind):
        return True
    if isinstance(value, Mapping):
        return any(contains(item, kind) for item in value.values())
    return isinstance(value, list | tuple) and any(contains(item, kind) for item in value)


def masked(value: Any) -> Any:
    """A decoded `value` whose secrets hold nothing any more."""
    if isinstance(value, Secret):
        return Secret(None)
    if isinstance(value, Mapping):
        return {key: masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    return value


def parse_path(path: str) -> tuple[str | int, ...]:
    """The parts of a property path as the engine writes it: `subnets[0].name`, `tags["cost.centre"]`."""
    parts: list[str | int] = []
    for found in _PATH.finditer(path):
        if found["index"] is not None:
            parts.append(found["index"] if found["index"] == "*" else int(found["index"]))
        elif found["quoted"] is not None:
            parts.append(re.sub(r"\\(.)", r"\1", found["quoted"]))
        else:
            parts.append(found["name"])
    return tuple(parts)


def find(value: Any, parts: tuple[str | int, ...]) -> Any:
    """What lies at `parts` in a decoded value, None if nothing does; Unknown and Secret swallow what is below them."""
    for part in parts:
        if isinstance(value, Unknown | Secret):
            return value
        in_object = isinstance(value, Mapping) and part in value
        in_list = isinstance(value, list) and isinstance(part, int) and part < len(value)
        if not in_object and not in_list:
            return None
        value = value[part]
    return value
