"""Built-in definitions about any resource: where it may lie, of what type it may be, and which tags it must have.

Source: repository Azure/azure-policy, built-in-policies/policyDefinitions/General and Tags.
"""

from __future__ import annotations

from azkeep.model.value import Body
from azkeep.types.azure_policy.entries import entry, is_type, of_category, parameter

_GROUP = is_type("Microsoft.Resources/subscriptions/resourceGroups")
_LOCATIONS = {"listOfAllowedLocations": parameter(kind="Array")}
_ELSEWHERE = {"field": "location", "notIn": "[parameters('listOfAllowedLocations')]"}
_NAME = {"tagName": parameter()}
_NAME_AND_VALUE = {**_NAME, "tagValue": parameter()}
_TAG = "[concat('tags[', parameters('tagName'), ']')]"
_UNTAGGED = {"field": _TAG, "exists": "false"}
_VALUE = "[parameters('tagValue')]"

_PLACES_AND_TYPES = of_category(
    "General",
    entry(
        "e56962a6-4747-49cd-b67b-bf8b01975c4c",
        "Allowed locations",
        "1.0.0",
        [
            _ELSEWHERE,
            {"field": "location", "notEquals": "global"},
            {"field": "type", "notEquals": "Microsoft.AzureActiveDirectory/b2cDirectories"},
        ],
        effect="deny",
        parameters=_LOCATIONS,
    ),
    entry(
        "e765b5de-1225-4ba3-bd56-1ac6695af988",
        "Allowed locations for resource groups",
        "1.0.0",
        [_GROUP, _ELSEWHERE],
        mode="All",
        effect="deny",
        parameters=_LOCATIONS,
    ),
    entry(
        "a08ec900-254a-4555-9bf5-e42af04b5c5c",
        "Allowed resource types",
        "1.0.0",
        [{"not": {"field": "type", "in": "[parameters('listOfResourceTypesAllowed')]"}}],
        effect="deny",
        parameters={"listOfResourceTypesAllowed": parameter(kind="Array")},
    ),
    entry(
        "6c112d4e-5bc7-47ae-a041-ea2d9dccd749",
        "Not allowed resource types",
        "2.0.0",
        [
            {"field": "type", "in": "[parameters('listOfResourceTypesNotAllowed')]"},
            {"value": "[field('type')]", "exists": True},
        ],
        mode="All",
        effect=parameter(default="Deny", allowed=("Audit", "Deny", "Disabled")),
        parameters={"listOfResourceTypesNotAllowed": parameter(kind="Array")},
    ),
)
_TAGS = of_category(
    "Tags",
    entry(
        "871b6d14-10aa-478d-b590-94f262ecfa99",
        "Require a tag on resources",
        "1.0.1",
        [_UNTAGGED],
        effect="deny",
        parameters=_NAME,
    ),
    entry(
        "1e30110a-5ceb-460c-a204-c1c3969c6d62",
        "Require a tag and its value on resources",
        "1.0.1",
        [{"not": {"field": _TAG, "equals": _VALUE}}],
        effect="deny",
        parameters=_NAME_AND_VALUE,
    ),
    entry(
        "96670d01-0a4d-4649-9c89-2d3abc0a5025",
        "Require a tag on resource groups",
        "1.0.0",
        [_GROUP, _UNTAGGED],
        mode="All",
        effect="deny",
        parameters=_NAME,
    ),
    entry(
        "8ce3da23-7156-49e4-b145-24f95f9dcb46",
        "Require a tag and its value on resource groups",
        "1.0.0",
        [_GROUP, {"field": _TAG, "notEquals": _VALUE}],
        mode="All",
        effect="deny",
        parameters=_NAME_AND_VALUE,
    ),
)
GENERAL: tuple[Body, ...] = (*_PLACES_AND_TYPES, *_TAGS)
