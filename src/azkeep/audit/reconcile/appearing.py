"""A service begins to answer a property that only it can write, such as a new endpoint address.

Nobody can have changed what nobody can write. What was recorded and then changed is still shown, and so is a property
that the type does not know at all. Source: `read_only` of each type, and outputs of azure-native that are no inputs.
"""

from azkeep.model.plan import Change
from azkeep.model.value import Body, split
from azkeep.types.members import Member, inputs_of, outputs_of
from azkeep.types.resource_type import ResourceType


def has_appeared(change: Change, recorded: Body, live: Body, type_: ResourceType | None) -> bool:
    """True if the property was not recorded, is there now, and cannot be written by a client."""
    if type_ is None or change.before is not None:
        return False
    return is_read_only(type_, change.path, live)


def is_read_only(type_: ResourceType, pointer: str, document: Body) -> bool:
    """True if only the service writes what `pointer` names: by the type's list, or as an output that is no input."""
    path = split(pointer)
    if any(_covers(split(listed), path) for listed in type_.read_only):
        return True
    return _known(path, tuple(outputs_of(type_, document))) and not _known(path, tuple(inputs_of(type_, document)))


def _known(path: tuple[str, ...], members: tuple[Member, ...]) -> bool:
    lowered = tuple(part.lower() for part in path)
    return any(member.known and tuple(part.lower() for part in member.path) == lowered for member in members)


def _covers(listed: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """True if `path` lies at or below `listed`, whose `*` stands for any part."""
    matches = (want in ("*", part) or want.lower() == part.lower() for want, part in zip(listed, path, strict=False))
    return len(listed) <= len(path) and all(matches)
