"""azkeep as a package: built to a wheel, installed, and run far from the checkout."""

from __future__ import annotations

import shutil
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from azkeep.engine.find import Engine
from tests.engine.command import Azkeep, operations

CHECKOUT = Path(__file__).parents[2]
NEEDED = ("pyproject.toml", "README.md", "LICENSE")
IGNORED = shutil.ignore_patterns("__pycache__", ".azkeep", ".mypy_cache")
TEMPLATES = "azkeep/templates/stacks/"
POLICIES = "azkeep/templates/policies/"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built from a source folder in which somebody has worked."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for name in NEEDED:
        shutil.copy(CHECKOUT / name, source)
    for name in ("src", "stacks", "policies"):
        shutil.copytree(CHECKOUT / name, source / name, ignore=IGNORED)
    stack = source / "stacks" / "secure-workspace"
    for left in (stack / ".azkeep" / "local" / "passphrase", stack / "__pycache__" / "__main__.pyc"):
        left.parent.mkdir(parents=True)
        left.write_text("left behind")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(built)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    return next(built.glob("azkeep-*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment that has the wheel, and the dependencies of the one that tests."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    install = ("install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel))
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *install], check=True)
    own = next(folder.glob("lib/python*/site-packages"))
    # The dependencies' own .pth files, which lead to the checkout, are not read from here.
    (own / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    return python


@pytest.fixture
def installed(python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Azkeep:
    """The installed azkeep in an empty folder."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    folder = tmp_path / "empty"
    folder.mkdir()
    return Azkeep(folder, (str(python),))


def files(folder: Path) -> set[str]:
    """The files in `folder` that belong to it, relative."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if not {"__pycache__", ".azkeep", ".mypy_cache"} & set(path.parts)}


def test_the_wheel_holds_package_stacks_and_policies_alone(wheel: Path) -> None:
    """Every file of the package, the shipped stacks and the policies is in it, and nothing that a run left behind."""
    package = {f"azkeep/{name}" for name in files(CHECKOUT / "src" / "azkeep")}
    stacks = {TEMPLATES + name for name in files(CHECKOUT / "stacks")}
    policies = {POLICIES + name for name in files(CHECKOUT / "policies")}
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == package | stacks | policies
    wanted = {
        "azkeep/engine/module/go.sum",
        "azkeep/render/schemas/plan.json",
        "azkeep/types/schemas/machinelearningservices_Workspace.json",
        TEMPLATES + "secure-workspace/Pulumi.dev.yaml",
    }
    assert wanted <= held


def test_it_runs_from_where_it_is_installed(installed: Azkeep, python: Path) -> None:
    """The command is there, and no module of the checkout is."""
    program = "import azkeep, sys; print(azkeep.__file__); print(*sys.path, sep='\\n')"
    command = [str(python), "-c", program]
    file, *path = subprocess.run(
        command, cwd=installed.folder, capture_output=True, text=True, check=True
    ).stdout.split()
    assert Path(file).is_relative_to(python.parents[1])
    assert str(CHECKOUT / "src") not in path
    script = python.with_name("azkeep")
    shown = subprocess.run([str(script), "--help"], cwd=installed.folder, capture_output=True, text=True, check=True)
    assert "apply" in shown.stdout


def test_a_shipped_stack_is_begun_and_declared(installed: Azkeep) -> None:
    """`init` writes the stack that the package holds, and `graph` declares its workspace."""
    assert set(installed.json("init", "demo")["files"]) == files(CHECKOUT / "stacks" / "secure-workspace")
    declared = installed.json("graph", "demo", "--env", "dev")["resources"]
    workspaces = [one for one in declared if one["type"] == "Microsoft.MachineLearningServices/workspaces"]
    assert [one["name"] for one in workspaces] == ["workspace"]


def test_it_applies(installed: Azkeep, engine: Engine) -> None:
    """A stack is applied and destroyed by what the package holds."""
    shutil.copytree(CHECKOUT / "examples" / "plain-workspace", installed.folder / "plain", ignore=IGNORED)
    environment = {"AZKEEP_PULUMI": str(engine.path)}
    assert operations(installed.json("apply", "plain", "--yes", **environment))["workspace"] == "create"
    assert operations(installed.json("destroy", "plain", "--yes", **environment))["workspace"] == "delete"
