"""Policies on the real engine: the gate of preview and apply, the pack in plain Pulumi, and that all ways agree."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from azkeep.policy.loading import load_rules, shipped
from tests.engine.command import Azkeep

CHECKOUT = Path(__file__).parents[2]
PROGRAM = """
import pulumi
from pulumi_azure_native import keyvault, network, resources, storage

group = resources.ResourceGroup("group", resource_group_name="shop-rg", location="westeurope")
net = network.VirtualNetwork(
    "net", resource_group_name=group.name, virtual_network_name="shop-net", location="westeurope",
    address_space={"address_prefixes": ["10.0.0.0/16"]},
)
inner = network.Subnet(
    "inner", resource_group_name=group.name, virtual_network_name=net.name, subnet_name="inner",
    address_prefix="10.0.1.0/24",
)
vault = keyvault.Vault(
    "vault", resource_group_name=group.name, vault_name="shop-kv-77", location="westeurope",
    properties={
        "tenant_id": pulumi.Config("azure-native").get("tenantId") or "00000000-0000-0000-0000-000000000001",
        "sku": {"name": "standard", "family": "A"}, "public_network_access": "Enabled",
    },
)
account = storage.StorageAccount(
    "account", resource_group_name=group.name, account_name="shopdata77", location="westeurope",
    kind="StorageV2", sku={"name": "Standard_LRS"}, allow_blob_public_access=True,
)
network.PrivateEndpoint(
    "endpoint", resource_group_name=group.name, private_endpoint_name="shop-pe", location="westeurope",
    subnet={"id": inner.id},
    private_link_service_connections=[{"name": "data", "private_link_service_id": account.id, "group_ids": ["blob"]}],
)
"""
ADVISORY = "policies:\n  enforcement: advisory\n"
MANDATORY = "policies:\n  profile: secure-enterprise\n"
Failures = set[tuple[str, str]]


@pytest.fixture
def shop(write_stack: Callable[..., Path], tmp_path: Path) -> Path:
    """A stack that breaks rules of one resource and of several; the project lets them pass."""
    (tmp_path / "azkeep.yaml").write_text(ADVISORY)
    return write_stack("shop", PROGRAM)


def failures(findings: list[dict[str, Any]]) -> Failures:
    """(rule, logical name) of everything that fails and that a pack can report."""
    needs = {rule.id: rule.needs.value for rule in load_rules(shipped())}
    return {
        (each["rule"], each["urn"].rsplit("::", 1)[-1])
        for each in findings
        if each["verdict"] == "fail" and each["urn"] and needs.get(each["rule"]) in ("attribute", "graph")
    }


def test_all_ways_agree(azkeep: Azkeep, shop: Path) -> None:
    """check, preview, apply and the pack in the real engine find the same faults, and the live estate has them."""
    declared = failures(azkeep("check", "shop", "--format", "json", code=3).document["findings"])
    assert {("KV-NET-001", "vault"), ("KV-NET-003", "vault"), ("ST-NET-001", "account")} <= declared
    previewed = azkeep("preview", "shop", "--format", "json").document
    assert failures(previewed["findings"]) == declared
    assert pack_failures(azkeep, shop) == declared
    applied = azkeep("apply", "shop", "--yes", "--format", "json").document
    assert declared <= failures(applied["findings"])
    live = azkeep("check", "shop", "--live", "--format", "json", code=3).document["findings"]
    found = {(each["rule"], logical(each["id"])) for each in live if each["verdict"] == "fail" and each["id"]}
    assert declared <= found


def logical(id: str) -> str:
    """The logical name of the resource that `id` names, or of the one around it."""
    names = {"shop-kv-77": "vault", "shopdata77": "account", "shop-net": "net", "inner": "inner", "shop-pe": "endpoint"}
    return next((names[part] for part in reversed(id.split("/")) if part in names), "group")


def pack_failures(azkeep: Azkeep, folder: Path) -> Failures:
    """What `pulumi preview --policy-pack` reports of resources, not of subscriptions, from its event log."""
    log = folder / "events.jsonl"
    azkeep("pulumi", "shop", "--", "preview", "--non-interactive", "--policy-pack", str(CHECKOUT / "policies"),
           "--event-log", str(log), code=1)  # fmt: skip
    events = [json.loads(line).get("policyEvent") for line in log.read_text().splitlines()]
    log.unlink()
    found = [each for each in events if each and "pulumi:pulumi:Stack" not in each["resourceUrn"]]
    return {(each["policyName"], each["resourceUrn"].rsplit("::", 1)[-1]) for each in found}


def test_a_broken_rule_stops_preview_and_apply(azkeep: Azkeep, shop: Path, tmp_path: Path) -> None:
    """With mandatory policies both exit 3, apply before anything was made; the file of state has no resource."""
    (tmp_path / "azkeep.yaml").write_text(MANDATORY)
    preview = azkeep("preview", "shop", "--format", "json", code=3).document
    assert ("KV-NET-001", "vault") in failures(preview["findings"])
    outcome = azkeep("apply", "shop", "--yes", "--format", "json", code=3).document
    assert outcome["steps"] == []
    assert outcome["errors"][0]["code"] == "policy-broken"
    assert azkeep("preview", "shop", "--format", "json", code=3).document["summary"]["create"] == 6


RESOLVED = """
import pulumi
from pulumi_azure_native import resources, storage

group = resources.ResourceGroup("group", resource_group_name="late-rg", location="westeurope")
first = storage.StorageAccount(
    "first", resource_group_name=group.name, account_name="latefirst77", location="westeurope", kind="StorageV2",
    sku={"name": "Standard_LRS"}, public_network_access="Disabled", minimum_tls_version="TLS1_2",
    allow_shared_key_access=False,
    network_rule_set={"default_action": "Deny"},
)
storage.StorageAccount(
    "second", resource_group_name=group.name, account_name="latesecond77", location="westeurope", kind="StorageV2",
    sku={"name": "Standard_LRS"}, public_network_access="Disabled", minimum_tls_version="TLS1_2",
    allow_shared_key_access=False,
    allow_blob_public_access=first.creation_time.apply(lambda time: bool(time)),
    network_rule_set={"default_action": "Deny"},
)
"""


def test_a_value_known_only_at_apply_is_judged(
    azkeep: Azkeep, write_stack: Callable[..., Path], tmp_path: Path
) -> None:
    """What breaks a rule once its value is known is not made, exit 3; what came before it stays and is recorded."""
    (tmp_path / "azkeep.yaml").write_text("policies:\n  include: [ST-DAT-001]\n")
    rule = next(rule for rule in load_rules(shipped()) if "properties.allowBlobPublicAccess" in rule.paths)
    (tmp_path / "azkeep.yaml").write_text(f"policies:\n  fail_on: low\n  include: [{rule.id}]\n")
    write_stack("late", RESOLVED)
    preview = azkeep("preview", "late", "--format", "json").document
    assert failures(preview["findings"]) == set()
    outcome = azkeep("apply", "late", "--yes", "--format", "json", code=3).document
    assert rule.id in outcome["errors"][0]["summary"]
    done = {step["name"] for step in outcome["steps"] if step["status"] == "done"}
    assert "first" in done
    assert "second" not in done


def test_a_waiver_lets_it_through(azkeep: Azkeep, shop: Path, tmp_path: Path) -> None:
    """A waiver in the file, and one in the program, are each on one resource; the apply goes on."""
    (tmp_path / "azkeep.yaml").write_text("policies:\n  include: [KV-NET-001, ST-NET-001]\n")
    (tmp_path / "azkeep.waivers.yaml").write_text(
        "- rule: KV-NET-001\n  resource: shop-kv-77\n  reason: opened for the migration week\n"
        "  owner: platform@example.com\n  expires: 2999-12-31\n"
    )
    text = (shop / "__main__.py").read_text()
    granted = (
        "\nfrom azkeep.components.waivers import Waiver\n"
        'Waiver(account, "ST-NET-001", reason="public while the network is built", owner="data@example.com",'
        ' expires="2999-12-31")\n'
    )
    (shop / "__main__.py").write_text(text + granted)
    checked = azkeep("check", "shop", "--format", "json").document
    waived = {(each["rule"], each["waiver"]["owner"]) for each in checked["findings"] if each["verdict"] == "waived"}
    assert waived == {("KV-NET-001", "platform@example.com"), ("ST-NET-001", "data@example.com")}
    assert azkeep("apply", "shop", "--yes", "--format", "json").document["succeeded"]


def test_a_rule_that_raises_stops_an_apply(azkeep: Azkeep, write_stack: Callable[..., Path], tmp_path: Path) -> None:
    """Nobody knows whether it is kept: preview and apply exit 5, and nothing is made."""
    (tmp_path / "own" / "rules").mkdir(parents=True)
    (tmp_path / "own" / "rules" / "mine.py").write_text(
        "from azkeep.policy import Document, Severity, Truth, rule\n"
        'GROUP = "Microsoft.Resources/resourceGroups"\n'
        '@rule("OWN-001", "It breaks", severity=Severity.HIGH, on=GROUP, fix="Mend it.")\n'
        'def broken(group: Document) -> Truth:\n    """Breaks."""\n    raise ValueError("odd")\n'
    )
    (tmp_path / "azkeep.yaml").write_text("policies:\n  folder: own\n  include: [OWN]\n")
    write_stack(
        "solo", 'import pulumi_azure_native as azure\nazure.resources.ResourceGroup("g", location="westeurope")\n'
    )
    preview = azkeep("preview", "solo", "--format", "json", code=5).document
    assert [each["verdict"] for each in preview["findings"]] == ["error"]
    outcome = azkeep("apply", "solo", "--yes", "--format", "json", code=5).document
    assert (outcome["steps"], outcome["errors"][0]["code"]) == ([], "not-judged")


def test_a_baseline_of_check_holds_for_apply(azkeep: Azkeep, shop: Path, tmp_path: Path) -> None:
    """What `check --write-baseline` keeps is known to preview and apply, whose subscription is a real one."""
    azkeep("check", "shop", "--write-baseline", "known.json")
    (tmp_path / "azkeep.yaml").write_text("policies:\n  baseline: known.json\n")
    previewed = azkeep("preview", "shop", "--format", "json").document
    open_ = {each["rule"] for each in previewed["findings"] if each["verdict"] == "fail" and not each["accepted"]}
    assert open_ == set()
    assert azkeep("apply", "shop", "--yes", "--format", "json").document["succeeded"]


def test_the_pack_agrees_on_an_applied_stack_too(azkeep: Azkeep, shop: Path) -> None:
    """With ids and outputs known, the pack finds what check finds, no more."""
    azkeep("apply", "shop", "--yes")
    declared = failures(azkeep("check", "shop", "--format", "json", code=3).document["findings"])
    assert pack_failures(azkeep, shop) == declared
