"""Requests for template deployments of a resource group.

Source: Resource Manager REST API 2024-03-01, Deployments and Deployment Operations; templates in mode Incremental
alone, given in the request itself.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from azkeep.emulator import activity, faults
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.deployments import relaxed_json
from azkeep.emulator.deployments.definition import check_members
from azkeep.emulator.deployments.expressions import TemplateError, evaluated
from azkeep.emulator.deployments.parameters import is_secret, kind_of
from azkeep.emulator.deployments.records import OPERATIONS, error, keep
from azkeep.emulator.deployments.running import Arm, Run, Step, carry_out
from azkeep.emulator.deployments.template import DEPLOYMENTS, Place, Plan, plan
from azkeep.emulator.locks import check_locks
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.reads import shown
from azkeep.emulator.resolve import check_manager_version
from azkeep.emulator.rights import enter
from azkeep.emulator.store import Row
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId

NAME = re.compile(r"[-\w._()]{1,64}\Z")


def route(cloud: Cloud, request: Request, arm: Arm) -> Reply | None:
    """The answer if the path is one of deployments, else None. `arm` takes the requests that a deployment makes."""
    found = _path(request)
    if found is None:
        return None
    group, rest = found
    check_manager_version(cloud.store, enter(cloud, request))
    if not cloud.store.exists(group.key):
        raise faults.group_not_found(group.name)
    if not rest:
        if request.method != "GET":
            raise faults.method_not_allowed(request.method)
        return _listed(cloud, request, group)
    id, below = group.extension(DEPLOYMENTS, rest[0]), tuple(part.lower() for part in rest[1:])
    return _of_one(cloud, request, id, arm) if not below else _below(cloud, request, id, below)


def _of_one(cloud: Cloud, request: Request, id: ArmId, arm: Arm) -> Reply:
    match request.method:
        case "GET":
            return Reply(200, _known(cloud, request, id, "read").body)
        case "HEAD":
            return Reply(204 if cloud.store.get(id.key) else 404)
        case "PUT":
            return _deploy(cloud, request, id, arm)
        case "DELETE":
            return _delete(cloud, request, id)
    raise faults.method_not_allowed(request.method)


def _below(cloud: Cloud, request: Request, id: ArmId, below: tuple[str, ...]) -> Reply:
    match (request.method, below):
        case ("POST", ("validate",)):
            return _validate(cloud, request, id)
        case ("POST", ("whatif",)):
            return _what_if(cloud, request, id)
        case ("GET", ("operations", *one)) if len(one) < 2:
            return _operations(cloud, request, id, one)
        case ("GET", ("operationstatuses", _)):
            return _status(cloud, request, id)
    raise faults.not_found()


def _path(request: Request) -> tuple[ArmId, tuple[str, ...]] | None:
    """(group, what stands behind `deployments`), with the provider in the path or, as older clients ask, without."""
    lowered, target = request.target.lowered, request.target
    inside = len(lowered) > 4 and (lowered[0], lowered[2]) == ("subscriptions", "resourcegroups")
    if inside and lowered[4] == "deployments":
        return ArmId(target.scope[:4]), target.scope[5:]
    rest = target.rest or ()
    if (
        inside
        and len(target.scope) == 4
        and tuple(part.lower() for part in rest[:2]) == tuple(DEPLOYMENTS.lower().split("/"))
    ):
        return ArmId(target.scope), tuple(rest[2:])
    return None


def _known(cloud: Cloud, request: Request, id: ArmId, verb: str) -> Row:
    cloud.access.check(request.caller, f"{DEPLOYMENTS}/{verb}", id)
    row = cloud.store.get(id.key)
    if row is None:
        raise ArmFault(404, "DeploymentNotFound", f"Deployment '{id.name}' could not be found.")
    return row


def _listed(cloud: Cloud, request: Request, group: ArmId) -> Reply:
    cloud.access.check(request.caller, f"{DEPLOYMENTS}/read", group)
    rows = cloud.store.under(group.key, type=DEPLOYMENTS.lower())
    return Reply(200, {"value": [row.body for row in rows]})


def _delete(cloud: Cloud, request: Request, id: ArmId) -> Reply:
    cloud.access.check(request.caller, f"{DEPLOYMENTS}/delete", id)
    row = cloud.store.get(id.key)
    if row is None:
        return Reply(204)
    with cloud.store.transaction():
        for each in (row, *cloud.store.under(row.key)):
            cloud.store.delete(each.key)
        activity.record(cloud, request, id, f"{DEPLOYMENTS}/delete", 200)
    return Reply(200)


def _planned(cloud: Cloud, request: Request, id: ArmId) -> Plan:
    """What the request asks for. Raises ArmFault."""
    if not NAME.match(id.name):
        text = f"The provided resource name '{id.name}' has these invalid characters or is longer than 64 characters."
        raise ArmFault(400, "InvalidDeploymentName", text)
    sent = relaxed_json.read(request.content)
    asked = sent.get("properties")
    if not isinstance(asked, Mapping) or not isinstance(asked.get("template"), Mapping):
        text = "The request content was invalid: 'properties.template' is missing; a template by link is not fetched."
        raise ArmFault(400, "InvalidRequestContent", text)
    _check_mode(asked.get("mode"))
    check_members(sent)
    try:
        return plan(asked["template"], asked.get("parameters") or {}, _place(cloud, id))
    except TemplateError as error:
        raise _invalid(error) from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise _invalid(TemplateError(f"The template is not of the right form: {error}.")) from None


def _check_mode(mode: Any) -> None:
    """Raises ArmFault for what is no mode of a deployment, and for the one that the local cloud does not have."""
    if str(mode).lower() == "incremental":
        return
    if str(mode).lower() == "complete":
        text = "The local cloud evaluates templates in mode 'Incremental' only."
        raise ArmFault(400, "InvalidDeployment", text)
    problem = f"Error converting value {json.dumps(mode)} to type 'DeploymentMode'. Path 'properties.mode'."
    if mode is None:
        problem = "Required property 'mode' not found in JSON. Path 'properties'."
    text = f"The request content was invalid and could not be deserialized: '{problem}'."
    raise ArmFault(400, "InvalidRequestContent", text)


def _invalid(error: TemplateError) -> ArmFault:
    return ArmFault(400, "InvalidTemplate", f"Deployment template validation failed: '{error}'.")


def _place(cloud: Cloud, id: ArmId) -> Place:
    group = id.resource_group_id
    row = cloud.store.get(group.key) if group is not None else None
    subscription = cloud.subscriptions.get(id.subscription or "")
    if row is None or subscription is None:
        raise faults.not_found()
    about = {
        "id": f"/subscriptions/{subscription.id}",
        "subscriptionId": subscription.id,
        "tenantId": cloud.identity.tenant,
        "displayName": subscription.name,
    }
    return Place(about, shown(cloud, row), cloud.identity.tenant, id.name)


def _validate(cloud: Cloud, request: Request, id: ArmId) -> Reply:
    cloud.access.check(request.caller, f"{DEPLOYMENTS}/validate/action", id)
    planned = _planned(cloud, request, id)
    wanted = [{"id": item.id.text} for item in planned.items if item.wanted]
    properties = {**_about(cloud, request, planned), "provisioningState": "Succeeded", "validatedResources": wanted}
    return Reply(200, {"id": id.text, "name": id.name, "type": DEPLOYMENTS, "properties": properties})


def _what_if(cloud: Cloud, request: Request, id: ArmId) -> Reply:
    """No changes: the operation succeeds and tells an error, as it does of a template that is wrong."""
    cloud.access.check(request.caller, f"{DEPLOYMENTS}/whatIf/action", id)
    text = "The local cloud does not tell what a deployment would change."
    return Reply(200, {"status": "Failed", "error": {"code": "InvalidDeployment", "message": text}})


def _deploy(cloud: Cloud, request: Request, id: ArmId, arm: Arm) -> Reply:
    """Evaluate and carry out. What fails on the way fails the deployment, not the request."""
    cloud.access.check(request.caller, f"{DEPLOYMENTS}/write", id)
    check_locks(cloud.store, id, "write")
    planned = _planned(cloud, request, id)
    began, created = cloud.store.seconds(), not cloud.store.exists(id.key)
    # Operations of its resources end at once: nobody could wait for them.
    run = Run(replace(cloud, realistic=False), request, planned, arm)
    try:
        steps = carry_out(run)
        outputs = _outputs(run) if not any(step.fault for step in steps) else {}
    except TemplateError as problem:
        raise _invalid(problem) from None
    properties = {**_about(cloud, request, planned), **_ended(cloud, steps, began), "outputs": outputs}
    document = {"id": id.text, "name": id.name, "type": DEPLOYMENTS, "properties": properties}
    keep(cloud, request, id, document, steps)
    if "error" not in properties:
        return Reply(201 if created else 200, document)
    where = f"{request.base}{id.text}/operationStatuses/{uuid.uuid4()}"
    headers = {"Azure-AsyncOperation": f"{where}?api-version={request.api_version}", "Retry-After": "1"}
    begun = {**_about(cloud, request, planned), "provisioningState": "Accepted", "timestamp": properties["timestamp"]}
    return Reply(201, {**document, "properties": begun}, headers)


def _ended(cloud: Cloud, steps: list[Step], began: float) -> dict[str, Any]:
    failed = any(step.fault for step in steps)
    return {
        "provisioningState": "Failed" if failed else "Succeeded",
        "timestamp": cloud.now(),
        "duration": f"PT{max(cloud.store.seconds() - began, 0.001):.7f}S",
        "outputResources": [{"id": step.item.id.text} for step in steps if step.fault is None],
        **({"error": error(steps)} if failed else {}),
    }


def _about(cloud: Cloud, request: Request, planned: Plan) -> dict[str, Any]:
    template = relaxed_json.read(request.content)["properties"]["template"]
    digest = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).digest()
    kinds = sorted({(item.id.type.split("/")[0], item.id.type.split("/", 1)[1]) for item in planned.items})
    return {
        "templateHash": str(int.from_bytes(digest[:8])),
        "parameters": planned.shown_parameters(),
        "mode": "Incremental",
        "correlationId": request.correlation_id,
        "providers": [{"namespace": space, "resourceTypes": [{"resourceType": kind}]} for space, kind in kinds],
        "dependencies": [],
    }


def _outputs(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = {}
    functions = run.functions()
    for name, each in run.plan.outputs.items():
        if evaluated(each.get("condition", True), functions) is not True:
            continue
        kind = kind_of(each)
        found[name] = {"type": kind, **({} if is_secret(kind) else {"value": evaluated(each.get("value"), functions)})}
    return found


def _operations(cloud: Cloud, request: Request, id: ArmId, one: list[str]) -> Reply:
    _known(cloud, request, id, "operations/read")
    rows = cloud.store.children(id.key, f"{DEPLOYMENTS}/{OPERATIONS}".lower())
    if not one:
        return Reply(200, {"value": [row.body for row in rows]})
    found = next((row.body for row in rows if row.body["operationId"].lower() == one[0]), None)
    if found is None:
        raise ArmFault(404, "DeploymentOperationNotFound", f"The deployment operation '{one[0]}' could not be found.")
    return Reply(200, found)


def _status(cloud: Cloud, request: Request, id: ArmId) -> Reply:
    properties = _known(cloud, request, id, "operationStatuses/read").body["properties"]
    error = {"error": properties["error"]} if "error" in properties else {}
    return Reply(200, {"status": properties["provisioningState"], **error})
