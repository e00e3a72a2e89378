"""Who there is in the local cloud, and how clients act as them."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import Display, takes
from azkeep.cli.frame.run import perform
from azkeep.cli.local_parts.place import on_store
from azkeep.jobs.options import LocalEnvironmentOptions, LocalOptions, LocalPrincipalOptions

KINDS = {"user": "User", "service-principal": "ServicePrincipal"}
CLIENTS = ("az", "mlclient", "mgmt", "azapi", "pulumi", "mlflow")


@click.group("principal")
def principal() -> None:
    """Add, list and remove principals of the local cloud.

    Example: azkeep local principal add builder --role Contributor
    """


@principal.command("add")
@click.argument("name")
@click.option("--role", default="Contributor", show_default=True, help="A built-in role, on every subscription.")
@click.option("--kind", type=click.Choice(list(KINDS)), help="Without it a name with @ is a user.")
@click.option("--certificate", metavar="FILE", help="A certificate (PEM) by which it may prove itself, too.")
@on_store
@takes()
def add(
    *, display: Display, store: str | None, name: str, role: str, kind: str | None, certificate: str | None
) -> None:
    """Add a principal and show its secret, once.

    Example: azkeep local principal add builder --role Contributor
    """
    chosen = KINDS[kind] if kind else None
    options = LocalPrincipalOptions(LocalOptions(store), name, role, chosen, certificate)
    perform("local_principals.add", options, display)


@principal.command("list")
@on_store
@takes()
def listed(*, display: Display, store: str | None) -> None:
    """List all principals: name, kind, role, client id.

    Example: azkeep local principal list
    """
    perform("local_principals.listed", LocalPrincipalOptions(LocalOptions(store)), display)


@principal.command("remove")
@click.argument("name")
@on_store
@takes()
def remove(*, display: Display, store: str | None, name: str) -> None:
    """Remove a principal. Role assignments that others wrote for it stay, as in Azure.

    Example: azkeep local principal remove builder
    """
    perform("local_principals.remove", LocalPrincipalOptions(LocalOptions(store), name), display)


@click.command("env")
@click.option(
    "--client",
    type=click.Choice(CLIENTS),
    required=True,
    help="az: the Azure CLI; mgmt: azure-mgmt clients; mlclient: azure-ai-ml.",
)
@click.option("--as", "actor", metavar="NAME", help="As whom; without it as azkeep itself.")
@on_store
@takes()
def environment(*, display: Display, store: str | None, client: str, actor: str | None) -> None:
    """Print what a client needs, for `eval "$(…)"` in a shell.

    The local cloud must be served. Only clients that azkeep's own tests drive are offered. DefaultAzureCredential then
    works as it is; a management client also needs base_url=os.environ["ARM_RESOURCE_MANAGER_ENDPOINT"]. MLClient needs
    nothing more: uploads go to the local cloud's blob endpoint by its proxy, which leads nowhere else, so that other
    programs of that shell reach no other host over https. It cannot call what an endpoint serves, for nothing is served
    there. az is logged in by the last line, with settings and logins in a folder of their own in the store; its own
    stay as they are. No secret is printed: a file in the store holds an assertion, which is good for a week.

    Example: azkeep local env --client mgmt --as builder
    """
    perform("local_principals.environment", LocalEnvironmentOptions(LocalOptions(store), client, actor), display)
