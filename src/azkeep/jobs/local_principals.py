"""local principal add | list | remove, and local env: who there is in the local cloud, and how clients act as them."""

from __future__ import annotations

from pathlib import Path

from azkeep.clouds import principals
from azkeep.clouds.local import DEPLOYER, make_store, running_server
from azkeep.errors import UsageError
from azkeep.jobs.local import existing_store, store_of
from azkeep.jobs.options import LocalEnvironmentOptions, LocalPrincipalOptions, Progress
from azkeep.model.local import LocalEnvironment, LocalPrincipal, LocalPrincipals
from azkeep.model.report import Header, Report


def add(options: LocalPrincipalOptions, progress: Progress) -> Report:
    """A new principal, with its secret; the cloud is made if absent."""
    store = store_of(options.local)
    make_store(store)
    certificate = Path(options.certificate) if options.certificate else None
    made, secret = principals.add(store, options.name, options.role, options.kind, certificate)
    return Report(Header(cloud="local"), LocalPrincipal("added", made, secret))


def listed(options: LocalPrincipalOptions, progress: Progress) -> Report:
    """All principals, without secrets."""
    return Report(Header(cloud="local"), LocalPrincipals(principals.all_of(existing_store(options.local))))


def remove(options: LocalPrincipalOptions, progress: Progress) -> Report:
    """The principal that is no more."""
    gone = principals.remove(existing_store(options.local), options.name)
    return Report(Header(cloud="local"), LocalPrincipal("removed", gone))


def environment(options: LocalEnvironmentOptions, progress: Progress) -> Report:
    """What a client needs to find the local cloud that is being served."""
    store, name = store_of(options.local), options.actor or DEPLOYER
    principals.refuse_untested(options.client)
    ready = running_server(store)
    if ready is None:
        raise UsageError(
            "the local cloud is not being served, so it has no address",
            fix="azkeep local serve",
            subject=str(store),
        )
    variables = principals.environment(store, ready, name, options.client)
    commands = principals.first_commands(options.client, variables)
    return Report(Header(cloud="local", caller=name), LocalEnvironment(options.client, name, variables, commands))
