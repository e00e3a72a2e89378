"""docs/commands.md from the commands' own help; `--check` prints what is not in step and writes nothing."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from azkeep.cli.frame.root import root

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
INTRODUCTION = """# Commands

Written by `make docs` from `azkeep --help`. Exit codes are in the [README](../README.md#exit-codes).
"""


def page() -> str:
    """The whole page."""
    context = click.Context(root, info_name="azkeep")
    return "\n".join([INTRODUCTION, *_sections(root, context)])


def _sections(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        own = click.Context(command, info_name=name, parent=context, terminal_width=100)
        yield f"## `{own.command_path}`\n\n```text\n{command.get_help(own)}\n```\n"
        if isinstance(command, click.Group):
            yield from _sections(command, own)


def main(arguments: list[str]) -> int:
    text = page()
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if "--check" in arguments:
        sys.stdout.writelines(difflib.unified_diff(before.splitlines(True), text.splitlines(True), PAGE.name, "help"))
        return int(before != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
