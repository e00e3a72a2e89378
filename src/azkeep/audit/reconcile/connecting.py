"""A peering connects by itself as soon as the other network has one too: `Initiated` becomes `Connected`.

No other change of that state does: `Disconnected` means that somebody took the other side away. Source: Virtual
network peering, "peering status" (tutorial-connect-virtual-networks, virtual-network-manage-peering).
"""

from azkeep.model.plan import Change
from azkeep.model.value import Body, split
from azkeep.types.resource_type import ResourceType

STATE = "peeringstate"


def has_connected(change: Change, recorded: Body, live: Body, type_: ResourceType | None) -> bool:
    """True for a peering that was begun and is connected now."""
    words = (str(change.before).lower(), str(change.after).lower())
    return split(change.path)[-1].lower() == STATE and words == ("initiated", "connected")
