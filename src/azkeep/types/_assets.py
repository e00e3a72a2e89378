"""Registered assets of a workspace: containers, and versions that make their container. Pure.

Source: Azure Machine Learning REST API 2025-12-01, environments and models; asset versions do not change content.
"""

from __future__ import annotations

from collections.abc import Callable

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, put
from azkeep.types._document import made_by
from azkeep.types._machine_learning import ASSET_NAME, IN_WORKSPACE
from azkeep.types.resource_type import Immutable, NameRule, ResourceType, Timing
from azkeep.types.write import Estate, PutEffect, Write

# The REST specification gives asset names a pattern and versions none; dotted versions (1.0.0) are usual.
VERSION_NAME = NameRule(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$", maximum=255, code="UserError")

# Values of an asset's bookkeeping when none is given: answers in the REST examples.
DEFAULTS = {"/properties/isArchived": False, "/properties/tags": {}, "/properties/properties": {}}


ARCHIVED = "/properties/isArchived"
MADE = Timing(located=True)
"""How the workspace service answers a PUT of what it keeps itself: at once."""


def container(kind: str, token: str, missing: Callable[[ArmId], ArmFault] | None = None) -> ResourceType:
    """The type of a container such as `environments`; `missing` as of the type."""
    return ResourceType(
        arm_type=f"Microsoft.MachineLearningServices/workspaces/{kind}",
        token=token,
        path=f"{IN_WORKSPACE}/{kind}/{{name}}",
        flattened=False,
        autoname="copy",
        name=ASSET_NAME,
        location="none",
        tags=False,
        read_only=("/properties/latestVersion", "/properties/nextVersion"),
        defaults=DEFAULTS,
        present=_with_versions,
        missing=missing,
        archived=ARCHIVED,
        put=MADE,
        system_data=True,
        tracked=False,
        volatile=("/systemData", "/properties/latestVersion", "/properties/nextVersion"),
        made_by_service=_comes_with_version,
    )


def fixed(name: str) -> Immutable:
    """A member of a version that cannot change."""
    return Immutable(
        f"/properties/{name}",
        "UserError",
        f"{name} of version '{{name}}' cannot be changed. Create a new version.",
        409,
    )


def container_effects(write: Write, estate: Estate) -> tuple[PutEffect, ...]:
    """A version makes its container."""
    owner = write.id.parent
    if owner is None or estate.get(owner.text) is not None:
        return ()
    empty = {"isArchived": False, "tags": {}, "properties": {}, "provisioningState": "Succeeded"}
    return (PutEffect(owner.text, {"properties": empty, "systemData": made_by(write)}),)


def _comes_with_version(id: ArmId, body: Body) -> bool:
    return True


def _with_versions(id: ArmId, body: Body, estate: Estate) -> Body:
    """Latest version is the last one made; the next is one more than the highest number."""
    names = [str(item["name"]) for item in estate.children(id.text, "versions")]
    numbers = [int(name) for name in names if name.isdecimal()]
    shown: Body = put(body, "/properties/nextVersion", str(max(numbers, default=0) + 1))
    return put(shown, "/properties/latestVersion", names[-1]) if names else shown
