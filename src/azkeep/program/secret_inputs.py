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
    """Marks in a RegisterResourceRequest what the resource's type calls secret; what is not known yet stays so.

    An output with a secret inside is a secret as a whole, in the plan and after it: what is read from it in a preview,
    where the secret stands, is then what is read at apply, where the service has left it out. Otherwise the engine
    finds its plan broken, and says nothing. Source: engine 3.220.0, a stack output that is secret in the plan alone.
    """
    type_ = by_token(request.type) if request.custom else None
    if type_ is None:
        return
    for path in secret_inputs().get(type_.token, ()):
        holds_secret = _seal(request.object.fields, path)
        if holds_secret and len(path) > 1 and path[0] not in request.additionalSecretOutputs:
            request.additionalSecretOutputs.append(path[0])


def _seal(fields: Any, path: tuple[str, ...]) -> bool:
    """True if there is a secret at `path` now, or will be once it is known."""
    head, rest = path[0], path[1:]
    found = [_seal_value(fields[key], rest) for key in [name for name in fields if head in (name, "*")]]
    return any(found)


def _seal_value(value: Any, rest: tuple[str, ...]) -> bool:
    kind = value.WhichOneof("kind")
    if kind == "struct_value" and SIGNATURE in value.struct_value.fields:
        return bool(value.struct_value.fields[SIGNATURE].string_value == SECRET)
    if not rest:
        return _mark(value)
    if kind == "struct_value":
        return _seal(value.struct_value.fields, rest)
    if kind == "list_value" and rest[0] == "*":
        found = [_seal_value(item, rest[1:]) for item in value.list_value.values]
        return any(found)
    return False


def _mark(value: Any) -> bool:
    if value.WhichOneof("kind") in (None, "null_value"):
        return False
    if UNKNOWN in value.string_value:
        return True
    sealed = struct_pb2.Value()
    sealed.struct_value.fields[SIGNATURE].string_value = SECRET
    sealed.struct_value.fields["value"].CopyFrom(value)
    value.CopyFrom(sealed)
    return True
