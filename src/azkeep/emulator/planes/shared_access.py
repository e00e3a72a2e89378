"""Shared access signatures that come with a request: whose they are, how long, and what they allow.

Sources: Storage services REST API, "Create a service SAS", "Create a user delegation SAS", "Create an account SAS".
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from azkeep.emulator.cloud import Cloud
from azkeep.emulator.planes import delegation, signatures
from azkeep.emulator.planes.blob_faults import BlobFault, no_keys, no_permission, not_authenticated, not_authorized
from azkeep.emulator.planes.blob_messages import Account, BlobRequest
from azkeep.types.write import Caller

if TYPE_CHECKING:
    from azkeep.emulator.planes.blob_access import Demand

Firewall = Callable[[BlobRequest, Account], None]
Rights = Callable[[Cloud, Caller, Account, str, "Demand"], None]
_UNKNOWN = ("srh", "srq", "sduoid", "skdutid", "suoid", "si")
"""Limits that a signature may have and that are not kept here: with one of them nothing is allowed."""


def check_signature(
    cloud: Cloud, request: BlobRequest, account: Account, demand: Demand, firewall: Firewall, rights: Rights
) -> None:
    """Nothing if the signature of the request allows what `demand` says. Raises BlobFault."""
    query = request.query
    if query.get("sv", "") < signatures.OLDEST:
        raise not_authenticated("The signed version is not supported.")
    unknown = next((name for name in _UNKNOWN if query.get(name)), None)
    if unknown:
        raise not_authenticated(f"The signed field '{unknown}' is not kept by the local cloud.")
    of_account = "srt" in query
    if of_account:
        _check_account_signature(cloud, request, account)
    elif "skoid" in query:
        _check_delegated(cloud, request, account)
    else:
        _check_service_signature(cloud, request, account)
    _check_time(query, "st", "se")
    firewall(request, account)
    _check_address(query.get("sip", ""), request.address)
    _check_allowed(query, demand, of_account=of_account)
    if "skoid" in query and not of_account:
        rights(cloud, _delegator(cloud, query), account, request.container, demand)


def _keys(cloud: Cloud, account: Account) -> list[str]:
    if not account.plane.takes_keys(account.row.body):
        raise no_keys()
    secrets = cloud.secrets.of(account.row.key)
    return [str(secrets[key]) for key in account.plane.keys if key in secrets]


def _check_account_signature(cloud: Cloud, request: BlobRequest, account: Account) -> None:
    text = signatures.account_text(request.query, account.name)
    _check_text(request.query, _keys(cloud, account), text)


def _check_service_signature(cloud: Cloud, request: BlobRequest, account: Account) -> None:
    text = signatures.service_text(request.query, _resource(request, account))
    _check_text(request.query, _keys(cloud, account), text)


def _check_delegated(cloud: Cloud, request: BlobRequest, account: Account) -> None:
    query = request.query
    text = signatures.service_text(query, _resource(request, account))
    members = {name: query.get(name, "") for name in signatures.DELEGATION}
    _check_text(query, [delegation.key(cloud, account, members)], text)
    _check_time(query, "skt", "ske")
    if members["sktid"].lower() != cloud.identity.tenant.lower():
        raise not_authenticated("Issuer validation failed. Issuer did not match.")


def _check_text(query: Mapping[str, str], keys: list[str], text: str) -> None:
    if not any(signatures.matches(query.get("sig", ""), key, text) for key in keys):
        raise not_authenticated(f"Signature did not match. String to sign used was {text}")


def _resource(request: BlobRequest, account: Account) -> str:
    """What the signature must have been made for, if it is to hold for this request."""
    container = f"/blob/{account.name}/{request.container}"
    match request.query.get("sr"):
        case "c":
            return container
        case "b" if request.blob:
            return f"{container}/{request.blob}"
        case "d" if request.query.get("sdd", "").isdecimal():
            depth = int(request.query["sdd"])
            return "/".join((container, *request.blob.split("/")[:depth])).rstrip("/")
    raise not_authenticated("sr is mandatory, and names a container, a directory or the blob that is asked for.")


def moment(text: str) -> datetime:
    """A time as signatures have it. Raises ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _check_time(query: Mapping[str, str], start: str, end: str) -> None:
    try:
        begins = moment(query[start]) if query.get(start) else None
        ends = moment(query.get(end, ""))
    except ValueError:
        raise not_authenticated(f"{start} or {end} is not well formed.") from None
    now = datetime.fromtimestamp(time.time(), UTC)
    if (begins is None or begins <= now) and now <= ends:
        return
    shown = "%a, %d %b %Y %H:%M:%S GMT"
    since = f" Start [{begins.astimezone(UTC).strftime(shown)}] -" if begins else ""
    raise not_authenticated(
        f"Signature not valid in the specified time frame:{since} Expiry [{ends.astimezone(UTC).strftime(shown)}]"
        f" - Current [{now.strftime(shown)}]"
    )


def _check_address(signed: str, address: str) -> None:
    if not signed:
        return
    first, _, last = signed.partition("-")
    try:
        here = int(ipaddress.ip_address(address))
        inside = int(ipaddress.ip_address(first)) <= here <= int(ipaddress.ip_address(last or first))
    except ValueError:
        inside = False
    if not inside:
        raise BlobFault(
            403,
            "AuthorizationSourceIPMismatch",
            f"This request is not authorized to perform this operation using this source IP {address}.",
        )


def _check_allowed(query: Mapping[str, str], demand: Demand, *, of_account: bool) -> None:
    if of_account and "b" not in query.get("ss", ""):
        raise _mismatch("Service", "service")
    if of_account and demand.resource not in query["srt"]:
        raise _mismatch("ResourceType", "resource type")
    if not of_account and not (demand.resource == "o" or (demand.by_container_sas and query.get("sr") != "b")):
        raise not_authorized()
    if not set(demand.letters) & set(query.get("sp", "")):
        raise no_permission()


def _mismatch(code: str, what: str) -> BlobFault:
    return BlobFault(
        403,
        f"Authorization{code}Mismatch",
        f"This request is not authorized to perform this operation using this {what}.",
    )


def _delegator(cloud: Cloud, query: Mapping[str, str]) -> Caller:
    """Whose rights bound a user delegation SAS."""
    object_id = query.get("skoid", "")
    return Caller(object_id=object_id, name=object_id, kind="ServicePrincipal", tenant=cloud.identity.tenant)
