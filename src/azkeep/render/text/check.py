"""A judgement for people: by resource, worst first, with what was found, what to set and where it is declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from azkeep.model.finding import Catalogue, Checked, Finding, RuleFacts, Verdict, Waiver
from azkeep.render.text.line import EMPTY, Line, Span, columns, counted, heading, line
from azkeep.render.values import clean, clean_lines, dotted, shown
from azkeep.render.view import View

WORDS = {
    Verdict.FAIL: "fails",
    Verdict.UNKNOWN: "not known yet",
    Verdict.ERROR: "rule failed",
    Verdict.WAIVED: "waived",
    Verdict.PASS: "passes",
    Verdict.NOT_APPLICABLE: "not applicable",
}


def lines(checked: Checked, view: View) -> Iterator[Line]:
    yield from finding_lines(checked, view)
    yield from ending_lines(checked.ending)
    if checked.not_seen:
        yield heading("Not seen: what is declared only once a value is known")
        for place in checked.not_seen:
            yield line("  ", clean(place))
        yield EMPTY
    yield summary_line(checked)
    yield threshold_line(checked)


def finding_lines(checked: Checked, view: View) -> Iterator[Line]:
    """Each resource with its findings; what passes or is not applicable only where all was asked for."""
    for _, group in groupby(_by_resource(listed(checked, view)), key=_resource_key):
        found = list(group)
        yield from _resource(found[0])
        for finding in found:
            yield from _finding(finding, checked, view)
        yield EMPTY


def policy_lines(checked: Checked | None, view: View) -> Iterator[Line]:
    """What a plan or an outcome says of policies: what fails it and a line for the rest; with -v all of it."""
    if checked is None:
        return
    shown_here = listed(checked, view) if view.verbose else (*checked.failing, *checked.broken_rules)
    if shown_here:
        yield heading(f"{'Policies' if view.verbose else 'Broken policies'} ({len(shown_here)})")
        yield from finding_lines(replace(checked, findings=shown_here, show_all=False), view)
    yield from ending_lines(checked.ending)
    yield summary_line(checked)
    yield threshold_line(checked, " (advisory: this project lets them pass)" if checked.is_advisory else "")


def listed(checked: Checked, view: View | None = None) -> tuple[Finding, ...]:
    """The findings to show, in order: failures and errors; what is open or waived too where all is wanted."""
    wanted = {Verdict.FAIL, Verdict.ERROR, Verdict.WAIVED}
    if checked.show_all:
        wanted = set(Verdict)
    elif view is not None and view.verbose:
        wanted.add(Verdict.UNKNOWN)
    return tuple(finding for finding in checked.findings if finding.verdict in wanted)


def _by_resource(findings: tuple[Finding, ...]) -> list[Finding]:
    """Findings by resource, the resource with the worst one first."""
    worst: dict[tuple[str, str, str], int] = {}
    for finding in findings:
        if finding.verdict in (Verdict.FAIL, Verdict.ERROR):
            worst[_resource_key(finding)] = max(worst.get(_resource_key(finding), 0), finding.severity.rank + 1)
    return sorted(findings, key=lambda each: (-worst.get(_resource_key(each), 0), _resource_key(each),
                                              -each.severity.rank, each.rule))  # fmt: skip


def _resource_key(finding: Finding) -> tuple[str, str, str]:
    return (finding.type, finding.name, (finding.id or finding.urn).casefold())


def _resource(finding: Finding) -> Iterator[Line]:
    where = Span(f"  {clean(str(finding.source))}", "dim") if finding.source else Span("")
    yield line(Span(clean(finding.name), "bold"), "  ", clean(finding.type), where)


def _finding(finding: Finding, checked: Checked, view: View) -> Iterator[Line]:
    word = WORDS[finding.verdict]
    if finding.accepted:
        word = "known, in the baseline"
    style = (
        finding.severity.value if finding.verdict in (Verdict.FAIL, Verdict.ERROR) and not finding.accepted else "dim"
    )
    yield line("  ", Span(f"{finding.severity.value:<8}", style), "  ", Span(f"{finding.rule:<12}", "bold"),
               f"  {clean(finding.title)}", Span("" if finding.verdict is Verdict.FAIL and not finding.accepted
                                                else f"  ({word})", "dim"))  # fmt: skip
    if finding.verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE):
        return
    for place in finding.evidence[: None if view.verbose else 3]:
        owner = "" if place.id == finding.id or not place.id else f" of {clean(place.id.rsplit('/', 1)[-1])}"
        found = "missing" if place.found is None else shown(place.found, full=view.verbose)
        yield line("            ", f"{dotted(place.path) or 'the resource'}{owner}: ", Span(found, "warning"))
    for text in clean_lines(finding.message):
        yield line("            ", text)
    if finding.waiver is not None and finding.verdict is Verdict.WAIVED:
        waiver = finding.waiver
        yield line(
            "            ", Span(f"until {waiver.expires} by {clean(waiver.owner)}: {clean(waiver.reason)}", "dim")
        )
        return
    if finding.fix and finding.verdict in (Verdict.FAIL, Verdict.ERROR):
        yield line("            ", Span("to put right: ", "dim"), clean(finding.fix))
        source = checked.sources.get(finding.rule, "")
        if source:
            yield line("            ", Span(f"source: {clean(source)}", "dim"))
    for suggestion in checked.suggestions:
        if suggestion.finding == finding.fingerprint:
            at = f"{suggestion.source}: " if suggestion.source else ""
            yield line("            ", Span(f"write: {clean(at)}", "dim"), clean(suggestion.text))


def ending_lines(ending: tuple[Waiver, ...], title: str = "Waivers that end soon") -> Iterator[Line]:
    """Waivers with the last day on which they count; nothing where there are none."""
    if not ending:
        return
    yield heading(f"{title} ({len(ending)})")
    for waiver in ending:
        yield line("  ", Span(str(waiver.expires), "warning"), f"  {waiver.rule}  {clean(waiver.resource)}"
                   f"  {clean(waiver.owner)}")  # fmt: skip
    yield EMPTY


def summary_line(checked: Checked) -> Line:
    """How many rules on how many resources, and what came of it."""
    summary = checked.summary
    parts = [f"{summary[verdict.value]} {verdict.value.replace('_', ' ')}" for verdict in Verdict]
    judged = f"{counted(len(checked.rules), 'rule')} on {counted(checked.resources, 'resource')}"
    return line(Span("Policies", "bold"), f": {judged}: {', '.join(parts)}")


def threshold_line(checked: Checked, note: str = "") -> Line:
    """What fails the run, or that nothing does; `note` is added to what fails."""
    at = f"at or above {checked.fail_on.value}" + (f" ({checked.profile})" if checked.profile else "")
    if checked.failing:
        return line(Span(f"{counted(len(checked.failing), 'finding')} {at}{note}", "error"))
    below = sum(finding.verdict is Verdict.FAIL for finding in checked.findings)
    open_ = sum(finding.verdict is Verdict.UNKNOWN for finding in checked.findings)
    rest = f"; {below} below it or accepted" if below else ""
    return line(
        Span(f"Nothing fails {at}", "create"), rest, f"; {open_} not known yet (-v lists them)" if open_ else ""
    )


def catalogue(found: Catalogue, view: View) -> Iterator[Line]:
    if found.explained:
        for facts in found.rules:
            yield from _explained(facts)
        return
    for facts in found.rules:
        severity = Span(f"{facts.severity.value:<8}", facts.severity.value)
        yield line("  ", Span(f"{facts.id:<12}", "bold"), "  ", severity, f"  {facts.needs:<9}  {facts.title}")
    yield EMPTY
    yield line(f"{counted(len(found.rules), 'rule')}. azkeep check --explain RULE tells all about one.")


def _explained(facts: RuleFacts) -> Iterator[Line]:
    yield line(Span(facts.id, "bold"), f"  {facts.title}  ", Span(facts.severity.value, facts.severity.value))
    yield EMPTY
    yield from columns(facts_of(facts))
    for title, text in (("Bad", facts.bad), ("Good", facts.good)):
        if text:
            yield EMPTY
            yield heading(title)
            yield from (line(f"  {each}") for each in text.splitlines())
    yield EMPTY


def facts_of(facts: RuleFacts) -> Iterator[tuple[str, str]]:
    """What there is to say of a rule beside its examples, each with its title."""
    everything = (
        ("checks", facts.checks),
        ("why", facts.why),
        ("to put right", facts.fix),
        ("on", ", ".join(facts.types)),
        ("reads", ", ".join(facts.paths)),
        ("needs", facts.needs),
        *((name.replace("_", " "), ", ".join(controls)) for name, controls in facts.maps.items()),
        *((f"parameter {name}", shown(value)) for name, value in facts.parameters.items()),
        ("source", facts.source),
    )
    return (each for each in everything if each[1])
