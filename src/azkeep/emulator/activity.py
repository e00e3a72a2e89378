"""The activity log: what is written down for every write, delete and action, and how it is asked for.

Source: Azure Monitor, activity logs REST API 2015-04-01. An event names who, when and which operation, never values.
"""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from azkeep.emulator import governance
from azkeep.emulator.cloud import ACTIVITY_LAG, Cloud, rfc3339
from azkeep.emulator.filters import Comparison, FilterError, parse_filter
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.rbac import Role
from azkeep.emulator.reads import page, page_start
from azkeep.emulator.store_activity import Activity, Event, Wanted
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.types.azure_policy.assignments import AUDIT, Judgement
from azkeep.types.azure_policy.rules import effect_name

CLAIM_OBJECT = "http://schemas.microsoft.com/identity/claims/objectidentifier"
CLAIM_UPN = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"
TICKS_BEFORE_1970 = 621_355_968_000_000_000
PLACES = {
    "resourcegroupname": "resource_group",
    "resourceuri": "resource",
    "resourceid": "resource",
    "resourceprovider": "provider",
    "correlationid": "correlation",
}
"""Members of which a filter may name one. Source: Activity Logs, list, `$filter`."""
MORE = {"caller": "caller", "status": "status", "levels": "level"}
"""Members that clients send besides. Source: observed requests of the Azure CLI and of scripts."""
CHANNELS = frozenset({"admin", "operation"})
POLICY = "/providers/microsoft.authorization/policyassignments/"
DENIED = "Microsoft.Authorization/policies/deny/action"
VIOLATION = "PolicyViolation"
AUDITED = "Microsoft.Authorization/policies/audit/action"
DEPLOY_IF_NOT_EXISTS = "Microsoft.Authorization/policies/deployIfNotExists/action"
PAGE = 200


@dataclass(frozen=True)
class _Stage:
    """One event of a request: when, its state, and the HTTP status behind it (0 for none)."""

    at: float
    state: str
    status: int
    fault: ArmFault | None = None


def record(
    cloud: Cloud,
    request: Request,
    id: ArmId,
    action: str,
    status: int,
    *,
    ends: float = 0.0,
    fault: ArmFault | None = None,
    outcome: ArmFault | None = None,
) -> None:
    """Write down one request: Started, Accepted where it runs on until `ends`, and Succeeded or Failed.

    `fault` refuses the request, `outcome` is how an accepted one fails in the end.

    What a policy's identity does is told once more as an event of the policy.
    """
    operation = str(uuid.uuid4())
    role = cloud.access.granted_by(request.caller, action, id)
    events = [
        _event(
            request,
            id,
            stage.at,
            _document(request, id, action, operation, stage)
            | _granted(id, action, role)
            | {"submissionTimestamp": _moment(stage.at + cloud.lag(ACTIVITY_LAG))},
        )
        for stage in _stages(cloud.store.seconds(), status, ends, fault, outcome)
    ]
    events.extend(_denials(cloud, request, id, fault))
    if events and POLICY in request.caller.resource.lower():
        events.append(_of_policy(request, events[-1]))
    Activity(cloud.store).add(events)


def _granted(id: ArmId, action: str, role: Role | None) -> dict[str, Any]:
    named = {"role": role.name} if role else {}
    return {"authorization": {"action": action, **named, "scope": id.text}}


def _of_policy(request: Request, event: Event) -> Event:
    """The event by which Azure Policy says that it deployed what was missing."""
    assignment = request.caller.resource
    policies = [{"policyAssignmentId": assignment, "policyDefinitionEffect": "deployIfNotExists"}]
    event_id = str(uuid.uuid4())
    found = {
        **event.document,
        "category": _named("Policy"),
        "eventDataId": event_id,
        "id": f"{event.document['resourceId']}/events/{event_id}/ticks/{_ticks(event.at)}",
        "operationName": _named(DEPLOY_IF_NOT_EXISTS, "'deployIfNotExists' Policy action."),
        "properties": {
            "isComplianceCheck": "False",
            "entity": event.document["resourceId"],
            "message": DEPLOY_IF_NOT_EXISTS,
            "policies": json.dumps(policies),
        },
    }
    return dataclasses.replace(event, document=found)


def audited(cloud: Cloud, request: Request, id: ArmId, judgements: Iterable[Judgement]) -> None:
    """Write down that policies let a write pass which their rules speak against: a warning for each."""
    audits = [each for each in judgements if effect_name(each.effect) == AUDIT]
    found = [_of_judgement(cloud, request, id, AUDITED, governance.policy_details(each)) for each in audits]
    Activity(cloud.store).add(found)


def _denials(cloud: Cloud, request: Request, id: ArmId, fault: ArmFault | None) -> list[Event]:
    """An event for each policy that a refusal names."""
    violations = [each["info"] for each in fault.additional_info if each.get("type") == VIOLATION] if fault else []
    return [_of_judgement(cloud, request, id, DENIED, each) for each in violations]


def _of_judgement(cloud: Cloud, request: Request, id: ArmId, action: str, policy: Mapping[str, Any]) -> Event:
    """The event by which Azure Policy says what it made of a write."""
    now, denied = cloud.store.seconds(), action == DENIED
    stage = _Stage(now, "Failed" if denied else "Succeeded", 403 if denied else 200)
    named = {name: value for name, value in policy.items() if name != "evaluationDetails"}
    event = {
        "category": _named("Policy"),
        "level": "Error" if denied else "Warning",
        "operationName": _named(action, f"'{action.split('/')[-2]}' Policy action."),
        "submissionTimestamp": _moment(now + cloud.lag(ACTIVITY_LAG)),
        "properties": {
            "isComplianceCheck": "False",
            "entity": id.text,
            "message": action,
            "policies": json.dumps([named]),
        },
    }
    return _event(request, id, now, _document(request, id, action, str(uuid.uuid4()), stage) | event)


def _event(request: Request, id: ArmId, at: float, document: dict[str, Any]) -> Event:
    return Event(
        at=at,
        subscription=(id.subscription or "").lower(),
        resource_group=(id.resource_group or "").lower(),
        resource=id.key,
        provider=id.type.split("/")[0].lower(),
        correlation=request.correlation_id.lower(),
        client=request.headers.get("user-agent", ""),
        document=document,
    )


def _stages(now: float, status: int, ends: float, fault: ArmFault | None, outcome: ArmFault | None) -> list[_Stage]:
    started = _Stage(now, "Started", 0)
    if fault is not None:
        return [started, _Stage(now, "Failed", fault.status, fault)]
    if ends > now or outcome is not None:
        last = _Stage(ends, "Failed", outcome.status, outcome) if outcome else _Stage(ends, "Succeeded", 200)
        return [started, _Stage(now, "Accepted", status), last]
    return [started, _Stage(now, "Succeeded", status)]


def _named(value: str, shown: str | None = None) -> dict[str, str]:
    return {"value": value, "localizedValue": shown or value}


def _document(request: Request, id: ArmId, action: str, operation: str, stage: _Stage) -> dict[str, Any]:
    caller = request.caller
    event_id = str(uuid.uuid4())
    return {
        "caller": caller.name if caller.kind == "User" else caller.object_id,
        "claims": _claims(request),
        "correlationId": request.correlation_id,
        "description": "",
        "eventDataId": event_id,
        "eventName": _named("BeginRequest", "Begin request")
        if not stage.status
        else _named("EndRequest", "End request"),
        "category": _named("Administrative"),
        "httpRequest": _http_request(request),
        "id": f"{id.text}/events/{event_id}/ticks/{_ticks(stage.at)}",
        "level": "Informational" if stage.fault is None else "Error",
        "resourceGroupName": id.resource_group or "",
        "resourceProviderName": _named(id.type.split("/")[0]),
        "resourceId": id.text,
        "resourceType": _named(id.type),
        "operationId": operation,
        "operationName": _named(action),
        "properties": _properties(id, action, stage),
        "status": _named(stage.state),
        "subStatus": _sub_status(stage.status),
        "eventTimestamp": _moment(stage.at),
        "subscriptionId": id.subscription or "",
        "tenantId": caller.tenant,
    }


def _moment(seconds: float) -> str:
    return rfc3339(datetime.fromtimestamp(seconds, UTC))


def _ticks(seconds: float) -> int:
    """Hundreds of nanoseconds since the year 1."""
    return int(seconds * 10_000_000) + TICKS_BEFORE_1970


def _http_request(request: Request) -> dict[str, str]:
    return {
        "clientRequestId": request.headers.get("x-ms-client-request-id", request.request_id),
        "clientIpAddress": "127.0.0.1",
        "method": request.method,
        "uri": f"{request.base}{request.path}",
    }


def _claims(request: Request) -> dict[str, str]:
    caller = request.caller
    claims = {"aud": f"{request.base}/", CLAIM_OBJECT: caller.object_id, "appid": caller.application_id}
    if caller.kind == "User":
        return {**claims, "name": caller.name, CLAIM_UPN: caller.name, "idtyp": "user"}
    managed = {"xms_mirid": caller.resource} if caller.resource else {}
    return {**claims, "name": caller.name, "idtyp": "app", **managed}


def _sub_status(code: int) -> dict[str, str]:
    if not code:
        return _named("")
    phrase = "".join(word.capitalize() for word in HTTPStatus(code).phrase.split()) if code != 200 else "OK"
    return _named(phrase, f"{phrase} (HTTP Status Code: {code})")


def _properties(id: ArmId, action: str, stage: _Stage) -> dict[str, str]:
    found = {"eventCategory": "Administrative", "entity": id.text, "message": action}
    if stage.fault is None:
        return found
    error = {"error": {"code": stage.fault.code, "message": stage.fault.message}}
    return {**found, "statusCode": _sub_status(stage.status)["value"], "statusMessage": json.dumps(error)}


def values(cloud: Cloud, request: Request) -> Reply:
    """GET of events, newest first. Raises ArmFault for a filter outside the few forms that the service takes."""
    latest = cloud.store.seconds() - cloud.lag(ACTIVITY_LAG)
    wanted = _wanted(request.query.get("$filter", ""), latest)
    subscription = (request.target.subscription or "").lower()
    found = Activity(cloud.store).find(subscription, wanted, after=page_start(request), limit=PAGE + 1)
    chosen = [member for member in request.query.get("$select", "").split(",") if member]
    items = [_selected(document, chosen) for _, document in found[:PAGE]]
    return Reply(200, page(request, items, found[PAGE - 1][0] if len(found) > PAGE else None))


def _selected(document: Mapping[str, Any], chosen: list[str]) -> Mapping[str, Any]:
    return {name: document[name] for name in chosen if name in document} if chosen else document


def _refused(reason: str) -> ArmFault:
    return ArmFault(400, "BadRequest", f"The $filter of the activity log is invalid: {reason}.")


def _wanted(text: str, latest: float) -> Wanted:
    if not text.strip():
        raise _refused("it is required and must limit eventTimestamp")
    try:
        comparisons = parse_filter(text)
    except FilterError as error:
        raise _refused(str(error)) from None
    bounds = {"ge": 0.0, "le": latest}
    members: dict[str, tuple[str, ...]] = {}
    for each in comparisons:
        if each.name.lower() == "eventtimestamp":
            _bound(bounds, each)
        elif each.name.lower() != "eventchannels" or not _channels(each):
            _member(each, members)
    if not any(each.name.lower() == "eventtimestamp" and each.operator == "ge" for each in comparisons):
        raise _refused("a start such as eventTimestamp ge '2026-01-31T00:00:00Z' is required")
    return Wanted(bounds["ge"], min(bounds["le"], latest), members)


def _bound(bounds: dict[str, float], comparison: Comparison) -> None:
    if comparison.operator not in bounds:
        raise _refused(f"eventTimestamp takes ge and le, not {comparison.operator}")
    try:
        moment = datetime.fromisoformat(comparison.value)
    except ValueError:
        raise _refused(f"'{comparison.value}' is not a point in time") from None
    bounds[comparison.operator] = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _channels(comparison: Comparison) -> bool:
    """True for `eventChannels eq 'Admin, Operation'` and parts of it: all events here are of these channels."""
    named = {each.strip().lower() for each in comparison.value.split(",")}
    return comparison.operator == "eq" and bool(named) and named <= CHANNELS


def _member(comparison: Comparison, members: dict[str, tuple[str, ...]]) -> None:
    name = comparison.name.lower()
    column = PLACES.get(name) or MORE.get(name)
    if column is None or comparison.operator != "eq":
        raise _refused(f"'{comparison.name} {comparison.operator}' is not supported")
    if name in PLACES and members.keys() & set(PLACES.values()):
        raise _refused("only one of resourceGroupName, resourceUri, resourceProvider and correlationId is allowed")
    values = comparison.value.lower().split(",") if name == "levels" else [comparison.value.lower().rstrip("/")]
    members[column] = tuple(each.strip() for each in values)
