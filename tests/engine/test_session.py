"""The session and the real engine, on the local cloud."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from azkeep.engine import config, locks
from azkeep.engine.events import Progress, outcome_of, plan_of
from azkeep.engine.process import Control
from azkeep.engine.session import Selection
from azkeep.errors import PlanStale, StackLocked, StackMissing, StateDamaged, WrongPassphrase
from azkeep.model.plan import Operation
from azkeep.model.value import Secret

from .conftest import Ground

pytestmark = pytest.mark.engine

Network = Callable[..., str]
CANARY = "canary-9c1f"


def files_with(folder: Path, text: str) -> list[str]:
    """Files below `folder` that hold `text`, the program itself left out."""
    found = [path for path in folder.rglob("*") if path.is_file() and path.name != "__main__.py"]
    return [str(path.relative_to(folder)) for path in found if text.encode() in path.read_bytes()]


def test_plan_then_apply_then_unchanged_then_destroy(ground: Ground, network: Network, tmp_path: Path) -> None:
    """What a saved plan shows is what is applied; afterwards nothing is left to do, and a destroy removes all of it."""
    seen: list[Progress] = []
    session, subscription = ground.session, ground.cloud.subscription
    with ground.program(network()) as address:
        planned = session.preview(address, plan_file=tmp_path / "plan.json")
        plan = plan_of(planned.events, subscription)
        assert planned.succeeded
        assert [(step.operation, step.name) for step in plan.steps if step.id] == [(Operation.CREATE, "group")]
        assert plan.summary["create"] == 3

        applied = session.up(address, plan_file=tmp_path / "plan.json", on_event=seen.append)
        outcome = outcome_of(applied.events, subscription, outputs=session.outputs())
        assert applied.succeeded
        assert {step.name: step.status for step in outcome.steps} == {"group": "done", "outer": "done", "inner": "done"}
        assert all(step.seconds is not None for step in outcome.steps)
        assert {(item.name, item.status) for item in seen if not item.planning} >= {
            ("group", "running"),
            ("inner", "done"),
        }
        assert outcome.outputs["greeting"] == "hello"

        again = plan_of(session.preview(address).events, subscription)
        assert again.summary["same"] == 3
        assert not again.has_changes

    destroying = plan_of(session.preview_destroy().events, subscription)
    assert [step.name for step in destroying.steps] == ["inner", "outer", "group"]
    destroyed = session.destroy()
    assert destroyed.succeeded
    assert session.state().resources == ()
    assert not list(session.run_folder.iterdir())


def test_a_replacement_is_one_step(ground: Ground, network: Network) -> None:
    """Another subnet name replaces the subnet, another tag updates the group: one step each, with what changed."""
    with ground.program(network()) as address:
        assert ground.session.up(address).succeeded
    with ground.program(network(tag="two", subnet="other")) as address:
        plan = plan_of(ground.session.preview(address).events, ground.cloud.subscription)
    steps = {step.name: step for step in plan.steps}
    assert {name: step.operation.value for name, step in steps.items()} == {
        "group": "update",
        "outer": "same",
        "inner": "replace",
    }
    assert [(change.path, change.before, change.after) for change in steps["group"].changes] == [
        ("/tags/a.b", "one", "two")
    ]
    assert steps["inner"].changes[0].forces_replace
    assert steps["inner"].id is not None
    assert steps["inner"].id.endswith("/subnets/inner")


def test_a_program_that_does_more_than_planned_is_refused_before_anything_happens(
    ground: Ground, network: Network, tmp_path: Path
) -> None:
    """The plan holds `up` to itself in the dry run: nothing is created, and no journal is left."""
    with ground.program(network()) as address:
        ground.session.preview(address, plan_file=tmp_path / "plan.json")
    with ground.program(network(tag="two")) as address:
        run = ground.session.up(address, plan_file=tmp_path / "plan.json")
    assert isinstance(run.failure, PlanStale)
    assert "violates plan" in run.failure.detail
    assert "two" not in run.failure.detail
    assert ground.session.state().resources == ()
    assert not run.folder.exists()


def test_a_selection_limits_the_run(ground: Ground, network: Network) -> None:
    """With one target only that resource is made."""
    urn = "urn:pulumi:dev::shop::azure-native:resources:ResourceGroup::group"
    with ground.program(network()) as address:
        assert ground.session.up(address, selection=Selection(targets=(urn,))).succeeded
    assert [found.name for found in ground.session.state().resources] == ["group"]


def test_secrets_are_nowhere_in_clear(ground: Ground, network: Network, tmp_path: Path) -> None:
    """A secret output is opened only on request; no file that the engine wrote holds it."""
    with ground.program(network()) as address:
        ground.session.preview(address, plan_file=tmp_path / "plan.json")
        ground.session.up(address)
    assert isinstance(ground.session.outputs()["password"], Secret)
    assert ground.session.outputs(open_secrets=True)["password"] == Secret(CANARY)
    assert files_with(tmp_path, CANARY) == []


def test_the_folders_own_settings_are_never_changed(ground: Ground, network: Network) -> None:
    """Preview, apply and destroy leave the project folder as it was; the salt stands in the private copy."""
    before = {path.name: path.read_bytes() for path in ground.folder.glob("Pulumi*")}
    with ground.program(network()) as address:
        ground.session.preview(address)
        ground.session.up(address)
    ground.session.destroy()
    after = {path.name: path.read_bytes() for path in ground.folder.glob("Pulumi*")}
    assert after == before
    assert "encryptionsalt" in ground.session.config_file.read_text(encoding="utf-8")


def test_a_secret_setting_is_encrypted_into_the_folders_file(ground: Ground) -> None:
    """The value is added with the salt that opens it; the engine then reads it from the private copy."""
    public = ground.folder / "Pulumi.dev.yaml"
    config.set_secret(ground.session, public, "shop:token", CANARY)
    config.prepare(public, ground.session.config_file, "shop")
    assert CANARY not in public.read_text(encoding="utf-8")
    assert config.engine_values(ground.session)["shop:greeting"] == "hello"
    assert config.engine_values(ground.session, open_secrets=True)["shop:token"] == Secret(CANARY)


def test_a_failing_program_is_told_without_traceback(ground: Ground) -> None:
    """The run fails with the program's own message; nothing is changed and no journal is left."""
    with ground.program("raise RuntimeError('no such thing')\n") as address:
        run = ground.session.up(address)
    assert run.failure is not None
    assert "Traceback" not in run.failure.summary + run.failure.detail
    assert not run.folder.exists()


def test_an_interrupted_preview_ends_soon_and_changes_nothing(ground: Ground) -> None:
    """A Control that was interrupted before the engine started stops it as soon as it runs."""
    control = Control()
    control.interrupt()
    began = time.monotonic()
    with ground.program("import time\ntime.sleep(60)\n") as address:
        run = ground.session.preview(address, control=control)
    assert time.monotonic() - began < 30
    assert run.interrupted
    assert not run.succeeded


def test_a_live_lock_names_its_holder(ground: Ground) -> None:
    """While another process holds the stack, a destroy fails at once and says who it is."""
    holder = write_lock(ground, pid=1)
    with pytest.raises(StackLocked, match=r"someone@.*, process 1, for \d+ days"):
        ground.session.destroy()
    assert holder.exists()


def test_a_lock_of_a_process_that_is_gone_is_removed(ground: Ground) -> None:
    """A lock of this host whose process ended does not stop a run."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    holder = write_lock(ground, pid=gone.pid)
    assert ground.session.destroy().succeeded
    assert not holder.exists()


def write_lock(ground: Ground, *, pid: int) -> Path:
    folder = Path(ground.session.backend_url.removeprefix("file://")) / ".pulumi/locks/organization/shop/dev"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "00000000-0000-0000-0000-000000000000.json"
    taken = "2026-01-01T00:00:00.123456789Z"
    content = {"pid": pid, "username": "someone", "hostname": socket.gethostname(), "timestamp": taken}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_wrong_passphrase_is_named(ground: Ground) -> None:
    """Another passphrase than the stack's is told as that."""
    wrong = replace(ground.session, environment={"PULUMI_CONFIG_PASSPHRASE": "wrong"})
    with pytest.raises(WrongPassphrase):
        wrong.refresh()


def test_a_stack_that_was_never_made_is_missing(ground: Ground) -> None:
    """Export of an unknown stack says so; its state reads as empty."""
    other = replace(ground.session, stack="prod")
    with pytest.raises(StackMissing, match="prod"):
        other.export()
    assert other.state().resources == ()
    assert not other.exists()


def test_a_damaged_state_is_told_with_its_file(ground: Ground) -> None:
    """A state file cut short is StateDamaged, for azkeep's own reading and for the engine's."""
    path = Path(ground.session.backend_url.removeprefix("file://")) / ".pulumi/stacks/shop/dev.json"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(StateDamaged) as caught:
        ground.session.state()
    assert caught.value.subject == str(path)
    with pytest.raises(StateDamaged):
        ground.session.export()


def test_export_and_import_keep_the_state(ground: Ground, network: Network) -> None:
    """What is exported can be imported again, and azkeep's own reading of the file agrees with the engine's export."""
    with ground.program(network()) as address:
        ground.session.up(address)
    exported = ground.session.export()
    assert exported.digest == ground.session.state().digest
    ground.session.import_(exported)
    assert ground.session.state().digest == exported.digest
    assert locks.list_locks(ground.session.backend_url, "shop", "dev") == ()
