"""Microsoft.MachineLearningServices/workspaces/models/versions.

Source: Azure Machine Learning REST API 2025-12-01, model versions.
"""

from __future__ import annotations

from azkeep.types._assets import ARCHIVED, DEFAULTS, MADE, VERSION_NAME, container_effects, fixed
from azkeep.types._machine_learning import IN_WORKSPACE
from azkeep.types.resource_type import ResourceType

TYPE = ResourceType(
    arm_type="Microsoft.MachineLearningServices/workspaces/models/versions",
    token="azure-native:machinelearningservices:ModelVersion",
    path=f"{IN_WORKSPACE}/models/{{name}}/versions/{{version}}",
    flattened=False,
    autoname="copy",
    name=VERSION_NAME,
    location="none",
    tags=False,
    required=("/properties/modelUri",),
    required_code="ValidationError",
    immutable=tuple(map(fixed, ("modelUri", "modelType", "jobName", "isAnonymous"))),
    # Answer of ModelVersion createOrUpdate in the REST examples; clients read flavors as an object.
    defaults={
        **DEFAULTS,
        "/properties/isAnonymous": False,
        "/properties/modelType": "custom_model",
        "/properties/flavors": {},
    },
    makes_parent=True,
    effects=container_effects,
    list_filters={"version": "/name"},
    archived=ARCHIVED,
    newest_first=True,
    put=MADE,
    system_data=True,
    tracked=False,
)
