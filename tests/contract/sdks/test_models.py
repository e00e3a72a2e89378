"""Every property that Microsoft's models have for our types: sent by their own client, it is there when it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.contract.sdks.case import Case, alike
from tests.contract.sdks.catalogue import EVERY, Operations
from tests.contract.sdks.conftest import Open
from tests.contract.sdks.estate import Estate
from tests.contract.sdks.models import read, written
from tests.contract.sdks.plausible import words

from azkeep.model.value import get, join, leaves, split
from azkeep.types import by_arm_type
from azkeep.types.conversion import to_body, to_inputs
from azkeep.types.validation import wrong_values

Golden = Callable[[str, str], None]


@pytest.fixture
def case(operations: Operations, estate: Estate, clients: Open) -> Case:
    return of(operations, estate, clients)


def of(operations: Operations, estate: Estate, clients: Open) -> Case:
    type_ = by_arm_type(operations.arm_type)
    assert type_ is not None
    return Case(type_, operations, getattr(clients(operations.sdk), operations.group), estate)


@pytest.mark.parametrize("operations", EVERY, ids=str)
def test_model_is_kept(case: Case) -> None:
    """Each property of the SDK's model, with all that is below it, is taken and comes back as it was sent."""
    assert case.parts
    problems = [problem for part in case.parts for problem in case.problems(part)]
    if any(case.id_for(part) == case.id for part in case.parts):
        case.estate.put_back(case.type_.arm_type)
    assert "\n".join(problems) == ""


@pytest.mark.parametrize("operations", EVERY, ids=str)
def test_words_are_known(case: Case) -> None:
    """Each value of each enum in the SDK's model can be read, whatever version of the API it came with."""
    refused = {
        f"{join(path)}: {word}"
        for path, allowed in words(case.model)
        for word in allowed
        for _ in wrong_values(case.type_, nested(path, word))
    }
    assert refused == set()


def nested(path: tuple[str, ...], value: Any) -> Any:
    """A document with `value` at `path`, in which `*` is an item of a list."""
    for part in reversed(path):
        value = [value] if part == "*" else {part: value}
    return value


def test_azure_native_keeps_the_models(estate: Estate, clients: Open, golden: Golden) -> None:
    """What of the SDKs' models does not survive the way to azure-native's inputs and back is what its classes lack.

    They speak older versions of the APIs, and leave out what is never returned.
    """
    cases = [of(operations, estate, clients) for operations in EVERY]
    lost = {
        f"{case.operations} {pointer}"
        for case in cases
        for part in case.parts
        for pointer in not_kept(case, written(read(case.model, case.body(part))))
    }
    golden("sdks/not-in-azure-native.txt", "\n".join(sorted(lost)) + "\n")


def not_kept(case: Case, sent: Any) -> Iterator[str]:
    """Pointers of the outermost members that are gone, indices as `*`."""
    kept = to_body(case.type_, to_inputs(case.type_, case.id, sent))
    for pointer, value in leaves(sent):
        if value is None or pointer.endswith("/etag") or alike(get(kept, pointer), value):
            continue
        parts = split(pointer)
        depth = next((end for end in range(1, len(parts)) if get(kept, join(parts[:end])) is None), len(parts))
        yield join(tuple("*" if part.isdigit() else part for part in parts[:depth]))
