"""An outcome beside its plan."""

from __future__ import annotations

from azkeep.engine.state import State
from azkeep.jobs.reached import as_planned, removal_as_recorded
from azkeep.model.plan import Operation, Outcome, Plan, Step

TOKEN = "azure-native:resources:ResourceGroup"


def urn(name: str) -> str:
    return f"urn:pulumi:dev::shop::{TOKEN}::{name}"


def step(name: str, operation: Operation, *, status: str | None = None, reason: str = "") -> Step:
    return Step(operation, f"/{name}", "type", name, urn(name), TOKEN, status=status, reason=reason)


def state(*names: str, **after: str) -> State:
    resources = [
        {"urn": urn(name), "type": TOKEN, "custom": True, "id": f"/subscriptions/s/resourceGroups/{name}",
         "dependencies": [urn(after[name])] if name in after else []}
        for name in names
    ]  # fmt: skip
    return State({"resources": resources})


PLAN = Plan(
    (
        step("made", Operation.CREATE),
        step("failing", Operation.REPLACE, reason="name cannot be changed in place"),
        step("waiting", Operation.UPDATE),
        step("kept", Operation.SAME),
        step("made-before", Operation.CREATE),
        step("leaving", Operation.DELETE),
        step("gone-before", Operation.DELETE),
    )
)


def test_a_failure_counts_what_was_never_reached() -> None:
    """Planned steps without a trace in the run are not started, but for what an interrupted run had done before; only
    what was done counts in the summary."""
    done = (
        step("failing", Operation.REPLACE, status="failed"),
        step("made", Operation.CREATE, status="done"),
        step("kept", Operation.SAME, status="done"),
    )
    left = state("made", "waiting", "kept", "made-before", "leaving")
    outcome = as_planned(Outcome(done, succeeded=False), PLAN, left)
    assert [(found.name, found.status) for found in outcome.steps] == [
        ("made", "done"),
        ("failing", "failed"),
        ("waiting", "not_started"),
        ("kept", "done"),
        ("leaving", "not_started"),
    ]
    assert outcome.steps[1].reason == "name cannot be changed in place"
    assert {name: number for name, number in outcome.summary.items() if number} == {"create": 1, "same": 1}


def test_a_success_keeps_to_what_was_done() -> None:
    """Nothing is added, the order is the plan's."""
    done = (step("kept", Operation.SAME, status="done"), step("made", Operation.CREATE, status="done"))
    outcome = as_planned(Outcome(done), PLAN, state("made", "kept"))
    assert [found.name for found in outcome.steps] == ["made", "kept"]


def test_a_failed_removal_names_what_is_left() -> None:
    """What hangs on others stands first, and what the run did not come to is not started."""
    before = state("outer", "inner", "other", inner="outer")
    done = (step("inner", Operation.DELETE, status="failed"),)
    outcome = removal_as_recorded(Outcome(done, succeeded=False), before, before)
    assert [(found.name, found.type, found.status) for found in outcome.steps] == [
        ("inner", "type", "failed"),
        ("outer", "Microsoft.Resources/resourceGroups", "not_started"),
        ("other", "Microsoft.Resources/resourceGroups", "not_started"),
    ]
