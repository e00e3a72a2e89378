"""Every example body of tests/bodies: conversion to azure-native and back loses nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azkeep.model.ids import ArmId
from azkeep.model.value import get
from azkeep.types import by_arm_type, by_token, tokens
from azkeep.types.conversion import arm_id, path_values, to_body, to_inputs, to_outputs
from estate import BODIES, GROUP, SUBSCRIPTION

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
    """inputs → document → outputs → inputs keeps every input; the outputs hold each one under its own name, or what
    `properties` holds where the class has no such output."""
    body = document(path)
    type_ = by_arm_type(path.stem.replace("-", "/"))
    assert type_ is not None
    inputs = to_inputs(type_, body["id"], body)
    sent = {**to_body(type_, inputs), "id": body["id"]}
    outputs = to_outputs(type_, sent)
    expected = set(inputs) - set(type_.path_inputs)
    if "properties" in expected and "properties" not in type_.schema.outputs.properties:
        expected = expected - {"properties"} | set(inputs["properties"])
    assert sorted(expected - set(outputs)) == []
    assert to_inputs(type_, body["id"], sent) == inputs


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_has_what_its_type_requires(path: Path) -> None:
    """An example is one that its type would take: its name fits, required members are there, read-only ones are not."""
    body = document(path)
    type_ = by_arm_type(path.stem.replace("-", "/"))
    assert type_ is not None
    name = ArmId.parse(body["id"]).name
    assert type_.name.minimum <= len(name) <= type_.name.maximum
    assert re.search(type_.name.pattern, name)
    assert [pointer for pointer in type_.required if get(body, pointer) is None] == []
    assert [pointer for pointer in type_.read_only if "*" not in pointer and get(body, pointer) is not None] == []


NAMES = st.text(st.sampled_from("abcxyzABCXYZ0189-._*@()"), min_size=1, max_size=40)
WHOLE = {
    "scope": st.just(GROUP),
    "resourceUri": st.just(GROUP),
    "parentResourcePath": st.sampled_from(["", "vaults/one"]),
}


@pytest.mark.parametrize("token", tokens())
@settings(max_examples=25)
@given(st.data())
def test_an_id_gives_back_what_it_was_made_of(token: str, data: st.DataObject) -> None:
    """path inputs → id → path inputs is the same for any names; a whole id loses only its first slash."""
    type_ = by_token(token)
    assert type_ is not None
    given_names = {name: data.draw(WHOLE.get(name, NAMES)) for name in type_.path_inputs}
    id = arm_id(type_, given_names, SUBSCRIPTION)
    assert id is not None
    assert id.startswith("/")
    assert path_values(type_, id) == {name: value.strip("/") for name, value in given_names.items()}
