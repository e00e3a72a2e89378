from __future__ import annotations

from pathlib import Path

import pytest

from azkeep.errors import UsageError
from azkeep.settings.project import find_root, locate, named_stacks, resolve_stack


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two stacks and a bare folder."""
    (tmp_path / ".git").mkdir()
    for name in ("secure-workspace", "hub"):
        folder = tmp_path / "stacks" / name
        folder.mkdir(parents=True)
        (folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
    (tmp_path / "notes").mkdir()
    (tmp_path / "plan.json").write_text("{}")
    return tmp_path


def test_stack_by_name(repository: Path) -> None:
    """A name stands for the folder in stacks/, from anywhere inside the repository."""
    assert resolve_stack("hub", working_folder=repository) == repository / "stacks" / "hub"
    assert resolve_stack("hub", working_folder=repository / "notes") == repository / "stacks" / "hub"


def test_stack_by_folder(repository: Path) -> None:
    """A folder with a project wins over a name; its Pulumi.yaml may be named too."""
    folder = repository / "stacks" / "hub"
    assert resolve_stack(".", working_folder=folder) == folder
    assert resolve_stack("stacks/hub", working_folder=repository) == folder
    assert resolve_stack("stacks/hub/Pulumi.yaml", working_folder=repository) == folder


def test_unknown_stack_lists_those_that_exist(repository: Path) -> None:
    """The error names every stack and the nearest one."""
    with pytest.raises(UsageError) as caught:
        resolve_stack("secure-workspce", working_folder=repository)
    assert caught.value.summary == "there is no stack `secure-workspce`"
    assert caught.value.detail == "Stacks here: hub, secure-workspace."
    assert caught.value.fix == "Did you mean `secure-workspace`?"


def test_folder_without_a_project(repository: Path) -> None:
    """A folder that exists but is no project is called so."""
    with pytest.raises(UsageError, match="`notes` is a folder without"):
        resolve_stack("notes", working_folder=repository)


def test_plan_file_in_place_of_the_stack(repository: Path) -> None:
    """A file where the stack should stand is told from a missing stack."""
    with pytest.raises(UsageError, match="is a file, not a stack") as caught:
        resolve_stack("plan.json", working_folder=repository)
    assert caught.value.fix == "Name the stack first, then the file."


def test_file_of_a_stack_in_its_place(repository: Path) -> None:
    """Of a file in a stack's folder the folder is proposed."""
    folder = repository / "stacks" / "shop"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "__main__.py").write_text("")
    with pytest.raises(UsageError, match="is a file, not a stack") as caught:
        resolve_stack("stacks/shop/__main__.py", working_folder=repository)
    assert caught.value.fix == "Name its folder: stacks/shop"


def test_root_is_the_repository(repository: Path) -> None:
    """azkeep's own folder lies beside .git, whatever the working folder."""
    place = locate("hub", working_folder=repository / "notes")
    assert place.root == repository
    assert place.own == repository / ".azkeep"
    assert place.shown(place.folder / "Pulumi.dev.yaml") == "stacks/hub/Pulumi.dev.yaml"


def test_nearest_azkeep_yaml_wins(repository: Path) -> None:
    """A project file nearer than .git is the root."""
    folder = repository / "stacks" / "hub"
    (folder / "azkeep.yaml").write_text("")
    assert find_root(folder) == folder


def test_root_without_marks_is_the_stack(tmp_path: Path) -> None:
    """Without azkeep.yaml and .git the stack's folder is its own project."""
    assert find_root(tmp_path) == tmp_path


def test_named_stacks_are_sorted(repository: Path) -> None:
    """Only folders with a project count."""
    (repository / "stacks" / "empty").mkdir()
    assert named_stacks(repository) == ("hub", "secure-workspace")
