"""What the runs of one command read as settings is that command's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.unit.jobs.checks import Folder

from azkeep.engine.config import read_values
from azkeep.jobs.options import StackOptions
from azkeep.jobs.stack import Stack, find_stack, write_config


def values(stack: Stack) -> dict[str, Any]:
    return read_values(stack.keeping.run_config, "shop")


def test_two_commands_at_once_on_one_stack(folder: Folder) -> None:
    """A preview beside an apply, each with its own `--config` and pass: neither sees the values of the other."""
    folder.write("Pulumi.yaml", "name: shop\nruntime: python\n")
    folder.write("Pulumi.dev.yaml", "config:\n  shop:size: one\n")
    folder.write("__main__.py", "")
    apply = find_stack(StackOptions(".", config=(("size", "two"),)))
    write_config(apply, traffic="{}")
    preview = find_stack(StackOptions(".", config=(("size", "three"),)))
    write_config(preview)
    assert values(apply) == {"azkeep:traffic": "{}", "shop:size": "two"}
    assert values(preview) == {"shop:size": "three"}
    assert apply.keeping.run_config.stat().st_mode & 0o777 == 0o600
    assert read_values(Path("Pulumi.dev.yaml"), "shop") == {"shop:size": "one"}
