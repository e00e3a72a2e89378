"""Regions."""

from __future__ import annotations

from azkeep.policy import ANY, NOT_APPLICABLE, Document, Maps, Needs, Node, Severity, Truth, deferred, rule

from ._regions import is_in_regions, is_same_region
from ._tracked import GROUP, is_tracked, may_be_global

GLOBAL = "global"


@rule(
    "GOV-LOC-001",
    "Resources are in allowed regions",
    severity=Severity.HIGH,
    on=ANY,
    paths=("location",),
    fix="Move the resource to an allowed region.",
    maps=Maps(
        azure_policy={"e56962a6-4747-49cd-b67b-bf8b01975c4c": "Allowed locations"},
        psrule=("Azure.Resource.AllowedRegions",),
    ),
)
def resources_are_in_allowed_regions(resource: Document, *, allowed_locations: tuple[str, ...] = ()) -> Truth:
    """Resources are in allowed regions.

    Checks: location is in allowed_locations (an empty list admits any region), compared without blanks and letter
        case, or the word global for types that may be global. One that is declared without a location gets its
        group's. Types without a region of their own: not applicable.
    Why: Region decides law, delay and GPU supply.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          location: eastus
        - parameters: {allowed_locations: [West Europe, northeurope]}
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: example
          location: global
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: example
          location: westeurope
        - type: Microsoft.Network/privateDnsZones
          name: privatelink.blob.core.windows.net
          location: global
        - parameters: {allowed_locations: [West Europe, northeurope]}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/General/AllowedLocations_Deny.json;
        Azure/PSRule.Rules.Azure docs/en/rules/Azure.Resource.AllowedRegions.md
    """
    if not is_tracked(resource):
        return NOT_APPLICABLE
    location = _location_of(resource)
    if location is None:
        return deferred("it is in the region of its group, which is not part of the estate")
    is_global = location.equals(GLOBAL)
    if may_be_global(resource):
        return is_global | is_in_regions(location, allowed_locations)
    return ~is_global & is_in_regions(location, allowed_locations)


def _location_of(resource: Document) -> Node | None:
    """Where it says its region; a declared one without gets its group's, None where that is not in the estate."""
    if not resource["location"].is_missing or resource.is_live:
        return resource["location"]
    group = resource.group()
    return None if group is None else group["location"]


@rule(
    "GOV-LOC-002",
    "Resource groups are in allowed regions",
    severity=Severity.LOW,
    on=GROUP,
    paths=("location",),
    fix="Create the group in an allowed region.",
    maps=Maps(azure_policy={"e765b5de-1225-4ba3-bd56-1ac6695af988": "Allowed locations for resource groups"}),
)
def resource_groups_are_in_allowed_regions(group: Document, *, allowed_locations: tuple[str, ...] = ()) -> Truth:
    """Resource groups are in allowed regions.

    Checks: location is in allowed_locations (an empty list admits any region), compared without blanks and letter
        case.
    Why: Group metadata is stored in that region.
    Bad:
        - type: Microsoft.Resources/resourceGroups
          name: example
          location: eastus
        - parameters: {allowed_locations: [westeurope]}
    Good:
        - type: Microsoft.Resources/resourceGroups
          name: example
          location: West Europe
        - parameters: {allowed_locations: [westeurope]}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/General/ResourceGroupAllowedLocations_Deny.json
    """
    return is_in_regions(group["location"], allowed_locations)


@rule(
    "GOV-LOC-003",
    "A resource is in the region of its group",
    severity=Severity.LOW,
    on=ANY,
    needs=Needs.GRAPH,
    paths=("location",),
    fix="Align the two locations.",
    maps=Maps(
        azure_policy={
            "0a914e76-4921-4c19-b460-a2d36003525a": "Audit resource location matches resource group location"
        },
        other=("ALZ:Audit-ResourceRGLocation",),
    ),
)
def a_resource_is_in_the_region_of_its_group(resource: Document) -> Truth:
    """A resource is in the region of its group.

    Checks: location equals that of its resource group, without blanks and letter case, or global. One that is declared
        without a location gets its group's and passes. Types without a region of their own: not applicable.
    Why: Split regions confuse failover plans.
    Bad:
        - type: Microsoft.Storage/storageAccounts
          name: store
          location: northeurope
        - type: Microsoft.Resources/resourceGroups
          name: example
          location: westeurope
    Good:
        - type: Microsoft.Storage/storageAccounts
          name: store
          location: westeurope
        - type: Microsoft.Resources/resourceGroups
          name: example
          location: West Europe
        - type: Microsoft.Network/privateDnsZones
          name: privatelink.blob.core.windows.net
          location: global
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/General/ResourcesInResourceGroupLocation_Audit.json; Azure/Enterprise-Scale
        src/resources/Microsoft.Authorization/policyDefinitions/Audit-ResourceRGLocation.json
    """
    if not is_tracked(resource):
        return NOT_APPLICABLE
    location = resource["location"]
    if location.is_missing and not resource.is_live:
        return resource.fact(True)
    group = resource.group()
    if group is None:
        return location.equals(GLOBAL) | deferred("its resource group is not part of the estate")
    return location.equals(GLOBAL) | is_same_region(location, group["location"])
