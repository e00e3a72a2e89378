"""ARM resource ids. Every comparison ignores case; the casing that was given is kept for showing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

RESOURCE_GROUP_TYPE = "Microsoft.Resources/resourceGroups"
NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
"""Stands for the subscription where a program is read and none is known yet."""
SUBSCRIPTION_TYPE = "Microsoft.Resources/subscriptions"
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""The id of a tenant, a subscription, or somebody in the directory; to be matched in full."""


@dataclass(frozen=True, eq=False)
class ArmId:
    """One parsed ARM id.

    `segments` are the path's parts without empty ones. Ids are equal when they differ only in case.
    Source: ids are case-insensitive in every segment (Azure Resource Manager, resource-name-rules).
    """

    segments: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> ArmId:
        """The id in `text`; `//` is read as `/`. Raises ValueError where a type has no name or a name no type."""
        segments = tuple(part for part in text.split("/") if part)
        found = cls(segments)
        found._pairs  # noqa: B018 - parses, and raises on a malformed id
        return found

    @cached_property
    def text(self) -> str:
        """The id with canonical `/subscriptions/…/resourceGroups/…/providers/…` keywords, names as given."""
        keywords = {"subscriptions": "subscriptions", "resourcegroups": "resourceGroups", "providers": "providers"}
        parts = list(self.segments)
        for index in (0, 2, 4):
            if index < len(parts) and parts[index].lower() in keywords:
                parts[index] = keywords[parts[index].lower()]
        return "/" + "/".join(parts)

    @cached_property
    def key(self) -> str:
        """Lower-case text: what to compare and to index by."""
        return self.text.lower()

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ArmId) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @cached_property
    def _last_providers(self) -> int:
        lowered = [part.lower() for part in self.segments]
        return len(lowered) - 1 - lowered[::-1].index("providers") if "providers" in lowered else -1

    @cached_property
    def _pairs(self) -> tuple[tuple[str, str], ...]:
        """(type, name) pairs behind the last `providers`, or of the subscription and resource group."""
        if self._last_providers < 0:
            parts = self.segments
            kinds = ("subscriptions", "resourcegroups")
            pairs = tuple(zip(parts[::2], parts[1::2], strict=False))
            well_formed = len(parts) % 2 == 0 and 0 < len(pairs) <= len(kinds)
            if not well_formed or any(pair[0].lower() != kind for pair, kind in zip(pairs, kinds, strict=False)):
                raise ValueError(f"not an ARM resource id: /{'/'.join(parts)}")
            return pairs
        rest = self.segments[self._last_providers + 2 :]
        if not rest or len(rest) % 2:
            raise ValueError(f"not an ARM resource id: /{'/'.join(self.segments)}")
        return tuple(zip(rest[::2], rest[1::2], strict=True))

    @cached_property
    def type(self) -> str:
        """ARM type such as `Microsoft.Network/virtualNetworks/subnets`, in the id's own casing."""
        if self._last_providers < 0:
            return RESOURCE_GROUP_TYPE if len(self._pairs) == 2 else SUBSCRIPTION_TYPE
        return "/".join((self.segments[self._last_providers + 1], *(kind for kind, _ in self._pairs)))

    @property
    def name(self) -> str:
        """The last name."""
        return self._pairs[-1][1]

    @property
    def names(self) -> tuple[str, ...]:
        """All names behind the last `providers`, outermost first."""
        return tuple(name for _, name in self._pairs)

    def _after(self, keyword: str, index: int) -> str | None:
        if len(self.segments) > index + 1 and self.segments[index].lower() == keyword:
            return self.segments[index + 1]
        return None

    @property
    def subscription(self) -> str | None:
        return self._after("subscriptions", 0)

    @property
    def resource_group(self) -> str | None:
        return self._after("resourcegroups", 2)

    @property
    def resource_group_id(self) -> ArmId | None:
        return ArmId(self.segments[:4]) if self.resource_group else None

    @property
    def scope(self) -> ArmId | None:
        """What this id hangs on: everything before the last `providers`; None at the root."""
        if self._last_providers == 0:
            return None
        if self._last_providers < 0:
            return ArmId(self.segments[:2]) if len(self.segments) == 4 else None
        return ArmId(self.segments[: self._last_providers])

    @property
    def parent(self) -> ArmId | None:
        """The enclosing resource of a child type, else the scope."""
        if len(self._pairs) > 1 and self._last_providers >= 0:
            return ArmId(self.segments[:-2])
        return self.scope

    def child(self, kind: str, name: str) -> ArmId:
        return ArmId((*self.segments, kind, name))

    def extension(self, arm_type: str, name: str) -> ArmId:
        """`…/providers/{arm_type}/{name}` on this id."""
        return ArmId((*self.segments, "providers", *arm_type.split("/"), name))

    def is_within(self, other: ArmId) -> bool:
        """True for `other` itself and everything below it."""
        return self.key == other.key or self.key.startswith(other.key + "/")


def id_in(text: str) -> ArmId | None:
    """The ARM id in `text`; None where there is none."""
    try:
        return ArmId.parse(text)
    except ValueError:
        return None


def key_of(text: str) -> str:
    """What to compare `text` by: the key of its ARM id, its lower case where it has none."""
    found = id_in(text)
    return found.key if found is not None else text.lower()
