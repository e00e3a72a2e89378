"""The rules of a folder: every Rule in every module of it."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from functools import cache
from pathlib import Path
from types import ModuleType

from azkeep.errors import SettingsError, Source
from azkeep.policy.rule import Rule

PACKAGE = Path(__file__).resolve().parents[1]
SHELVES = (PACKAGE / "templates" / "policies", PACKAGE.parents[1] / "policies")
"""Where azkeep's own pack lies: in an installed package, and in a checkout."""


def shipped() -> Path:
    """The folder of azkeep's own policy pack. Raises SettingsError where the installation lacks it."""
    found = next((folder for folder in SHELVES if (folder / "rules").is_dir()), None)
    if found is None:
        raise SettingsError("azkeep's own policies are not installed", fix="Install azkeep again.")
    return found


@cache
def load_rules(folder: Path) -> tuple[Rule, ...]:
    """All rules below `folder`/rules, by id. Raises SettingsError where two have one id, or a file cannot be loaded."""
    found: dict[str, Rule] = {}
    for path in sorted((folder / "rules").rglob("*.py")):
        if path.name.startswith("_"):
            continue
        for rule in vars(_module(path, folder)).values():
            if not isinstance(rule, Rule) or rule.test.__code__.co_filename != str(path):
                continue
            if rule.id in found:
                line = Source(str(path), rule.test.__code__.co_firstlineno)
                raise SettingsError(f"two rules are called {rule.id}", subject=rule.id, source=line)
            found[rule.id] = rule
    return tuple(found[id] for id in sorted(found))


def _module(path: Path, folder: Path) -> ModuleType:
    """The module in `path`, under a name of its own, so that packs in several folders do not meet."""
    _package(folder)
    # One name for each file, and directly below the package, which is what relative imports start from.
    inner = path.relative_to(folder / "rules").with_suffix("").parts
    name = ".".join((_package_name(folder), "__".join(inner)))
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise SettingsError("the file cannot be loaded", subject=str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise SettingsError(f"the rules cannot be loaded: {_told(error)}", subject=path.name,
                            source=Source(str(path), _line_of(error, path))) from error  # fmt: skip
    return module


def _told(error: BaseException) -> str:
    return error.msg if isinstance(error, SyntaxError) else f"{type(error).__name__}: {error}"


def _line_of(error: BaseException, path: Path) -> int | None:
    """The last line of the file itself on the way to the error."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return lines[-1] if lines else None


def _package_name(folder: Path) -> str:
    import hashlib

    return f"azkeep_policies_{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:8]}"


def _package(folder: Path) -> None:
    """A package for the folder's modules, so that they may import one another relatively."""
    name = _package_name(folder)
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(folder / "rules")]
        sys.modules[name] = package
