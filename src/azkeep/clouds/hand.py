"""A hand other than azkeep's in the local cloud, through the same front door as any client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azkeep.clouds.local import serving
from azkeep.model.transport import ArmTransport

DEFAULT_ROLE = "Contributor"
EVENTS_OF_A_WRITE = 4
"""At most: started, accepted, ended, and a policy's own."""


@dataclass(frozen=True)
class Hand:
    """Somebody in the local cloud, and their own way to its Resource Manager."""

    name: str
    transport: ArmTransport


@contextmanager
def somebody(store: Path, name: str, role: str | None) -> Iterator[Hand]:
    """`name` with a token of their own; whoever is not known yet gets `role` on the subscription."""
    from azkeep.azure.client import ArmClient
    from azkeep.azure.credentials import service_principal
    from azkeep.emulator.control import ensure_principal

    with serving(store) as ready:
        principal = ensure_principal(store, name, role or DEFAULT_ROLE)
        scope = f"{ready['arm'].rstrip('/')}/.default"
        with (
            service_principal(
                ready["identity"], ready["tenant"], principal.client_id, principal.client_secret, ready["ca"]
            ) as credential,
            ArmClient(ready["arm"], credential, ca=ready["ca"], scopes=(scope,)) as transport,
        ):
            yield Hand(name, transport)


def empty(store: Path) -> None:
    """Removes everything in the local cloud; its certificate authority and keys stay."""
    from azkeep.emulator.control import reset

    reset(store)


def activity(store: Path, *, limit: int) -> tuple[Mapping[str, Any], ...]:
    """All events of the newest `limit` writes in the activity log, newest last: ARM's event documents."""
    from azkeep.emulator import control

    events = control.activity(store, limit=limit * EVENTS_OF_A_WRITE)
    operations = list(dict.fromkeys(str(event.get("operationId")) for event in reversed(events)))
    newest = frozenset(operations[:limit])
    return tuple(event for event in events if str(event.get("operationId")) in newest)
