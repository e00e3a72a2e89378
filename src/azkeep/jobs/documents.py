"""Estates that azkeep did not build: ARM documents in files, and exported Pulumi states."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from azkeep.engine.state import State, StateResource, from_checkpoint, from_export
from azkeep.errors import AzkeepError, Problems, SettingsError, Source, UsageError
from azkeep.jobs.document_forms import (
    beside_properties,
    documents_in,
    has_properties,
    is_deep,
    is_named,
    member,
    other_form,
)
from azkeep.model.resource import Resource
from azkeep.policy.document import folded
from azkeep.policy.estate import Estate
from azkeep.types import by_token, conversion

WHOLE = "az resource show --ids ID > FOLDER/NAME.json writes it whole."
EXPORT = "pulumi stack export --file FILE writes one."
JUDGE_LIVE = (
    "az resource show --ids ID > FOLDER/NAME.json, then azkeep check --documents FOLDER, judges what Azure holds."
)
JUDGE_STACK = "azkeep check STACK judges the program itself."
OTHER_FILES: tuple[tuple[frozenset[str], str, str], ...] = (
    (frozenset({"terraform_version", "lineage"}), "the state of Terraform or OpenTofu", JUDGE_LIVE),
    (frozenset({"terraform_version", "format_version"}), "what terraform show -json writes", JUDGE_LIVE),
    (frozenset({"$schema", "contentVersion"}), "an ARM template", JUDGE_LIVE),
    (frozenset({"azkeep_version", "kind"}), "a report of azkeep", JUDGE_STACK),
    (frozenset({"manifest", "resourcePlans"}), "an update plan of Pulumi", JUDGE_STACK),
)
"""Members by which a file is known that somebody takes for a Pulumi state, what it is, and what judges it."""


def estate_of_documents(folder: Path) -> Estate:
    """The documents in every JSON file below `folder`; one that stands in several files counts once, with its
    properties where one of them has those.

    Raises UsageError where there is none, SettingsError or Problems for files that cannot be read.
    """
    if not folder.is_dir():
        summary = f"{folder} is a file, not a folder" if folder.exists() else f"there is no folder {folder}"
        raise UsageError(summary, subject=str(folder), fix="Name a folder that holds *.json files.")
    problems: list[AzkeepError] = []
    found: dict[str, tuple[Mapping[str, Any], Source]] = {}
    for path in sorted(folder.rglob("*.json")):
        try:
            for document, source in _read_file(path):
                key = _key(document)
                if key not in found or not has_properties(found[key][0]):
                    found[key] = (document, source)
        except SettingsError as error:
            problems.append(error)
    if problems:
        raise problems[0] if len(problems) == 1 else Problems(problems)
    if not found:
        raise UsageError(f"{folder} holds no ARM document", subject=str(folder),
                         fix="az resource show --ids ID > FOLDER/NAME.json writes one.")  # fmt: skip
    return Estate.of_documents(
        [document for document, _ in found.values()], sources=[source for _, source in found.values()]
    )


def _key(document: Mapping[str, Any]) -> str:
    """Documents without an id are one only where all that they say is the same."""
    id = member(document, "id")
    return folded(id) if isinstance(id, str) else json.dumps(document, sort_keys=True, default=str)


def _read_file(path: Path) -> Iterator[tuple[Mapping[str, Any], Source]]:
    """Each document in a file with the line of its id."""
    source = Source(str(path))
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = json.loads(text)
    except OSError as error:
        raise SettingsError(f"cannot be read: {error.strerror or error}", subject=path.name, source=source) from error
    except json.JSONDecodeError as error:
        line = Source(str(path), error.lineno)
        raise SettingsError(f"not valid JSON: {error.msg}", subject=path.name, source=line) from error
    except RecursionError as error:
        raise SettingsError("nested too deeply", subject=path.name, source=source) from error
    except ValueError as error:
        raise SettingsError("not a JSON file in UTF-8", subject=path.name, source=source) from error
    if is_deep(content):
        raise SettingsError("nested too deeply", subject=path.name, source=source)
    for document in documents_in(content):
        other = other_form(document)
        if other or not isinstance(document, Mapping) or not is_named(document):
            why = f"this is {other}" if other else "it has no `id`, and no `type` with a `name`"
            raise SettingsError(f"not an ARM document: {why}", subject=path.name, source=source,
                                fix="az resource show and Resource Graph write such documents.")  # fmt: skip
        at = Source(str(path), _line_of(text, member(document, "id")))
        beside = beside_properties(document)
        if beside:
            why = f"not the whole ARM document: it has `{beside}` and no `properties`"
            raise SettingsError(why, subject=path.name, source=at, fix=WHOLE)
        yield document, at


def _line_of(text: str, id: Any) -> int | None:
    at = text.find(json.dumps(id)) if isinstance(id, str) else -1
    return text.count("\n", 0, at) + 1 if at >= 0 else None


def stack_of_state(path: Path) -> tuple[tuple[Resource, ...], Mapping[str, Any]]:
    """The resources of an exported Pulumi state, as declared in its inputs, and its outputs. Raises SettingsError."""
    source = Source(str(path))
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        state = state_in(document, path)
        kept = [each for each in state.resources if not each.is_external and not each.awaits_delete]
        found = tuple(resource_of(each) for each in kept)
        outputs = state.outputs
    except OSError as error:
        summary = f"cannot be read: {error.strerror or error}"
        raise SettingsError(summary, subject=path.name, source=source, fix=EXPORT) from error
    except json.JSONDecodeError as error:
        line = Source(str(path), error.lineno)
        raise SettingsError(f"not valid JSON: {error.msg}", subject=path.name, source=line, fix=EXPORT) from error
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise _no_state(path) from error
    return found, outputs


def state_in(document: Any, path: Path) -> State:
    """The state in an export, or in a checkpoint as a backend of files keeps it. Raises SettingsError."""
    for name, read in (("deployment", from_export), ("checkpoint", from_checkpoint)):
        if isinstance(document, Mapping) and isinstance(document.get(name), Mapping):
            return read(document)
    known = frozenset(document) if isinstance(document, Mapping) else frozenset()
    what, fix = next(((what, fix) for members, what, fix in OTHER_FILES if members <= known), ("", EXPORT))
    if document and all(map(is_named, documents_in(document))):
        what, fix = "ARM documents", "azkeep check --documents FOLDER judges those."
    raise _no_state(path, what, fix)


def _no_state(path: Path, what: str = "", fix: str = EXPORT) -> SettingsError:
    summary = f"this is no exported Pulumi state{f' but {what}' if what else ''}"
    return SettingsError(summary, subject=path.name, source=Source(str(path)), fix=fix)


def resource_of(each: StateResource) -> Resource:
    """A resource of a state as its program declared it."""
    type_ = by_token(each.token) if each.is_custom else None
    return Resource(
        urn=each.urn,
        token=each.token,
        type=type_.arm_type if type_ else each.token,
        name=each.name,
        id=each.id,
        inputs=each.inputs,
        body=conversion.to_body(type_, {**_answered(each), **each.inputs}) if type_ else None,
        parent=each.parent,
        dependencies=each.dependencies,
        property_dependencies=each.property_dependencies,
        is_component=not each.is_custom,
        protect=each.protect,
        source=each.source,
    )


def _answered(each: StateResource) -> dict[str, Any]:
    """Outputs that are plain values, such as an identity's `principalId`, which other resources' inputs hold."""
    return {key: value for key, value in each.outputs.items() if isinstance(value, str | bool | int) and key != "id"}
