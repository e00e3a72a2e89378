"""audit --accept: what was found is from now on as it should be.

A live value that the program has from the stack's settings is written there; what stands in the program itself is
named, with its line, for somebody to change. Then the state and the recording learn of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from azkeep import types
from azkeep.audit.compare import raw
from azkeep.engine import history
from azkeep.engine.session import Selection
from azkeep.errors import EXIT_OK, AzkeepError, UsageError
from azkeep.jobs.audit import chosen, look, report
from azkeep.jobs.declaring import declare_stack
from azkeep.jobs.estate import outside_changes, record
from azkeep.jobs.fixing import targets
from azkeep.jobs.options import AuditOptions
from azkeep.jobs.recording import entry_of
from azkeep.jobs.running import failed
from azkeep.jobs.stack import OpenStack
from azkeep.jobs.suggesting import argument_of, python
from azkeep.model.drift import Audit, Drift, DriftKind
from azkeep.model.ids import ArmId
from azkeep.model.plan import Outcome
from azkeep.model.report import Report
from azkeep.model.resource import Resource
from azkeep.model.value import split
from azkeep.settings.editing import Leaf, leaves_of, set_leaf

MOST_TRIALS = 6
"""Settings tried for one property; each takes a run of the program."""
TAKEN = (DriftKind.DECLARED, DriftKind.UNDECLARED)


@dataclass(frozen=True)
class Acceptance:
    """Where one live value belongs: `leaf` in the settings `file`, or `change` in words for the program."""

    drift: Drift
    file: Path | None = None
    leaf: Leaf | None = None
    change: str = ""

    @property
    def text(self) -> str:
        """The change on one line."""
        assert self.drift.change is not None
        if self.file is not None and self.leaf is not None:
            keys = ".".join(self.leaf.keys[1:])
            return f"{self.file.name}:{self.leaf.line}: {keys}: {self.leaf.text} → {_json(self.drift.change.after)}"
        return self.change


def accept(opened: OpenStack, options: AuditOptions, audit: Audit, whole: Audit) -> Report:
    """The audit as it is after the chosen findings were accepted, after a yes."""
    taken = tuple(drift for drift in audit.drifts if drift.counts and drift.kind in TAKEN)
    for drift in audit.drifts:
        if drift.counts and drift.kind in (DriftKind.MISSING, DriftKind.UNMANAGED):
            opened.progress.line(f"what is {drift.kind.value} cannot be accepted; {_instead(drift)}: {drift.id}")
    if not taken:
        return report(opened, audit, options)
    places = tuple(_place(opened, drift) for drift in taken if drift.kind is DriftKind.DECLARED)
    if not options.yes:
        opened.progress.show(report(opened, replace(audit, drifts=taken), options))
        for place in places:
            opened.progress.line(place.text)
        if not opened.progress.ask("Accept this?"):
            raise UsageError("nothing was accepted", fix="Answer yes, or add --yes.")
    for place in places:
        if place.file is not None and place.leaf is not None and place.drift.change is not None:
            set_leaf(place.file, place.leaf.keys, place.drift.change.after)
        opened.progress.line(place.text)
    for drift in taken:
        if drift.kind is DriftKind.UNDECLARED:
            opened.progress.line(accepted(drift))
    _learn(opened, audit, taken, whole)
    after = chosen(look(opened), options, opened)
    done = report(opened, after, options)
    history.append(opened.keeping.history, entry_of(opened, "accept", Outcome(()), None))
    return done if after.drifts else replace(done, exit_code=EXIT_OK, reasons=())


def accepted(drift: Drift) -> str:
    """What was accepted of a property that the program does not set; a secret without its values."""
    assert drift.change is not None
    where = f"accepted: {drift.id.rsplit('/', 1)[-1]} {'.'.join(split(drift.change.path))}"
    if drift.change.secret:
        return where
    return f"{where}: {_json(drift.change.before)} → {_json(drift.change.after)}"


def _json(value: Any) -> str:
    return "(none)" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _instead(drift: Drift) -> str:
    if drift.kind is DriftKind.MISSING:
        return "take it out of the program and apply, or --fix makes it again"
    return "declare it, ignore it in azkeep.yaml, or remove it with --fix --delete"


def _learn(opened: OpenStack, audit: Audit, taken: tuple[Drift, ...], whole: Audit) -> None:
    """State and recording take the accepted values; whatever was not accepted stays a finding."""
    keys = {(drift.id, drift.change.path if drift.change else "") for drift in taken}
    left = tuple(each for each in whole.drifts if (each.id, each.change.path if each.change else "") not in keys)
    urns = targets(opened, replace(audit, drifts=tuple(each for each in taken if each.kind is DriftKind.DECLARED)))
    if urns:
        opened.progress.phase("Refreshing what was accepted")
        run = opened.session.refresh(selection=Selection(targets=urns))
        if not run.succeeded:
            raise failed(run, ())
    opened.progress.phase("Recording what the cloud answers")
    record(opened, outside_changes(replace(whole, drifts=left)))


def _place(opened: OpenStack, drift: Drift) -> Acceptance:
    """Where the accepted value of one declared property is to be written."""
    assert drift.change is not None
    declared = _resource(opened.declaration.resources, drift.id)
    file = opened.stack.settings.file
    if file is not None and not opened.stack.options.config and isinstance(drift.change.after, str | int | float):
        for leaf in _candidates(file, drift):
            if _gives(opened, leaf, drift):
                return Acceptance(drift, file, leaf)
    return Acceptance(drift, change=_in_words(drift, declared))


def _candidates(file: Path, drift: Drift) -> tuple[Leaf, ...]:
    """Settings that hold the declared value, those called like the property first."""
    wanted = str(drift.declared).lower()
    name = split(drift.change.path)[-1].lower() if drift.change else ""
    found = [leaf for leaf in leaves_of(file) if leaf.keys[0] == "config" and leaf.text.lower() == wanted]
    return tuple(sorted(found, key=lambda leaf: leaf.keys[-1].replace("_", "").lower() != name)[:MOST_TRIALS])


def _gives(opened: OpenStack, leaf: Leaf, drift: Drift) -> bool:
    """True if the program, run with the live value in that setting, declares the live value and nothing else there."""
    assert drift.change is not None
    settings = opened.stack.settings
    key = next((name for name in settings.config if name.split(":", 1)[-1] == leaf.keys[1].split(":", 1)[-1]), None)
    if key is None:
        return False
    value = _with(settings.config[key].value, leaf.keys[2:], drift.change.after)
    config = {**settings.config, key: replace(settings.config[key], value=value)}
    trial = replace(opened.stack, settings=replace(settings, config=config))
    try:
        declared = declare_stack(trial, subscription=opened.cloud.subscription, launcher=opened.launcher).resources
    except AzkeepError:
        return False
    found = _resource(declared, drift.id)
    given = raw(found.body, split(drift.change.path)) if found is not None else None
    return str(given).lower() == str(drift.change.after).lower()


def _with(value: Any, keys: tuple[str, ...], leaf: Any) -> Any:
    """A copy of `value` with `leaf` where `keys` lead."""
    if not keys:
        return leaf
    if isinstance(value, list):
        return [_with(item, keys[1:], leaf) if str(index) == keys[0] else item for index, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {key: _with(item, keys[1:], leaf) if str(key) == keys[0] else item for key, item in value.items()}
    return value


def _in_words(drift: Drift, declared: Resource | None) -> str:
    """The change that somebody has to make in the program."""
    assert drift.change is not None
    type_ = types.by_arm_type(drift.type)
    argument = argument_of(type_, ".".join(split(drift.change.path))) if type_ else None
    where = f"{declared.source}: " if declared is not None and declared.source else ""
    name = declared.name if declared is not None else drift.id.rsplit("/", 1)[-1]
    what = argument or drift.change.path
    said = "" if drift.declared is None else f" (it says {python(drift.declared)})"
    return f"{where}set {what}={python(drift.change.after)} on {name!r}{said}"


def _resource(resources: tuple[Resource, ...], id: str) -> Resource | None:
    return next((found for found in _with_ids(resources) if ArmId.parse(str(found.id)) == ArmId.parse(id)), None)


def _with_ids(resources: tuple[Resource, ...]) -> Iterator[Resource]:
    for resource in resources:
        if resource.id and resource.id.startswith("/"):
            yield resource
