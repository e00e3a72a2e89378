"""A service begins, or ceases, to say what it had always assumed: a property at its default appears or goes.

Source: the defaults of each type in `types/`, and what it assumes without a word, each with its own source.
"""

from collections.abc import Mapping

from azkeep.model.plan import Change
from azkeep.model.value import Body, leaves, split
from azkeep.types.resource_type import ResourceType

_NOTHING = object()


def is_default(change: Change, recorded: Body, live: Body, type_: ResourceType | None) -> bool:
    """True if one side lacks the property and the other has its default, or nothing but defaults below it."""
    if type_ is None or (change.before is None) == (change.after is None):
        return False
    present = change.after if change.before is None else change.before
    defaults = {_key(pointer): value for pointer, value in type_.defaults.items()}
    if _same(defaults.get(_key(change.path), _NOTHING), present) or _is_assumed(type_, _key(change.path), present):
        return True
    found = [(_key(f"{change.path}{pointer}"), value) for pointer, value in leaves(present)]
    return bool(found) and all(key in defaults and _same(defaults[key], value) for key, value in found)


def _is_assumed(type_: ResourceType, path: tuple[str, ...], present: object) -> bool:
    """True for a value that the type takes for nothing: a list of them too, as they come and go together."""
    if isinstance(present, list) and present:
        return all(_is_assumed(type_, (*path, str(index)), item) for index, item in enumerate(present))
    return any(
        len(wanted := _key(pointer)) == len(path)
        and all(part in ("*", here) for part, here in zip(wanted, path, strict=True))
        and _holds(value, present)
        for pointer, value in type_.assumed.items()
    )


def _holds(wanted: object, value: object) -> bool:
    if isinstance(wanted, Mapping) and isinstance(value, Mapping):
        return all(_same(item, value.get(name)) for name, item in wanted.items())
    return _same(wanted, value)


def _key(pointer: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in split(pointer))


def _same(default: object, value: object) -> bool:
    return default == value or (isinstance(default, str) and default.lower() == str(value).lower())
