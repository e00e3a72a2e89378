"""Who azkeep is to Azure."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.identity import ClientSecretCredential, DefaultAzureCredential


def service_principal(
    identity_endpoint: str, tenant: str, client_id: str, client_secret: str, ca: str | None = None
) -> ClientSecretCredential:
    """A client-secret credential of the identity service at `identity_endpoint`, which must be https; close it.

    The authority is not looked up at Microsoft's instance discovery: only this endpoint is asked.
    """
    from azure.identity import ClientSecretCredential

    from azkeep.azure.pipeline import Retries, transport

    options: dict[str, Any] = {"transport": transport(identity_endpoint, ca, Retries())}
    _keep_quiet()
    return ClientSecretCredential(
        tenant,
        client_id,
        client_secret,
        authority=identity_endpoint.rstrip("/"),
        disable_instance_discovery=True,
        **options,
    )


def default() -> DefaultAzureCredential:
    """azure-identity's chain: environment, workload and managed identity, then developer tools. Close it."""
    from azure.identity import DefaultAzureCredential

    _keep_quiet()
    return DefaultAzureCredential()


def _keep_quiet() -> None:
    """Python writes a warning that no handler takes to stderr; what it says is in the error that azkeep tells."""
    logging.getLogger("azure").addHandler(logging.NullHandler())


def token(credential: TokenCredential, scope: str) -> str:
    """An access token for `scope`, such as `https://management.azure.com/.default`. Raises AuthFailed."""
    from azure.core.exceptions import AzureError

    from azkeep.azure.errors import of_exception

    try:
        return credential.get_token(scope).token
    except AzureError as error:
        raise of_exception(error, scope) from error
