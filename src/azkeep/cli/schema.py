"""Print a JSON Schema, or what azkeep knows of a resource type."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import Display, takes
from azkeep.cli.frame.run import perform, show
from azkeep.jobs.options import SchemaOptions
from azkeep.model.report import Header, Report, Schema
from azkeep.render import json
from azkeep.render.view import View

SETTINGS = "azkeep.yaml"


@click.command("schema")
@click.argument("kind", required=False)
@takes()
def command(*, display: Display, kind: str | None) -> None:
    """Print the JSON Schema of the document KIND or of azkeep.yaml, or what azkeep knows of an ARM type.

    Without KIND, list the documents that have a schema.

    Example: azkeep schema audit > audit.schema.json
    """
    if kind is None:
        click.echo("\n".join((*json.schema_names(), SETTINGS)))
        return
    if kind in json.schema_names():
        show(Report(Header(), Schema(kind, json.schema(kind))), display, View())
        return
    perform("schema", SchemaOptions(kind), display)
