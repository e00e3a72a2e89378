"""A plan is a promise: what was reviewed is what is applied, or nothing is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.command import Azkeep, operations, values

PROGRAM = """
import pulumi
import pulumi_azure_native as azure

owner = pulumi.Config().get("owner") or "nobody"
group = azure.resources.ResourceGroup(
    "group", resource_group_name="plan-rg", location="westeurope", tags={"owner": owner}
)
vnet = azure.network.VirtualNetwork(
    "vnet",
    resource_group_name=group.name,
    virtual_network_name="plan-vnet",
    location="westeurope",
    address_space={"address_prefixes": ["10.0.0.0/16"]},
)
pulumi.export("vnet", vnet.id)
"""
WriteStack = Callable[..., Path]


@pytest.fixture
def stack(write_stack: WriteStack) -> Path:
    return write_stack("promise", PROGRAM)


@pytest.fixture
def planned(azkeep: Azkeep, write_stack: WriteStack, once: Callable[[Callable[[], None]], None]) -> Path:
    """The folder of a stack that nobody has applied, and beside it reviewed.plan, which makes a group and a network."""

    def plan() -> None:
        write_stack("promise", PROGRAM)
        plan = azkeep.json("preview", "promise", "--out", "reviewed.plan")
        assert operations(plan) == {"group": "create", "vnet": "create"}
        (group,) = (step["id"] for step in plan["steps"] if step["name"] == "group")
        (azkeep.folder / "group").write_text(group)

    once(plan)
    return azkeep.folder / "promise"


def groups(azkeep: Azkeep) -> dict[str, str]:
    return operations(azkeep.json("preview", "promise"))


def test_a_saved_plan_is_applied_as_reviewed(azkeep: Azkeep, planned: Path) -> None:
    """apply FILE does exactly the steps of the saved plan, without a question."""
    outcome = azkeep.json("apply", "promise", "reviewed.plan")
    assert operations(outcome) == {"group": "create", "vnet": "create"}
    assert groups(azkeep) == {"group": "same", "vnet": "same"}


def test_a_plan_file_is_private_and_names_no_folder(azkeep: Azkeep, stack: Path) -> None:
    """The file is readable by its owner alone and holds no absolute path of the machine that made it."""
    azkeep("preview", "promise", "--out", "reviewed.plan")
    file = azkeep.folder / "reviewed.plan"
    assert file.stat().st_mode & 0o777 == 0o600
    assert str(azkeep.folder) not in file.read_text()


def change_program(azkeep: Azkeep, stack: Path) -> None:
    file = stack / "__main__.py"
    file.write_text(file.read_text().replace("10.0.0.0/16", "10.1.0.0/16"))


def change_settings(azkeep: Azkeep, stack: Path) -> None:
    azkeep("config", "set", "promise", "owner", "somebody")


def change_cloud(azkeep: Azkeep, stack: Path) -> None:
    body = azkeep.folder / "body.json"
    body.write_text('{"location": "northeurope"}')
    store = str(stack / ".azkeep" / "local" / "store")
    azkeep("local", "create", (azkeep.folder / "group").read_text(), "--body", str(body), "--store", store)


@pytest.mark.parametrize(
    ("move", "named"),
    [
        (change_program, "__main__.py"),
        (change_settings, "promise:owner"),
        (change_cloud, "plan-rg"),
    ],
)
def test_a_stale_plan_changes_nothing(
    azkeep: Azkeep, planned: Path, move: Callable[[Azkeep, Path], None], named: str
) -> None:
    """When the program, the settings or a live resource has moved, apply exits 4, names it, and does nothing."""
    move(azkeep, planned)
    done = azkeep("apply", "promise", "reviewed.plan", code=4)
    assert named in done.err
    assert operations(azkeep.json("preview", "promise", "--no-refresh")) == {"group": "create", "vnet": "create"}


def test_a_plan_is_not_applied_twice(azkeep: Azkeep, planned: Path) -> None:
    """After the apply the same file is stale, because it was applied: when and by whom is told."""
    azkeep("apply", "promise", "reviewed.plan")
    done = azkeep("apply", "promise", "reviewed.plan", code=4)
    applied = azkeep.json("history", "promise")["runs"][0]
    assert f"this plan was applied already, at {applied['at']} by {applied['user']}" in done.err


def test_an_altered_plan_file_is_refused(azkeep: Azkeep, planned: Path) -> None:
    """A changed byte breaks the seal."""
    file = azkeep.folder / "reviewed.plan"
    file.write_text(file.read_text().replace('"env": "dev"', '"env": "deb"'))
    assert "changed after it was saved" in azkeep("apply", "promise", "reviewed.plan", code=4).err


def test_apply_without_a_yes_or_a_terminal_fails_at_once(azkeep: Azkeep, stack: Path) -> None:
    """Nobody could agree: exit 1 before anything is started."""
    done = azkeep("apply", "promise", code=1)
    assert "--yes" in done.err
    assert not (stack / ".azkeep").exists()


def test_outputs_of_an_apply(azkeep: Azkeep, stack: Path) -> None:
    """outputs NAME --raw prints the bare value for scripts."""
    outcome = azkeep.json("apply", "promise", "--yes")
    assert azkeep("outputs", "promise", "vnet", "--raw").out.strip() == values(outcome)["vnet"]
