"""Changing one value of a settings file; everything else in it, comments included, stays as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from azkeep.errors import SettingsError, Source


@dataclass(frozen=True)
class Leaf:
    """One plain value of a YAML file: the keys that lead to it, its text, and its line, which counts from 1."""

    keys: tuple[str, ...]
    text: str
    line: int


def leaves_of(path: Path) -> tuple[Leaf, ...]:
    """Every plain value in `path`, in its order; () for no file. Raises SettingsError for what is no YAML."""
    return tuple(Leaf(keys, str(node.value), node.start_mark.line + 1) for keys, node in _scalars(_root(path), ()))


def set_leaf(path: Path, keys: tuple[str, ...], value: Any) -> None:
    """Writes `value` where `keys` lead. Raises SettingsError if nothing plain stands there."""
    text = path.read_text(encoding="utf-8")
    found = next((node for leaf, node in _scalars(_root(path), ()) if leaf == keys), None)
    if found is None:
        raise SettingsError(f"there is no plain value {'.'.join(keys)}", source=Source(str(path)))
    start, end = found.start_mark.index, found.end_mark.index
    path.write_text(text[:start] + _scalar(value) + text[end:], encoding="utf-8")


def _root(path: Path) -> yaml.Node | None:
    try:
        return yaml.compose(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except yaml.YAMLError as error:
        raise SettingsError(f"not a settings file: {error}", source=Source(str(path))) from error


def _scalars(node: yaml.Node | None, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], yaml.ScalarNode]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, (*keys, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _scalars(value, (*keys, str(index)))
    elif isinstance(node, yaml.ScalarNode):
        yield keys, node


def _scalar(value: Any) -> str:
    return yaml.safe_dump(value, width=2**20, allow_unicode=True, default_flow_style=True).removesuffix("...\n").strip()
