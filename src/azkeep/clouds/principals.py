"""Principals of a local cloud, and how other programs find it as one of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azkeep.errors import UsageError
from azkeep.model.local import KnownPrincipal

if TYPE_CHECKING:
    from azkeep.emulator.control import Principal

OFFERED = ("mgmt",)
MISSING: Mapping[str, str] = {
    "az": "no test drives the Azure CLI here, and its template deployments are not evaluated",
    "mlclient": "it makes workspaces by template deployments, which are not evaluated",
    "azapi": "no test runs its provider here, whose sign-in as a service principal asks Microsoft's own authority",
    "pulumi": "no test runs the official azure-native plugin here; azkeep itself runs Pulumi programs on it",
    "mlflow": "there is no tracking server behind its workspaces",
}
"""Clients that are known and not offered, and why."""


def add(store: Path, name: str, role: str, kind: str | None, certificate: Path | None) -> tuple[KnownPrincipal, str]:
    """(the new principal, its secret). Raises UsageError."""
    from azkeep.emulator import control

    made = control.add_principal(store, name, role, kind=kind, certificate=certificate)
    return _known(made), made.client_secret


def remove(store: Path, name: str) -> KnownPrincipal:
    """The principal that was removed. Raises UsageError."""
    from azkeep.emulator import control

    return _known(control.remove_principal(store, name))


def all_of(store: Path) -> tuple[KnownPrincipal, ...]:
    """All principals, by name."""
    from azkeep.emulator import control

    return tuple(_known(each) for each in control.principals(store))


def refuse_untested(client: str) -> None:
    """Raises UsageError for a client that no test drives against the local cloud, with what is missing."""
    if client in OFFERED:
        return
    raise UsageError(
        f"the local cloud is not offered to {client}: {MISSING.get(client, 'nobody tested it')}",
        fix=f"azkeep local env --client {OFFERED[0]} is for the Azure SDK's management clients.",
        subject=client,
    )


def environment(store: Path, ready: Mapping[str, Any], name: str) -> dict[str, str]:
    """The variables with which a management client finds the served cloud `ready` as the principal `name`.

    No secret is among them: a file with a signed assertion, for the owner of the store alone, stands in its place.
    Raises UsageError for nobody.
    """
    from azkeep.emulator import control

    principal, assertion = control.federated_token_file(store, name)
    return {
        "AZURE_AUTHORITY_HOST": str(ready["identity"]),
        "AZURE_TENANT_ID": str(ready["tenant"]),
        "AZURE_CLIENT_ID": principal.client_id,
        "AZURE_FEDERATED_TOKEN_FILE": str(assertion),
        "AZURE_TOKEN_CREDENTIALS": "WorkloadIdentityCredential",
        "AZURE_SUBSCRIPTION_ID": str(ready["subscription"]),
        "ARM_RESOURCE_MANAGER_ENDPOINT": str(ready["arm"]),
        "REQUESTS_CA_BUNDLE": str(ready["ca"]),
        "SSL_CERT_FILE": str(ready["ca"]),
        "NO_PROXY": "127.0.0.1,localhost",
    }


def _known(found: Principal) -> KnownPrincipal:
    return KnownPrincipal(found.name, found.kind, found.role, found.client_id, found.object_id, found.resource)
