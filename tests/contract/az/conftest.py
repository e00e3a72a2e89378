"""A served local cloud, and the Azure CLI in a shell that evaluated what `azkeep local env` prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.contract.az import installation
from tests.contract.emulator.arm import Arm, deployer
from tests.contract.serving import served

AZKEEP = (sys.executable, "-m", "azkeep", "local")
AS_PRINTED = 'eval "$("$0" -m azkeep local env --client az --store "$1" --as "$2")" && shift 2 && exec "$@"'
"""A shell as a user has it, with no settings but these: azkeep's interpreter, the store, who, and what to run then."""


@dataclass(frozen=True)
class Answer:
    """What one command did."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """What it told, which fails the test where it failed. None where it told nothing."""
        assert self.code == 0, self.err
        return json.loads(self.out) if self.out.strip() else None


def azkeep(*words: str) -> str:
    """What `azkeep local …` prints."""
    return subprocess.run([*AZKEEP, *words], check=True, capture_output=True, text=True, timeout=60).stdout


Az = Callable[..., Answer]
Shell = Callable[..., list[str]]


@pytest.fixture(scope="session")
def python() -> Path:
    """The interpreter that has the Azure CLI."""
    return installation.python()


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="package")
def environment(python: Path, home: Path) -> dict[str, str]:
    """What the shell has before: a home folder, and the Azure CLI on its path."""
    return {"PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(home), "LC_ALL": "C.UTF-8"}


@pytest.fixture(scope="package")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("a store")


@pytest.fixture(scope="package")
def ready(python: Path, store: Path) -> Iterator[Mapping[str, Any]]:
    """What `azkeep local serve` says of itself."""
    with served(store) as said:
        yield said


@pytest.fixture(scope="package")
def arm(ready: Mapping[str, Any]) -> Iterator[Arm]:
    """The same cloud as its deployer sees it, without the Azure CLI."""
    with deployer(ready) as client:
        yield client


@pytest.fixture(scope="package")
def shell(ready: Mapping[str, Any], store: Path) -> Shell:
    """`shell(command, *words, name=…)` is the command line that runs a command in such a shell."""

    def line(*words: str, name: str = "azkeep-deployer") -> list[str]:
        return ["sh", "-c", AS_PRINTED, sys.executable, str(store), name, *words]

    return line


@pytest.fixture(scope="package")
def az(shell: Shell, python: Path, environment: dict[str, str], home: Path) -> Iterator[Az]:
    """`az("group", "list")` is what the command did, as azkeep itself."""
    command = shell(str(python), str(Path(__file__).with_name("az_side.py")))
    with (home / "stderr").open("w+", encoding="utf-8") as said:
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": said}
        with subprocess.Popen(command, env=environment, text=True, **pipes) as process:

            def run(*words: str) -> Answer:
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.write(json.dumps(words) + "\n")
                process.stdin.flush()
                answer = process.stdout.readline()
                assert answer, (home / "stderr").read_text(encoding="utf-8")
                return Answer(**json.loads(answer))

            yield run
