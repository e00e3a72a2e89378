"""Changes to the SDK: switches, versions, and the same resources with and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fake_engine import FakeEngine, run, serving

from azkeep.program import speed
from azkeep.program.host import ProgramHost
from azkeep.program.project import Project

PROGRAM = """
import pulumi
from pulumi_azure_native import network, resources, storage
import parts
group = resources.ResourceGroup("rg", location="westeurope")
vnet = network.VirtualNetwork("vnet", resource_group_name=group.name,
    opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="before")]))
for n in range(6):
    network.Subnet(f"subnet{n}", resource_group_name=group.name, virtual_network_name=vnet.name,
        opts=pulumi.ResourceOptions(parent=vnet))
parts.Accounts("accounts", group)
pulumi.export("late", vnet.id.apply(lambda id: network.RouteTable("late", resource_group_name=id).id))
"""
PARTS = """
import pulumi
from pulumi_azure_native import storage
class Accounts(pulumi.ComponentResource):
    def __init__(self, name, group):
        super().__init__("parts:index:Accounts", name)
        storage.StorageAccount("account", resource_group_name=group.name, kind="StorageV2",
            sku=storage.SkuArgs(name="Standard_LRS"), opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({"x": group.id})
"""


def registered(project: Project, *, fast: bool, kept: frozenset[str] = frozenset()) -> FakeEngine:
    engine = FakeEngine()
    settings: dict[str, Any] = {"environment": {}, "parallel": 4, "secret_outputs": {}, "kept_alias_types": kept}
    with (
        serving(engine) as address,
        ProgramHost(project, on_output=lambda line: None, speed=fast, **settings) as host,
    ):
        assert run(host.address, address, project.folder).error == ""
    return engine


def comparable(engine: FakeEngine) -> list[Any]:
    """Every request by name, without what the changes are about: aliases of the class, and frames elsewhere."""
    for request in engine.registered:
        own = [alias for alias in request.aliases if not alias.spec.type]
        del request.aliases[:]
        request.aliases.extend(own)
        request.ClearField("stackTrace")
        request.ClearField("sourcePosition")
        request.dependencies.sort()
    return sorted(engine.registered, key=lambda request: request.name)


def test_the_same_resources_with_and_without(stack: Callable[..., Project]) -> None:
    """Every registration and output is the same: inputs, options, parents, dependencies, the user's aliases."""
    project = stack(PROGRAM, parts=PARTS)
    fast, plain = registered(project, fast=True), registered(project, fast=False)
    assert comparable(fast) == comparable(plain)
    assert len(fast.registered) == 12
    assert fast.outputs == plain.outputs


def test_aliases_and_frames_shrink(stack: Callable[..., Project]) -> None:
    """What is left of aliases is what the checkpoint knows, and every frame lies in the stack folder."""
    kept = "azure-native:network/v20230201:VirtualNetwork"
    engine = registered(project := stack(PROGRAM, parts=PARTS), fast=True, kept=frozenset({kept}))
    by_name = {request.name: request for request in engine.registered}
    vnet = by_name["vnet"]
    assert [(alias.spec.name, alias.spec.type) for alias in vnet.aliases] == [("before", ""), ("", kept)]
    assert list(by_name["rg"].aliases) == []
    frames = [frame.pc.uri for request in engine.registered for frame in request.stackTrace.frames]
    assert frames
    assert all(uri.startswith(project.folder.as_uri()) for uri in frames)
    assert (vnet.sourcePosition.uri.rsplit("/", 1)[1], vnet.sourcePosition.line) == ("__main__.py", 6)
    account = by_name["account"]
    assert [frame.pc.line for frame in account.stackTrace.frames] == [7, 11]
    assert by_name["accounts"].sourcePosition.line == 11


@pytest.mark.parametrize(
    ("switch", "left"),
    [("", 4), ("off", 0), ("-aliases", 3), ("-waiting,-stack-traces", 2), ("on", 4)],
)
def test_switches(monkeypatch: pytest.MonkeyPatch, switch: str, left: int) -> None:
    """`off` turns all off, `-name` those named; what is off is listed with its reason."""
    monkeypatch.setenv("AZKEEP_SPEED", switch)
    assert len(speed.applied()) == left
    assert len(speed.skipped()) == 4 - left
    assert all(why == "switched off by AZKEEP_SPEED" for _, why in speed.skipped())


def test_an_unchecked_version_turns_changes_of_the_sdk_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """On another SDK only what does not touch it stays, and the version is named."""
    monkeypatch.setattr("importlib.metadata.version", lambda name: "3.999.1")
    assert [change.name for change in speed.applied()] == ["aliases", "collection"]
    assert {why for _, why in speed.skipped()} == {"not checked on pulumi 3.999"}


def test_a_failure_among_many_open_outputs_is_raised(stack: Callable[..., Project]) -> None:
    """Waiting for outputs as a whole reports the first error, as waiting one by one does."""
    project = stack("""
import asyncio, pulumi
async def late(n):
    await asyncio.sleep(0.05 * n)
    return n
outputs = [pulumi.Output.from_input(late(n)).apply(lambda n: n) for n in range(4)]
outputs[1].apply(lambda n: 1 / 0)
""")
    engine = FakeEngine()
    for fast in (True, False):
        with (
            serving(engine) as address,
            ProgramHost(
                project, environment={}, parallel=4, kept_alias_types=frozenset(), secret_outputs={},
                on_output=lambda line: None, speed=fast,
            ) as host,
        ):  # fmt: skip
            assert "ZeroDivisionError" in run(host.address, address, project.folder).error
