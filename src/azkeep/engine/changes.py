"""What differs in one step, as pointers into the ARM document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azkeep.engine.values import contains, decode, find, masked, parse_path
from azkeep.model.plan import Change
from azkeep.model.value import Secret, Unknown, join, leaves
from azkeep.types import by_token, conversion
from azkeep.types.resource_type import ResourceType

Parts = tuple[str | int, ...]


def changes_of(metadata: Mapping[str, Any]) -> tuple[Change, ...]:
    """The changes of an update or replacement, from `detailedDiff` where the provider gives one, else by comparing
    inputs; sorted by path, one per leaf. Both sides of a secret are empty Secrets."""
    type_ = by_token(str(metadata.get("type", "")))
    old, new = metadata.get("old") or {}, metadata.get("new") or {}
    sides = _Sides(decode(old.get("inputs") or {}), decode(old.get("outputs") or {}), decode(new.get("inputs") or {}))
    detailed = metadata.get("detailedDiff")
    found = sides.detailed(detailed) if detailed else sides.compared(metadata)
    changes = {}
    for parts, before, after, forces in found:
        for path, was, will in _split(pointer(type_, parts), before, after):
            changes[path] = _change(path, was, will, forces)
    return tuple(changes[path] for path in sorted(changes))


def changes_of_create(metadata: Mapping[str, Any]) -> tuple[Change, ...]:
    """Every property that a create sets, one per leaf of the ARM document, in its order."""
    token, new = str(metadata.get("type", "")), metadata.get("new") or {}
    inputs = {key: value for key, value in decode(new.get("inputs") or {}).items() if not key.startswith("__")}
    type_ = by_token(token)
    document = conversion.to_body(type_, inputs) if type_ else inputs
    return tuple(_change(path, None, value, False) for path, value in leaves(document) if path)


def pointer(type_: ResourceType | None, parts: Parts) -> str:
    """JSON pointer of a property path; for what is no ARM type the path itself."""
    if type_ is None:
        return join(tuple(str(part) for part in parts))
    return conversion.pointer(type_, parts)


def _change(path: str, before: Any, after: Any, forces: bool) -> Change:
    return Change(
        path=path,
        before=masked(before),
        after=masked(after),
        forces_replace=forces,
        secret=contains(before, Secret) or contains(after, Secret),
        unknown=contains(after, Unknown),
    )


class _Sides:
    """Old inputs, old outputs and new inputs of one step."""

    def __init__(self, old_inputs: Any, old_outputs: Any, new_inputs: Any) -> None:
        self.old_inputs = old_inputs
        self.old_outputs = old_outputs
        self.new_inputs = new_inputs

    def detailed(self, diff: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[Parts, Any, Any, bool]]:
        for path, entry in diff.items():
            parts = parse_path(path)
            kind = str(entry.get("diffKind", "update"))
            before = None if kind.startswith("add") else self._before(parts, bool(entry.get("inputDiff")))
            after = None if kind.startswith("delete") else find(self.new_inputs, parts)
            yield parts, before, after, kind.endswith("-replace")

    def _before(self, parts: Parts, input_diff: bool) -> Any:
        sources = (self.old_inputs, self.old_outputs) if input_diff else (self.old_outputs, self.old_inputs)
        return next((found for found in (find(source, parts) for source in sources) if found is not None), None)

    def compared(self, metadata: Mapping[str, Any]) -> Iterator[tuple[Parts, Any, Any, bool]]:
        forcing = set(metadata.get("keys") or ())
        names = {name for name in (*self.old_inputs, *self.new_inputs) if not name.startswith("__")}
        given = set(metadata.get("diffs") or ()) | forcing
        for name in sorted(names & given if given & names else names):
            before, after = self.old_inputs.get(name), self.new_inputs.get(name)
            if before != after or contains(after, Secret):
                yield (name,), before, after, name in forcing


def _split(path: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """The leaves in which two values at `path` differ; the whole where one side is no object."""
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)) or not (before or after):
        yield path, before, after
        return
    for key in sorted({*before, *after}):
        was, will = before.get(key), after.get(key)
        if was != will:
            yield from _split(path + join((str(key),)), was, will)
