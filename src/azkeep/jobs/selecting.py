"""--only, --exclude and --replace: ARM ids or URNs in, the engine's selection out."""

from __future__ import annotations

from azkeep.engine.session import Selection
from azkeep.errors import Problems, UsageError
from azkeep.jobs.stack import OpenStack
from azkeep.model.ids import ArmId


def select(opened: OpenStack) -> Selection:
    """The selection that the options name. Raises UsageError for each id that no resource of the stack has."""
    options = opened.stack.options
    if not (options.only or options.exclude or options.replace):
        return Selection()
    known = _urns(opened)
    problems: list[UsageError] = []
    named = [_resolve(names, known, problems) for names in (options.only, options.exclude, options.replace)]
    if problems:
        raise problems[0] if len(problems) == 1 else Problems(problems)
    return Selection(targets=named[0], excludes=named[1], replaces=named[2])


def _urns(opened: OpenStack) -> dict[str, str]:
    """Lower-case ARM id → URN of what is recorded and of what the program declares."""
    from azkeep.jobs.declaring import declare_stack

    declared = {resource.id: resource.urn for resource in declare_stack(opened.stack).resources if resource.id}
    recorded = {resource.id: resource.urn for resource in opened.session.state().managed if resource.id}
    return {_key(id): urn for id, urn in {**declared, **recorded}.items()}


def _resolve(names: tuple[str, ...], known: dict[str, str], problems: list[UsageError]) -> tuple[str, ...]:
    found: list[str] = []
    for name in names:
        urn = name if name.startswith("urn:") else known.get(_key(name))
        if urn is None:
            problems.append(
                UsageError(
                    f"no resource of this stack has the id {name}",
                    fix="azkeep preview STACK --format json lists every resource with its id and URN.",
                    subject=name,
                )
            )
        else:
            found.append(urn)
    return tuple(found)


def _key(id: str) -> str:
    try:
        return ArmId.parse(id).key
    except ValueError:
        return id.lower()
