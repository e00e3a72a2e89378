"""The line of the program that each finding is about."""

from __future__ import annotations

from azkeep.audit.placing import with_sources
from azkeep.engine.state import StateResource
from azkeep.errors import Source
from azkeep.model.drift import Audit, Drift, DriftKind, Severity
from azkeep.model.ids import ArmId

GROUP = "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net"
LINES = {ArmId.parse(GROUP).key: Source("__main__.py", 3), ArmId.parse(NETWORK).key: Source("network.py", 7)}


def line_of(id: str) -> Source | None:
    (found,) = with_sources(Audit((Drift(DriftKind.UNMANAGED, Severity.LOW, id, "T"),), 1, 1), LINES).drifts
    return found.source


def test_each_finding_has_the_line_of_what_is_nearest_above_it() -> None:
    """A resource its own, in any case; what nobody declared that of its parent, of what it hangs on, of its group."""
    assert line_of(NETWORK.upper()) == Source("network.py", 7)
    assert line_of(f"{NETWORK}/subnets/strange") == Source("network.py", 7)
    assert line_of(f"{NETWORK}/subnets/a/providers/Microsoft.Authorization/locks/keep") == Source("network.py", 7)
    assert line_of(f"{GROUP}/providers/Microsoft.Storage/storageAccounts/strange") == Source("__main__.py", 3)
    assert line_of(f"{GROUP}x/providers/Microsoft.Storage/storageAccounts/strange") is None
    assert line_of("a list that could not be read") is None


def kept(position: str | None, *frames: str) -> Source | None:
    return StateResource(
        {"urn": "u", "sourcePosition": position, "stackTrace": [{"sourcePosition": each} for each in frames]}
    ).source


def test_the_line_is_the_programs_own() -> None:
    """As the engine keeps it; of what a library makes, the line of the project that called it."""
    assert kept("project:///__main__.py#12,4") == Source("__main__.py", 12)
    assert kept("project:///my%20parts/net.py#7") == Source("my parts/net.py", 7)
    assert kept("project:///../elsewhere.py#7", "project:///__main__.py#9") == Source("__main__.py", 9)
    assert kept("file:///usr/lib/parts.py#7") is None
    assert kept(None) is None
