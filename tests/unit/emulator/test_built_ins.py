"""Roles and policy definitions that are in every local cloud."""

from __future__ import annotations

from pathlib import Path

from azkeep.emulator import cloud as clouds
from azkeep.types.azure_policy.built_ins import BUILT_IN, DENYING


def test_an_older_store_gets_what_it_lacks(tmp_path: Path) -> None:
    """A store of an earlier azkeep has fewer of them; it gets them when it is opened, and keeps what it had."""
    definition = str(BUILT_IN[0]["id"]).lower()
    with clouds.opened(tmp_path) as cloud, cloud.store.transaction():
        assignments = [row.key for row in cloud.store.of_type("microsoft.authorization/roleassignments")]
        cloud.store.delete(definition)
        cloud.store.delete(assignments[0])
        cloud.facts.put(clouds.BUILT_INS, "an earlier edition")
    with clouds.opened(tmp_path) as cloud:
        assert cloud.store.exists(definition)
        assert not cloud.store.exists(assignments[0]), "what was taken away stays away"


def test_ten_definitions_deny() -> None:
    """Each may be assigned with Deny, and asks for it in its own parameter."""
    names = {str(each["name"])[:8] for each in DENYING}
    assert names == {
        "ba769a63",
        "438c38d2",
        "5f0c7d88",
        "e413671a",
        "6ddb1705",
        "40cec1dd",
        "e96a9a5f",
        "679ddf89",
        "12e5dd16",
        "19539b54",
    }
    for each in DENYING:
        assert "Deny" in each["properties"]["parameters"]["effect"]["allowedValues"]
        assert each["properties"]["policyRule"]["then"] == {"effect": "[parameters('effect')]"}
