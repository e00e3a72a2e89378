"""What policies say: broken rules with the values found and what to set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from azkeep.model.finding import Checked, Finding, Verdict
from azkeep.render.page.estate import waivers
from azkeep.render.page.markup import Markup, tag
from azkeep.render.page.parts import command, cut, section, severity, table
from azkeep.render.text.check import WORDS, listed
from azkeep.render.values import dotted, shown

HEADS = ("severity", "rule", "resource", "found", "to put right")
MOST = 1_000


def judgement(checked: Checked | None) -> Iterator[Markup]:
    """Failures first, then what is waived, what ends, and what was not seen; nothing without a judgement."""
    if checked is None:
        return
    found = sorted(listed(checked), key=lambda each: (each.verdict is not Verdict.FAIL, -each.severity.rank))
    left = [cut(len(found) - MOST, "finding")] if len(found) > MOST else []
    found = [each for each in found if each.verdict is not Verdict.UNKNOWN]
    body = table(HEADS, map(_row, found[:MOST])) if found else tag("p", {}, "No rule is broken.")
    yield section("policies", f"Policies ({len(found)})", body, left)
    yield from waivers(checked.ending)
    yield section("unseen", "What we could not see", tag("div", {"class": "unseen"}, _unseen(checked)))


def _unseen(checked: Checked) -> Iterator[Markup]:
    """Rules that values not known yet could decide, and what is declared only once one is known."""
    open_ = [each for each in checked.findings if each.verdict is Verdict.UNKNOWN]
    if open_:
        yield tag("p", {}, "A value that is not known yet decides:")
        yield table(HEADS[:4], ([*_row(each)][:4] for each in open_[:MOST]))
        yield from [cut(len(open_) - MOST, "rule")] if len(open_) > MOST else []
    if checked.not_seen:
        yield tag("p", {}, "Declared only once a value is known:")
        yield tag("ul", {}, [tag("li", {}, place) for place in checked.not_seen])
    if not open_ and not checked.not_seen:
        yield tag("p", {}, "Nothing: everything was judged.")


def _row(finding: Finding) -> Iterable[Iterable[str]]:
    state = WORDS[finding.verdict] if finding.verdict is not Verdict.FAIL else "known" if finding.accepted else ""
    waiver = finding.waiver
    why = f"until {waiver.expires}, {waiver.owner}: {waiver.reason}" if waiver else finding.message
    found = shown(finding.found) if finding.found is not None else "missing" if finding.path else ""
    place = [tag("code", {}, f"{dotted(finding.path)}: {found}")] if finding.path else []
    return (
        [severity(finding.severity), tag("div", {"class": "small"}, state)],
        [tag("b", {}, finding.rule), tag("div", {}, finding.title)],
        [tag("b", {}, finding.name), tag("div", {"class": "small faint"}, str(finding.source or finding.type))],
        [*place, tag("div", {"class": "small"}, why)],
        [command(finding.fix)],
    )
