"""Inputs that are secrets whatever the program calls them: sealed before the registration leaves the process.

It is done on the request and not on the program's own values, because there every form that an input may have,
classes, dicts and outputs, has become one.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import struct_pb2

from azkeep.program.wire import SECRET, SIGNATURE, UNKNOWN
from azkeep.types import by_token, secret_inputs


def seal_secret_inputs(request: Any) -> None:
    """Marks in a RegisterResourceRequest what the resource's type calls secret; what is not known yet stays so."""
    type_ = by_token(request.type) if request.custom else None
    if type_ is None:
        return
    for path in secret_inputs().get(type_.token, ()):
        _seal(request.object.fields, path)


def _seal(fields: Any, path: tuple[str, ...]) -> None:
    head, rest = path[0], path[1:]
    for key in [name for name in fields if head in (name, "*")]:
        _seal_value(fields[key], rest)


def _seal_value(value: Any, rest: tuple[str, ...]) -> None:
    kind = value.WhichOneof("kind")
    if kind == "struct_value" and SIGNATURE in value.struct_value.fields:
        return
    if not rest:
        _mark(value)
    elif kind == "struct_value":
        _seal(value.struct_value.fields, rest)
    elif kind == "list_value" and rest[0] == "*":
        for item in value.list_value.values:
            _seal_value(item, rest[1:])


def _mark(value: Any) -> None:
    if value.WhichOneof("kind") in (None, "null_value") or UNKNOWN in value.string_value:
        return
    sealed = struct_pb2.Value()
    sealed.struct_value.fields[SIGNATURE].string_value = SECRET
    sealed.struct_value.fields["value"].CopyFrom(value)
    value.CopyFrom(sealed)
