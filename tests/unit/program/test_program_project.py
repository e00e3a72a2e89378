"""Reading Pulumi.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from azkeep.errors import Problems, SettingsError
from azkeep.program.project import load_project


def written(folder: Path, text: str, *, main: str = "__main__.py") -> Path:
    (folder / "Pulumi.yaml").write_text(text, encoding="utf-8")
    (folder / main).parent.mkdir(parents=True, exist_ok=True)
    (folder / main).write_text("", encoding="utf-8")
    return folder


def test_a_plain_project_is_read_whole(tmp_path: Path) -> None:
    """Name, description and the folder of `__main__.py` come from the file."""
    project = load_project(written(tmp_path, "name: estate\nruntime: python\ndescription: a trial\n"))
    assert (project.name, project.description, project.runtime) == ("estate", "a trial", "python")
    assert project.main == tmp_path.resolve() == project.program_folder
    assert project.main_file == tmp_path.resolve() / "__main__.py"


def test_main_may_name_a_file_or_a_folder(tmp_path: Path) -> None:
    """`main` moves the program, and the folder in which it runs."""
    text = "name: estate\nruntime:\n  name: python\n  options:\n    virtualenv: venv\nmain: {}\n"
    by_file = load_project(written(tmp_path, text.format("app/run.py"), main="app/run.py"))
    assert (by_file.main_file.name, by_file.program_folder.name) == ("run.py", "app")
    assert by_file.runtime_options == {"virtualenv": "venv"}
    by_folder = load_project(written(tmp_path, text.format("app"), main="app/__main__.py"))
    assert by_folder.main_file == tmp_path.resolve() / "app" / "__main__.py"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("runtime: python\n", 1, "`name` is missing"),
        ("runtime: python\nname: a b\n", 2, "not a project name"),
        ("name: estate\n\nruntime: nodejs\n", 3, "'nodejs'"),
        ("name: estate\n", 1, "`runtime` is missing"),
        ("name: estate\nruntime: python\nmain: gone.py\n", 3, "does not exist"),
        ("name: estate\nruntime: [python\n", 3, "not valid YAML"),
        ("- name\n", 1, "must hold"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    """Each fault is a SettingsError at the line that holds it."""
    with pytest.raises(SettingsError) as caught:
        load_project(written(tmp_path, text))
    assert words in caught.value.summary
    assert caught.value.source is not None
    assert (Path(caught.value.source.file).name, caught.value.source.line) == ("Pulumi.yaml", line)


def test_all_faults_come_together(tmp_path: Path) -> None:
    """Two faults are two errors, in the order of the checks."""
    with pytest.raises(Problems) as caught:
        load_project(written(tmp_path, "name: 7\nruntime: go\n"))
    assert [error.subject for error in caught.value.errors] == ["name", "runtime"]


def test_a_folder_without_a_project_says_so(tmp_path: Path) -> None:
    """The message names the folder and the way out."""
    with pytest.raises(SettingsError, match=r"no Pulumi\.yaml") as caught:
        load_project(tmp_path)
    assert "azkeep init" in caught.value.fix


def test_a_project_without_a_program_says_so(tmp_path: Path) -> None:
    """A Pulumi.yaml alone is not enough."""
    (tmp_path / "Pulumi.yaml").write_text("name: estate\nruntime: python\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"no `__main__\.py`"):
        load_project(tmp_path)
