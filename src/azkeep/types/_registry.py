"""What the parts of a container registry share. Pure.

Source: Container Registry REST API 2024-11-01-preview; container-registry-skus.
"""

from __future__ import annotations

import dataclasses

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import completed, same_text
from azkeep.types.resource_type import NameRule, Timing
from azkeep.types.write import Estate, Write

REGISTRY = "Microsoft.ContainerRegistry/registries"
IN_REGISTRY = (
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
    "/providers/Microsoft.ContainerRegistry/registries/{registryName}"
)

PART_NAME = NameRule(pattern=r"^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$", minimum=5, maximum=50)
CREATION_DATE = "/properties/creationDate"

SHORT_PUT = Timing(asynchronous=True, seconds=5)
SHORT_DELETE = Timing(created=200, asynchronous=True, accepted=True, seconds=5)
SILENT_DELETE = dataclasses.replace(SHORT_DELETE, created=204)
"""Of what the API answers 202 or 204 for, and never 200."""


def dated(write: Write, estate: Estate) -> Body:
    """The document with the time of its first write."""
    return completed(write, once={CREATION_DATE: write.now})


def needs_premium(write: Write, estate: Estate, what: str) -> ArmFault | None:
    """The refusal of a part that only registries of the Premium tier have."""
    registry: ArmId | None = write.id.parent
    sku = get(estate.get(registry.text), "/sku/name") if registry else None
    if registry is None or same_text(sku, "Premium"):
        return None
    text = f"{what} are not supported for the registry {registry.name} with SKU {sku}."
    return ArmFault(400, "SkuFeatureNotSupported", text)
