"""`POST /providers/Microsoft.ResourceGraph/resources`: a query, its scope and its page in, rows out.

Source: Azure Resource Graph REST API, Resources; the shape of errors as observed.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from azkeep.emulator import faults
from azkeep.emulator.cloud import Cloud, rfc3339
from azkeep.emulator.graph_tables import Scope, tables
from azkeep.emulator.kusto.errors import QueryError
from azkeep.emulator.kusto.execution import run
from azkeep.emulator.kusto.kinds import shown_datetime, shown_span
from azkeep.emulator.kusto.parser import parse
from azkeep.emulator.kusto.relation import Relation
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.reads import WHOLE
from azkeep.emulator.rights import enter
from azkeep.errors import ArmFault

VERSIONS = ("2024-04-01", "2022-10-01", "2021-03-01", "2021-06-01-preview", "2020-04-01-preview", "2019-04-01")
PAGE = 1000
COLUMN_TYPES = {
    "string": "string",
    "long": "integer",
    "real": "number",
    "bool": "boolean",
    "datetime": "datetime",
    "timespan": "timespan",
    "dynamic": "object",
}


@dataclass(frozen=True)
class _Page:
    """`start`: rows passed over; `size`: rows of a page; `table`: rows as lists instead of objects."""

    start: int
    size: int
    table: bool


def query(cloud: Cloud, request: Request) -> Reply:
    """The answer to a query. Raises ArmFault, 400 for what cannot be run and 429 where queries are limited."""
    version = enter(cloud, request)
    if version.lower() not in VERSIONS:
        raise faults.no_registered_provider("", "resources", version, VERSIONS, ())
    allowed, headers = cloud.graph_quota.take(request.caller.object_id)
    if cloud.throttled() and not allowed:
        raise _throttled(cloud, request, headers)
    began = time.monotonic()
    body = request.body()
    page = _page(cloud, request, body)
    if body.get("facets"):
        raise _bad_option(cloud, request, "facets", "no facet, which the local cloud does not compute,")
    scope = Scope(request.caller, _subscriptions(cloud, request, body))
    try:
        found = run(parse(_text(cloud, request, body)), tables(cloud, scope), cloud.clock())
    except QueryError as error:
        raise _invalid(cloud, request, error) from None
    took = f"0:00:00:{time.monotonic() - began:010.7f}"
    return Reply(200, _answer(found, page), {**headers, "x-ms-resource-graph-request-duration": took})


def _text(cloud: Cloud, request: Request, body: Mapping[str, Any]) -> str:
    text = body.get("query")
    if not isinstance(text, str) or not text.strip():
        raise _refused(cloud, request, 400, "BadRequest", [{"code": "InvalidQuery", "message": "Query is required."}])
    return text


def _page(cloud: Cloud, request: Request, body: Mapping[str, Any]) -> _Page:
    options = body.get("options")
    options = {} if options is None else options
    shape = options.get("resultFormat", "objectArray") if isinstance(options, Mapping) else None
    if shape not in ("objectArray", "table"):
        raise _bad_option(cloud, request, "resultFormat", "objectArray or table")
    size = _whole(cloud, request, options, "$top", PAGE)
    start = _whole(cloud, request, options, "$skip", 0)
    token = options.get("$skipToken")
    if token not in (None, ""):
        start, size = _continued(cloud, request, token)
    if size < 1:
        raise _bad_option(cloud, request, "$top", "1 to 1000")
    return _Page(start, min(size, PAGE), shape == "table")


def _whole(cloud: Cloud, request: Request, options: Mapping[str, Any], name: str, default: int) -> int:
    value = options.get(name, default)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _bad_option(cloud, request, name, "a whole number")
    return value


def _continued(cloud: Cloud, request: Request, token: Any) -> tuple[int, int]:
    """(rows passed over, rows of a page) of the page that a skip token asks for."""
    try:
        start, size = base64.b64decode(str(token).encode(), altchars=b"-_", validate=True).decode().split(":")
    except ValueError:
        start, size = "", ""
    if not (WHOLE.fullmatch(start) and WHOLE.fullmatch(size)):
        raise _bad_option(cloud, request, "$skipToken", "the token of an earlier answer")
    return int(start), int(size)


def _subscriptions(cloud: Cloud, request: Request, body: Mapping[str, Any]) -> tuple[str, ...]:
    """The subscriptions to look in: those asked for, or all, of those in which the caller holds any role."""
    held = [f"{scope}/" for scope in cloud.access.scopes(request.caller)]
    readable = {
        each.id.lower()
        for each in cloud.subscriptions.all()
        if any(scope.startswith(f"/subscriptions/{each.id.lower()}/") for scope in held)
    }
    groups, asked = body.get("managementGroups") or [], body.get("subscriptions") or []
    for given in (groups, asked):
        if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
            raise _bad_option(cloud, request, "subscriptions or managementGroups", "a list of ids")
    if groups and not any(each.lower() == cloud.identity.tenant.lower() for each in groups):
        raise _denied(cloud, request)
    if not asked:
        return tuple(sorted(readable))
    chosen = readable & {each.lower() for each in asked}
    if not chosen:
        raise _denied(cloud, request)
    return tuple(sorted(chosen))


def _answer(found: Relation, page: _Page) -> dict[str, Any]:
    rows = list(found.rows)
    shown = [[_json(row.get(name)) for name in found.columns] for row in rows[page.start : page.start + page.size]]
    answer: dict[str, Any] = {
        "totalRecords": len(rows),
        "count": len(shown),
        "data": _table(found, shown) if page.table else [dict(zip(found.columns, row, strict=True)) for row in shown],
        "facets": [],
        "resultTruncated": "false",
    }
    end = page.start + len(shown)
    if end < len(rows) and shown:
        answer["$skipToken"] = base64.urlsafe_b64encode(f"{end}:{page.size}".encode()).decode()
    return answer


def _table(found: Relation, rows: list[list[Any]]) -> dict[str, Any]:
    columns = [{"name": name, "type": COLUMN_TYPES[kind]} for name, kind in found.columns.items()]
    return {"columns": columns, "rows": rows}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return shown_datetime(value)
    if isinstance(value, float) and not isfinite(value):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]  # as Kusto writes what JSON cannot
    return shown_span(value) if isinstance(value, timedelta) else value


def _refused(
    cloud: Cloud,
    request: Request,
    status: int,
    code: str,
    details: list[dict[str, Any]],
    headers: Mapping[str, str] | None = None,
) -> ArmFault:
    message = (
        f"Please provide below info when asking for support: timestamp = {rfc3339(cloud.clock())},"
        f" correlationId = {request.correlation_id}."
    )
    return ArmFault(status, code, message, details=tuple(details), headers=dict(headers or {}))


def _invalid(cloud: Cloud, request: Request, error: QueryError) -> ArmFault:
    """400 with what is wrong in the last detail, and where, as far as the parser knows."""
    general = (
        "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error"
        " before retrying."
    )
    found: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.place is not None:
        found |= {
            "line": error.place.line,
            "characterPositionInLine": error.place.column,
            "token": error.place.token,
        }
    if error.expected:
        found["expectedToken"] = error.expected
    details = [{"code": "InvalidQuery", "message": general}, found]
    return _refused(cloud, request, 400, "BadRequest", details)


def _bad_option(cloud: Cloud, request: Request, name: str, wanted: str) -> ArmFault:
    details = [{"code": "InvalidOptions", "message": f"The value of {name} is invalid: {wanted} is expected."}]
    return _refused(cloud, request, 400, "BadRequest", details)


def _denied(cloud: Cloud, request: Request) -> ArmFault:
    message = (
        "Access is denied to the requested resource. The user might not have enough permission or the requested"
        " subscription does not exist."
    )
    return _refused(cloud, request, 403, "AccessDenied", [{"code": "AccessDenied", "message": message}])


def _throttled(cloud: Cloud, request: Request, headers: Mapping[str, str]) -> ArmFault:
    message = (
        "Client application has been throttled and should not attempt to repeat the request until an amount of time"
        " has elapsed. Please see https://aka.ms/resourcegraph-throttling for help."
    )
    wait = str(int(headers["x-ms-user-quota-resets-after"].rsplit(":", 1)[1]))
    details = [{"code": "RateLimiting", "message": message}]
    return _refused(cloud, request, 429, "RateLimiting", details, {**headers, "Retry-After": wait})
