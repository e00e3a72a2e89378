"""The order in which steps are told."""

from __future__ import annotations

from itertools import permutations

from azkeep.engine.ordering import in_order, recorded_order
from azkeep.model.plan import Operation, Step

from .checkpoints import GROUP_URN, NETWORK_URN, group_resource, network_resource, state_of


def step(name: str, operation: Operation = Operation.CREATE) -> Step:
    return Step(operation, f"/{name}", "type", name, f"urn:{name}")


AFTER = {"urn:a": {"urn:z"}, "urn:b": {"urn:provider"}, "urn:provider": {"urn:y"}, "urn:z": {"urn:z"}}


def test_what_a_resource_hangs_on_stands_before_it() -> None:
    """Whatever the ids are, also through a provider, and however the engine interleaved it; else by id."""
    steps = [step(name) for name in "abyz"]
    for mixed in permutations(steps):
        assert [found.name for found in in_order(mixed, AFTER)] == ["y", "z", "a", "b"]


def test_deletes_come_last_and_what_hangs_on_others_first() -> None:
    """A new resource stands before those that go; of those the dependent one goes first."""
    steps = [step("z", Operation.DELETE), step("a", Operation.DELETE), step("new")]
    assert [found.name for found in in_order(steps, AFTER)] == ["new", "a", "z"]


def test_a_ring_is_told_all_the_same() -> None:
    """Resources that wait for each other are none the engine would take; none of them is lost."""
    ring = {"urn:a": {"urn:b"}, "urn:b": {"urn:a"}}
    assert [found.name for found in in_order([step("b"), step("a"), step("c")], ring)] == ["c", "a", "b"]


def test_the_recorded_order_knows_parents_providers_and_dependencies() -> None:
    """What the state holds of a resource's place is enough to remove it in order."""
    order = recorded_order(state_of(group_resource(), network_resource(dependencies=[GROUP_URN])))
    assert GROUP_URN in order[NETWORK_URN]
