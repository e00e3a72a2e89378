"""The hand of Azure Policy: after a write, assignments deploy what their rules find missing, as their own identity.

Source: "Azure Policy definitions deployIfNotExists effect". The deployment is a write like any other: the identity
needs the rights, and what it does stands in the activity log under its name.
"""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from azkeep.emulator import target
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.messages import Reply, Request
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types import by_arm_type
from azkeep.types.azure_policy import expressions, rules
from azkeep.types.azure_policy.assignments import DEPLOY, RULE, Judgement
from azkeep.types.azure_policy.functions import EvaluationFailed
from azkeep.types.azure_policy.rules import Scene, effect_name
from azkeep.types.azure_policy.subject import Subject
from azkeep.types.resource_type import Caller

CLIENT = "AzurePolicy"
# What breaks on a deployment whose template has another shape than ARM's.
MALFORMED = (AttributeError, TypeError, KeyError, IndexError, ValueError)
Put = Callable[[Cloud, Request, ArmId], Reply]


def follow(cloud: Cloud, request: Request, id: ArmId, judgements: tuple[Judgement, ...], put: Put) -> None:
    """Deploy what the assignments miss after the write of `id`; a deployment that is refused is left to the records."""
    for judgement in judgements:
        if effect_name(judgement.effect) == DEPLOY and not request.caller.resource:
            try:
                _remedy(cloud, request, id, judgement, put)
            except (ArmFault, EvaluationFailed, *MALFORMED):
                continue


def _remedy(cloud: Cloud, request: Request, id: ArmId, judgement: Judgement, put: Put) -> None:
    row, type_ = cloud.store.get(id.key), by_arm_type(id.type)
    caller = _identity(cloud, judgement.assigned.assignment)
    if row is None or type_ is None or caller is None:
        return
    subject = Subject(ArmId.parse(row.id), type_, row.body, cloud.governance.place(id, "", cloud.now()))
    scope = _scope(judgement, subject)
    details = get(judgement.assigned.definition, f"{RULE}/then/details") or {}
    if not _exists(cloud, subject, details, scope, judgement):
        for resource in _resources(details, scope):
            _deploy(cloud, request, subject.id, resource, caller, put)


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

    def field(name: str) -> Any:
        values, many, _ = subject.field(name, {})
        return values if many else values[0]

    return {**functions, "field": field}


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


def _resources(details: Body, scope: expressions.Scope) -> list[Body]:
    """The resources of the deployment's template, every expression in them resolved."""
    deployment = get(details, "/deployment/properties") or {}
    given: Mapping[str, Any] = expressions.resolved(deployment.get("parameters") or {}, scope)
    template = deployment.get("template") or {}
    defaults = {name: shape.get("defaultValue") for name, shape in (template.get("parameters") or {}).items()}
    values = {name.lower(): value for name, value in defaults.items()}
    values |= {name.lower(): each.get("value") for name, each in given.items()}
    variables = {name.lower(): value for name, value in (template.get("variables") or {}).items()}
    inner: dict[str, Callable[..., Any]] = {**scope, "parameters": lambda name: values[name.lower()]}
    inner["variables"] = lambda name: expressions.resolved(variables[name.lower()], inner)
    return [expressions.resolved(resource, inner) for resource in template.get("resources") or ()]


def _deploy(cloud: Cloud, request: Request, id: ArmId, resource: Body, caller: Caller, put: Put) -> None:
    group = id.resource_group_id
    if group is None:
        return
    wanted = _id_of(group, str(resource["type"]), str(resource["name"]))
    body = {name: value for name, value in resource.items() if name not in ("type", "apiVersion", "name", "dependsOn")}
    sent = dataclasses.replace(
        request,
        method="PUT",
        target=target.parse(wanted.text),
        path=wanted.text,
        query={"api-version": str(resource["apiVersion"])},
        headers={"user-agent": CLIENT, "content-type": "application/json"},
        content=json.dumps(body).encode(),
        request_id=str(uuid.uuid4()),
        correlation_id=str(uuid.uuid4()),
        caller=caller,
    )
    put(cloud, sent, wanted)


def _id_of(group: ArmId, kind: str, name: str) -> ArmId:
    """The id of a template's resource; `ns/type/providers/child` with `name/ns2/child` is an extension."""
    namespace, *types = kind.split("/")
    names = name.split("/")
    if types[-2:-1] == ["providers"]:
        *owners, extension, last = names
        owner = _id_of(group, "/".join((namespace, *types[:-2])), "/".join(owners))
        return owner.extension(f"{extension}/{types[-1]}", last)
    pairs = [part for pair in zip(types, names, strict=True) for part in pair]
    return ArmId((*group.segments, "providers", namespace, *pairs))
