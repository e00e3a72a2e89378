"""The engine by hand: `azkeep pulumi STACK -- …` and what plain Pulumi says of the same folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.engine.command import Azkeep

PROGRAM = """
import pulumi
import pulumi_azure_native as azure

azure.resources.ResourceGroup("group", resource_group_name="hand-rg", location="westeurope")
pulumi.export("word", pulumi.Output.secret("canary-77"))
"""


def test_pulumi_runs_with_the_stacks_environment(azkeep: Azkeep, write_stack: Callable[..., Path]) -> None:
    """It finds state, secrets and stack without being told; its words go to the terminal, its failure is exit 1."""
    folder = write_stack("hand", PROGRAM)
    azkeep("apply", "hand", "--yes")
    shown = azkeep("pulumi", "hand", "--", "stack", "--show-urns")
    assert "urn:pulumi:dev::hand::azure-native:resources:ResourceGroup::group" in shown.out
    assert azkeep("pulumi", "hand", "--", "stack", "output", "word", "--show-secrets").out.strip() == "canary-77"
    assert azkeep("pulumi", "hand", "--", "stack", "output", "none", code=1).err
    assert sorted(path.name for path in folder.iterdir()) == [
        ".azkeep",
        "Pulumi.dev.yaml",
        "Pulumi.yaml",
        "__main__.py",
    ]
    assert "encryptionsalt" not in (folder / "Pulumi.dev.yaml").read_text()


def test_another_environment_is_anothers_stack(azkeep: Azkeep, write_stack: Callable[..., Path]) -> None:
    """`--env test` names the stack that the engine works on."""
    folder = write_stack("hand", PROGRAM)
    (folder / "Pulumi.test.yaml").write_text("config:\n  azkeep:cloud: local\n")
    azkeep("apply", "hand", "--yes", "--env", "test")
    shown = azkeep("pulumi", "hand", "--env", "test", "--", "stack", "--show-urns")
    assert "urn:pulumi:test::hand::azure-native:resources:ResourceGroup::group" in shown.out
