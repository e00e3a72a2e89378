"""Azure Policy's built-in definitions about any resource, and assignments of what the local cloud does not hold.

Definitions: repository Azure/azure-policy, General and Tags.
"""

from __future__ import annotations

from typing import Any

import pytest
import requests
from tests.contract.emulator.arm import Arm, error
from tests.contract.emulator.policies import POLICY_VERSION, UNKNOWN, assigned, assignment_id, built_in

INITIATIVE = "1f3afdf9-d0c9-4c3d-847f-89da613e70a8"
STORAGE, ADDRESSES = "Microsoft.Storage/storageAccounts", "Microsoft.Network/applicationSecurityGroups"
TAGGED = {"tagName": {"value": "cost"}}
VALUED = {**TAGGED, "tagValue": {"value": "12"}}
WEST = {"listOfAllowedLocations": {"value": ["westeurope", "northeurope"]}}
Document = dict[str, Any]
GENERAL: list[tuple[str, Document, bool, Document, Document]] = [
    ("e56962a6-4747-49cd-b67b-bf8b01975c4c", WEST, False, {"location": "eastus"}, {"location": "North Europe"}),
    ("871b6d14-10aa-478d-b590-94f262ecfa99", TAGGED, False, {"tags": {"team": "a"}}, {"tags": {"Cost": ""}}),
    ("1e30110a-5ceb-460c-a204-c1c3969c6d62", VALUED, False, {"tags": {"cost": "13"}}, {"tags": {"cost": "12"}}),
    (
        "a08ec900-254a-4555-9bf5-e42af04b5c5c",
        {"listOfResourceTypesAllowed": {"value": [STORAGE]}},
        False,
        {},
        {"type": STORAGE},
    ),
    (
        "6c112d4e-5bc7-47ae-a041-ea2d9dccd749",
        {"listOfResourceTypesNotAllowed": {"value": [ADDRESSES.lower()]}},
        False,
        {},
        {"type": STORAGE},
    ),
    ("e765b5de-1225-4ba3-bd56-1ac6695af988", WEST, True, {"location": "eastus"}, {}),
    ("96670d01-0a4d-4649-9c89-2d3abc0a5025", TAGGED, True, {}, {"tags": {"cost": "any"}}),
    ("8ce3da23-7156-49e4-b145-24f95f9dcb46", VALUED, True, {"tags": {"cost": "1"}}, {"tags": {"cost": "12"}}),
]
"""Built-in definitions that deny without being asked to: (GUID, parameters, whether of groups, denied, let through)."""


@pytest.fixture(scope="module")
def group(arm: Arm) -> str:
    return arm.group("policed-generally")


@pytest.mark.parametrize(("guid", "parameters", "groups", "wrong", "right"), GENERAL)
def test_places_types_and_tags_are_denied(
    arm: Arm, group: str, guid: str, parameters: Document, groups: bool, wrong: Document, right: Document
) -> None:
    """What lies elsewhere, is of another type or lacks its tag is refused; groups by the definitions about groups."""

    def send(changed: Document) -> requests.Response:
        body = {"location": "westeurope", **{name: value for name, value in changed.items() if name != "type"}}
        if groups:
            return arm.send("PUT", f"{arm.subscription}/resourceGroups/policed-{guid[:8]}", body, version="2024-03-01")
        if changed.get("type") == STORAGE:
            storage = {**body, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
            return arm.send("PUT", f"{group}/providers/{STORAGE}/st{guid[:8]}", storage, version="2024-01-01")
        return arm.send("PUT", f"{group}/providers/{ADDRESSES}/asg-{guid[:8]}", body, version="2024-05-01")

    with assigned(arm, arm.subscription, built_in(guid), parameters):
        assert error(send(wrong))[:2] == (403, "RequestDisallowedByPolicy")
        assert send(right).ok
        if not groups:
            path = f"{arm.subscription}/resourceGroups/policed-beside-{guid[:8]}"
            beside = arm.send("PUT", path, {"location": "eastus"}, version="2024-03-01")
            assert beside.ok, "definitions of mode Indexed, and of other types, are not about groups"


@pytest.mark.parametrize("more", [{"parameters": {"Effect": {"value": "audit"}}}, {"enforcementMode": "DoNotEnforce"}])
def test_what_would_enforce_nothing_is_assigned(arm: Arm, group: str, more: dict[str, Any]) -> None:
    """A built-in definition that nobody here holds, where it only audits or is not enforced."""
    with assigned(arm, group, built_in(UNKNOWN), **more) as id:
        assert arm.send("GET", id, version=POLICY_VERSION).json()["properties"]["policyDefinitionId"] == built_in(
            UNKNOWN
        )


def test_initiatives_are_refused_where_they_would_be_enforced(arm: Arm, group: str) -> None:
    """A built-in one in clear words, one of the subscription as missing, and none of both is stored."""
    built = f"/providers/Microsoft.Authorization/policySetDefinitions/{INITIATIVE}"
    own = f"{arm.subscription}/providers/Microsoft.Authorization/policySetDefinitions/own"
    id = assignment_id(group, "many")
    for definition, refusal in ((built, (400, "PolicyNotSupported")), (own, (404, "PolicySetDefinitionNotFound"))):
        body = {"properties": {"policyDefinitionId": definition, "parameters": {"effect": {"value": "Audit"}}}}
        assert error(arm.send("PUT", id, body, version=POLICY_VERSION))[:2] == refusal
    assert arm.send("GET", id, version=POLICY_VERSION).status_code == 404
    with assigned(arm, group, built, enforcementMode="DoNotEnforce") as many:
        again = {"properties": {"policyDefinitionId": built, "enforcementMode": "Default"}}
        said = error(arm.send("PUT", many, again, version=POLICY_VERSION))[2]
        assert f"The built-in initiative '{INITIATIVE}' is not held by the local cloud" in said
