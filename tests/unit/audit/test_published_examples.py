"""What Microsoft's own examples of requests and answers lead an audit to say. Nothing here was read from `types/`.

Each entry in `published/` holds what one example of azure-rest-api-specs (or of the REST reference) sends and what it
answers, cut down and with names of our own. `changes` are values that the example's property can have: pointer →
[answered, after somebody's change]. `moves` are read-only values that change by themselves. `never` are pointers that
the example sends and does not answer. `~/` stands for the providers of a resource group, `~~/` for the same as some
services spell it, `~sub` for the subscription.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from azkeep.audit.declared import unobservable
from azkeep.audit.judge import judge
from azkeep.model.drift import Drift
from azkeep.model.ids import ArmId
from azkeep.model.transport import Answer
from azkeep.model.value import Body, get, put, remove
from azkeep.types import all_types, by_arm_type
from azkeep.types.conversion import to_body, to_inputs
from azkeep.types.resource_type import ResourceType

SUBSCRIPTION = "/subscriptions/187f412d-1758-44d9-b052-169e2564721d"
MEANS = {
    "~sub": SUBSCRIPTION,
    "~/": f"{SUBSCRIPTION}/resourceGroups/estate/providers/",
    "~~/": f"{SUBSCRIPTION}/resourcegroups/estate/providers/",
}


@dataclass(frozen=True)
class Published:
    """One example: `source` names its file, `id` is the resource it is about."""

    source: str
    id: str
    sent: Body
    answered: Body
    changes: Mapping[str, tuple[Any, Any]]
    moves: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    never: tuple[str, ...] = ()

    @property
    def type(self) -> ResourceType:
        found = by_arm_type(ArmId.parse(self.id).type)
        assert found is not None, self.id
        return found

    @property
    def declared(self) -> Body:
        """What a program that sends this gives, by way of azure-native's inputs."""
        body = {**self.sent, "id": self.id}
        return to_body(self.type, to_inputs(self.type, self.id, body))

    def findings(self, live: Body, *, recorded: bool = True) -> list[Drift]:
        """What an audit says of `live`; without a recording only what the program sets can be compared."""
        found = {self.id: Answer(200, {"id": self.id, **live})}
        before = {self.id: {"id": self.id, **self.answered} if recorded else self.declared}
        audit = judge(before, found, {self.id: self.declared}, declared_only=not recorded)
        return [drift for drift in audit.drifts if drift.id == self.id]

    def sends(self, path: str) -> bool:
        """True if the example itself sends what stands at `path`."""
        return get(self.sent, path) is not None

    def sets(self, path: str) -> bool:
        """True if it sends that, or the tags that it is one of."""
        above, _, _ = path.rpartition("/")
        return self.sends(path) or (above.endswith("tags") and self.sends(above))


def spelled_out(value: Any) -> Any:
    """`value` with its abbreviations written in full, names of members included."""
    if isinstance(value, dict):
        return {spelled_out(name): spelled_out(item) for name, item in value.items()}
    if isinstance(value, list):
        return [spelled_out(item) for item in value]
    begin = next((mark for mark in MEANS if isinstance(value, str) and value.startswith(mark)), None)
    return value if begin is None else MEANS[begin] + value.removeprefix(begin)


def published() -> dict[str, Published]:
    """ARM type → its example."""
    files = sorted((Path(__file__).parent / "published").glob("*.yaml"))
    entries = [entry for file in files for entry in yaml.safe_load(file.read_text(encoding="utf-8"))]
    examples = [Published(**spelled_out(entry)) for entry in entries]
    return {example.type.arm_type: example for example in examples}


EXAMPLES = published()
each_type = pytest.mark.parametrize("name", sorted(EXAMPLES))


def test_every_type_has_one() -> None:
    """A resource type without a published example would be judged by nothing but itself."""
    assert {type_.arm_type for type_ in all_types()} - set(EXAMPLES) == set()


@each_type
def test_what_was_sent_and_answered_is_no_drift(name: str) -> None:
    """The request as declared and the answer as live: silence, with the answer recorded and without a recording."""
    example = EXAMPLES[name]
    assert example.findings(example.answered) == []
    assert example.findings(example.answered, recorded=False) == []


@each_type
def test_each_change_is_told_with_its_path_and_values(name: str) -> None:
    """One finding, there and with those values; declared if the example sends the property."""
    example = EXAMPLES[name]
    assert example.changes
    for path, (before, after) in example.changes.items():
        live = remove(example.answered, path) if after is None else put(example.answered, path, after)
        told = [(each.kind.value, each.change) for each in example.findings(live)]
        kind = "declared_drift" if example.sets(path) else "undeclared_drift"
        assert [(found, change and (change.path, change.before, change.after)) for found, change in told] == [
            (kind, (path, before, after))
        ], path
        alone = [each.change.path for each in example.findings(live, recorded=False) if each.change]
        assert alone == ([path] if example.sends(path) else []), path


@each_type
def test_what_moves_by_itself_is_no_drift(name: str) -> None:
    """States, counters and times that the example shows and only the service writes."""
    example = EXAMPLES[name]
    live = example.answered
    for path, (before, after) in example.moves.items():
        assert get(example.answered, path) == before, path
        live = put(live, path, after)
    assert example.findings(live) == []


@each_type
def test_what_is_never_answered_is_listed(name: str) -> None:
    """Sent, and not answered: the type says so, and the audit lists it."""
    example = EXAMPLES[name]
    assert set(example.never) <= set(unobservable(example.type))
