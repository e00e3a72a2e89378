"""azkeep as a user runs it: in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass(frozen=True)
class Azkeep:
    """Runs `azkeep` in `folder`, with the interpreter of the tests or another command line that ends in one;
    `environment` comes on top of the tests' own."""

    folder: Path
    python: tuple[str, ...] = (sys.executable,)
    environment: Mapping[str, str] = field(default_factory=dict)

    def __call__(
        self,
        *arguments: str,
        code: int | None = 0,
        timeout: float = 120,
        given: str | None = None,
        **environment: str,
    ) -> Done:
        """Runs to the end, `given` on its stdin, and asserts the exit code, None for any."""
        done = subprocess.run(
            [*self.python, "-m", "azkeep", *arguments],
            cwd=self.folder,
            input=given,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            env={**os.environ, **self.environment, **environment},
        )
        assert code is None or done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return Done(done.returncode, done.stdout, done.stderr)

    def json(self, *arguments: str, code: int | None = 0, **environment: str) -> dict[str, Any]:
        return self(*arguments, "--format", "json", code=code, timeout=120, **environment).document

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts a run in a process group of its own; the caller ends it."""
        return subprocess.Popen(
            [*self.python, "-m", "azkeep", *arguments],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, **self.environment},
        )


def operations(document: dict[str, Any]) -> dict[str, str]:
    """Name → operation of every step of a plan or outcome document, components left out."""
    return {step["name"]: step["op"] for step in document["steps"] if step["type"].startswith("Microsoft.")}


def kill_group(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGKILL)


def values(document: dict[str, Any]) -> dict[str, Any]:
    """Output name → value of an outcome document."""
    return {name: found["value"] for name, found in document["outputs"].items()}
