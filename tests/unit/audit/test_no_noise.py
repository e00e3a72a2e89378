"""Apply, then audit: silence, for every type, however the server words its answer."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from tests.contract.emulator.arm import deployer

from audit.bodies import BODIES, NOISES, Example, noisy, written
from azkeep.audit.judge import judge
from azkeep.emulator import control
from azkeep.model.ids import ArmId
from azkeep.model.transport import Answer
from azkeep.model.value import Body, get, put
from azkeep.testing import emulator
from azkeep.types import by_arm_type

TYPES = sorted({path.stem.replace("-", "/") for path in BODIES.glob("*.json")})
NOT_MADE_BY_CLIENTS = 4
"""Bodies that contradict one another, or that a service alone makes."""


def drifts(example: Example, live: Body, *, recorded: bool = True, declared: Body | None = None) -> list[object]:
    """Findings on one resource, as (path, before, after)."""
    given = example.declared if declared is None else declared
    audit = judge(
        {example.id: example.answered if recorded else given},
        {example.id: Answer(200, live)},
        {example.id: given},
        declared_only=not recorded,
    )
    return [(drift.kind.value, drift.change and (drift.change.path, drift.change.before, drift.change.after))
            for drift in audit.drifts if drift.id == example.id]  # fmt: skip


def test_the_examples_are_there(examples: Mapping[str, Example]) -> None:
    """All bodies but a few stand on the local cloud."""
    missing = sorted({by.arm_type for name in TYPES if (by := by_arm_type(name))} - set(examples))
    assert len(missing) <= NOT_MADE_BY_CLIENTS, missing


@pytest.mark.parametrize("name", TYPES)
def test_silence_after_an_apply(name: str, examples: Mapping[str, Example]) -> None:
    """Declared, recorded and live as an apply leaves them: no finding, with a recording and without one."""
    example = examples.get(name)
    if example is None:
        pytest.skip("the local cloud does not take this body among the others")
    assert drifts(example, example.answered) == []
    assert drifts(example, example.answered, recorded=False) == []


RECOVERING = [name for name in TYPES if (by := by_arm_type(name)) and by.soft_delete and by.soft_delete.recovery]


@pytest.mark.parametrize("name", RECOVERING)
def test_silence_after_a_recovery(name: str, examples: Mapping[str, Example]) -> None:
    """What a program says to have a deleted resource back is in no answer, and is no drift for that."""
    example, type_ = examples[name], by_arm_type(name)
    assert type_ is not None
    assert type_.soft_delete is not None
    declared = example.declared
    for pointer, value in type_.soft_delete.recovery.items():
        assert get(example.answered, pointer) is None
        declared = put(declared, pointer, value)
    assert drifts(example, example.answered, declared=declared) == []
    assert drifts(example, example.answered, declared=declared, recorded=False) == []


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", TYPES)
def test_silence_when_the_server_words_it_otherwise(name: str, seed: int, examples: Mapping[str, Example]) -> None:
    """Casing, order, spelling, defaults, read-only and volatile members may all differ at once."""
    example = examples.get(name)
    if example is None:
        pytest.skip("the local cloud does not take this body among the others")
    live = noisy(example, random.Random(f"{name}{seed}"))
    assert live != example.answered
    assert drifts(example, live) == []
    assert drifts(example, live, recorded=False) == []


@pytest.mark.parametrize("noise", NOISES, ids=lambda noise: noise.__name__.strip("_"))
def test_every_noise_makes_a_difference_somewhere(noise: object, examples: Mapping[str, Example]) -> None:
    """No noise of these tests is one that leaves every document as it is."""
    changed = [
        example.type.arm_type
        for example in examples.values()
        if noise(dict(example.answered), example.type, random.Random(1)) != example.answered  # type: ignore[operator]
    ]
    assert changed


def test_silence_at_the_true_pace(tmp_path: Path) -> None:
    """Operations that run on after their request, and a day that passes: what was recorded at the end is still so."""
    passed = 0

    def settled(hours: int = 1) -> None:
        nonlocal passed
        passed += hours
        control.move_clock(tmp_path, timedelta(hours=passed))

    with emulator(tmp_path, realistic=True, throttling=False) as ready, deployer(ready) as arm:
        examples = written(arm, settled)
        settled(24)
        live = {each.id: arm.send("GET", each.id, version=each.type.api_version).json() for each in examples.values()}
    states = [get(found, each.type.provisioning_state) for each in examples.values() if each.type.provisioning_state
              for found in [live[each.id]]]  # fmt: skip
    assert {str(state) for state in states} <= {"Succeeded", "None"}
    assert len(examples) >= len(TYPES) - NOT_MADE_BY_CLIENTS
    told = {each.type.arm_type: found for each in examples.values() if (found := drifts(each, live[each.id]))}
    assert told == {}
    assert {each.id: drifts(each, live[each.id], recorded=False) for each in examples.values()} == {
        each.id: [] for each in examples.values()
    }


def test_what_nobody_understands_is_shown(examples: Mapping[str, Example]) -> None:
    """A property that the type does not know is a finding, at any place."""
    example = examples["Microsoft.Storage/storageAccounts"]
    live = {**example.answered, "properties": {**example.answered["properties"], "brandNew": {"mode": "Open"}}}
    (found,) = drifts(example, live)
    assert found == ("undeclared_drift", ("/properties/brandNew/mode", None, "Open"))


def test_ids_of_the_examples_are_their_own(examples: Mapping[str, Example]) -> None:
    """Each example is read back under its id."""
    wrong = [found.id for found in examples.values() if ArmId.parse(str(found.answered["id"])) != ArmId.parse(found.id)]
    assert wrong == []
