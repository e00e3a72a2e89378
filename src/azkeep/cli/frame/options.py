"""The options that several commands share, gathered into StackOptions and Display before the command sees them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click

from azkeep.cli.frame.parameters import (
    ChosenType,
    DurationType,
    EnvironmentType,
    FormatChoice,
    FormatType,
    PairType,
    StackType,
)
from azkeep.jobs.options import DEFAULT_PARALLEL, StackOptions

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


@dataclass(frozen=True)
class Display:
    """Where and how much to show. `formats` is never empty, and one of them at most goes to stdout."""

    formats: tuple[FormatChoice, ...] = (FormatChoice("text"),)
    quiet: bool = False
    verbose: bool = False

    @property
    def on_stdout(self) -> str | None:
        """The format that goes to stdout."""
        return next((choice.name for choice in self.formats if choice.file is None), None)


SHOWING: tuple[Decorator, ...] = (
    click.option(
        "--format",
        "formats",
        type=FormatType(),
        multiple=True,
        metavar="FORMAT[=FILE]",
        help="text, json, markdown, html, svg, sarif or junit; with =FILE into a file beside the text. Repeatable.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="No progress."),
    click.option("-v", "--verbose", is_flag=True, help="Also what stays as it is, and values in full."),
)
STACK: Decorator = click.argument("stack", type=StackType(), metavar="STACK")
"""Stands above a command's own arguments, which makes it the first."""

PLACE: tuple[Decorator, ...] = (
    click.option("--env", "-s", "--stack", "env", type=EnvironmentType(), help="The environment: Pulumi.<env>.yaml."),
    click.option("--cloud", type=click.Choice(["local", "azure"]), help="For an environment whose file names none."),
    click.option("--rehearse", is_flag=True, help="Run an azure environment on the local cloud."),
)
ENGINE: tuple[Decorator, ...] = (
    click.option("--no-build", is_flag=True, help="Fail rather than build the Pulumi CLI where there is none."),
)
CONFIG: tuple[Decorator, ...] = (
    click.option("-c", "--config", type=PairType(), multiple=True, metavar="KEY=VALUE", help="A setting for this run."),
)
RUNNING: tuple[Decorator, ...] = (
    *CONFIG,
    click.option(
        "--parallel",
        type=click.IntRange(min=1),
        default=DEFAULT_PARALLEL,
        show_default=True,
        help="Operations at once.",
    ),
    click.option(
        "--lock-timeout",
        type=DurationType(),
        default=0.0,
        metavar="TIME",
        help="Wait so long for a locked stack: 30, 5m.",
    ),
    *ENGINE,
)
SCOPE: tuple[Decorator, ...] = (
    click.option(
        "--only", type=ChosenType(), multiple=True, metavar="ID|NAME", help="This resource alone. Repeatable."
    ),
    click.option(
        "--exclude", type=ChosenType(), multiple=True, metavar="ID|NAME", help="All but this one. Repeatable."
    ),
)
REPLACE: tuple[Decorator, ...] = (
    click.option("--replace", type=ChosenType(), multiple=True, metavar="ID|NAME", help="Delete and create it again."),
)


def takes(*groups: tuple[Decorator, ...]) -> Decorator:
    """Adds the options of `groups` and SHOWING; the command gets `display` and, with PLACE, `stack`."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def gathered(**given: Any) -> None:
            display = _display(given)
            if PLACE in groups:
                given["stack"] = _stack_options(given, display)
            function(display=display, **given)

        decorated: Callable[..., Any] = gathered
        for option in reversed([option for group in (*groups, SHOWING) for option in group]):
            decorated = option(decorated)
        return decorated

    return decorate


def on_terminal() -> bool:
    """True where a question can be asked and read."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _display(given: dict[str, Any]) -> Display:
    chosen: tuple[FormatChoice, ...] = given.pop("formats")
    to_stdout = [choice.name for choice in chosen if choice.file is None]
    if len(to_stdout) > 1:
        raise click.UsageError(f"stdout takes one format, not {' and '.join(to_stdout)}; send the others to files")
    formats = chosen if to_stdout else (FormatChoice("text"), *chosen)
    return Display(formats, quiet=given.pop("quiet"), verbose=given.pop("verbose"))


def _stack_options(given: dict[str, Any], display: Display) -> StackOptions:
    """Takes what belongs to StackOptions out of `given`."""
    names = ("stack", "env", "cloud", "rehearse", "config", "parallel", "lock_timeout", "only", "exclude", "replace")
    found = {name: given.pop(name) for name in names if name in given}
    if found.get("only") and found.get("exclude"):
        raise click.UsageError("--only and --exclude cannot be given together")
    may_build = not given.pop("no_build", False)
    return StackOptions(**found, may_build=may_build, quiet=display.quiet, verbose=display.verbose)
