"""Microsoft.MachineLearningServices/workspaces/environments/versions.

Source: Azure Machine Learning REST API 2025-12-01, environment versions.
"""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.value import Body, get
from azkeep.types._assets import ARCHIVED, DEFAULTS, MADE, VERSION_NAME, container_effects, fixed
from azkeep.types._document import completed
from azkeep.types._environments import no_environment
from azkeep.types._machine_learning import IN_WORKSPACE, user_error
from azkeep.types.resource_type import ResourceType
from azkeep.types.write import Estate, Write


def _check(write: Write, estate: Estate) -> ArmFault | None:
    image, build = (get(write.body, f"/properties/{name}") for name in ("image", "build"))
    if (image is None) == (build is None):
        return user_error("An environment version needs either an image or a build context.", code="ValidationError")
    if build is not None and get(write.body, "/properties/condaFile") is not None:
        return user_error("condaFile needs an image, not a build context.", code="ValidationError")
    return None


def _complete(write: Write, estate: Estate) -> Body:
    return completed(write, always={"/properties/environmentType": "UserCreated"})


TYPE = ResourceType(
    arm_type="Microsoft.MachineLearningServices/workspaces/environments/versions",
    token="azure-native:machinelearningservices:EnvironmentVersion",
    path=f"{IN_WORKSPACE}/environments/{{name}}/versions/{{version}}",
    flattened=False,
    autoname="copy",
    name=VERSION_NAME,
    location="none",
    tags=False,
    immutable=tuple(map(fixed, ("image", "condaFile", "build", "osType", "inferenceConfig", "isAnonymous"))),
    read_only=("/properties/environmentType",),
    # Answer of EnvironmentVersion createOrUpdate in the REST examples.
    defaults={
        **DEFAULTS,
        "/properties/isAnonymous": False,
        "/properties/osType": "Linux",
        "/properties/autoRebuild": "Disabled",
    },
    check=_check,
    complete=_complete,
    missing=no_environment,
    makes_parent=True,
    effects=container_effects,
    archived=ARCHIVED,
    newest_first=True,
    put=MADE,
    system_data=True,
    tracked=False,
)
