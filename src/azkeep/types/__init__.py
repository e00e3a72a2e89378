"""Every resource type azkeep knows, one file each, found by a scan of this folder.

A second type with the same ARM type or token stops the program.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from azkeep.types.resource_type import ResourceType

MACHINERY = frozenset(
    {
        "api_versions",
        "azure_policy",
        "built_in_roles",
        "conversion",
        "limits",
        "members",
        "nested",
        "planes",
        "resource_graph",
        "resource_type",
        "schema",
        "soft_delete",
        "validation",
        "write",
    }
)


@cache
def all_types() -> tuple[ResourceType, ...]:
    """All types, one for each ARM type, sorted by it."""
    return tuple(type_ for type_ in _entries() if not type_.variant)


@cache
def _entries() -> tuple[ResourceType, ...]:
    found: list[ResourceType] = []
    for module in pkgutil.iter_modules(__path__):
        if module.name in MACHINERY or module.name.startswith("_"):
            continue
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        found.extend(getattr(loaded, "TYPES", None) or (loaded.TYPE,))
    return tuple(sorted(found, key=lambda type_: (type_.arm_type.lower(), type_.token)))


@cache
def _by_arm_type() -> dict[str, ResourceType]:
    return _unique({type_.arm_type.lower(): type_ for type_ in all_types()}, "ARM type")


@cache
def _by_token() -> dict[str, ResourceType]:
    found: dict[str, ResourceType] = {}
    for type_ in _entries():
        for token in (type_.token, *type_.aliases):
            found.setdefault(token.lower(), type_)
    return found


def _unique(found: dict[str, ResourceType], what: str) -> dict[str, ResourceType]:
    if len(found) != len(all_types()):
        raise RuntimeError(f"two files in azkeep/types declare the same {what}")
    return found


def by_arm_type(arm_type: str) -> ResourceType | None:
    """The type called `arm_type` in any case; None if azkeep does not know it."""
    return _by_arm_type().get(arm_type.lower())


def by_token(token: str) -> ResourceType | None:
    """The type behind an azure-native token; old API versions (`azure-native:network/v20230201:Subnet`) included."""
    package, module, name = [*token.split(":"), "", ""][:3]
    return _by_token().get(f"{package}:{module.split('/')[0]}:{name}".lower())


def tokens() -> tuple[str, ...]:
    """Main tokens of all types, variants included, sorted; a class that serves several ARM types is named once."""
    return tuple(sorted({type_.token for type_ in _entries()}))


def secret_outputs() -> dict[str, tuple[str, ...]]:
    """Token → outputs that the state must hold as secrets, for the classes that have any."""
    return {type_.token: type_.shown_secrets for type_ in _entries() if type_.shown_secrets}


@cache
def secret_inputs() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Token → paths of inputs that are secrets whatever the program calls them, for the classes that have any."""
    from azkeep.types import conversion

    return {type_.token: conversion.secret_inputs(type_) for type_ in _entries() if type_.secrets}
