"""What a dead run had begun, and the state that comes of it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from azkeep.engine.journal import Trace, forget, journals, leave_trace, remove_traces, steps_of, sweep, trace
from azkeep.engine.reconcile import doubts, put_back, settle, uncertain_urns
from azkeep.engine.recovery import look_up
from azkeep.engine.state import State
from azkeep.errors import Throttled
from azkeep.model.transport import Answer

from .checkpoints import (
    GROUP_ID,
    GROUP_URN,
    NETWORK_ID,
    NETWORK_URN,
    PROVIDER,
    STACK_URN,
    SUBNET_URN,
    SUBSCRIPTION,
    creating,
    group_resource,
    network_resource,
    secret,
    state_of,
)
from .happenings import began, ended, failed, said

SUBNET_INPUTS = {
    "resourceGroupName": "shop",
    "virtualNetworkName": "outer",
    "subnetName": "inner",
    "addressPrefix": "10.0.1.0/24",
}
SUBNET_ID = f"{NETWORK_ID}/subnets/inner"


class Cloud:
    """An ArmTransport that answers GET from a list, the last answer for ever."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.requests = 0

    def send(self, method: str, path: str, *, api_version: str, **_: Any) -> Answer:
        self.asked.append(f"{method} {path}")
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    run = send


def test_a_pending_create_becomes_a_resource_if_the_cloud_has_it() -> None:
    """With the id that its inputs name, its own inputs, and no outputs until a refresh fills them."""
    state = state_of(group_resource(), pending=(creating(network_resource()),))
    (doubt,) = doubts(state, (), SUBSCRIPTION)
    assert doubt.id == NETWORK_ID
    settled = settle(state, {NETWORK_ID: True}, (doubt,))
    (group, network) = settled.managed
    assert (group.urn, network.urn, network.id) == (GROUP_URN, NETWORK_URN, NETWORK_ID)
    assert network.inputs == network_resource()["inputs"]
    assert network.dependencies == (GROUP_URN,)
    assert settled.pending == ()
    assert uncertain_urns(settled, ()) == (NETWORK_URN,)


def test_a_pending_create_is_dropped_if_the_cloud_has_it_not() -> None:
    """Nothing is recorded, nothing stays pending."""
    state = state_of(group_resource(), pending=(creating(network_resource()),))
    settled = settle(state, {NETWORK_ID: False}, doubts(state, (), SUBSCRIPTION))
    assert [found.urn for found in settled.managed] == [GROUP_URN]
    assert settled.pending == ()


def test_a_create_that_could_not_be_looked_up_stays_pending() -> None:
    """Could not look is neither there nor gone."""
    state = state_of(group_resource(), pending=(creating(network_resource()),))
    settled = settle(state, {NETWORK_ID: None}, doubts(state, (), SUBSCRIPTION))
    assert settled.document == state.document


def test_nothing_in_doubt_changes_nothing() -> None:
    """A state without resources stays exactly that: it is not written again."""
    assert settle(State({"manifest": {}}), {}, ()).document == {"manifest": {}}
    assert settle(state_of(group_resource()), {}, ()).document == state_of(group_resource()).document


def test_a_create_of_an_unknown_type_stays_pending() -> None:
    """Without the type there is no id to look at; the operation is left for the engine."""
    other = creating({"urn": "urn:pulumi:dev::shop::other:index:Thing::x", "custom": True, "type": "other:index:Thing"})
    state = state_of(pending=(other,))
    assert doubts(state, (), SUBSCRIPTION) == ()
    assert settle(state, {}, ()).pending == state.pending


def test_a_journalled_create_is_rebuilt_from_its_event() -> None:
    """The engine forgot it: parent, provider and inputs come from the event, dependencies from the ids, and an input
    that is a secret is left out, because events do not hold it."""
    new = {"inputs": {**SUBNET_INPUTS, "delegations": [{"name": secret("[secret]")}]}, "parent": STACK_URN}
    begun = steps_of([began("create", SUBNET_URN, new=new), failed("create", SUBNET_URN, new=new)])
    state = state_of(group_resource(), network_resource())
    (doubt,) = doubts(state, begun, SUBSCRIPTION)
    assert doubt.id == SUBNET_ID
    subnet = settle(state, {SUBNET_ID: True}, (doubt,)).by_urn[SUBNET_URN]
    assert subnet.inputs == {**SUBNET_INPUTS, "delegations": [{}]}
    assert subnet.dependencies == (NETWORK_URN, GROUP_URN)
    assert (subnet.provider, subnet.parent) == (PROVIDER, STACK_URN)


def test_what_the_state_holds_is_not_in_doubt() -> None:
    """A create that ended and was recorded needs no look, whatever the casing of its id."""
    new = {"inputs": group_resource()["inputs"], "id": GROUP_ID.upper()}
    begun = steps_of([began("create", GROUP_URN, new=new), ended("create", GROUP_URN, new=new)])
    assert doubts(state_of(group_resource()), begun, SUBSCRIPTION) == ()


def test_what_belongs_to_somebody_else_is_not_taken() -> None:
    """A create that the provider refused because the resource was there already is none of ours."""
    new = {"inputs": SUBNET_INPUTS}
    events = [
        began("create", SUBNET_URN, new=new),
        failed("create", SUBNET_URN, new=new),
        said(f"cannot create already existing resource '{SUBNET_ID}'", urn=SUBNET_URN),
    ]
    assert doubts(state_of(network_resource()), steps_of(events), SUBSCRIPTION) == ()


def test_a_dry_run_begins_nothing() -> None:
    """Planning steps, components, and steps without a change are no part of a journal."""
    events = [
        began("create", SUBNET_URN, new={"inputs": SUBNET_INPUTS}, planning=True),
        began("create", GROUP_URN, new={"custom": False}),
        began("same", NETWORK_URN, new={}),
    ]
    assert steps_of(events) == ()


def test_the_old_half_of_a_replacement_is_marked() -> None:
    """When the new one exists, the recorded one is what a later run deletes."""
    moved = {**network_resource()["inputs"], "virtualNetworkName": "other"}
    state = state_of(network_resource(), pending=(creating(network_resource(inputs=moved)),))
    (doubt,) = doubts(state, (), SUBSCRIPTION)
    settled = settle(state, {doubt.id: True}, (doubt,))
    assert [(found.id, found.awaits_delete) for found in settled.resources] == [(NETWORK_ID, True), (doubt.id, False)]
    assert doubt.id.endswith("/other")


def test_updates_and_deletes_without_an_end_are_refreshed() -> None:
    """Those pending in the state, and those that a journal saw begin and not end."""
    state = state_of(
        group_resource(), network_resource(), pending=({"type": "deleting", "resource": network_resource()},)
    )
    begun = steps_of([began("update", GROUP_URN, new={}), began("update", SUBNET_URN, new={})])
    assert uncertain_urns(state, begun) == (NETWORK_URN, GROUP_URN)
    assert uncertain_urns(state, steps_of([ended("update", GROUP_URN, new={})])) == (NETWORK_URN,)
    assert settle(state, {}, ()).pending == ()


def test_own_inputs_are_put_back_after_a_refresh() -> None:
    """A refresh reads inputs from the cloud; those of the named resources become the program's again, with outputs."""
    settled = state_of(group_resource(), network_resource(outputs={"tags": "own"}))
    read = {"inputs": {"read": 1}, "outputs": {"tags": "read"}}
    restored = put_back(state_of(group_resource(**read), network_resource(**read)), settled, (NETWORK_URN,))
    assert restored.by_urn[NETWORK_URN].inputs == network_resource()["inputs"]
    assert restored.by_urn[NETWORK_URN].document["outputs"] == {"tags": "own"}
    assert restored.by_urn[GROUP_URN].document["outputs"] == {"tags": "read"}
    assert restored.by_urn[GROUP_URN].inputs == {"read": 1}


def test_what_was_taken_up_has_the_outputs_that_were_read() -> None:
    """A resource that the state held without any outputs gets those of the refresh, and keeps its own inputs."""
    settled = state_of(network_resource(outputs={}))
    restored = put_back(state_of(network_resource(inputs={}, outputs={"tags": "read"})), settled, (NETWORK_URN,))
    assert restored.by_urn[NETWORK_URN].inputs == network_resource()["inputs"]
    assert restored.by_urn[NETWORK_URN].document["outputs"] == {"tags": "read"}


def test_what_failed_after_its_run_had_died_is_failed_in_the_state() -> None:
    """The engine writes such a resource again, though the program has not changed; of others nothing is said."""
    refreshed = state_of(group_resource(), network_resource(outputs={"provisioningState": "Failed"}))
    restored = put_back(refreshed, refreshed, (GROUP_URN, NETWORK_URN))
    assert restored.by_urn[NETWORK_URN].failures
    assert restored.by_urn[GROUP_URN].failures == ()


def test_a_create_still_running_is_waited_for() -> None:
    """Its provisioning state is read until it ends; a failed one exists all the same."""
    (doubt,) = doubts(state_of(pending=(creating(network_resource()),)), (), SUBSCRIPTION)
    running = Answer(200, {"properties": {"provisioningState": "Updating"}})
    cloud, slept = Cloud(running, running, Answer(200, {"properties": {"provisioningState": "Failed"}})), list[float]()
    assert look_up(doubt, cloud, sleep=slept.append) is True
    assert cloud.asked == [f"GET {NETWORK_ID}"] * 3
    assert len(slept) == 2
    assert look_up(doubt, Cloud(running), patience=0, sleep=slept.append) is True


def test_a_look_has_three_answers() -> None:
    """There, not there, or not known: refused and failed requests do not mean gone."""
    (doubt,) = doubts(state_of(pending=(creating(network_resource()),)), (), SUBSCRIPTION)
    assert look_up(doubt, Cloud(Answer(200, {}))) is True
    assert look_up(doubt, Cloud(Answer(404, {}))) is False
    assert look_up(doubt, Cloud(Answer(403, {}))) is None
    assert look_up(doubt, Cloud(Throttled("busy"))) is None


def test_journals_are_those_of_dead_changing_runs_of_the_stack(tmp_path: Path) -> None:
    """Other stacks, previews, living processes and folders without a record are left alone."""
    write_run(tmp_path, "1-up", {"stack": "dev", "project": "shop", "changes": True, "pid": os.getpid()})
    write_run(tmp_path, "2-up", {"stack": "prod", "project": "shop", "changes": True, "pid": os.getpid()})
    write_run(tmp_path, "3-preview", {"stack": "dev", "project": "shop", "changes": False, "pid": os.getpid()})
    write_run(tmp_path, "4-up", {"stack": "dev", "project": "shop", "changes": True, "pid": os.getppid()})
    (tmp_path / "5-call").mkdir()
    found = journals(tmp_path, "shop", "dev")
    assert [journal.folder.name for journal in found] == ["1-up"]
    assert [step.urn for step in found[0].steps] == [SUBNET_URN]
    forget(found)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2-up", "3-preview", "4-up", "5-call"]
    assert journals(tmp_path / "none", "shop", "dev") == ()


def test_a_saved_plan_leaves_a_trace(tmp_path: Path) -> None:
    """A reconciled journal of a saved plan is no journal any more, and still says what its run came to; a run of
    anything else ends it. What other plans and stacks left does not count."""
    ours = {"stack": "dev", "project": "shop", "changes": True, "pid": os.getpid(), "plan": "reviewed"}
    write_run(tmp_path, "1-up", ours)
    write_run(tmp_path, "2-up", {**ours, "plan": "another"})
    write_run(tmp_path, "3-up", {**ours, "stack": "prod"})
    assert trace(tmp_path, "shop", "dev", "reviewed") == Trace(frozenset({SUBNET_URN}))
    forget(journals(tmp_path, "shop", "dev"))
    assert journals(tmp_path, "shop", "dev") == ()
    assert trace(tmp_path, "shop", "dev", "reviewed") == Trace(frozenset({SUBNET_URN}))
    assert trace(tmp_path, "shop", "dev", "unknown") == Trace()
    assert not (tmp_path / "1-up" / "events.jsonl").exists()
    remove_traces(tmp_path, "shop", "dev", but="reviewed")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1-up", "3-up"]
    leave_trace(tmp_path / "1-up", done=True)
    assert trace(tmp_path, "shop", "dev", "reviewed").first_pass_done
    remove_traces(tmp_path, "shop", "dev")
    assert trace(tmp_path, "shop", "dev", "reviewed") == Trace()


def write_run(root: Path, name: str, record: dict[str, Any]) -> None:
    (root / name).mkdir()
    (root / name / "run.json").write_text(json.dumps(record))
    event = began("create", SUBNET_URN, new={"inputs": SUBNET_INPUTS})
    (root / name / "events.jsonl").write_text(json.dumps(event.document) + "\n")


def test_what_killed_calls_left_behind_is_swept(tmp_path: Path) -> None:
    """Dead previews go, and temporary folders of another day; journals and living runs stay."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    mine = {"stack": "dev", "project": "shop"}
    write_run(tmp_path, "1-up", {**mine, "changes": True, "pid": gone.pid})
    write_run(tmp_path, "2-preview", {**mine, "changes": False, "pid": gone.pid})
    write_run(tmp_path, "3-preview", {**mine, "changes": False, "pid": os.getpid()})
    for name, age in (("4-call", 2 * 86400), ("5-call", 60)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1-up", "3-preview", "5-call"]
    sweep(tmp_path / "none")
