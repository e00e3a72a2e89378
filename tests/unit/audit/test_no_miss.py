"""Whatever a client can change behind our back is found, with its path and its values."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.bodies import BODIES, Example
from audit.mutations import Mutation, mutations
from azkeep.audit.declared import unobservable
from azkeep.audit.judge import judge
from azkeep.model.drift import Drift
from azkeep.model.transport import Answer
from azkeep.model.value import Body, get
from azkeep.types import all_types, by_arm_type

TYPES = sorted({path.stem.replace("-", "/") for path in BODIES.glob("*.json")})
FOUND: dict[str, Example] = {}


def findings(example: Example, live: Body) -> list[Drift]:
    audit = judge({example.id: example.answered}, {example.id: Answer(200, live)}, {example.id: example.declared})
    return [drift for drift in audit.drifts if drift.id == example.id]


def is_found(mutation: Mutation, example: Example, found: list[Drift]) -> bool:
    """True if one finding stands exactly there, or holds the whole list in which the change stands."""
    for drift in found:
        assert drift.change is not None, drift
        path = drift.change.path
        if path.lower() == mutation.path.lower():
            return drift.change.before == mutation.before and drift.change.after == mutation.after
        if isinstance(mutation.before, Mapping) and path.lower().startswith(f"{mutation.path.lower()}/"):
            return drift.change.before == get(example.answered, path) and drift.change.after is None
        whole = get(example.answered, path)
        is_list = isinstance(whole, list) or isinstance(get(mutation.live, path), list)
        if is_list and mutation.path.lower().startswith(f"{path.lower()}/"):
            return bool(drift.change.before == whole and drift.change.after == get(mutation.live, path))
        if mutation.path.lower() == path.lower().rpartition("/")[0] and isinstance(mutation.before, list):
            return drift.change.before == mutation.before[int(path.rpartition("/")[2])]
    return False


@pytest.mark.parametrize("name", TYPES)
def test_every_writable_property(name: str, examples: Mapping[str, Example]) -> None:
    """Each property that the schema lets a client write: changed, taken away or added, it is the one finding."""
    example = examples.get(name)
    if example is None:
        pytest.skip("the local cloud does not take this body among the others")
    made = list(mutations(example, random.Random(name)))
    assert made or not example.type.schema.inputs.properties
    missed = [
        (mutation.path, mutation.before, mutation.after, [drift.change for drift in found])
        for mutation in made
        for found in [findings(example, mutation.live)]
        if len(found) != 1 or not is_found(mutation, example, found)
    ]
    assert missed == []


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_value_at_any_place(examples_once: Mapping[str, Example], data: st.DataObject) -> None:
    """Any type, any property, any new value: there is a finding."""
    example = data.draw(st.sampled_from([examples_once[name] for name in sorted(examples_once)]))
    mutation = data.draw(st.sampled_from(list(mutations(example, random.Random(data.draw(st.integers(0, 99)))))))
    assert findings(example, mutation.live)


@pytest.fixture(scope="module")
def examples_once(examples: Mapping[str, Example]) -> Mapping[str, Example]:
    return examples


def test_what_cannot_be_seen_is_listed() -> None:
    """Properties that can be written and that Azure never returns: secrets, and nothing that a type forgot."""
    listed = {type_.arm_type: unobservable(type_) for type_ in all_types() if unobservable(type_)}
    for name, pointers in listed.items():
        type_ = by_arm_type(name)
        assert type_ is not None
        assert set(type_.secrets) <= set(pointers)
    assert "/properties/value" in listed["Microsoft.KeyVault/vaults/secrets"]
    assert "/properties/keys/primaryKey" in listed["Microsoft.MachineLearningServices/workspaces/onlineEndpoints"]
