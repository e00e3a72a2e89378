from __future__ import annotations

from pathlib import Path

import pytest

from azkeep.errors import AzkeepError, Problems, SettingsError, UsageError
from azkeep.settings import stack
from azkeep.settings.project import Place
from azkeep.settings.stack import Cloud

DEV = "config:\n  azkeep:cloud: local\n  ml:region: westeurope\n"
PROD = "config:\n  azkeep:cloud: azure\n"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "Pulumi.yaml").write_text("name: ml\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text(DEV)
    (tmp_path / "Pulumi.prod.yaml").write_text(PROD)
    return Place(tmp_path, tmp_path)


def test_environments_are_found(place: Place) -> None:
    """Every Pulumi.<env>.yaml is an environment; Pulumi.yaml is none."""
    assert list(stack.environments(place.folder)) == ["dev", "prod"]


def test_cloud_is_the_one_the_file_names(place: Place) -> None:
    """The file decides the cloud, and its own key is not handed to the program."""
    dev, prod = stack.load(place, env="dev"), stack.load(place, env="prod")
    assert (dev.cloud, prod.cloud, dev.rehearsal, prod.rehearsal) == (Cloud.LOCAL, Cloud.AZURE, False, False)
    assert list(dev.config) == ["ml:region"]
    assert str(dev.config["ml:region"].source) == "Pulumi.dev.yaml:3"


def test_cloud_is_local_where_none_is_named(place: Place) -> None:
    """An environment that says nothing lives on the local cloud, and may be sent to Azure by name."""
    (place.folder / "Pulumi.test.yaml").write_text("config: {}\n")
    assert stack.load(place, env="test").cloud is Cloud.LOCAL
    assert stack.load(place, env="test", cloud="azure").cloud is Cloud.AZURE


def test_local_contradicting_the_file_needs_rehearse(place: Place) -> None:
    """An azure environment goes to the local cloud only as a rehearsal."""
    with pytest.raises(UsageError, match="says `azkeep:cloud: azure`, the command says --cloud local") as caught:
        stack.load(place, env="prod", cloud="local")
    assert caught.value.fix.startswith("Add --rehearse")
    rehearsed = stack.load(place, env="prod", cloud="local", rehearse=True)
    assert (rehearsed.cloud, rehearsed.rehearsal) == (Cloud.LOCAL, True)


def test_azure_contradicting_the_file_is_never_a_flag_away(place: Place) -> None:
    """A local environment reaches Azure only by a change to its file, with --rehearse or without."""
    with pytest.raises(UsageError, match="azkeep:cloud: local"):
        stack.load(place, env="dev", cloud="azure")
    with pytest.raises(UsageError, match="local cloud only"):
        stack.load(place, env="dev", cloud="azure", rehearse=True)


def test_rehearsing_a_local_environment_is_no_rehearsal(place: Place) -> None:
    """What runs where its file says is not announced as a rehearsal."""
    assert stack.load(place, env="dev", rehearse=True).rehearsal is False


def test_unknown_environment_lists_those_that_exist(place: Place) -> None:
    """The error names the environments and the nearest one."""
    with pytest.raises(UsageError) as caught:
        stack.load(place, env="prd")
    assert caught.value.detail == "It has: dev, prod."
    assert caught.value.fix == "Did you mean --env prod?"


def test_several_environments_and_none_chosen(place: Place) -> None:
    """Which environment is meant is never guessed; azkeep.yaml may say."""
    with pytest.raises(UsageError, match="several environments: dev, prod"):
        stack.load(place)
    (place.root / "azkeep.yaml").write_text("env: prod\n")
    assert stack.load(place).env == "prod"


def test_single_environment_needs_no_choice(place: Place) -> None:
    """The only environment there is, is meant."""
    (place.folder / "Pulumi.prod.yaml").unlink()
    assert stack.load(place).env == "dev"


def test_project_without_environments(place: Place) -> None:
    """A project without any settings file runs locally under the name asked for."""
    for path in place.folder.glob("Pulumi.*.yaml"):
        path.unlink()
    loaded = stack.load(place, env="scratch")
    assert (loaded.env, loaded.file, loaded.cloud, dict(loaded.config)) == ("scratch", None, Cloud.LOCAL, {})


@pytest.mark.parametrize("name", ["../prod", "..", "a/b", "", "x" * 101, "dév"])
def test_environment_names_that_cannot_be(place: Place, name: str) -> None:
    """A name that Pulumi would refuse, or that leaves the folder, is refused first."""
    with pytest.raises(UsageError, match="cannot be an environment's name"):
        stack.load(place, env=name)


def test_configuration_is_merged(place: Place) -> None:
    """Pulumi.yaml's values, then the file's, then --config; a key without namespace is the project's."""
    (place.folder / "Pulumi.yaml").write_text(
        "name: ml\nruntime: python\nconfig:\n  size: small\n"
        "  zone: {type: string, default: '1'}\n  must: {type: string}\n"
        "  azure-native:location: {value: northeurope}\n"
    )
    (place.folder / "Pulumi.dev.yaml").write_text("config:\n  zone: '2'\n  tags: {a: b}\n")
    config = stack.load(place, env="dev", config=[("size", "large"), ("other:key", "v=1")]).config
    assert {key: setting.value for key, setting in config.items()} == {
        "ml:size": "large",
        "ml:zone": "2",
        "azure-native:location": "northeurope",
        "ml:tags": {"a": "b"},
        "other:key": "v=1",
    }


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("region", True),
        ("azure-native:location", True),
        ("azure-native:config:location", True),
        ("a:b:c", False),
        ("a:b:c:d", False),
        ("a:", False),
        (":a", False),
        ("", False),
    ],
)
def test_keys_are_those_that_pulumi_takes(key: str, expected: bool) -> None:
    """Source: ParseKey in sdk/go/common/resource/config/key.go of Pulumi 3.220.0."""
    assert stack.is_key(key) is expected


def test_secrets_are_marked(place: Place) -> None:
    """An encrypted value, or an object that holds one, is secret."""
    (place.folder / "Pulumi.dev.yaml").write_text(
        "encryptionsalt: v1:abc\nconfig:\n  ml:key:\n    secure: v1:xyz\n"
        "  ml:db:\n    user: a\n    pass: {secure: v1:q}\n  ml:plain: a\n"
    )
    config = stack.load(place, env="dev").config
    assert {key: setting.secret for key, setting in config.items()} == {
        "ml:key": True,
        "ml:db": True,
        "ml:plain": False,
    }


def test_all_problems_of_the_file_at_once(place: Place) -> None:
    """Misspelt members and malformed keys are reported together, with their lines."""
    (place.folder / "Pulumi.dev.yaml").write_text("confg: {}\nconfig:\n  ':x': 1\n  ok: 1\nother: 2\n")
    with pytest.raises(Problems) as caught:
        stack.load(place, env="dev")
    assert [(str(error.source), error.summary, error.fix) for error in caught.value.errors] == [
        ("Pulumi.dev.yaml:1", "unknown setting `confg`", "Did you mean `config`?"),
        ("Pulumi.dev.yaml:5", "unknown setting `other`", "A stack's own settings stand under `config:`."),
        ("Pulumi.dev.yaml:3", "`:x` is not a key: write `name` or `namespace:name`", ""),
    ]


@pytest.mark.parametrize(
    ("text", "line", "summary"),
    [
        ("config:\n  azkeep:cloud: aws\n", 2, "must be local or azure, not `aws`"),
        ("config:\n  azkeep:cloud: [azure]\n", 2, "must be local or azure"),
        ("config: text\n", 1, "must hold"),
        ("- a\n", 1, "lines"),
        ("config:\n  a: 'x\n", 3, "not valid YAML"),
    ],
)
def test_wrong_files_name_their_line(place: Place, text: str, line: int, summary: str) -> None:
    """Each fault of a stack's file is one sentence with file and line."""
    (place.folder / "Pulumi.dev.yaml").write_text(text)
    with pytest.raises(SettingsError, match=summary) as caught:
        stack.load(place, env="dev")
    assert str(caught.value.source) == f"Pulumi.dev.yaml:{line}"


def test_config_cannot_choose_the_cloud(place: Place) -> None:
    """--config azkeep:cloud=… would go around --rehearse, and is refused."""
    with pytest.raises(UsageError, match="--config cannot choose the cloud"):
        stack.load(place, env="prod", config=[("azkeep:cloud", "local")])


@pytest.mark.parametrize("text", ["", "runtime: python\n", "name: 3\n", "- x\n"])
def test_project_without_a_name(place: Place, text: str) -> None:
    """Pulumi.yaml must name the project."""
    (place.folder / "Pulumi.yaml").write_text(text)
    with pytest.raises(AzkeepError, match="no `name`"):
        stack.load(place, env="dev")
