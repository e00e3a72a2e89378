"""HTML: one page that stands alone. It has no scripts, asks nothing of any server, and prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from azkeep import __version__
from azkeep.errors import AzkeepError
from azkeep.model.drift import Audit
from azkeep.model.finding import Checked
from azkeep.model.lineage import Lineage
from azkeep.model.plan import Plan
from azkeep.model.report import Declared, Header, Nothing, Report, Schema
from azkeep.render import json
from azkeep.render.documents.error import flat
from azkeep.render.page import cards, estate, findings, judgement, lineage, steps, timeline, verdict
from azkeep.render.page.markup import Markup, joined, tag
from azkeep.render.page.parts import contents, section
from azkeep.render.page.style import PAGE
from azkeep.render.svg import drawn
from azkeep.render.text import LINES
from azkeep.render.text.line import plain_text
from azkeep.render.topology.things import of_declared, of_documents
from azkeep.render.values import clean_lines, stamp
from azkeep.render.view import View

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may load for the page: nothing but the style that stands in it."""


def report(report: Report, view: View) -> str:
    """The whole page; "" where a command has nothing to say."""
    result, header = report.result, report.header
    if isinstance(result, Nothing):
        return ""
    page = PAGES.get(type(result))
    if page is not None:
        top, *sections = page(result, header)
        return _page(header, [top, contents(sections), *sections])
    text = json.report(report, view) if isinstance(result, Schema) else plain_text(LINES[type(result)](result, view))
    return _page(header, [verdict.top(header, verdict.name(header), ""), tag("pre", {}, _lines(text))])


def failure(failed: AzkeepError, header: Header, view: View) -> str:
    """Each problem with its place and what to do."""
    parts = [verdict.top(header, f"{verdict.name(header)}: it failed", "bad")]
    for error in flat(failed):
        detail = [tag("pre", {}, _lines(error.detail))] if error.detail else []
        where = f" ({error.source})" if error.source else ""
        parts.append(tag("section", {}, tag("h2", {}, f"{error.summary}{where}"), detail, tag("p", {}, error.fix)))
    return _page(header, parts)


def _audit(audit: Audit, header: Header) -> Iterable[Markup]:
    things = of_documents(audit.documents)
    shown = drawn(audit)
    yield verdict.of_audit(audit, header)
    if shown is not None:
        yield estate.map_of(shown, audit)
    yield from findings.findings(audit)
    yield from timeline.timeline(audit)
    yield from cards.endpoints(things)
    yield from cards.gpus(things)
    yield from estate.waivers(audit.ending, audit.ended)
    yield estate.unseen(audit)
    yield estate.coverage(audit)


def _check(checked: Checked, header: Header) -> Iterable[Markup]:
    yield verdict.of_check(checked, header)
    yield from judgement.judgement(checked)


def _plan(plan: Plan, header: Header) -> Iterable[Markup]:
    yield verdict.of_plan(plan, header)
    yield from steps.steps(plan)
    yield from judgement.judgement(plan.checked)


def _declared(declared: Declared, header: Header) -> Iterable[Markup]:
    things = of_declared(declared.resources)
    shown = drawn(declared)
    yield verdict.top(header, f"{verdict.name(header)}: what the program declares", "")
    if shown is not None:
        yield estate.map_of(shown)
    yield from cards.endpoints(things)
    yield from cards.gpus(things)
    if declared.not_seen:
        yield section(
            "unseen", "What we could not see", tag("ul", {}, [tag("li", {}, each) for each in declared.not_seen])
        )


PAGES: dict[type, Callable[[Any, Header], Iterable[Markup]]] = {
    Audit: _audit,
    Checked: _check,
    Plan: _plan,
    Declared: _declared,
    Lineage: lineage.lineage,
}


def _page(header: Header, parts: Iterable[Markup]) -> str:
    head = tag(
        "head",
        {},
        tag("meta", {"charset": "utf-8"}),
        tag("meta", {"http-equiv": "Content-Security-Policy", "content": POLICY}),
        tag("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        tag("meta", {"name": "color-scheme", "content": "light dark"}),
        tag("title", {}, f"azkeep: {verdict.name(header)}"),
        tag("style", {}, PAGE),
    )
    made = f"azkeep {__version__}{f', {stamp(header.started_at)}' if header.started_at else ''}"
    body = tag("body", {}, tag("main", {}, list(parts), tag("footer", {}, made)))
    return joined(Markup("<!doctype html>\n"), tag("html", {"lang": "en"}, head, body), Markup("\n"))


def _lines(text: str) -> Markup:
    """Lines that stay lines, each escaped."""
    return Markup("\n".join(joined(line) for line in clean_lines(text)))
