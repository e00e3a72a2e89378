"""What puts an estate right whose exported state alone azkeep has: never a command that would be refused there."""

from __future__ import annotations

from pathlib import Path

import pytest

from azkeep.audit.judge import Seen, judge
from azkeep.jobs.foreign_state import advised
from azkeep.model.drift import Drift
from azkeep.model.transport import Answer

GROUP = "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kept"
STORE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/kept"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/kept"
DELETED = Seen(deleted={VAULT: {"properties": {"deletionDate": "2026-01-01T00:00:00Z"}}})
UP = "pulumi up --refresh, with the program behind this state"


def told(id: str, live: Answer, deleted: Seen | None = None) -> Drift:
    """The one finding on a resource that was there, as the audit of a state tells it."""
    (found,) = judge({id: {"id": id}}, {id: live}, {}, seen=deleted or Seen()).drifts
    return advised(found, Path("my state.json"))


def test_what_is_soft_deleted_is_recovered_by_hand() -> None:
    """Neither its detail nor its fix speaks of --fix or --purge: the state has no program to put back."""
    found = told(VAULT, Answer(404), DELETED)
    assert (found.detail, found.fix) == (
        "soft-deleted at 2026-01-01T00:00:00Z",
        f"recover it, for its name stays taken; then {UP}",
    )


@pytest.mark.parametrize(
    ("id", "fix"), [(STORE, UP), (WORKSPACE, f"recover it, for its name stays taken; then {UP}")], ids=["store", "ml"]
)
def test_what_is_gone_is_made_by_the_program(id: str, fix: str) -> None:
    """A workspace of machine learning keeps its name, and is in no list of deleted ones."""
    assert told(id, Answer(404)).fix == fix


def test_what_nobody_declared_is_declared_or_deleted() -> None:
    """By the program behind the state, or by any client."""
    other = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/strange"
    here = {GROUP: {"id": GROUP}}
    (found,) = judge(here, {GROUP: Answer(200, here[GROUP])}, {}, seen=Seen(others={other: {"id": other}})).drifts
    fix = advised(found, Path("state.json")).fix
    assert fix == f"declare it in the program behind this state, or delete {other}"


def test_what_is_being_changed_is_looked_at_again() -> None:
    """The command names the file, quoted for a shell."""
    body = {"id": VAULT, "properties": {"provisioningState": "Updating"}}
    found = [
        advised(each, Path("my state.json")) for each in judge({VAULT: body}, {VAULT: Answer(200, body)}, {}).drifts
    ]
    assert [each.fix for each in found] == ["azkeep audit --state 'my state.json'"]
