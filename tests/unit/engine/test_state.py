"""Reading a deployment."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from azkeep.engine.backend import folder_of, read_state, url_of
from azkeep.engine.state import State, from_export, to_export
from azkeep.errors import StateDamaged
from azkeep.model.value import Secret

from .checkpoints import (
    GROUP_TOKEN,
    GROUP_URN,
    NETWORK_URN,
    creating,
    group_resource,
    network_resource,
    secret,
    state_of,
)


def test_machinery_and_leftovers_are_told_apart() -> None:
    """Resources leave out stack and providers; managed ones also components, reads and old halves of replacements."""
    component = {"urn": "urn:pulumi:dev::shop::shop:index:Part::part", "custom": False, "type": "shop:index:Part"}
    old = network_resource(delete=True)
    external = group_resource(urn=GROUP_URN + "-read", external=True)
    state = state_of(group_resource(), component, external, old)
    assert [found.name for found in state.resources] == ["group", "part", "group-read", "outer"]
    assert [found.name for found in state.managed] == ["group"]


def test_by_urn_prefers_the_new_half_of_a_replacement() -> None:
    """While a replacement is under way both halves have one URN."""
    state = state_of(network_resource(delete=True, id="/old"), network_resource(id="/new"))
    assert state.by_urn[NETWORK_URN].id == "/new"
    reversed_state = state_of(network_resource(id="/new"), network_resource(delete=True, id="/old"))
    assert reversed_state.by_urn[NETWORK_URN].id == "/new"


def test_outputs_keep_secrets_sealed() -> None:
    """Stack outputs are sorted, a secret one is a Secret that shows nothing."""
    outputs = state_of(url="https://x", key=secret("v1:abc")).outputs
    assert list(outputs) == ["key", "url"]
    assert isinstance(outputs["key"], Secret)
    assert "v1:abc" not in repr(outputs)


def test_the_digest_ignores_bookkeeping_and_nothing_else() -> None:
    """Stack traces, creation times and new ciphertexts of a secret change nothing; an input does, an operation too."""
    before = state_of(group_resource(inputs={"a": secret("v1:one")}))
    after = state_of(group_resource(inputs={"a": secret("v1:two")}, created="2027", stackTrace=[1], sourcePosition="x"))
    assert before.digest == after.digest
    assert state_of(group_resource(inputs={"a": "plain"})).digest != before.digest
    pending = state_of(group_resource(inputs={"a": secret("v1:one")}), pending=(creating(network_resource()),))
    assert pending.digest != before.digest


def test_types_cover_chains_aliases_and_pending_operations() -> None:
    """An alias may be needed for any type that the state names anywhere."""
    child = {
        "urn": f"urn:pulumi:dev::shop::shop:index:Part${GROUP_TOKEN}::inside",
        "custom": True,
        "type": GROUP_TOKEN,
        "aliases": ["urn:pulumi:dev::shop::azure-native:resources/v20200101:ResourceGroup::inside"],
    }
    found = state_of(child, pending=(creating(network_resource()),)).types
    assert found >= {
        "shop:index:Part",
        GROUP_TOKEN,
        "azure-native:resources/v20200101:ResourceGroup",
        "azure-native:network:VirtualNetwork",
    }


def test_an_empty_deployment_is_an_empty_state() -> None:
    """A stack that was just made has no resources, no outputs and no pending operations."""
    state = from_export({"version": 3, "deployment": None})
    assert (state.resources, state.outputs, state.pending) == ((), {}, ())
    assert to_export(State({"manifest": {}})) == {"version": 3, "deployment": {"manifest": {}}}


@pytest.mark.parametrize("packed", [False, True])
def test_the_file_backend_is_read_without_the_engine(tmp_path: Path, packed: bool) -> None:
    """The checkpoint stands in one file per stack, plain or gzip."""
    folder = tmp_path / "a b" / ".pulumi" / "stacks" / "shop"
    folder.mkdir(parents=True)
    document = {"version": 3, "checkpoint": {"stack": "x", "latest": dict(state_of(group_resource()).document)}}
    content = json.dumps(document).encode()
    (folder / ("dev.json.gz" if packed else "dev.json")).write_bytes(gzip.compress(content) if packed else content)
    url = f"file://{tmp_path}/a%20b"
    found = read_state(url, "shop", "dev")
    assert found is not None
    assert [item.urn for item in found.managed] == [GROUP_URN]
    assert read_state(url, "shop", "prod") is None


@pytest.mark.parametrize(
    "content", [b"", b'{"version":3,"check', b"[]", b'{"version": 2, "checkpoint": {}}', b"\x1f\x8b"]
)
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    """Whatever is wrong with the file, the error names it and nothing else is raised."""
    folder = tmp_path / ".pulumi" / "stacks" / "shop"
    folder.mkdir(parents=True)
    (folder / "dev.json").write_bytes(content)
    with pytest.raises(StateDamaged) as caught:
        read_state(f"file://{tmp_path}", "shop", "dev")
    assert caught.value.subject == str(folder / "dev.json")


def test_other_backends_have_no_folder() -> None:
    """Only file:// is read directly."""
    odd = Path("/srv/100% ours?/a#b ü")
    assert folder_of(url_of(odd)) == odd / ".pulumi"
    assert folder_of("azblob://state?storage_account=x") is None
    assert folder_of("file://~/state") == Path("~/state").expanduser() / ".pulumi"
