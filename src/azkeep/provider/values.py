"""Property bags of the engine ↔ plain values.

Source of the signatures and sentinels: Pulumi's wire format for properties (sdk/go/common/resource).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value

from azkeep.model.value import Secret, Unknown

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SENTINELS = frozenset(
    {
        UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""Unknown strings, booleans, numbers, arrays, assets, archives and objects."""

UNKNOWN = Unknown()


class AssetError(ValueError):
    """A property holds an asset or archive, which no resource of the local cloud takes."""


def read(struct: Struct) -> dict[str, Any]:
    """The values of a property bag: unknowns are `Unknown`, whole numbers int, secrets bare; nulls are left out.

    A reference to a resource becomes its id (its URN, where it has none). Raises AssetError.
    """
    return _read_fields(struct, "")


def _read_fields(struct: Struct, path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in struct.fields.items():
        if value.WhichOneof("kind") in ("null_value", None):
            continue
        found[name] = _read(value, f"{path}.{name}" if path else name)
    return found


def _read(value: Value, path: str) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in SENTINELS else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_read(item, f"{path}[{index}]") for index, item in enumerate(value.list_value.values)]
    if kind == "struct_value":
        return _read_object(value.struct_value, path)
    return None


def _read_object(struct: Struct, path: str) -> Any:
    if SIGNATURE not in struct.fields:
        return _read_fields(struct, path)
    signature = struct.fields[SIGNATURE].string_value
    if signature in (ASSET, ARCHIVE):
        raise AssetError(f"'{path}' is an asset or archive: resources of this provider take none")
    if signature in (SECRET, OUTPUT):
        return _read(struct.fields["value"], path) if "value" in struct.fields else UNKNOWN
    if signature == RESOURCE:
        return _read(struct.fields["id" if "id" in struct.fields else "urn"], path)
    raise ValueError(f"'{path}' has the unknown signature {signature}")


def write(values: Mapping[str, Any]) -> Struct:
    """The property bag of plain values; `Unknown` becomes its sentinel, a `Secret` its bare value, None is left out.

    Secrets are bare because the engine marks them itself for a provider that does not accept secrets.
    """
    struct = Struct()
    for name, value in values.items():
        if value is not None:
            _write(value, struct.fields[name])
    return struct


def _write(value: Any, target: Value) -> None:
    if isinstance(value, Unknown):
        target.string_value = UNKNOWN_TEXT
    elif isinstance(value, Secret):
        _write(value.value, target)
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, str):
        target.string_value = value
    elif isinstance(value, int | float):
        target.number_value = value
    elif isinstance(value, Mapping):
        target.struct_value.CopyFrom(write(value))
    elif isinstance(value, list | tuple):
        target.list_value.CopyFrom(_write_list(value))
    else:
        target.null_value = NULL_VALUE


def _write_list(values: list[Any] | tuple[Any, ...]) -> ListValue:
    found = ListValue()
    for value in values:
        _write(value, found.values.add())
    return found


def has_unknown(value: Any) -> bool:
    """True if `value` is, or holds, something not known yet."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_unknown(item) for item in value)
    return isinstance(value, Unknown)
