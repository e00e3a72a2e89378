"""An audit while the cloud misbehaves: it ends, it says what it could not see, and it never takes that for gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.conftest import Ground
from azkeep.audit.judge import judge
from azkeep.azure.reader import Reader
from azkeep.emulator import control
from azkeep.emulator.control import Fault
from azkeep.jobs.sweeping import read_around, read_managed
from azkeep.model.drift import Audit, DriftKind
from azkeep.model.transport import Answer
from azkeep.model.value import put

GROUP = "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg"


@pytest.fixture
def store(ground: Ground) -> Iterator[Path]:
    """The store of the running cloud, without faults in the end."""
    folder = Path(ground.ready["ca"]).parent
    yield folder
    control.declare_faults(folder)


@pytest.fixture
def ids(ground: Ground) -> list[str]:
    wanted = ("Storage/storageAccounts", "KeyVault/vaults", "Network/virtualNetworks", "Network/routeTables")
    return [example.id for name, example in ground.examples.items() if name.endswith(wanted)]


def audit(ground: Ground, ids: list[str]) -> Audit:
    """An audit of a few resources against what they were, in a group that is not the stack's own."""
    recorded = {example.id: example.answered for example in ground.examples.values() if example.id in ids}
    declared = {example.id: example.declared for example in ground.examples.values() if example.id in ids}
    with ground.client("patient@example.com", "Reader") as client:
        reader = Reader(client)
        swept = read_managed(reader, ids)
        return judge(recorded, swept.live, declared, seen=read_around(reader, swept, ()))


def managed(found: Audit, ids: list[str]) -> set[DriftKind]:
    return {drift.kind for drift in found.drifts if drift.id in ids}


@pytest.mark.parametrize(
    "fault",
    [
        Fault("GET", "/storageAccounts", 429, "TooManyRequests", "slow down", times=2, retry_after=0),
        Fault("GET", "/storageAccounts", 500, times=2),
        Fault("GET", "/storageAccounts", 503, "ServerBusy", times=2),
        Fault("GET", "/storageAccounts", 0, times=2),
    ],
    ids=["throttled", "error", "busy", "lost"],
)
def test_what_passes_is_waited_for(ground: Ground, ids: list[str], store: Path, fault: Fault) -> None:
    """A few 429, 500, 503 or broken connections: the same audit as without them."""
    control.declare_faults(store, fault)
    assert managed(audit(ground, ids), ids) == set()


def test_what_stays_broken_is_unread_and_not_gone(ground: Ground, ids: list[str], store: Path) -> None:
    """The account answers 500 for ever: it is unread with the reason, all else is judged, nothing is missing."""
    control.declare_faults(store, Fault("GET", "/storageAccounts(/account)?$", 500, "Late", "not today", times=-1))
    found = audit(ground, ids)
    assert managed(found, ids) == {DriftKind.UNREAD}
    (drift,) = [each for each in found.drifts if each.id in ids]
    assert drift.id.endswith("/storageAccounts/account")
    assert "Late: not today" in drift.detail
    assert (found.read, found.total) == (len(ids) - 1, len(ids))


@pytest.mark.parametrize(
    "fault",
    [
        Fault("GET", "/storageAccounts(/account)?$", 429, "TooManyRequests", "slow down", times=-1, retry_after=0),
        Fault("GET", "/storageAccounts(/account)?$", 0, times=-1),
    ],
    ids=["throttled", "lost"],
)
def test_without_an_answer_nothing_is_known(ground: Ground, ids: list[str], store: Path, fault: Fault) -> None:
    """Throttled for ever, or no connection that holds: the audit ends, the account is unread, all else is judged."""
    control.declare_faults(store, fault)
    found = audit(ground, ids)
    assert {drift.id.rsplit("/", 1)[-1]: drift.kind for drift in found.drifts if drift.id in ids} == {
        "account": DriftKind.UNREAD
    }
    assert found.read == len(ids) - 1


def test_what_vanishes_after_it_was_listed(ground: Ground, ids: list[str], store: Path) -> None:
    """Everything below the account and the vault is gone when it is asked for: the audit ends with what it had seen."""
    control.declare_faults(
        store, Fault("GET", "/(storageAccounts|vaults)/[^/]+/.+", 404, "ParentResourceNotFound", times=-1)
    )
    found = audit(ground, ids)
    assert managed(found, ids) == set()
    assert found.read == len(ids)


def test_a_list_without_its_group_is_not_an_absence(ground: Ground, ids: list[str], store: Path) -> None:
    """The lists say 404, as they do while a group is being moved or made, and each resource itself is there."""
    control.declare_faults(
        store, Fault("GET", "/(storageAccounts|vaults|virtualNetworks)$", 404, "ResourceGroupNotFound", times=-1)
    )
    assert managed(audit(ground, ids), ids) == set()


@pytest.mark.parametrize(
    ("state", "kinds"),
    [
        ("Updating", {DriftKind.UNREAD}),
        ("Failed", {DriftKind.UNDECLARED}),
    ],
)
def test_a_half_provisioned_resource_is_there(
    ground: Ground, ids: list[str], store: Path, state: str, kinds: set[DriftKind]
) -> None:
    """One that is still being changed cannot be judged yet, one that failed has drifted; neither is missing."""
    (network,) = (id for id in ids if id.endswith("/virtualNetworks/net"))
    control.background_change(store, network, {"properties": {"provisioningState": state}})
    try:
        assert managed(audit(ground, ids), [network]) == kinds
    finally:
        control.background_change(store, network, {"properties": {"provisioningState": "Succeeded"}})


def test_what_had_failed_when_it_was_recorded_has_failed(ground: Ground, ids: list[str], store: Path) -> None:
    """An apply that fails records the failure: it is a finding all the same, and says what goes on from there."""
    (network,) = (id for id in ids if id.endswith("/virtualNetworks/net"))
    example = next(each for each in ground.examples.values() if each.id == network)
    failed = put(example.answered, "/properties/provisioningState", "Failed")
    found = judge({network: failed}, {network: Answer(200, failed)}, {network: example.declared})
    (drift,) = (drift for drift in found.drifts if drift.id == network)
    assert drift.kind is DriftKind.UNDECLARED
    assert drift.change is not None
    assert (drift.change.path, drift.change.after) == ("/properties/provisioningState", "Failed")
    assert "azkeep apply" in drift.fix


def test_a_list_that_breaks_is_read_one_by_one(ground: Ground, ids: list[str], store: Path) -> None:
    """The list of accounts answers 500 for ever, the account itself does not."""
    control.declare_faults(store, Fault("GET", "/storageAccounts$", 500, times=-1))
    assert managed(audit(ground, ids), ids) == set()


def test_children_that_cannot_be_listed_are_said(ground: Ground, ids: list[str], store: Path) -> None:
    """The containers' list is forbidden: what may stand there is unread."""
    control.declare_faults(store, Fault("GET", "/diagnosticSettings$", 403, "AuthorizationFailed", "no", times=-1))
    found = audit(ground, ids)
    assert managed(found, ids) == set()
    unread = [drift for drift in found.drifts if drift.kind is DriftKind.UNREAD]
    assert unread
    assert all(drift.id.endswith("/diagnosticSettings") for drift in unread)


def test_without_resource_graph_lists_do(ground: Ground, ids: list[str], store: Path) -> None:
    """Resource Graph is down: the same findings, by lists."""
    whole = {drift.id for drift in audit(ground, ids).drifts}
    control.declare_faults(store, Fault("POST", "ResourceGraph", 500, times=-1))
    assert {drift.id for drift in audit(ground, ids).drifts} == whole
