"""The `azkeep` command: a command's file is imported only when it runs, so `--help` is instant.

A command is a module of azkeep.cli with a click command named `command`. Its line in `--help` is the first line of the
module's docstring, read without importing it.
"""

from __future__ import annotations

import ast
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import click

from azkeep import __version__

FOLDER = Path(__file__).parent.parent
PACKAGE = "azkeep.cli"
ORDER = ("init", "preview", "apply", "destroy", "check", "audit", "outputs", "config", "history", "unlock")
"""The order in which a stack's life goes; all other commands follow by name."""

OTHER_WORDS = {
    "plan": "preview",
    "diff": "preview",
    "what-if": "preview",
    "up": "apply",
    "deploy": "apply",
    "down": "destroy",
    "validate": "check",
    "lint": "check",
    "scan": "check",
    "drift": "audit",
    "refresh": "audit",
    "log": "history",
    "force-unlock": "unlock",
    "state": "pulumi",
    "stack": "pulumi",
}
"""What other tools for infrastructure as code call it."""


class LazyGroup(click.Group):
    """A group whose commands are the modules beside it; `import_.py` is the command `import`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        found = sorted(module.name.rstrip("_") for module in iter_modules([str(FOLDER)]) if not module.ispkg)
        return [name for name in ORDER if name in found] + [name for name in found if name not in ORDER]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"{PACKAGE}.{_path(cmd_name).stem}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        other = OTHER_WORDS.get(args[0])
        close = [other] if other else get_close_matches(args[0], self.list_commands(ctx), n=1)
        if args[0].startswith("-") or args[0] in self.list_commands(ctx) or not close:
            return super().resolve_command(ctx, args)
        raise click.UsageError(f"No such command '{args[0]}'. Did you mean '{close[0]}'?", ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary(name)) for name in self.list_commands(ctx)])


def summary(name: str) -> str:
    """The first line of a command's docstring, read without importing its module."""
    docstring = ast.get_docstring(ast.parse(_path(name).read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]


def _path(name: str) -> Path:
    plain = FOLDER / f"{name}.py"
    return plain if plain.exists() else FOLDER / f"{name}_.py"


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Begin with `azkeep init`. For completion put this into your shell's settings, with zsh_source in zsh: "
    'eval "$(_AZKEEP_COMPLETE=bash_source azkeep)"',
)
@click.version_option(__version__, prog_name="azkeep", message="%(prog)s %(version)s")
def root(**_: Any) -> None:
    """Declare, preview, apply and audit secure Azure Machine Learning estates.

    STACK is a folder with a Pulumi project, or the name of one in stacks/. A stack runs on the local cloud, offline,
    unless its environment's settings file says `azkeep:cloud: azure`.

    Exit codes: 0 nothing to do or all well, 1 it failed, 2 changes or drift found, 3 a policy was broken, 4 the plan
    is stale or foreign, 5 incomplete, 130 interrupted.
    """
