from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from azkeep.errors import Problems, SettingsError
from azkeep.model.drift import Severity
from azkeep.settings import azkeep_yaml


def write(tmp_path: Path, text: str) -> Path:
    (tmp_path / "azkeep.yaml").write_text(text)
    return tmp_path


def test_no_file_means_defaults(tmp_path: Path) -> None:
    """A project without azkeep.yaml has every default."""
    settings = azkeep_yaml.load(tmp_path)
    assert settings.env is None
    assert settings.engine.build is True
    assert settings.audit.fail_on is None


def test_all_settings_are_read(tmp_path: Path) -> None:
    """Each documented setting reaches its field."""
    text = "env: dev\nlocal:\n  realistic: true\nengine:\n  build: false\naudit:\n  fail_on: high\n"
    settings = azkeep_yaml.load(write(tmp_path, text))
    assert (settings.env, settings.local.realistic, settings.engine.build) == ("dev", True, False)
    assert settings.audit.fail_on is Severity.HIGH


def test_all_problems_at_once_with_lines(tmp_path: Path) -> None:
    """A misspelt setting, a wrong type and a wrong word are three problems, each with its line."""
    with pytest.raises(Problems) as caught:
        azkeep_yaml.load(
            write(tmp_path, "env: dev\nlocl:\n  a: 1\nengine:\n  build: maybe\naudit:\n  fail_on: worst\n")
        )
    found = {str(error.source): (error.summary, error.fix) for error in caught.value.errors}
    assert found["azkeep.yaml:2"] == ("unknown setting `locl`", "Did you mean `local`?")
    assert found["azkeep.yaml:5"][0].startswith("`engine.build` must be")
    assert "not `worst`" in found["azkeep.yaml:7"][0]


def test_unknown_setting_in_a_section_lists_the_known(tmp_path: Path) -> None:
    """Where no name is near, the names that exist are given."""
    with pytest.raises(SettingsError) as caught:
        azkeep_yaml.load(write(tmp_path, "engine:\n  zzz: 1\n"))
    assert (caught.value.summary, caught.value.fix) == ("unknown setting `engine.zzz`", "Known here: build.")


@pytest.mark.parametrize("text", ["- a\n", "just text\n", "42\n"])
def test_file_that_is_no_mapping(tmp_path: Path, text: str) -> None:
    """A list or a plain value is one problem with its line."""
    with pytest.raises(SettingsError) as caught:
        azkeep_yaml.load(write(tmp_path, text))
    assert str(caught.value.source) == "azkeep.yaml:1"


def test_schema_accepts_what_we_accept() -> None:
    """The schema for editors takes a full file and refuses an unknown setting."""
    validator = jsonschema.Draft202012Validator(azkeep_yaml.json_schema())
    validator.validate({"env": "dev", "audit": {"fail_on": "high"}})
    assert not validator.is_valid({"locl": {}})
