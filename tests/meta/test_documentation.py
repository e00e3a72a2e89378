"""What the project says of itself, held to what it is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from azkeep import types
from azkeep.cli.frame.root import root

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"`azkeep ([a-z]+)")
BLOCK = re.compile(r"```\n(.*?)```", re.DOTALL)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
LINE = re.compile(r"^azkeep ([a-z]+)", re.MULTILINE)


def test_the_command_reference_is_in_step() -> None:
    """docs/commands.md is what `make docs` writes."""
    checked = subprocess.run(
        [sys.executable, "tools/reference.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


def test_the_policy_reference_is_in_step() -> None:
    """docs/policies holds what `make docs` writes: a page for each rule, the index and the frameworks."""
    checked = subprocess.run(
        [sys.executable, "tools/policy_reference.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


def test_the_local_cloud_reference_is_in_step() -> None:
    """docs/local-cloud holds what `make docs` writes: the resource types, and what the contract tests claim."""
    checked = subprocess.run(
        [sys.executable, "tools/local_cloud_reference.py", "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page names a file or folder that is there."""
    prose = CODE.sub("", page.read_text(encoding="utf-8"))
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose)
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_on_pages_exist(page: Path) -> None:
    """No page names a command that azkeep does not have."""
    text = page.read_text(encoding="utf-8")
    named = {*COMMAND.findall(text), *(name for block in BLOCK.findall(text) for name in LINE.findall(block))}
    assert named <= set(root.list_commands(click.Context(root)))


def test_make_targets_on_pages_exist() -> None:
    """No page names a make target that the Makefile does not have."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        named = set(re.findall(r"`make ([a-z-]+)`", page.read_text(encoding="utf-8")))
        assert named <= targets, page.name


def test_every_type_has_an_example_body() -> None:
    """tests/bodies holds one document per ARM type, under the type's name."""
    found = {path.stem for path in (ROOT / "tests" / "bodies").glob("*.json")}
    assert {type_.arm_type.replace("/", "-") for type_ in types.all_types()} <= found
