"""The live tier: real Azure, only with AZKEEP_LIVE=1 and a credential that DefaultAzureCredential finds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DEVELOPER = dict(os.environ)
"""The environment before tests clean it: the credential is in it."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.live)
    if ours and os.environ.get("AZKEEP_LIVE") != "1":
        config.hook.pytest_deselected(items=ours)
        items[:] = [item for item in items if item not in ours]


@pytest.fixture(autouse=True)
def credential_environment(clean_environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own home and variables again: az, workload identity and the like live there."""
    for name, value in DEVELOPER.items():
        monkeypatch.setenv(name, value)
