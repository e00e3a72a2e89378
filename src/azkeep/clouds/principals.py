"""Principals of a local cloud, and how other programs find it as one of them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azkeep.errors import UsageError
from azkeep.model.local import KnownPrincipal

if TYPE_CHECKING:
    from azkeep.emulator.control import Principal

OFFERED = ("az", "mgmt", "mlclient")
"""Clients that contract tests drive against the local cloud."""
MISSING: Mapping[str, str] = {
    "azapi": "no test runs its provider here, whose sign-in as a service principal asks Microsoft's own authority",
    "pulumi": "the official azure-native plugin is in no package registry, so that no test runs it here;"
    " azkeep pulumi STACK -- … runs Pulumi's own commands on the local cloud",
    "mlflow": "there is no tracking server behind its workspaces",
}
"""Clients that are known and not offered, and why."""


def add(store: Path, name: str, role: str, kind: str | None, certificate: Path | None) -> tuple[KnownPrincipal, str]:
    """(the new principal, its secret). Raises UsageError."""
    from azkeep.emulator import control

    made = control.add_principal(store, name, role, kind=kind, certificate=certificate)
    return _known(made), made.client_secret


def remove(store: Path, name: str) -> KnownPrincipal:
    """The principal that was removed, and with it what the Azure CLI kept of its logins. Raises UsageError."""
    from azkeep.emulator import control

    gone = control.remove_principal(store, name)
    shutil.rmtree(_settings_folder(store, gone), ignore_errors=True)
    return _known(gone)


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
        fix="azkeep local env --client az is for the Azure CLI, mgmt for the Azure SDK's management clients,"
        " mlclient for azure-ai-ml.",
        subject=client,
    )


def environment(store: Path, ready: Mapping[str, Any], name: str, client: str) -> dict[str, str]:
    """The variables with which `client` finds the served cloud `ready` as the principal `name`.

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
        **_for_client(client, store, ready, principal),
    }


def first_commands(client: str, variables: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """What is to be run once with these variables before the client knows who it is, each as its words.

    A file stands for the assertion: arguments of a process are for everybody to read.
    """
    if client != "az":
        return ()
    tenant, identity = variables["AZURE_TENANT_ID"], variables["AZURE_CLIENT_ID"]
    proof = f"@{variables['AZURE_FEDERATED_TOKEN_FILE']}"
    who = ("--service-principal", "--username", identity, "--tenant", tenant, "--federated-token", proof)
    return (("az", "login", *who, "--output", "none"),)


def _for_client(client: str, store: Path, ready: Mapping[str, Any], principal: Principal) -> dict[str, str]:
    match client:
        case "az":
            return {**_discovered(ready), **_azure_cli(store, ready, principal)}
        case "mlclient":
            return {**_discovered(ready), "AZUREML_CURRENT_CLOUD": str(ready["cloud"])}
    return _in_both_cases("NO_PROXY", "127.0.0.1,localhost")


def _discovered(ready: Mapping[str, Any]) -> dict[str, str]:
    """What points clients here that discover their cloud. They build host names of blob services that only the local
    cloud's proxy knows, and which end in `localhost`: so that name is not among those that need no proxy."""
    return {
        "ARM_CLOUD_METADATA_URL": f"{ready['arm']}/metadata/endpoints?api-version=2019-05-01",
        **_in_both_cases("HTTPS_PROXY", str(ready["proxy"])),
        **_in_both_cases("NO_PROXY", "127.0.0.1"),
    }


def _azure_cli(store: Path, ready: Mapping[str, Any], principal: Principal) -> dict[str, str]:
    """A folder of settings for this principal here, so that the Azure CLI's own logins and clouds stay as they are.

    The Azure CLI keeps the first cloud it discovers in that folder, and this one's address may have been another.
    """
    folder = _settings_folder(store, principal)
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "cloudEndpoints.json").unlink(missing_ok=True)
    return {
        "AZURE_CONFIG_DIR": str(folder),
        "AZURE_CLOUD_NAME": str(ready["cloud"]),
        "AZURE_CORE_INSTANCE_DISCOVERY": "false",
        "AZURE_CORE_COLLECT_TELEMETRY": "false",
    }


def _settings_folder(store: Path, principal: Principal) -> Path:
    return store.resolve() / f"az-{principal.object_id}"


def _in_both_cases(name: str, value: str) -> dict[str, str]:
    """A variable of a proxy in capitals and without: clients differ in which they read first."""
    return {name: value, name.lower(): value}


def _known(found: Principal) -> KnownPrincipal:
    return KnownPrincipal(found.name, found.kind, found.role, found.client_id, found.object_id, found.resource)
