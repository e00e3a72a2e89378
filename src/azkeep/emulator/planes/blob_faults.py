"""How the blob service refuses. Source: Blob service REST API, error codes; status and error codes of the services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(eq=False)
class BlobFault(Exception):
    """A refusal. `detail` says more of a failed authentication."""

    status: int
    code: str
    message: str
    detail: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def not_authenticated(detail: str) -> BlobFault:
    """403 for a signature or a token that is not good."""
    return BlobFault(
        403,
        "AuthenticationFailed",
        "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly"
        " including the signature.",
        detail,
    )


def not_authorized() -> BlobFault:
    """403 of the firewall, and for what a signature can never allow."""
    return BlobFault(403, "AuthorizationFailure", "This request is not authorized to perform this operation.")


def no_permission() -> BlobFault:
    return BlobFault(
        403,
        "AuthorizationPermissionMismatch",
        "This request is not authorized to perform this operation using this permission.",
    )


def no_keys() -> BlobFault:
    return BlobFault(
        403,
        "KeyBasedAuthenticationNotPermitted",
        "Key based authentication is not permitted on this storage account.",
    )


def resource_not_found() -> BlobFault:
    """404 for what a stranger may not know to exist."""
    return BlobFault(404, "ResourceNotFound", "The specified resource does not exist.")


def invalid_name() -> BlobFault:
    """400 for a container's name that no container can have; the service spells it so."""
    return BlobFault(400, "InvalidResourceName", "The specifed resource name contains invalid characters.")


def name_out_of_range() -> BlobFault:
    """400 for a container's name that is too short or too long."""
    return BlobFault(400, "OutOfRangeInput", "The specified resource name length is not within the permissible limits.")


def container_not_found() -> BlobFault:
    return BlobFault(404, "ContainerNotFound", "The specified container does not exist.")


def blob_not_found() -> BlobFault:
    return BlobFault(404, "BlobNotFound", "The specified blob does not exist.")


def not_implemented() -> BlobFault:
    """501 for what Azure has and the local cloud has not."""
    return BlobFault(501, "NotImplemented", "The requested operation is not implemented on the specified resource.")


def invalid_header(name: str) -> BlobFault:
    return BlobFault(
        400,
        "InvalidHeaderValue",
        "The value for one of the HTTP headers is not in the correct format.",
        f"HeaderName: {name}",
    )


def invalid_query(name: str) -> BlobFault:
    return BlobFault(
        400,
        "InvalidQueryParameterValue",
        "Value for one of the query parameters specified in the request URI is invalid.",
        f"QueryParameterName: {name}",
    )


def invalid_xml() -> BlobFault:
    return BlobFault(400, "InvalidXmlDocument", "XML specified is not syntactically valid.")


def condition_not_met() -> BlobFault:
    return BlobFault(412, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.")
