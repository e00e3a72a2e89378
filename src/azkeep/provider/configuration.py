"""What each instance of the provider was configured with.

The engine opens one connection for each provider instance of a stack, so the connection tells them apart.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.errors import AzureError
from azkeep.model.transport import ArmTransport
from azkeep.provider.cancellation import Cancellable
from azkeep.provider.crud import Cloud
from azkeep.types import by_token

PREFIX = "azure-native:config:"
GROUP_TOKEN = "azure-native:resources:ResourceGroup"


@dataclass(frozen=True)
class Configuration:
    """One provider instance: its subscription, default region, and regions of resource groups."""

    transport: Cancellable
    subscription: str
    location: str | None
    locate: Callable[[str], str | None]

    def cloud(self, seconds: float = 0) -> Cloud:
        """Where requests go; an operation is waited for `seconds` at most, 0 for as long as it takes."""
        return Cloud(self.transport.within(seconds), self.subscription)


class GroupRegions:
    """Regions of resource groups, each asked for once; a group that cannot be read is asked for again."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._known: dict[str, str] = {}
        self._lock = threading.Lock()

    def __call__(self, group: str) -> str | None:
        """The region of resource group `group`, None if it cannot be told."""
        with self._lock:
            known = self._known.get(group.lower())
        if known is not None:
            return known
        found = self._ask(group)
        if found is not None:
            with self._lock:
                self._known[group.lower()] = found
        return found

    def _ask(self, group: str) -> str | None:
        type_ = by_token(GROUP_TOKEN)
        version = type_.api_version if type_ else "2024-03-01"
        path = f"/subscriptions/{self._cloud.subscription}/resourceGroups/{group}"
        try:
            answer = self._cloud.transport.send("GET", path, api_version=version)
        except AzureError:
            return None
        location = answer.body.get("location") if answer.ok and isinstance(answer.body, Mapping) else None
        return location if isinstance(location, str) else None


class Configurations:
    """One configuration for each connection; a connection that configured nothing gets the default one."""

    def __init__(self, transport: ArmTransport, subscription: str) -> None:
        self._transport = transport
        self._subscription = subscription
        self._lock = threading.Lock()
        self._of_peer: dict[str, Configuration] = {}
        self._default = self._make({})

    def configure(self, peer: str, settings: Mapping[str, Any]) -> None:
        """Takes over the settings of the provider instance behind `peer`."""
        made = self._make(settings)
        with self._lock:
            self._of_peer[peer] = made

    def of(self, peer: str) -> Configuration:
        """The configuration of `peer`."""
        with self._lock:
            return self._of_peer.get(peer, self._default)

    def cancel(self, peer: str) -> None:
        """Stops the waiting of the provider instance behind `peer`, and of no other."""
        with self._lock:
            found = self._of_peer.get(peer)
        if found is not None:
            found.transport.cancel()

    def _make(self, settings: Mapping[str, Any]) -> Configuration:
        transport = Cancellable(self._transport)
        subscription = _text(settings.get("subscriptionId")) or self._subscription
        regions = GroupRegions(Cloud(transport, subscription))
        return Configuration(transport, subscription, _text(settings.get("location")), regions)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
