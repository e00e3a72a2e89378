"""Judging a stack: as its program declares it, or as the cloud holds it."""

from __future__ import annotations

from dataclasses import replace

from azkeep.errors import StackMissing
from azkeep.jobs.check import asked_of
from azkeep.jobs.judging import Bench, bench_of
from azkeep.jobs.options import CheckOptions, Progress
from azkeep.jobs.stack import OpenStack, Stack
from azkeep.model.finding import Checked
from azkeep.model.ids import NO_SUBSCRIPTION
from azkeep.model.report import Report
from azkeep.model.value import Body
from azkeep.policy.estate import Estate
from azkeep.policy.granted import granted
from azkeep.program.offline import Declaration


def check_declared(options: CheckOptions, progress: Progress) -> Report:
    """The judgement of what the program declares: no engine, no cloud, no credential."""
    from azkeep.jobs.declaring import declare_stack
    from azkeep.jobs.stack import find_stack

    assert options.stack is not None
    stack = find_stack(options.stack)
    bench = bench_of(stack.settings.place.root, stack.settings.env, asked_of(options))
    progress.phase("Reading the program")
    declaration = declare_stack(stack)
    checked = judge_declaration(bench, stack, declaration, show_all=options.show_all)
    if options.suggest:
        from azkeep.jobs.suggesting import with_suggestions

        checked = with_suggestions(checked, bench.rules, declaration.resources, bench.parameters)
    return Report(stack.header(), checked)


def judge_declaration(bench: Bench, stack: Stack, declaration: Declaration, *, show_all: bool = False) -> Checked:
    """The judgement of a declaration, with the waivers that its program grants."""
    place = stack.settings.place
    resources = tuple(replace(each, source=place.from_root(each.source)) for each in declaration.resources)
    return bench.judge(
        Estate.of_resources(resources, declaration.outputs, subscription=_subscription(stack)),
        what=place.shown(place.folder),
        waivers=granted(resources),
        not_seen=tuple(str(place.from_root(each.source) or each) for each in declaration.not_seen),
        show_all=show_all,
    )


def _subscription(stack: Stack) -> str:
    """The subscription that the settings name, else what stands for it while a program is read."""
    setting = stack.settings.config.get("azure-native:subscriptionId")
    return setting.value if setting is not None and isinstance(setting.value, str) else NO_SUBSCRIPTION


def check_live(options: CheckOptions, progress: Progress) -> Report:
    """The judgement of what the cloud holds of the stack. Raises StackMissing before an apply."""
    from azkeep.jobs.policing import waivers_of
    from azkeep.jobs.stack import open_stack

    assert options.stack is not None
    with open_stack(options.stack, progress) as opened:
        stack = opened.stack
        bench = bench_of(stack.settings.place.root, stack.settings.env, asked_of(options))
        if not opened.session.state().managed:
            raise StackMissing(
                "there is nothing to judge: this stack has not been applied",
                fix="azkeep apply STACK",
                subject=stack.settings.project,
            )
        progress.phase("Reading the live estate")
        waivers = waivers_of(opened.session.state())
        checked = bench.judge(_live_estate(opened), what="the live estate", waivers=waivers, show_all=options.show_all)
        return Report(opened.header(), checked)


def _live_estate(opened: OpenStack) -> Estate:
    from azkeep.jobs.estate import read_live

    documents: tuple[Body, ...] = read_live(opened)
    return Estate.of_documents(documents)
