"""Where a stack's state is kept, and what happens when the project's root moves."""

from __future__ import annotations

from pathlib import Path

import pytest

from azkeep.errors import UsageError
from azkeep.jobs.keeping import keeping_of
from azkeep.settings.project import Place, find_root
from azkeep.settings.stack import Cloud, StackSettings, load

PROJECT = "name: shop\nruntime: python\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A stack two folders below the one that may become the project's root."""
    folder = tmp_path / "estate" / "stacks" / "shop"
    folder.mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(PROJECT)
    (folder / "Pulumi.dev.yaml").write_text("config: {}\n")
    return folder


def settings_of(folder: Path) -> StackSettings:
    settings = load(Place(folder, find_root(folder)), env="dev")
    assert settings.cloud is Cloud.LOCAL
    return settings


def apply(folder: Path) -> Path:
    """Leaves a state where an apply would, and gives azkeep's folder."""
    keeping = keeping_of(settings_of(folder), {})
    state = keeping.own / "state" / ".pulumi" / "stacks" / "shop" / "dev.json"
    state.parent.mkdir(parents=True)
    state.write_text("{}")
    return keeping.own.parent


@pytest.mark.parametrize("marker", ["azkeep.yaml", ".git"])
def test_root_moved_above_an_applied_stack(folder: Path, marker: str) -> None:
    """The run is refused with the command that takes the state along, after which it is found."""
    own = apply(folder)
    assert own == folder / ".azkeep"
    root = folder.parents[1]
    (root / marker).mkdir() if marker == ".git" else (root / marker).touch()
    with pytest.raises(UsageError) as caught:
        keeping_of(settings_of(folder), {})
    assert caught.value.summary == f"the state of shop/dev was left behind in {own}"
    assert (
        caught.value.detail
        == f"The project's root is {root} now, for its {marker}, and azkeep keeps state in the root."
    )
    assert caught.value.fix == f"Take it along: mv {own} {root / '.azkeep'}"
    own.rename(root / ".azkeep")
    assert keeping_of(settings_of(folder), {}).own == root / ".azkeep" / "local"


def test_folder_in_the_way(folder: Path) -> None:
    """Where the root has a folder of azkeep's already, nothing is proposed that would write over it."""
    own = apply(folder)
    root = folder.parents[1]
    (root / "azkeep.yaml").touch()
    (root / ".azkeep").mkdir()
    with pytest.raises(UsageError) as caught:
        keeping_of(settings_of(folder), {})
    assert caught.value.fix == f"Move what marks the root back to {folder}, or {own} out of the way."


def test_state_in_the_root_counts(folder: Path) -> None:
    """A leftover beside the stack is not in the way of a state that stands in the root."""
    (folder.parents[1] / "azkeep.yaml").touch()
    apply(folder)
    leftover = folder / ".azkeep" / "local" / "state" / ".pulumi" / "stacks" / "shop" / "dev.json"
    leftover.parent.mkdir(parents=True)
    leftover.write_text("{}")
    assert keeping_of(settings_of(folder), {}).own == folder.parents[1] / ".azkeep" / "local"
