"""A stack folder as its Pulumi.yaml describes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from azkeep.errors import AzkeepError, Problems, SettingsError, Source

FILE_NAMES = ("Pulumi.yaml", "Pulumi.yml")
NAME = re.compile(r"[A-Za-z0-9_.\-]{1,100}")


@dataclass(frozen=True)
class Project:
    """One Pulumi project.

    `folder` holds Pulumi.yaml and is absolute. `main` is the program: a file, or the folder of its `__main__.py`.
    `runtime` is always "python". `runtime_options` is Pulumi.yaml's `runtime.options`.
    """

    folder: Path
    name: str
    main: Path
    runtime: str = "python"
    description: str = ""
    runtime_options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def program_folder(self) -> Path:
        """Where the program is run: the folder of its `__main__.py` or of the file that `main` names."""
        return self.main if self.main.is_dir() else self.main.parent

    @property
    def main_file(self) -> Path:
        """The Python file that is run first."""
        return self.main / "__main__.py" if self.main.is_dir() else self.main


@dataclass(frozen=True)
class _Document:
    """The members of Pulumi.yaml with the line of each; `line("")` is the file's first."""

    file: str
    members: Mapping[str, Any]
    lines: Mapping[str, int]

    def error(self, key: str, summary: str, fix: str) -> SettingsError:
        return SettingsError(summary, fix=fix, subject=key, source=Source(self.file, self.lines.get(key, 1)))


def load_project(folder: Path) -> Project:
    """The project in `folder`.

    Raises SettingsError with file and line where Pulumi.yaml is missing, malformed or names what is not there;
    Problems if there is more than one fault.
    """
    folder = folder.resolve()
    document = _read(folder)
    errors: list[AzkeepError] = [*_name_faults(document), *_runtime_faults(document), *_main_faults(document, folder)]
    if len(errors) > 1:
        raise Problems(errors)
    if errors:
        raise errors[0]
    runtime = document.members["runtime"]
    options = runtime.get("options") if isinstance(runtime, Mapping) else None
    return Project(
        folder=folder,
        name=document.members["name"],
        main=_main_path(document, folder),
        description=str(document.members.get("description") or ""),
        runtime_options=options if isinstance(options, Mapping) else {},
    )


def _read(folder: Path) -> _Document:
    path = next((folder / name for name in FILE_NAMES if (folder / name).is_file()), None)
    if path is None:
        raise SettingsError(
            f"{folder} is not a Pulumi project: it has no Pulumi.yaml",
            fix="Give the folder of a stack, or make one with `azkeep init`.",
            subject=str(folder),
        )
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise SettingsError("the file is not UTF-8 text", source=Source(str(path))) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise SettingsError(
            f"not valid YAML: {error.problem or 'it cannot be read'}", source=Source(str(path), line)
        ) from error
    except yaml.YAMLError as error:
        raise SettingsError(
            "not valid YAML: it holds characters that YAML does not allow", source=Source(str(path))
        ) from error
    if not isinstance(node, yaml.MappingNode):
        raise SettingsError("the file must hold `name` and `runtime`", source=Source(str(path), 1))
    return _document(path, node)


def _document(path: Path, node: yaml.MappingNode) -> _Document:
    loader = yaml.SafeLoader("")
    try:
        members = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise SettingsError(f"not valid YAML: {error.problem}", source=Source(str(path), line)) from error
    lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
    return _Document(str(path), members, lines)


def _name_faults(document: _Document) -> list[SettingsError]:
    """Source: Pulumi's project names are up to 100 letters, digits, hyphens, underscores and periods."""
    name = document.members.get("name")
    if name is None:
        return [document.error("name", "`name` is missing", "Add `name: <project>`.")]
    if not isinstance(name, str) or not NAME.fullmatch(name):
        fix = "Use up to 100 letters, digits, hyphens, underscores and periods."
        return [document.error("name", f"`name` is not a project name: {name!r}", fix)]
    return []


def _runtime_faults(document: _Document) -> list[SettingsError]:
    runtime = document.members.get("runtime")
    name = runtime.get("name") if isinstance(runtime, Mapping) else runtime
    if name is None:
        return [document.error("runtime", "`runtime` is missing", "Add `runtime: python`.")]
    if name != "python":
        return [document.error("runtime", f"`runtime` is {name!r}", "azkeep runs programs with `runtime: python`.")]
    return []


def _main_path(document: _Document, folder: Path) -> Path:
    return (folder / str(document.members.get("main") or ".")).resolve()


def _main_faults(document: _Document, folder: Path) -> list[SettingsError]:
    main = _main_path(document, folder)
    if main.is_dir() and not (main / "__main__.py").is_file():
        fix = "Write `__main__.py` there, or let `main` name the program."
        return [document.error("main", f"there is no program: {main} has no `__main__.py`", fix)]
    if not main.exists():
        return [document.error("main", f"`main` names {main}, which does not exist", "Name a file or folder.")]
    return []
