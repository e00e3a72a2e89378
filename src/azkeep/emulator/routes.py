"""Which handler answers a request."""

from __future__ import annotations

import dataclasses
from base64 import b64decode
from urllib.parse import parse_qsl

from azkeep.emulator import (
    actions,
    activity,
    deleted,
    faults,
    graph,
    lists,
    permissions,
    providers,
    remediation,
    resources,
    running,
    subscriptions,
    tag_names,
    tags,
    views,
)
from azkeep.emulator.admission import check_media_type
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.deployments import export
from azkeep.emulator.deployments import routes as deployments
from azkeep.emulator.identity import ADFS
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.metadata import endpoints
from azkeep.emulator.oauth import OauthError
from azkeep.emulator.resolve import nameless, no_group_version
from azkeep.emulator.rights import enter_reading
from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId

GRAPH = ("providers", "microsoft.resourcegraph", "resources")
NOT_KEPT = {"Cache-Control": "no-store, no-cache"}
WRITING = ("PUT", "PATCH", "POST")
ARM_ROOTS = frozenset({"subscriptions", "providers", "tenants"})


def reply_to(cloud: Cloud, request: Request) -> Reply:
    """The answer. Raises ArmFault for every refusal of ARM's."""
    lowered = request.target.lowered
    if lowered[:2] == ("metadata", "endpoints"):
        return endpoints(request)
    if not lowered or lowered[0] not in ARM_ROOTS:
        return identity(cloud, request)
    caller = cloud.identity.caller(request.headers.get("authorization"))
    request = dataclasses.replace(request, caller=caller)
    if request.method in WRITING and request.content:
        check_media_type(request.headers)
    if not cloud.throttled():
        return arm(cloud, request)
    counted = "GET" if lowered == GRAPH else request.method  # a query is a read, although it is a POST
    left = cloud.buckets.take(request.target.subscription, caller.object_id, counted)
    reply = arm(cloud, request)
    return dataclasses.replace(reply, headers={**left, **reply.headers})


def arm(cloud: Cloud, request: Request) -> Reply:
    """An authenticated request to Azure Resource Manager."""
    if nameless(request.path):
        raise no_group_version(request.api_version)
    running.settle(cloud)
    if not request.target.has_scope:
        raise faults.not_found()
    deployed = deployments.route(cloud, request, arm)
    if deployed is not None:
        return deployed
    for special in SPECIAL:
        reply = special(cloud, request)
        if reply is not None:
            return reply
    target = request.target
    if request.method == "POST" and target.action is not None:
        return resources.post(cloud, request, *target.action)
    if target.resource is not None and len(target.resource.segments) > 2:
        return _resource(cloud, request, target.resource)
    if target.collection is not None and request.method == "GET":
        return lists.collection(cloud, request, *target.collection)
    request.api_version  # noqa: B018 - a missing version is told before a path that does not exist
    raise faults.not_found()


def _of_tenant_or_subscription(cloud: Cloud, request: Request) -> Reply | None:
    """Lists that ARM itself keeps, outside any provider."""
    if request.method != "GET" or request.target.rest is not None:
        return None
    scope = request.target.scope
    match request.target.lowered:
        case ("tenants",):
            return subscriptions.tenants(cloud, request)
        case ("subscriptions",):
            return subscriptions.subscription_list(cloud, request)
        case ("subscriptions", _):
            return subscriptions.subscription(cloud, request)
        case ("subscriptions", _, "locations"):
            return subscriptions.locations(cloud, request)
        case ("subscriptions", _, "resourcegroups"):
            return lists.groups(cloud, request)
        case ("subscriptions", _, "resources") | ("subscriptions", _, "resourcegroups", _, "resources"):
            return lists.resources(cloud, request, ArmId(scope[:-1]))
    return None


def _of_provider(cloud: Cloud, request: Request) -> Reply | None:
    """Requests to a provider rather than to a resource."""
    target = request.target
    if target.rest is None or len(target.scope) not in (0, 2):
        return None
    rest = tuple(part.lower() for part in target.rest)
    match (request.method, rest):
        case ("GET", () | (_,) | (_, "resourcetypes")):
            return providers.read(cloud, request, target.rest)
        case ("POST", (_, "register" | "unregister")):
            return providers.register(cloud, request, target.rest[0], registered=rest[1] == "register")
        case ("POST", (_, "checknameavailability")):
            return providers.name_availability(cloud, request, target.rest[0])
        case ("POST", ("microsoft.resourcegraph", "resources")) if not target.scope:
            return graph.query(cloud, request)
        case ("GET", ("microsoft.insights", "eventtypes", "management", "values")):
            enter_reading(cloud, request, ArmId(target.scope), "Microsoft.Insights/eventtypes/values/read")
            return activity.values(cloud, request)
    return None


SPECIAL = (
    running.route,
    _of_tenant_or_subscription,
    _of_provider,
    deleted.route,
    export.route,
    permissions.route,
    tags.route,
    tag_names.route,
    views.route,
)
"""What has paths of its own, in the order in which they are asked."""


def _resource(cloud: Cloud, request: Request, id: ArmId) -> Reply:
    match request.method:
        case "GET" | "HEAD":
            return lists.read(cloud, request, id)
        case "PUT" if (found := actions.find_edit(id)) is not None:
            return resources.edit(cloud, request, id, *found)
        case "PUT" | "PATCH":
            reply = resources.put_or_patch(cloud, request, id)
            remediation.follow(cloud, request, id, reply.judgements, arm)
            return reply
        case "DELETE":
            return resources.delete(cloud, request, id)
    raise faults.method_not_allowed(request.method)


def identity(cloud: Cloud, request: Request) -> Reply:
    """A request to the identity service: configuration, keys, discovery or a token."""
    scope = request.target.scope
    tenant = scope[0] if scope else ""
    rest = request.target.lowered[1:]
    try:
        return _of_identity(cloud, request, tenant, rest)
    except OauthError as fault:
        return Reply(fault.status, fault.body(), NOT_KEPT)


def _of_identity(cloud: Cloud, request: Request, tenant: str, rest: tuple[str, ...]) -> Reply:
    if rest[-2:] == (".well-known", "openid-configuration"):
        version = "" if rest[0] != "v2.0" and tenant != ADFS else "v2.0"
        return Reply(200, cloud.identity.configuration(request.base, tenant, version=version))
    if rest[-1:] == ("keys",):
        return Reply(200, cloud.identity.keys())
    if rest == ("discovery", "instance"):
        return Reply(200, _instance(cloud, request))
    if rest[-1:] == ("token",):
        if request.method != "POST":
            said = f"AADSTS900561: The endpoint only accepts POST requests. Received a {request.method} request."
            raise OauthError(400, "invalid_request", said)
        endpoint = f"{request.base}{request.path}"
        return Reply(200, cloud.identity.grant(tenant, _form(request), request.base, endpoint), NOT_KEPT)
    cloud.identity.caller(request.headers.get("authorization"))
    raise faults.missing_subscription()


def _instance(cloud: Cloud, request: Request) -> dict[str, object]:
    """What clients learn of an authority that they do not know."""
    host = request.base.removeprefix("https://")
    return {
        "tenant_discovery_endpoint": f"{request.base}/{cloud.identity.tenant}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }


def _form(request: Request) -> dict[str, str]:
    """The posted form, with credentials from a Basic header where the form has none. Raises OauthError."""
    form = _posted(request)
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic" or "client_secret" in form:
        return form
    try:
        name, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        raise OauthError(
            401,
            "invalid_client",
            "AADSTS7000216: 'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials'"
            " grant type.",
        ) from None
    return {**form, "client_id": name, "client_secret": secret}


def _posted(request: Request) -> dict[str, str]:
    if "json" not in request.headers.get("content-type", ""):
        return dict(parse_qsl(request.content.decode("utf-8", "replace")))
    try:
        return {name: str(value) for name, value in request.body().items()}
    except ArmFault:
        said = "AADSTS900144: The request body must contain the following parameter: 'grant_type'."
        raise OauthError(400, "invalid_request", said) from None
