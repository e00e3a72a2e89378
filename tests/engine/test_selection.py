"""--only, --exclude and --replace: by ARM id, URN or name, on preview, apply and destroy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.command import Azkeep, operations

PROGRAM = """
import pulumi_azure_native as azure

for name in ("one", "two", "three"):
    azure.resources.ResourceGroup(name, resource_group_name=f"{name}-rg", location="westeurope", tags={"by": "TAG"})
"""
SUBSCRIPTION = "/subscriptions/a2cee900-0000-4000-8000-000000000002"
ONE, TWO, THREE = (f"{SUBSCRIPTION}/resourceGroups/{name}-rg" for name in ("one", "two", "three"))


def urn(name: str) -> str:
    return f"urn:pulumi:dev::chosen::azure-native:resources:ResourceGroup::{name}"


@pytest.fixture
def stack(write_stack: Callable[..., Path]) -> Path:
    return write_stack("chosen", PROGRAM)


def changing(document: dict[str, object]) -> dict[str, str]:
    """Name → operation of what is not the same."""
    return {name: operation for name, operation in operations(document).items() if operation != "same"}


def test_a_part_is_applied_and_removed(azkeep: Azkeep, stack: Path) -> None:
    """--only takes ARM ids in any case and URNs, of what is only declared and of what is recorded; --exclude leaves
    out; --replace makes anew; destroy --only removes one resource and keeps the rest."""
    assert changing(
        azkeep.json("preview", "chosen", "--only", ONE.upper().replace("SUBSCRIPTIONS", "subscriptions"))
    ) == {"one": "create"}
    assert changing(azkeep.json("apply", "chosen", "--yes", "--only", ONE)) == {"one": "create"}
    assert changing(azkeep.json("apply", "chosen", "--yes", "--exclude", urn("three"))) == {"two": "create"}
    assert changing(azkeep.json("apply", "chosen", "--yes", "--replace", TWO)) == {"two": "replace", "three": "create"}

    program = stack / "__main__.py"
    program.write_text(program.read_text().replace("TAG", "other"))
    assert changing(azkeep.json("preview", "chosen", "--only", urn("one"), "--only", TWO)) == {
        "one": "update",
        "two": "update",
    }
    assert changing(azkeep.json("apply", "chosen", "--yes", "--exclude", ONE)) == {"two": "update", "three": "update"}
    assert changing(azkeep.json("destroy", "chosen", "--yes", "--only", TWO)) == {"two": "delete"}
    assert changing(azkeep.json("preview", "chosen", "--destroy", "--exclude", ONE)) == {"three": "delete"}
    assert operations(azkeep.json("preview", "chosen")) == {"one": "update", "two": "create", "three": "same"}


def test_a_name_is_enough_where_one_resource_has_it(azkeep: Azkeep, stack: Path) -> None:
    """What the program calls a resource stands for it, declared or recorded; two of one name are told apart by id."""
    assert changing(azkeep.json("apply", "chosen", "--yes", "--only", "one", "--only", "TWO")) == {
        "one": "create",
        "two": "create",
    }
    assert changing(azkeep.json("destroy", "chosen", "--yes", "--only", "two")) == {"two": "delete"}
    done = azkeep("preview", "chosen", "--only", "ome", code=1)
    assert "no resource of this stack has the name ome" in done.err
    assert "Did you mean one?" in done.err
    with (stack / "__main__.py").open("a") as program:
        program.write(
            "azure.network.VirtualNetwork('one', resource_group_name='one-rg', virtual_network_name='one-vnet',"
            " location='westeurope', address_space={'address_prefixes': ['10.0.0.0/16']})\n"
        )
    done = azkeep("preview", "chosen", "--only", "one", code=1)
    assert "2 resources of this stack are called one" in done.err
    assert ONE in done.err
    assert f"{ONE}/providers/Microsoft.Network/virtualNetworks/one-vnet" in done.err


def test_a_saved_plan_keeps_its_selection(azkeep: Azkeep, stack: Path) -> None:
    """A plan made with --only is applied as it was made, without naming the resource again; another selection at
    apply is refused."""
    azkeep("preview", "chosen", "--only", ONE, "--out", "one.plan")
    refused = azkeep("apply", "chosen", "one.plan", "--only", TWO, code=1)
    assert "--only" in refused.err
    assert changing(azkeep.json("apply", "chosen", "one.plan")) == {"one": "create"}
    assert operations(azkeep.json("preview", "chosen")) == {"one": "same", "two": "create", "three": "create"}


@pytest.mark.parametrize("verb", [("preview",), ("apply", "--yes"), ("destroy", "--yes")])
def test_an_unknown_resource_is_named(azkeep: Azkeep, stack: Path, verb: tuple[str, ...]) -> None:
    """Every id that no resource has is told at once, with those that there are, and nothing is changed."""
    if verb[0] == "destroy":
        azkeep("apply", "chosen", "--yes")
    missing = f"{SUBSCRIPTION}/resourceGroups/on-rg"
    done = azkeep(verb[0], "chosen", *verb[1:], "--only", missing, "--only", urn("four"), code=1)
    assert missing in done.err
    assert urn("four") in done.err
    assert ONE in done.err
    expected = "same" if verb[0] == "destroy" else "create"
    assert set(operations(azkeep.json("preview", "chosen")).values()) == {expected}
