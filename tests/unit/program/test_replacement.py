"""Which replacements delete first."""

from __future__ import annotations

from typing import Any

from pulumi.runtime.proto import resource_pb2

from azkeep.program.replacement import delete_fixed_names_first


def request(token: str, **inputs: str) -> Any:
    made = resource_pb2.RegisterResourceRequest(type=token, name="r", custom=True)
    made.object.update(inputs)
    delete_fixed_names_first(made)
    return made


def test_a_given_name_is_deleted_first() -> None:
    """Two resources of one name cannot stand beside each other; old API versions are no exception."""
    assert request("azure-native:storage:StorageAccount", accountName="store").deleteBeforeReplace
    assert request("azure-native:storage/v20230101:StorageAccount", accountName="store").deleteBeforeReplace


def test_a_child_takes_its_own_name() -> None:
    """A nested resource without a name gets the program's, which is the same every time."""
    assert request("azure-native:network:Subnet", virtualNetworkName="v").deleteBeforeReplace


def test_a_random_name_lets_the_new_one_come_first() -> None:
    """The engine's own order stays, and whatever else it registers is left alone."""
    assert not request("azure-native:storage:StorageAccount").deleteBeforeReplaceDefined
    assert not request("random:index:RandomId", name="n").deleteBeforeReplaceDefined


def test_what_the_program_says_counts() -> None:
    """delete_before_replace=False in the program is not overruled."""
    made = resource_pb2.RegisterResourceRequest(
        type="azure-native:network:Subnet", name="r", custom=True, deleteBeforeReplaceDefined=True
    )
    delete_fixed_names_first(made)
    assert not made.deleteBeforeReplace
