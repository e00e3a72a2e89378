"""The shape of a model of an Azure SDK, whichever generator made it: its members, as they stand in JSON."""

from __future__ import annotations

import copy
import datetime
import decimal
import enum
import re
import sys
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SCALARS = {
    str: "text",
    int: "whole",
    float: "number",
    decimal.Decimal: "number",
    bool: "truth",
    bytes: "bytes",
    datetime.datetime: "moment",
    datetime.date: "day",
    datetime.time: "time",
    datetime.timedelta: "duration",
}
WRITTEN = {
    "str": "text",
    "int": "whole",
    "long": "whole",
    "float": "number",
    "decimal": "number",
    "bool": "truth",
    "bytearray": "bytes",
    "base64": "bytes",
    "iso-8601": "moment",
    "rfc-1123": "moment",
    "unix-time": "seconds",
    "date": "day",
    "time": "time",
    "duration": "duration",
    "object": "anything",
}
NAMED_ENUM = re.compile(r":vartype (\w+):\s+str\s+or\s+~[\w.]+\.(\w+)")


@dataclass(frozen=True)
class Scalar:
    """`words` are the values of an enum, () for any."""

    kind: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Several:
    """A list, or an object with any names where `keyed`."""

    of: Kind
    keyed: bool = False


@dataclass(frozen=True)
class Model:
    """`choices` are the classes that a discriminator chooses from, () where there is none."""

    cls: type
    choices: tuple[type, ...] = ()


Kind = Scalar | Several | Model


@dataclass(frozen=True)
class Member:
    """`path` are the names in the JSON of the model; more than one where the generator flattened objects."""

    path: tuple[str, ...]
    kind: Kind
    writable: bool
    required: bool


def members(cls: type) -> Iterator[Member]:
    """All members of a model in the order of its generator, inherited ones included."""
    return _mapped(cls) if hasattr(cls, "_attribute_map") else _declared(cls)


def read(cls: type, document: Mapping[str, Any]) -> Any:
    """The model, or that one of its subclasses which the document's discriminator names."""
    document = copy.deepcopy(document)  # the older generator's readers take discriminators out of it
    if hasattr(cls, "_attribute_map"):
        return cls.deserialize(document)  # type: ignore[attr-defined]
    return cls._deserialize(document, [])  # type: ignore[attr-defined]


def written(model: Any) -> Any:
    """The JSON of a model as its client would send it, with what it would leave out because it is read-only."""
    return model.serialize(keep_readonly=True) if hasattr(model, "_attribute_map") else model.as_dict()


def _declared(cls: type) -> Iterator[Member]:
    models = sys.modules[cls.__module__.rsplit(".", 1)[0]]
    seen: dict[str, tuple[Any, Any]] = {}
    for base in reversed(cls.__mro__):
        hints = _hints(base, models)
        for name, field in vars(base).items():
            if type(field).__name__ == "_RestField":
                seen[name] = (field, hints.get(name, Any))
    for name, (field, hint) in seen.items():
        optional = type(None) in typing.get_args(hint)
        path = (field._rest_name_input or name,)
        yield Member(path, _kind(hint, field._format), field._visibility != ["read"], not optional)


def _hints(base: type, models: Any) -> dict[str, Any]:
    if "__annotations__" not in vars(base) or base.__module__ == "builtins":
        return {}
    own = types.SimpleNamespace(__annotations__=vars(base)["__annotations__"])
    return typing.get_type_hints(own, {**vars(sys.modules[base.__module__]), "_models": models})


def _kind(hint: Any, format: str | None) -> Kind:
    options = [each for each in typing.get_args(hint) if each is not type(None)]
    origin = typing.get_origin(hint)
    if origin is typing.Literal:
        return Scalar("text", tuple(getattr(each, "value", each) for each in options))
    if origin in (typing.Union, types.UnionType):
        enums = [each for each in options if isinstance(each, type) and issubclass(each, enum.Enum)]
        return _kind((enums or options)[0], format)
    if origin is list:
        return Several(_kind(options[0], format))
    if origin is dict:
        return Several(_kind(options[1], format), keyed=True)
    if not isinstance(hint, type):
        return Scalar("anything")
    if issubclass(hint, enum.Enum):
        return Scalar("text", tuple(each.value for each in hint))
    if hint in SCALARS:
        return Scalar("seconds" if format == "unix-timestamp" else SCALARS[hint])
    return Model(hint, _subclasses(hint)) if hasattr(hint, "_deserialize") else Scalar("anything")


def _subclasses(cls: type) -> tuple[type, ...]:
    """The leaves below a class that has a discriminator, itself left out."""
    below = vars(cls).get("__mapping__") or {}
    return tuple(leaf for each in below.values() for leaf in (_subclasses(each) or (each,)))


def _mapped(cls: Any) -> Iterator[Member]:
    models = sys.modules[cls.__module__.rsplit(".", 1)[0]]
    words = dict(NAMED_ENUM.findall(cls.__doc__ or ""))
    for name, entry in cls._attribute_map.items():
        rule = cls._validation.get(name, {})
        path = tuple(part.replace("\\", "") for part in re.split(r"(?<!\\)\.", entry["key"]))
        kind = _mapped_kind(entry["type"], models)
        fixed = _discriminated(cls, name)
        if fixed:
            kind = Scalar("text", fixed)
        elif kind == Scalar("text") and isinstance(getattr(models, words.get(name, ""), None), type):
            kind = Scalar("text", tuple(each.value for each in getattr(models, words[name])))
        if entry["key"] != "":
            yield Member(path, kind, not rule.get("readonly"), bool(rule.get("required")))


def _mapped_kind(text: str, models: Any) -> Kind:
    if text[0] in "[{":
        return Several(_mapped_kind(text[1:-1], models), keyed=text[0] == "{")
    if text in WRITTEN:
        return Scalar(WRITTEN[text])
    cls = getattr(models, text)
    if issubclass(cls, enum.Enum):
        return Scalar("text", tuple(each.value for each in cls))
    return Model(cls, tuple(_mapped_leaves(cls, models)))


def _mapped_leaves(cls: Any, models: Any) -> Iterator[type]:
    for below in vars(cls).get("_subtype_map", {}).values():
        for name in below.values():
            own = getattr(models, name)
            yield from tuple(_mapped_leaves(own, models)) or (own,)


def _discriminated(cls: Any, name: str) -> tuple[str, ...]:
    """The one value of the discriminator `name` that leads to this class."""
    for base in cls.__mro__[1:]:
        below = vars(base).get("_subtype_map", {}).get(name, {})
        own = tuple(value for value, called in below.items() if called == cls.__name__)
        if own:
            return own
    return ()
