"""Who did it, asked of the local cloud's own change feed and activity log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.contract.emulator.arm import Arm

from audit.conftest import Ground
from azkeep.audit.attribution import NO_VALUES
from azkeep.audit.judge import judge
from azkeep.azure.client import ArmClient
from azkeep.azure.reader import Reader
from azkeep.emulator import control
from azkeep.jobs.attributing import attributed
from azkeep.jobs.sweeping import read_around, read_managed
from azkeep.model.drift import Audit, DriftKind
from azkeep.model.ids import ArmId
from azkeep.types import by_arm_type

GROUP = "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/hands"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/handsvault"
RECORD = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/hands.example/A/host"
BODIES: Mapping[str, Mapping[str, Any]] = {
    GROUP: {"location": "westeurope"},
    NETWORK: {
        "location": "westeurope",
        "properties": {
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "subnets": [{"name": "inner", "properties": {"addressPrefix": "10.0.0.0/24"}}],
        },
    },
    VAULT: {
        "location": "westeurope",
        "properties": {
            "tenantId": "", "sku": {"family": "A", "name": "standard"}, "accessPolicies": [],
            "publicNetworkAccess": "Disabled",
        },
    },
    RECORD.rsplit("/A/", 1)[0]: {"location": "global"},
    RECORD: {"properties": {"ttl": 10, "aRecords": [{"ipv4Address": "10.0.0.4"}]}},
}  # fmt: skip


def version(id: str) -> str:
    type_ = by_arm_type(ArmId.parse(id).type)
    assert type_ is not None
    return type_.api_version


def put(arm: Arm, id: str, body: Mapping[str, Any]) -> None:
    sent = {name: value for name, value in body.items() if name not in ("id", "name", "type", "etag", "systemData")}
    answer = arm.send("PUT", id, sent, version=version(id))
    assert answer.status_code in (200, 201, 202), answer.text


@pytest.fixture
def hand(ground: Ground) -> Iterator[Arm]:
    """Mallory, with rights of her own."""
    store = Path(ground.ready["ca"]).parent
    control.ensure_principal(store, "mallory@example.com", "Contributor")
    arm = Arm(ground.ready, control.mint_token(store, "mallory@example.com"))
    yield arm
    arm.session.close()


@pytest.fixture
def recorded(ground: Ground) -> Iterator[tuple[dict[str, Any], str]]:
    """Documents as an apply left them, and when they were read."""
    for id, body in BODIES.items():
        put(ground.arm, id, _with_tenant(body, ground.ready["tenant"]))
    found = {id: ground.arm.send("GET", id, version=version(id)).json() for id in BODIES}
    yield found, datetime.now(UTC).isoformat()
    ground.arm.send("DELETE", GROUP, version=version(GROUP))
    purge = (
        f"{GROUP.rsplit('/', 2)[0]}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/handsvault/purge"
    )
    ground.arm.send("POST", purge, version=version(VAULT))


def _with_tenant(body: Mapping[str, Any], tenant: str) -> Mapping[str, Any]:
    properties = body.get("properties", {})
    return {**body, "properties": {**properties, "tenantId": tenant}} if "tenantId" in properties else body


def audit(ground: Ground, recorded: tuple[dict[str, Any], str]) -> Audit:
    documents, at = recorded
    with ground.client("looker@example.com", "Reader") as client:
        return _audited(client, documents, at)


def _audited(client: ArmClient, documents: dict[str, Any], at: str) -> Audit:
    reader = Reader(client)
    swept = read_managed(reader, documents)
    declared = {id: _with_tenant(body, documents[VAULT]["properties"]["tenantId"]) for id, body in BODIES.items()}
    found = judge(documents, swept.live, declared, seen=read_around(reader, swept, (GROUP,)))
    return attributed(found, reader, at)


def test_one_hand_and_its_values(ground: Ground, recorded: tuple[dict[str, Any], str], hand: Arm) -> None:
    """The vault's public access: who, when, by which operation, from what to what."""
    body = recorded[0][VAULT]
    put(hand, VAULT, {**body, "properties": {**body["properties"], "publicNetworkAccess": "Enabled"}})
    (drift,) = audit(ground, recorded).drifts
    (who,) = drift.who
    assert (who.by, who.before, who.after) == ("mallory@example.com", "Disabled", "Enabled")
    assert (who.operation, who.has_values) == ("Microsoft.KeyVault/vaults/write", True)


def test_two_hands_on_one_property(ground: Ground, recorded: tuple[dict[str, Any], str], hand: Arm) -> None:
    """Both are told, in order, each with its own values."""
    body = recorded[0][VAULT]
    put(hand, VAULT, {**body, "tags": {"a": "1"}})
    put(ground.arm, VAULT, {**body, "tags": {"a": "2"}})
    (drift,) = audit(ground, recorded).drifts
    assert [(who.before, who.after) for who in drift.who] == [(None, "1"), ("1", "2")]
    assert drift.who[0].by == "mallory@example.com"


def test_a_subnet_told_of_by_its_network(ground: Ground, recorded: tuple[dict[str, Any], str], hand: Arm) -> None:
    """Resource Graph records the change in the network's document; the finding stands there too."""
    put(hand, f"{NETWORK}/subnets/inner", {"properties": {"addressPrefix": "10.0.7.0/24"}})
    found = [drift for drift in audit(ground, recorded).drifts if drift.change]
    assert [(drift.id, drift.change and drift.change.path) for drift in found] == [
        (NETWORK, "/properties/subnets/0/properties/addressPrefix")
    ]
    assert [(who.by, who.before, who.after) for who in found[0].who] == [
        ("mallory@example.com", "10.0.0.0/24", "10.0.7.0/24")
    ]


def test_a_type_without_a_feed(ground: Ground, recorded: tuple[dict[str, Any], str], hand: Arm) -> None:
    """A DNS record is in no feed: the log says who and when, and that there are no values is said."""
    put(hand, RECORD, {"properties": {"ttl": 10, "aRecords": [{"ipv4Address": "203.0.113.9"}]}})
    (drift,) = audit(ground, recorded).drifts
    assert [(who.by, who.has_values) for who in drift.who] == [("mallory@example.com", False)]
    assert drift.who_note == NO_VALUES


def test_who_deleted_it_and_where_it_lies_now(ground: Ground, recorded: tuple[dict[str, Any], str], hand: Arm) -> None:
    """A vault that is gone is soft-deleted, and somebody did it."""
    assert hand.send("DELETE", VAULT, version=version(VAULT)).ok
    (drift,) = audit(ground, recorded).drifts
    assert (drift.kind, drift.id) == (DriftKind.MISSING, VAULT)
    assert drift.detail.startswith("soft-deleted at 20")
    assert [who.by for who in drift.who] == ["mallory@example.com"]


def test_what_nobody_declared_is_explained_by_what_was_before_the_recording(
    ground: Ground, recorded: tuple[dict[str, Any], str], hand: Arm
) -> None:
    """No recording knows it, so an apply or a fix since then takes nothing from what is known of its maker."""
    strange = f"{GROUP}/providers/Microsoft.Network/routeTables/strange"
    put(hand, strange, {"location": "westeurope"})
    (drift,) = audit(ground, (recorded[0], datetime.now(UTC).isoformat())).drifts
    assert (drift.kind, drift.id, [who.by for who in drift.who]) == (
        DriftKind.UNMANAGED, strange, ["mallory@example.com"]
    )  # fmt: skip


def test_what_a_policy_deploys_is_by_policy(ground: Ground, recorded: tuple[dict[str, Any], str]) -> None:
    """Diagnostic settings that an assignment's identity made are shown, and are no drift."""
    store = Path(ground.ready["ca"]).parent
    principal = control.policy_hand(store, "audit-diagnostics")
    policy = Arm(ground.ready, control.mint_token(store, principal.name))
    log = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/handslog"
    put(ground.arm, log, {"location": "westeurope", "properties": {"sku": {"name": "PerGB2018"}}})
    setting = f"{VAULT}/providers/Microsoft.Insights/diagnosticSettings/by-policy"
    answer = policy.send(
        "PUT", setting, {"properties": {"workspaceId": log, "logs": [{"categoryGroup": "audit", "enabled": True}]}},
        version=version(setting),
    )  # fmt: skip
    policy.session.close()
    if answer.status_code == 403:
        pytest.skip("the assignment's identity has no right in this subscription")
    assert answer.status_code in (200, 201), answer.text
    drifts = {drift.id.rsplit("/", 1)[-1]: drift for drift in audit(ground, recorded).drifts}
    assert (drifts["by-policy"].by_policy, drifts["by-policy"].counts) == ("audit-diagnostics", False)
    assert (drifts["handslog"].by_policy, drifts["handslog"].kind) == ("", DriftKind.UNMANAGED)
