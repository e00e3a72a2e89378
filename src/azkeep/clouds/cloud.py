"""What a cloud is to the rest of azkeep: who is calling, where, and how to reach its Resource Manager."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from azkeep.model.transport import ArmTransport


@dataclass(frozen=True)
class Cloud:
    """An open cloud. `engine_environment` is what the engine needs to reach its azure-native provider."""

    name: str
    tenant: str
    subscription: str
    caller: str
    transport: ArmTransport
    engine_environment: Mapping[str, str] = field(default_factory=dict)
    provided_plugins: frozenset[str] = frozenset()
