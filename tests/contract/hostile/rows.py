"""The table of hostile requests: what is sent, and what comes back. SUB, GROUP, NET and TENANT stand for paths."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

Headers = tuple[tuple[str, str], ...]
GROUPS = "api-version=2024-03-01"
SUBSCRIPTION = f"SUB?{GROUPS}"
VNETS = "GROUP/providers/Microsoft.Network/virtualNetworks"
NETWORKS = "api-version=2024-05-01"
GRAPH = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
SPACE = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
SOUND = b'{"location": "westeurope"}'
PADDED = b'{"location": "westeurope", "tags": {"a": "%s"}}'
UNREADABLE, UNSUPPORTED, NO_TOKEN = "InvalidRequestContent", "UnsupportedMediaType", "InvalidAuthenticationToken"
TOKENS = "TENANT/oauth2/v2.0/token"
NOBODY = ("Authorization",)
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
CHUNKED = ("Transfer-Encoding", "chunked")
JSON = (("Content-Type", "application/json"),)


@dataclass(frozen=True)
class Row:
    """One request and its answer. `said`: part of the message; status 0: the connection closes without an answer."""

    name: str
    path: str
    status: int
    code: str = ""
    method: str = "GET"
    body: bytes = b""
    headers: Headers = ()
    without: tuple[str, ...] = ()
    version: str = "HTTP/1.1"
    said: str = ""


def put(name: str, body: bytes, status: int, code: str, **more: object) -> Row:
    """A PUT of a resource group that does not come to be."""
    row = Row(name, f"SUB/resourceGroups/never?{GROUPS}", status, code, "PUT", body)
    return replace(row, **more)  # type: ignore[arg-type]


def network(name: str, properties: str, said: str = "") -> Row:
    """A PUT of the network that is there, with `properties` spelled as they are."""
    body = f'{{"location": "westeurope", "properties": {properties}}}'.encode()
    return Row(name, f"NET?{NETWORKS}", 400, UNREADABLE, "PUT", body, said=said)


def named(name: str, spelled: str, code: str = "BadRequest", status: int = 400) -> Row:
    """A PUT of a resource group with a name that is none."""
    return Row(name, f"SUB/resourceGroups/{spelled}?{GROUPS}", status, code, "PUT", SOUND)


def listed(name: str, query: str, code: str) -> Row:
    return Row(name, f"SUB/resourceGroups?{query}&{GROUPS}", 400, code)


def asked(name: str, query: object, said: str = "", **more: object) -> Row:
    """A query to Resource Graph."""
    body = json.dumps({"query": query, **more}).encode()
    return Row(name, GRAPH, 400, "BadRequest", "POST", body, said=said)


PATHS = (
    Row("nothing named", f"/?{GROUPS}", 404, "MissingSubscription"),
    Row("no root of ARM's", f"/etc/passwd?{GROUPS}", 404, "MissingSubscription"),
    Row("empty subscription", f"/subscriptions//resourceGroups?{GROUPS}", 400, "InvalidSubscriptionId"),
    Row("malformed subscription", f"/subscriptions/1%20or%201=1/resourceGroups?{GROUPS}", 400, "InvalidSubscriptionId"),
    Row("traversal", f"SUB/resourceGroups/../../../../etc/passwd?{GROUPS}", 400, "BadRequest"),
    Row("traversal that stays inside", f"GROUP/../held?{GROUPS}", 400, "BadRequest"),
    named("encoded traversal", "%2e%2e%2fheld"),
    named("traversal with a backslash", "..%5cheld"),
    named("NUL in a name", "held%00"),
    named("line break at the end of a name", "held%0a"),
    named("header in a name", "x%0d%0aSet-Cookie:%20a=b"),
    named("overlong UTF-8", "x%c0%af%c0%ae"),
    named("broken escape", "x%zz"),
    named("escape cut off", "x%2"),
    named("slash that was encoded twice", "x%252Fy", "InvalidResourceGroup"),
    named("backslash", "x%5Cy", "InvalidResourceGroup"),
    named("blank", "x%20y", "InvalidResourceGroup"),
    named("markup", "%3Cscript%3E", "InvalidResourceGroup"),
    named("name of 3000 characters", "a" * 3000, "InvalidResourceGroup"),
    named("encoded slash in a name", "x%2Fy", "NotFound", 404),
    Row("path of 20 000 characters", f"SUB/resourceGroups/{'a' * 20_000}?{GROUPS}", 414, "RequestUriTooLong"),
    Row("path of 70 000 characters", f"SUB/resourceGroups/{'a' * 70_000}?{GROUPS}", 400),
    Row("3000 segments", f"GROUP{'/a/b' * 3000}?{GROUPS}", 404, "NotFound"),
    Row(
        "300 scopes in each other",
        f"GROUP{'/providers/Microsoft.X/a/b' * 300}?{NETWORKS}",
        404,
        "InvalidResourceNamespace",
    ),
    Row("path that is no ASCII", f"SUB/resourceGroups/é?{GROUPS}", 400),
    Row(
        "PUT of a collection",
        f"{VNETS}?{NETWORKS}",
        404,
        "NotFound",
        "PUT",
        SOUND,
    ),
    Row(
        "DELETE of a collection",
        f"{VNETS}?{NETWORKS}",
        404,
        "NotFound",
        "DELETE",
    ),
    Row("DELETE of all groups", f"SUB/resourceGroups?{GROUPS}", 404, "NotFound", "DELETE"),
    Row("DELETE of the subscription", SUBSCRIPTION, 404, "NotFound", "DELETE"),
    Row("providers as a name", f"SUB/resourceGroups/providers?{GROUPS}", 404, "NotFound", "PUT", SOUND),
)

BODIES = (
    put("body cut off", b'{"location":', 400, UNREADABLE, said="Path 'location', line 1, position 12."),
    put("body that is a list", b"[]", 400, UNREADABLE),
    put("body that is null", b"null", 400, UNREADABLE),
    put("blank body", b"   ", 400, UNREADABLE),
    put("no body", b"", 400, UNREADABLE),
    put("no body, of whatever type", b"", 400, UNREADABLE, headers=(("Content-Type", "text/plain"),)),
    Row(
        "no body where none is taken", f"SUB/tagSets/never?{GROUPS}", 404, "NotFound", "PUT", without=("Content-Type",)
    ),
    Row("no body of an action", f"NET/never?{NETWORKS}", 404, "NotFound", "POST", without=("Content-Type",)),
    put("plain text", SOUND, 415, UNSUPPORTED, headers=(("Content-Type", "text/plain"),), said="'text/plain'"),
    put("form", b"location=westeurope", 415, UNSUPPORTED, headers=FORM),
    put("no content type", SOUND, 415, UNSUPPORTED, without=("Content-Type",), said="'<null>'"),
    put("compressed, it says", SOUND, 415, UNSUPPORTED, headers=(*JSON, ("Content-Encoding", "gzip"))),
    put("two content types", SOUND, 415, UNSUPPORTED, headers=(("Content-Type", "text/plain"), *JSON)),
    put("more than 4 MB", PADDED % (b"x" * 4_200_000), 413, "RequestContentTooLarge", said="4 MB"),
    put("not a number", b'{"location": "westeurope", "tags": {"a": NaN}}', 400, UNREADABLE),
    put("Latin-1", b'{"location": "westeurope", "tags": {"a": "\xe9"}}', 400, UNREADABLE),
    put("UTF-16", SOUND.decode().encode("utf-16"), 400, UNREADABLE),
    put("half a surrogate pair", rb'{"location": "westeurope", "tags": {"a": "\ud800"}}', 400, UNREADABLE),
    put("text behind the end", SOUND + b"}", 400, UNREADABLE),
    put("location that is a list", b'{"location": ["westeurope"]}', 400, UNREADABLE, said="Path 'location'"),
    put("tags that are text", b'{"location": "westeurope", "tags": "a"}', 400, UNREADABLE),
    put(
        "65 objects in each other",
        b'{"a":' * 65 + b"1" + b"}" * 65,
        400,
        UNREADABLE,
        said="MaxDepth of 64",
    ),
    put("100 000 lists in each other", b'{"a":' + b"[" * 100_000, 400, UNREADABLE, said="MaxDepth of 64"),
    network("infinite number", '{"flowTimeoutInMinutes": 1e999}', "Path 'properties.flowTimeoutInMinutes'"),
    network("integer of 5000 digits", f'{{"flowTimeoutInMinutes": {"9" * 5000}}}', "too large or small for an Int64"),
    replace(network("subnets that are a number", '{"subnets": 5}'), code="InvalidRequestFormat"),
)

SLASHED = [{"name": "a/../b", "properties": {"addressPrefix": "10.0.0.0/24"}}]
BODIES = (
    *BODIES,
    replace(
        network("subnet with a path for a name", json.dumps({**SPACE, "subnets": SLASHED})), code="InvalidResourceName"
    ),
)

IDENTITIES = (
    Row("no token", SUBSCRIPTION, 401, "AuthenticationFailed", without=NOBODY),
    Row(
        "no token and a broken body",
        f"GROUP?{GROUPS}",
        401,
        "AuthenticationFailed",
        "PUT",
        b"{",
        without=NOBODY,
    ),
    Row("Basic", SUBSCRIPTION, 401, "AuthenticationFailedInvalidHeader", headers=(("Authorization", "Basic YTpi"),)),
    Row(
        "token without a signature",
        SUBSCRIPTION,
        401,
        NO_TOKEN,
        headers=(("Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJvaWQiOiJ4In0."),),
    ),
    Row(
        "token that is no ASCII",
        SUBSCRIPTION,
        401,
        NO_TOKEN,
        headers=(("Authorization", "Bearer é"),),
    ),
    Row(
        "token in the query",
        f"SUB?{GROUPS}&access_token=TOKEN",
        401,
        "AuthenticationFailed",
        without=NOBODY,
    ),
    Row(
        "two tokens",
        SUBSCRIPTION,
        401,
        NO_TOKEN,
        headers=(("Authorization", "Bearer x"), ("Authorization", "Bearer TOKEN")),
    ),
    Row(
        "token request of a list",
        TOKENS,
        400,
        "invalid_request",
        "POST",
        b"[]",
        JSON,
        ("Authorization",),
    ),
    Row(
        "token request cut off",
        TOKENS,
        400,
        "invalid_request",
        "POST",
        b"{",
        JSON,
        ("Authorization",),
    ),
    Row(
        "client that is no base64",
        TOKENS,
        401,
        "invalid_client",
        "POST",
        b"grant_type=client_credentials",
        (*FORM, ("Authorization", "Basic /////w==")),
    ),
)

HEADS = (
    Row("foreign host", SUBSCRIPTION, 421, "MisdirectedRequest", headers=(("Host", "management.azure.com"),)),
    Row("port in superscript", SUBSCRIPTION, 421, "MisdirectedRequest", headers=(("Host", "h:\udcb2"),)),
    Row("port of 5000 digits", SUBSCRIPTION, 421, "MisdirectedRequest", headers=(("Host", f"h:{'9' * 5000}"),)),
    Row("no host", SUBSCRIPTION, 400, "BadRequest", without=("Host",)),
    Row("two hosts", SUBSCRIPTION, 400, "BadRequest", headers=(("Host", "HOST"), ("Host", "evil.example"))),
    Row("HTTP/1.0 without a host", SUBSCRIPTION, 400, "BadRequest", without=("Host",), version="HTTP/1.0"),
    Row("HTTP of the future", SUBSCRIPTION, 400, version="HTTP/9.9"),
    Row("method of nobody", SUBSCRIPTION, 400, method="STEAL"),
    Row("method in lower case", SUBSCRIPTION, 400, method="get"),
    *(Row(each, SUBSCRIPTION, 405, "MethodNotAllowed", method=each) for each in ("OPTIONS", "TRACE", "CONNECT")),
    Row(
        "header of 100 kB",
        SUBSCRIPTION,
        431,
        "RequestHeaderFieldsTooLarge",
        headers=(("x", "a" * 100_000),),
    ),
    Row("header of ten million characters", SUBSCRIPTION, 431, headers=(("x", "a" * 10_000_000),)),
    Row("20 000 headers", SUBSCRIPTION, 431, headers=tuple((f"x-{each}", "a" * 20) for each in range(20_000))),
    put(
        "length and chunks", SOUND, 400, "", headers=(*JSON, ("Content-Length", "26"), ("Transfer-Encoding", "chunked"))
    ),
    put("two lengths", SOUND, 400, "", headers=(*JSON, ("Content-Length", "26"), ("Content-Length", "5"))),
    put("negative length", SOUND, 400, "", headers=(*JSON, ("Content-Length", "-5"))),
    put("length in words", SOUND, 400, "", headers=(*JSON, ("Content-Length", "many"))),
    put("coding of nobody", b"", 400, "", headers=(*JSON, ("Transfer-Encoding", "xchunked"))),
)

QUERIES = (
    Row("no api-version", "GROUP", 400, "MissingApiVersionParameter"),
    Row("empty api-version", "GROUP?api-version=", 400, "MissingApiVersionParameter"),
    Row("api-version twice", f"GROUP?{GROUPS}&{GROUPS}", 400, "InvalidApiVersionParameter"),
    Row("api-version of NULs", "SUB?api-version=%00", 400, "InvalidApiVersionParameter"),
    Row("api-version in other digits", "NET?api-version=%D9%A2024-05-01", 400, "NoRegisteredProviderFound"),
    listed("negative page", "$top=-1", "InvalidTopParameter"),
    listed("empty page", "$top=0", "InvalidTopParameter"),
    listed("page in superscript", "$top=%C2%B2", "InvalidTopParameter"),
    listed("page of 5000 digits", f"$top={'9' * 5000}", "InvalidTopParameter"),
    listed("two pages", "$top=1&$top=2", "InvalidTopParameter"),
    listed("skip token of garbage", "$skiptoken=garbage", "InvalidSkipToken"),
    listed("skip token of a negative place", "$skiptoken=LTE=", "InvalidSkipToken"),
    listed("skip token that is no UTF-8", "$skiptoken=%ff%fe", "InvalidSkipToken"),
    listed("filter of nonsense", "$filter=nonsense", "InvalidFilterInQueryString"),
    listed("filter of 5000 brackets", f"$filter={'(' * 5000}", "InvalidFilterInQueryString"),
    listed("filter of SQL", "$filter=name%20eq%20'a'%20or%20'1'='1'", "InvalidFilterInQueryString"),
    asked("query that is a number", 1),
    asked("query of 60 000 brackets", "(" * 60_000),
    asked("query of 70 000 characters", "Resources | where name == '" + "a" * 70_000 + "'"),
    asked("take beyond all rows", f"Resources | take {'9' * 30}"),
    asked("page of the graph in words", "Resources", options={"$top": "all"}),
    asked("skip token of an object", "Resources", options={"$skipToken": {}}),
    asked("options that are a list", "Resources", options=[]),
    asked("subscriptions that are numbers", "Resources", subscriptions=[1]),
)

SMUGGLED: Mapping[str, tuple[str, str]] = {
    "another group behind an encoded slash": ("SUB/resourceGroups/own%2F..%2Fheld", "BadRequest"),
    "a resource behind an encoded slash": (
        "SUB/resourceGroups%2Fheld%2Fproviders%2FMicrosoft.Network/virtualNetworks/smuggled",
        "AuthorizationFailed",
    ),
    "a role assignment behind an encoded slash": (
        "SUB%2Fproviders%2FMicrosoft.Authorization%2FroleAssignments/5b0f4ac2-6a6d-4c1e-9f3b-00000000abcd",
        "AuthorizationFailed",
    ),
    "the other group in upper case": ("SUB/RESOURCEgroups/HELD", "AuthorizationFailed"),
    "the other group behind empty segments": ("SUB//resourceGroups///held", "AuthorizationFailed"),
}
"""What somebody who owns the group `own` alone tries to write: path → code."""
