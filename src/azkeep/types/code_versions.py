"""Microsoft.MachineLearningServices/workspaces/codes/versions.

Source: Azure Machine Learning REST API 2025-12-01, code versions.
"""

from __future__ import annotations

from azkeep.types._assets import DEFAULTS, MADE, VERSION_NAME, container_effects, fixed
from azkeep.types._machine_learning import IN_WORKSPACE
from azkeep.types._uploads import START_PENDING_UPLOAD
from azkeep.types.resource_type import ResourceType

TYPE = ResourceType(
    arm_type="Microsoft.MachineLearningServices/workspaces/codes/versions",
    token="azure-native:machinelearningservices:CodeVersion",
    path=f"{IN_WORKSPACE}/codes/{{name}}/versions/{{version}}",
    flattened=False,
    autoname="copy",
    name=VERSION_NAME,
    location="none",
    tags=False,
    required=("/properties/codeUri",),
    required_code="ValidationError",
    immutable=tuple(map(fixed, ("codeUri", "isAnonymous"))),
    # Answer of CodeVersion createOrUpdate in the REST examples.
    defaults={**DEFAULTS, "/properties/isAnonymous": False},
    makes_parent=True,
    actions={"startPendingUpload": START_PENDING_UPLOAD},
    # azure-ai-ml 1.35 sends the version of the hash as a number.
    read_as={"/properties/properties": "texts"},
    # Query parameters of CodeVersions_List, and where clients write what they ask for.
    list_filters={"hash": "/properties/properties/hash_sha256", "hashversion": "/properties/properties/hash_version"},
    effects=container_effects,
    put=MADE,
    system_data=True,
    tracked=False,
)
