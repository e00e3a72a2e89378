"""Read and write the stack's settings."""

from __future__ import annotations

import sys

import click

from azkeep.cli.frame.options import ENGINE, PLACE, STACK, Display, on_terminal, takes
from azkeep.cli.frame.run import perform
from azkeep.errors import UsageError
from azkeep.jobs.options import ConfigOptions, StackOptions


@click.group("config")
def command() -> None:
    """Read and write the settings in Pulumi.<env>.yaml.

    Example: azkeep config set secure-workspace location westeurope --env dev
    """


@command.command("get")
@STACK
@click.argument("key")
@takes(PLACE, ENGINE)
def get(*, stack: StackOptions, display: Display, key: str) -> None:
    """Show one setting.

    Example: azkeep config get secure-workspace location --env dev
    """
    perform("config", ConfigOptions(stack, action="get", key=key), display)


@command.command("set")
@STACK
@click.argument("key")
@click.argument("value", required=False, metavar="[VALUE]")
@click.option("--secret", is_flag=True, help="Keep it encrypted.")
@takes(PLACE, ENGINE)
def set_(*, stack: StackOptions, display: Display, key: str, value: str | None, secret: bool) -> None:
    """Set one setting. Without VALUE it is read from stdin, so that a secret stands in no command line.

    Example: azkeep config set secure-workspace password --secret --env dev < password.txt
    """
    found = read_value(key, hidden=secret) if value is None else value
    perform("config", ConfigOptions(stack, action="set", key=key, value=found, secret=secret), display)


@command.command("list")
@STACK
@takes(PLACE, ENGINE)
def list_(*, stack: StackOptions, display: Display) -> None:
    """Show all settings and where each comes from.

    Example: azkeep config list secure-workspace --env dev
    """
    perform("config", ConfigOptions(stack, action="list"), display)


def read_value(key: str, *, hidden: bool) -> str:
    """The value that is typed, unseen if `hidden`, or all of stdin without its final line end."""
    if on_terminal():
        typed: str = click.prompt(key, hide_input=hidden, err=True)
        return typed
    value = sys.stdin.read().removesuffix("\n").removesuffix("\r")
    if not value:
        name, equals, rest = key.partition("=")
        fix = f"Write a space: {name} {rest}" if equals else "Give it behind the key, or on stdin."
        raise UsageError(f"no value for `{key}`", fix=fix, subject=key)
    return value
