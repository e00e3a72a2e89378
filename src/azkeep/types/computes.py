"""Microsoft.MachineLearningServices/workspaces/computes. Source: Azure Machine Learning REST API 2025-12-01."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types._compute_checks import AML, INNER, INSTANCE, check, is_kind
from azkeep.types._compute_nodes import allocation
from azkeep.types._document import completed, region, same_text
from azkeep.types._identity import READ_ONLY, with_identity
from azkeep.types._linked_access import join_subnet
from azkeep.types._machine_learning import IN_WORKSPACE, has_managed_network, user_error, workspace_of
from azkeep.types._network import free_addresses
from azkeep.types._workspace_network import is_active, provisioned, provisioning_effects
from azkeep.types.resource_type import Action, Immutable, Link, LinkedAccess, NameRule, ResourceType, Timing
from azkeep.types.write import Effect, Estate, PutEffect, Write

DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
SHORTEST_IDLE, LONGEST_IDLE = 900, 259_200
APPLICATIONS = ("Jupyter", "Jupyter Lab", "VS Code", "Terminal")


def _complete(write: Write, estate: Estate) -> Body:
    always: dict[str, Any] = {"/properties/modifiedOn": write.now, "/properties/isAttachedCompute": False}
    once: dict[str, Any] = {"/properties/createdOn": write.now}
    location = get(write.before, "/properties/computeLocation") or get(write.body, "/properties/computeLocation")
    always["/properties/computeLocation"] = location or region(write.body)
    size = get(write.body, f"{INNER}/vmSize")
    if isinstance(size, str):
        always[f"{INNER}/vmSize"] = size.upper()  # the service shows sizes in capitals
    if is_kind(write.body, AML):
        always |= {**_cluster_values(write), **allocation(write, estate)}
    elif is_kind(write.body, INSTANCE):
        once |= _instance_values(write, estate)
    else:
        always["/properties/isAttachedCompute"] = True
    return with_identity(completed(write, once=once, always=always), write, estate)


def _cluster_values(write: Write) -> dict[str, Any]:
    """Defaults of a cluster; remote login is open or closed after create, never NotSpecified (REST API)."""
    values: dict[str, Any] = {
        f"{INNER}/{name}": value
        for name, value in (
            ("osType", "Linux"),
            ("vmPriority", "Dedicated"),
            ("isolatedNetwork", False),
            ("enableNodePublicIp", True),
        )
        if get(write.body, f"{INNER}/{name}") is None
    }
    if get(write.body, f"{INNER}/scaleSettings/minNodeCount") is None:
        values[f"{INNER}/scaleSettings/minNodeCount"] = 0
    if get(write.body, f"{INNER}/scaleSettings/nodeIdleTimeBeforeScaleDown") is None:
        values[f"{INNER}/scaleSettings/nodeIdleTimeBeforeScaleDown"] = "PT2M"
    login = f"{INNER}/remoteLoginPortPublicAccess"
    if same_text(get(write.body, login) or "NotSpecified", "NotSpecified"):
        closed = get(write.body, f"{INNER}/subnet/id") or get(write.body, f"{INNER}/enableNodePublicIp") is False
        values[login] = get(write.before, login) or ("Disabled" if closed else "Enabled")
    return values


def _instance_values(write: Write, estate: Estate) -> dict[str, Any]:
    subnet = get(write.body, f"{INNER}/subnet/id")
    address = next(iter(free_addresses(estate, str(subnet), 1)), None) if subnet else None
    named = {f"{INNER}/sshSettings/adminUserName": "azureuser"} if get(write.body, f"{INNER}/sshSettings") else {}
    host = f"https://{write.id.name.lower()}.{region(write.body)}.instances.azureml.ms"
    return {
        **named,
        f"{INNER}/state": "Running",
        f"{INNER}/createdBy": {
            "userId": write.caller.object_id,
            "userName": write.caller.name,
            "userOrgId": write.caller.tenant,
        },
        f"{INNER}/connectivityEndpoints": {"privateIpAddress": address, "publicIpAddress": None},
        f"{INNER}/applications": [{"displayName": name, "endpointUri": host} for name in APPLICATIONS],
        f"{INNER}/errors": [],
        f"{INNER}/lastOperation": _operation("Create", write.now),
    }


def _operation(name: str, now: str) -> dict[str, str]:
    return {
        "operationName": name,
        "operationStatus": "Succeeded",
        "operationTime": now,
        "operationTrigger": "User",
    }


def _effects(write: Write, estate: Estate) -> tuple[Effect, ...]:
    """The first compute of a workspace makes its managed network."""
    workspace = workspace_of(write.id, estate)
    native = is_kind(write.body, AML) or is_kind(write.body, INSTANCE)
    if workspace is None or not native or not has_managed_network(workspace) or is_active(workspace):
        return ()
    return (PutEffect(str(workspace["id"]), provisioned(workspace)), *provisioning_effects(workspace, estate))


def _instance_only(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    return None if is_kind(body, INSTANCE) else user_error("Only a compute instance can be started and stopped.")


def _idle_time(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    """Refuses what is no idle time. Source: IdleShutdownSetting of the API, 15 minutes to 3 days, empty for none."""
    asked = sent.get("idleTimeBeforeShutdown")
    if asked is None or (asked and not SHORTEST_IDLE <= _seconds(str(asked)) <= LONGEST_IDLE):
        return user_error(f"The idle time '{asked}' must be an ISO 8601 duration from PT15M to P3D.")
    return None if is_kind(body, INSTANCE) else user_error("Only a compute instance shuts down when it is idle.")


def _seconds(duration: str) -> int:
    """The length of `P1DT2H3M`; 0 for what is none."""
    found = DURATION.fullmatch(duration)
    factors = (86_400, 3_600, 60, 1)
    return sum(int(part or 0) * factor for part, factor in zip(found.groups(), factors, strict=True)) if found else 0


def _idle(id: ArmId, body: Body, sent: Body, estate: Estate, now: str) -> Body:
    return {"properties": {"properties": {"idleTimeBeforeShutdown": sent.get("idleTimeBeforeShutdown") or None}}}


def _list_nodes(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    count = int(get(body, f"{INNER}/currentNodeCount") or 0)
    return {
        "nodes": [{"nodeId": f"tvmps_{index}", "nodeState": "idle", "port": 50000 + index} for index in range(count)]
    }


def _list_keys(id: ArmId, body: Body, sent: Body, secrets: Mapping[str, Any], estate: Estate) -> Any:
    return {"computeType": get(body, "/properties/computeType")}


def _turned(operation: str, state: str) -> Action:
    """A POST that turns an instance on or off, which its last operation tells from then on."""

    def change(id: ArmId, body: Body, sent: Body, estate: Estate, now: str) -> Body:
        return {"properties": {"properties": {"state": state, "lastOperation": _operation(operation, now)}}}

    return Action(_instance_only, status=202, changes=change)


def _inner(*names: str) -> tuple[str, ...]:
    return tuple(f"{INNER}/{name}" for name in names)


TYPE = ResourceType(
    arm_type="Microsoft.MachineLearningServices/workspaces/computes",
    token="azure-native:machinelearningservices:Compute",
    path=f"{IN_WORKSPACE}/computes/{{computeName}}",
    flattened=False,
    autoname="copy",
    delete_query={"underlyingResourceAction": "Delete"},
    name=NameRule(
        pattern=r"^[a-zA-Z]([a-zA-Z0-9-]*[a-zA-Z0-9])?$",
        minimum=2,
        maximum=24,
        code="ValidationError",
        message="Compute name '{name}' is invalid. It must be between 2 and 24 characters long, begin with a letter,"
        " end with a letter or digit, and may hold hyphens.",
    ),
    required=("/properties/computeType",),
    required_code="ValidationError",
    # "Secure network traffic flow", permissions on the network: join the subnet, and the network around it.
    linked=(
        join_subnet(f"{INNER}/subnet/id"),
        LinkedAccess(f"{INNER}/subnet/id", "Microsoft.Network/virtualNetworks/join/action", enclosing=True),
    ),
    links=(
        Link("/properties/resourceId"),
        Link(f"{INNER}/subnet/id", types=("Microsoft.Network/virtualNetworks/subnets",), code="UserError"),
    ),
    immutable=tuple(
        Immutable(f"/properties/{name}", "UserError", f"Property {name} of compute '{{name}}' cannot be changed.", 400)
        for name in ("computeType", "disableLocalAuth", "resourceId")
    ),
    read_only=(
        *READ_ONLY,
        "/properties/createdOn",
        "/properties/modifiedOn",
        "/properties/provisioningErrors",
        "/properties/isAttachedCompute",
        *_inner("allocationState", "allocationStateTransitionTime", "currentNodeCount", "targetNodeCount"),
        *_inner("nodeStateCounts", "errors", "state", "lastOperation", "applications", "connectivityEndpoints"),
        *_inner(
            "sshSettings/adminUserName",
            "sshSettings/sshPort",
            "createdBy",
            "versions",
            "dataDisks",
            "dataMounts",
            "osImageMetadata",
            "containers",
        ),
    ),
    secrets=_inner(
        "userAccountCredentials/adminUserPassword",
        "userAccountCredentials/adminUserSshPublicKey",
        "administratorAccount/password",
        "administratorAccount/privateKeyData",
        "databricksAccessToken",
        "relayConnectionString",
        "serviceBusConnectionString",
        "sslConfiguration/key",
    ),
    # Answer of Compute createOrUpdate in the REST examples.
    defaults={"/tags": {}, "/properties/disableLocalAuth": False},
    check=check,
    complete=_complete,
    effects=_effects,
    put=Timing(asynchronous=True, seconds=20),
    delete=Timing(created=200, asynchronous=True, accepted=True, seconds=20),
    actions={
        "listNodes": Action(_list_nodes),
        "listKeys": Action(_list_keys),
        "start": _turned("Start", "Running"),
        "stop": _turned("Stop", "Stopped"),
        "restart": _turned("Restart", "Running"),
        "updateIdleShutdownSetting": Action(_idle_time, changes=_idle),
    },
    system_data=True,
    tracked=False,
    volatile=(
        "/systemData",
        "/properties/modifiedOn",
        *_inner("allocationState", "allocationStateTransitionTime", "currentNodeCount", "targetNodeCount"),
        *_inner("nodeStateCounts", "errors", "state", "lastOperation", "osImageMetadata"),
    ),
)
