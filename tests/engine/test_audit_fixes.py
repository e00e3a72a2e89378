"""What an audit proposes can be typed as it stands."""

from __future__ import annotations

from tests.engine.bad_input import GROUP, STACK, lay, sound_project
from tests.engine.command import Azkeep

TWO = GROUP.replace('"shop-rg"', '"shop-rg", tags={"zone": "one"}') + (
    'rules = azure.network.NetworkSecurityGroup("rules", network_security_group_name="shop-nsg", **here)\n'
    'pulumi.export("rules_id", rules.id)\n'
)


def test_the_fix_of_every_drift_restores_it(azkeep: Azkeep) -> None:
    """A changed tag and a removed resource are both as declared again after the commands that the audit names."""
    sound_project(azkeep.folder)
    lay(azkeep.folder, {f"{STACK}/__main__.py": TWO})
    azkeep("apply", "shop", "--yes")
    group = azkeep("outputs", "shop", "group_id", "--raw").out.strip()
    rules = azkeep("outputs", "shop", "rules_id", "--raw").out.strip()
    azkeep("local", "edit", group, "tags.zone=two", "--as", "mallory@example.com")
    azkeep("local", "delete", rules, "--as", "mallory@example.com")

    drifts = azkeep.json("audit", "shop", code=2)["drifts"]
    assert {drift["kind"] for drift in drifts} == {"declared_drift", "missing"}
    (fix,) = {drift["fix"] for drift in drifts}
    for command in fix.split(", then "):
        arguments = command.removeprefix("azkeep ").split()
        azkeep(*arguments, *(["--yes"] if arguments[0] == "apply" else []))

    assert azkeep.json("audit", "shop")["drifts"] == []
