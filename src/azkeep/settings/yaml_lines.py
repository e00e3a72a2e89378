"""YAML with the line of every value, read as Pulumi reads it: no dates, no `yes` and `no`, no sexagesimal numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from azkeep.errors import AzkeepError, Problems, SettingsError, Source
from azkeep.model.value import join, split

_ANCHOR_TWICE = re.compile(r"found duplicate anchor '([^']*)'")
"""As PyYAML says it."""
MOST_VALUES = 100_000
"""More values than any settings file has; aliases of aliases can name more than memory holds."""


@dataclass(frozen=True)
class Document:
    """`value` is the file's content, None if it is empty; `lines` holds the line of each JSON pointer."""

    file: str
    value: Any
    lines: Mapping[str, int]

    def source(self, pointer: str = "") -> Source:
        """Where `pointer` stands, else where the nearest thing around it does."""
        parts = split(pointer)
        for length in range(len(parts), 0, -1):
            line = self.lines.get(join(parts[:length]))
            if line is not None:
                return Source(self.file, line)
        return Source(self.file, self.lines.get(""))


class _Loader(yaml.SafeLoader):
    """The safe loader with the scalars of YAML 1.2; what it would turn into a date stays text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own interface


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("int", r"[-+]?(?:0|[1-9][0-9_]*|0[0-7_]+|0x[0-9a-fA-F_]+)", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf)|\.nan",
        "-+.0123456789",
    ),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), ["" if c == "\0" else c for c in _first]
    )


def load(path: Path, *, shown_as: str | None = None) -> Document:
    """The file at `path`. Raises SettingsError with its line, or Problems where several keys are given twice."""
    file = shown_as or path.name
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SettingsError("not a text file in UTF-8", subject=file, source=Source(file, line)) from error
    except OSError as error:
        raise SettingsError(
            f"cannot be read: {error.strerror or error}",
            subject=file,
            source=Source(file),
            fix="Check its permissions." if isinstance(error, PermissionError) else "Name a file that is there.",
        ) from error
    return parse(text, file)


def parse(text: str, file: str) -> Document:
    """The document in `text`; raises as `load` does."""
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            reading = _Reading(file, loader)
            found = reading.read(node, "", ()) if node is not None else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, file) from error
    except yaml.YAMLError as error:
        raise SettingsError(f"not valid YAML: {error}", subject=file, source=Source(file)) from error
    except RecursionError as error:
        raise SettingsError("nested too deeply", subject=file, source=Source(file)) from error
    if reading.problems:
        raise reading.problems[0] if len(reading.problems) == 1 else Problems(reading.problems)
    return Document(file, found, reading.lines)


def _syntax(error: yaml.MarkedYAMLError, file: str) -> SettingsError:
    mark = error.problem_mark or error.context_mark
    what = " ".join(part for part in (error.context, error.problem) if part)
    fix = "Check the indentation and quoting of this line."
    if "'\\t'" in what:
        what, fix = "a tab, and YAML is indented with blanks", "Put blanks in its place."
    twice = _ANCHOR_TWICE.match(error.context or "")
    if twice:
        what, fix = f"the anchor `{twice[1]}` is given twice", "Give one of them another name."
    source = Source(file, mark.line + 1 if mark else None)
    return SettingsError(f"not valid YAML: {what}", subject=file, source=source, fix=fix)


class _Reading:
    """One walk over one file's nodes: collects lines and problems."""

    def __init__(self, file: str, loader: _Loader) -> None:
        self.file = file
        self.loader = loader
        self.lines: dict[str, int] = {}
        self.problems: list[AzkeepError] = []

    def read(self, node: yaml.Node, pointer: str, around: tuple[int, ...]) -> Any:
        """The value of `node`; `around` names the nodes that hold it."""
        line = node.start_mark.line + 1
        self.lines.setdefault(pointer, line)
        if id(node) in around:
            raise SettingsError("an alias that contains itself", subject=self.file, source=Source(self.file, line))
        if len(self.lines) > MOST_VALUES:
            raise SettingsError("aliases name too many values", subject=self.file, source=Source(self.file, line))
        inside = (*around, id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, pointer, inside)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, f"{pointer}/{index}", inside) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, pointer: str, inside: tuple[int, ...]) -> dict[str, Any]:
        self._report_repeated(node)
        self.loader.flatten_mapping(node)
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key is None:
                continue
            below = pointer + join((key,))
            self.lines[below] = key_node.start_mark.line + 1
            found[key] = self.read(value_node, below, inside)
        return found

    def _report_repeated(self, node: yaml.MappingNode) -> None:
        first: dict[str, int] = {}
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag.endswith(":merge"):
                continue
            line = key_node.start_mark.line + 1
            if key_node.value in first:
                self._problem(
                    f"`{key_node.value}` is given twice, first in line {first[key_node.value]}",
                    line,
                    fix="Keep one of the two lines.",
                )
            first.setdefault(key_node.value, line)

    def _key(self, node: yaml.Node) -> str | None:
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self._problem("a key that is not plain text", node.start_mark.line + 1)
        return None

    def _scalar(self, node: yaml.Node) -> Any:
        try:
            return self.loader.construct_object(node)
        except (yaml.constructor.ConstructorError, ValueError):
            self._problem(f"a value that cannot be read as {node.tag.rsplit(':', 1)[-1]}", node.start_mark.line + 1)
            return None

    def _problem(self, summary: str, line: int, *, fix: str = "") -> None:
        self.problems.append(SettingsError(summary, fix=fix, subject=self.file, source=Source(self.file, line)))
