"""What is made of the engine's failures."""

from __future__ import annotations

from azkeep.engine.failures import of_run

from .checkpoints import GROUP_URN
from .happenings import failed, said

KNOWN = "eastus,westeurope,westus"


def refusal(given: str) -> str:
    return (
        f"LocationNotAvailableForResourceType: The provided location '{given}' is not available for resource type"
        f" 'Microsoft.Resources/resourceGroups'. List of available regions for the resource type is '{KNOWN}'."
    )


def test_a_region_that_does_not_exist() -> None:
    """The nearest one is proposed, and the list of all stands below what went wrong."""
    error = of_run("", [failed("create", GROUP_URN), said(refusal("West Urope"), urn=GROUP_URN)], "dev")
    assert error.summary.endswith("is not available for resource type 'Microsoft.Resources/resourceGroups'")
    assert KNOWN in error.detail
    assert error.fix == "Did you mean westeurope?"


def test_a_region_that_no_group_can_have() -> None:
    """ARM words it differently of a resource group."""
    text = (
        "LocationNotAvailableForResourceGroup: The provided location 'westeurop' is not available for resource group."
        f" List of available regions is '{KNOWN}'."
    )
    error = of_run("", [failed("create", GROUP_URN), said(text, urn=GROUP_URN)], "dev")
    assert error.summary.endswith("is not available for resource group")
    assert error.fix == "Did you mean westeurope?"


def test_a_region_like_no_other() -> None:
    """Nothing is proposed where nothing is near."""
    error = of_run("", [failed("create", GROUP_URN), said(refusal("moon"), urn=GROUP_URN)], "dev")
    assert "Did you mean" not in error.fix
