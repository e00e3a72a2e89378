"""Microsoft.MachineLearningServices/workspaces/jobs.

Source: Azure Machine Learning REST API 2025-12-01, jobs. People and pipelines submit jobs; hardly a program does. The
local cloud keeps them and runs none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._document import completed, same_text
from azkeep.types._machine_learning import ASSET_NAME, IN_WORKSPACE, user_error
from azkeep.types.online_deployments import asset_fault
from azkeep.types.resource_type import Action, Immutable, ResourceType, Timing
from azkeep.types.write import Estate, Write

STATUS = "/properties/status"
ASSETS = ("codeId", "environmentId")
# how-to-use-serverless-compute: what clients name where the job brings no cluster of its own: no resource.
SERVERLESS = "serverless"


def _check(write: Write, estate: Estate) -> ArmFault | None:
    return asset_fault(write, estate, ASSETS) or _compute_fault(write, estate)


def _compute_fault(write: Write, estate: Estate) -> ArmFault | None:
    compute = get(write.body, "/properties/computeId")
    if compute is None or same_text(str(compute).rsplit("/", 1)[-1], SERVERLESS) or estate.get(str(compute)):
        return None
    return user_error(f"The compute '{compute}' of job '{write.id.name}' does not exist.")


def _complete(write: Write, estate: Estate) -> Body:
    return completed(write, once={STATUS: "NotStarted"})


def _cancel(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> None:
    """Nothing to say: the job's status tells. Nothing runs here, so that it is canceled at once."""


def _cancelled(id: ArmId, body: Body, sent: Body, estate: Estate, now: str) -> Body:
    return {"properties": {"status": "Canceled"}}


def _is_a_record(id: ArmId, body: Body) -> bool:
    """A job is what was done, not a part of the estate: nobody has to declare it."""
    return True


def _fixed(name: str) -> Immutable:
    return Immutable(
        f"/properties/{name}", "UserError", f"{name} of job '{{name}}' cannot be changed. Submit a new job.", 400
    )


TYPE = ResourceType(
    arm_type="Microsoft.MachineLearningServices/workspaces/jobs",
    token="azure-native:machinelearningservices:Job",
    path=f"{IN_WORKSPACE}/jobs/{{id}}",
    flattened=False,
    autoname="copy",
    name=ASSET_NAME,
    location="none",
    tags=False,
    required=("/properties/jobType",),
    required_code="ValidationError",
    immutable=tuple(map(_fixed, ("jobType", "command", "codeId", "environmentId", "computeId", "inputs"))),
    read_only=(STATUS,),
    check=_check,
    complete=_complete,
    put=Timing(created=201),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=5),
    archived="/properties/isArchived",
    actions={"cancel": Action(_cancel, changes=_cancelled)},
    system_data=True,
    provisioning_state=None,
    tracked=False,
    volatile=("/systemData", STATUS, "/properties/services"),
    lists_at="nowhere",  # a workspace has thousands
    made_by_service=_is_a_record,
)
