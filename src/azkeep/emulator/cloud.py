"""One open local cloud: its store, identity service and rights, and the first content of a new one."""

from __future__ import annotations

import hashlib
import json
import secrets as randomness
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from azkeep.emulator import rbac
from azkeep.emulator.estate import StoredEstate
from azkeep.emulator.governance import Governance
from azkeep.emulator.graph_quota import Quota
from azkeep.emulator.identity import Identity
from azkeep.emulator.store import Store
from azkeep.emulator.store_operations import Operations
from azkeep.emulator.store_principals import Directory, Facts, Principal, Subscriptions
from azkeep.emulator.store_secrets import Secrets
from azkeep.emulator.throttling import Buckets
from azkeep.emulator.user_assigned import UserAssigned
from azkeep.errors import UsageError
from azkeep.model.ids import ArmId
from azkeep.types.azure_policy import built_ins

TENANT = "a2cee900-0000-4000-8000-000000000001"
SUBSCRIPTION = "a2cee900-0000-4000-8000-000000000002"
DEPLOYER = "azkeep-deployer"
THROTTLING = "throttling"
BUILT_INS = "built-ins"
CHANGES_LAG = 60.0
ACTIVITY_LAG = 30.0
"""Seconds. Azure says minutes: change records within five, events of the activity log mostly within three."""


def rfc3339(moment: datetime) -> str:
    """`2026-01-02T03:04:05.678901Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True)
class Cloud:
    """What every handler works with. `realistic` gives long-running operations their true shape."""

    store: Store
    secrets: Secrets
    directory: Directory
    subscriptions: Subscriptions
    facts: Facts
    identity: Identity
    assigned: UserAssigned
    access: rbac.AccessControl
    governance: Governance
    estate: StoredEstate
    operations: Operations
    buckets: Buckets
    graph_quota: Quota
    realistic: bool = False
    throttling: str | None = None

    def clock(self) -> datetime:
        """The present on this cloud's own clock."""
        return datetime.fromtimestamp(self.store.seconds(), UTC)

    def throttled(self) -> bool:
        """True if request limits hold: where they were switched on, in the store or for this process, else under
        `realistic`."""
        switched = self.facts.get(THROTTLING) or self.throttling
        return self.realistic if switched is None else switched == "on"

    def lag(self, seconds: float) -> float:
        """How long a record takes to appear: `seconds` under `realistic`, else no time."""
        return seconds if self.realistic else 0.0

    def now(self) -> str:
        """The present, RFC 3339 UTC."""
        return rfc3339(self.clock())


def open_cloud(
    folder: Path, *, realistic: bool = False, subscriptions: tuple[str, ...] = (), throttling: str | None = None
) -> Cloud:
    """The cloud in `folder`, made if absent, with its first subscription, `subscriptions` and the deployer.

    Raises StoreDamaged where the folder holds something else, UsageError for a subscription that is no GUID.
    """
    store = Store(folder)
    secrets = Secrets(store)
    directory = Directory(store, secrets)
    assigned = UserAssigned(store)
    known = Subscriptions(store)
    cloud = Cloud(
        store=store,
        secrets=secrets,
        directory=directory,
        subscriptions=known,
        facts=Facts(store),
        identity=Identity(folder, TENANT, directory, assigned),
        assigned=assigned,
        access=rbac.AccessControl(store),
        governance=Governance(store, known, TENANT),
        estate=StoredEstate(store, directory),
        operations=Operations(store),
        buckets=Buckets(),
        graph_quota=Quota(),
        realistic=realistic,
        throttling=throttling,
    )
    _begin(cloud, subscriptions)
    return cloud


@contextmanager
def opened(folder: Path) -> Iterator[Cloud]:
    """The cloud in `folder`, closed in the end."""
    cloud = open_cloud(folder)
    try:
        yield cloud
    finally:
        cloud.store.close()


def _begin(cloud: Cloud, subscriptions: tuple[str, ...]) -> None:
    wanted = (SUBSCRIPTION, *subscriptions)
    complete = cloud.directory.by_name(DEPLOYER) and all(cloud.subscriptions.get(each) for each in wanted)
    if complete and cloud.facts.get(BUILT_INS) == _edition():
        return
    with cloud.store.transaction():
        if complete:
            _put_built_ins(cloud)
            return
        for position, each in enumerate(wanted):
            add_subscription(cloud, each, "azkeep local" if position == 0 else f"azkeep local {position + 1}")
        add_principal(cloud, DEPLOYER, "Owner")
        furnish(cloud)


def furnish(cloud: Cloud) -> None:
    """Store what is in a cloud before anybody writes: built-in roles and policies, and all principals' assignments."""
    _put_built_ins(cloud)
    for subscription in cloud.subscriptions.all():
        for principal in cloud.directory.all():
            _assign(cloud, principal, subscription.id)


def _put_built_ins(cloud: Cloud) -> None:
    for body in _built_ins():
        cloud.store.put(ArmId.parse(body["id"]), body, etag="", now=cloud.now())
    cloud.facts.put(BUILT_INS, _edition())


def _built_ins() -> list[dict[str, Any]]:
    return [*(rbac.definition(role) for role in rbac.BUILT_IN), *(dict(each) for each in built_ins.BUILT_IN)]


@cache
def _edition() -> str:
    """A mark of the built-in documents, by which a store of an older azkeep is known to lack some."""
    return hashlib.sha256(json.dumps(_built_ins(), sort_keys=True).encode()).hexdigest()[:16]


def add_subscription(cloud: Cloud, id: str, name: str) -> None:
    """Make subscription `id` exist, every principal with its role on it. Raises UsageError for a malformed id."""
    try:
        canonical = str(uuid.UUID(id.strip()))
    except ValueError:
        raise UsageError(f"'{id}' is not a subscription id", fix="give a GUID", subject=id) from None
    with cloud.store.transaction():
        cloud.subscriptions.put(canonical, name)
        for principal in cloud.directory.all():
            _assign(cloud, principal, canonical)


def add_principal(cloud: Cloud, name: str, role: str, known: Principal | None = None) -> Principal:
    """The principal called `name`, made with `role` on every subscription if absent; one that exists stays as it is.

    A name with `@` is a user. `known` is the principal to add where its ids are given. Raises UsageError for an
    unknown role.
    """
    wanted = role_named(role)
    with cloud.store.transaction():
        found = cloud.directory.by_name(name)
        if found is not None:
            return found
        principal = known or Principal(
            name=name,
            client_id=str(uuid.uuid4()),
            client_secret=randomness.token_urlsafe(30),
            object_id=str(uuid.uuid4()),
            role=wanted.name,
            kind="User" if "@" in name else "ServicePrincipal",
        )
        cloud.directory.put(principal)
        for subscription in cloud.subscriptions.all():
            _assign(cloud, principal, subscription.id)
    return principal


def role_named(name: str) -> rbac.Role:
    """The built-in role called `name`. Raises UsageError."""
    found = rbac.built_in(name)
    if found is None:
        names = sorted(each.name for each in rbac.BUILT_IN)
        close = get_close_matches(name, names, n=1)
        fix = f"Did you mean '{close[0]}'?" if close else f"choose one of: {', '.join(names)}"
        raise UsageError(f"'{name}' is not a built-in role", fix=fix, subject=name)
    return found


def unassign(cloud: Cloud, principal: Principal) -> None:
    """Take from a principal the role that it came with, on every subscription."""
    for subscription in cloud.subscriptions.all():
        cloud.store.delete(_assignment(principal, subscription.id).key)


def _assignment(principal: Principal, subscription: str) -> ArmId:
    scope = f"/subscriptions/{subscription}"
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope}/{principal.object_id}".lower()))
    return ArmId.parse(f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}")


def _assign(cloud: Cloud, principal: Principal, subscription: str) -> None:
    """Write the role assignment of a principal on a subscription; its name is stable, so a new role replaces it."""
    role = rbac.built_in(principal.role)
    if role is None:
        return
    scope = f"/subscriptions/{subscription}"
    id = _assignment(principal, subscription)
    now = cloud.now()
    body = {
        "id": id.text,
        "type": "Microsoft.Authorization/roleAssignments",
        "name": id.name,
        "properties": {
            "roleDefinitionId": f"{scope}/providers/Microsoft.Authorization/roleDefinitions/{role.id}",
            "principalId": principal.object_id,
            "principalType": principal.kind,
            "scope": scope,
            "createdOn": now,
            "updatedOn": now,
            "createdBy": principal.object_id,
            "updatedBy": principal.object_id,
        },
    }
    cloud.store.put(id, body, etag="", now=now)
