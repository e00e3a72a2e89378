"""Whether a request to the blob service may do what it asks: keys, signatures, tokens, the firewall.

Sources: Storage services REST API, "Authorize requests to Azure Storage" and the permissions tables of each operation;
operations for service SAS in "Create a service SAS", "Permissions for a directory, container, or blob".
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime

from azkeep.emulator.cloud import Cloud
from azkeep.emulator.planes import signatures
from azkeep.emulator.planes.blob_faults import (
    BlobFault,
    invalid_name,
    name_out_of_range,
    no_keys,
    no_permission,
    not_authenticated,
    not_authorized,
    resource_not_found,
)
from azkeep.emulator.planes.blob_messages import Account, BlobRequest
from azkeep.emulator.planes.shared_access import check_signature
from azkeep.emulator.planes.tokens import STORAGE_AUDIENCE, TokenRefused, bearer
from azkeep.types import by_arm_type
from azkeep.types.write import Caller

SKEW = 15 * 60
"""Seconds by which the date of a request with a shared key may be off."""
CHALLENGED_FROM = "2019-12-12"
SPECIAL = ("$root", "$web", "$logs", "$blobchangefeed")
"""Containers whose names follow no rule. Source: naming and referencing containers, blobs, and metadata."""


@dataclass(frozen=True)
class Demand:
    """What an operation needs. `resource` is s, c or o (service, container, object) of an account SAS, `letters` the
    permissions of which a signature must have one.

    `action` is what RBAC calls it, below the containers' type where it begins with `/`; `data` is true for a data
    action. `public`: the levels of public access at which anybody may.
    """

    resource: str
    letters: str
    action: str
    data: bool = False
    by_container_sas: bool = False
    public: tuple[str, ...] = ()


def admit(cloud: Cloud, request: BlobRequest, account: Account, demand: Demand) -> None:
    """Nothing if the request may do what `demand` says. Raises BlobFault."""
    scheme, _, proof = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        caller = _token_bearer(cloud, request, proof, account)
        check_firewall(request, account)
        check_rights(cloud, caller, account, request.container, demand)
        return
    if scheme.lower() == "sharedkey":
        _check_key(cloud, request, account, proof)
        check_firewall(request, account)
        return
    if "sig" in request.query:
        check_signature(cloud, request, account, demand, check_firewall, check_rights)
        return
    _check_anonymous(cloud, request, account, demand)


def token_bearer(cloud: Cloud, request: BlobRequest, account: Account) -> Caller:
    """Who sent a bearer token. Raises BlobFault where there is none."""
    scheme, _, proof = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise not_authenticated("Only authentication scheme Bearer is supported")
    return _token_bearer(cloud, request, proof, account)


def check_rights(cloud: Cloud, caller: Caller, account: Account, container: str, demand: Demand) -> None:
    """Raises BlobFault unless RBAC lets the caller do it."""
    plane = account.plane
    action = plane.container_type + demand.action if demand.action.startswith("/") else demand.action
    scope = account.container_id(container) if container else account.id
    allows = cloud.access.allows_data if demand.data else cloud.access.allows
    if not allows(caller, action, scope):
        raise no_permission()


def check_name(account: Account, container: str) -> None:
    """Raises BlobFault unless a container may have the name, whether it is there or not."""
    type_ = by_arm_type(account.plane.container_type)
    if type_ is None or container in SPECIAL:
        return
    if not type_.name.minimum <= len(container) <= type_.name.maximum:
        raise name_out_of_range()
    if not re.search(type_.name.pattern, container):
        raise invalid_name()


def check_firewall(request: BlobRequest, account: Account) -> None:
    """Raises BlobFault unless the firewall of the account lets the client in."""
    if not account.plane.reachable(account.row.body, request.address):
        raise not_authorized()


def _token_bearer(cloud: Cloud, request: BlobRequest, token: str, account: Account) -> Caller:
    try:
        caller, audience = bearer(cloud.identity, token)
    except TokenRefused as refusal:
        raise _challenge(cloud, request, "InvalidAuthenticationInfo", str(refusal)) from None
    host = f"https://{account.name}.blob."
    if audience.rstrip("/") != STORAGE_AUDIENCE and not audience.startswith(host):
        text = "Audience validation failed. Audience did not match."
        raise _challenge(cloud, request, "InvalidAuthenticationInfo", text)
    return caller


def _challenge(cloud: Cloud, request: BlobRequest, code: str, detail: str) -> BlobFault:
    where = f"{request.base}/{cloud.identity.tenant}/oauth2/authorize"
    message = (
        "Server failed to authenticate the request. Please refer to the information in the www-authenticate header."
    )
    header = f"Bearer authorization_uri={where} resource_id={STORAGE_AUDIENCE}"
    return BlobFault(401, code, message, detail, {"WWW-Authenticate": header})


def _check_key(cloud: Cloud, request: BlobRequest, account: Account, proof: str) -> None:
    name, _, given = proof.partition(":")
    if not account.plane.takes_keys(account.row.body):
        raise no_keys()
    try:
        sent = parsedate_to_datetime(request.headers.get("x-ms-date") or request.headers.get("date", ""))
    except ValueError:
        raise not_authenticated("The Date header in the request is missing or malformed.") from None
    if abs(sent.timestamp() - time.time()) > SKEW:
        raise not_authenticated(f"The Date header in the request is incorrect: {formatdate(usegmt=True)}.")
    text = signatures.shared_key_text(request.method, request.headers, account.name, request.path, request.query)
    secrets = cloud.secrets.of(account.row.key)
    keys = [str(secrets[key]) for key in account.plane.keys if key in secrets]
    if name != account.name or not any(signatures.matches(given, key, text) for key in keys):
        raise not_authenticated(
            f"The MAC signature found in the HTTP request '{given}' is not the same as any computed signature."
            f" Server used following string to sign: '{text}'."
        )


def _check_anonymous(cloud: Cloud, request: BlobRequest, account: Account, demand: Demand) -> None:
    """Anybody may read what its owner made public."""
    check_firewall(request, account)
    row = cloud.store.get(account.container_id(request.container).key) if request.container else None
    level = account.plane.public(row.body) if row else "None"
    if account.plane.anonymous(account.row.body) and level.lower() in demand.public:
        return
    if request.version >= CHALLENGED_FROM:
        raise _challenge(cloud, request, "NoAuthenticationInformation", "")
    if not account.plane.anonymous(account.row.body):
        raise BlobFault(409, "PublicAccessNotPermitted", "Public access is not permitted on this storage account.")
    raise resource_not_found()
