"""The hand of Azure Policy: after a write, assignments deploy what their rules find missing, as their own identity.

Source: "Azure Policy definitions deployIfNotExists effect". What is deployed is a template like any other: the identity
needs the rights, and what it does stands in the activity log under its name.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping

from azkeep.emulator.cloud import Cloud
from azkeep.emulator.deployments.running import Arm
from azkeep.emulator.deployments.template import DEPLOYMENTS
from azkeep.emulator.messages import Request
from azkeep.errors import ArmFault
from azkeep.model import expressions
from azkeep.model.expression_functions import EvaluationFailed
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types import by_arm_type
from azkeep.types.azure_policy import rules
from azkeep.types.azure_policy.assignments import DEPLOY, RULE, Judgement
from azkeep.types.azure_policy.rules import Scene, effect_name
from azkeep.types.azure_policy.subject import Subject
from azkeep.types.write import Caller

CLIENT = "AzurePolicy"
# What breaks on a deployment whose template has another shape than ARM's.
MALFORMED = (AttributeError, TypeError, KeyError, IndexError, ValueError)
DEPLOYMENTS_VERSION = "2021-04-01"


def follow(cloud: Cloud, request: Request, id: ArmId, judgements: tuple[Judgement, ...], arm: Arm) -> None:
    """Deploy what the assignments miss after the write of `id`; a deployment that is refused is left to the records.

    `arm` takes the requests of the assignments' identities.
    """
    for judgement in judgements:
        if effect_name(judgement.effect) == DEPLOY and not request.caller.resource:
            try:
                _remedy(cloud, request, id, judgement, arm)
            except (ArmFault, EvaluationFailed, *MALFORMED):
                continue


def _remedy(cloud: Cloud, request: Request, id: ArmId, judgement: Judgement, arm: Arm) -> None:
    row, type_ = cloud.store.get(id.key), by_arm_type(id.type)
    caller = _identity(cloud, judgement.assigned.assignment)
    if row is None or type_ is None or caller is None:
        return
    subject = Subject(ArmId.parse(row.id), type_, row.body, cloud.governance.place(id, "", cloud.now()))
    scope = _scope(judgement, subject)
    details = get(judgement.assigned.definition, f"{RULE}/then/details") or {}
    if not _exists(cloud, subject, details, scope, judgement):
        _deploy(cloud, request, subject.id, details, scope, caller, arm)


def _identity(cloud: Cloud, assignment: Body) -> Caller | None:
    """The identity of an assignment, its own or the first that was assigned to it; None if it has none."""
    assigned = get(assignment, "/identity/userAssignedIdentities") or {}
    own = [get(assignment, "/identity/principalId"), *(get(each, "/principalId") for each in assigned.values())]
    found = next((str(each) for each in own if each), None)
    if found is None:
        return None
    known = cloud.directory.by_object_id(found)
    return Caller(
        object_id=found,
        name=str(assignment["name"]),
        kind="ServicePrincipal",
        tenant=cloud.identity.tenant,
        application_id=known.client_id if known else found,
        resource=str(assignment["id"]),
    )


def _scope(judgement: Judgement, subject: Subject) -> expressions.Scope:
    assigned = judgement.assigned
    functions = subject.functions(assigned.parameters(), assigned.identifiers())
    return rules.functions(Scene(subject.field, functions))


def _exists(cloud: Cloud, subject: Subject, details: Body, scope: expressions.Scope, judgement: Judgement) -> bool:
    """True if a resource of the kind that the policy wants stands there already, as the policy wants it."""
    kind = str(details.get("type", ""))
    name = str(expressions.resolved(details.get("name"), scope) or "")
    type_ = by_arm_type(kind)
    group = subject.id.resource_group_id
    below = kind.lower().startswith(f"{subject.kind.lower()}/") or (type_ is not None and type_.is_extension)
    around = subject.id if below or group is None else group
    for row in cloud.store.under(around.key, type=kind.lower()):
        found = ArmId.parse(row.id)
        if type_ is None or (name and found.name.lower() != name.rsplit("/", 1)[-1].lower()):
            continue
        other = Subject(found, type_, row.body, subject.place)
        condition = details.get("existenceCondition")
        if condition is None or rules.holds(rules.read(condition), Scene(other.field, _scope(judgement, other))):
            return True
    return False


def _deploy(
    cloud: Cloud, request: Request, id: ArmId, details: Body, scope: expressions.Scope, caller: Caller, arm: Arm
) -> None:
    """Send the policy's deployment to the group of the resource, as Azure Policy does under a name of its own."""
    group, deployment = id.resource_group_id, get(details, "/deployment/properties")
    if group is None or not isinstance(deployment, Mapping):
        return
    given = expressions.resolved(deployment.get("parameters") or {}, scope)
    body = {"properties": {"mode": "Incremental", "template": deployment.get("template"), "parameters": given}}
    wanted = group.extension(DEPLOYMENTS, f"PolicyDeployment_{uuid.uuid4().int % 10**19}")
    cause = dataclasses.replace(
        request, headers={"user-agent": CLIENT}, correlation_id=str(uuid.uuid4()), caller=caller
    )
    arm(cloud, cause.follow_up("PUT", wanted.text, DEPLOYMENTS_VERSION, body))
