"""What the command line does to a local cloud without going through its front door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from azkeep.emulator import background, fault_file, injected, policies
from azkeep.emulator import cloud as clouds
from azkeep.emulator import principals as directory
from azkeep.emulator import snapshots as kept
from azkeep.emulator.injected import Fault
from azkeep.emulator.policies import DIAGNOSTIC_SETTINGS, PRIVATE_DNS_ZONES
from azkeep.emulator.ready import serving as _serving
from azkeep.emulator.store import CLOCK, remove_database
from azkeep.emulator.store_activity import Activity
from azkeep.emulator.store_principals import Principal
from azkeep.emulator.store_snapshots import Snapshot
from azkeep.errors import StoreDamaged, UsageError

__all__ = [
    "DIAGNOSTIC_SETTINGS",
    "PRIVATE_DNS_ZONES",
    "DefaultIds",
    "Fault",
    "Principal",
    "Snapshot",
    "activity",
    "add_principal",
    "background_change",
    "declare_fault_file",
    "declare_faults",
    "default_ids",
    "end_operations",
    "ensure_principal",
    "ensure_subscription",
    "federated_token_file",
    "mint_token",
    "move_clock",
    "policy_hand",
    "principals",
    "remove_principal",
    "reset",
    "restore",
    "serving",
    "slow_down",
    "snapshot",
    "snapshots",
    "throttle",
]


@dataclass(frozen=True)
class DefaultIds:
    """What every store begins with, the same everywhere."""

    tenant: str = clouds.TENANT
    subscription: str = clouds.SUBSCRIPTION
    principal: str = clouds.DEPLOYER


def default_ids() -> DefaultIds:
    """Tenant, first subscription and first principal of any local cloud."""
    return DefaultIds()


def ensure_principal(store_dir: Path, name: str, role: str) -> Principal:
    """The principal called `name`, made with `role` on every subscription if absent; a name with `@` is a user."""
    with clouds.opened(store_dir) as cloud:
        return clouds.add_principal(cloud, name, role)


def add_principal(
    store_dir: Path, name: str, role: str, *, kind: str | None = None, certificate: Path | None = None
) -> Principal:
    """A new principal with `role` on every subscription; a name with `@` is a User where no kind is said.

    Raises UsageError where it cannot be made, so for a name that is taken.
    """
    with clouds.opened(store_dir) as cloud:
        chosen = kind or ("User" if "@" in name else "ServicePrincipal")
        return directory.add(cloud, name, role, chosen, certificate)


def principals(store_dir: Path) -> tuple[Principal, ...]:
    """All principals, by name."""
    with clouds.opened(store_dir) as cloud:
        return cloud.directory.all()


def remove_principal(store_dir: Path, name: str) -> Principal:
    """The principal that was removed. Raises UsageError for one that is not there or must stay."""
    with clouds.opened(store_dir) as cloud:
        return directory.remove(cloud, name)


def federated_token_file(store_dir: Path, name: str) -> tuple[Principal, Path]:
    """The principal called `name`, and a file with an assertion by which a workload here proves to be it."""
    with clouds.opened(store_dir) as cloud:
        principal = directory.named(cloud, name)
        return principal, directory.federated_token_file(cloud, principal)


def ensure_subscription(store_dir: Path, id: str, name: str) -> None:
    """Make a subscription exist, every principal with its role on it. Raises UsageError for a malformed id."""
    with clouds.opened(store_dir) as cloud:
        clouds.add_subscription(cloud, id, name)


def policy_hand(
    store_dir: Path,
    name: str,
    *,
    scope: str | None = None,
    definition: str = DIAGNOSTIC_SETTINGS,
    role: str = "Contributor",
    parameters: Mapping[str, Any] | None = None,
) -> Principal:
    """The identity of the policy assignment `name`, with which Azure Policy writes what a rule finds missing.

    Assignment (at `scope`, the first subscription by default, of the built-in `definition`) and principal are made if
    absent, the principal with `role` on every subscription. With `parameters` the policy deploys by itself whatever a
    write leaves missing; without them it is disabled, and acts only by tokens of its identity. Those carry the
    assignment as `xms_mirid`, as do the claims in the activity log; `policyresources` has the assignment with the
    identity's principalId. Raises UsageError.
    """
    with clouds.opened(store_dir) as cloud:
        return policies.policy_principal(
            cloud, name, scope or f"/subscriptions/{clouds.SUBSCRIPTION}", definition, role, parameters
        )


def background_change(store_dir: Path, id: str, change: Mapping[str, Any]) -> None:
    """Change a resource as its service does by itself: no request, no event, and a change record by System.

    `change` is a JSON merge patch of the document. Raises UsageError where there is no such resource.
    """
    with clouds.opened(store_dir) as cloud:
        background.change(cloud, id, change)


def mint_token(store_dir: Path, name: str, *, audience: str = "https://management.azure.com") -> str:
    """An access token of an existing principal, users included. Raises UsageError for an unknown name."""
    with clouds.opened(store_dir) as cloud:
        principal = cloud.directory.by_name(name)
        if principal is None:
            raise UsageError(f"the local cloud has no principal '{name}'", subject=name)
        return cloud.identity.token(principal, audience, "https://127.0.0.1")


def reset(store_dir: Path) -> None:
    """Remove every resource, operation, secret and record; principals, subscriptions, keys and certificates stay.

    A database that cannot be read is thrown away; principals are new then.
    """
    try:
        with clouds.opened(store_dir) as cloud, cloud.store.transaction():
            cloud.store.clear()
            clouds.furnish(cloud)
    except StoreDamaged:
        remove_database(store_dir)
        with clouds.opened(store_dir):
            return


def declare_faults(store_dir: Path, *faults: Fault, seed: int = 0) -> None:
    """From now on the cloud fails as declared, in every process that serves it; without faults it is well again."""
    with clouds.opened(store_dir) as cloud:
        injected.declare(cloud, faults, seed=seed)


def declare_fault_file(store_dir: Path, file: Path) -> None:
    """Faults and latency from now on are those of a YAML file. Raises SettingsError with the line of what is wrong."""
    plan = fault_file.load(file)
    with clouds.opened(store_dir) as cloud:
        fault_file.declare(cloud, plan)


def slow_down(store_dir: Path, milliseconds: float) -> None:
    """From now on every answer takes at least so long, in every process that serves the store; 0 ends it."""
    with clouds.opened(store_dir) as cloud:
        injected.delayed(cloud, milliseconds)


def end_operations(store_dir: Path) -> None:
    """Let every operation that runs end now, also one that was declared never to end."""
    with clouds.opened(store_dir) as cloud, cloud.store.transaction():
        cloud.operations.end_all()


def move_clock(store_dir: Path, ahead: timedelta) -> None:
    """Set the cloud's clock `ahead` of the real one (behind it where negative), in every process that serves it.

    Records, operations, soft deletes and Resource Graph's `now()` follow it; tokens and certificates do not.
    """
    with clouds.opened(store_dir) as cloud, cloud.store.transaction():
        cloud.facts.put(CLOCK, str(ahead.total_seconds()))


def throttle(store_dir: Path, on: bool | None) -> None:
    """Switch request limits on or off, in every process that serves the store; None: on where it is realistic."""
    with clouds.opened(store_dir) as cloud, cloud.store.transaction():
        if on is None:
            cloud.facts.remove(clouds.THROTTLING)
        else:
            cloud.facts.put(clouds.THROTTLING, "on" if on else "off")


def snapshot(store_dir: Path, name: str) -> Snapshot:
    """Keep the cloud as it is now under `name`, or in that file, replacing an older one. Raises UsageError."""
    with clouds.opened(store_dir) as cloud:
        return kept.take(cloud, name)


def restore(store_dir: Path, name: str) -> Snapshot:
    """Put the cloud back to a snapshot, also while it is served; the present is kept as `before-restore`.

    Raises UsageError for a name without one, for another kind of file and for a snapshot of another cloud.
    """
    with clouds.opened(store_dir) as cloud:
        return kept.put_back(cloud, name)


def snapshots(store_dir: Path) -> tuple[Snapshot, ...]:
    """The snapshots kept beside the store, oldest first."""
    return kept.all_of(store_dir)


def activity(store_dir: Path, *, limit: int) -> list[dict[str, Any]]:
    """The last `limit` events, newest last: Azure Monitor's event documents, and `client`, the caller's user agent."""
    with clouds.opened(store_dir) as cloud:
        return Activity(cloud.store).last(limit)


def serving(store_dir: Path) -> dict[str, Any] | None:
    """The ready document of a live process that serves the store, with its `pid`; None if there is none."""
    return _serving(store_dir)
