"""The limits that `make limits` found: how clients are read, and that the property trees hold what was found."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from azkeep.types.resource_type import SCHEMAS

TOOLS = Path(__file__).parents[2] / "tools"
FOUND = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((TOOLS / "limits").glob("*.json"))}
TREES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(SCHEMAS.glob("*.json"))}
NAMES = frozenset({"minLength", "maxLength", "pattern", "minimum", "maximum"})

MODELS = r"""
class Resource(Base):
    _validation = {"id": {"readonly": True}}
    _attribute_map = {"id": {"key": "id", "type": "str"}}


class Vault(Resource):
    _validation = {
        "id": {"readonly": True},
        "days": {"minimum": 7, "maximum": 90},
        "name": {"required": True, "max_length": 24, "min_length": 3, "pattern": r"^[a-z]+$"},
        "ahead": {"pattern": r"^(?!x)[a-z]$", "max_length": 5},
        "keys": {"max_items": 3},
    }
    _attribute_map = {
        "id": {"key": "id", "type": "str"},
        "days": {"key": "properties.softDelete.days", "type": "int"},
        "name": {"key": "properties.odata\\.name", "type": "str"},
        "ahead": {"key": "ahead", "type": "str"},
        "keys": {"key": "keys", "type": "[Key]"},
    }


class Key(Base):
    _attribute_map = {"kind": {"key": "kind", "type": "str"}}
    _subtype_map = {"kind": {"RSA": "RsaKey"}}


class RsaKey(Key):
    pass
"""

OPERATIONS = r"""
def build_create_request(group, vault_name, **kwargs):
    _url = kwargs.pop("template_url", "/subscriptions/{subscriptionId}/resourceGroups/{groupName}/vaults/{vaultName}")
    path_format_arguments = {
        "vaultName": _SERIALIZER.url("vault_name", vault_name, "str", pattern=r"^[a-z]{3,24}$"),
        "groupName": _SERIALIZER.url("group", group, "str", max_length=90, min_length=1),
    }
    return HttpRequest(method="PUT", url=_url, **kwargs)


def build_get_request(group, vault_name, **kwargs):
    _url = kwargs.pop("template_url", "/vaults/{vaultName}")
    return HttpRequest(method="GET", url=_url, **kwargs)


class VaultsOperations:
    def _create_initial(self, body):
        _json = self._serialize.body(body, "Vault")
        return build_create_request("g", "v", json=_json)

    def get(self):
        return build_get_request("g", "v")
"""


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(TOOLS))
    yield import_module("sdk_models")
    sys.modules.pop("sdk_models", None)


@pytest.fixture
def client(reader: ModuleType, tmp_path: Path) -> Any:
    wheel = tmp_path / "client-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("azure/mgmt/vaults/models/_models_py3.py", MODELS)
        archive.writestr("azure/mgmt/vaults/operations/_vaults_operations.py", OPERATIONS)
        archive.writestr("azure/mgmt/vaults/aio/operations/_vaults_operations.py", "not Python")
    return reader.read_client(wheel, "azure/mgmt/vaults")


def test_limits_of_a_model(client: Any) -> None:
    """Each attribute has its place in the document; what the plugin does not judge by is left out."""
    found = {attribute.path: attribute.limits for attribute in client.models["Vault"].attributes}
    assert found == {
        ("id",): {},
        ("properties", "softDelete", "days"): {"minimum": 7, "maximum": 90},
        ("properties", "odata.name"): {"minLength": 3, "maxLength": 24, "pattern": "^[a-z]+$"},
        ("ahead",): {"maxLength": 5},
        ("keys",): {},
    }
    assert client.models["Key"].subtypes == {"RSA": "RsaKey"}
    assert [attribute.path for attribute in client.models["RsaKey"].attributes] == [("kind",)]


def test_limits_of_an_address(reader: ModuleType, client: Any) -> None:
    """The parameters of a PUT stand in the order of its address; other verbs are passed over."""
    (put,) = client.puts
    assert put.address == reader.plain_address("subscriptions/{s}/resourcegroups/{g}/Vaults/{v}/")
    assert put.parameters == ({}, {"minLength": 1, "maxLength": 90}, {"pattern": "^[a-z]{3,24}$"})
    assert put.body == "Vault"


def test_the_trees_hold_what_was_found() -> None:
    """`make types` took every limit over, made none up, and names the client that says so."""
    for tree in TREES.values():
        module, name = tree["token"].split(":")[1:]
        found = FOUND.get(module, {"sources": {}, "inputs": {}, "classes": {}})
        assert tree["limits"] == found["sources"].get(name)
        assert limits_of(tree["inputs"]["properties"]) == found["inputs"].get(name, {})
        for class_, shape in tree["definitions"].items():
            assert limits_of(shape["properties"]) == found["classes"].get(class_, {}), (tree["token"], class_)


def limits_of(properties: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    found = {name: {key: node[key] for key in NAMES & node.keys()} for name, node in properties.items()}
    return {name: limits for name, limits in found.items() if limits}


def test_nothing_was_found_that_no_tree_has() -> None:
    """A class that azure-native renamed or dropped leaves no limits behind."""
    for module, found in FOUND.items():
        trees = [tree for tree in TREES.values() if tree["token"].split(":")[1] == module]
        assert found["sources"].keys() <= {tree["token"].split(":")[2] for tree in trees}
        assert found["classes"].keys() <= {name for tree in trees for name in tree["definitions"]}
