"""How a request is told to people."""

from __future__ import annotations

import pytest

from azkeep.emulator.access_log import short

SUBSCRIPTION = "/subscriptions/a2cee900-0000-4000-8000-000000000002"
NETWORK = "hub/Microsoft.Network/virtualNetworks/n"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (f"{SUBSCRIPTION}/resourceGroups/hub", "hub"),
        (f"{SUBSCRIPTION}/resourcegroups/hub/providers/Microsoft.Network/virtualNetworks/n", NETWORK),
        (
            f"{SUBSCRIPTION}/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/n"
            "/providers/Microsoft.Authorization/locks/l",
            "hub/Microsoft.Network/virtualNetworks/n/Microsoft.Authorization/locks/l",
        ),
        (f"{SUBSCRIPTION}/resourceGroups", f"{SUBSCRIPTION}/resourceGroups"),
        (f"{SUBSCRIPTION}/providers/Microsoft.Network", f"{SUBSCRIPTION}/providers/Microsoft.Network"),
        ("/metadata/endpoints", "/metadata/endpoints"),
    ],
)
def test_path_is_told_as_people_speak_of_it(path: str, told: str) -> None:
    """What is in a group loses subscription and providers; all else stays as it was sent."""
    assert short(path) == told
