"""The rooms of src/azkeep, and the arrows between them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "azkeep"
BASE = frozenset({"errors", "model"})
JOB_ROOMS = frozenset({"clouds", "program", "engine", "policy", "audit", "settings", "types", "components"})
ALLOWED: dict[str, frozenset[str]] = {
    "errors": frozenset(),
    "model": frozenset({"errors"}),
    "types": BASE,
    "render": BASE,
    "settings": BASE | {"types"},
    "program": BASE | {"types"},
    "engine": BASE | {"types"},
    "policy": BASE | {"types"},
    "audit": BASE | {"types"},
    "components": BASE | {"types"},
    "azure": BASE | {"types"},
    "provider": BASE | {"types"},
    "emulator": BASE | {"types"},
    "clouds": BASE | {"types", "provider", "emulator", "azure"},
    "jobs": BASE | JOB_ROOMS,
    "cli": BASE | {"jobs", "render", "settings"},
    "testing": BASE | {"types", "emulator", "clouds"},
}
SOLE_IMPORTERS = {
    "azure": frozenset({"azure"}),
    "pulumi.automation": frozenset({"engine"}),
    "pulumi.runtime": frozenset({"program"}),
    "pulumi.runtime.proto": frozenset({"program", "provider"}),  # the wire format alone
    "pulumi_policy": frozenset({"policy"}),
    "sqlite3": frozenset({"emulator"}),
    "click": frozenset({"cli"}),
    "rich": frozenset({"render", "cli"}),
}


def modules() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if "templates" not in path.parts)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def room(path: Path) -> str:
    relative = path.relative_to(SOURCE)
    return relative.parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_arrows_point_one_way(path: Path) -> None:
    """A room imports only the rooms that the design lets it import."""
    here = room(path)
    if here in {"__init__", "__main__"}:
        return
    wrong = [
        f"line {line}: {name}"
        for name, line in imports(path)
        if name.startswith("azkeep.") and name.split(".")[1] not in ALLOWED[here] | {here, "__version__"}
    ]
    assert not wrong, f"{here} may import {sorted(ALLOWED[here])} only: {wrong}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_one_room_per_foreign_library(path: Path) -> None:
    """A foreign library is imported in its own room only."""
    here = room(path)
    wrong = [f"line {line}: {name}" for name, line in imports(path) if here not in importers(name, here)]
    assert not wrong, wrong


def importers(name: str, here: str) -> frozenset[str]:
    """The rooms that may import `name`: those of the longest library name that it begins with."""
    found = [library for library in SOLE_IMPORTERS if name == library or name.startswith(f"{library}.")]
    return SOLE_IMPORTERS[max(found, key=len)] if found else frozenset({here})


def test_relative_imports_are_not_used() -> None:
    """Every import names its room in full, so that the arrows can be read."""
    wrong = [
        f"{path}:{node.lineno}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not wrong
