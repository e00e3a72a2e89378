"""Failures, shown: text on stderr, and a document where one was asked for."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from itertools import pairwise

import click

from azkeep.cli.frame.options import Display
from azkeep.cli.frame.parameters import FormatChoice, FormatType
from azkeep.cli.frame.root import root
from azkeep.cli.frame.run import CommandError, coloured, write
from azkeep.errors import AzkeepError, UsageError
from azkeep.model.report import Header
from azkeep.render import format_named
from azkeep.render.view import View

RANGE = re.compile(r"is not a valid (integer|float)( range)?")


def show_failure(failed: CommandError) -> int:
    """Shows `failed` and gives its exit code. A document that cannot be written does not hide the failure itself."""
    view = View(verbose=failed.display.verbose)
    text = FormatChoice("text")
    write(format_named("text").failure(failed.error, failed.header, coloured(view, text, sys.stderr)), text, sys.stderr)
    for choice in failed.display.formats:
        if choice.name == "text" and choice.file is None:
            continue
        try:
            write(format_named(choice.name).failure(failed.error, failed.header, view), choice, sys.stdout)
        except AzkeepError as error:
            sys.stderr.write(f"azkeep: {error}\n")
    sys.stdout.flush()
    return failed.error.exit_code


def show_click_error(error: click.ClickException, typed: list[str], started_at: datetime) -> int:
    """A command line that cannot be understood is a failure like any other: exit 1."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else " ".join(("azkeep", *_command_of(typed)))
    found = UsageError(
        _plain(error.format_message().rstrip(".")),
        detail=context.get_usage() if context else "",
        fix=f"{command} --help",
        subject=command,
    )
    seconds = (datetime.now(UTC) - started_at).total_seconds()
    return show_failure(CommandError(found, Header(started_at=started_at, seconds=seconds), display_of(typed)))


def _plain(message: str) -> str:
    """A message without the names of click's types."""
    return RANGE.sub(lambda found: f"is not a {'whole ' if found[1] == 'integer' else ''}number", message)


def _command_of(typed: list[str]) -> list[str]:
    """The command that was typed, where an error does not know it."""
    return typed[:1] if typed and typed[0] in root.list_commands(click.Context(root)) else []


def display_of(typed: list[str]) -> Display:
    """The formats that the arguments ask for, where they could not be parsed as a whole."""
    given = [after for before, after in pairwise(typed) if before == "--format"]
    given += [each.removeprefix("--format=") for each in typed if each.startswith("--format=")]
    chosen = []
    for each in given:
        try:
            chosen.append(FormatType().convert(each, None, None))
        except click.BadParameter:
            continue
    to_stdout = [choice for choice in chosen if choice.file is None][:1]
    to_files = [choice for choice in chosen if choice.file is not None]
    return Display((*(to_stdout or [FormatChoice("text")]), *to_files))
