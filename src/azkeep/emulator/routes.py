"""Which handler answers a request."""

from __future__ import annotations

import dataclasses
import json
from base64 import b64decode
from urllib.parse import parse_qsl

from azkeep.emulator import faults, resources
from azkeep.emulator.cloud import Cloud
from azkeep.emulator.identity import OauthFault
from azkeep.emulator.messages import Reply, Request
from azkeep.emulator.metadata import endpoints
from azkeep.model.ids import ArmId

ARM_ROOTS = frozenset({"subscriptions", "providers", "tenants"})


def reply_to(cloud: Cloud, request: Request) -> Reply:
    """The answer. Raises ArmFault for every refusal of ARM's."""
    lowered = request.target.lowered
    if lowered[:2] == ("metadata", "endpoints"):
        return endpoints(request)
    if not lowered or lowered[0] not in ARM_ROOTS:
        return identity(cloud, request)
    caller = cloud.identity.caller(request.headers.get("authorization"))
    return arm(cloud, dataclasses.replace(request, caller=caller))


def arm(cloud: Cloud, request: Request) -> Reply:
    """An authenticated request to Azure Resource Manager."""
    target = request.target
    if target.lowered[2:] == ("resourcegroups",):
        return resources.groups(cloud, request, ArmId(target.scope[:2]))
    if target.resource is not None and len(target.resource.segments) > 2:
        return _resource(cloud, request, target.resource)
    if target.collection is not None and request.method == "GET":
        return resources.collection(cloud, request, *target.collection)
    raise faults.not_found()


def _resource(cloud: Cloud, request: Request, id: ArmId) -> Reply:
    match request.method:
        case "GET" | "HEAD":
            return resources.read(cloud, request, id)
        case "PUT" | "PATCH":
            return resources.put_or_patch(cloud, request, id)
        case "DELETE":
            return resources.delete(cloud, request, id)
    raise faults.method_not_allowed(request.method)


def identity(cloud: Cloud, request: Request) -> Reply:
    """A request to the identity service: configuration, keys, discovery or a token."""
    scope = request.target.scope
    tenant = scope[0] if scope else ""
    rest = request.target.lowered[1:]
    if rest[-2:] == (".well-known", "openid-configuration"):
        return Reply(200, cloud.identity.configuration(request.base, tenant))
    if rest[-1:] == ("keys",):
        return Reply(200, cloud.identity.keys())
    if rest == ("discovery", "instance"):
        discovery = f"{request.base}/{cloud.identity.tenant}/v2.0/.well-known/openid-configuration"
        return Reply(200, {"tenant_discovery_endpoint": discovery, "api-version": "1.1", "metadata": []})
    if rest[-1:] == ("token",) and request.method == "POST":
        try:
            return Reply(200, cloud.identity.grant(tenant, _form(request), request.base))
        except OauthFault as fault:
            return Reply(fault.status, fault.body())
    raise faults.not_found()


def _form(request: Request) -> dict[str, str]:
    """The posted form, with credentials from a Basic header where the form has none."""
    if "json" in request.headers.get("content-type", ""):
        form = {name: str(value) for name, value in json.loads(request.content or b"{}").items()}
    else:
        form = dict(parse_qsl(request.content.decode("utf-8", "replace")))
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic" and "client_secret" not in form:
        name, _, secret = b64decode(encoded).decode().partition(":")
        form |= {"client_id": name, "client_secret": secret}
    return form
