"""A new stack folder, and what to type in it next."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from azkeep.errors import UsageError
from azkeep.jobs import init
from azkeep.jobs.options import InitOptions, Progress, StackOptions
from azkeep.jobs.stack import find_stack
from azkeep.model.report import Scaffold

SILENT = cast(Progress, None)


@pytest.mark.parametrize("template", sorted(init.templates()))
def test_the_next_steps_name_a_stack_and_an_environment_that_exist(tmp_path: Path, template: str) -> None:
    """Every shipped stack has several environments or one: either way the proposed commands find their settings."""
    folder = tmp_path / "new"
    made = init.run(InitOptions(template=template, folder=str(folder)), SILENT).result
    assert isinstance(made, Scaffold)
    assert [step.split()[:2] for step in made.next_steps] == [["azkeep", "preview"], ["azkeep", "apply"]]
    for step in made.next_steps:
        _, _, stack, *rest = step.split()
        options: dict[str, Any] = {"env": rest[1]} if rest else {}
        found = find_stack(StackOptions(stack, **options))
        assert found.settings.cloud.value == "local"
        assert found.settings.file is not None


@pytest.mark.parametrize("template", sorted(init.templates()))
@pytest.mark.parametrize(("folder", "asked", "name"), [("mine", None, "mine"), ("mine", "ours", "ours")])
def test_a_stack_has_a_name_of_its_own(
    tmp_path: Path, template: str, folder: str, asked: str | None, name: str
) -> None:
    """Project and settings are called as asked, else as the folder: so that no two stacks share a state unasked, and
    the program finds its settings."""
    init.run(InitOptions(template=template, folder=str(tmp_path / folder), name=asked), SILENT)
    settings = find_stack(StackOptions(str(tmp_path / folder), env="dev")).settings
    assert settings.project == name
    assert f"{name}:estate" in settings.config
    assert not [key for key in settings.config if key.startswith(f"{template}:")]


def test_a_folder_that_is_no_name_keeps_the_templates(tmp_path: Path) -> None:
    """A folder may be called what a project may not; then the template's name stays."""
    init.run(InitOptions(folder=str(tmp_path / "my stack")), SILENT)
    assert find_stack(StackOptions(str(tmp_path / "my stack"), env="dev")).settings.project == "secure-workspace"


def test_a_name_that_is_none_is_refused(tmp_path: Path) -> None:
    """A name that Pulumi would refuse is refused before a folder is made, and one that it takes is proposed."""
    with pytest.raises(UsageError) as caught:
        init.run(InitOptions(folder=str(tmp_path / "new"), name="my stack"), SILENT)
    assert caught.value.fix == "--name my-stack"
    assert not (tmp_path / "new").exists()


def test_a_misspelt_template_is_recognised(tmp_path: Path) -> None:
    """The name that was meant is proposed, and no folder is made."""
    with pytest.raises(UsageError) as caught:
        init.run(InitOptions(template="secure-workspce", folder=str(tmp_path / "new")), SILENT)
    assert caught.value.fix == "--template secure-workspace"
    assert not (tmp_path / "new").exists()
