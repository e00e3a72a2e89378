"""The examples for CI, held to the commands that azkeep has."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from azkeep.cli.frame.root import root

ROOT = Path(__file__).parents[2]
FILES = [*sorted((ROOT / "examples" / "ci").glob("*.y*ml")), ROOT / ".pre-commit-hooks.yaml"]
TITLES = ("name", "testRunTitle")
CALL = re.compile(r"^\s*azkeep .*$", re.MULTILINE)


def texts(value: Any) -> Iterator[str]:
    """Every string in a document that is no title."""
    if isinstance(value, str):
        yield value
    members = [item for key, item in value.items() if key not in TITLES] if isinstance(value, dict) else value
    for item in members if isinstance(members, list) else ():
        yield from texts(item)


def calls() -> Iterator[tuple[str, list[str]]]:
    """File and arguments of every call of azkeep."""
    for file in FILES:
        for text in texts(yaml.safe_load(file.read_text())):
            for call in CALL.findall(text):
                yield file.name, shlex.split(re.sub(r"\$\{?\(?\w+\)?\}?", "word", call.strip()))[1:]


@pytest.mark.parametrize(("file", "words"), list(calls()), ids=lambda part: part if isinstance(part, str) else part[0])
def test_every_call_is_one_that_azkeep_understands(file: str, words: list[str]) -> None:
    """The command exists and knows each option."""
    command = root.get_command(click.Context(root), words[0])
    assert command is not None, (file, words)
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words[1:] if word.startswith("-")} <= known


def test_no_example_holds_a_secret() -> None:
    """Azure is reached by federated credentials alone."""
    for file in FILES:
        assert not re.search(r"client[-_]secret|secrets\.|password", file.read_text(), re.IGNORECASE)


def test_azure_is_reached_by_federation() -> None:
    """GitHub asks for an id token, Azure Pipelines for a service connection."""
    github = yaml.safe_load((ROOT / "examples/ci/github-actions.yml").read_text())
    assert github["jobs"]["apply"]["permissions"]["id-token"] == "write"
    assert "client-secret" not in str(github)
    assert "azureSubscription" in (ROOT / "examples/ci/azure-pipelines.yml").read_text()
