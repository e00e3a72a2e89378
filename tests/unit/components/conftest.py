"""Estates to look at: the shipped ones, and what programs declare with them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from .declared_estate import Estate, load, run_apart

STACKS = Path(__file__).parents[3] / "stacks"
EXAMPLES = Path(__file__).parents[3] / "examples"
KEY = "secure-workspace:estate"


@pytest.fixture(scope="session")
def programs() -> Iterator[ProcessPoolExecutor]:
    """A process with what programs use loaded, which `run_apart` copies for each run."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("forkserver"), initializer=load) as pool:
        yield pool


@pytest.fixture(scope="session")
def shipped() -> Callable[[str], dict[str, Any]]:
    """The estate of a shipped settings file, to be changed at will."""
    texts = {name: (STACKS / "secure-workspace" / f"Pulumi.{name}.yaml").read_text() for name in ("dev", "prod")}

    def estate(name: str) -> dict[str, Any]:
        return deepcopy(yaml.safe_load(texts[name])["config"][KEY])

    return estate


@pytest.fixture(scope="session")
def declare(programs: ProcessPoolExecutor) -> Callable[..., Estate]:
    """Declares the secure workspace with an estate's settings, and `azkeep:traffic` where given."""

    def declared(estate: Mapping[str, Any], traffic: str | None = None) -> Estate:
        config = {KEY: dict(estate), **({"azkeep:traffic": traffic} if traffic else {})}
        return programs.submit(run_apart, STACKS / "secure-workspace", "secure-workspace", config).result()

    return declared


@pytest.fixture(scope="session")
def own(shipped: Callable[[str], dict[str, Any]], declare: Callable[..., Estate]) -> Estate:
    return declare(shipped("dev"))


@pytest.fixture(scope="session")
def plain(programs: ProcessPoolExecutor) -> Estate:
    config = {"plain-workspace:prefix": "plainml"}
    return programs.submit(run_apart, EXAMPLES / "plain-workspace", "plain-workspace", config).result()
