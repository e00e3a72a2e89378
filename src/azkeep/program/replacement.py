"""The order of a replacement: what has a fixed name is deleted before it is created again.

azure-native asks for this order itself, but only where it finds a difference. The engine also replaces without one:
where an earlier run deleted a resource and failed to create it again, and for `--replace`. It would then create first,
and delete the new resource as if it were the old one, because both have the same id.
"""

from __future__ import annotations

from typing import Any

from azkeep.types import by_token


def delete_fixed_names_first(request: Any) -> None:
    """Sets the order in a RegisterResourceRequest; what the program says itself is left alone."""
    if request.deleteBeforeReplaceDefined or not _has_fixed_name(request):
        return
    request.deleteBeforeReplace = request.deleteBeforeReplaceDefined = True


def _has_fixed_name(request: Any) -> bool:
    """True where two creates would ask for the same ARM id; an azure-native name that is random differs each time."""
    type_ = by_token(request.type) if request.custom else None
    if type_ is None:
        return False
    name = type_.name_input
    return name is None or type_.autoname in ("copy", "never") or name in request.object.fields
