"""The plan file: what was reviewed, and everything that must still be so when it is applied.

How it lies on a disk, sealed, is in `plan_envelope`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from azkeep.engine import findings_document, plan_document, plan_envelope
from azkeep.engine.plan_envelope import HEAD, Envelope, changed, stale
from azkeep.engine.sealing import Sealer
from azkeep.engine.session import Selection
from azkeep.engine.state import digest
from azkeep.errors import UsageError
from azkeep.model.finding import Finding
from azkeep.model.plan import Operation, Plan, Reviewed
from azkeep.model.severity import Severity

ABSENT = "absent"
LEFT_OUT = frozenset(
    {
        *(".azkeep", ".git", ".venv", "venv", "__pycache__", "node_modules"),
        *(".mypy_cache", ".pytest_cache", ".ruff_cache", ".vscode", ".idea"),
    }
)
PROGRAM_ENDINGS = frozenset({".py", ".yaml", ".yml", ".json", ".toml", ".txt", ".bicep", ".tmpl", ".sh", ".pem"})
MOST_NAMED = 5


@dataclass(frozen=True)
class Basis:
    """What a plan rests on.

    `program` is digest by file, relative to the stack's folder; `config` digest by key; `state` digest by URN;
    `live` digest by ARM id of every resource that the plan changes or deletes, `absent` for one that is to be
    created; `versions` of azkeep, engine, pulumi and azure-native. `caller` is who Azure sees: another one has other
    rights.
    """

    stack: str
    env: str
    cloud: str
    tenant: str
    subscription: str
    caller: str
    program: Mapping[str, str]
    config: Mapping[str, str]
    state: Mapping[str, str]
    live: Mapping[str, str]
    versions: Mapping[str, str]
    alias_types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Continued:
    """URNs and ARM ids that an interrupted apply of a plan had come to; empty if it was never begun."""

    urns: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PlanFile:
    """One saved plan. `engine_plan` is the text that `up --plan` takes, its secrets encrypted by the stack's
    provider; "" for the plan of a destroy. `findings` are what the policies said of it and `fail_on` from where a
    failure counted, None where they were not asked. `digest` is what an approval and the history call it."""

    plan: Plan
    basis: Basis
    engine_plan: str
    made_at: str
    destroy: bool = False
    selection: Selection = field(default_factory=Selection)
    findings: tuple[Finding, ...] = ()
    fail_on: Severity | None = None
    digest: str = field(default="", compare=False)

    @property
    def labels(self) -> dict[str, str]:
        """What the file says in clear."""
        basis = self.basis
        return {"stack": basis.stack, "env": basis.env, "cloud": basis.cloud, "made_at": self.made_at}

    def reviewed(self, *, approved: bool) -> Reviewed:
        """What a run tells of the plan it follows; `approved` if it was held to the digest."""
        return Reviewed(self.digest, datetime.fromisoformat(self.made_at), approved, self.findings, self.fail_on)


def continued(planned: PlanFile, urns: frozenset[str]) -> Continued:
    """What runs of this very plan that did not end well had come to; `urns` are those of its `journal.Trace`."""
    return Continued(urns, frozenset(step.id for step in planned.plan.steps if step.id and step.urn in urns))


def rest_of(engine_plan: str, now: str, urns: frozenset[str]) -> str:
    """The engine's plan for going on with `engine_plan`, of which `urns` were begun: those as the engine plans them
    `now`, all others as they were reviewed, the names it chose for them included."""
    planned, found = json.loads(engine_plan), json.loads(now)["resourcePlans"]
    kept = {urn: plan for urn, plan in planned["resourcePlans"].items() if urn not in urns}
    begun = {urn: plan for urn, plan in found.items() if urn in urns}
    return json.dumps({**planned, "resourcePlans": {**kept, **begun}})


def save(path: Path, planned: PlanFile, sealer: Sealer) -> str:
    """Writes the plan file, 0600, and gives its digest. Raises UsageError where it cannot be written."""
    return plan_envelope.write(path, _content(planned), planned.labels, sealer)


def refuse_nowhere(path: Path) -> None:
    """Raises UsageError where no file can be saved at `path`, before the plan is made."""
    folder = path.absolute().parent
    if path.is_dir():
        raise UsageError(f"the plan cannot be saved as {path}: that is a folder", fix=f"--out {path / 'reviewed.plan'}")
    if not folder.is_dir():
        raise UsageError(
            f"the plan cannot be saved as {path}: there is no folder {path.parent}",
            fix=f"mkdir -p {path.parent}",
            subject=str(path),
        )


def load(envelope: Envelope, sealer: Sealer) -> PlanFile:
    """The plan in a file. Raises WrongPassphrase, PlanStale if it cannot be opened."""
    content = plan_envelope.unpack(envelope, sealer)
    try:
        return _from_content(content, envelope.digest)
    except (KeyError, TypeError, ValueError) as error:
        raise changed(envelope.path) from error


def verify(saved: Basis, now: Basis, *, continued: Continued = Continued()) -> None:
    """Returns if everything the plan rests on still is so. Raises PlanStale naming all that moved.

    `continued` is what an interrupted apply of this very plan had begun: it may have moved.
    """
    moved = [
        *_foreign(saved, now),
        *_named("file", _different(saved.program, now.program)),
        *_named("setting", _different(saved.config, now.config)),
        *_moved_state(saved, now, continued.urns),
        *_named("resource in the cloud", [id for id in _different(saved.live, now.live) if id not in continued.ids]),
    ]
    moved += [
        f"{name} is {now.versions.get(name, 'absent')}, the plan was made with {version}"
        for name, version in sorted(saved.versions.items())
        if now.versions.get(name) != version
    ]
    missing, more = set(saved.alias_types) - set(now.alias_types), set(now.alias_types) - set(saved.alias_types)
    if missing or (more and not continued.urns):
        moved.append("the state holds resources of other types than it did")
    if moved:
        raise stale(moved)


def ids_to_watch(plan: Plan) -> tuple[str, ...]:
    """ARM ids whose live documents the plan rests on: everything that it creates, changes or deletes, sorted."""
    idle = (Operation.SAME, Operation.READ, Operation.FORGET)
    return tuple(sorted({step.id for step in plan.steps if step.id and step.operation not in idle}))


def digest_program(folder: Path) -> dict[str, str]:
    """SHA-256 by relative path of the files in a stack's folder that can shape its program; settings files of
    environments are left out, their values count instead, and so are saved plans, of which one may lie there."""
    contents = ((path, path.read_bytes()) for path in sorted(_program_files(folder)))
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(content).hexdigest()
        for path, content in contents
        if not content.startswith(HEAD)
    }


def digest_values(values: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 by key of plain JSON values; give secret ones as their ciphertext."""
    return {key: digest(value) for key, value in sorted(values.items())}


def _program_files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in LEFT_OUT:
            continue
        if path.is_dir():
            yield from _program_files(path)
        elif path.suffix in PROGRAM_ENDINGS and not _is_settings(path):
            yield path


def _is_settings(path: Path) -> bool:
    return path.name.startswith("Pulumi.") and path.stem != "Pulumi" and path.suffix in (".yaml", ".yml")


def _foreign(saved: Basis, now: Basis) -> Iterator[str]:
    for name in ("stack", "env", "cloud", "tenant", "subscription", "caller"):
        was, is_now = str(getattr(saved, name)), str(getattr(now, name))
        if was.lower() != is_now.lower():
            yield f"the plan is for {name} {was}, this is {is_now}"


def _moved_state(saved: Basis, now: Basis, ours: frozenset[str]) -> list[str]:
    moved = [urn for urn in _different(saved.state, now.state) if urn.split("#")[0] not in ours]
    return list(_named("recorded resource", [urn.split("::", 2)[-1] for urn in moved]))


def _different(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return sorted(key for key in {*before, *after} if before.get(key) != after.get(key))


def _named(what: str, names: list[str]) -> Iterator[str]:
    for name in names[:MOST_NAMED]:
        yield f"{what} {name} is not as it was"
    if len(names) > MOST_NAMED:
        yield f"and {len(names) - MOST_NAMED} more of these"


def _content(planned: PlanFile) -> dict[str, Any]:
    return {
        "made_at": planned.made_at,
        "destroy": planned.destroy,
        "selection": asdict(planned.selection),
        "basis": {**asdict(planned.basis), "alias_types": sorted(planned.basis.alias_types)},
        "plan": plan_document.to_document(planned.plan),
        "engine_plan": planned.engine_plan,
        "findings": findings_document.to_documents(planned.findings),
        "fail_on": planned.fail_on,
    }


def _from_content(content: Mapping[str, Any], digest: str) -> PlanFile:
    selection = content["selection"]
    basis = content["basis"]
    return PlanFile(
        plan=plan_document.from_document(content["plan"]),
        basis=Basis(**{**basis, "alias_types": tuple(basis["alias_types"])}),
        engine_plan=content["engine_plan"],
        made_at=content["made_at"],
        destroy=content["destroy"],
        selection=Selection(
            targets=tuple(selection["targets"]),
            excludes=tuple(selection["excludes"]),
            replaces=tuple(selection["replaces"]),
            dependents=selection["dependents"],
        ),
        findings=findings_document.from_documents(content["findings"]),
        fail_on=Severity(content["fail_on"]) if content["fail_on"] else None,
        digest=digest,
    )
