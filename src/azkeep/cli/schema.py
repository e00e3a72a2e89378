"""Print the JSON Schema of a document or of azkeep.yaml."""

from __future__ import annotations

from difflib import get_close_matches

import click

from azkeep.cli.frame.options import Display, takes
from azkeep.cli.frame.run import show
from azkeep.errors import UsageError
from azkeep.model.report import Header, Report, Schema
from azkeep.render import json
from azkeep.render.view import View

SETTINGS = "azkeep.yaml"


@click.command("schema")
@click.argument("kind", required=False)
@takes()
def command(*, display: Display, kind: str | None) -> None:
    """Print the JSON Schema of the document KIND, or of azkeep.yaml; without KIND, list what there is.

    Example: azkeep schema audit > audit.schema.json
    """
    known = (*json.schema_names(), SETTINGS)
    if kind is None:
        click.echo("\n".join(known))
        return
    if kind not in known:
        close = get_close_matches(kind, known, n=1)
        fix = f"azkeep schema {close[0]}" if close else f"There are: {', '.join(known)}."
        raise UsageError(f"there is no schema `{kind}`", fix=fix, subject=kind)
    show(Report(Header(), Schema(kind, _document(kind))), display, View())


def _document(kind: str) -> dict[str, object]:
    if kind != SETTINGS:
        return json.schema(kind)
    from azkeep.settings import azkeep_yaml

    return azkeep_yaml.json_schema()
