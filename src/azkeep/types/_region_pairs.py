"""Which region Azure pairs a region with, for what it keeps twice. Pure data. Source: reliability, regions-paired."""

from __future__ import annotations

from collections.abc import Mapping

_PAIRS = (
    ("australiaeast", "australiasoutheast"),
    ("canadacentral", "canadaeast"),
    ("centralindia", "southindia"),
    ("centralus", "eastus2"),
    ("eastasia", "southeastasia"),
    ("eastus", "westus"),
    ("japaneast", "japanwest"),
    ("koreacentral", "koreasouth"),
    ("northcentralus", "southcentralus"),
    ("northeurope", "westeurope"),
    ("uksouth", "ukwest"),
    ("westcentralus", "westus2"),
)
ONE_WAY: Mapping[str, str] = {
    "brazilsouth": "southcentralus",
    "francecentral": "francesouth",
    "germanywestcentral": "germanynorth",
    "norwayeast": "norwaywest",
    "southafricanorth": "southafricawest",
    "swedencentral": "swedensouth",
    "switzerlandnorth": "switzerlandwest",
    "uaenorth": "uaecentral",
    "westindia": "southindia",
    "westus3": "eastus",
}
"""Regions whose pair is paired with another one, or is open to few."""

PAIRED: Mapping[str, str] = {**dict(_PAIRS), **{second: first for first, second in _PAIRS}, **ONE_WAY}
"""Region → its pair; regions that have none are not here."""
