"""Which aliases are left out: those of the class that can match nothing, and no other."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_azure_native import network

from azkeep.program.aliases import own_alias_types, prune_aliases

TYPE = "azure-native:network:VirtualNetwork"
OLD = "azure-native:network/v20230201:VirtualNetwork"
OLDER = "azure-native:network/v20150615:VirtualNetwork"


def of_class() -> list[Any]:
    """The block that the class itself adds, in its order: what reaches the SDK's constructor."""
    passed: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pulumi.CustomResource, "__init__", lambda self, type_, name, props, opts: passed.append(opts))
        network.VirtualNetwork("vnet", resource_group_name="g")
    return list(passed[0].aliases)


OWN = of_class()


def pruned(user: list[Any], kept: frozenset[str]) -> list[Any]:
    options = pulumi.ResourceOptions.merge(
        pulumi.ResourceOptions(aliases=user), pulumi.ResourceOptions(aliases=list(OWN))
    )
    resource = object.__new__(network.VirtualNetwork)
    args = SimpleNamespace(resource=resource, type_=TYPE, props={}, opts=options)
    result = prune_aliases(kept)(args)
    assert len(options.aliases) == len(user) + len(OWN), "the options that were passed must not change"
    return list(result.opts.aliases if result else options.aliases)


def types(aliases: list[Any]) -> list[str]:
    return [alias if isinstance(alias, str) else alias.type_ for alias in aliases]


def test_the_class_names_every_alias_that_it_adds() -> None:
    """The block of VirtualNetwork is long, without repeats, and read from the class's own code."""
    assert len(OWN) > 50
    assert len(set(types(OWN))) == len(OWN)
    assert set(types(OWN)) <= own_alias_types(network.VirtualNetwork)


def test_without_state_no_alias_of_the_class_stays() -> None:
    """Nothing is known, so nothing can match."""
    assert pruned([], frozenset()) == []


def test_a_type_of_the_checkpoint_keeps_its_alias() -> None:
    """Only the aliases whose types the checkpoint knows stay, in their order."""
    assert types(pruned([], frozenset({OLD, OLDER, "azure-native:storage:StorageAccount"}))) == [OLDER, OLD]


def test_the_users_aliases_are_never_touched() -> None:
    """URNs, names, and even the very type that the class names too stay when the user gave them."""
    user = [
        "urn:pulumi:dev::old::x::y",
        pulumi.Alias(name="before"),
        pulumi.Alias(type_=OLD),
        pulumi.Alias(type_=OLD, name="x"),
    ]
    assert pruned(user, frozenset()) == user


def test_the_users_type_alone_directly_before_the_block_stays() -> None:
    """A type-only alias of the user next to the class's block is told apart by its second appearance."""
    user = [pulumi.Alias(type_=OLDER), pulumi.Alias(type_=OLD)]
    assert pruned(user, frozenset()) == user


def test_other_packages_are_left_alone() -> None:
    """A resource of another provider keeps all its aliases."""
    options = pulumi.ResourceOptions(aliases=[pulumi.Alias(type_="random:index:Old")])
    args = SimpleNamespace(resource=object(), type_="random:index:New", props={}, opts=options)
    assert prune_aliases(frozenset())(args) is None


@given(
    user=st.lists(st.sampled_from([OLD, OLDER, "azure-native:network/v20190401:VirtualNetwork"]), max_size=5),
    kept=st.frozensets(st.sampled_from(types(OWN)), max_size=4),
)
def test_user_first_then_exactly_what_is_kept(user: list[str], kept: frozenset[str]) -> None:
    """Whatever type-only aliases a user gives, they stay first, and of the class's block just the kept ones follow."""
    result = types(pruned([pulumi.Alias(type_=type_) for type_ in user], kept))
    assert result[: len(user)] == user
    assert result[len(user) :] == [type_ for type_ in types(OWN) if type_ in kept]
