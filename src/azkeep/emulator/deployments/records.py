"""What is kept of a deployment: its document, and one for each resource that it wrote."""

from __future__ import annotations

import uuid
from typing import Any

from azkeep.emulator import activity
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.deployments.running import Step
from azkeep.emulator.deployments.template import DEPLOYMENTS
from azkeep.emulator.messages import Request
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body

OPERATIONS = "operations"
FAILED = "At least one resource deployment operation failed. Please list deployment operations for details. Please see\
 https://aka.ms/arm-deployment-operations for usage details."


def error(steps: list[Step]) -> dict[str, Any]:
    """Why a deployment failed: the faults of its steps."""
    details = [_told(step.fault) for step in steps if step.fault is not None]
    return {"code": "DeploymentFailed", "message": FAILED, "details": details}


def _told(fault: ArmFault) -> dict[str, Any]:
    return {"code": fault.code, "message": fault.message}


def keep(cloud: Cloud, request: Request, id: ArmId, document: Body, steps: list[Step]) -> None:
    """Store the deployment in place of an earlier one, and tell the activity log."""
    now = cloud.now()
    with cloud.store.transaction():
        for each in cloud.store.under(id.key):
            cloud.store.delete(each.key)
        cloud.store.put(id, document, etag="", now=now, refers=False)
        for step in steps:
            operation = id.child(OPERATIONS, uuid.uuid4().hex[:16].upper())
            cloud.store.put(operation, _operation(operation, step, now), etag="", now=now, refers=False)
        failed = ArmFault(409, "DeploymentFailed", FAILED) if "error" in document["properties"] else None
        activity.record(cloud, request, id, f"{DEPLOYMENTS}/write", 201, outcome=failed)


def _operation(id: ArmId, step: Step, now: str) -> dict[str, Any]:
    target = step.item.id
    properties: dict[str, Any] = {
        "provisioningOperation": "Create",
        "provisioningState": "Failed" if step.fault else "Succeeded",
        "timestamp": now,
        "duration": "PT0.1S",
        "trackingId": str(uuid.uuid4()),
        "serviceRequestId": str(uuid.uuid4()),
        "statusCode": {200: "OK", 201: "Created", 202: "Accepted"}.get(step.status, str(step.status)),
        "targetResource": {
            "id": target.text,
            "resourceType": target.type,
            "resourceName": "/".join(target.names),
        },
    }
    if step.fault is not None:
        properties["statusMessage"] = {"status": "Failed", "error": _told(step.fault)}
    return {"id": id.text, "operationId": id.name, "properties": properties}
