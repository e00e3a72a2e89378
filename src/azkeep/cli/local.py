"""Serve the local cloud, and change it as somebody else would."""

from __future__ import annotations

import sys
from math import isfinite
from pathlib import Path
from typing import Any

import click

from azkeep.cli.frame.options import Decorator, Display, on_terminal, takes
from azkeep.cli.frame.parameters import ChangeType, ResourceType
from azkeep.cli.frame.run import perform
from azkeep.cli.local_parts.place import on_store
from azkeep.cli.local_parts.principals import environment, principal
from azkeep.cli.local_parts.snapshots import restore, snapshot, snapshots
from azkeep.errors import UsageError
from azkeep.jobs.options import (
    LocalCreateOptions,
    LocalDeleteOptions,
    LocalEditOptions,
    LocalLogOptions,
    LocalOptions,
    LocalResetOptions,
    LocalServeOptions,
)

ACTOR: tuple[Decorator, ...] = (
    click.option("--as", "actor", metavar="NAME", help="Who does it; a new name becomes a user."),
    click.option("--role", help="The role of a new name on the subscription; without it Contributor."),
)
RESOURCE = click.argument("id", type=ResourceType(), metavar="RESOURCE_ID")


@click.group("local")
def command() -> None:
    """Serve the local cloud, look into it, and change it as somebody else would.

    Example: azkeep local edit RESOURCE_ID properties.publicNetworkAccess=Enabled --as someone@example.com
    """


def finite(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    """`value`, unless it is `nan`, which lies in every range."""
    if value is not None and not isfinite(value):
        raise click.BadParameter(f"'{value}' is not a number", ctx, param)
    return value


@command.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; without it a free one.")
@click.option("--realistic", is_flag=True, help="Operations take their true shape and time, request limits hold.")
@click.option("--faults", metavar="FILE", help="Fail as this YAML file declares, until it ends.")
@click.option(
    "--latency",
    type=click.FloatRange(0, 60_000),
    callback=finite,
    metavar="MS",
    help="Hold every answer back so many milliseconds, until it ends.",
)
@click.option("--throttling", type=click.Choice(["on", "off"]), help="Azure's request limits; on with --realistic.")
@on_store
@takes()
def serve(
    *,
    display: Display,
    store: str | None,
    port: int,
    realistic: bool,
    faults: str | None,
    latency: float | None,
    throttling: str | None,
) -> None:
    """Serve the local cloud until Ctrl-C.

    Each request is a line, with -v its path in full. With --format json one line says all that a client needs.

    Example: azkeep local serve --port 8443 --faults storm.yaml --latency 20
    """
    options = LocalServeOptions(
        LocalOptions(store),
        port=port,
        realistic=realistic,
        # Whoever wants the JSON line reads that, and perhaps never stderr, which would fill up.
        log_requests=display.on_stdout == "text",
        full_paths=display.verbose,
        faults=faults,
        latency=latency,
        throttling=None if throttling is None else throttling == "on",
    )
    perform("local.serve", options, display)


@command.command("edit")
@RESOURCE
@click.argument("changes", nargs=-1, required=True, type=ChangeType(), metavar="PATH=VALUE...")
@takes(ACTOR, (on_store,))
def edit(
    *,
    display: Display,
    store: str | None,
    id: str,
    changes: tuple[tuple[str, Any], ...],
    actor: str | None,
    role: str | None,
) -> None:
    """Change properties of a resource. PATH is dotted or a JSON pointer; VALUE is JSON, or else text.

    Example: azkeep local edit RESOURCE_ID properties.publicNetworkAccess=Enabled --as someone@example.com
    """
    perform("local.edit", LocalEditOptions(LocalOptions(store), id, changes, actor=actor, role=role), display)


@command.command("create")
@RESOURCE
@click.option("--body", metavar="FILE", required=True, help="The resource's ARM document as JSON or YAML; - is stdin.")
@takes(ACTOR, (on_store,))
def create(*, display: Display, store: str | None, id: str, body: str, actor: str | None, role: str | None) -> None:
    """Create a resource that no stack declares.

    Example: azkeep local create RESOURCE_ID --body account.json --as someone@example.com
    """
    options = LocalCreateOptions(LocalOptions(store), id, read_body(body), actor=actor, role=role)
    perform("local.create", options, display)


@command.command("delete")
@RESOURCE
@takes(ACTOR, (on_store,))
def delete(*, display: Display, store: str | None, id: str, actor: str | None, role: str | None) -> None:
    """Delete a resource behind the stack's back.

    Example: azkeep local delete RESOURCE_ID --as someone@example.com
    """
    perform("local.delete", LocalDeleteOptions(LocalOptions(store), id, actor=actor, role=role), display)


@command.command("reset")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@on_store
@takes()
def reset(*, display: Display, store: str | None, yes: bool) -> None:
    """Empty the local cloud.

    Example: azkeep local reset --yes
    """
    terminal = on_terminal()
    if not (yes or terminal):
        raise UsageError("nobody is here to confirm that the local cloud is emptied", fix="azkeep local reset --yes")
    perform("local.reset", LocalResetOptions(LocalOptions(store), yes=yes, terminal=terminal), display)


@command.command("log")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="So many writes.")
@on_store
@takes()
def log(*, display: Display, store: str | None, limit: int) -> None:
    """Show who wrote what in the local cloud, newest last.

    Example: azkeep local log --limit 10
    """
    perform("local.log", LocalLogOptions(LocalOptions(store), limit=limit), display)


for part in (snapshot, restore, snapshots, principal, environment):
    command.add_command(part)


def read_body(file: str) -> dict[str, Any]:
    """The ARM document in `file`, or on stdin for `-`."""
    from azkeep.settings import yaml_lines

    document = (
        yaml_lines.parse(sys.stdin.read(), "stdin") if file == "-" else yaml_lines.load(Path(file), shown_as=file)
    )
    if isinstance(document.value, dict):
        return document.value
    raise UsageError("an ARM document is a JSON object", subject=file, source=document.source())
