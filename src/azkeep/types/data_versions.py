"""Microsoft.MachineLearningServices/workspaces/data/versions.

Source: Azure Machine Learning REST API 2025-12-01, data versions.
"""

from __future__ import annotations

from dataclasses import replace

from azkeep.errors import ArmFault
from azkeep.model.value import get, put, remove
from azkeep.types._assets import ARCHIVED, DEFAULTS, MADE, VERSION_NAME, container_effects, fixed
from azkeep.types._document import same_text
from azkeep.types._machine_learning import IN_WORKSPACE, user_error
from azkeep.types.resource_type import ResourceType
from azkeep.types.write import Effect, Estate, Write

KINDS = ("uri_file", "uri_folder", "mltable")
_KIND = "/properties/dataType"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    kind = get(write.body, _KIND)
    if not any(same_text(kind, known) for known in KINDS):
        return user_error(f"Data type '{kind}' is not supported.", code="ValidationError")
    owner = estate.get(write.id.parent.text) if write.id.parent else None
    if owner is not None and not same_text(get(owner, _KIND), kind):
        text = f"Data '{owner['name']}' holds versions of type {get(owner, _KIND)}, and this one is of type {kind}."
        return user_error(text)
    return None


def _effects(write: Write, estate: Estate) -> tuple[Effect, ...]:
    """The container that a first version makes is of the version's type; data has no provisioning state."""
    kind = get(write.body, _KIND)
    return tuple(
        replace(effect, body=put(remove(effect.body, "/properties/provisioningState"), _KIND, kind))
        for effect in container_effects(write, estate)
    )


TYPE = ResourceType(
    arm_type="Microsoft.MachineLearningServices/workspaces/data/versions",
    token="azure-native:machinelearningservices:DataVersion",
    path=f"{IN_WORKSPACE}/data/{{name}}/versions/{{version}}",
    flattened=False,
    autoname="copy",
    name=VERSION_NAME,
    location="none",
    tags=False,
    required=(_KIND, "/properties/dataUri"),
    required_code="ValidationError",
    immutable=tuple(map(fixed, ("dataType", "dataUri", "isAnonymous"))),
    # Answer of DataVersion createOrUpdate in the REST examples.
    defaults={**DEFAULTS, "/properties/isAnonymous": False},
    check=_check,
    makes_parent=True,
    effects=_effects,
    archived=ARCHIVED,
    newest_first=True,
    put=MADE,
    system_data=True,
    provisioning_state=None,
    tracked=False,
)
