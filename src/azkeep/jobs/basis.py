"""What a plan rests on at this moment, for saving it and for holding a saved one to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from azkeep import __version__, types
from azkeep.engine import config, planfile
from azkeep.engine.plan_envelope import Envelope, stale
from azkeep.engine.planfile import Basis, PlanFile
from azkeep.engine.sealing import StackSealer
from azkeep.engine.state import digest
from azkeep.jobs.planning import Planned
from azkeep.jobs.stack import OpenStack
from azkeep.model.ids import ArmId

PACKAGES = ("pulumi", "pulumi-azure-native")


def basis_of(opened: OpenStack, ids: Iterable[str]) -> Basis:
    """The basis now; `ids` are the resources whose live documents count."""
    stack, cloud = opened.stack, opened.cloud
    state = opened.session.state()
    values = {key: setting.value for key, setting in stack.settings.config.items()}
    return Basis(
        stack=stack.settings.project,
        env=stack.settings.env,
        cloud=cloud.name,
        tenant=cloud.tenant,
        subscription=cloud.subscription,
        caller=cloud.caller,
        program=planfile.digest_program(stack.project.folder),
        config=planfile.digest_values(values),
        state=state.digests,
        live=_live(opened, ids),
        versions={"azkeep": __version__, "engine": opened.session.engine.version, **_packages()},
        alias_types=tuple(sorted(state.types)),
    )


def refuse_foreign(opened: OpenStack, envelope: Envelope) -> None:
    """Raises PlanStale for the plan of another stack, environment or cloud, before anything of it is opened."""
    settings = opened.stack.settings
    now = {"stack": settings.project, "env": settings.env, "cloud": opened.cloud.name}
    moved = [
        f"the plan is for {name} {envelope.labels.get(name)}, this is {value}"
        for name, value in now.items()
        if envelope.labels.get(name) != value
    ]
    if moved:
        raise stale(moved, envelope.path)


def adopt_encryption(opened: OpenStack, envelope: Envelope) -> None:
    """Makes the engine open and write secrets with the key that the plan was made with, which another checkout's
    private settings need not name. Raises PlanStale where the stack's own file names another."""
    file, wanted = opened.stack.settings.file, envelope.sealed.encryption
    named = config.encryption_of(file) if file else {}
    if any(wanted.get(name, config.DEFAULTS.get(name)) != value for name, value in named.items()):
        raise stale(["what encrypts the stack's secrets is not as it was"], envelope.path)
    config.adopt_encryption(opened.keeping.config_file, wanted)


def save_plan(opened: OpenStack, planned: Planned, file: str) -> str:
    """Writes the plan file of `planned`, sealed by the stack's secrets provider, and gives its digest."""
    return planfile.save(Path(file), plan_file(opened, planned), StackSealer(opened.session))


def plan_file(opened: OpenStack, planned: Planned) -> PlanFile:
    """`planned` bound to everything that must still be so when it is applied."""
    return PlanFile(
        plan=planned.plan,
        basis=basis_of(opened, planfile.ids_to_watch(planned.plan)),
        engine_plan=planned.engine_plan.read_text(encoding="utf-8") if planned.engine_plan.exists() else "",
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        selection=planned.selection,
        findings=planned.checked.findings if planned.checked else (),
        fail_on=planned.checked.fail_on if planned.checked else None,
    )


def _live(opened: OpenStack, ids: Iterable[str]) -> dict[str, str]:
    wanted = [(id, found.api_version) for id in ids if (found := types.by_arm_type(ArmId.parse(id).type))]
    answers = opened.cloud.read_all(wanted)
    return {id: digest(answer.body) if answer.ok else planfile.ABSENT for id, answer in answers.items()}


def _packages() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
