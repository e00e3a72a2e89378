"""A service begins, or ceases, to say what it had always assumed: a property at its default appears or goes.

Source: the defaults of each type in `types/`, and what it assumes without a word, each with its own source.
"""

from azkeep.model.plan import Change
from azkeep.model.value import Body, leaves, split
from azkeep.types.resource_type import ResourceType

_NOTHING = object()


def is_default(change: Change, recorded: Body, live: Body, type_: ResourceType | None) -> bool:
    """True if one side lacks the property and the other has its default, or nothing but defaults below it."""
    if type_ is None or (change.before is None) == (change.after is None):
        return False
    present = change.after if change.before is None else change.before
    defaults = {_key(pointer): value for pointer, value in (*type_.defaults.items(), *type_.assumed.items())}
    if _same(defaults.get(_key(change.path), _NOTHING), present):
        return True
    found = [(_key(f"{change.path}{pointer}"), value) for pointer, value in leaves(present)]
    return bool(found) and all(key in defaults and _same(defaults[key], value) for key, value in found)


def _key(pointer: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in split(pointer))


def _same(default: object, value: object) -> bool:
    return default == value or (isinstance(default, str) and default.lower() == str(value).lower())
