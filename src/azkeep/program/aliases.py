"""Leaving out aliases that can match nothing.

azure-native's classes give every resource an alias for each old API version of its type, sixty and more, and the
engine looks each of them up. Such an alias matters only if the last checkpoint knows its type. Aliases of the user
are never touched.
"""

from __future__ import annotations

import copy
from functools import cache
from types import CodeType
from typing import Any

from pulumi import ResourceTransformationResult

from azkeep.program.secret_outputs import Transformation

PACKAGE = "azure-native:"


def prune_aliases(kept_types: frozenset[str]) -> Transformation:
    """A transformation that drops a class's own aliases whose type is not in `kept_types`.

    `kept_types` are all types of the last checkpoint: of resources, of each segment of a URN's type chain, and of
    pending operations.
    """

    def transform(args: Any) -> Any:
        aliases = args.opts.aliases
        if not aliases or not args.type_.startswith(PACKAGE):
            return None
        first = _first_own(aliases, own_alias_types(args.resource.__class__))
        kept = [alias for alias in aliases[first:] if alias.type_ in kept_types]
        if first + len(kept) == len(aliases):
            return None
        options = copy.copy(args.opts)
        options.aliases = [*aliases[:first], *kept]
        return ResourceTransformationResult(props=args.props, opts=options)

    return transform


@cache
def own_alias_types(resource_class: type) -> frozenset[str]:
    """The types that an azure-native class names as aliases of itself, read from its constructor's constants."""
    for base in resource_class.__mro__:
        code: CodeType | None = getattr(vars(base).get("_internal_init"), "__code__", None)
        if code is not None and base.__module__.startswith("pulumi_azure_native."):
            return frozenset(name for name in code.co_consts if isinstance(name, str) and name.startswith(PACKAGE))
    return frozenset()


def _first_own(aliases: list[Any], own_types: frozenset[str]) -> int:
    """Where the class's block begins: `ResourceOptions.merge` puts it behind what the user gave.

    A class names a type once, so the block ends where a type comes again: that one is the user's.
    """
    seen: set[str] = set()
    for index in range(len(aliases) - 1, -1, -1):
        type_ = _only_type(aliases[index])
        if type_ is None or type_ not in own_types or type_ in seen:
            return index + 1
        seen.add(type_)
    return 0


def _only_type(alias: Any) -> str | None:
    """The type of an alias that says nothing else; None for any other."""
    given = {name: value for name, value in vars(alias).items() if value is not ...} if hasattr(alias, "type_") else {}
    type_ = given.get("type_")
    return type_ if set(given) == {"type_"} and isinstance(type_, str) else None
