"""The virtual environment with the oldest supported pulumi and azure-native."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from azkeep.engine.find import Engine
from tests import virtual_environments
from tests.engine.command import Azkeep

CHECKOUT = Path(__file__).parents[2]
LOCK = CHECKOUT / "requirements-oldest.lock"


def is_made(environment: Mapping[str, str]) -> bool:
    return (virtual_environments.folder_of("oldest", LOCK, environment) / virtual_environments.READY).exists()


def make(environment: Mapping[str, str]) -> Path:
    """Its interpreter. Raises CalledProcessError where the packages cannot be had."""
    return virtual_environments.make("oldest", LOCK, environment)


def azkeep(folder: Path, python: Path, engine: Engine) -> Azkeep:
    """This checkout's azkeep in `folder`, run by the environment's interpreter."""
    return Azkeep(folder, (str(python),), {"AZKEEP_PULUMI": str(engine.path), "PYTHONPATH": str(CHECKOUT / "src")})
