"""Every example body of tests/bodies: conversion to azure-native and back loses nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from estate import BODIES

from azkeep.model.ids import ArmId
from azkeep.types import by_arm_type
from azkeep.types.conversion import arm_id, to_body, to_inputs, to_outputs

FILES = [path for path in sorted(BODIES.glob("*.json")) if by_arm_type(path.stem.replace("-", "/"))]
NAMED = {"id", "name", "type"}


def document(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_document_survives_the_way_to_inputs_and_back(path: Path) -> None:
    """document → inputs → document keeps every member and value, and the id."""
    body = document(path)
    type_ = by_arm_type(path.stem.replace("-", "/"))
    assert type_ is not None
    id = ArmId.parse(body["id"])
    inputs = to_inputs(type_, id.text, body)
    assert to_body(type_, inputs) == {name: value for name, value in body.items() if name not in NAMED}
    assert arm_id(type_, inputs, id.subscription or "") == id.text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_inputs_survive_the_way_to_the_cloud_and_back(path: Path) -> None:
    """inputs → document → outputs → inputs keeps every input; the outputs hold each one under its own name."""
    body = document(path)
    type_ = by_arm_type(path.stem.replace("-", "/"))
    assert type_ is not None
    inputs = to_inputs(type_, body["id"], body)
    sent = {**to_body(type_, inputs), "id": body["id"]}
    outputs = to_outputs(type_, sent)
    missing = [name for name in inputs if name not in outputs and name not in type_.path_inputs]
    assert missing == []
    assert to_inputs(type_, body["id"], sent) == inputs


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_has_what_its_type_requires(path: Path) -> None:
    """An example body is one that its type would accept: required members are there, read-only ones are not."""
    from azkeep.model.value import get

    body = document(path)
    type_ = by_arm_type(path.stem.replace("-", "/"))
    assert type_ is not None
    assert [pointer for pointer in type_.required if get(body, pointer) is None] == []
    assert [pointer for pointer in type_.read_only if "*" not in pointer and get(body, pointer) is not None] == []
