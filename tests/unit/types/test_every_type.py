"""What holds for every resource type: its names are azure-native's, its pointers and patterns are well formed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from azkeep.types import all_types, by_arm_type, by_token
from azkeep.types.resource_type import ResourceType
from estate import BODIES

EVERY = all_types()


def name(type_: ResourceType) -> str:
    return type_.arm_type


def pointers(type_: ResourceType) -> Iterator[str]:
    yield from (
        *type_.required,
        *type_.read_only,
        *type_.secrets,
        *type_.defaults,
        *type_.volatile,
        *type_.unordered,
    )
    yield from (link.path for link in type_.links)
    yield from (rule.path for rule in type_.immutable)
    yield from type_.inline


@pytest.mark.parametrize("type_", EVERY, ids=name)
def test_names_of_inputs_are_azure_natives(type_: ResourceType) -> None:
    """Path inputs, renamed, fixed, maintained and query inputs are inputs of the class."""
    inputs = set(type_.schema.inputs.properties)
    top = {path.split(".")[0] for path in type_.maintained}
    used = {*type_.path_inputs, *type_.renames, *type_.force_new, *type_.reset_to, *type_.query_inputs, *top}
    assert used <= inputs
    assert type_.flattened == ("properties" not in inputs) or not type_.flattened


@pytest.mark.parametrize("type_", EVERY, ids=name)
def test_the_class_speaks_a_known_api_version(type_: ResourceType) -> None:
    """A date, with -preview where it is one."""
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}(-preview)?", type_.api_version)


@pytest.mark.parametrize("type_", EVERY, ids=name)
def test_pointers_and_patterns_are_well_formed(type_: ResourceType) -> None:
    """Every pointer begins at the root, the name's pattern compiles, and its lengths make sense."""
    assert [pointer for pointer in pointers(type_) if not pointer.startswith("/") or pointer.endswith("/")] == []
    assert re.compile(type_.name.pattern)
    assert 1 <= type_.name.minimum <= type_.name.maximum


@pytest.mark.parametrize("type_", EVERY, ids=name)
def test_actions_renew_what_the_service_makes(type_: ResourceType) -> None:
    """Each secret that an action makes anew is one that the type has from the start."""
    made = {secret.name for secret in type_.generated_secrets}
    assert {renewed for action in type_.actions.values() for renewed in action.renews} <= made


@pytest.mark.parametrize("type_", EVERY, ids=name)
def test_the_path_ends_in_the_type(type_: ResourceType) -> None:
    """The kinds of the path are the kinds of the ARM type."""
    kinds = [part for part in type_.path.split("/")[1:] if not part.startswith("{")]
    last = type_.arm_type.rsplit("/", 1)[1]
    assert last.lower() in [kind.lower() for kind in kinds] or "{" in type_.path.rsplit("/", 2)[1]


@pytest.mark.parametrize("type_", EVERY, ids=name)
def test_a_type_is_found_by_both_names(type_: ResourceType) -> None:
    """By ARM type in any case, and by token with an old API version."""
    assert by_arm_type(type_.arm_type.upper()) is type_
    package, module, kind = type_.token.split(":")
    found = by_token(f"{package}:{module}/v20200101:{kind}")
    assert found is not None
    assert found.token == type_.token


@pytest.mark.parametrize("type_", EVERY, ids=name)
def test_a_type_has_an_example(type_: ResourceType) -> None:
    """tests/bodies holds one for each."""
    assert (BODIES / f"{type_.arm_type.replace('/', '-')}.json").is_file()
