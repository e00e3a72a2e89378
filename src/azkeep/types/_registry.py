"""What the parts of a container registry share. Pure.

Source: Container Registry REST API 2024-11-01-preview; container-registry-skus.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import completed, made_by, same_text
from azkeep.types.resource_type import NameRule, Timing
from azkeep.types.write import Estate, PutEffect, Write

REGISTRY = "Microsoft.ContainerRegistry/registries"
IN_REGISTRY = (
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
    "/providers/Microsoft.ContainerRegistry/registries/{registryName}"
)

BUILT_IN = "_repositories_"
"""How the scope maps that every registry has begin."""
BUILT_IN_MAPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "admin": (
        "Can perform all read, write and delete operations on the registry",
        ("metadata/read", "metadata/write", "content/read", "content/write", "content/delete"),
    ),
    "pull": ("Can pull any repository of the registry", ("content/read",)),
    "pull_metadata_read": (
        "Can perform all read operations on the registry",
        ("content/read", "metadata/read"),
    ),
    "push": ("Can push to any repository of the registry", ("content/read", "content/write")),
    "push_metadata_write": (
        "Can perform all read and write operations on the registry",
        ("metadata/read", "metadata/write", "content/read", "content/write"),
    ),
}
"""Name behind `BUILT_IN` → description and what is allowed, as registries that people exported have them."""

PART_NAME = NameRule(pattern=r"^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$", minimum=5, maximum=50)
CREATION_DATE = "/properties/creationDate"

SHORT_PUT = Timing(asynchronous=True, seconds=5)
SHORT_DELETE = Timing(created=200, asynchronous=True, accepted=True, seconds=5)
SILENT_DELETE = dataclasses.replace(SHORT_DELETE, created=204)
"""Of what the API answers 202 or 204 for, and never 200."""


def dated(write: Write, estate: Estate) -> Body:
    """The document with the time of its first write."""
    return completed(write, once={CREATION_DATE: write.now})


def built_in_maps(write: Write) -> tuple[PutEffect, ...]:
    """The scope maps that come with a new registry."""
    return tuple(
        PutEffect(
            write.id.child("scopeMaps", f"{BUILT_IN}{name}").text,
            {
                "properties": {
                    "description": description,
                    "type": "SystemDefined",
                    "creationDate": write.now,
                    "actions": [f"repositories/*/{action}" for action in actions],
                },
                "systemData": made_by(write),
            },
        )
        for name, (description, actions) in BUILT_IN_MAPS.items()
    )


def needs_premium(write: Write, estate: Estate, what: str) -> ArmFault | None:
    """The refusal of a part that only registries of the Premium tier have."""
    registry: ArmId | None = write.id.parent
    sku = get(estate.get(registry.text), "/sku/name") if registry else None
    if registry is None or same_text(sku, "Premium"):
        return None
    text = f"{what} are not supported for the registry {registry.name} with SKU {sku}."
    return ArmFault(400, "SkuFeatureNotSupported", text)
