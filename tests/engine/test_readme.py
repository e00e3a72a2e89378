"""The README's own stack, copied from its page."""

from __future__ import annotations

import re
from pathlib import Path

from tests.engine.command import Azkeep, operations, values

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"```(?:yaml|python)\n# (\S+?)(?::[^\n]*)?\n(.*?)```", re.DOTALL)


def test_the_stack_of_ones_own(azkeep: Azkeep) -> None:
    """The three files of the page make a stack that previews, applies and destroys."""
    folder = azkeep.folder / "my-workspace"
    folder.mkdir()
    files = dict(BLOCK.findall(README.read_text(encoding="utf-8")))
    assert set(files) == {"Pulumi.yaml", "Pulumi.dev.yaml", "__main__.py"}
    for name, text in files.items():
        (folder / name).write_text(text)
    azkeep("preview", "my-workspace")
    outcome = azkeep.json("apply", "my-workspace", "--yes")
    assert operations(outcome) == {"group": "create"}
    assert values(outcome)["group_id"].endswith("/resourceGroups/mine-rg")
    azkeep("preview", "my-workspace", "--detailed-exitcode")
    assert operations(azkeep.json("destroy", "my-workspace", "--yes")) == {"group": "delete"}
