"""What a cloud is to the rest of azkeep: who is calling, where, and how to reach its Resource Manager."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from azkeep.model.transport import Answer, ArmTransport, EstateReader


@dataclass(frozen=True)
class Cloud:
    """An open cloud. `engine_environment` is what the engine needs to reach its azure-native provider;
    `provided_plugins` are the provider plugins that need not be installed."""

    name: str
    tenant: str
    subscription: str
    caller: str
    transport: ArmTransport
    engine_environment: Mapping[str, str] = field(default_factory=dict)
    provided_plugins: frozenset[str] = frozenset()

    def reader(self) -> EstateReader:
        """A reader that counts from now on what it asks; all of them share the cloud's request budget."""
        from azkeep.azure.reader import Reader

        return Reader(self.transport)

    def read_all(self, wanted: Iterable[tuple[str, str]]) -> Mapping[str, Answer]:
        """One GET for each (id, API version): id → answer; see `azkeep.azure.reader`."""
        from azkeep.azure.reader import read_all

        return read_all(self.transport, wanted)
