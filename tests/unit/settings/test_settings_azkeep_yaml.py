from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from azkeep.errors import Problems, SettingsError
from azkeep.settings import azkeep_yaml


def write(tmp_path: Path, text: str) -> Path:
    (tmp_path / "azkeep.yaml").write_text(text)
    return tmp_path


def test_no_file_means_defaults(tmp_path: Path) -> None:
    """A project without azkeep.yaml, or with an empty one, has every default."""
    assert azkeep_yaml.load(tmp_path).env is None
    assert azkeep_yaml.load(write(tmp_path, "")).env is None


def test_settings_are_read(tmp_path: Path) -> None:
    """Each documented setting reaches its field."""
    assert azkeep_yaml.load(write(tmp_path, "# ours\nenv: dev\n")).env == "dev"


def test_all_problems_at_once_with_lines(tmp_path: Path) -> None:
    """A misspelt setting, an unknown one and a wrong type are three problems, each with its line."""
    with pytest.raises(Problems) as caught:
        azkeep_yaml.load(write(tmp_path, "env: 3\nenvv: dev\n\nother:\n  a: 1\n"))
    assert {str(error.source): (error.summary, error.fix) for error in caught.value.errors} == {
        "azkeep.yaml:1": ("`env` must be text, not `3`", ""),
        "azkeep.yaml:2": ("unknown setting `envv`", "Did you mean `env`?"),
        "azkeep.yaml:4": ("unknown setting `other`", "Known here: env, policies, audit."),
    }


@pytest.mark.parametrize("text", ["- a\n", "just text\n", "42\n"])
def test_file_that_is_no_mapping(tmp_path: Path, text: str) -> None:
    """A list or a plain value is one problem with its line."""
    with pytest.raises(SettingsError) as caught:
        azkeep_yaml.load(write(tmp_path, text))
    assert str(caught.value.source) == "azkeep.yaml:1"


def test_schema_accepts_what_we_accept() -> None:
    """The schema for editors takes a full file and refuses an unknown setting."""
    validator = jsonschema.Draft202012Validator(azkeep_yaml.json_schema())
    validator.validate({"env": "dev"})
    assert not validator.is_valid({"locl": {}})
