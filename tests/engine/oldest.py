"""The virtual environment with the oldest supported pulumi and azure-native."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests import virtual_environments

CHECKOUT = Path(__file__).parents[2]
LOCK = CHECKOUT / "requirements-oldest.lock"


def is_made(environment: Mapping[str, str]) -> bool:
    return (virtual_environments.folder_of("oldest", LOCK, environment) / virtual_environments.READY).exists()


def make(environment: Mapping[str, str]) -> Path:
    """Its interpreter. Raises CalledProcessError where the packages cannot be had."""
    return virtual_environments.make("oldest", LOCK, environment)
