"""What environments and their versions share. Pure."""

from __future__ import annotations

from azkeep.errors import ArmFault
from azkeep.model.ids import ArmId
from azkeep.types._machine_learning import nothing_there


def no_environment(id: ArmId) -> ArmFault:
    """404 for an environment, or a version of one, as the service was seen to word it; a label is never asked for."""
    name, version = (*id.names[1:], "")[:2]
    return nothing_there(f"No environment exists for name: {name}, version: {version}, label: ")
