"""Reading an estate's settings from a Pulumi settings file: all problems at once, each with its line."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from azkeep.components.checks import Problem, problems
from azkeep.components.settings import Estate
from azkeep.errors import AzkeepError, Problems, SettingsError, Source
from azkeep.model.yaml_words import shown, wanted

STAND_INS: Mapping[str, Any] = {
    "prefix": "a",
    "environment": "dev",
    "location": "westeurope",
    "monitoring": {"public_ingestion": True},
}
"""Shortest values for what has no default, so that the rest can be checked although one of them is wrong."""

DEEPEST = 8
"""More rounds of leaving out faulty parts than the settings have levels."""

Path_ = tuple[str, ...]


@dataclass(frozen=True)
class _Lines:
    """Where each key of the settings stands; `root` is the value's node, None where the file does not have it."""

    file: str
    root: yaml.Node | None
    first: int | None

    def source(self, path: Path_) -> Source:
        """The line of the deepest key of `path` that is written; keys that are not are passed over."""
        node, line = self.root, self.first
        for key in path:
            found = _member(node, key)
            if found is None:
                continue
            node, line = found
        return Source(self.file, line)

    def repeated(self) -> list[SettingsError]:
        """An error for every key that is given again, at its second line."""
        return [
            SettingsError(f"{path}: the key is given twice", subject=path, source=Source(self.file, line))
            for path, line in _repeated(self.root, ())
        ]


def load(config_file: Path, key: str, data: Any = None) -> Estate:
    """The estate that `key`, such as `secure-workspace:estate`, describes in `config_file`.

    With `data`, that is judged, and the file serves only for its lines; it may then be absent. Raises Problems with
    every SettingsError found: unknown keys, wrong values, ranges that overlap, names that are too long.
    """
    lines, written = _read(config_file, key)
    settings, wrong = _validated(written if data is None else data)
    if settings is not None:
        wrong += problems(settings)
    if (errors := [*lines.repeated(), *(_error(problem, lines, key) for problem in wrong)]) or settings is None:
        raise Problems(sorted(errors, key=lambda error: error.source.line or 0 if error.source else 0))
    return settings


def _error(problem: Problem, lines: _Lines, key: str) -> SettingsError:
    subject = ".".join(problem.path) or key
    return SettingsError(f"{subject}: {problem.text}", subject=subject, source=lines.source(problem.path))


def _read(config_file: Path, key: str) -> tuple[_Lines, Any]:
    nothing: tuple[_Lines, Any] = _Lines(config_file.name, None, None), {}
    if not config_file.is_file():
        return nothing
    loader = yaml.SafeLoader(config_file.read_text(encoding="utf-8"))
    try:
        document = loader.get_single_node()
        config = _member(document, "config")
        found = _member(config[0], key) if config else None
        if found is None:
            return nothing
        return _Lines(config_file.name, *found), loader.construct_document(found[0])
    except yaml.MarkedYAMLError as error:
        raise Problems([_not_yaml(config_file.name, error)]) from error
    finally:
        loader.dispose()


def _not_yaml(file: str, error: yaml.MarkedYAMLError) -> AzkeepError:
    line = error.problem_mark.line + 1 if error.problem_mark else None
    return SettingsError(f"not valid YAML: {error.problem}", source=Source(file, line))


def _member(node: yaml.Node | None, key: str) -> tuple[yaml.Node, int] | None:
    """The value under `key` of a mapping, or at that index of a list, and its line."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                return value, name.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and key.isdecimal() and int(key) < len(node.value):
        value = node.value[int(key)]
        return value, value.start_mark.line + 1
    return None


def _repeated(node: yaml.Node | None, path: Path_) -> list[tuple[str, int]]:
    """Path and line of each key that stands again in its mapping."""
    if not isinstance(node, yaml.MappingNode):
        return []
    found: list[tuple[str, int]] = []
    seen: set[str] = set()
    for name, value in node.value:
        here = (*path, str(name.value))
        if name.value in seen:
            found.append((".".join(here), name.start_mark.line + 1))
        seen.add(name.value)
        found += _repeated(value, here)
    return found


def _validated(data: Any) -> tuple[Estate | None, list[Problem]]:
    """The settings and what is wrong with them; with faults, the settings are what remains without the faulty parts."""
    try:
        return Estate.model_validate(data), []
    except ValidationError as error:
        faults = error.errors(include_url=False)
    wrong = [_problem(data, fault) for fault in faults]
    rest = deepcopy(dict(data)) if isinstance(data, Mapping) else {}
    for _ in range(DEEPEST):
        for fault in faults:
            _leave_out(rest, _written_path(rest, tuple(str(part) for part in fault["loc"])))
        try:
            return Estate.model_validate({**STAND_INS, **rest}), wrong
        except ValidationError as error:
            faults = error.errors(include_url=False)
    return None, wrong


def _leave_out(rest: dict[str, Any], path: Path_) -> None:
    """Take what stands at `path` out of `rest`; where a key is missing there, the section that should have it."""
    here: Any = rest
    for index, part in enumerate(path):
        inside = here.get(part) if isinstance(here, dict) else None
        if index == len(path) - 1 and isinstance(here, dict) and part in here:
            del here[part]
        elif not isinstance(inside, dict):
            _leave_out(rest, path[:index])
            return
        here = inside


def _problem(data: Any, fault: Mapping[str, Any]) -> Problem:
    path = _written_path(data, tuple(str(part) for part in fault["loc"]))
    kind, value = fault["type"], fault.get("input")
    if kind == "extra_forbidden":
        return Problem(path, "there is no such setting")
    if kind == "missing":
        return Problem(path, "this setting is needed")
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        expected = fault.get("ctx", {}).get("expected_tags", "")
        return Problem(path, f"must be one of {expected}" if expected else f"{value!r} does not say which form it has")
    words = wanted(fault)
    if not words:
        return Problem(path, str(fault["msg"]).removeprefix("Value error, "))
    given = shown(value)
    return Problem(path, f"must be {words}{f', not {given}' if given else ''}")


def _written_path(data: Any, loc: Path_) -> Path_:
    """`loc` without the parts that name a form rather than a key; the last part stays, it may be a missing key."""
    path: list[str] = []
    here = data
    for index, part in enumerate(loc):
        if isinstance(here, Mapping) and part in here:
            here = here[part]
        elif isinstance(here, list | tuple) and part.isdecimal() and int(part) < len(here):
            here = here[int(part)]
        elif index < len(loc) - 1 or not isinstance(here, Mapping) or part in _forms(here):
            continue
        path.append(part)
    return tuple(path)


def _forms(here: Mapping[str, Any]) -> set[Any]:
    return {here.get("form"), here.get("through")}
