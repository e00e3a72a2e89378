"""The secure workspace in every form of its network, from apply to destroy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from azkeep.clouds.local import open_local
from tests.engine.command import Azkeep, operations, values

STACK = Path(__file__).parents[2] / "stacks" / "secure-workspace"
NAME = "secure-workspace"
ESTATE = "secure-workspace:estate"
HUB_SUBSCRIPTION = "33333333-4444-4555-8666-777777777777"
HUB = """
import pulumi
import pulumi_azure_native as azure

hub = pulumi.ResourceOptions(provider=azure.Provider("hub", subscription_id="33333333-4444-4555-8666-777777777777"))
group = azure.resources.ResourceGroup("group", resource_group_name="hub-rg", location="westeurope", opts=hub)
place = {"resource_group_name": group.name}
space = {"address_prefixes": ["10.80.0.0/16"]}
vnet = azure.network.VirtualNetwork(
    "vnet", virtual_network_name="hub-vnet", location="westeurope", address_space=space, opts=hub, **place
)
training = azure.network.Subnet(
    "training", subnet_name="training", virtual_network_name=vnet.name, address_prefix="10.80.0.0/24", opts=hub, **place
)
endpoints = azure.network.Subnet(
    "endpoints",
    subnet_name="endpoints",
    virtual_network_name=vnet.name,
    address_prefix="10.80.1.0/24",
    opts=pulumi.ResourceOptions(provider=hub.provider, depends_on=[training]),
    **place,
)
logs = azure.operationalinsights.Workspace(
    "logs", workspace_name="hub-logs", location="westeurope", sku={"name": "PerGB2018"}, opts=hub, **place
)
registry = azure.containerregistry.Registry(
    "registry",
    registry_name="hubregistry",
    location="westeurope",
    sku={"name": "Premium"},
    public_network_access="Disabled",
    opts=hub,
    **place,
)
pulumi.export("training", training.id)
pulumi.export("endpoints", endpoints.id)
pulumi.export("logs", logs.id)
pulumi.export("registry", registry.id)
"""


@pytest.fixture
def stack(azkeep: Azkeep) -> Path:
    """A copy of the shipped stack in a project of its own."""
    (azkeep.folder / "azkeep.yaml").write_text("env: dev\n")
    folder = azkeep.folder / NAME
    shutil.copytree(STACK, folder, ignore=shutil.ignore_patterns(".azkeep", "__pycache__"))
    return folder


def change(stack: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    """Edits the estate's settings of the dev environment."""
    file = stack / "Pulumi.dev.yaml"
    document = yaml.safe_load(file.read_text())
    edit(document["config"][ESTATE])
    file.write_text(yaml.safe_dump(document))


def assert_settled(azkeep: Azkeep, **environment: str) -> None:
    """Nothing to do, and nothing has drifted."""
    plan = azkeep.json("preview", NAME, "--detailed-exitcode", **environment)
    assert set(operations(plan).values()) == {"same"}
    assert plan["outside"] == []
    assert azkeep.json("audit", NAME, **environment)["drifts"] == []


def traffic(azkeep: Azkeep) -> dict[str, int]:
    """What the live endpoint sends where."""
    outputs = values(azkeep.json("outputs", NAME))
    endpoint = f"{outputs['workspace_id']}/onlineEndpoints/{outputs['endpoint']}"
    with open_local(azkeep.folder / ".azkeep" / "local" / "store", None) as cloud:
        answer = cloud.transport.send("GET", endpoint, api_version="2025-12-01")
        found: dict[str, int] = answer.body["properties"]["traffic"]
        return found


def test_the_own_network(azkeep: Azkeep, stack: Path) -> None:
    """Applied in two passes it is settled; deployments are exchanged under traffic; a destroy leaves what soft delete
    keeps and nothing else."""
    plan = azkeep.json("preview", NAME, "--out", "reviewed.plan")
    later = [step for step in plan["steps"] if step["reason"].startswith("second pass")]
    assert [(step["op"], step["name"]) for step in later] == [("update", "endpoint")]
    azkeep("apply", NAME, "reviewed.plan")
    assert traffic(azkeep) == {"blue": 90, "green": 10}
    assert_settled(azkeep)

    def exchange(estate: dict[str, Any]) -> None:
        deployments = estate["endpoint"]["deployments"]
        deployments["red"] = deployments.pop("blue")

    change(stack, exchange)
    outcome = azkeep.json("apply", NAME, "--yes")
    moved = {step["name"]: step["op"] for step in outcome["steps"] if step["op"] != "same"}
    assert moved == {"red": "create", "endpoint": "update", "blue": "delete"}
    assert traffic(azkeep) == {"red": 90, "green": 10}
    assert_settled(azkeep)

    azkeep("destroy", NAME, "--yes")
    with open_local(azkeep.folder / ".azkeep" / "local" / "store", None) as cloud:
        subscription = f"/subscriptions/{cloud.subscription}"
        groups = cloud.transport.send("GET", f"{subscription}/resourceGroups", api_version="2021-04-01")
        assert groups.body["value"] == []
        resources = cloud.transport.send("GET", f"{subscription}/resources", api_version="2021-04-01")
        assert resources.body["value"] == []
        vaults = cloud.transport.send(
            "GET", f"{subscription}/providers/Microsoft.KeyVault/deletedVaults", api_version="2024-11-01"
        )
        assert [vault["name"] for vault in vaults.body["value"]] == ["keep-dev-kv"]


def test_the_managed_network(azkeep: Azkeep, stack: Path) -> None:
    """Computes in Azure's own network: applied, settled, and with an outbound rule for the hosts named."""
    network = {"form": "managed", "isolation": "approved", "outbound": {"hosts": {"packages": "packages.example.com"}}}
    change(stack, lambda estate: estate.update(network=network))
    outcome = azkeep.json("apply", NAME, "--yes")
    rules = [step["id"].rsplit("/", 1)[-1] for step in outcome["steps"] if step["type"].endswith("/outboundRules")]
    assert "packages" in rules
    assert_settled(azkeep)


def test_an_existing_network_and_companions_in_another_subscription(
    azkeep: Azkeep, stack: Path, write_stack: Callable[..., Path]
) -> None:
    """Subnets, log workspace and registry of a hub in another subscription are used and not made."""
    both = {"AZKEEP_LOCAL_SUBSCRIPTIONS": HUB_SUBSCRIPTION}
    write_stack("hub", HUB)
    hub = values(azkeep.json("apply", "hub", "--yes", **both))
    network = {"form": "existing", "training": hub["training"], "endpoints": hub["endpoints"]}

    def use_hub(estate: dict[str, Any]) -> None:
        estate["network"] = network
        estate["registry"] = {"id": hub["registry"]}
        estate["monitoring"]["log_workspace"] = hub["logs"]

    change(stack, use_hub)
    outcome = azkeep.json("apply", NAME, "--yes", **both)
    made = {step["type"] for step in outcome["steps"]}
    assert not made & {
        "Microsoft.Network/virtualNetworks",
        "Microsoft.ContainerRegistry/registries",
        "Microsoft.OperationalInsights/workspaces",
    }
    assert_settled(azkeep, **both)


def test_production_is_rehearsed_and_says_so(azkeep: Azkeep, stack: Path) -> None:
    """The azure environment needs --rehearse to run on the local cloud; first line, last line and JSON say so."""
    refused = azkeep("preview", NAME, "--env", "prod", "--cloud", "local", code=1)
    assert "--rehearse" in refused.err
    document = azkeep.folder / "plan.json"
    done = azkeep("preview", NAME, "--env", "prod", "--rehearse", "--format", f"json={document}")
    lines = [line for line in done.out.splitlines() if line.strip()]
    assert "rehearsal" in lines[0].lower()
    assert "rehearsal" in lines[-1].lower()
    assert json.loads(document.read_text())["rehearsal"] is True
    azkeep("apply", NAME, "--env", "prod", "--rehearse", "--yes")
    azkeep("preview", NAME, "--env", "prod", "--rehearse", "--detailed-exitcode")
