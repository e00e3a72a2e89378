"""JSON documents: stable member order, secrets masked by type, schemas in `schemas/`."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from azkeep import __version__
from azkeep.errors import EXIT_OK, AzkeepError
from azkeep.model.report import Header, LocalReady, Nothing, Report, Schema
from azkeep.render.documents import BODIES, error
from azkeep.render.values import stamp
from azkeep.render.view import View

FORMAT_VERSION = "1.0"
"""The minor number grows when members are added, the major one when any is changed or removed."""


def report(report: Report, view: View) -> str:
    """The whole document, with a final newline; "" where a command has nothing to say."""
    if isinstance(report.result, Nothing):
        return ""
    if isinstance(report.result, LocalReady):
        return json.dumps(dict(report.result.document), ensure_ascii=False) + "\n"
    if isinstance(report.result, Schema):
        return _text(dict(report.result.document), view)
    kind, body = BODIES[type(report.result)]
    document = {**_beginning(kind, report.header, report.exit_code, report.reasons), **body(report.result, view)}
    return _text(document | (error.body(report.error) if report.error else {}), view)


def failure(failed: AzkeepError, header: Header, view: View) -> str:
    """The error document."""
    reasons = tuple(each.summary for each in error.flat(failed))
    return _text({**_beginning("error", header, failed.exit_code, reasons), **error.body(failed)}, view)


def schema_names() -> tuple[str, ...]:
    """The kinds of documents that have a JSON Schema, sorted."""
    folder = resources.files(__package__) / "schemas"
    return tuple(sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json")))


def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind out of `schema_names()`."""
    text = (resources.files(__package__) / "schemas" / f"{kind}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _beginning(kind: str, header: Header, code: int, reasons: tuple[str, ...]) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "kind": kind,
        "azkeep_version": __version__,
        "started_at": stamp(header.started_at),
        "seconds": round(header.seconds, 3),
        "stack": header.stack,
        "env": header.env,
        "cloud": header.cloud,
        "rehearsal": header.rehearsal,
        "tenant": header.tenant,
        "subscription": header.subscription,
        "caller": header.caller,
        "commit": header.commit,
        "dirty": header.dirty,
        "exit": {"code": code, "reasons": [] if code == EXIT_OK else list(reasons)},
    }


def _text(document: dict[str, Any], view: View) -> str:
    indent = None if view.one_line else 2
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=indent) + "\n"
