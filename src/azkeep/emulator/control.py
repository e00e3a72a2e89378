"""What the command line does to a local cloud without going through its front door."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from azkeep.emulator import background, fault_file, injected, policies
from azkeep.emulator import cloud as clouds
from azkeep.emulator.injected import Fault
from azkeep.emulator.policies import DIAGNOSTIC_SETTINGS, PRIVATE_DNS_ZONES
from azkeep.emulator.ready import serving as _serving
from azkeep.emulator.store import CLOCK, remove_database
from azkeep.emulator.store_activity import Activity
from azkeep.emulator.store_principals import Principal
from azkeep.errors import StoreDamaged, UsageError

__all__ = [
    "DIAGNOSTIC_SETTINGS",
    "PRIVATE_DNS_ZONES",
    "DefaultIds",
    "Fault",
    "Principal",
    "activity",
    "background_change",
    "declare_fault_file",
    "declare_faults",
    "default_ids",
    "end_operations",
    "ensure_principal",
    "ensure_subscription",
    "mint_token",
    "move_clock",
    "policy_hand",
    "reset",
    "restore",
    "serving",
    "slow_down",
    "snapshot",
    "throttle",
]

SNAPSHOT_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


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
) -> Principal:
    """The identity of the policy assignment `name`, with which Azure Policy writes what a rule finds missing.

    Assignment (at `scope`, the first subscription by default, of the built-in `definition`) and principal are made if
    absent, the principal with `role` on every subscription. Its tokens carry the assignment as `xms_mirid`, as do the
    claims in the activity log; `policyresources` has the assignment with the identity's principalId. Raises UsageError.
    """
    with clouds.opened(store_dir) as cloud:
        return policies.policy_principal(
            cloud, name, scope or f"/subscriptions/{clouds.SUBSCRIPTION}", definition, role
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


def snapshot(store_dir: Path, name: str) -> Path:
    """Keep the cloud as it is now under `name`, replacing an older one; the file it is in."""
    path = _snapshot_file(store_dir, name)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with clouds.opened(store_dir) as cloud:
        cloud.store.copy_to(path)
    return path


def restore(store_dir: Path, name: str) -> None:
    """Put the cloud back to a snapshot, also while it is served. Raises UsageError for a name without one."""
    path = _snapshot_file(store_dir, name)
    if not path.exists():
        raise UsageError(f"there is no snapshot '{name}'", subject=str(path), fix="azkeep local snapshot makes one")
    with clouds.opened(store_dir) as cloud:
        cloud.store.copy_from(path)


def _snapshot_file(store_dir: Path, name: str) -> Path:
    if not SNAPSHOT_NAME.fullmatch(name):
        raise UsageError(f"'{name}' is no name for a snapshot", fix="use letters, digits, '-', '_' and '.'")
    return store_dir / "snapshots" / f"{name}.sqlite3"


def activity(store_dir: Path, *, limit: int) -> list[dict[str, Any]]:
    """The last `limit` events, newest last: Azure Monitor's event documents, and `client`, the caller's user agent."""
    with clouds.opened(store_dir) as cloud:
        return Activity(cloud.store).last(limit)


def serving(store_dir: Path) -> dict[str, Any] | None:
    """The ready document of a live process that serves the store, with its `pid`; None if there is none."""
    return _serving(store_dir)
