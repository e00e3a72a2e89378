"""A served local cloud with a workspace, and azure-ai-ml in a process that knows of it by its environment alone."""

from __future__ import annotations

import multiprocessing
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.contract.emulator.arm import Arm, deployer
from tests.contract.mlclient import client_side
from tests.contract.serving import served

Program = Callable[..., Any]


@pytest.fixture(scope="package")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="package")
def ready(store: Path) -> Iterator[Mapping[str, Any]]:
    """What `azkeep local serve` says of itself."""
    with served(store) as said:
        yield said


@pytest.fixture(scope="package")
def arm(ready: Mapping[str, Any]) -> Iterator[Arm]:
    with deployer(ready) as client:
        yield client


@pytest.fixture(scope="package")
def workspace(arm: Arm) -> str:
    """Path of the workspace that the program is for."""
    return arm.workspace(arm.group(client_side.GROUP), client_side.WORKSPACE)


@pytest.fixture(scope="package")
def printed(ready: Mapping[str, Any], store: Path) -> dict[str, str]:
    """The variables that `azkeep local env` prints, as a shell reads them."""
    command = [sys.executable, "-m", "azkeep", "local", "env", "--client", "mlclient", "--store", str(store)]
    clean = {**os.environ, "HOME": str(store)}
    done = subprocess.run(command, capture_output=True, text=True, env=clean, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    words = [shlex.split(line) for line in done.stdout.splitlines()]
    assert all(word[0] == "export" and len(word) == 2 for word in words), done.stdout
    return dict(word[1].split("=", 1) for word in words)


@pytest.fixture(scope="package")
def program(printed: dict[str, str], workspace: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """`program(function, *arguments)` is its result in the other process; what it raises fails the test."""
    environment = {**printed, "PATH": os.environ["PATH"], "HOME": str(tmp_path_factory.mktemp("home"))}
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=client_side.begin, initargs=(environment,)) as pool:

        def run(work: Callable[..., Any], *arguments: Any) -> Any:
            result, failure = pool.submit(client_side.call, work, arguments).result(timeout=120)
            assert not failure, failure
            return result

        yield run


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A folder with a script and a Dockerfile."""
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "score.py").write_text("def run(data): return data\n", encoding="utf-8")
    (folder / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
    return folder
