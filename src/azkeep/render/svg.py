"""SVG: the topology of a program or of an audited estate alone, and of anything else its one-line summary."""

from __future__ import annotations

from azkeep.errors import AzkeepError
from azkeep.model.drift import Audit
from azkeep.model.report import Declared, Header, Report
from azkeep.render.page.markup import Markup, tag
from azkeep.render.topology.drawing import picture
from azkeep.render.topology.frames import Topology
from azkeep.render.topology.style import PICTURE, colours
from azkeep.render.topology.things import of_declared, of_documents
from azkeep.render.topology.zones import topology
from azkeep.render.values import stamp
from azkeep.render.view import View


def report(report: Report, view: View) -> str:
    """The picture as a document of its own; results that hold no resources give a picture that says so."""
    found = drawn(report.result)
    if found is None:
        return f"{_words('There is nothing to draw in this result.')}\n"
    return f"{picture(found, alone=True, title=_title(report))}\n"


def failure(failed: AzkeepError, header: Header, view: View) -> str:
    """A picture of the first sentence alone."""
    return f"{_words(failed.summary)}\n"


def drawn(result: object) -> Topology | None:
    """The topology of a result, None where it holds no documents."""
    if isinstance(result, Declared):
        return topology(of_declared(result.resources))
    if isinstance(result, Audit) and result.documents:
        return topology(of_documents(result.documents), result.drifts, of_documents(result.gone))
    return None


def _title(report: Report) -> str:
    """The stack, and of an estate when it was looked at: the picture of a program is the same on every day."""
    header = report.header
    stack = "/".join(part for part in (header.stack or "", header.env or "") if part)
    at = stamp(header.started_at) if isinstance(report.result, Audit) else None
    return " · ".join(part for part in (stack, at or "") if part)


def _words(words: str) -> Markup:
    size = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 1080 60", "class": "picture"}
    style = tag("style", {}, Markup(colours(".picture") + PICTURE))
    ground = tag("rect", {"class": "ground", "width": 1080, "height": 60})
    return tag("svg", size, style, ground, tag("text", {"x": 16, "y": 34}, words))
