"""Which API versions a type has, and which are taken beside those that are known."""

from __future__ import annotations

from datetime import date

import pytest

from azkeep.types import all_types, by_arm_type
from azkeep.types.api_versions import api_versions, has_api_version
from azkeep.types.resource_type import ResourceType

TODAY = date(2026, 11, 1)


def known(arm_type: str) -> ResourceType:
    type_ = by_arm_type(arm_type)
    assert type_ is not None
    return type_


def test_every_type_has_what_it_lists() -> None:
    """A type is answered at the version that azkeep writes with and at each that it lists, which go down by date."""
    for type_ in all_types():
        listed = api_versions(type_)
        assert type_.api_version in listed
        assert [each[:10] for each in listed] == sorted((each[:10] for each in listed), reverse=True)
        assert all(has_api_version(type_, each, lambda: TODAY) for each in listed), type_.arm_type


def test_a_stable_version_comes_before_the_preview_of_its_date() -> None:
    """Of one date, clients that take the first version of the list take the stable one."""
    listed = api_versions(known("Microsoft.MachineLearningServices/workspaces"))
    assert listed.index("2023-04-01") + 1 == listed.index("2023-04-01-preview")


@pytest.mark.parametrize(
    ("arm_type", "version", "taken"),
    [
        ("Microsoft.Network/virtualNetworks", "2024-05-01", True),
        ("Microsoft.Network/virtualNetworks", "2024-05-02", False),
        ("Microsoft.Network/virtualNetworks", "2026-10-31", True),
        ("Microsoft.Network/virtualNetworks", "2026-10-31-preview", True),
        ("Microsoft.Network/virtualNetworks", "2026-11-02", False),
        ("Microsoft.Network/virtualNetworks", "2026-02-30", False),
        ("Microsoft.Network/virtualNetworks", "latest", False),
        ("Microsoft.Network/privateDnsZones", "2024-05-01", False),
        ("Microsoft.Authorization/locks", "2015-01-01", True),
        ("Microsoft.Storage/storageAccounts/blobServices", "2025-06-01", True),
        ("Microsoft.Storage/storageAccounts/blobServices", "2018-02-01", False),
        ("Microsoft.Insights/diagnosticSettings", "2018-06-01", False),
        ("Microsoft.OperationalInsights/workspaces", "2015-03-20", True),
        ("Microsoft.Resources/resourceGroups", "2022-12-01", True),
        ("Microsoft.Security/pricings", "2018-06-01", True),
        ("Microsoft.Security/pricings", "2013-06-01", False),
        ("Microsoft.KeyVault/vaults", "2018-02-14-PREVIEW", True),
    ],
)
def test_versions(arm_type: str, version: str, taken: bool) -> None:
    """Known ones in any case, newer ones up to today, what a family has since the type's first; no other."""
    assert has_api_version(known(arm_type), version, lambda: TODAY) is taken
