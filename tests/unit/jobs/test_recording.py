"""What is kept of the estate at the end of a run that could not read all of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from azkeep.audit.recording import Recording, load, save
from azkeep.engine.state import State
from azkeep.jobs.estate import record
from azkeep.model.transport import Answer

GROUP = "/subscriptions/a/resourceGroups/shop"
RULES = f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/rules"
TABLE = f"{GROUP}/providers/Microsoft.Network/routeTables/table"
TOKENS = {
    GROUP: "azure-native:resources:ResourceGroup",
    RULES: "azure-native:network:NetworkSecurityGroup",
    TABLE: "azure-native:network:RouteTable",
}
STATE = State(
    {
        "resources": [
            {"urn": f"urn:pulumi:dev::shop::{token}::{token}", "custom": True, "id": id, "type": token}
            for id, token in TOKENS.items()
        ]
    }
)
KEY = b"key"
EARLIER = "2026-01-01T00:00:00+00:00"


class Reader:
    """A cloud that went away, but for one 404."""

    def lists(self, listings: Iterable[Any]) -> dict[Any, Answer]:
        return {}

    def documents(self, wanted: Iterable[tuple[str, str]]) -> dict[str, Answer]:
        return {id: Answer(404 if id == TABLE else 503, {}) for id, _ in wanted}


@pytest.mark.parametrize(("is_recorded", "kept"), [(True, {"tags": {"zone": "one"}}), (False, None)])
def test_what_nobody_wrote_stays_recorded_while_the_cloud_is_away(
    tmp_path: Path, is_recorded: bool, kept: dict[str, Any] | None
) -> None:
    """Documents of the recording that the run began with are kept of what it did not write, as old as they are: not of
    what it wrote, not of what is gone, and none of a recording that was another state's."""
    path = tmp_path / "recorded.json"
    before: dict[str, Any] = {id: {"tags": {"zone": "one"}} for id in TOKENS}
    save(path, Recording("older", before, EARLIER), KEY)
    opened: Any = SimpleNamespace(
        session=SimpleNamespace(state=lambda: STATE),
        keeping=SimpleNamespace(recording=path, hash_key=KEY),
        cloud=SimpleNamespace(reader=Reader),
        is_recorded=is_recorded,
    )
    record(opened, (), frozenset({RULES.lower()}))
    found = load(path)
    assert found is not None
    assert found.checkpoint == STATE.digest
    assert found.documents == {GROUP: kept, RULES: None, TABLE: None}
    assert found.since == ({GROUP: EARLIER} if is_recorded else {})
