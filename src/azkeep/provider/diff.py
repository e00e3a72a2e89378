"""Diff: old inputs against new inputs, as the official plugin compares them, and what they force."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from azkeep.provider.naming import RANDOM_FLAG
from azkeep.types.resource_type import ResourceType

SIMPLE = re.compile(r"^[A-Za-z_$][\w$-]*$")
"""Property names that stand in a property path as they are."""

API_VERSION = "azureApiVersion"


class Kind(Enum):
    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True)
class Change:
    """One change. `path` holds azure-native names and list indices; `of_inputs` is False where the old value came
    from the outputs of an older state."""

    path: tuple[str | int, ...]
    kind: Kind
    replaces: bool = False
    of_inputs: bool = True

    @property
    def text(self) -> str:
        """Pulumi's property path, such as `subnets[0].name` or `tags["a b"]`."""
        return path_text(self.path)


@dataclass(frozen=True)
class Diff:
    """All changes, in the order of their paths; none means that nothing has to be done."""

    changes: tuple[Change, ...]
    delete_before_replace: bool

    @property
    def replaces(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.replaces)


def path_text(path: tuple[str | int, ...]) -> str:
    """A property path as Pulumi writes it; names with other signs than letters, digits, `_`, `$` and `-` are quoted."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif SIMPLE.match(part):
            text += f".{part}" if text else part
        else:
            quoted = part.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{quoted}"]'
    return text


def diff(
    type_: ResourceType, old_inputs: Mapping[str, Any], old_outputs: Mapping[str, Any], news: Mapping[str, Any]
) -> Diff:
    """What turning `old_inputs` into `news` changes, and whether it needs a replacement."""
    olds = dict(old_inputs)
    migrated = API_VERSION not in olds and API_VERSION in old_outputs
    if migrated:
        olds[API_VERSION] = old_outputs[API_VERSION]
    found = tuple(
        replace(change, of_inputs=not (migrated and change.path == (API_VERSION,)))
        for change in _top_level(type_, olds, old_outputs, news)
    )
    flag = old_inputs.get(RANDOM_FLAG)
    forced = any(change.replaces for change in found)
    return Diff(found, forced and flag is not True)


def _top_level(
    type_: ResourceType, olds: Mapping[str, Any], old_outputs: Mapping[str, Any], news: Mapping[str, Any]
) -> Iterator[Change]:
    for name in sorted({*olds, *news}):
        if name.startswith("__"):
            continue
        if name in olds and name in news and _same(type_, name, olds[name], news[name]):
            continue
        forced = name in type_.path_inputs or name in type_.force_new
        for change in _compare(type_, (name,), olds.get(name), news.get(name), forced):
            if change.kind is not Kind.ADD or len(change.path) > 1:
                yield change
            elif not _is_default(type_, name, news[name]):
                yield replace(change, replaces=forced and old_outputs.get(name) != news[name])


def _same(type_: ResourceType, name: str, old: Any, new: Any) -> bool:
    """True if azure-native takes the two values of a top-level input for one and the same."""
    if old == new and type(old) is type(new) and not isinstance(old, list | Mapping):  # in those False equals 0
        return True
    if isinstance(old, str) and isinstance(new, str):
        if name == "location":
            return _plain_location(old) == _plain_location(new)
        return name == "resourceGroupName" and old.lower() == new.lower()
    if name == "sku" and type_.arm_type.lower() == "microsoft.containerservice/managedclusters":
        return bool(_cluster_sku(old) == _cluster_sku(new))
    return False


def _plain_location(location: str) -> str:
    return location.replace(" ", "").lower()


def _cluster_sku(sku: Any) -> Any:
    """AKS renamed its skus: Basic is Base, and Paid is Standard."""
    if not isinstance(sku, Mapping):
        return sku
    names = {"Basic": "Base"}
    tiers = {"Paid": "Standard"}
    return {**sku, "name": names.get(sku.get("name", ""), sku.get("name")),
            "tier": tiers.get(sku.get("tier", ""), sku.get("tier"))}  # fmt: skip


def _is_default(type_: ResourceType, name: str, value: Any) -> bool:
    defaults = type_.schema.inputs.defaults
    return name in defaults and bool(defaults[name] == value)


def _compare(type_: ResourceType, path: tuple[str | int, ...], old: Any, new: Any, forced: bool) -> Iterator[Change]:
    """Changes at and below `path`; items that come to a list or leave it never force a replacement."""
    if old is None and new is None:
        return
    if old is None or new is None:
        yield Change(path, Kind.ADD if old is None else Kind.DELETE, forced)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted({*old, *new}):
            below = _compare(type_, (*path, name), old.get(name), new.get(name), forced or _nested(type_, path, name))
            yield from below
    elif isinstance(old, list) and isinstance(new, list):
        yield from _compare_lists(type_, path, old, new, forced)
    elif old != new or isinstance(old, bool) is not isinstance(new, bool):
        yield Change(path, Kind.UPDATE, forced)


def _compare_lists(
    type_: ResourceType, path: tuple[str | int, ...], old: list[Any], new: list[Any], forced: bool
) -> Iterator[Change]:
    for index in range(max(len(old), len(new))):
        if index >= len(old):
            yield Change((*path, index), Kind.ADD)
        elif index >= len(new):
            yield Change((*path, index), Kind.DELETE)
        else:
            yield from _compare(type_, (*path, index), old[index], new[index], forced)


def _nested(type_: ResourceType, path: tuple[str | int, ...], name: str) -> bool:
    """True if `force_new` names this member one level down, as `privateEndpoint.id` or `pools[].vmSize`."""
    names = [part for part in path if isinstance(part, str)]
    if len(names) != 1:
        return False
    between = "[]." if any(isinstance(part, int) for part in path) else "."
    return f"{names[0]}{between}{name}" in type_.force_new
