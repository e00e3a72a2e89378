"""The provider plugins that a program needs, and which of them are not installed."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from azkeep.program.imports import imported_modules
from azkeep.program.project import Project

PRELOADED = (
    "pulumi",
    "pulumi.runtime",
    "pulumi_azure_native",
    "azkeep.program.execute",
    "azkeep.program.gate",
    "azkeep.program.invokes",
    "azkeep.program.known_types",
    "azkeep.program.offline",
    "azkeep.program.provenance",
    "azkeep.program.unseen",
)


@dataclass(frozen=True)
class RequiredPlugin:
    """A resource plugin; `version` has no leading `v`, "" where the package does not say."""

    name: str
    version: str


def required_plugins(project: Project) -> tuple[RequiredPlugin, ...]:
    """The plugins of all Pulumi packages that the folder's files import, sorted by name.

    Source: a provider's Python package carries `pulumi-plugin.json` with `resource`, `name` and `version`.
    """
    packages = {name.split(".")[0] for name in imported_modules(project.main_file, project.program_folder)}
    found = {plugin for package in packages if (plugin := _plugin(package)) is not None}
    return tuple(sorted(found, key=lambda plugin: plugin.name))


def missing_plugins(
    required: tuple[RequiredPlugin, ...], provided: Collection[str], home: Path | None = None
) -> tuple[RequiredPlugin, ...]:
    """Those of `required` that azkeep does not serve itself (`provided` names) and the plugin folder does not hold.

    `home` is Pulumi's home folder; None for `PULUMI_HOME`, else `~/.pulumi`.
    """
    folder = (home or Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")) / "plugins"
    return tuple(plugin for plugin in required if plugin.name not in provided and not _is_installed(plugin, folder))


def preload_modules(project: Project) -> tuple[str, ...]:
    """Modules to import before the first run, by an engine or without: the SDK, and what of providers and azkeep the
    program imports.

    The stack's own modules are never among them: each run must execute them anew.
    """
    imported = imported_modules(project.main_file, project.program_folder)
    ours = (name for name in imported if name.startswith(("pulumi_", "azkeep.components")))
    return (*PRELOADED, *ours)


def _is_installed(plugin: RequiredPlugin, folder: Path) -> bool:
    if plugin.version:
        return (folder / f"resource-{plugin.name}-v{plugin.version}").is_dir()
    return any(folder.glob(f"resource-{plugin.name}-v*/"))


def _plugin(package: str) -> RequiredPlugin | None:
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return None
    places = spec.submodule_search_locations if spec else None
    for place in places or ():
        file = Path(place) / "pulumi-plugin.json"
        if file.is_file():
            return _read(file, package)
    return None


def _read(file: Path, package: str) -> RequiredPlugin | None:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not document.get("resource"):
        return None
    return RequiredPlugin(str(document.get("name") or package), str(document.get("version") or _version(package)))


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""
