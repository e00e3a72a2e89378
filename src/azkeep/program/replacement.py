"""The order of a replacement: what has a fixed name is deleted before it is created again.

azure-native asks for this order itself, but only where it finds a difference. The engine also replaces without one:
where an earlier run deleted a resource and failed to create it again, and for `--replace`. It would then create first,
and delete the new resource as if it were the old one, because both have the same id.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from pulumi import ResourceTransformationResult

from azkeep.program.secret_outputs import unversioned
from azkeep.types import by_token

BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def delete_fixed_names_first(args: Any) -> Any:
    """A transformation; whoever sets `delete_before_replace` in the program is left alone."""
    if args.opts.delete_before_replace is not None or not _has_fixed_name(args.type_, args.props):
        return None
    options = copy.copy(args.opts)
    options.delete_before_replace = True
    return ResourceTransformationResult(props=args.props, opts=options)


def _has_fixed_name(token: str, properties: Any) -> bool:
    """True where two creates would ask for the same ARM id."""
    type_ = by_token(unversioned(token))
    if type_ is None:
        return False
    name = type_.name_input
    if name is None or type_.autoname in ("copy", "never"):
        return True
    return any(properties.get(spelling) is not None for spelling in (name, BORDER.sub("_", name).lower()))
