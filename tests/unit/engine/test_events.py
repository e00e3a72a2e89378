"""From events to plans and outcomes."""

from __future__ import annotations

from azkeep.engine.event_log import Event
from azkeep.engine.events import diagnostics_of, outcome_of, plan_of, progress_of, without_traceback
from azkeep.engine.values import SECRET, SIGNATURE
from azkeep.model.plan import Change, Operation
from azkeep.model.value import Secret, Unknown

from .checkpoints import GROUP_ID, GROUP_URN, NETWORK_ID, NETWORK_URN, STACK_URN, SUBNET_URN, SUBSCRIPTION
from .happenings import began, ended, failed, said

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
HIDDEN = {SIGNATURE: SECRET, "ciphertext": "[secret]"}
GROUP = {"resourceGroupName": "shop", "location": "westeurope", "tags": {"a.b": "1"}}
SUBNET = {"resourceGroupName": "shop", "virtualNetworkName": "outer", "subnetName": "inner"}


def test_a_create_shows_every_property_in_arms_words() -> None:
    """The id comes from the inputs, the pointers lead into the ARM document, the stack itself is left out."""
    plan = plan_of(
        [began("create", STACK_URN, new={}), began("create", GROUP_URN, new={"inputs": GROUP}, planning=True)],
        SUBSCRIPTION,
    )
    (step,) = plan.steps
    assert (step.operation, step.id, step.type) == (Operation.CREATE, GROUP_ID, "Microsoft.Resources/resourceGroups")
    assert {change.path: change.after for change in step.changes} == {"/location": "westeurope", "/tags/a.b": "1"}


def test_an_id_that_hangs_on_an_unknown_is_none() -> None:
    """A subnet in a group whose name is not known yet has no id, and its unknown property says so."""
    inputs = {**SUBNET, "resourceGroupName": UNKNOWN, "addressPrefix": UNKNOWN}
    (step,) = plan_of([began("create", SUBNET_URN, new={"inputs": inputs})], SUBSCRIPTION).steps
    assert step.id is None
    assert step.changes == (Change("/properties/addressPrefix", None, Unknown(), unknown=True),)


def test_an_id_stands_in_its_providers_subscription() -> None:
    """What an explicit provider makes has an id in the subscription that the provider names."""
    urn, other = "urn:pulumi:dev::shop::pulumi:providers:azure-native::other", "11111111-2222-3333-4444-555555555555"
    provider = {"type": "pulumi:providers:azure-native", "urn": urn, "inputs": {"subscriptionId": other}}
    group = {"inputs": GROUP, "provider": f"{urn}::{UNKNOWN}"}
    events = [began("create", urn, new=provider), began("create", GROUP_URN, new=group)]
    for steps in (plan_of(events, SUBSCRIPTION).steps, outcome_of(events, SUBSCRIPTION).steps):
        assert {step.urn: step.id for step in steps}[GROUP_URN] == f"/subscriptions/{other}/resourceGroups/shop"


def test_what_is_read_before_it_is_made_has_no_id() -> None:
    """The engine's sign for an unknown id is none."""
    (step,) = plan_of([began("read", GROUP_URN, new={"id": UNKNOWN, "inputs": {}})], SUBSCRIPTION).steps
    assert (step.operation, step.id) == (Operation.READ, None)


def test_an_update_is_read_from_the_detailed_diff() -> None:
    """One change per leaf; additions have no before, deletions no after."""
    old = {"inputs": {**GROUP, "managedBy": "me"}, "id": GROUP_ID}
    new = {"inputs": {"resourceGroupName": "shop", "location": "westeurope", "tags": {"a.b": "2", "c": "3"}}}
    diff = {
        'tags["a.b"]': {"diffKind": "update", "inputDiff": True},
        "tags.c": {"diffKind": "add", "inputDiff": True},
        "managedBy": {"diffKind": "delete", "inputDiff": True},
    }
    (step,) = plan_of([began("update", GROUP_URN, old=old, new=new, detailedDiff=diff)], SUBSCRIPTION).steps
    assert step.operation is Operation.UPDATE
    assert step.changes == (
        Change("/managedBy", "me", None),
        Change("/tags/a.b", "1", "2"),
        Change("/tags/c", None, "3"),
    )


def test_a_coarse_diff_is_split_into_leaves() -> None:
    """A provider that names a whole object still gives one change per leaf that differs."""
    old = {"inputs": {"tags": {"a": "1", "b": "2"}}, "id": GROUP_ID}
    new = {"inputs": {"tags": {"a": "1", "b": "3"}}}
    diff = {"tags": {"diffKind": "update", "inputDiff": True}}
    (step,) = plan_of([began("update", GROUP_URN, old=old, new=new, detailedDiff=diff)], SUBSCRIPTION).steps
    assert step.changes == (Change("/tags/b", "2", "3"),)


def test_without_a_detailed_diff_inputs_are_compared() -> None:
    """Only what the engine names as different is shown; keys that force a replacement are marked."""
    old = {"inputs": {"location": "westeurope", "tags": {"a": "1"}}, "id": GROUP_ID}
    new = {"inputs": {"location": "northeurope", "tags": {"a": "1"}}}
    events = [began("replace", GROUP_URN, old=old, new=new, diffs=["location"], keys=["location"])]
    (step,) = plan_of(events, SUBSCRIPTION).steps
    assert step.changes == (Change("/location", "westeurope", "northeurope", forces_replace=True),)
    assert step.reason == "location cannot be changed in place"


def test_changed_secrets_are_seen_and_not_shown() -> None:
    """Both sides of a secret read the same in events; the change is kept, its values are empty."""
    diff = {"tags.key": {"diffKind": "update", "inputDiff": True}}
    side = {"inputs": {"tags": {"key": HIDDEN}}, "id": GROUP_ID}
    (step,) = plan_of([began("update", GROUP_URN, old=side, new=side, detailedDiff=diff)], SUBSCRIPTION).steps
    assert step.changes == (Change("/tags/key", Secret(None), Secret(None), secret=True),)


def test_a_replacement_is_one_step_with_the_id_that_goes() -> None:
    """Delete, replace and create of one resource become one step; the plan names the old id, the outcome the new."""
    diff = {"location": {"diffKind": "update-replace", "inputDiff": True}}
    old = {"id": GROUP_ID, "inputs": GROUP, "delete": True}
    new = {"id": GROUP_ID + "2", "inputs": {**GROUP, "location": "northeurope"}}
    whole = {"detailedDiff": diff, "keys": ["location"]}
    events = [
        began("delete-replaced", GROUP_URN, old=old, at=1.0),
        ended("delete-replaced", GROUP_URN, old=old, at=2.0),
        began("replace", GROUP_URN, old=old, new=new, at=2.0, **whole),
        ended("replace", GROUP_URN, old=old, new=new, at=2.0, **whole),
        began("create-replacement", GROUP_URN, old=old, new=new, at=2.0, **whole),
        ended("create-replacement", GROUP_URN, old=old, new=new, at=5.0, **whole),
    ]
    (planned,) = plan_of(events, SUBSCRIPTION).steps
    (done,) = outcome_of(events, SUBSCRIPTION).steps
    assert (planned.operation, planned.id) == (Operation.REPLACE, GROUP_ID)
    assert planned.changes == (Change("/location", "westeurope", "northeurope", forces_replace=True),)
    assert (done.id, done.status) == (GROUP_ID + "2", "done")


def test_the_leftover_of_an_old_replacement_is_a_step_of_its_own() -> None:
    """A resource that stays and the old half that goes are two steps, and the reason is told."""
    old = {"id": GROUP_ID + "1", "inputs": GROUP, "delete": True}
    kept = {"id": GROUP_ID, "inputs": GROUP}
    events = [began("same", GROUP_URN, old=kept, new=kept), began("delete-replaced", GROUP_URN, old=old)]
    plan = plan_of(events, SUBSCRIPTION)
    assert [(step.operation, step.id) for step in plan.steps] == [
        (Operation.SAME, GROUP_ID),
        (Operation.DELETE, GROUP_ID + "1"),
    ]
    assert "did not end" in plan.steps[1].reason


def test_what_stays_in_the_cloud_is_forgotten_not_deleted() -> None:
    """With retainOnDelete a delete only leaves the state."""
    (step,) = plan_of([began("delete", GROUP_URN, old={"id": GROUP_ID, "retainOnDelete": True})], SUBSCRIPTION).steps
    assert step.operation is Operation.FORGET


def test_a_refresh_counts_only_where_nothing_else_happens() -> None:
    """A refresh ends under the name of what it found; in a run that also plans, the plan's own step counts."""
    found = {"id": GROUP_ID, "inputs": GROUP}
    refresh = [
        began("refresh", GROUP_URN, old=found, new=found),
        ended("update", GROUP_URN, old=found, new=found),
    ]
    planned = [began("same", GROUP_URN, old=found, new=found), ended("same", GROUP_URN, old=found, new=found)]
    assert plan_of(refresh, SUBSCRIPTION).steps[0].operation is Operation.UPDATE
    assert plan_of(refresh + planned, SUBSCRIPTION).steps[0].operation is Operation.SAME


def test_order_does_not_hang_on_the_engines_pace() -> None:
    """Parents before children, deletes last and children first, however the events arrive."""
    subnet = {"inputs": SUBNET}
    network = {"id": NETWORK_ID, "inputs": {}}
    events = [
        began("delete", NETWORK_URN, old=network),
        began("delete", SUBNET_URN + "-old", old={"id": f"{NETWORK_ID}/subnets/old"}),
        began("create", SUBNET_URN, new=subnet),
        began("create", GROUP_URN, new={"inputs": GROUP}),
    ]
    expected = ["group", "inner", "inner-old", "outer"]
    assert [step.name for step in plan_of(events, SUBSCRIPTION).steps] == expected
    assert [step.name for step in plan_of(reversed(events), SUBSCRIPTION).steps] == expected


def test_an_outcome_says_how_each_step_ended() -> None:
    """Done with its time, failed, or unfinished where the engine ended first."""
    events = [
        began("create", GROUP_URN, new={"inputs": GROUP}, at=10.0),
        ended("create", GROUP_URN, new={"inputs": GROUP, "id": GROUP_ID}, at=12.5),
        began("create", NETWORK_URN, new={}, at=12.5),
        failed("create", NETWORK_URN, new={}, at=13.0),
        began("create", SUBNET_URN, new={}, at=13.0),
    ]
    outcome = outcome_of(events, SUBSCRIPTION, outputs={"a": 1})
    assert {step.name: (step.status, step.seconds) for step in outcome.steps} == {
        "group": ("done", 2.5),
        "outer": ("failed", 0.5),
        "inner": ("unfinished", None),
    }
    assert not outcome.succeeded
    assert outcome.outputs == {"a": 1}


def test_diagnostics_are_said_once_and_without_traceback() -> None:
    """Debug lines and passing ones are left out, colours and tracebacks cut, repeats dropped."""
    violation = {
        "policyPackName": "p",
        "policyName": "r",
        "message": "bad",
        "enforcementLevel": "mandatory",
        "resourceUrn": GROUP_URN,
    }
    trace = "no group\nTraceback (most recent call last):\n  File x\nValueError: no group\n"
    events = [
        said("registering", "debug"),
        said("<{%fg 1%}>no quota<{%reset%}>\n", "warning", GROUP_URN),
        said(trace),
        said("an unhandled error occurred: " + trace),
        said("dots", "info", ephemeral=True),
        Event({"policyEvent": violation}, 0.0),
        Event({"errorEvent": {"error": "lost"}}, 0.0),
    ]
    assert [(item.severity, item.message, item.urn) for item in diagnostics_of(events)] == [
        ("warning", "no quota", GROUP_URN),
        ("error", "no group", ""),
        ("error", "p/r: bad", GROUP_URN),
        ("error", "lost", ""),
    ]


def test_a_bare_traceback_leaves_its_last_line() -> None:
    """Where nothing stands before the traceback, what it ends with is the message."""
    assert without_traceback("Traceback (most recent call last):\n  File x\nValueError: bad\n") == "ValueError: bad"


def test_progress_names_resource_operation_and_status() -> None:
    """Only resources make progress; the parts of a replacement are all called replace."""
    found = progress_of(began("create-replacement", GROUP_URN, new={}, planning=True))
    assert found is not None
    assert (found.urn, found.operation, found.status, found.name) == (GROUP_URN, "replace", "running", "group")
    assert found.planning
    assert progress_of(began("create", STACK_URN, new={})) is None
    assert progress_of(said("x")) is None


def test_an_error_is_said_once_and_in_arms_words() -> None:
    """Preambles that name the resource again, a list of one, the same cause twice and the run's own failure go."""
    reached = "no answer; and reading the resource failed: no answer"
    given = [
        'autorest: Status=409 Code="Taken" Message="The name is taken."',
        "azure-native:network:Subnet resource 'inner' has a problem: too long",
        f"1 error occurred:\n\t* {reached}",
    ]
    found = diagnostics_of([*(said(text, urn=GROUP_URN) for text in given), said("update failed", urn=STACK_URN)])
    assert [item.message for item in found] == ["autorest: Taken: The name is taken.", "too long", "no answer"]


def test_a_run_that_failed_without_a_cause_still_says_so() -> None:
    """Where nothing else was said, the run's own failure is the news."""
    assert [item.message for item in diagnostics_of([said("update failed")])] == ["update failed"]
