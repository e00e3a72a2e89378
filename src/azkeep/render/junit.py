"""JUnit XML: a test suite for each rule, a test case for each resource that it judged; of an audit see `cases`."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from azkeep.errors import AzkeepError
from azkeep.model.drift import Audit
from azkeep.model.finding import Checked, Finding, Verdict
from azkeep.model.report import Header, Report
from azkeep.render.cases import audit as drifts
from azkeep.render.documents.error import flat
from azkeep.render.values import clean, dotted, shown
from azkeep.render.view import View

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def report(report: Report, view: View) -> str:
    """All verdicts; below the threshold a failure is told of and does not fail."""
    if isinstance(report.result, Audit):
        return _drifted(report.result)
    checked = report.result if isinstance(report.result, Checked) else getattr(report.result, "checked", None)
    if checked is None:
        return f'{HEAD}<testsuites name="azkeep" tests="0" failures="0" errors="0"/>\n'
    judged = sorted(
        (each for each in checked.findings if each.verdict is not Verdict.NOT_APPLICABLE), key=lambda each: each.rule
    )
    suites = "".join(_suite(rule, list(found), checked) for rule, found in groupby(judged, key=lambda each: each.rule))
    numbers = _numbers(judged, checked)
    return f"{HEAD}<testsuites{_attributes(name='azkeep', **numbers)}>\n{suites}</testsuites>\n"


def failure(failed: AzkeepError, header: Header, view: View) -> str:
    """One case that could not be run for each problem."""
    cases = "".join(
        f"    <testcase{_attributes(name=clean(error.summary), classname='azkeep')}>"
        f"<error{_attributes(message=clean(error.summary))}>{_words(error.fix)}</error></testcase>\n"
        for error in flat(failed)
    )
    count = len(flat(failed))
    return (
        f"{HEAD}<testsuites{_attributes(name='azkeep', tests=count, failures=0, errors=count)}>\n"
        f"  <testsuite{_attributes(name='azkeep', tests=count, failures=0, errors=count, skipped=0)}>\n{cases}"
        "  </testsuite>\n</testsuites>\n"
    )


def _drifted(audit: Audit) -> str:
    suites = drifts.suites(audit)
    body = "".join(
        f"  <testsuite{_attributes(name=clean(name), **drifts.numbers(cases))}>\n"
        f"{''.join(_drift(name, case) for case in cases)}  </testsuite>\n"
        for name, cases in suites
    )
    numbers = drifts.numbers(case for _, cases in suites for case in cases)
    return f"{HEAD}<testsuites{_attributes(name='azkeep', **numbers)}>\n{body}</testsuites>\n"


def _drift(suite: str, case: drifts.Case) -> str:
    name, state, line, words = case
    opening = f"    <testcase{_attributes(name=clean(name), classname=clean(suite))}"
    if state == "passed":
        return f"{opening}/>\n"
    return f"{opening}><{state}{_attributes(message=clean(line))}>{_words(words)}</{state}></testcase>\n"


def _suite(rule: str, found: list[Finding], checked: Checked) -> str:
    cases = "".join(_case(each, checked) for each in found)
    numbers = _numbers(found, checked)
    return f"  <testsuite{_attributes(name=f'{rule} {clean(found[0].title)}', **numbers)}>\n{cases}  </testsuite>\n"


def _numbers(found: list[Finding], checked: Checked) -> dict[str, Any]:
    failures = sum(checked.fails(each) for each in found)
    errors = sum(each.verdict is Verdict.ERROR for each in found)
    passed = sum(each.verdict is Verdict.PASS for each in found)
    skipped = len(found) - failures - errors - passed
    return {"tests": len(found), "failures": failures, "errors": errors, "skipped": skipped}


def _case(each: Finding, checked: Checked) -> str:
    where = {"file": each.source.file, "line": each.source.line} if each.source else {}
    name = clean(each.id or f"{each.type}/{each.name}")
    opening = f"    <testcase{_attributes(name=name, classname=each.rule, **where)}"
    inner = _inner(each, checked)
    return f"{opening}>{inner}</testcase>\n" if inner else f"{opening}/>\n"


def _inner(each: Finding, checked: Checked) -> str:
    if each.verdict is Verdict.PASS:
        return ""
    if each.verdict is Verdict.ERROR:
        return f"<error{_attributes(message=clean(each.message))}/>"
    if checked.fails(each):
        message = f"{each.severity.value}: {each.message or each.title}"
        return f"<failure{_attributes(message=clean(message), type=each.rule)}>{_words(_details(each))}</failure>"
    return f"<skipped{_attributes(message=clean(_why_skipped(each, checked)))}/>"


def _why_skipped(each: Finding, checked: Checked) -> str:
    if each.verdict is Verdict.UNKNOWN:
        return f"not known yet{': ' + each.message if each.message else ''}"
    if each.waiver is not None:
        return f"waived until {each.waiver.expires} by {each.waiver.owner}: {each.waiver.reason}"
    if each.accepted:
        return "known: in the baseline"
    return f"fails at {each.severity.value}, below {checked.fail_on.value}"


def _details(each: Finding) -> str:
    places = [
        f"{dotted(place.path) or 'the resource'}: {'missing' if place.found is None else shown(place.found)}"
        for place in each.evidence
    ]
    return "\n".join([*places, f"To put right: {each.fix}"])


def _attributes(**given: Any) -> str:
    return "".join(f" {name}={quoteattr(_printable(str(value)))}" for name, value in given.items() if value is not None)


def _words(text: str) -> str:
    return escape(_printable(text))


def _printable(text: str) -> str:
    """`text` without the characters that XML 1.0 does not have."""
    return "".join(
        c for c in text if c in "\n\t" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )
