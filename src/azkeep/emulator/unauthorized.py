"""ARM's refusals of access tokens, 401 with their challenges, word for word. Source: observed answers."""

from __future__ import annotations

from datetime import UTC, datetime

from azkeep.errors import ArmFault

AUDIENCES = (
    "https://management.core.windows.net/",
    "https://management.core.windows.net",
    "https://management.azure.com/",
    "https://management.azure.com",
)
"""What a token for ARM can be for, in the order in which ARM lists it."""


def refused(tenant: str, code: str, message: str, description: str = "") -> ArmFault:
    """401 with the challenge that sends a client to `tenant`; `description` is what the challenge says instead."""
    challenge = (
        f'Bearer authorization_uri="https://login.windows.net/{tenant}", error="invalid_token",'
        f' error_description="{description or message}"'
    )
    return ArmFault(401, code, message, headers={"WWW-Authenticate": challenge})


def no_header(tenant: str) -> ArmFault:
    return refused(
        tenant,
        "AuthenticationFailed",
        "Authentication failed. The 'Authorization' header is missing.",
        "The authentication failed because of missing 'Authorization' header.",
    )


def invalid_header(tenant: str) -> ArmFault:
    return refused(
        tenant,
        "AuthenticationFailedInvalidHeader",
        "Authentication failed. The 'Authorization' header is provided in an invalid format.",
    )


def invalid(tenant: str) -> ArmFault:
    return refused(tenant, "InvalidAuthenticationToken", "The access token is invalid.")


def expired(tenant: str, at: float, now: float) -> ArmFault:
    """`at` and `now` are seconds since 1970."""
    return refused(
        tenant,
        "ExpiredAuthenticationToken",
        f"The access token expiry UTC time '{_moment(at)}' is earlier than current UTC time '{_moment(now)}'.",
    )


def wrong_issuer(tenant: str, issuer: str) -> ArmFault:
    """The refusal of another tenant's token."""
    return refused(
        tenant,
        "InvalidAuthenticationTokenTenant",
        f"The access token is from the wrong issuer '{issuer}'. It must match the tenant"
        f" 'https://sts.windows.net/{tenant}/' associated with this subscription. Please use the authority (URL)"
        f" 'https://login.windows.net/{tenant}' to get the token. Note, if the subscription is transferred to another"
        " tenant there is no impact to the services, but information about new tenant could take time to propagate (up"
        " to an hour). If you just transferred your subscription and see this error message, please try back later.",
        "The access token is from the wrong issuer. It must match the tenant associated with this subscription. Please"
        " use correct authority to get the token.",
    )


def wrong_audience(tenant: str, audience: object) -> ArmFault:
    allowed = ",".join(f"'{each}'" for each in AUDIENCES)
    return refused(
        tenant,
        "InvalidAuthenticationTokenAudience",
        f"The access token has been obtained for wrong audience or resource '{audience}'. It should exactly match with"
        f" one of the allowed audiences {allowed}.",
    )


def _moment(seconds: float) -> str:
    """`6/15/2026 8:22:51 AM`."""
    found = datetime.fromtimestamp(seconds, UTC)
    return f"{found.month}/{found.day}/{found.year} {found.hour % 12 or 12}:{found:%M:%S %p}"
