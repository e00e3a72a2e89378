"""check: what the policies say of a stack, of what is live, or of an estate that azkeep did not build."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from azkeep.errors import EXIT_FAILED, EXIT_INCOMPLETE, EXIT_OK, EXIT_POLICY, PRECEDENCE, UsageError
from azkeep.jobs.judging import Asked, bench_of, rules_of
from azkeep.jobs.options import CheckOptions, Progress
from azkeep.model.finding import Catalogue, Checked, Verdict
from azkeep.model.report import Header, Report
from azkeep.policy.baseline import baseline_text
from azkeep.settings.project import find_root


def run(options: CheckOptions, progress: Progress) -> Report:
    """The judgement; exit 3 if a rule is broken at or above the threshold, 5 if one could not be judged."""
    if options.list_rules or options.explain is not None:
        return _catalogue(options)
    report = _judged(options, progress)
    checked = report.result
    assert isinstance(checked, Checked)
    if options.write_baseline:
        _write(Path(options.write_baseline), baseline_text(checked.findings))
        kept = sum(each.verdict is Verdict.FAIL for each in checked.findings)
        faults = f"{kept} fault{'' if kept == 1 else 's'}"
        again = f"azkeep check {_typed(options)} --baseline {shlex.quote(options.write_baseline)}"
        progress.line(f"Kept {faults} in {options.write_baseline}: {again} fails on new ones alone.")
        checked = replace(
            checked, findings=tuple(each for each in checked.findings if each.verdict is not Verdict.FAIL)
        )
    code, reasons = verdict(checked, strict=options.strict)
    return replace(report, exit_code=code, reasons=reasons)


def _typed(options: CheckOptions) -> str:
    """What was judged, as it goes into another command."""
    if options.stack is not None:
        return options.stack.typed + (" --live" if options.live else "")
    of, what = ("--state", options.state) if options.state else ("--documents", options.documents or "")
    return f"{of} {shlex.quote(what)}"


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}", subject=str(path)) from error


def verdict(checked: Checked, *, strict: bool = False) -> tuple[int, tuple[str, ...]]:
    """The exit code of a judgement and its reasons."""
    found: dict[int, str] = {}
    if checked.failing:
        count = len(checked.failing)
        found[EXIT_POLICY] = f"{count} finding{'' if count == 1 else 's'} at or above {checked.fail_on.value}"
    if checked.broken_rules:
        found[EXIT_INCOMPLETE] = f"{checked.broken_rules[0].rule} could not be judged"
    open_ = [each for each in checked.findings if each.verdict is Verdict.UNKNOWN]
    if strict and any(each.severity.rank >= checked.fail_on.rank for each in open_):
        found.setdefault(EXIT_INCOMPLETE, "what is not known yet could break a rule")
    code = next((code for code in PRECEDENCE if code in found), EXIT_OK)
    return code, tuple(found.values())


def _judged(options: CheckOptions, progress: Progress) -> Report:
    given = [name for name, value in (("--state", options.state), ("--documents", options.documents)) if value]
    if options.stack is not None and given:
        raise UsageError(f"{given[0]} takes no STACK: the estate is in the file", fix="Leave one of them out.")
    if len(given) > 1:
        raise UsageError("--state and --documents cannot be given together")
    if options.suggest and (options.documents or options.live):
        raise UsageError("--suggest speaks of a program, and live documents have none",
                         fix="azkeep check STACK --suggest, or --state FILE --suggest")  # fmt: skip
    if options.stack is not None:
        from azkeep.jobs.checking import check_declared, check_live

        return check_live(options, progress) if options.live else check_declared(options, progress)
    if options.live:
        raise UsageError("--live needs a STACK", fix="azkeep check STACK --live")
    return _foreign(options, given)


def asked_of(options: CheckOptions) -> Asked:
    """What of the options is about policies."""
    return Asked(options.fail_on, options.profile, options.rules, options.baseline)


def _foreign(options: CheckOptions, given: list[str]) -> Report:
    from azkeep.jobs.documents import estate_of_documents, stack_of_state
    from azkeep.policy.estate import Estate
    from azkeep.policy.granted import granted

    if not given:
        raise UsageError("nothing to judge", fix="azkeep check STACK, --state FILE or --documents FOLDER")
    started = datetime.now(UTC)
    bench = bench_of(find_root(Path.cwd()), None, asked_of(options))
    what = options.documents or options.state or ""
    resources, outputs = stack_of_state(Path(what)) if options.state else ((), {})
    estate = Estate.of_resources(resources, outputs) if options.state else estate_of_documents(Path(what))
    checked = bench.judge(estate, what=what, waivers=granted(resources), show_all=options.show_all)
    if options.suggest:
        from azkeep.jobs.suggesting import with_suggestions

        checked = with_suggestions(checked, bench.rules, resources, bench.parameters)
    seconds = (datetime.now(UTC) - started).total_seconds()
    return Report(Header(started_at=started, seconds=seconds), checked)


def _catalogue(options: CheckOptions) -> Report:
    from azkeep.policy.facts import facts_of
    from azkeep.policy.selection import select

    if options.stack is not None:
        from azkeep.settings.project import locate

        root = locate(options.stack.stack).root
    else:
        root = find_root(Path.cwd())
    wanted = (options.explain,) if options.explain is not None else options.rules
    rules = select(rules_of(root), wanted or None, ())
    if not rules:
        return Report(Header(), Catalogue(()), exit_code=EXIT_FAILED)
    return Report(Header(), Catalogue(tuple(facts_of(rule) for rule in rules), explained=options.explain is not None))
