"""The picture as SVG: the internet at the left, zones from the outside in, a red line for every way in.

Each way runs in a lane of its own above the row that its target stands in, so that no line crosses a resource or
another line: of one row, the target farthest right has the highest lane.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from azkeep.render.page.markup import Markup, joined, tag
from azkeep.render.text.line import counted
from azkeep.render.topology.exposure import Exposure
from azkeep.render.topology.frames import PLAIN, Box, Node, Topology, Zone
from azkeep.render.topology.style import PICTURE, colours
from azkeep.render.topology.words import LEGEND
from azkeep.render.values import clean

WIDTH = 1080
STRIP = 96
"""Width of the internet at the left."""
COLUMNS = 4
CARD_WIDTH, CARD_HEIGHT, GAP, LANE = 218, 64, 12, 19
HEAD, FOOT = 28, 42
"""Room for the title and the legend of a picture that stands alone."""
LEFT = STRIP + 34
"""Where cards begin."""
NAME_LENGTH, KIND_LENGTH, TITLE_LENGTH = 27, 32, 128
STYLES = {"missing": "bad", "public": "bad", "unmanaged": "odd", "unread": "warn", "drift": "warn"}


@dataclass
class _Canvas:
    """What is drawn so far, and how far down; `ways` and their labels are drawn last, above all else."""

    y: float = 12
    below: list[Markup] = field(default_factory=list)
    shapes: list[Markup] = field(default_factory=list)
    ways: list[Markup] = field(default_factory=list)
    labels: list[Markup] = field(default_factory=list)


def picture(found: Topology, *, alone: bool = False, title: str = "") -> Markup:
    """The drawing. `alone` makes it a document of its own, with its colours, its name space, `title` and legend."""
    canvas = _Canvas()
    for zone in found.zones:
        _zone(zone, canvas)
    height = max(canvas.y, 120)
    head, foot = (HEAD, FOOT) if alone else (0, 0)
    style = joined(tag("style", {}, Markup(colours(".picture") + PICTURE))) if alone else Markup("")
    ground = tag("rect", {"class": "ground", "y": -head, "width": WIDTH, "height": f"{height + head + foot:g}"})
    is_audited = any(set(node.marks) - {*PLAIN, "public"} for node in found.nodes)
    legend = LEGEND if is_audited else LEGEND[1:]
    around = [ground, *_around(title, legend, height)] if alone else []
    attributes = {
        "class": "picture",
        "xmlns": "http://www.w3.org/2000/svg" if alone else None,
        "viewBox": f"0 {-head} {WIDTH} {height + head + foot:g}",
        "width": WIDTH if alone else None,
        "height": f"{height + head + foot:g}" if alone else None,
        "role": "img",
        "aria-label": described(found),
    }
    strip = _internet(bool(canvas.ways), height)
    return tag("svg", attributes, style, around, strip, canvas.below, canvas.shapes, canvas.ways, canvas.labels)


def _around(title: str, legend: Sequence[str], height: float) -> Iterator[Markup]:
    """The title above, the legend below."""
    yield _text(8, -8, _cut(title, TITLE_LENGTH), "zone-title")
    for number, words in enumerate(legend):
        yield _text(8, height + 12 + 16 * number, words, "kind")


def described(found: Topology) -> str:
    """The picture in a sentence."""
    ways = sum(len(node.exposures) for node in found.nodes)
    zones = ", ".join(zone.title.lower() for zone in found.zones) or "nothing to draw"
    return f"Topology: {zones}. {counted(ways, 'path')} from the internet."


def _internet(is_open: bool, height: float) -> Markup:
    rect = {"class": "internet" if is_open else "internet closed", "x": 8, "y": 12, "rx": 8}
    words = ("no path in",) if not is_open else ()
    lines = [_text(8 + (STRIP - 16) / 2, 36, "Internet", "zone-title", anchor="middle")]
    lines += [_text(8 + (STRIP - 16) / 2, 54, word, "kind", anchor="middle") for word in words]
    return joined(tag("rect", {**rect, "width": STRIP - 16, "height": height - 24}), lines)


def _zone(zone: Zone, canvas: _Canvas) -> None:
    top = canvas.y
    canvas.shapes.append(_text(LEFT - 8, top + 22, zone.title, "zone-title"))
    canvas.y += 32
    for box in zone.boxes:
        _box(box, canvas)
    frame = {"class": "zone", "x": STRIP + 8, "y": top, "rx": 8, "width": WIDTH - STRIP - 16}
    canvas.below.append(tag("rect", {**frame, "height": round(canvas.y - top, 1)}))
    canvas.y += 12


def _box(box: Box, canvas: _Canvas) -> None:
    ways = box.node.exposures if box.node else ()
    _lanes([(_first(number), way) for number, way in enumerate(ways)], canvas)
    top = canvas.y
    if box.title:
        canvas.shapes.append(_text(LEFT, top + 18, _cut(box.title, TITLE_LENGTH), "frame-title"))
        canvas.y += 26
        if box.node and box.node.marks:
            _marks(box.node.marks, LEFT, canvas.y, canvas)
            canvas.y += 22
    for row in _rows(box.nodes):
        _row(row, canvas)
    if box.rest:
        words = f"and {counted(len(box.rest), 'more resource')}"
        marked = sum(node.rank < 2 for node in box.rest)
        words += f", {marked} of them with findings or open" if marked else ""
        canvas.shapes.append(_text(LEFT, canvas.y + 12, words, "kind"))
        canvas.y += 22
    if box.title:
        state = _state(box.node.marks) if box.node else ""
        shape = {"class": f"frame {state}".strip(), "x": LEFT - 8, "y": top, "rx": 6, "width": WIDTH - LEFT - 8}
        canvas.shapes.append(tag("rect", {**shape, "height": round(canvas.y - top, 1)}))
        canvas.y += 10


def _rows(nodes: Sequence[Node]) -> Iterator[Sequence[Node]]:
    for first in range(0, len(nodes), COLUMNS):
        yield nodes[first : first + COLUMNS]


def _row(row: Sequence[Node], canvas: _Canvas) -> None:
    places = [LEFT + number * (CARD_WIDTH + GAP) for number in range(len(row))]
    targets = [
        (_first(number) if x == LEFT else x + 18 + 16 * number, way)
        for x, node in zip(places, row, strict=True)
        for number, way in enumerate(node.exposures)
    ]
    _lanes(targets, canvas)
    for x, node in zip(places, row, strict=True):
        _card(node, x, canvas)
    canvas.y += CARD_HEIGHT + GAP


def _first(number: int) -> float:
    """Where a way ends in the first column: at the right of it, so that its line stays clear of the words of others."""
    return LEFT + CARD_WIDTH - 18 - 16 * number


def _lanes(targets: Sequence[tuple[float, Exposure]], canvas: _Canvas) -> None:
    """One line for each way in, from the internet to the top of its target, which stands below all lanes."""
    bottom = canvas.y + LANE * len(targets) + (8 if targets else 0)
    for number, (x, way) in enumerate(sorted(targets, key=lambda each: -each[0])):
        y = canvas.y + LANE * (number + 1)
        canvas.ways.append(tag("path", {"class": "way", "d": f"M{STRIP - 8} {y:g}H{x:g}V{bottom - 3:g}"}))
        canvas.ways.append(tag("path", {"class": "tip", "d": f"M{x - 4.5:g} {bottom - 8:g}h9l-4.5 8z"}))
        canvas.labels.append(_text(STRIP + 14, y - 4, _cut(f"{way.rule}  {way.words}", 120), "way-words"))
    canvas.y = bottom


def _card(node: Node, x: float, canvas: _Canvas) -> None:
    y = canvas.y
    state = _state(node.marks)
    rect = tag(
        "rect",
        {"class": f"card {state}".strip(), "x": x, "y": y, "rx": 6, "width": CARD_WIDTH, "height": CARD_HEIGHT},
    )
    name = _text(
        x + 10, y + 18, _shortened(node.name, NAME_LENGTH), "name missing-name" if state == "missing" else "name"
    )
    kind = _text(x + 10, y + 34, _cut(node.kind, KIND_LENGTH), "kind")
    title = tag("title", {}, f"{node.name}: {node.kind}{'; ' if node.marks else ''}{', '.join(node.marks)}")
    canvas.shapes.append(tag("g", {}, title, rect, name, kind))
    _marks(node.marks, x + 8, y + 42, canvas)


def _state(marks: Iterable[str]) -> str:
    """What the outline says: the first of the marks that is about the audit."""
    words = (mark.split()[0] for mark in marks)
    return next((word for word in words if word in ("missing", "unmanaged", "unread", "drift")), "")


def _marks(marks: Iterable[str], x: float, y: float, canvas: _Canvas) -> None:
    for mark in marks:
        width = 9 + 5.6 * len(mark)
        style = STYLES.get(mark.split()[0], "")
        shape = {"class": f"mark {style}".strip(), "x": round(x, 1), "y": y, "rx": 7, "width": round(width, 1)}
        canvas.shapes.append(tag("rect", {**shape, "height": 15}))
        canvas.shapes.append(_text(x + width / 2, y + 11, mark, "mark-word", anchor="middle"))
        x += width + 3


def _text(x: float, y: float, words: str, style: str, *, anchor: str | None = None) -> Markup:
    return tag("text", {"class": style, "x": round(x, 1), "y": round(y, 1), "text-anchor": anchor}, words)


def _shortened(name: str, length: int) -> str:
    """A name without its middle: long names often differ in their ends."""
    shown = clean(name)
    half = length // 2
    return shown if len(shown) <= length else f"{shown[:half]}…{shown[half + 1 - length :]}"


def _cut(words: str, length: int) -> str:
    shown = clean(words)
    return shown if len(shown) <= length else f"{shown[: length - 1]}…"
