"""The activity log: what is written down for every write, delete and action, and how it is asked for.

Source: Azure Monitor, activity logs REST API 2015-04-01. An event names who, when and which operation, never values.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from azkeep.emulator.cloud import ACTIVITY_LAG, Cloud, rfc3339
from azkeep.emulator.filters import Comparison, FilterError, parse_filter
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.reads import page, page_start
from azkeep.emulator.store_activity import Activity, Event
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId

CLAIM_OBJECT = "http://schemas.microsoft.com/identity/claims/objectidentifier"
CLAIM_UPN = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"
TICKS_BEFORE_1970 = 621_355_968_000_000_000
COLUMNS = {
    "resourcegroupname": "resource_group",
    "resourceuri": "resource",
    "resourceid": "resource",
    "resourceprovider": "provider",
    "correlationid": "correlation",
}
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
) -> None:
    """Write down one request: Started, Accepted where it runs on until `ends`, and Succeeded or Failed."""
    operation = str(uuid.uuid4())
    events = [
        Event(
            at=stage.at,
            subscription=(id.subscription or "").lower(),
            resource_group=(id.resource_group or "").lower(),
            resource=id.key,
            provider=id.type.split("/")[0].lower(),
            correlation=request.correlation_id.lower(),
            client=request.headers.get("user-agent", ""),
            document=_document(request, id, action, operation, stage, cloud.lag(ACTIVITY_LAG)),
        )
        for stage in _stages(cloud.store.seconds(), status, ends, fault)
    ]
    Activity(cloud.store).add(events)


def _stages(now: float, status: int, ends: float, fault: ArmFault | None) -> list[_Stage]:
    started = _Stage(now, "Started", 0)
    if fault is not None:
        return [started, _Stage(now, "Failed", fault.status, fault)]
    if ends > now:
        return [started, _Stage(now, "Accepted", status), _Stage(ends, "Succeeded", 200)]
    return [started, _Stage(now, "Succeeded", status)]


def _named(value: str, shown: str | None = None) -> dict[str, str]:
    return {"value": value, "localizedValue": shown or value}


def _document(request: Request, id: ArmId, action: str, operation: str, stage: _Stage, lag: float) -> dict[str, Any]:
    caller = request.caller
    moment = rfc3339(datetime.fromtimestamp(stage.at, UTC))
    event_id = str(uuid.uuid4())
    ticks = int(stage.at * 10_000_000) + TICKS_BEFORE_1970
    return {
        "authorization": {"action": action, "scope": id.text},
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
        "id": f"{id.text}/events/{event_id}/ticks/{ticks}",
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
        "eventTimestamp": moment,
        "submissionTimestamp": rfc3339(datetime.fromtimestamp(stage.at + lag, UTC)),
        "subscriptionId": id.subscription or "",
        "tenantId": caller.tenant,
    }


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
    return {**claims, "name": caller.name, "idtyp": "app"}


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
    start, end, only = _span(request.query.get("$filter", ""), cloud.store.seconds())
    subscription = (request.target.subscription or "").lower()
    end = min(end, cloud.store.seconds() - cloud.lag(ACTIVITY_LAG))
    found = Activity(cloud.store).find(subscription, start, end, only, after=page_start(request), limit=PAGE + 1)
    chosen = [member for member in request.query.get("$select", "").split(",") if member]
    items = [_selected(document, chosen) for _, document in found[:PAGE]]
    return Reply(200, page(request, items, found[PAGE - 1][0] if len(found) > PAGE else None))


def _selected(document: Mapping[str, Any], chosen: list[str]) -> Mapping[str, Any]:
    return {name: document[name] for name in chosen if name in document} if chosen else document


def _refused(reason: str) -> ArmFault:
    return ArmFault(400, "BadRequest", f"The $filter of the activity log is invalid: {reason}.")


def _span(text: str, now: float) -> tuple[float, float, tuple[str, str] | None]:
    if not text.strip():
        raise _refused("it is required and must limit eventTimestamp")
    try:
        comparisons = parse_filter(text)
    except FilterError as error:
        raise _refused(str(error)) from None
    bounds = {"ge": 0.0, "le": now}
    only: tuple[str, str] | None = None
    for each in comparisons:
        if each.name.lower() == "eventtimestamp":
            _bound(bounds, each)
        else:
            only = _only(each, only)
    if not any(each.name.lower() == "eventtimestamp" and each.operator == "ge" for each in comparisons):
        raise _refused("a start such as eventTimestamp ge '2026-01-31T00:00:00Z' is required")
    return bounds["ge"], bounds["le"], only


def _bound(bounds: dict[str, float], comparison: Comparison) -> None:
    if comparison.operator not in bounds:
        raise _refused(f"eventTimestamp takes ge and le, not {comparison.operator}")
    try:
        moment = datetime.fromisoformat(comparison.value)
    except ValueError:
        raise _refused(f"'{comparison.value}' is not a point in time") from None
    bounds[comparison.operator] = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _only(comparison: Comparison, before: tuple[str, str] | None) -> tuple[str, str]:
    column = COLUMNS.get(comparison.name.lower())
    if column is None or comparison.operator != "eq":
        raise _refused(f"'{comparison.name} {comparison.operator}' is not supported")
    if before is not None:
        raise _refused("only one of resourceGroupName, resourceUri, resourceProvider and correlationId is allowed")
    return column, comparison.value.lower().rstrip("/")
