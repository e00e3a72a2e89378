"""An engine that is killed in the middle of an apply, and the run after it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from azkeep.emulator.control import Fault, declare_faults
from azkeep.emulator.store import DATABASE
from azkeep.engine.backend import checkpoint_file, mend
from azkeep.engine.events import Progress, plan_of
from azkeep.engine.journal import Trace, journals
from azkeep.engine.process import Control
from azkeep.engine.recovery import recover

from .conftest import Ground

pytestmark = pytest.mark.engine

MOMENTS = [("group", "running"), ("outer", "running"), ("outer", "done"), ("inner", "running"), ("inner", "done")]


@pytest.mark.parametrize(("name", "status"), MOMENTS)
def test_a_killed_apply_converges(ground: Ground, network: Callable[..., str], name: str, status: str) -> None:
    """Whatever the engine had begun when it was killed, the next run finishes: no orphan, nothing made twice."""
    session, control = ground.session, Control()

    def kill(progress: Progress) -> None:
        if not progress.planning and (progress.name, progress.status) == (name, status):
            control.kill()

    with ground.program(network()) as address:
        session.up(address, on_event=kill, control=control)
        recover(session, ground.cloud.transport, ground.cloud.subscription)
        assert session.state().pending == ()
        assert journals(session.run_folder, "shop", "dev") == ()
        run = session.up(address)
        assert run.succeeded, run.failure
        plan = plan_of(session.preview(address).events, ground.cloud.subscription)
    assert plan.summary["same"] == 3
    assert all(found.outputs for found in session.state().managed)
    assert session.destroy().succeeded


def test_what_fails_after_the_kill_is_written_again(ground: Ground, network: Callable[..., str]) -> None:
    """An operation that ends badly once nobody waits for it any more: the next apply puts the resource right."""
    session, control, store = ground.session, Control(), ground.folder.parent / ".azkeep" / "local" / "store"
    declare_faults(store, Fault("PUT", "/virtualNetworks/outer$", operation="fails", seconds=1.0))

    def kill(progress: Progress) -> None:
        if not progress.planning and (progress.name, progress.status) == ("outer", "running"):
            while not operations_of(store):
                time.sleep(0.01)
            control.kill()

    def state() -> str:
        (outer,) = (found for found in session.state().managed if found.name == "outer")
        answer = ground.cloud.transport.send("GET", str(outer.id), api_version="2024-05-01")
        return str(answer.body["properties"]["provisioningState"])

    with ground.program(network()) as address:
        session.up(address, on_event=kill, control=control)
        recover(session, ground.cloud.transport, ground.cloud.subscription)
        assert state() == "Failed"
        run = session.up(address)
    assert run.succeeded, run.failure
    assert state() == "Succeeded"


def operations_of(store: Path) -> int:
    with closing(sqlite3.connect(store / DATABASE, timeout=10)) as database:
        return int(database.execute("SELECT count(*) FROM operations").fetchone()[0])


def test_a_create_that_only_the_journal_knows_is_taken_up(ground: Ground, network: Callable[..., str]) -> None:
    """Without the resource in the state, and without a pending operation, the event log alone brings it back."""
    session, control = ground.session, Control()

    def kill(progress: Progress) -> None:
        if not progress.planning and (progress.name, progress.status) == ("inner", "done"):
            control.kill()

    with ground.program(network()) as address:
        session.up(address, on_event=kill, control=control)
        forget_resource(ground, "inner")
        result = recover(session, ground.cloud.transport, ground.cloud.subscription)
        plan = plan_of(session.preview(address).events, ground.cloud.subscription)
    inner = next(found for found in session.state().managed if found.name == "inner")
    assert [id.rsplit("/", 1)[-1] for id in result.adopted] == ["inner"]
    assert {urn.rsplit("::", 1)[-1] for urn in inner.dependencies} == {"group", "outer"}
    assert inner.inputs["addressPrefix"] == "10.0.1.0/24"
    assert plan.summary["same"] == 3


def test_an_interrupted_plan_is_continued(ground: Ground, network: Callable[..., str], tmp_path: Path) -> None:
    """The same plan file finishes what its first run had begun, and a trace says what that was until then."""
    session, control = ground.session, Control()
    plan_file = tmp_path / "plan.json"

    def kill(progress: Progress) -> None:
        if not progress.planning and (progress.name, progress.status) == ("outer", "done"):
            control.kill()

    with ground.program(network()) as address:
        session.preview(address, plan_file=plan_file)
        session.up(address, plan_file=plan_file, on_event=kill, control=control, saved_plan="reviewed")
        recover(session, ground.cloud.transport, ground.cloud.subscription)
        trace = session.trace_of("reviewed")
        run = session.up(address, plan_file=plan_file, saved_plan="reviewed")
    assert {urn.rsplit("::", 1)[-1] for urn in trace.urns} >= {"group", "outer"}
    assert run.succeeded, run.failure
    assert session.trace_of("reviewed") == Trace()
    assert {found.name for found in session.state().managed} == {"group", "outer", "inner"}


def forget_resource(ground: Ground, name: str) -> None:
    """Takes one resource out of the state, as an engine does whose provider died behind a PUT."""
    mend(ground.session.backend_url, ground.session.project, ground.session.stack)  # the kill may have cut a write
    exported = ground.session.export()
    kept = [found for found in exported.document["resources"] if not found["urn"].endswith(f"::{name}")]
    document = {**exported.document, "resources": kept}
    document.pop("pending_operations", None)
    ground.session.import_(type(exported)(document))


def test_attributes_that_a_kill_left_empty_are_mended(ground: Ground, network: Callable[..., str]) -> None:
    """An engine killed while it wrote the state's attributes leaves a state that it cannot read; the next run can."""
    session = ground.session
    with ground.program(network()) as address:
        assert session.up(address).succeeded
        state = checkpoint_file(session.backend_url, session.project, session.stack)
        assert state is not None
        attributes = state.with_name("dev.json.attrs")
        attributes.write_bytes(b"")
        half_written = state.with_name("dev.json.18ea4991d85f3774.tmp")
        half_written.write_bytes(b"{")
        recover(session, ground.cloud.transport, ground.cloud.subscription)
        assert not attributes.exists()
        assert not half_written.exists()
        plan = plan_of(session.preview(address).events, ground.cloud.subscription)
    assert plan.summary["same"] == 3
