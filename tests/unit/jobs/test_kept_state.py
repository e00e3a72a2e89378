"""What a fix that did not end leaves of the state."""

from __future__ import annotations

from typing import Any

from azkeep.engine.state import State
from azkeep.jobs.kept_state import merged


def resource(name: str, id: str = "", **inputs: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:dev::shop::type::{name}", "id": f"/{id or name}", "inputs": inputs}


def state(*resources: dict[str, Any]) -> State:
    return State({"resources": list(resources)})


KEPT = state(resource("group", zone="one"), resource("rules", tier="gold"), resource("table"))


def test_what_was_not_put_right_is_declared_again() -> None:
    """A refresh took one input from the cloud and one resource out of the state: both are as they were, in place."""
    now = state(resource("group", zone="two"), resource("table"))
    assert merged(KEPT, now).document == KEPT.document


def test_what_was_put_right_stays_as_it_is_now() -> None:
    """A resource that was written again is taken from the newer state, with its newer outputs."""
    group = {**resource("group", zone="one"), "outputs": {"etag": "2"}}
    found = merged(KEPT, state(group, resource("rules", tier="lead"), resource("table")))
    assert found.document["resources"] == [group, resource("rules", tier="gold"), resource("table")]


def test_what_nobody_could_read_after_its_create_is_as_it_was() -> None:
    """A create that lost the cloud leaves a resource without outputs, which a recovery drops if it is not there."""
    before = {**resource("rules", tier="gold"), "outputs": {"etag": "1"}}
    failed = {**resource("rules", tier="gold"), "outputs": {}, "initErrors": ["no answer came"]}
    assert merged(state(before), state(failed)).document["resources"] == [before]


def test_what_was_made_anew_keeps_its_new_id() -> None:
    """A missing resource that has another id now is not looked for under its old one."""
    anew = resource("table", "table-7f")
    assert merged(KEPT, state(resource("group", zone="one"), resource("rules", tier="gold"), anew)).document[
        "resources"
    ] == [resource("group", zone="one"), resource("rules", tier="gold"), anew]


def test_what_came_since_and_what_awaits_its_delete_stay() -> None:
    """Neither is in the copy; both are kept, after what is."""
    waiting, new = {**resource("rules", "old", tier="gold"), "delete": True}, resource("new")
    found = merged(KEPT, state(*KEPT.document["resources"], waiting, new))
    assert found.document["resources"] == [*KEPT.document["resources"], waiting, new]
