from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import jsonschema
import pytest
import render_examples as examples

from azkeep.errors import StackLocked
from azkeep.model import report as results
from azkeep.model.drift import DriftKind
from azkeep.model.report import Header, Report
from azkeep.render import documents, format_named, formats
from azkeep.render import json as json_format
from azkeep.render.documents.audit import fingerprint
from azkeep.render.text import LINES
from azkeep.render.view import View


def document(report: Report, view: View | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json_format.report(report, view or View()))
    return found


@pytest.mark.parametrize("name", list(examples.REPORTS))
def test_document_keeps_its_schema(name: str) -> None:
    """Every document satisfies the schema that ships, and has exactly the members that the schema names."""
    found = document(examples.REPORTS[name])
    schema = json_format.schema(found["kind"])
    jsonschema.Draft202012Validator(schema).validate(found)
    assert [name for name in found if name != "errors"] == schema["required"]


def test_every_kind_is_exercised() -> None:
    """No kind of document goes without an example, a schema, a text and a place in the union of results."""
    kinds = {document(report)["kind"] for report in examples.REPORTS.values()}
    assert kinds == {kind for kind, _ in documents.BODIES.values()}
    assert {*kinds, "error", "local-serve"} == set(json_format.schema_names())
    undocumented = {results.Nothing, results.Schema, results.LocalReady}
    assert set(get_args(results.Result)) == set(documents.BODIES) | undocumented
    assert set(LINES) == set(documents.BODIES) | {results.LocalReady}


PROMISED = {
    "": "recorded summary coverage drifts census hidden skipped unobservable requests",
    "drifts": "kind severity id type path declared recorded live concern who who_note by_policy ignored soft_deleted"
    " source rules detail fix fingerprint",
    "who": "by client operation at correlation_id values_recorded before after",
}
"""What scripts read of an audit: format 1 only gains members, and no kind, member or meaning goes."""


def test_an_audit_keeps_what_format_1_promises() -> None:
    """Every member that was promised is required by the shipped schema, and every one that is required is written."""
    schema, found = json_format.schema("audit"), document(Report(examples.HEADER, examples.AUDIT))
    drift = schema["properties"]["drifts"]["items"]
    required = {"": schema, "drifts": drift, "who": drift["properties"]["who"]["items"]}
    told = {"": found, "drifts": found["drifts"][0], "who": found["drifts"][0]["who"][0]}
    for part, names in PROMISED.items():
        assert set(names.split()) <= set(required[part]["required"]) <= set(told[part]), part
    assert set(drift["properties"]["kind"]["enum"]) == {kind.value for kind in DriftKind}
    assert set(found["summary"]) >= {kind.value for kind in DriftKind}


@pytest.mark.parametrize("kind", json_format.schema_names())
def test_schemas_are_schemas(kind: str) -> None:
    """What ships is valid JSON Schema, and refuses a document that lacks its members."""
    schema = json_format.schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert not jsonschema.Draft202012Validator(schema).is_valid({})


def test_every_document_begins_alike() -> None:
    """The members of the contract come first, in its order."""
    beginning = [
        "format_version",
        "kind",
        "azkeep_version",
        "started_at",
        "seconds",
        "stack",
        "env",
        "cloud",
        "rehearsal",
        "tenant",
        "subscription",
        "caller",
        "commit",
        "dirty",
        "exit",
    ]
    for report in examples.REPORTS.values():
        assert list(document(report))[: len(beginning)] == beginning


def test_plan_document(golden: Callable[[str, str], None]) -> None:
    """The plan document is as reviewed."""
    golden("json/plan.json", json_format.report(examples.REPORTS["plan"], View()).replace('"0.1.0"', '"VERSION"'))


def test_audit_document(golden: Callable[[str, str], None]) -> None:
    """The audit document is as reviewed."""
    golden("json/audit.json", json_format.report(examples.REPORTS["audit"], View()).replace('"0.1.0"', '"VERSION"'))


@pytest.mark.parametrize("name", list(examples.REPORTS))
def test_no_secret_is_written(name: str) -> None:
    """A value marked secret is in no document."""
    assert examples.CANARY not in json_format.report(examples.REPORTS[name], View())


def test_secrets_are_written_only_on_demand() -> None:
    """--show-secrets reveals outputs, which stay marked as secret."""
    shown = document(examples.REPORTS["outputs"], View(show_secrets=True))
    assert shown["outputs"]["key"] == {"value": examples.CANARY, "secret": True}
    assert document(examples.REPORTS["outputs"])["outputs"]["key"] == {"value": "[secret]", "secret": True}


def test_unknown_is_null_and_said_so() -> None:
    """A value that is not known yet is null, and only its flag tells it from a real null."""
    step = next(step for step in document(examples.REPORTS["plan"])["steps"] if step["name"] == "kv-ml")
    change = next(change for change in step["changes"] if change["path"] == "/properties/tenantId")
    assert (change["after"], change["unknown"]) == (None, True)


def test_error_document() -> None:
    """All problems stand in one document with the exit code, each with its source."""
    found = json.loads(json_format.failure(examples.ERROR, Header(stack="hub", started_at=examples.MOMENT), View()))
    jsonschema.Draft202012Validator(json_format.schema("error")).validate(found)
    assert [error["source"] for error in found["errors"]] == [{"file": "stacks/hub/Pulumi.dev.yaml", "line": 1}, None]
    assert (found["stack"], found["exit"]["code"], found["started_at"]) == ("hub", 1, "2026-11-22T04:30:15Z")


def test_error_code_is_the_class() -> None:
    """A script can tell a locked stack from any other failure."""
    found = json.loads(json_format.failure(StackLocked("held by ann"), Header(), View()))
    assert found["errors"][0]["code"] == "stack-locked"


def test_exit_zero_has_no_reasons() -> None:
    """Reasons explain a code that is not 0."""
    assert document(replace(examples.REPORTS["plan"], exit_code=0))["exit"] == {"code": 0, "reasons": []}


def test_ready_line_is_one_line() -> None:
    """A program that starts the local cloud reads one line, secrets included."""
    text = json_format.report(Report(Header(), results.LocalReady(examples.READY)), View())
    assert text.count("\n") == 1
    assert json.loads(text) == examples.READY
    jsonschema.Draft202012Validator(json_format.schema("local-serve")).validate(json.loads(text))


def test_fingerprint_is_stable() -> None:
    """The same finding has the same fingerprint whatever the casing and the values; another kind has another."""
    one = examples.AUDIT.drifts[0]
    other = replace(one, id=one.id.upper(), change=replace(one.change, after="x"))  # type: ignore[type-var]
    assert fingerprint(one) == fingerprint(other)
    assert fingerprint(one) != fingerprint(replace(one, kind=DriftKind.MISSING))


def test_formats_are_found() -> None:
    """Each format is a module with both functions."""
    assert formats() == ("html", "json", "junit", "markdown", "sarif", "svg", "text")
    for name in formats():
        assert callable(format_named(name).report)
        assert callable(format_named(name).failure)
