"""What a program imports, read from its source without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import azkeep

PACKAGE_ROOT = Path(azkeep.__file__).parent.parent


@dataclass(frozen=True)
class _Module:
    """A source file, and the dotted name that relative imports in it start from."""

    file: Path
    package: str


def imported_modules(main: Path, folder: Path) -> tuple[str, ...]:
    """Dotted names that the program at `main` may import from elsewhere, sorted.

    Files in `folder`, and azkeep's own, are followed. `from a import b` gives both `a` and `a.b`: which of them are
    modules is not known without running them. Files that do not parse are passed over; the run itself reports them.
    """
    waiting = [_Module(main, "")]
    seen = {main}
    foreign: set[str] = set()
    while waiting:
        module = waiting.pop()
        for name in _names(module):
            found = list(_own_modules(name, folder))
            if not found or name.startswith("azkeep"):
                foreign.add(name)
            for other in found:
                if other.file not in seen:
                    seen.add(other.file)
                    waiting.append(other)
    return tuple(sorted(foreign))


def _own_modules(name: str, folder: Path) -> Iterator[_Module]:
    """The files that importing `name` runs, if they lie in `folder` or in azkeep."""
    parts = name.split(".")
    root = PACKAGE_ROOT if parts[0] == "azkeep" else folder
    for length in range(1, len(parts) + 1):
        path = root.joinpath(*parts[:length])
        if (path / "__init__.py").is_file():
            yield _Module(path / "__init__.py", ".".join(parts[:length]))
        elif path.with_suffix(".py").is_file():
            yield _Module(path.with_suffix(".py"), ".".join(parts[: length - 1]))


def _names(module: _Module) -> Iterator[str]:
    try:
        tree = ast.parse(module.file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    bound: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
                bound[alias.asname or alias.name] = alias.name
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, module.package)
            if base:
                yield base
            yield from (f"{base}.{alias.name}".lstrip(".") for alias in node.names if alias.name != "*")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in bound:
            yield f"{bound[node.value.id]}.{node.attr}"


def _base(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".") if package else []
    kept = parts[: len(parts) - (node.level - 1)]
    return ".".join([*kept, *([node.module] if node.module else [])])
