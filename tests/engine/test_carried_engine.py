"""The engine of one machine, carried to another without a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from azkeep.engine.cache import VERSION, cache_root, cached, sha256_of
from azkeep.engine.find import Engine
from tests.engine.command import Azkeep, operations

NAMES = {"group"}
GROUP = """
from pulumi_azure_native import resources
resources.ResourceGroup("group", resource_group_name="shop", location="westeurope")
"""


@pytest.fixture
def caches(engine: Engine, tmp_path: Path) -> tuple[Path, Path]:
    """Two homes of caches: one with this machine's engine, one empty."""
    if engine.version != VERSION:
        pytest.skip(f"only Pulumi {VERSION} is carried, and this machine uses {engine.version}")
    here, there = tmp_path / "here", tmp_path / "there"
    place = cached(cache_root({"XDG_CACHE_HOME": str(here)}))
    place.folder.mkdir(parents=True)
    shutil.copy(engine.path, place.path)
    place.record(sha256_of(place.path), "built")
    return here, there


def test_an_engine_is_carried(azkeep: Azkeep, caches: tuple[Path, Path], write_stack: Callable[..., Path]) -> None:
    """What one cache exports another imports, byte for byte, and previews with, where nothing can be fetched."""
    finding = {name: value for name, value in azkeep.environment.items() if name != "AZKEEP_PULUMI"}
    azkeep = replace(azkeep, environment=finding)
    here, there = caches
    exported = azkeep.json("engine", "export", "engine.tar.gz", XDG_CACHE_HOME=str(here))["engine"]

    closed = {"XDG_CACHE_HOME": str(there), "AZKEEP_OFFLINE": "1", "PATH": "/usr/bin:/bin"}
    stack = write_stack("carried", GROUP).name
    refused = azkeep("preview", stack, code=1, **closed)
    assert "azkeep engine import FILE" in refused.err

    imported = azkeep.json("engine", "import", "engine.tar.gz", **closed)["engine"]
    assert imported["sha256"] == exported["sha256"]
    path = Path(imported["path"])
    assert path.is_relative_to(there)
    assert os.access(path, os.X_OK)
    assert operations(azkeep.json("preview", stack, **closed)) == dict.fromkeys(NAMES, "create")
