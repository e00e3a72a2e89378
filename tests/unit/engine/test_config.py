"""The private copy of a stack's settings, and changes to the folder's own file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from azkeep.engine.config import (
    adopt_encryption,
    encryption_of,
    keep_encryption,
    passphrase_file,
    prepare,
    qualified,
    read_values,
    set_value,
)
from azkeep.errors import SettingsError
from azkeep.model.value import Secret

PUBLIC = """# who we are
config:
  shop:version: 1.10   # not 1.1
  region: westeurope
  shop:ports: [80, 443]
"""


@pytest.fixture
def public(tmp_path: Path) -> Path:
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(PUBLIC)
    return path


def test_the_copy_holds_the_values_as_written_and_its_own_salt(public: Path, tmp_path: Path) -> None:
    """Numbers keep their digits, lists stay lists; a salt that the engine wrote there outlives the next copy."""
    private = tmp_path / "own" / "Pulumi.dev.yaml"
    prepare(public, private, "shop")
    assert "1.10" in private.read_text()
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    private.write_text(private.read_text() + "encryptionsalt: v1:own\n")
    public.write_text(PUBLIC.replace("westeurope", "northeurope"))
    prepare(public, private, "shop")
    found = yaml.safe_load(private.read_text())
    assert found["encryptionsalt"] == "v1:own"
    assert found["config"]["region"] == "northeurope"
    assert found["config"]["shop:ports"] == [80, 443]
    assert "encryptionsalt" not in public.read_text()


def test_what_encrypts_the_folders_secrets_wins(public: Path, tmp_path: Path) -> None:
    """Where the folder's file has a salt, its secrets need that one; the copy's own is dropped."""
    private = tmp_path / "own.yaml"
    private.write_text("encryptionsalt: v1:own\n")
    public.write_text(PUBLIC + "encryptionsalt: v1:folder\n")
    prepare(public, private, "shop")
    assert yaml.safe_load(private.read_text())["encryptionsalt"] == "v1:folder"


@pytest.mark.parametrize(
    ("folder", "own", "expected"),
    [
        (
            "secretsprovider: azurekeyvault://v/keys/k\n",
            "secretsprovider: azurekeyvault://v/keys/k\nencryptedkey: own\n",
            {"secretsprovider": "azurekeyvault://v/keys/k", "encryptedkey": "own"},
        ),
        ("secretsprovider: passphrase\n", "encryptionsalt: v1:own\n",
         {"secretsprovider": "passphrase", "encryptionsalt": "v1:own"}),
        ("secretsprovider: azurekeyvault://v/keys/k\n", "encryptionsalt: v1:own\n",
         {"secretsprovider": "azurekeyvault://v/keys/k"}),
    ],
)  # fmt: skip
def test_a_provider_that_the_folder_names_keeps_the_key_of_the_copy(
    public: Path, tmp_path: Path, folder: str, own: str, expected: dict[str, str]
) -> None:
    """Where the folder's file names only the provider, the key that the engine made with it outlives the next copy;
    another provider's key does not."""
    private = tmp_path / "own.yaml"
    private.write_text(own)
    public.write_text(PUBLIC + folder)
    prepare(public, private, "shop")
    assert encryption_of(private) == expected


def test_a_key_is_adopted(public: Path, tmp_path: Path) -> None:
    """What another checkout encrypts with takes the place of the copy's own; the values stay, and the next copy keeps
    it."""
    private = tmp_path / "own.yaml"
    private.write_text("encryptionsalt: v1:own\n")
    prepare(public, private, "shop")
    adopt_encryption(private, {"encryptionsalt": "v1:other"})
    prepare(public, private, "shop")
    assert encryption_of(private) == {"encryptionsalt": "v1:other"}
    assert read_values(private, "shop")["shop:region"] == "westeurope"
    assert encryption_of(tmp_path / "none.yaml") == {}


def test_what_the_engine_wrote_to_a_commands_copy_is_kept_once(public: Path, tmp_path: Path) -> None:
    """Encryption that nothing named before is kept for later commands; what is kept already stays."""
    kept, own = tmp_path / "kept.yaml", tmp_path / "own.yaml"
    prepare(public, kept, "shop")
    prepare(public, own, "shop", {"region": "northeurope"}, kept=kept)
    adopt_encryption(own, {"encryptionsalt": "v1:new"})
    keep_encryption(own, kept)
    assert encryption_of(kept) == {"encryptionsalt": "v1:new"}
    assert read_values(kept, "shop")["shop:region"] == "westeurope"
    adopt_encryption(own, {"encryptionsalt": "v1:other"})
    keep_encryption(own, kept)
    prepare(public, own, "shop", kept=kept)
    assert encryption_of(own) == encryption_of(kept) == {"encryptionsalt": "v1:new"}


def test_overrides_win_and_stay_strings(public: Path, tmp_path: Path) -> None:
    """`--config` replaces a value, adds one, and is a string for the program, as Pulumi makes it."""
    private = tmp_path / "own.yaml"
    prepare(public, private, "shop", {"shop:version": "2", "extra": "true"})
    found = yaml.safe_load(private.read_text())["config"]
    assert found["shop:version"] == "2"
    assert found["shop:extra"] == "true"


def test_without_a_file_there_are_no_values(tmp_path: Path) -> None:
    """A stack without settings file gets an empty copy."""
    private = tmp_path / "own.yaml"
    prepare(None, private, "shop")
    assert yaml.safe_load(private.read_text()) == {}
    assert read_values(tmp_path / "none.yaml", "shop") == {}


def test_values_are_read_by_qualified_key(public: Path) -> None:
    """A key without namespace is the project's; a secure value is a sealed Secret."""
    public.write_text(PUBLIC + "  shop:token:\n    secure: v1:abc\n")
    found = read_values(public, "shop")
    assert list(found) == ["shop:ports", "shop:region", "shop:token", "shop:version"]
    assert found["shop:token"] == Secret("v1:abc")
    assert qualified("azure-native:location", "shop") == "azure-native:location"


def test_a_changed_value_leaves_the_rest_of_the_file(public: Path) -> None:
    """Comments, order and other values stay; the key is found with and without its namespace."""
    set_value(public, "shop", "region", "northeurope")
    assert public.read_text() == PUBLIC.replace("westeurope", "northeurope")
    set_value(public, "shop", "version", "2")
    assert "shop:version: '2'   # not 1.1" in public.read_text()
    set_value(public, "shop", "ports", "none")
    assert read_values(public, "shop")["shop:ports"] == "none"


@pytest.mark.parametrize("text", ["", "config:\n", "config: {}\n", "# only a comment\n", "encryptionsalt: v1:a\n"])
def test_a_first_value_is_added(tmp_path: Path, text: str) -> None:
    """Whatever the file had, afterwards it has the value too."""
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(text)
    set_value(path, "shop", "region", "westeurope")
    found = yaml.safe_load(path.read_text())
    assert found["config"] == {"shop:region": "westeurope"}
    assert ("encryptionsalt" in found) == ("encryptionsalt" in text)


def test_a_value_is_added_to_a_flow_mapping(tmp_path: Path) -> None:
    """`config: {a: b}` on one line stays on one line."""
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text("config: {shop:a: b}\n")
    set_value(path, "shop", "region", "westeurope")
    assert read_values(path, "shop") == {"shop:a": "b", "shop:region": "westeurope"}


LAST_SETTINGS = (
    ("config:\n  shop:a: b\n", "config:\n  shop:a: b\n  shop:region: westeurope\n"),
    ("config:\n  shop:a: b", "config:\n  shop:a: b\n  shop:region: westeurope"),
    (
        "config:\n  shop:a: b  # of all\n\n# the key\nencryptionsalt: v1:a\n",
        "config:\n  shop:a: b  # of all\n  shop:region: westeurope\n\n# the key\nencryptionsalt: v1:a\n",
    ),
    (
        "config:\n  shop:a:\n    - b\n    - c: d\n# the key\nencryptionsalt: v1:a\n",
        "config:\n  shop:a:\n    - b\n    - c: d\n  shop:region: westeurope\n# the key\nencryptionsalt: v1:a\n",
    ),
    (
        "config:\n  shop:a: &a b\n  shop:c: *a\n",
        "config:\n  shop:a: &a b\n  shop:c: *a\n  shop:region: westeurope\n",
    ),
    (
        "config:\n    shop:a: |\n        b\n        c\n",
        "config:\n    shop:a: |\n        b\n        c\n    shop:region: westeurope\n",
    ),
    ("config:\r\n  shop:a: b\r\n", "config:\r\n  shop:a: b\r\n  shop:region: westeurope\r\n"),
    ("config: {shop:a: b}\n", "config: {shop:a: b, shop:region: westeurope}\n"),
)


@pytest.mark.parametrize(("text", "expected"), LAST_SETTINGS)
def test_a_new_value_comes_last(tmp_path: Path, text: str, expected: str) -> None:
    """A new key stands after the settings that are there, as if a hand had added it; all else stays, ends of lines
    and comments too."""
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_bytes(text.encode())
    set_value(path, "shop", "region", "westeurope")
    assert path.read_bytes().decode() == expected


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    """What is set is read back as that very string, once as a new value and once over another."""
    path = tmp_path_factory.mktemp("settings") / "Pulumi.dev.yaml"
    path.write_text(PUBLIC)
    set_value(path, "shop", "region", value)
    set_value(path, "shop", "another", value)
    found = read_values(path, "shop")
    assert (found["shop:region"], found["shop:another"]) == (value, value)


@pytest.mark.parametrize(("text", "line"), [("config:\n  a: [1\n", 3), ("- a\n", 1)])
def test_a_broken_file_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    """YAML that cannot be read, or is no mapping, is a SettingsError at its line."""
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        prepare(path, tmp_path / "own.yaml", "shop")
    assert caught.value.source is not None
    assert caught.value.source.line == line


def test_a_passphrase_is_made_once(tmp_path: Path) -> None:
    """Random, long, for its owner only, and the same afterwards."""
    path = passphrase_file(tmp_path / "own")
    text = path.read_text()
    assert len(text) >= 40
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert passphrase_file(tmp_path / "own").read_text() == text
