"""What a picture is made of: resources in frames in zones, and which of many are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from azkeep.render.topology.exposure import Exposure

MOST, MOST_MARKED = 48, 96
"""Resources drawn in one box, and where so many have findings or ways in; those without are left out first."""
MOST_BOXES, MOST_MARKED_BOXES = 12, 40
"""Boxes drawn in one zone, likewise."""
PLAIN = frozenset({"private", "identity"})
"""Marks that are no finding."""


@dataclass(frozen=True)
class Node:
    """One drawn resource. `marks` are words, worst first; `exposures` are its ways in from the internet."""

    key: str
    name: str
    kind: str
    marks: tuple[str, ...] = ()
    exposures: tuple[Exposure, ...] = ()

    @property
    def rank(self) -> int:
        """0 for what is open or missing, 1 for another finding, 2 for what nothing is to be said of."""
        if self.exposures or "missing" in self.marks:
            return 0
        return 2 if set(self.marks) <= PLAIN else 1


@dataclass(frozen=True)
class Box:
    """A frame around resources. `node` is what the frame itself stands for, such as a subnet; None for a mere frame.
    `rest` are resources that did not fit."""

    title: str
    nodes: tuple[Node, ...]
    node: Node | None = None
    rest: tuple[Node, ...] = ()

    @property
    def all(self) -> tuple[Node, ...]:
        return (*((self.node,) if self.node else ()), *self.nodes, *self.rest)

    @property
    def rank(self) -> int:
        """As bad as the worst in it."""
        return min((node.rank for node in self.all), default=2)


@dataclass(frozen=True)
class Zone:
    title: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Topology:
    """Zones from the outside in, without empty ones. `parts` counts what stands in no zone of its own, such as role
    assignments: its findings show on what it hangs on."""

    zones: tuple[Zone, ...]
    parts: int = 0

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every resource of the picture, with those that did not fit."""
        return tuple(node for zone in self.zones for box in zone.boxes for node in box.all)


def folded(boxes: tuple[Box, ...]) -> tuple[Box, ...]:
    """`boxes` in their order, those that nothing is to be said of first left out where they are many, and counted."""
    marked = sum(box.rank < 2 for box in boxes)
    room = max(MOST_BOXES, min(marked, MOST_MARKED_BOXES))
    kept = frozenset(sorted(range(len(boxes)), key=lambda number: boxes[number].rank)[:room])
    rest = [box for number, box in enumerate(boxes) if number not in kept]
    if not rest:
        return boxes
    plain = "" if any(box.rank < 2 for box in rest) else ", without a finding or a way in"
    words = f"{len(rest)} more networks and subnets{plain}"
    drawn = tuple(box for number, box in enumerate(boxes) if number in kept)
    return (*drawn, Box(words, (), rest=tuple(node for box in rest for node in box.all)))


def chosen(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Those of a box that are drawn, in their order."""
    room = max(MOST, min(sum(node.rank < 2 for node in nodes), MOST_MARKED))
    kept = frozenset(sorted(range(len(nodes)), key=lambda number: nodes[number].rank)[:room])
    return tuple(node for number, node in enumerate(nodes) if number in kept)
