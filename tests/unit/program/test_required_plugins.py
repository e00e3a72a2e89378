"""Which provider plugins a folder needs."""

from __future__ import annotations

import importlib.metadata
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from azkeep.program.imports import imported_modules
from azkeep.program.plugins import RequiredPlugin, missing_plugins, preload_modules, required_plugins
from azkeep.program.project import Project

AZURE = RequiredPlugin("azure-native", importlib.metadata.version("pulumi-azure-native"))


def test_imports_of_helpers_count(stack: Callable[..., Project]) -> None:
    """A provider that only a helper's helper imports is required."""
    project = stack(
        "import first\n", first="from second import thing\n", second="import pulumi_azure_native as native\nthing = 1\n"
    )
    assert required_plugins(project) == (AZURE,)


def test_a_program_without_providers_needs_none(stack: Callable[..., Project]) -> None:
    """The SDK itself is no plugin, nor is a module that does not exist or a file that does not parse."""
    assert required_plugins(stack("import pulumi, json, not_there, broken\n", broken="x = (\n")) == ()


@pytest.mark.parametrize(
    ("text", "plugin"),
    [
        ({"resource": True, "name": "sample", "version": "1.2.3"}, RequiredPlugin("sample", "1.2.3")),
        ({"resource": True, "name": "sample"}, RequiredPlugin("sample", "")),
        ({"resource": False, "name": "sample", "version": "1.2.3"}, None),
    ],
)
def test_what_a_package_says_of_itself(
    stack: Callable[..., Project],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: dict[str, object],
    plugin: RequiredPlugin | None,
) -> None:
    """Name and version come from the package's own file; one that is no resource plugin does not count."""
    package = tmp_path / "packages" / "pulumi_sample"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('must not run')", encoding="utf-8")
    (package / "pulumi-plugin.json").write_text(json.dumps(text), encoding="utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path, str(package.parent)])
    assert required_plugins(stack("from pulumi_sample import Thing\n")) == ((plugin,) if plugin else ())


def test_missing_is_what_neither_azkeep_nor_the_folder_has(tmp_path: Path) -> None:
    """A plugin that azkeep serves, or of which the exact version is installed, is not missing."""
    (tmp_path / "plugins" / "resource-random-v4.0.0").mkdir(parents=True)
    needed = (AZURE, RequiredPlugin("random", "4.0.0"), RequiredPlugin("random", "5.0.0"), RequiredPlugin("random", ""))
    assert missing_plugins(needed, {"azure-native"}, tmp_path) == (RequiredPlugin("random", "5.0.0"),)
    assert missing_plugins((AZURE,), (), tmp_path) == (AZURE,)


def test_modules_to_load_ahead(stack: Callable[..., Project]) -> None:
    """Providers' modules are loaded ahead, however the program names them; the stack's own never are."""
    project = stack(
        "import pulumi_azure_native as native\nfrom pulumi_azure_native import storage\nimport helper\n"
        "native.network.VirtualNetwork\n",
        helper="",
    )
    loaded = preload_modules(project)
    assert {"pulumi_azure_native.network", "pulumi_azure_native.storage"} <= set(loaded)
    assert "helper" not in loaded


def test_relative_imports_are_followed(tmp_path: Path) -> None:
    """Packages inside the folder are read, their relative imports too."""
    package = tmp_path / "parts"
    (package / "deep").mkdir(parents=True)
    (tmp_path / "__main__.py").write_text("from parts.deep import top\n", encoding="utf-8")
    (package / "__init__.py").write_text("import alpha\n", encoding="utf-8")
    (package / "side.py").write_text("import beta\n", encoding="utf-8")
    (package / "deep" / "__init__.py").write_text("from ..side import x\n", encoding="utf-8")
    (package / "deep" / "top.py").write_text("from . import leaf\n", encoding="utf-8")
    (package / "deep" / "leaf.py").write_text("import gamma\n", encoding="utf-8")
    assert set(imported_modules(tmp_path / "__main__.py", tmp_path)) == {"alpha", "beta", "gamma"}
