"""Microsoft.MachineLearningServices/workspaces/components/versions.

Source: Azure Machine Learning REST API 2025-12-01, component versions.
"""

from __future__ import annotations

from azkeep.types._assets import ARCHIVED, DEFAULTS, MADE, VERSION_NAME, container_effects, fixed
from azkeep.types._machine_learning import IN_WORKSPACE
from azkeep.types.resource_type import ResourceType

TYPE = ResourceType(
    arm_type="Microsoft.MachineLearningServices/workspaces/components/versions",
    token="azure-native:machinelearningservices:ComponentVersion",
    path=f"{IN_WORKSPACE}/components/{{name}}/versions/{{version}}",
    flattened=False,
    autoname="copy",
    name=VERSION_NAME,
    location="none",
    tags=False,
    required=("/properties/componentSpec",),
    required_code="ValidationError",
    immutable=tuple(map(fixed, ("componentSpec", "isAnonymous"))),
    # Answer of ComponentVersion createOrUpdate in the REST examples.
    defaults={**DEFAULTS, "/properties/isAnonymous": False},
    makes_parent=True,
    effects=container_effects,
    archived=ARCHIVED,
    newest_first=True,
    put=MADE,
    system_data=True,
    tracked=False,
)
