"""What ARM says of a body that its service cannot read into its own classes.

The words, paths and positions are those of the JSON reader that the services share; positions count in compact JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get, put, remove, split
from azkeep.types.resource_type import ResourceType
from azkeep.types.validation import WrongValue, as_spelled, wrong_tags, wrong_values

_CLASSES = {
    "string": "System.String",
    "integer": "System.Int32",
    "number": "System.Double",
    "boolean": "System.Boolean",
    "array": "System.Collections.Generic.List",
}
_DEFINITION = {
    name.lower(): name
    for name in (
        *("id", "name", "type", "apiVersion", "etag", "systemData", "location", "extendedLocation", "tags", "zones"),
        *("placement", "plan", "sku", "kind", "scale", "identity", "managedBy", "managedByExtended", "properties"),
    )
}
"""Lower-case member of ARM's own class for a resource with a location → the member."""
_QUOTED = re.compile(r"[\s.'\"/\[\]()]")


def as_defined(type_: ResourceType, sent: Body) -> Body:
    """`sent` with the members of a resource with a location as ARM spells them. Raises ArmFault for one it has not."""
    if not type_.tracked or type_.arm_type.startswith("Microsoft.Resources/"):
        return sent
    for name, value in sent.items():
        if name.lower() not in _DEFINITION:
            raise no_member(sent, (name,), "ResourceDefinition", beyond=_token(value))
    return {_DEFINITION[name.lower()]: value for name, value in sent.items()}


def no_member(sent: Body, parts: tuple[str, ...], class_: str, *, beyond: int = 0) -> ArmFault:
    """The refusal of `sent` for the member at `parts`, which ARM's own `class_` has not.

    The reader stands at the member's value, or so many characters `beyond` where its start has been read.
    """
    problem = f"Could not find member '{parts[-1]}' on object of type '{class_}'."
    return _not_read(problem, _path(sent, parts), _start(sent, parts) + beyond)


def check_values(type_: ResourceType, sent: Body) -> None:
    """Raises ArmFault for the first value of `sent` of another JSON kind than its property's, or outside its enum.

    Where the type's service has classes of its own, ARM has read all but `properties` before the service reads that.
    """
    wrong = list(wrong_values(type_, sent))
    if type_.classes:
        wrong.sort(key=_in_properties)
    for each in wrong[:1]:
        classes = type_.classes if _in_properties(each) else ""
        raise unreadable(each, sent, secret=_is_secret(type_, each.pointer), classes=classes)


def _in_properties(wrong: WrongValue) -> bool:
    return split(wrong.pointer)[0].lower() == "properties"


def as_read(type_: ResourceType, sent: Body) -> Body:
    """`sent` as the type's service reads it: members in any case, values of the wrong kind where it does."""
    sent = as_spelled(type_, sent)
    for pointer, kind in type_.read_as.items():
        found = get(sent, pointer)
        if kind == "texts" and isinstance(found, Mapping):
            sent = put(sent, pointer, {name: _text(value) for name, value in found.items()})
        elif kind == "truth" and isinstance(found, str) and found.lower() in ("true", "false"):
            sent = put(sent, pointer, found.lower() == "true")
        elif (kind == "unset" and found == "") or (kind == "disabled" and _is_disabled(found)):
            sent = remove(dict(sent), pointer)
    return sent


def _is_disabled(value: Any) -> bool:
    return isinstance(value, Mapping) and str(value.get("status", "")).lower() == "disabled"


def _text(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, bool | int | float) else value


def check_tags(sent: Body) -> None:
    """Raises ArmFault for the first tag in the body of a request for tags alone whose value is no string."""
    wrong = next(wrong_tags(sent), None)
    if wrong is not None:
        raise unreadable(wrong, sent)


def unreadable(wrong: WrongValue, sent: Body, *, secret: bool = False, classes: str = "") -> ArmFault:
    """The refusal of `sent` for its value `wrong`; a secret value is not repeated.

    With the namespace of its `classes` it is the service that refuses, and ARM otherwise.
    """
    parts = split(wrong.pointer)
    path = _path(sent, parts)
    position = _start(sent, parts) + _token(wrong.value)
    if isinstance(wrong.value, Mapping | list):
        opening = "{" if isinstance(wrong.value, Mapping) else "["
        problem = f"Unexpected character encountered while parsing value: {opening}."
    else:
        shown = '"***"' if secret else _shown(wrong.value)
        problem = f"Error converting value {shown} to type '{_class(wrong, parts, classes)}'."
    if classes:
        details = ({"code": "InvalidJson", "message": f"{problem} {_at(path, position)}"},)
        return ArmFault(400, "InvalidRequestFormat", "Cannot parse the request.", details=details)
    return _not_read(problem, path, position)


def _not_read(problem: str, path: str, position: int) -> ArmFault:
    text = f"The request content was invalid and could not be deserialized: '{problem} {_at(path, position)}'."
    return ArmFault(400, "InvalidRequestContent", text, target=path)


def _at(path: str, position: int) -> str:
    return f"Path '{path}', line 1, position {position}."


def _token(value: Any) -> int:
    """Characters of the first token of `value`."""
    return 1 if isinstance(value, Mapping | list) else len(_compact(value))


def _class(wrong: WrongValue, parts: tuple[str, ...], classes: str) -> str:
    """The class that the value should become: most enums and objects are called as their property."""
    if not wrong.allowed and wrong.expected in _CLASSES:
        return _CLASSES[wrong.expected]
    name = next((part for part in reversed(parts) if not part.isdigit()), "object")
    if not classes:
        return name[:1].upper() + name[1:]
    if name.lower().endswith("ipallocationmethod"):
        name = "IpAllocationMethod"
    return f"{classes}.{name[:1].upper()}{name[1:]}"


def _is_secret(type_: ResourceType, pointer: str) -> bool:
    """True where the value is, holds or lies in what the type calls secret."""
    parts = split(pointer.lower())
    patterns = (split(each.lower()) for each in type_.secrets)
    return any(all(want in ("*", part) for want, part in zip(pattern, parts, strict=False)) for pattern in patterns)


def _shown(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _path(document: Any, parts: tuple[str, ...]) -> str:
    text = ""
    for part in parts:
        if isinstance(document, list):
            text, document = f"{text}[{part}]", document[int(part)]
            continue
        document = document[part]
        quoted = part.replace("\\", "\\\\").replace("'", "\\'")
        text += f"['{quoted}']" if _QUOTED.search(part) else f".{part}" if text else part
    return text


def _start(document: Any, parts: tuple[str, ...]) -> int:
    """Characters before the value at `parts` in compact JSON."""
    if not parts:
        return 0
    head, rest = parts[0], parts[1:]
    offset = 1
    if isinstance(document, list):
        offset += sum(len(_compact(item)) + 1 for item in document[: int(head)])
        return offset + _start(document[int(head)], rest)
    for key, value in document.items():
        offset += len(_compact(key)) + 1
        if key == head:
            break
        offset += len(_compact(value)) + 1
    return offset + _start(document[head], rest)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
