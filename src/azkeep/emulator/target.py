"""What the path of a request names: a resource, a collection of one type, or an action.

Source: URL shapes of Azure Resource Manager; an extension is found behind the last `/providers/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import unquote

from azkeep.model.ids import ArmId


@dataclass(frozen=True)
class Target:
    """A parsed path. `scope` is what stands before the last `providers`, `rest` what stands behind it.

    Without `providers` all segments are in `scope` and `rest` is None.
    """

    scope: tuple[str, ...]
    rest: tuple[str, ...] | None

    @cached_property
    def lowered(self) -> tuple[str, ...]:
        """All segments in lower case."""
        middle = () if self.rest is None else ("providers", *self.rest)
        return tuple(part.lower() for part in (*self.scope, *middle))

    @cached_property
    def subscription(self) -> str | None:
        """The subscription named in the path."""
        return self.scope[1] if len(self.scope) > 1 and self.lowered[0] == "subscriptions" else None

    @cached_property
    def has_scope(self) -> bool:
        """True where what stands before the last `providers` is nothing or an id, as it has to be."""
        if self.rest is None or not self.scope:
            return True
        try:
            ArmId.parse("/".join(self.scope))
        except ValueError:
            return False
        return True

    @cached_property
    def namespace(self) -> str | None:
        return self.rest[0] if self.rest else None

    @cached_property
    def resource(self) -> ArmId | None:
        """The id, if the path names one resource."""
        if self.rest is None:
            whole = len(self.scope) in (2, 4) and self.lowered[0] == "subscriptions"
            return ArmId(self.scope) if whole and (len(self.scope) == 2 or self._has_group) else None
        if len(self.rest) < 3 or len(self.rest) % 2 == 0:
            return None
        return ArmId((*self.scope, "providers", *self.rest))

    @cached_property
    def collection(self) -> tuple[ArmId | None, str] | None:
        """(id of the scope or parent, ARM type), if the path ends in a type; None for id at the tenant."""
        if self.rest is None or len(self.rest) < 2 or len(self.rest) % 2:
            return None
        type_ = "/".join((self.rest[0], *self.rest[1::2]))
        if len(self.rest) == 2:
            return (ArmId(self.scope) if self.scope else None), type_
        return ArmId((*self.scope, "providers", *self.rest[:-1])), type_

    @cached_property
    def action(self) -> tuple[ArmId, str] | None:
        """(id of the resource, name of the action), for a POST."""
        if self.rest is None:
            named = len(self.scope) == 5 and self._has_group
            return (ArmId(self.scope[:4]), self.scope[4]) if named else None
        if len(self.rest) < 4 or len(self.rest) % 2:
            return None
        return ArmId((*self.scope, "providers", *self.rest[:-1])), self.rest[-1]

    @property
    def _has_group(self) -> bool:
        return len(self.lowered) > 2 and self.lowered[2] == "resourcegroups"


def _segments(path: str) -> list[str]:
    """The parts of a percent-encoded path; a part that decodes to a whole scope is split again, empty ones go."""
    found: list[str] = []
    for part in path.split("/"):
        found.extend(inner for inner in unquote(part).split("/") if inner)
    return found


@lru_cache(maxsize=4096)
def parse(path: str) -> Target:
    """The target of a percent-encoded path, `//` and any case accepted."""
    parts = _segments(path)
    lowered = [part.lower() for part in parts]
    if "providers" not in lowered:
        return Target(tuple(parts), None)
    last = len(lowered) - 1 - lowered[::-1].index("providers")
    return Target(tuple(parts[:last]), tuple(parts[last + 1 :]))
